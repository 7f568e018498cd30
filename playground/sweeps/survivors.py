"""What is left of a sweep where trainings diverge: bands of those that did not, their number, and who is left alone."""

from __future__ import annotations

import numpy as np

from playground.sweeps.bands import Band, band
from playground.sweeps.results import Swept

OPEN, GONE = -1, -2  # places at which several losses are left, and those at which none is


def measure_bands(swept: Swept, judge: str) -> dict[str, Band]:
    """The band of each loss over the axes. What was not trained counts neither as a number nor as diverged."""
    return {loss: band(swept.judge_values(judge, loss)) for loss in swept.sweep.losses}


def count_diverged(swept: Swept, loss: str) -> np.ndarray:
    """How many trainings of a loss diverged at each place of the axes."""
    return swept.diverged[:, swept.sweep.losses.index(loss)].sum(axis=0)


def find_sole_finishers(swept: Swept, judge: str) -> np.ndarray:
    """The number of the only loss that did not diverge, at every place of the axes; ``OPEN`` or ``GONE`` elsewhere."""
    bands = measure_bands(swept, judge)
    finished = np.stack([each.count > 0 for each in bands.values()])
    lost = ~finished & (np.stack([count_diverged(swept, loss) for loss in bands]) > 0)
    alone = (finished.sum(axis=0) == 1) & (lost.sum(axis=0) == len(bands) - 1)
    return np.where(lost.all(axis=0), GONE, np.where(alone, finished.argmax(axis=0), OPEN))


def count_thinned(swept: Swept, judge: str) -> int:
    """At how many places half of a loss's trainings or more diverged, so that its mean is that of the few left."""
    half = np.zeros(swept.sweep.shape[2:], bool)
    for loss, found in measure_bands(swept, judge).items():
        half |= (found.count > 0) & (count_diverged(swept, loss) >= found.count)
    return int(half.sum())
