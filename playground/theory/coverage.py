"""Coverage of a quantile: the share of points below its line, among training points and among fresh ones."""

from __future__ import annotations

from math import ceil

import numpy as np

from playground.data import make_validation
from playground.experiment import Experiment
from playground.run import Run

FRESH = 2000  # points at least: the standard error of a share of them is about a hundredth


def aims_at_centre(experiment: Experiment) -> bool:
    """Whether a loss fits the centre of the points, as all do but quantiles other than the median."""
    return "quantile" not in experiment.parameters or experiment.quantile == 0.5


def share_below_training(run: Run) -> float:
    """The share, 0 to 1, of the training points that lie below the model's prediction.

    A trained quantile τ has about the share τ below it. Source: Koenker and Bassett 1978, Regression quantiles,
    https://doi.org/10.2307/1913643
    """
    return float((run.data.y_train < run.predict(run.data.x_train)).mean())


def share_below_fresh(run: Run) -> tuple[float, int]:
    """The share, 0 to 1, of fresh points below the model's prediction, and their number (2,000 or more).

    They have the same law, noise and outliers as the training points, and other draws. On average the share is nearer
    to a half than among the training points, to which the model was fitted.
    """
    draws = range(ceil(FRESH / run.experiment.points))
    fresh = [make_validation(run.experiment.model_copy(update={"seed": seed})) for seed in draws]
    x, y = (np.concatenate(parts) for parts in zip(*fresh, strict=True))
    return float((y < run.predict(x)).mean()), len(y)


def expected_share_below(count: int, quantile: float) -> tuple[int, int]:
    """The expected share of fresh numbers below the quantile of ``count`` numbers, as numerator and denominator.

    The quantile τ of n numbers is the k-th smallest, k = ⌈τn⌉. Below it lies the share k / (n + 1) of any continuous
    distribution, on average. Source: David and Nagaraja, Order Statistics, 2003, section 2.2
    """
    return ceil(round(quantile * count, 9)), count + 1
