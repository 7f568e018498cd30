"""A deep network on its way through its program: the arrays of its layers laid behind each other, and back."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import tensorflow as tf

from playground.engine.batches import Batches
from playground.engine.compiled import program_for
from playground.engine.deep_programs import ROWS_BELOW
from playground.engine.dropout import cut_off
from playground.engine.shapes import EPOCHS_PER_CALL, Arrays, DeepShape
from playground.engine.stacking import DeepKind
from playground.engine.threads import Meter
from playground.experiment import MAX_LAYERS, Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.losses import LOSSES
from playground.models.arrays import ARRAYS, initial_weights
from playground.run import Run
from playground.tables.activations import ACTIVATIONS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

FRAMES = 50  # at most so many points of a path are kept, and no more numbers than these
PATH_NUMBERS = 2_000_000
UNIT_STEPS_PER_CALL = 100_000  # layers times units that a call goes through: about a quarter of a second

BIAS, SCALE = -ROWS_BELOW, 1 - ROWS_BELOW  # rows of a layer's array, of which the shift is the last

Weights = list[np.ndarray]


class DeepStack:
    """One experiment in the program of its shape; the same to its users as ``playground.training.Stack``."""

    def __init__(self, experiments: list[Experiment], kind: DeepKind, reverse_rows: bool = False) -> None:
        self.experiments = experiments
        self.reverse_rows = reverse_rows
        self.experiment = kind.experiment
        self.kind = kind
        self.shape = kind.shape
        self.program = program_for(self.shape)
        self.epochs = 0

    def train(self, meter: Meter) -> None:
        start = initial_weights(self.experiment)
        state: list[Any] = [*laid_out(start, self.experiment, self.shape), *self.program.slots]
        batches = Batches(self.experiments, self.shape, self.reverse_rows)
        settings, stride = tf.nest.map_structure(tf.constant, self._settings()), self._stride(start)
        self.path, self.path_epochs, parts = [_flat(start)], [0], []
        while self.epochs < self.experiment.epochs and not meter.stopped:
            epochs = min(self._epochs_per_call(batches), stride - self.epochs % stride)
            epochs = min(epochs, self.experiment.epochs - self.epochs)
            data, used = batches.next(epochs)
            counts = {"epochs": epochs, "steps": batches.steps, "batches": used}
            plan = {name: np.asarray(value, np.int32) for name, value in counts.items()}
            state, part = self.program.run(state, data, settings, plan)
            parts.append({name: rows[:epochs] for name, rows in part.items()})
            self.epochs += epochs
            if self.epochs % stride == 0:
                self._keep(state)
            meter.add(epochs)
        self.end = gathered(state, self.experiment)
        if self.path_epochs[-1] != self.epochs:
            self._keep(state)
        self.history = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}

    def _keep(self, state: list[Any]) -> None:
        if "weights" in self.kind.record:
            self.path.append(_flat(gathered(state, self.experiment)))
            self.path_epochs.append(self.epochs)

    @property
    def loss(self) -> np.ndarray:
        return self.history.get("loss", np.zeros((0, 1), np.float32)).T

    @property
    def weights(self) -> Weights:
        return [array[..., None] for array in self.end]

    def runs(self) -> list[Run]:
        """The run of the only experiment."""
        records: dict[str, Any] = {"loss": self.loss[0]}
        if "val_loss" in self.history:
            records["val_loss"] = self.history["val_loss"][:, 0]
        if "gradient_norms" in self.history:
            depth = len(self.experiment.hidden)
            records["gradient_norms"] = self.history["gradient_norms"][:, [*range(depth), MAX_LAYERS], 0]
        if "weights" in self.kind.record:
            records |= {"path": np.stack(self.path), "path_epochs": np.array(self.path_epochs)}
        return [Run(self.experiment, weights=self.end, **records)]

    def _stride(self, start: Weights) -> int:
        """Epochs between two points of the path."""
        if "weights" not in self.kind.record:
            return self.experiment.epochs
        frames = max(2, min(FRAMES, PATH_NUMBERS // sum(array.size for array in start)))
        return ceil(self.experiment.epochs / frames)

    def _epochs_per_call(self, batches: Batches) -> int:
        unit_steps = batches.steps * len(self.experiment.hidden) * self.shape.width
        epochs = min(EPOCHS_PER_CALL, max(1, UNIT_STEPS_PER_CALL // unit_steps))
        return min(epochs, batches.most_epochs or epochs)

    def _settings(self) -> Arrays:
        experiment = self.experiment
        names = ["residual", "l1", "l2", "soft_threshold", *CLIPPINGS]
        parameters = {name for loss in self.shape.losses for name in LOSSES[loss].parameters}
        numbers: dict[str, Any] = {name: getattr(experiment, name) for name in [*names, *sorted(parameters)]}
        numbers["pulling_l1"] = 0.0 if experiment.soft_threshold else experiment.l1
        places = {
            "depth": len(experiment.hidden),
            "width": experiment.hidden[0],
            "activation": list(ACTIVATIONS).index(experiment.activation),
            "normalisation": list(NORMALISATIONS).index(experiment.normalisation),
            "loss": self.shape.losses.index(experiment.loss),
        }
        return {
            **{name: np.asarray(value, np.float32) for name, value in numbers.items()},
            **{name: np.asarray(value, np.int32) for name, value in places.items()},
            **{name: np.array([getattr(experiment, name)], np.float32) for name in self._vectors()},
            "seed": np.array([experiment.seed], np.uint32),
            "cut_off": cut_off([experiment.dropout]),
        }

    def _vectors(self) -> list[str]:
        """The settings that the program takes as vectors, of one experiment."""
        return ["learning_rate", "dropout", *OPTIMIZERS[self.experiment.optimizer].settings]


def laid_out(weights: Weights, experiment: Experiment, shape: DeepShape) -> Weights:
    """A model's arrays, in Keras's order, as the program takes them: padded, each layer's in one, moments apart."""
    width, each = shape.width, 2 + ARRAYS[experiment.normalisation]
    layers = np.zeros((shape.layers, width + ROWS_BELOW, width), np.float32)
    moving = np.zeros((MAX_LAYERS, 2, width), np.float32)
    layers[:, SCALE] = moving[:, 1] = 1.0
    for place in range(len(experiment.hidden)):
        kernel, bias, *others = weights[place * each : (place + 1) * each]
        _put(layers[place], kernel, bias, *others[:2])
        for row, array in zip(moving[place], others[2:], strict=False):
            row[: len(array)] = array
    _put(layers[-1], *weights[-2:])
    return [layers, moving]


def _put(layer: np.ndarray, kernel: np.ndarray, *rows: np.ndarray) -> None:
    """Write a layer's arrays into its padded one."""
    layer[: len(kernel), : kernel.shape[1]] = kernel
    for place, row in enumerate(rows, start=BIAS):
        layer[place, : len(row)] = row


def gathered(state: list[Any], experiment: Experiment) -> Weights:
    """The arrays of the model, in Keras's order, out of the program's state."""
    layers, moving = (np.asarray(array) for array in state[:2])
    extra = ARRAYS[experiment.normalisation]
    arrays: Weights = []
    fan_in = experiment.inputs
    for place, units in enumerate(experiment.hidden):
        rows = [*layers[place, BIAS:], *moving[place]][: 1 + extra]
        arrays += [layers[place, :fan_in, :units], *(row[:units] for row in rows)]
        fan_in = units
    outputs = experiment.widths[-1]
    arrays += [layers[-1, :fan_in, :outputs], layers[-1, BIAS, :outputs]]
    return [np.array(array) for array in arrays]


def _flat(weights: Weights) -> np.ndarray:
    return np.concatenate([array.ravel() for array in weights])
