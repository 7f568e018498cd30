"""What a setting is: its allowed values and its words, written once for checks, widgets, links and sweeps."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from annotated_types import BaseMetadata, Ge, GroupedMetadata, Le, MaxLen

from playground.text.numbers import plain
from playground.text.typed_numbers import parse_number

THOUSANDS = r"[-+−]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"  # as ``plain`` writes them
DECIMAL_COMMA = r"[-+−]?\d+,\d+%?"
LONGEST_QUOTE = 20  # letters of a typed text that a message repeats
NOT_A_NUMBER = "“{typed}” is not a number; allowed for {label} are {kind} from {low} to {high}: type one of them"
NOT_ALLOWED = "{typed} is not allowed for {label}; allowed are {kind} from {low} to {high}: type one of them"
WITH_COMMA = (
    "“{typed}” has a comma; the decimal mark is a point: type {meant}."
    " Allowed for {label} are {kind} from {low} to {high}"
)
WHOLE, ANY = "whole numbers", "numbers"


@dataclass(frozen=True)
class Number(GroupedMetadata):
    """A number from ``low`` to ``high``. ``stops`` are a slider's positions; a link may name any value between.

    ``zero`` is the label of 0 where that has a special meaning, such as "off" or "all points". A ``share`` is written
    as per cent. ``symbol`` stands for the setting in formulas and in the names of runs.
    """

    label: str
    help: str
    low: float
    high: float
    stops: tuple[float, ...]
    zero: str = ""
    share: bool = False
    symbol: str = ""

    def __iter__(self) -> Iterator[BaseMetadata]:
        yield Ge(self.low)
        yield Le(self.high)

    @property
    def allowed(self) -> str:
        """The allowed values in words, as for every kind of setting."""
        return f"{self.low:.10g} to {self.high:.10g}"

    def words(self, value: float) -> str:
        """A value as a person writes it."""
        if value == 0 and self.zero:
            return self.zero
        return f"{plain(100 * value)}%" if self.share else plain(value)

    def read(self, text: str, *, whole: bool) -> float:
        """The value that a person typed, in the way ``words`` writes it: "1,000", "5%" or "off"; kept to every digit.

        Raises ``ValueError`` for a text that is no number, and for a number that is not allowed.
        """
        typed = text.strip()
        if self.zero and typed.lower() == self.zero.lower():
            return 0
        digits = typed.replace(",", "") if re.fullmatch(THOUSANDS, typed) else typed
        number = parse_number(digits.removesuffix("%") if self.share else digits)
        if number is None:
            is_comma = re.fullmatch(DECIMAL_COMMA, typed)
            raise ValueError(self._refuse(WITH_COMMA if is_comma else NOT_A_NUMBER, typed, whole))
        value = round(number / 100, 12) if self.share else number
        if not isfinite(value) or not self.low <= value <= self.high or (whole and value != int(value)):
            raise ValueError(self._refuse(NOT_ALLOWED, typed, whole))
        return int(value) if whole else value

    def _refuse(self, template: str, typed: str, whole: bool) -> str:
        quoted = typed if len(typed) <= LONGEST_QUOTE else f"{typed[: LONGEST_QUOTE - 1]}…"
        low, high = (f"{plain(100 * end)}%" if self.share else plain(end) for end in (self.low, self.high))
        meant = quoted.replace(",", ".")
        return template.format(
            typed=quoted, meant=meant, label=self.label, kind=WHOLE if whole else ANY, low=low, high=high
        )


@dataclass(frozen=True)
class Choice:
    """One key of a table, ``options``. The table is read at each use, so that an entry added later counts."""

    label: str
    help: str
    options: Mapping[str, Any]

    @property
    def allowed(self) -> str:
        return ", ".join(self.options)


@dataclass(frozen=True)
class Switch:
    """On or off."""

    label: str
    help: str
    allowed: str = "true or false"


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """Words that a visitor writes, of at most ``longest`` letters."""

    label: str
    help: str = ""
    longest: int = 600

    def __iter__(self) -> Iterator[BaseMetadata]:
        yield MaxLen(self.longest)

    @property
    def allowed(self) -> str:
        return f"up to {self.longest} letters"


Setting = Number | Choice | Switch | Text


# Ten stops for each power of ten: each is at most a third above the one before it.
FINE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


def find_place(stops: Sequence[float], value: float) -> float | None:
    """Where a value is on a slider over ``stops``, from 0 at its left end to 1 at its right; ``None`` off the ends.

    Stops are equally far from each other on the screen; between two of them the place is by proportion.
    """
    if len(stops) < 2 or not stops[0] <= value <= stops[-1]:
        return None
    right = min(bisect_right(stops, value), len(stops) - 1)
    low, high = stops[right - 1], stops[right]
    return (right - 1 + (value - low) / (high - low)) / (len(stops) - 1)


def log_stops(low: int, high: int, steps: tuple[float, ...] = (1, 1.5, 2, 3, 5, 7)) -> tuple[float, ...]:
    """Positions of a slider on a logarithmic scale, from 10**low to 10**high: ``steps`` times each power of ten."""
    # A literal is the nearest number there is: 1.2e-4, and not 1.2 / 10**4, which is 0.00011999999999999999.
    stops = [float(f"{step}e{power}") for power in range(low, high) for step in steps]
    return (*stops, float(10**high))


def whole_stops(low: int, high: int) -> tuple[float, ...]:
    """The same for whole numbers, as fine as they allow."""
    return tuple(stop for stop in log_stops(low, high, FINE) if stop == int(stop))


def linear_stops(low: float, high: float, step: float) -> tuple[float, ...]:
    """Positions of a slider, ``step`` apart, from ``low`` to ``high``, both included."""
    return tuple(round(low + i * step, 10) for i in range(round((high - low) / step) + 1))
