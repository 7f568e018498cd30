"""The largest learning rate at which gradient descent on a line holds, by the loss's curvature."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from playground.experiment import Experiment
from playground.tables.optimizers import OPTIMIZERS
from playground.theory.line_loss import largest_batch_curvature, largest_curvature

SAFE_SHARE = 0.9  # of the largest stable rate, so that the run does not only just hold


class LimitCause(StrEnum):
    """What sets a largest stable rate."""

    POINTS = "points"  # the x of all points
    BATCH = "batch"  # the x of the steepest batch
    PENALTY = "penalty"  # the L2 penalty


@dataclass(frozen=True)
class RateLimit:
    """The largest stable learning rate, what sets it, and what all points in every step would allow."""

    rate: float
    cause: LimitCause
    full_batch_rate: float


@lru_cache(maxsize=512)
def rate_limit(experiment: Experiment) -> RateLimit | None:
    """The learning rate beyond which gradient descent on a line cannot settle; ``None`` if no such limit is known.

    A step multiplies the distance to the optimum by ``1 − rate × λ`` along each axis of the loss's
    curvature, so the largest curvature λmax allows ``2 / λmax``; with momentum, what ``largest_step``
    of the optimizer allows. Clipping bounds a step, but near the optimum nothing is clipped, so the limit stays.

    Of mini-batches it is the limit of the steepest batch: up to it no step of plain gradient descent leads away from
    a line through all points. Beyond it such steps occur, and it depends on the other batches whether they undo them.
    Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
    """
    largest_step = OPTIMIZERS[experiment.optimizer].largest_step
    full, steepest = largest_curvature(experiment), largest_batch_curvature(experiment)
    if full is None or steepest is None or largest_step is None:
        return None
    step = largest_step(experiment.momentum)
    return RateLimit(step / steepest, _find_cause(experiment, steepest), step / full)


def largest_stable_rate(experiment: Experiment) -> float | None:
    """The largest stable learning rate of ``rate_limit``; ``None`` if no limit is known."""
    limit = rate_limit(experiment)
    return None if limit is None else limit.rate


def penalty_limit(experiment: Experiment) -> float | None:
    """The learning rate beyond which the steps of the L2 penalty alone grow, in a model of any kind.

    Each step multiplies a weight by ``1 − rate × 2 l2``. ``None`` without such a penalty or such a limit.
    """
    largest_step = OPTIMIZERS[experiment.optimizer].largest_step
    if largest_step is None or not experiment.l2:
        return None
    return largest_step(experiment.momentum) / (2.0 * experiment.l2)


def safe_rate(experiment: Experiment) -> float | None:
    """Nine tenths of the largest stable rate, rounded down to two digits that a person would type."""
    limit = largest_stable_rate(experiment)
    if limit is None:
        return None
    rate = SAFE_SHARE * limit
    unit = 10.0 ** (np.floor(np.log10(rate)) - 1)
    return float(f"{np.floor(rate / unit) * unit:.6g}")


def _find_cause(experiment: Experiment, steepest: float) -> LimitCause:
    if 2.0 * experiment.l2 > 0.5 * steepest:
        return LimitCause.PENALTY
    return LimitCause.POINTS if experiment.rows_per_batch == experiment.points else LimitCause.BATCH
