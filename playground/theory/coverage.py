"""Which share of points lies below a quantile's line: of those it was fitted to, and of fresh ones."""

from __future__ import annotations

from math import ceil

import numpy as np

from playground.data import make_validation
from playground.experiment import Experiment
from playground.run import Run

FRESH = 2000  # points at least: a share of them is right to about a hundredth


def aims_at_centre(experiment: Experiment) -> bool:
    """Whether a loss wants the middle of the points; a quantile other than the median wants to lie aside."""
    return "quantile" not in experiment.parameters or experiment.quantile == 0.5


def share_below_training(run: Run) -> float:
    """The share, 0 to 1, of the training points that lie below the model's prediction."""
    return float((run.data.y_train < run.predict(run.data.x_train)).mean())


def share_below_fresh(run: Run) -> tuple[float, int]:
    """The same share of fresh points of the same law, noise and outliers, and their number (2,000 or more)."""
    draws = range(ceil(FRESH / run.experiment.points))
    fresh = [make_validation(run.experiment.model_copy(update={"seed": seed})) for seed in draws]
    x, y = (np.concatenate(parts) for parts in zip(*fresh, strict=True))
    return float((y < run.predict(x)).mean()), len(y)


def expected_share_below(count: int, quantile: float) -> tuple[int, int]:
    """The expected share of fresh numbers below the quantile of ``count`` numbers, as numerator and denominator.

    The quantile is the k-th smallest, k = ⌈τn⌉. Below the k-th of n numbers lies k / (n + 1) of any law without steps.
    Source: David and Nagaraja, Order Statistics, 2003, section 2.2
    """
    return ceil(round(quantile * count, 9)), count + 1
