"""The batches of a stack: its points, shuffled, cut and padded into the arrays that a program takes."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from playground.data import make_validation, model_inputs, stack_points
from playground.engine.shapes import Shape
from playground.engine.types import Arrays
from playground.experiment import Experiment, Stream


class Batches:
    """Cuts ``x`` (batches, rows, features, E), ``y`` (batches, rows, 1, E) and ``mask`` (batches, rows, E), float32.

    The mask is 1 on real rows and 0 on padding. The order of the points in each epoch is drawn from the seed of each
    experiment, as ``Stream.SHUFFLE``, so experiments that differ only in their loss see the same batches.
    ``reverse_rows`` reverses the rows within each batch: the same training with sums that round otherwise.
    """

    def __init__(self, experiments: list[Experiment], shape: Shape, reverse_rows: bool = False) -> None:
        self.experiments = experiments
        self.shape = shape
        self.reverse_rows = reverse_rows

    @cached_property
    def _shuffle_generators(self) -> list[np.random.Generator]:
        return [Stream.SHUFFLE.generator(experiment.seed) for experiment in self.experiments]

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return self.experiments[0].steps_per_epoch

    @property
    def is_shuffled(self) -> bool:
        """Whether the batches differ from epoch to epoch. One batch of all points needs no shuffling."""
        return self.steps > 1 and self.experiments[0].shuffle

    @property
    def max_epochs_per_call(self) -> int | None:
        """How many epochs' batches fit into one call; ``None`` if all epochs have the same batches."""
        return self.shape.batches // self.steps if self.is_shuffled else None

    def take_epochs(self, epochs: int) -> tuple[Arrays, int]:
        """The arrays for the next epochs, and how many of their batches hold points; the others are padding.

        Each shuffled epoch has batches of its own. Without shuffling all epochs take the same ones, and the program
        begins again with the first. If validation losses are recorded, there are also ``x_val`` (rows, features, E),
        ``y_val`` (rows, 1, E) and ``mask_val`` (rows, E).
        """
        arrays, used = self._cut_epochs(epochs)
        if self.reverse_rows:  # sums over reversed rows differ only by rounding
            arrays = {name: rows[:, ::-1] if name in ("x", "y", "mask") else rows for name, rows in arrays.items()}
        return arrays, used

    def _cut_epochs(self, epochs: int) -> tuple[Arrays, int]:
        if self.steps == 1:
            return self._whole_batch, 1
        if self.is_shuffled:
            rows = np.tile(np.arange(self.experiments[0].points), (epochs, 1))
            orders = np.stack([shuffler.permuted(rows, axis=1) for shuffler in self._shuffle_generators], -1)
            return self._cut_batches(orders), epochs * self.steps
        return self._batches_in_order, self.steps

    @cached_property
    def _whole_batch(self) -> Arrays:
        points = [experiment.points for experiment in self.experiments]
        mask = (np.arange(self.shape.rows)[:, None] < points).astype(np.float32)
        x, y = self._padded_points if self.shape.masked else self._stacked_points
        return {"x": x[None], "y": y[None], "mask": mask[None]} | self._validation_points

    @property
    def _padded_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs ``(rows, features, E)`` and targets ``(rows, 1, E)``, zeros after each experiment's last point."""
        x, y = self._allocate_rows(self.shape.rows)
        points = np.array([experiment.points for experiment in self.experiments])
        for size in np.unique(points):
            indices = np.flatnonzero(points == size)
            x[:size, :, indices], y[:size, :, indices] = stack_points([self.experiments[index] for index in indices])
        return x, y

    def _allocate_rows(self, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Zeros for inputs ``(rows, features, E)`` and targets ``(rows, 1, E)``."""
        inputs, *_, outputs = self.shape.widths
        x, y = (np.zeros((rows, width, self.shape.stack), np.float32) for width in (inputs, outputs))
        return x, y

    @cached_property
    def _stacked_points(self) -> tuple[np.ndarray, np.ndarray]:
        return stack_points(self.experiments)

    @cached_property
    def _batches_in_order(self) -> Arrays:
        points = self.experiments[0].points
        return self._cut_batches(np.broadcast_to(np.arange(points)[None, :, None], (1, points, self.shape.stack)))

    def _cut_batches(self, orders: np.ndarray) -> Arrays:
        """The batches of epochs with their points in these orders ``(epochs, points, E)``."""
        epochs, points, stack = orders.shape
        size = self.experiments[0].rows_per_batch
        member = np.arange(stack)
        x, y = (
            values[orders[:, :, None, :], np.arange(values.shape[1])[:, None], member]
            for values in self._stacked_points
        )
        real = np.ones((epochs, points, stack), np.float32)
        return {
            "x": self._pad_batches(x, size),
            "y": self._pad_batches(y, size),
            "mask": self._pad_batches(real, size),
        } | self._validation_points

    def _pad_batches(self, values: np.ndarray, size: int) -> np.ndarray:
        """Epochs ``(epochs, points, ...)`` as batches ``(batches, rows, ...)``, padded with zeros."""
        epochs, points, *rest = values.shape
        whole = np.zeros((epochs, self.steps * size, *rest), np.float32)
        whole[:, :points] = values
        padded = np.zeros((self.shape.batches, self.shape.rows, *rest), np.float32)
        padded[: epochs * self.steps, :size] = whole.reshape(epochs * self.steps, size, *rest)
        return padded

    @cached_property
    def _validation_points(self) -> Arrays:
        if "val_loss" not in self.shape.record:
            return {}
        x, y = self._allocate_rows(self.shape.rows_val)
        for index, experiment in enumerate(self.experiments):
            x_val, y[: experiment.points, :, index] = make_validation(experiment)
            x[: experiment.points, :, index] = model_inputs(experiment, x_val)
        points = [experiment.points for experiment in self.experiments]
        mask = (np.arange(self.shape.rows_val)[:, None] < points).astype(np.float32)
        return {"x_val": x, "y_val": y, "mask_val": mask}
