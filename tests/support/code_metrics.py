"""How large and how well documented the code is: ``python -m tests.support.code_metrics`` prints it as a table."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.site import ROOT

PLACES = ("playground", "pages", "app.py")

# The folders whose public functions give shapes, units, errors and source where these apply.
COMPUTING = ("losses", "data", "models", "engine", "training.py", "theory", "diagnosis")

SHAPES = re.compile(r"``\([^`]*[,)]|shape|\(n,\)|\(E,\)")
RAISES = re.compile(r"[Rr]aises")
SOURCE = re.compile(r"\bSources?:|https?://")
REFERENCE = re.compile(r"``(\w+)``")

# A function of arrays with one of these in its body computes a formula, and somebody has published it.
FORMULA_OPERATORS = ast.Mult | ast.Div | ast.Pow | ast.MatMult
FORMULA_FUNCTIONS = {"exp", "expm1", "log", "log1p", "logaddexp", "sqrt", "square", "tanh", "maximum", "abs", "sign"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Code:
    """One file: its path, its text and its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


def read_code() -> list[Code]:
    """Every Python file of the app, without its tests."""
    roots = [ROOT / place for place in PLACES]
    paths = [path for root in roots for path in ([root] if root.suffix else root.rglob("*.py"))]
    return [Code(path.relative_to(ROOT), text := path.read_text(), ast.parse(text)) for path in sorted(paths)]


def body_lines(function: Function) -> int:
    """Lines of a function's body, its docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def has_one_word(name: str) -> bool:
    return "_" not in name.strip("_")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def mentions_arrays(function: Function) -> bool:
    """Whether a function takes or gives arrays, so that its docstring owes their shapes."""
    annotations = [argument.annotation for argument in function.args.args] + [function.returns]
    return any(re.search("ndarray|Array", ast.unparse(annotation)) for annotation in annotations if annotation)


def raises_itself(function: Function) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc for node in ast.walk(function))


def computes_formula(function: Function) -> bool:
    """Whether a function computes something of arrays that has a source: see ``FORMULA_OPERATORS``.

    What only adds, compares, selects or reshapes arrays has none, nor has what works on single numbers.
    """
    return mentions_arrays(function) and any(map(belongs_to_formula, ast.walk(function)))


def belongs_to_formula(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in FORMULA_FUNCTIONS
    return isinstance(node, ast.BinOp) and isinstance(node.op, FORMULA_OPERATORS)


def is_computing(code: Code) -> bool:
    return code.path.parts[0] == "playground" and code.path.parts[1] in COMPUTING


@dataclass(frozen=True)
class Documented:
    """A public function at the top of its file, with its docstring and those of its neighbours there, by name."""

    function: Function
    neighbours: dict[str, str]

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.function) or ""

    @property
    def has_source(self) -> bool:
        """Whether the docstring gives a source, or names a function of the same file whose docstring does.

        So a gradient whose docstring names its loss need not repeat the paper.
        """
        texts = [self.docstring, *(self.neighbours.get(name, "") for name in REFERENCE.findall(self.docstring))]
        return any(map(SOURCE.search, texts))


def public_functions(codes: list[Code]) -> list[Documented]:
    """The public functions of the computing folders."""
    functions = []
    for code in filter(is_computing, codes):
        top = [node for node in code.tree.body if isinstance(node, Function)]
        docstrings = {node.name: ast.get_docstring(node) or "" for node in top}
        functions += [Documented(node, docstrings) for node in top if not node.name.startswith("_")]
    return functions


@dataclass(frozen=True)
class Share:
    """How many of all."""

    matching: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.matching / max(self.total, 1)

    def __str__(self) -> str:
        return f"{self.matching} of {self.total} ({self.percent:.0f}%)"


@dataclass(frozen=True)
class Spread:
    """The size of many things: median, mean, what nine in ten stay within, most."""

    sizes: tuple[int, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.sizes)

    @property
    def most(self) -> int:
        return max(self.sizes)

    def __str__(self) -> str:
        nine_in_ten = sorted(self.sizes)[int(0.9 * len(self.sizes))]
        return f"{self.median:.0f}, {statistics.mean(self.sizes):.1f}, {nine_in_ten}, {self.most}"


def share_that(matches: Callable[[Any], object], all_of_them: Sequence[Any]) -> Share:
    return Share(sum(bool(matches(member)) for member in all_of_them), len(all_of_them))


def measure_code() -> dict[str, Any]:
    """Each figure by its name."""
    codes = read_code()
    functions = [function for code in codes for function in code.functions]
    private = [function.name for function in functions if is_private(function.name)]
    bodies = Spread(tuple(map(body_lines, functions)))
    public = public_functions(codes)
    arrays = [member.docstring for member in public if mentions_arrays(member.function)]
    raising = [member.docstring for member in public if raises_itself(member.function)]
    formulas = [member for member in public if computes_formula(member.function)]
    lines = [len(code.text.splitlines()) for code in codes]
    return {
        "files": len(codes),
        "lines": sum(lines),
        "lines of a file": Spread(tuple(lines)),
        "functions": len(functions),
        "lines of a body": bodies,
        "bodies over 30 lines": share_that(lambda body: body > 30, bodies.sizes),
        "private functions of one word": share_that(has_one_word, private),
        "Any": sum(len(re.findall(r"\bAny\b", code.text)) for code in codes),
        "public functions with a docstring": share_that(lambda member: member.docstring, public),
        "… with shapes, where they take or give arrays": share_that(SHAPES.search, arrays),
        "… with errors, where they raise": share_that(RAISES.search, raising),
        "… with a source, where they compute a formula": share_that(lambda member: member.has_source, formulas),
        "loose modules of the package": len(list((ROOT / "playground").glob("[!_]*.py"))),
    }


if __name__ == "__main__":
    print(f"{'':48} sizes: median, mean, 9 in 10 within, most")
    for name, figure in measure_code().items():
        print(f"{name:48} {figure}")
