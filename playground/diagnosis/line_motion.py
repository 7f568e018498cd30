"""How the weights of a line move: its last steps, jumps across the optimum, and the minimum that they lead to."""

from __future__ import annotations

import numpy as np

from playground.diagnosis.verdict import Cause
from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.run import Run
from playground.theory.limit_words import jumps_over_zero
from playground.theory.line_loss import gradient, mean_loss, point_losses, points
from playground.theory.optima import Optimum

LATE = 20  # last epochs, over which a swing is averaged
MOST_DESCENTS = 2000  # steps down a valley


def is_fitted_line(experiment: Experiment) -> bool:
    """Whether the model is a line for numbers, not for labels, so that its exact optimum is known."""
    return experiment.is_line and LOSSES[experiment.loss].target is Target.REAL


def line_weights(run: Run) -> tuple[float, float]:
    """Slope and intercept of a trained line; the slope is per unit of the model's input, standardised where x is."""
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    return slope, intercept


def late_weights(run: Run) -> np.ndarray | None:
    """A line's slope and intercept after each of its last epochs ``(k, 2)``; ``None`` if they are not known.

    They are read from the recorded path. Without one, plain gradient descent on all points can be continued from the
    trained weights, since its steps depend on nothing else: the result is then the next epochs instead of the last.
    """
    if run.path is not None and run.path_epochs is not None and len(run.path_epochs) > 2:
        if run.path_epochs[-1] - run.path_epochs[-2] == 1:
            return run.path[-max(2, min(LATE, run.epochs // 2)) :].astype(float)
        return None
    experiment = run.experiment
    full = experiment.rows_per_batch == experiment.points
    return _take_next_steps(run) if full and experiment.optimizer == "sgd" and not experiment.soft_threshold else None


def _take_next_steps(run: Run) -> np.ndarray:
    """The weights ``(LATE, 2)`` after further epochs of plain gradient descent on all points."""
    experiment, weights = run.experiment, [np.array(line_weights(run))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(LATE):
            step = experiment.learning_rate * _clip_gradient(experiment, gradient(experiment, *weights[-1]))
            weights.append(weights[-1] - step)
    return np.array(weights[1:])


def _clip_gradient(experiment: Experiment, slopes: np.ndarray) -> np.ndarray:
    if entry := experiment.clipvalue or experiment.clipnorm:  # each variable of a line is one number
        return slopes.clip(-entry, entry)
    length = float(np.linalg.norm(slopes))
    limit = experiment.global_clipnorm or length
    return slopes * min(1.0, limit / length) if length else slopes


def mean_step(weights: np.ndarray) -> float:
    """The mean Euclidean length of the steps between successive weights ``(k, 2)``."""
    return float(np.linalg.norm(np.diff(weights, axis=0), axis=1).mean())


def jumps_across(run: Run, best: Optimum) -> bool:
    """Whether a line jumps from side to side of a better one.

    The mean of its last weights then has a much lower loss than those weights have on average.
    """
    late = late_weights(run)
    if late is None or not np.isfinite(late).all():
        return False
    mean_of_losses = float(mean_loss(run.experiment, late[:, 0], late[:, 1]).mean())
    loss_of_mean = float(mean_loss(run.experiment, *late.mean(0)))
    return mean_of_losses - loss_of_mean > 0.5 * (mean_of_losses - best.loss)


def find_swing_cause(experiment: Experiment) -> Cause:
    """Why a run that does not diverge keeps swinging."""
    if jumps_over_zero(experiment):
        return Cause.UNFADING_GRADIENT
    if experiment.rows_per_batch < experiment.points:
        return Cause.MINI_BATCHES
    return Cause.UNFADING_GRADIENT if is_unfading(experiment) else Cause.LARGE_STEPS


def is_unfading(experiment: Experiment) -> bool:
    """Whether the gradient of a loss is as large near its optimum as far from it, as that of MAE.

    Steps at a constant learning rate then never come to rest. Source: Nesterov 2004, Introductory Lectures on Convex
    Optimization, section 3.2.3, https://doi.org/10.1007/978-1-4419-8853-9
    """
    return LOSSES[experiment.loss].is_kinked


def steepest_slope(experiment: Experiment) -> float:
    """The largest derivative of one point's loss by its prediction, in size, over residuals up to ±100 units of y."""
    residuals = np.linspace(-100.0, 100.0, 20001)
    return float(np.abs(np.gradient(point_losses(experiment, np.zeros_like(residuals), residuals), residuals)).max())


def descend_valley(experiment: Experiment, slope: float, intercept: float) -> tuple[float, float] | None:
    """The slope and intercept of the local minimum that descent from these leads to.

    ``None`` if the curvature of the loss has no bound. Each step goes to the minimum of a parabola that lies above the
    loss and touches it, so no step increases the loss.
    Source: Hunter and Lange 2004, "A Tutorial on MM Algorithms", https://doi.org/10.1198/0003130042836
    """
    steepness = LOSSES[experiment.loss].curvature
    if steepness is None:
        return None
    x, _ = points(experiment)
    inputs = np.column_stack([x, np.ones(len(x))])
    bowl = steepness * inputs.T @ inputs / len(x) + np.diag([2.0 * experiment.l2, 0.0])
    weights = np.array([slope, intercept])
    for _ in range(MOST_DESCENTS):
        step = np.linalg.solve(bowl, gradient(experiment, *weights))
        weights = weights - step
        if np.abs(step).max() <= 1e-9 * (1.0 + np.abs(weights).max()):
            break
    return float(weights[0]), float(weights[1])
