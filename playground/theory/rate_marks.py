"""The largest stable learning rates of several trainings as marks on a slider, with a rate on either side of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from playground.losses import LOSSES
from playground.text.numbers import limit_number
from playground.text.phrases import listed

# A step at the limit keeps its distance to the optimum. One per cent beside it, a thousand steps tell the sides apart.
ASIDE = Decimal("0.01")
DIGITS = 3


@dataclass(frozen=True)
class RateMark:
    """A largest stable rate, and the keys of the losses that have it.

    It is ``exact`` if no larger rate is stable; else it is only known that those up to it are.
    """

    rate: float
    keys: tuple[str, ...]
    exact: bool = True

    @property
    def sides(self) -> tuple[float, float]:
        """A rate just below and one just above, to three digits, about one per cent beside the limit."""
        limit = Decimal(repr(self.rate))  # its shortest digits: 0.001 is to stay 0.001
        low, high = limit * (1 - ASIDE), limit * (1 + ASIDE)
        units = [Decimal(1).scaleb(value.adjusted() - DIGITS + 1) for value in (low, high)]
        below = low.quantize(units[0], ROUND_FLOOR)
        above = high.quantize(units[1], ROUND_CEILING)
        return float(below), float(above)

    @property
    def losses(self) -> str:
        """The losses by name."""
        return listed([LOSSES[key].label for key in self.keys])


def group_rates(limits: Iterable[tuple[str, float | None, bool]]) -> list[RateMark]:
    """Limits by the key of their loss, each with whether it is exact, as marks, smallest first.

    Limits that are written alike are one mark, which names each loss once. ``None`` stands for a training without a
    known limit, which has no mark.
    """
    found: dict[tuple[str, bool], list[tuple[float, str]]] = {}
    for key, rate, exact in limits:
        if rate is not None:
            found.setdefault((limit_number(rate), exact), []).append((rate, key))
    marks = [_join_limits(alike, exact) for (_, exact), alike in found.items()]
    return sorted(marks, key=lambda mark: mark.rate)


def _join_limits(alike: Sequence[tuple[float, str]], exact: bool) -> RateMark:
    rates, keys = zip(*alike, strict=True)
    return RateMark(min(rates), tuple(dict.fromkeys(keys)), exact)
