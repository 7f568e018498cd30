"""One step of training in slow motion: forward, residuals, loss, gradient, new weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.experiment import Experiment
from playground.landscape.line_loss import gradient, mean_loss, points, pulls
from playground.run import Run


@dataclass(frozen=True, eq=False)
class Step:
    """The step from epoch ``number - 1`` to ``number`` of a line that trains on all points at once.

    ``residuals`` and ``pulls`` are one number a point: prediction minus truth, and the derivative of the point's loss
    by its prediction. ``gradient`` is that of the mean loss, penalties included, before clipping; ``after`` is what the
    training made of it.
    """

    experiment: Experiment
    number: int
    x: np.ndarray
    y: np.ndarray
    before: tuple[float, float]
    after: tuple[float, float]
    predicted: np.ndarray
    residuals: np.ndarray
    loss: float
    pulls: np.ndarray
    gradient: tuple[float, float]

    @property
    def change(self) -> tuple[float, float]:
        return self.after[0] - self.before[0], self.after[1] - self.before[1]


def step_of(run: Run, number: int) -> Step | None:
    """A step of a run whose path was recorded; ``None`` where the weights are beyond all numbers by then."""
    assert run.path is not None
    before, after = (run.path[place].astype(float) for place in (number - 1, number))
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return None
    experiment = run.experiment
    x, y = points(experiment)
    slope, intercept = map(float, before)
    predicted = slope * x + intercept
    by_slope, by_intercept = gradient(experiment, slope, intercept)
    return Step(
        experiment=experiment,
        number=number,
        x=x,
        y=y,
        before=(slope, intercept),
        after=(float(after[0]), float(after[1])),
        predicted=predicted,
        residuals=predicted - y,
        loss=float(mean_loss(experiment, slope, intercept)),
        pulls=pulls(experiment, slope, intercept),
        gradient=(float(by_slope), float(by_intercept)),
    )


def can_be_slowed(run: Run) -> bool:
    """Whether a run has steps to look at: a line, all points in every step, each epoch's weights recorded."""
    if run.path is None or run.path_epochs is None or run.experiment.widths != (1, 1):
        return False
    return run.experiment.rows_per_batch == run.experiment.points and len(run.path) == run.epochs + 1
