"""The arrays and tensors of the engine by name, with their shapes.

E is the number of experiments in a stack and always the last axis; in the program of deep networks it is 1. Tensors are
named in quotes, so that this module does not load TensorFlow, which mypy does not look into: the names are for readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from playground.engine.threads import Meter
    from playground.experiment import Experiment
    from playground.models.arrays import Weights
    from playground.run import Run

Arrays: TypeAlias = dict[str, np.ndarray]

Tensor: TypeAlias = "tf.Tensor"
Tensors: TypeAlias = "dict[str, tf.Tensor]"
TensorArrays: TypeAlias = "dict[str, tf.TensorArray]"  # by name, what the loop records: one row per epoch
Vector: TypeAlias = "tf.Tensor"  # (E,): one number per experiment
Variables: TypeAlias = "list[keras.Variable]"
Batch: TypeAlias = "tuple[tf.Tensor, tf.Tensor, tf.Tensor]"  # x (rows, features, E), y (rows, 1, E), mask (rows, E)
Settings: TypeAlias = "dict[str, tf.Tensor]"  # (E,) each; the deep program takes most of them as scalars
State: TypeAlias = "list[np.ndarray | tf.Tensor]"  # weights, moving moments, optimizer state


class TrainingStack(Protocol):
    """Experiments that train together. Its results may be read once ``train`` has returned."""

    experiments: list[Experiment]
    epochs: int  # how many were trained; fewer than asked for after a stop

    def train(self, meter: Meter) -> None:
        """Train until all epochs are done or the meter says stop."""

    @property
    def is_complete(self) -> bool:
        """Whether all epochs were trained."""

    @property
    def loss(self) -> np.ndarray:
        """The training loss of each epoch, as in Keras's history: ``(E, epochs)``.

        It is the mean over the batches of the epoch, each taken before its step.
        """

    @property
    def weights(self) -> Weights:
        """The trained kernels ``(in, out, E)`` and biases ``(out, E)``."""

    @property
    def paths(self) -> np.ndarray:
        """The recorded weights, P in a row, of which the first are those before training: ``(E, frames + 1, P)``."""

    def runs(self) -> list[Run]:
        """The run of each experiment, in the order of ``experiments``."""
