"""How much the loss of one mini-batch can curve: the batch with the farthest points decides, not the mean of all.

Inputs are rows ``(n, inputs + 1)`` whose last column is the 1 of the intercept. The loss of a batch of rows Z curves by
``bend · ZᵀZ / rows + penalty`` at most, where ``bend`` is the most that the loss curves by its residual.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment import Experiment

ROUNDS = 50  # of a search that nearly always comes to rest in five


def slice_batches(points: int, size: int) -> list[slice]:
    """The batches of an epoch that is not shuffled; the last one may be smaller."""
    return [slice(start, start + size) for start in range(0, points, size)]


def smallest_batch_size(experiment: Experiment) -> int:
    """The number of points in the smallest batch of an epoch: the last one may have fewer than the others."""
    return experiment.points % experiment.rows_per_batch or experiment.rows_per_batch


def measure_batch_curvature(inputs: np.ndarray, batches: Sequence[slice], bend: float, penalty: np.ndarray) -> float:
    """The largest curvature among the given batches of rows."""
    return max(_largest_eigenvalue(inputs[batch], bend, penalty) for batch in batches)


def search_batch_curvature(inputs: np.ndarray, size: int, bend: float, penalty: np.ndarray) -> float:
    """The largest curvature that a batch of ``size`` rows can have, whichever rows are drawn.

    Along a direction the rows with the largest products are the steepest batch, and of a batch its first eigenvector
    is the steepest direction. The two are chosen in turn, from the direction of every row: each round is steeper.
    """
    if size >= len(inputs):
        return _largest_eigenvalue(inputs, bend, penalty)
    directions = inputs / np.linalg.norm(inputs, axis=1, keepdims=True)
    steepest = 0.0
    for _ in range(ROUNDS):
        rows = np.argpartition(-np.abs(directions @ inputs.T), size - 1, axis=1)[:, :size]
        chosen = inputs[np.unique(np.sort(rows, axis=1), axis=0)]
        values, vectors = np.linalg.eigh(bend * np.swapaxes(chosen, 1, 2) @ chosen / size + penalty)
        found, directions = float(values[:, -1].max()), vectors[:, :, -1]
        if found <= steepest * (1.0 + 1e-12):
            break
        steepest = found
    return steepest


def _largest_eigenvalue(rows: np.ndarray, bend: float, penalty: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(bend * rows.T @ rows / len(rows) + penalty)[-1])
