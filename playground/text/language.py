"""The language in which texts are written, and the catalogues that hold them.

``_("Text with {value}.").format(value=…)`` is a text in the current language. A constant of a module is read before
anybody has a language, so it is marked with ``N_`` and translated where it is used: ``_(CONSTANT)``. English is what
stands in the code. Each other language is a catalogue beside it, ``catalogues/zh.po``, and one line in ``LANGUAGES``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

CATALOGUES = Path(__file__).parent / "catalogues"
ENGLISH = "en"
# Each by its code, and in its own words.
LANGUAGES = {ENGLISH: "English", "zh": "中文"}

_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def find_language() -> str:
    """The code of the language in which texts are written now."""
    return _current.get()


def speak_language(code: str) -> None:
    """Write the texts that follow in a language, in this thread. Raises ``KeyError`` for one that is not there."""
    if code not in LANGUAGES:
        raise KeyError(f"language was {code!r}; allowed are {', '.join(LANGUAGES)}")
    _current.set(code)


@contextmanager
def spoken_language(code: str) -> Iterator[None]:
    """Write texts in a language for a while."""
    before = find_language()
    speak_language(code)
    try:
        yield
    finally:
        _current.set(before)


def prefer_language(wishes: str) -> str:
    """The first language of an ``Accept-Language`` header that there is, such as "zh-CN,zh;q=0.9"; else English."""
    known = [wish for wish in _read_wishes(wishes) if wish[0] in LANGUAGES]
    return max(known, key=lambda wish: wish[1], default=(ENGLISH, 1.0))[0]


def _read_wishes(wishes: str) -> Iterator[tuple[str, float]]:
    """The languages of a header without their regions, each with its weight from 0 to 1."""
    for wish in wishes[:1000].split(","):
        tag, _separator, weight = wish.partition(";q=")
        try:
            yield tag.strip().split("-")[0].lower(), float(weight or 1.0)
        except ValueError:
            continue


@cache
def _open_catalogue(code: str) -> NullTranslations:
    if code == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / f"{code}.mo").open("rb") as file:
        return GNUTranslations(file)


def _(text: str) -> str:
    """A text in the current language."""
    return _open_catalogue(find_language()).gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """A text that is translated where it is used: it is marked for the catalogue, and stays as it is."""
    return text


def ngettext(singular: str, plural: str, count: int) -> str:
    """A text about a number of things, in the current language: "{count} point" or "{count} points"."""
    return _open_catalogue(find_language()).ngettext(singular, plural, count)


def pgettext(context: str, text: str) -> str:
    """A text in the current language, where one English word is two in another: the context says which is meant."""
    return _open_catalogue(find_language()).pgettext(context, text)
