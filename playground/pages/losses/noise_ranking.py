"""Which loss finds the slope best, and what of it chance may explain: verdicts on the spreads of a noise study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from playground.theory.efficiency import Spread, relative_squares, standard_error

NOISE_POINTS = 128  # a seed; with the article's 21 a loss with a corner is still far from what theory says of many
SURE = 2.0  # standard errors: what is nearer may be chance
MISSED = 3.0  # the same for a theory: of the many that are looked at, one in twenty would be missed by two


class Contest(NamedTuple):
    """The loss with the least spread, the next one, and all that chance does not part from the best."""

    best: Spread
    runner_up: Spread
    alike: list[Spread]


def contest(spreads: Sequence[Spread]) -> Contest:
    """Rank two losses or more; each is held against the best on the seeds that they share."""
    best, *others = sorted(spreads, key=lambda each: each.spread)
    return Contest(best, others[0], [each for each in others if not beats(best, each)])


def beats(one: Spread, other: Spread) -> bool:
    """Whether one loss scatters less than another by more than chance, seed by seed.

    By the logarithm of the ratio of their variances; what a seed does to both alike does not count.
    """
    ratio = float(other.slopes.var() / one.slopes.var())
    error = ratio * standard_error(relative_squares(other.slopes) - relative_squares(one.slopes))
    return ratio - SURE * error > 1


def short_of_theory(spreads: Sequence[Spread]) -> list[Spread]:
    """The losses whose efficiency stays below that of many points by more than chance explains."""
    return [each for each in spreads if each.theory and each.efficiency + MISSED * each.efficiency_error < each.theory]
