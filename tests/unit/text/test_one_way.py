"""A number is written in one way wherever a person reads it: a share as "5%", a negative number with a real minus."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.site import ROOT

# What a text must not hold, with what it holds instead. Template fields are read as "0".
OTHER_WAYS = {
    "a space before the sign of per cent: write 5%": re.compile(r"\d[ \u00a0\u202f]%(?!\{)"),
    "per cent in words: write 5%": re.compile(r"\d per ?cent\b"),
    "a hyphen for a minus: write −5": re.compile(r"(?<![\w.)\-])-\d(?![\d-]*[a-z_])"),
    "a power with a letter: write 10⁻⁵": re.compile(r"\b\d(\.\d+)?e-?\d+\b"),
}
TEXT_FILES = [
    path
    for folder in ("playground", "pages")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name.endswith(("words.py", "view.py", "situations.py")) or path.parent.name in ("diagnosis", "sweeps")
]


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a module that a person may read: all with a blank in them, without docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    documented = [node.body[0] for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    skipped = {id(node.value) for node in documented if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield re.sub(r"\{[^{}]*\}", "0", node.value)


def find_other_ways(text: str) -> list[str]:
    return [way for way, pattern in OTHER_WAYS.items() if " " in text and pattern.search(text)]


def test_texts_write_numbers_in_one_way() -> None:
    assert len(TEXT_FILES) > 40
    found = {
        f"{path.relative_to(ROOT)}: {text}": ways
        for path in TEXT_FILES
        for text in texts(ast.parse(path.read_text()))
        if (ways := find_other_ways(text))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text", ["within 1 % of it", "about 5\u00a0% more", "x is -3 here", "a rate of 1e-5", "5 per cent of"]
)
def test_other_ways_are_noticed(text: str) -> None:
    assert find_other_ways(text)


@pytest.mark.parametrize(
    "text", ["within 1% of it", "x is −3 here", "a rate of 10⁻⁵", "a 3-fold rise", "%{y:.4g} here"]
)
def test_the_one_way_is_allowed(text: str) -> None:
    assert not find_other_ways(text)
