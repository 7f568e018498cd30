"""The largest learning rate at which gradient descent on a line is stable, by the curvature of the loss."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.tables.optimizers import OPTIMIZERS
from playground.theory.line_loss import largest_batch_curvature, largest_curvature

SAFE_SHARE = 0.9  # of the largest stable rate: at the limit itself a run neither diverges nor settles


class LimitCause(StrEnum):
    """What sets a largest stable rate."""

    POINTS = "points"  # the x of all points
    BATCH = "batch"  # the x of the steepest batch
    PENALTY = "penalty"  # the L2 penalty


@dataclass(frozen=True)
class RateLimit:
    """The largest stable learning rate and what sets it; ``full_batch_rate`` is that of steps on all points.

    It is ``exact`` if every larger rate is unstable. Else larger rates may be stable, too: the curvature of most losses
    is smaller at their optimum than the largest that they have anywhere, and of batches the other may undo what the
    steepest does.
    """

    rate: float
    cause: LimitCause
    full_batch_rate: float
    exact: bool


@lru_cache(maxsize=512)
def rate_limit(experiment: Experiment) -> RateLimit | None:
    """The learning rate beyond which gradient descent on a line cannot settle; ``None`` if no such limit is known.

    It explains why a training diverges. A step multiplies the distance to the optimum by ``1 − rate × λ`` along each
    eigenvector of the Hessian, so the largest curvature λmax allows ``2 / λmax``; with momentum, what
    ``largest_step`` of the optimizer allows. Clipping bounds a step, but near the optimum nothing is clipped, so the
    limit is the same.

    With mini-batches it is the limit of the steepest batch: up to it no step of plain gradient descent leads away from
    a line through all points. Beyond it such steps occur, and whether the other batches undo them is not known.
    Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
    """
    largest_step = OPTIMIZERS[experiment.optimizer].largest_step
    full, steepest = largest_curvature(experiment), largest_batch_curvature(experiment)
    if full is None or steepest is None or largest_step is None:
        return None
    if 2.0 * experiment.l2 > 0.5 * steepest:
        cause = LimitCause.PENALTY
    else:
        cause = LimitCause.POINTS if experiment.rows_per_batch == experiment.points else LimitCause.BATCH
    step = largest_step(experiment.momentum)
    exact = LOSSES[experiment.loss].constant_curvature and cause is not LimitCause.BATCH
    return RateLimit(step / steepest, cause, step / full, exact)


def largest_stable_rate(experiment: Experiment) -> float | None:
    """The ``rate`` of ``rate_limit``; ``None`` if no limit is known."""
    limit = rate_limit(experiment)
    return None if limit is None else limit.rate


def is_limit_exact(experiment: Experiment) -> bool:
    """Whether the limit is known, and every larger rate is unstable."""
    limit = rate_limit(experiment)
    return limit is not None and limit.exact


def never_settles_exactly(experiment: Experiment) -> bool:
    """Whether a line has no limit, as no fixed rate brings it to rest: the gradient of its loss does not fade."""
    descends = OPTIMIZERS[experiment.optimizer].largest_step is not None
    return descends and experiment.is_line and LOSSES[experiment.loss].is_kinked and rate_limit(experiment) is None


def penalty_limit(experiment: Experiment) -> float | None:
    """The learning rate beyond which the steps of the L2 penalty alone grow, in a model of any kind.

    Each step multiplies a weight by ``1 − rate × 2 l2``. ``None`` without such a penalty, and for optimizers without a
    known limit. Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
    """
    largest_step = OPTIMIZERS[experiment.optimizer].largest_step
    if largest_step is None or not experiment.l2:
        return None
    return largest_step(experiment.momentum) / (2.0 * experiment.l2)


def safe_rate(experiment: Experiment) -> float | None:
    """Nine tenths of the largest stable rate, rounded down to two digits; ``None`` if no limit is known.

    The doctor offers it to a run that diverges or swings.
    """
    limit = largest_stable_rate(experiment)
    if limit is None:
        return None
    rate = SAFE_SHARE * limit
    unit = 10.0 ** (np.floor(np.log10(rate)) - 1)
    return float(f"{np.floor(rate / unit) * unit:.6g}")
