"""What a setting is: its allowed values and its words, written once for checks, widgets, links and sweeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotated_types import BaseMetadata, Ge, GroupedMetadata, Le, MaxLen

from playground.text.numbers import plain


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
