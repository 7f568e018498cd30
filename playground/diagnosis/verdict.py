"""The kinds of verdicts on a run, of their causes, and a finding with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a training ended.

    ``DIVERGED``: its loss was not a finite number at some epoch, or ended above three times its first value and
    still growing. A run that stays finite and merely did not get better is ``OSCILLATING`` or ``STUCK``.
    ``EXACT``: both its loss and its line are those of the optimum. ``CONVERGED``: its loss is at rest, and within
    1% of the least or of the way down to it. ``STUCK``: its loss is at rest above that.
    """

    EXACT = "exactly optimal"
    CONVERGED = "converged"
    STUCK = "stuck"
    IMPROVING = "still improving"
    EARLY = "too early to tell"
    OSCILLATING = "oscillating"
    DIVERGED = "diverged"
    NOT_TRAINED = "not trained"


class Cause(StrEnum):
    """Why a run did not converge, which decides the remedies that are worth trying."""

    LARGE_STEPS = "its steps are too large"
    UNFADING_GRADIENT = "the gradient of its loss does not fade near the optimum"
    MINI_BATCHES = "each step sees only a few points"
    SMALL_STEPS = "its steps are too small, or too few"
    NO_PULL = "hardly a point pulls where it is"
    WRONG_VALLEY = "it rests in a valley that is not the lowest"
    DEAD_UNITS = "all units of a hidden layer are dead"
    CONSTANT = "it does no better than the best constant"
    STRAIGHT_BORDER = "a straight border does no better than the best constant"
    SEPARABLE = "its labels are separable, and its loss has no least value"
    MOVING_STATISTICS = "it predicts with moving averages that are not those of its training"


@dataclass(frozen=True)
class Finding:
    """The verdict on a run, its cause where one is known, and sentences with the numbers behind it."""

    verdict: Verdict
    evidence: tuple[str, ...]
    cause: Cause | None = None
