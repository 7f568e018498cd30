"""The loss as a function of a line's two weights: its value, its gradient and its curvature.

Everything is computed from the formula of the loss, in double precision and without training. Weights are those of
the model: the slope is in units of y per unit of the model's input, which is x or standardised x, the intercept in
units of y. n is the number of training points.
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
    """The eigenvalues of a loss's Hessian at some weights, the larger first, and their eigenvectors.

    ``directions`` is ``(2, 2)``: one row (slope, intercept) per eigenvalue, of length 1.
    """

    values: tuple[float, float]
    directions: np.ndarray

    @property
    def condition(self) -> float:
        """The condition number, by which gradient descent slows down; infinite if one direction is flat."""
        largest, smallest = self.values
        return largest / smallest if smallest > 1e-12 * largest else np.inf


def surface_key(experiment: Experiment) -> Experiment:
    """The experiment with the settings that only affect its training at their defaults.

    Experiments with equal keys have equal loss surfaces and optima, and so can share what is computed of them.
    """
    return Experiment(**{name: getattr(experiment, name) for name in surface_settings(experiment)})


def points(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of the training points, each ``(n,)``: x as the model gets it, standardised if it is set."""
    data = make_data(experiment)
    return model_inputs(experiment, data.x_train)[:, 0].astype(float), data.y_train[:, 0].astype(float)


def mean_loss(
    experiment: Experiment,
    slope: np.ndarray | float,
    intercept: np.ndarray | float,
    data: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """The objective of the training at any weights: the mean loss of the points, penalties included.

    ``slope`` and ``intercept`` broadcast against each other, and the losses have their shape; one that overflows is
    infinite. ``data`` are x and y, each ``(n,)``, in place of the experiment's points: a search that evaluates it a
    thousand times makes them once.
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
    """The derivative of each point's loss by its prediction, ``(n,)``, in units of the loss per unit of y.

    It is how strongly each point pulls the line: down where it is positive. It is large for an outlier under MSE and
    nearly 0 under a robust loss.
    """
    x, y = points(experiment)
    return point_slopes(experiment, y, slope * x + intercept)


def gradient(experiment: Experiment, slope: float, intercept: float) -> np.ndarray:
    """The derivatives of the mean loss by slope and intercept, ``(2,)``, penalties included: a step follows it down."""
    x, _ = points(experiment)
    by_prediction = prediction_gradients(experiment, slope, intercept)
    return np.array([(by_prediction * x).mean() + penalty_slope(experiment, slope), by_prediction.mean()])


def penalty_slope(experiment: Experiment, slope: float) -> float:
    """The derivative of the L1 and L2 penalties by the line's slope; the intercept has none."""
    return float(experiment.l1 * np.sign(slope) + 2.0 * experiment.l2 * slope)


def curvature(experiment: Experiment, slope: float, intercept: float) -> Curvature:
    """The curvature of the mean loss at given weights: eigenvalues and eigenvectors of its 2 × 2 Hessian.

    The larger eigenvalue limits the learning rate, and their ratio sets how slow the other direction then is. Second
    differences of step 0.001 in units of y, by the prediction. Source: Goh 2017, https://distill.pub/2017/momentum/
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
    """The largest eigenvalue of the Hessian of the loss of all points at any weights: λmax of the rate limit.

    A loss of straight pieces is curved by its L2 penalty alone. ``None`` for a network, and where nothing is curved.
    """
    return _search_curvature(
        experiment, lambda inputs, bend, penalty: search_batch_curvature(inputs, len(inputs), bend, penalty)
    )


def largest_batch_curvature(experiment: Experiment) -> float | None:
    """The same for the loss of one step: over its batches, or over all that can be drawn if they are shuffled."""
    if experiment.shuffle:
        size = smallest_batch_size(experiment)
        return _search_curvature(
            experiment, lambda inputs, bend, penalty: search_batch_curvature(inputs, size, bend, penalty)
        )
    batches = slice_batches(experiment.points, experiment.rows_per_batch)
    return _search_curvature(
        experiment, lambda inputs, bend, penalty: measure_batch_curvature(inputs, batches, bend, penalty)
    )


def _search_curvature(experiment: Experiment, search: Callable[[np.ndarray, float, np.ndarray], float]) -> float | None:
    bend = LOSSES[experiment.loss].curvature or 0.0
    if experiment.hidden or not (bend or experiment.l2):
        return None
    x = model_inputs(experiment, make_data(experiment).x_train).astype(float)
    penalty = 2.0 * experiment.l2 * np.diag([*np.ones(x.shape[1]), 0.0])
    return search(np.column_stack([x, np.ones(len(x))]), bend, penalty)


def point_losses(experiment: Experiment, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The loss of each prediction under the experiment's parameters, without penalties.

    ``y_true`` and ``y_pred`` broadcast against each other, and the losses have their shape.
    """
    return np.asarray(LOSSES[experiment.loss].value(np, y_true, y_pred, **experiment.parameters))


def point_slopes(experiment: Experiment, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of the loss by each prediction ``(n,)``, from its formula: exact at any size of the residual.

    ``y_true`` is ``(n,)``, too. A difference quotient would lose all digits at large residuals.
    """
    with np.errstate(over="ignore"):
        return np.asarray(LOSSES[experiment.loss].gradient(y_true, y_pred, **experiment.parameters), float)
