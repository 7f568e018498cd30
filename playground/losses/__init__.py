"""What is minimised: each loss with its formula, gradient, source and look, in a file for each family."""

from __future__ import annotations

from playground.losses.classification import BRIER, CROSS_ENTROPY, FOCAL, HINGE, NAIVE, SQUARED_HINGE, WEIGHTED
from playground.losses.loss import Loss as Loss
from playground.losses.loss import Target as Target
from playground.losses.positive import MAPE, MSLE, POISSON
from playground.losses.regression import EPSILON_INSENSITIVE, LOG_COSH, MAE, MSE, QUANTILE
from playground.losses.robust import CAUCHY, GENERAL, HUBER, TUKEY

# In the order of every menu and legend.
LOSSES: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        MSE,
        MAE,
        HUBER,
        LOG_COSH,
        QUANTILE,
        EPSILON_INSENSITIVE,
        CAUCHY,
        TUKEY,
        GENERAL,
        MSLE,
        MAPE,
        POISSON,
        CROSS_ENTROPY,
        WEIGHTED,
        FOCAL,
        HINGE,
        SQUARED_HINGE,
        BRIER,
        NAIVE,
    )
}

# What most pages compare. A few losses in one program are trained in half the time of all.
COMMON = ("mse", "mae", "huber", "log_cosh", "quantile")

TASKS = {"regression": Target.REAL, "classification": Target.LABEL}


def losses_for(task: str) -> list[str]:
    """The keys of the losses that a model can train on whatever the data of the task are.

    ``task`` is ``regression`` or ``classification``. Losses that need positive numbers are not among them.
    """
    return [key for key, loss in LOSSES.items() if loss.target is TASKS[task]]
