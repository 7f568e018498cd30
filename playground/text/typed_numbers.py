"""Numbers that a person types; a text that could be read in two ways is refused with both readings.

A point is the decimal mark; commas, semicolons and white space separate numbers. Half of the world writes 1,5 for one
and a half, so a comma between two digits separates only where the text has no other separator.
"""

from __future__ import annotations

import re

from playground.text.numbers import plain
from playground.text.phrases import shorten_text

QUOTED = 20  # characters of a visitor's text that a message repeats
SEPARATORS = r"[\s,;]+"
GLUED = r"(?<=\d),(?=[-+−]?[\d.])"  # a comma without a space: "1,5"
OTHERS = r"(?:;|\s)"
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
PADDED = r"[-+]?0\d+"  # the second half of "1 000"
WORDS = ("nan", "inf", "infinity")


def parse_number(text: str) -> float | None:
    """The number that a text stands for, ``None`` if it is not one. Reads both kinds of minus, NaN and infinity."""
    plain_text = text.strip().replace("−", "-")
    is_number = re.fullmatch(NUMBER, plain_text) or plain_text.lower().lstrip("+-") in WORDS
    return float(plain_text) if is_number else None


def split_numbers(text: str) -> list[float]:
    """The numbers in a text, in their order.

    Raises ``ValueError`` for a piece that is not a number and for a text that could be read in two ways.
    """
    _refuse_two_readings(text)
    return [_read_piece(piece) for piece in re.split(SEPARATORS, text) if piece]


def _read_piece(piece: str) -> float:
    number = parse_number(piece)
    if number is None or re.fullmatch(PADDED, piece):
        thousands = " (write 1000 for a thousand, without a space)" if number is not None else ""
        raise ValueError(
            f"“{shorten_text(piece, QUOTED)}” is not a number; allowed are numbers such as 2, -1.5 or 3e2: correct or"
            f" remove it{thousands}"
        )
    return number


def _refuse_two_readings(text: str) -> None:
    """A comma between digits beside another separator is a decimal mark to some, and a separator to others."""
    stripped = text.strip(" \t\r\n,;")
    if not (re.search(GLUED, stripped) and re.search(OTHERS, stripped)):
        return
    decimals = ", ".join(re.sub(GLUED, ".", piece) for piece in re.split(r",?[\s;]+", stripped))
    several = ", ".join(piece for piece in re.split(SEPARATORS, stripped) if piece)
    raise ValueError(
        f"“{shorten_text(stripped, QUOTED)}” can be read in two ways: if its commas are decimal marks, write"
        f" {shorten_text(decimals, 60)}; if they separate numbers, write {shorten_text(several, 60)}"
    )


def reading_words(text: str) -> str:
    """How a text with commas between digits was read; empty where no doubt is possible."""
    if not re.search(GLUED, text):
        return ""
    numbers = [plain(number) for number in split_numbers(text)]
    shown = ", ".join(numbers[:QUOTED]) + (", …" if len(numbers) > QUOTED else "")
    return f"Commas separate numbers: read as {len(numbers)} numbers, {shown}. A decimal mark is a point, as in 1.5."
