"""The catalogues of texts: ``python -m tests.support.catalogue`` checks them, ``… update`` brings them up to date.

Babel finds the texts that the code marks. It cannot see those that nobody marked, so the code is read a second time
for strings that look like prose and stand outside ``_``, ``N_``, ``ngettext`` and ``pgettext``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from playground.text.language import CATALOGUES, ENGLISH, LANGUAGES
from tests.support.site import ROOT

KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
FOLDERS = ("playground", "pages")
HEADER = "# The texts of Loss Playground in another language. Kept up to date by tests/support/catalogue.py."
PLACEHOLDER = re.compile(r"\{\w*(?:![rs])?(?::[^{}]*)?\}")

# Two words with a space between them, which no name of a setting or of a style has.
PROSE = re.compile(r"[A-Za-z]{2,}[,:;]? [A-Za-z]{2,}")
MARKUP = re.compile(r"<[^>]*>|\$[^$]*\$|`[^`]*`|\{[^}]*\}")
# Files whose texts no visitor sees: what stops a server from starting, and what speaks to other programs.
SILENT = (
    "playground/compute/",
    "playground/server/",
    "playground/engine/",
    "playground/ui/streamlit_internals.py",
    "playground/ui/assets.py",
)
# Fields whose texts are sources, as they are cited in any language, or for the code's readers alone.
CITED = {"source", "url", "formula", "slope", "latex"}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a catalogue or in the code, and where."""

    kind: str
    place: str
    text: str


def extract_texts() -> Catalog:
    """All texts that the code marks, with the places where they stand."""
    found = Catalog(charset="utf-8")
    for folder in FOLDERS:
        rows = extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for file, _line, message, comments, context in rows:
            found.add(message, locations=[(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    return found


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return CATALOGUES / f"{language}.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands in the repository; an empty one if there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(language, charset="utf-8", header_comment=HEADER, project="Loss Playground")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def update_catalogue(language: str) -> None:
    """Take new texts into a catalogue, drop those that no longer stand in the code, and compile it."""
    catalogue = read_catalogue(language)
    catalogue.update(extract_texts(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    with path_of(language).open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, no_location=True)
    with path_of(language).with_suffix(".mo").open("wb") as file:
        write_mo(file, read_catalogue(language))


def read_compiled(language: str) -> Catalog:
    """The catalogue of a language as the app reads it."""
    with path_of(language).with_suffix(".mo").open("rb") as file:
        return read_mo(file)


def list_translations(catalogue: Catalog) -> set[tuple[str, ...]]:
    """Each text with its translations, of those that have some."""
    return {
        (message.context or "", *_as_tuple(message.id), *_as_tuple(message.string))
        for message in catalogue
        if message.id and any(_as_tuple(message.string))
    }


def _as_tuple(texts: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A text, or its singular and plural."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def find_faults(language: str) -> Iterator[Fault]:
    """What a catalogue lacks, has too much, or has wrong."""
    catalogue, texts = read_catalogue(language), extract_texts()
    for message in filter(identify, texts):
        if catalogue.get(*identify(message)) is None:
            yield Fault("not in the catalogue", language, str(message.id))
    for message in filter(identify, catalogue):
        yield from find_message_faults(message, language, texts)
    if list_translations(read_compiled(language)) != list_translations(catalogue):
        yield Fault("not compiled", language, "run python -m tests.support.catalogue update")


def identify(message: Message) -> tuple[str | tuple[str, ...], str | None] | None:
    """By what a catalogue knows a text; nothing for its header."""
    return (message.id, message.context) if message.id else None


def find_message_faults(message: Message, language: str, texts: Catalog) -> Iterator[Fault]:
    """What is wrong with one text of a catalogue."""
    ids, strings = _as_tuple(message.id), _as_tuple(message.string)
    if texts.get(message.id, message.context) is None:
        yield Fault("no longer in the code", language, ids[0])
    if not all(strings):
        yield Fault("untranslated", language, ids[0])
    elif message.fuzzy:
        yield Fault("fuzzy", language, ids[0])
    elif any(set(PLACEHOLDER.findall(each)) - set(PLACEHOLDER.findall(ids[-1])) for each in strings) or (
        set(PLACEHOLDER.findall(strings[-1])) != set(PLACEHOLDER.findall(ids[-1]))
    ):
        yield Fault("other placeholders", language, ids[0])


def find_unmarked_texts() -> Iterator[Fault]:
    """Strings in the code that look like prose for a visitor and are in no catalogue."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(SILENT):
                yield from find_unmarked_in(ast.parse(path.read_text(encoding="utf-8")), name)


def find_unmarked_in(tree: ast.Module, name: str) -> Iterator[Fault]:
    """The unmarked texts of one file."""
    apart = {id(part) for node in ast.walk(tree) for part in list_parts_apart(node)}
    for node in ast.walk(tree):
        if id(node) not in apart and PROSE.search(MARKUP.sub(" ", text := read_text(node))):
            yield Fault("outside the catalogue", f"{name}:{node.lineno}", text)  # type: ignore[attr-defined]


def read_text(node: ast.AST) -> str:
    """The text of a string, or of an f-string without its values; nothing for any other node."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def list_parts_apart(node: ast.AST) -> Iterator[ast.AST]:
    """The strings below a node that are marked, cited, for developers, or parts of an f-string."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr):
            yield first.value
    elif isinstance(node, ast.Expr | ast.Assert):
        yield from ast.walk(node) if isinstance(node, ast.Assert) else [node.value]
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS:
        for argument in node.args:
            yield from ast.walk(argument)
    elif isinstance(node, ast.keyword) and node.arg in CITED:
        yield from ast.walk(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield from node.values


def main(arguments: list[str]) -> int:
    """Check or update; the number of faults is the answer."""
    languages = [code for code in LANGUAGES if code != ENGLISH]
    if arguments == ["update"]:
        for language in languages:
            update_catalogue(language)
    faults = [*find_unmarked_texts(), *(fault for language in languages for fault in find_faults(language))]
    for fault in faults:
        print(f"{fault.place}: {fault.kind}: {fault.text}")
    for kind in sorted({fault.kind for fault in faults}):
        print(f"{sum(fault.kind == kind for fault in faults)} {kind}")
    print(f"{len(extract_texts())} texts, {len(faults)} faults")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
