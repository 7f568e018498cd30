"""The largest learning rate at which gradient descent on a line holds, by the loss's curvature."""

from __future__ import annotations

import numpy as np

from playground.experiment import Experiment
from playground.landscape.line_loss import largest_curvature
from playground.tables.optimizers import OPTIMIZERS

SAFE_SHARE = 0.9  # of the largest stable rate, so that the run does not only just hold


def largest_stable_rate(experiment: Experiment) -> float | None:
    """The learning rate beyond which gradient descent on a line cannot settle; ``None`` if no such limit is known.

    A step multiplies the distance to the optimum by ``1 − rate × λ`` along each axis of the loss's
    curvature, so the largest curvature λmax allows ``2 / λmax``; with momentum, what ``largest_step``
    of the optimizer allows. It holds for full batches and a loss that has a curvature.
    """
    largest_step = OPTIMIZERS[experiment.optimizer].largest_step
    full_batch = experiment.rows_per_batch == experiment.points
    steepest = largest_curvature(experiment)
    if steepest is None or largest_step is None or not full_batch or experiment.clipping:
        return None
    return largest_step(experiment.momentum) / steepest


def safe_rate(experiment: Experiment) -> float | None:
    """Nine tenths of the largest stable rate, rounded down to two digits that a person would type."""
    limit = largest_stable_rate(experiment)
    if limit is None:
        return None
    rate = SAFE_SHARE * limit
    unit = 10.0 ** (np.floor(np.log10(rate)) - 1)
    return float(f"{np.floor(rate / unit) * unit:.6g}")
