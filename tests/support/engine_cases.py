"""What several tests of the engine share: small experiments and comparisons."""

from __future__ import annotations

import numpy as np

from playground.experiment import Experiment
from playground.run import Run

# Twenty epochs tell two trainings apart as well as a thousand do.
LINE = Experiment(epochs=20)
NET = LINE.replace(hidden=(8,), learning_rate=0.001)
BATCHED = LINE.replace(batch_size=8, learning_rate=0.002)

# What float32 leaves of equality when sums are taken in another order.
ROUNDING = 1e-5


def relative_difference(ours: np.ndarray, reference: np.ndarray) -> float:
    """The largest difference of two histories of one length, relative to the reference."""
    ours, reference = np.asarray(ours, float), np.asarray(reference, float)
    assert ours.shape == reference.shape
    return float(np.max(np.abs(ours - reference) / np.abs(reference)))


def same_run(one: Run, other: Run) -> bool:
    """Whether two runs hold the same numbers, bit by bit."""
    weights = all(map(np.array_equal, one.weights, other.weights))
    return one.experiment == other.experiment and np.array_equal(one.loss, other.loss) and weights
