"""The loss as a function of a line's two weights: its value, its slope and its curvature.

All of it comes from the loss's own formula, in double precision and with no training. The weights are those of the
model, so they are in units of standardised x where the experiment standardises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.data import make_data, model_inputs
from playground.experiment import Experiment
from playground.experiment.relevance import surface_settings
from playground.losses import LOSSES
from playground.theory.batch_curvature import (
    measure_batch_curvature,
    search_batch_curvature,
    slice_batches,
    smallest_batch_size,
)

STEP = 1e-5  # of a finite difference, in units of y


@dataclass(frozen=True)
class Curvature:
    """How a loss curves at some weights: both curvatures, the larger first, and their directions ``(2, 2)`` as rows."""

    values: tuple[float, float]
    directions: np.ndarray

    @property
    def condition(self) -> float:
        """How many times more it curves along one axis than along the other; infinite if one of them is flat."""
        largest, smallest = self.values
        return largest / smallest if smallest > 1e-12 * largest else np.inf


def is_line(experiment: Experiment) -> bool:
    """Whether the model has two weights: a slope and an intercept."""
    return experiment.widths == (1, 1)


def surface_key(experiment: Experiment) -> Experiment:
    """The experiment without what only decides how it is trained: equal keys have equal surfaces and optima."""
    return Experiment(**{name: getattr(experiment, name) for name in surface_settings(experiment)})


def points(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the training points, each ``(n,)``, as a line's model sees them: x is standardised if it should be."""
    data = make_data(experiment)
    return model_inputs(experiment, data.x_train)[:, 0].astype(float), data.y_train[:, 0].astype(float)


def mean_loss(
    experiment: Experiment,
    slope: np.ndarray | float,
    intercept: np.ndarray | float,
    data: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """What training makes small, at any weights: the mean loss of the points, penalties included.

    ``slope`` and ``intercept`` broadcast against each other, and the losses have their shape. ``data`` are x and y,
    each ``(n,)``, instead of the experiment's own points: a search that asks a thousand times looks them up once.
    """
    slope, intercept = np.asarray(slope, float), np.asarray(intercept, float)
    x, y = points(experiment) if data is None else data
    predicted = slope[..., None] * x + intercept[..., None]
    with np.errstate(over="ignore", invalid="ignore"):
        losses = point_losses(experiment, y, predicted).mean(-1)
        if not (experiment.l1 or experiment.l2):
            return losses
        return losses + experiment.l1 * np.abs(slope) + experiment.l2 * slope**2


def prediction_gradients(experiment: Experiment, slope: float, intercept: float) -> np.ndarray:
    """The derivative of each point's loss by its prediction ``(n,)``: how hard it pulls the line, down if positive."""
    x, y = points(experiment)
    return point_slopes(experiment, y, slope * x + intercept)


def gradient(experiment: Experiment, slope: float, intercept: float) -> np.ndarray:
    """The derivatives of the mean loss by slope and intercept ``(2,)``, penalties included."""
    x, _ = points(experiment)
    pull = prediction_gradients(experiment, slope, intercept)
    return np.array([(pull * x).mean() + penalty_slope(experiment, slope), pull.mean()])


def penalty_slope(experiment: Experiment, slope: float) -> float:
    """The derivative of the L1 and L2 penalties by the line's slope."""
    return float(experiment.l1 * np.sign(slope) + 2.0 * experiment.l2 * slope)


def curvature(experiment: Experiment, slope: float, intercept: float) -> Curvature:
    """How the mean loss curves at given weights, along its own two axes: the eigenvalues of its 2 × 2 Hessian.

    They set how fast gradient descent can be, and their ratio how slow the rest is. Second differences of step 0.001.
    """
    x, y = points(experiment)
    predicted, step = slope * x + intercept, 100 * STEP
    above, at, below = (point_losses(experiment, y, predicted + shift) for shift in (step, 0.0, -step))
    bend = (above - 2 * at + below) / step**2
    hessian = np.array(
        [[(bend * x * x).mean() + 2.0 * experiment.l2, (bend * x).mean()], [(bend * x).mean(), bend.mean()]]
    )
    values, vectors = np.linalg.eigh(hessian)
    return Curvature((float(values[1]), float(max(values[0], 0.0))), vectors.T[::-1])


def largest_curvature(experiment: Experiment) -> float | None:
    """The most that the loss of all points can curve along any direction of a line's weights.

    A loss of straight pieces curves by its L2 penalty alone. ``None`` for a network, and where nothing curves.
    """
    return _steepest(
        experiment, lambda inputs, bend, penalty: search_batch_curvature(inputs, len(inputs), bend, penalty)
    )


def largest_batch_curvature(experiment: Experiment) -> float | None:
    """The same of the loss that one step sees: the steepest of its batches, or, shuffled, of all that can be drawn."""
    if experiment.shuffle:
        size = smallest_batch_size(experiment)
        return _steepest(experiment, lambda inputs, bend, penalty: search_batch_curvature(inputs, size, bend, penalty))
    batches = slice_batches(experiment.points, experiment.rows_per_batch)
    return _steepest(experiment, lambda inputs, bend, penalty: measure_batch_curvature(inputs, batches, bend, penalty))


def _steepest(experiment: Experiment, search: Callable[[np.ndarray, float, np.ndarray], float]) -> float | None:
    bend = LOSSES[experiment.loss].curvature or 0.0
    if experiment.hidden or not (bend or experiment.l2):
        return None
    x = model_inputs(experiment, make_data(experiment).x_train).astype(float)
    penalty = 2.0 * experiment.l2 * np.diag([*np.ones(x.shape[1]), 0.0])
    return search(np.column_stack([x, np.ones(len(x))]), bend, penalty)


def point_losses(experiment: Experiment, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The loss of each prediction under the experiment's parameters, without penalties: the shape of ``y_pred``."""
    return np.asarray(LOSSES[experiment.loss].value(np, y_true, y_pred, **experiment.parameters))


def point_slopes(experiment: Experiment, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The loss's written derivative by each prediction: exact at any size, where a difference quotient is not."""
    with np.errstate(over="ignore"):
        return np.asarray(LOSSES[experiment.loss].gradient(y_true, y_pred, **experiment.parameters), float)
