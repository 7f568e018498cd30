"""The training of one deep network, and its arrays as the program pads them and as Keras orders them."""

from __future__ import annotations

from math import ceil

import numpy as np
import tensorflow as tf

from playground.engine.batches import Batches
from playground.engine.compiled import get_program
from playground.engine.deep_network import ROWS_BELOW
from playground.engine.dropout import drop_thresholds
from playground.engine.shapes import EPOCHS_PER_CALL, DeepShape
from playground.engine.stacking import DeepKind
from playground.engine.threads import Meter
from playground.engine.types import Arrays, State, Tensors
from playground.experiment import MAX_LAYERS, Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.losses import LOSSES
from playground.models.arrays import ARRAYS, Weights, initial_weights
from playground.run import Run
from playground.tables.activations import ACTIVATIONS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

FRAMES = 50  # of a path, at most, besides the start
DEEP_PATH_NUMBERS = 2_000_000  # in a path, at most, if that leaves two frames: 8 MB
UNIT_STEPS_PER_CALL = 100_000  # layers × units × steps of a call: about a quarter of a second

BIAS, SCALE = -ROWS_BELOW, 1 - ROWS_BELOW  # rows of a layer's array; the last is the shift


class DeepStack:
    """One experiment in the program of its shape: see ``engine.types.TrainingStack``, with E = 1.

    ``reverse_rows`` reverses the rows within each batch.
    """

    def __init__(self, experiments: list[Experiment], kind: DeepKind, reverse_rows: bool = False) -> None:
        self.experiments = experiments
        self.experiment = kind.experiment
        self.kind = kind
        self.shape = kind.shape
        self.program = get_program(self.shape)
        self.batches = Batches(experiments, self.shape, reverse_rows)
        self.epochs = 0
        self.history: Arrays = {}

    def train(self, meter: Meter) -> None:
        start = initial_weights(self.experiment)
        state: State = [*pad_weights(start, self.experiment, self.shape), *self.program.optimizer_state]
        settings, stride, calls = self._convert_settings(), self._path_stride(start), []
        self.path, self.path_epochs = [_flatten_weights(start)], [0]
        while not self.is_complete and not meter.stopped:
            epochs = min(self._epochs_per_call(), stride - self.epochs % stride, self.experiment.epochs - self.epochs)
            state, history = self._run_epochs(state, settings, epochs)
            calls.append({name: rows[:epochs] for name, rows in history.items()})
            self.epochs += epochs
            if self.epochs % stride == 0:
                self._record_path(state)
            meter.add(epochs)
        self.end = unpad_weights(state, self.experiment)
        if self.path_epochs[-1] != self.epochs:
            self._record_path(state)
        if calls:
            self.history = {name: np.concatenate([rows[name] for rows in calls]) for name in calls[0]}

    @property
    def is_complete(self) -> bool:
        return self.epochs == self.experiment.epochs

    @property
    def loss(self) -> np.ndarray:
        return self.history.get("loss", np.zeros((0, 1), np.float32)).T

    @property
    def weights(self) -> Weights:
        return [array[..., None] for array in self.end]

    @property
    def paths(self) -> np.ndarray:
        return np.stack(self.path)[None]

    def runs(self) -> list[Run]:
        records: dict[str, np.ndarray] = {"loss": self.loss[0]}
        if "val_loss" in self.history:
            records["val_loss"] = self.history["val_loss"][:, 0]
        if "gradient_norms" in self.history:
            depth = len(self.experiment.hidden)
            records["gradient_norms"] = self.history["gradient_norms"][:, [*range(depth), MAX_LAYERS], 0]
        if "weights" in self.kind.record:
            records |= {"path": self.paths[0], "path_epochs": np.array(self.path_epochs)}
        return [Run(self.experiment, weights=self.end, **records)]

    def _run_epochs(self, state: State, settings: Tensors, epochs: int) -> tuple[State, Arrays]:
        data, used = self.batches.take_epochs(epochs)
        counts = {"epochs": epochs, "steps": self.batches.steps, "batches": used}
        plan = {name: np.asarray(value, np.int32) for name, value in counts.items()}
        return self.program.run(state, data, settings, plan)

    def _record_path(self, state: State) -> None:
        if "weights" in self.kind.record:
            self.path.append(_flatten_weights(unpad_weights(state, self.experiment)))
            self.path_epochs.append(self.epochs)

    def _path_stride(self, start: Weights) -> int:
        """Epochs between two points of the path."""
        if "weights" not in self.kind.record:
            return self.experiment.epochs
        frames = max(2, min(FRAMES, DEEP_PATH_NUMBERS // sum(array.size for array in start)))
        return ceil(self.experiment.epochs / frames)

    def _epochs_per_call(self) -> int:
        unit_steps = self.batches.steps * len(self.experiment.hidden) * self.shape.width
        epochs = min(EPOCHS_PER_CALL, max(1, UNIT_STEPS_PER_CALL // unit_steps))
        return min(epochs, self.batches.max_epochs_per_call or epochs)

    def _convert_settings(self) -> Tensors:
        """The settings as tensors by name: scalars, but ``(1,)`` where the optimizer or dropout takes a vector."""
        experiment = self.experiment
        parameters = {name for loss in self.shape.losses for name in LOSSES[loss].parameters}
        scalars = ["residual", "l1", "l2", "soft_threshold", *CLIPPINGS, *sorted(parameters)]
        vectors = ["learning_rate", "dropout", *OPTIMIZERS[experiment.optimizer].settings]
        numbers: dict[str, float | list[float]] = {name: getattr(experiment, name) for name in scalars}
        numbers |= {name: [getattr(experiment, name)] for name in vectors}
        # A proximal step replaces the gradient of L1.
        numbers["l1_with_gradient"] = 0.0 if experiment.soft_threshold else experiment.l1
        counts = {
            "depth": len(experiment.hidden),
            "width": experiment.hidden[0],
            "activation": list(ACTIVATIONS).index(experiment.activation),
            "normalisation": list(NORMALISATIONS).index(experiment.normalisation),
            "loss": self.shape.losses.index(experiment.loss),
        }
        settings = {name: np.asarray(value, np.float32) for name, value in numbers.items()}
        settings |= {name: np.asarray(value, np.int32) for name, value in counts.items()}
        settings |= {
            "seed": np.array([experiment.seed], np.uint32),
            "drop_threshold": drop_thresholds([experiment.dropout]),
        }
        return {name: tf.constant(value) for name, value in settings.items()}


def pad_weights(weights: Weights, experiment: Experiment, shape: DeepShape) -> Weights:
    """A model's arrays, in Keras's order, as the deep program takes them: padded, the rest 0 or, for scales, 1.

    Gives all layers in one array ``(layers, width + 3, width)``, and the moving mean and variance of batch
    normalisation ``(MAX_LAYERS, 2, width)``, float32.
    """
    width, arrays_per_layer = shape.width, 2 + ARRAYS[experiment.normalisation]
    layers = np.zeros((shape.layers, width + ROWS_BELOW, width), np.float32)
    moving = np.zeros((MAX_LAYERS, 2, width), np.float32)
    layers[:, SCALE] = moving[:, 1] = 1.0
    for index in range(len(experiment.hidden)):
        kernel, bias, *others = weights[index * arrays_per_layer : (index + 1) * arrays_per_layer]
        _fill_layer(layers[index], kernel, bias, *others[:2])
        for row, array in zip(moving[index], others[2:], strict=False):
            row[: len(array)] = array
    _fill_layer(layers[-1], *weights[-2:])
    return [layers, moving]


def _fill_layer(layer: np.ndarray, kernel: np.ndarray, *rows: np.ndarray) -> None:
    """Write a kernel ``(in, out)`` and its ``rows`` (out,) into the padded array ``(width + 3, width)`` of a layer."""
    layer[: len(kernel), : kernel.shape[1]] = kernel
    for index, row in enumerate(rows, start=BIAS):
        layer[index, : len(row)] = row


def unpad_weights(state: State, experiment: Experiment) -> Weights:
    """The model's arrays, in Keras's order and without padding, from the state of the deep program.

    Per layer a kernel ``(in, out)`` and a bias ``(out,)``, then ``(out,)`` each for what its normalisation has.
    """
    layers, moving = (np.asarray(array) for array in state[:2])
    weights: Weights = []
    fan_in = experiment.inputs
    for index, units in enumerate(experiment.hidden):
        rows = [*layers[index, BIAS:], *moving[index]][: 1 + ARRAYS[experiment.normalisation]]
        weights += [layers[index, :fan_in, :units], *(row[:units] for row in rows)]
        fan_in = units
    outputs = experiment.widths[-1]
    weights += [layers[-1, :fan_in, :outputs], layers[-1, BIAS, :outputs]]
    return [np.array(array) for array in weights]


def _flatten_weights(weights: Weights) -> np.ndarray:
    return np.concatenate([array.ravel() for array in weights])
