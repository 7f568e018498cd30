"""The largest stable learning rates of several trainings as marks on a slider, with a rate on either side of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from playground.experiment import Experiment
from playground.losses import LOSSES, Loss
from playground.text.numbers import limit_number, plain
from playground.text.phrases import listed
from playground.theory.stable_rate import largest_stable_rate

# A step at the limit keeps its distance to the optimum. One per cent beside it, a thousand steps tell the sides apart.
ASIDE = Decimal("0.01")
DIGITS = 3


@dataclass(frozen=True)
class RateMark:
    """A largest stable rate, and the losses that have it. ``below`` and ``above`` are one to two per cent beside it."""

    rate: float
    keys: tuple[str, ...]

    @property
    def below(self) -> float:
        return _round_digits(Decimal(self.rate) * (1 - ASIDE), ROUND_FLOOR)

    @property
    def above(self) -> float:
        return _round_digits(Decimal(self.rate) * (1 + ASIDE), ROUND_CEILING)

    @property
    def rate_words(self) -> str:
        return limit_number(self.rate)

    @property
    def below_words(self) -> str:
        return plain(self.below)

    @property
    def above_words(self) -> str:
        return plain(self.above)

    @property
    def losses(self) -> str:
        """The losses by name."""
        return listed([self._get_loss(key).label for key in self.keys])

    @property
    def colour(self) -> str:
        """The colour of the first of its losses."""
        return self._get_loss(self.keys[0]).colour

    def _get_loss(self, key: str) -> Loss:
        return LOSSES[key]


def mark_rates(experiments: Sequence[Experiment]) -> list[RateMark]:
    """The known limits of some trainings, smallest first, equal ones as one; none of models without a known limit."""
    return group_rates((each.loss, largest_stable_rate(each)) for each in experiments)


def group_rates(limits: Iterable[tuple[str, float | None]]) -> list[RateMark]:
    """Limits by the key of their loss as marks, smallest first; those that are written alike are one."""
    found: dict[str, RateMark] = {}
    for key, rate in limits:
        if rate is None:
            continue
        words = limit_number(rate)
        known = found.get(words)
        found[words] = RateMark(min(rate, known.rate), (*known.keys, key)) if known else RateMark(rate, (key,))
    return sorted(found.values(), key=lambda mark: mark.rate)


def _round_digits(value: Decimal, rounding: str) -> float:
    """A positive number to three digits."""
    return float(value.quantize(Decimal(1).scaleb(value.adjusted() - DIGITS + 1), rounding))
