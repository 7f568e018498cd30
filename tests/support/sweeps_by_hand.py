"""Sweeps whose judges are written by hand, for what is said and drawn of them."""

import numpy as np

from playground.experiment import Experiment
from playground.sweeps import Axis, Sweep, Swept

RATES = Axis("learning_rate", (0.001, 0.01, 0.1))
NOISES = Axis("noise", (0.0, 1.0))
NAN = np.nan


def by_hand(rmse, losses=("mse", "mae"), axes=(RATES,)):
    """A sweep whose judges are written by hand: NaN is a training that diverged at epoch 7."""
    rmse = np.array(rmse, float)
    sweep = Sweep(Experiment(), axes, losses, len(rmse))
    gone = np.isnan(rmse)
    columns = {"rmse": rmse, "trained": np.ones(sweep.shape, bool), "diverged_at": np.where(gone, 7, 0)}
    return Swept(sweep, columns)


# Three seeds; MSE, then MAE, at three rates: equal, clearly worse, gone.
SWEPT = by_hand(
    [
        [[1.0, 2.0, NAN], [1.1, 1.0, 1.0]],
        [[1.2, 2.2, NAN], [1.1, 1.1, NAN]],
        [[1.1, 2.1, 5.0], [1.1, 1.2, 2.0]],
    ]
)
