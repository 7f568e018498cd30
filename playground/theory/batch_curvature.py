"""The largest curvature of the loss of one mini-batch: it is set by the batch with the points farthest from 0.

``inputs`` are rows ``(n, k)`` for a model of k weights; the last column is the 1 of the intercept. The Hessian of a
batch of rows Z is at most ``bend · ZᵀZ / rows + penalty`` (k, k), where ``bend`` is the largest second derivative of
the loss by its residual and ``penalty`` the Hessian of the L2 penalty. Curvatures are in units of the loss per squared
unit of the weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment import Experiment

ROUNDS = 50  # of a search that nearly always ends after five


def slice_batches(points: int, size: int) -> list[slice]:
    """The rows of each batch of an epoch that is not shuffled; the last batch may be smaller."""
    return [slice(start, start + size) for start in range(0, points, size)]


def smallest_batch_size(experiment: Experiment) -> int:
    """The number of points in the smallest batch of an epoch, which is the last if the points do not divide evenly."""
    return experiment.points % experiment.rows_per_batch or experiment.rows_per_batch


def measure_batch_curvature(inputs: np.ndarray, batches: Sequence[slice], bend: float, penalty: np.ndarray) -> float:
    """The largest curvature among the given batches of inputs ``(n, k)``, with a penalty ``(k, k)``."""
    return max(_largest_eigenvalue(inputs[batch], bend, penalty) for batch in batches)


def search_batch_curvature(inputs: np.ndarray, size: int, bend: float, penalty: np.ndarray) -> float:
    """The largest curvature that a batch of ``size`` rows of the inputs ``(n, k)`` can have, with a penalty ``(k, k)``.

    Along a direction, the rows with the largest products form the steepest batch; the steepest direction of a batch is
    its first eigenvector. The two are chosen in turn, starting from the direction of every row, and each round is at
    least as steep as the one before. The search is a heuristic for batches smaller than n; the tests hold it against
    every subset of small samples.
    """
    if size >= len(inputs):
        return _largest_eigenvalue(inputs, bend, penalty)
    directions = inputs / np.linalg.norm(inputs, axis=1, keepdims=True)
    steepest = 0.0
    for _ in range(ROUNDS):
        rows = np.argpartition(-np.abs(directions @ inputs.T), size - 1, axis=1)[:, :size]
        chosen = inputs[np.unique(np.sort(rows, axis=1), axis=0)]
        values, vectors = np.linalg.eigh(bend * np.swapaxes(chosen, 1, 2) @ chosen / size + penalty)
        curvature, directions = float(values[:, -1].max()), vectors[:, :, -1]
        if curvature <= steepest * (1.0 + 1e-12):
            break
        steepest = curvature
    return steepest


def _largest_eigenvalue(rows: np.ndarray, bend: float, penalty: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(bend * rows.T @ rows / len(rows) + penalty)[-1])
