"""The compiled training loop. One program trains a whole stack of experiments, all epochs in one call.

``model.fit`` spends its time between the epochs, not in them. Here the loop over epochs is itself
compiled (by XLA), round real Keras layers, Keras optimizers and the losses of the table. What a
program is compiled for is its ``Shape``; everything else (rates, data, parameters of losses,
number of epochs) is an argument, so that no slider recompiles.

A program keeps no state between calls: weights and optimizer slots go in and come out. Inside a
call they live in variables, so a lock lets one call in at a time.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from threading import Lock
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from playground.engine.dropout import kept
from playground.engine.shapes import EPOCHS_PER_CALL, Arrays, Shape, frames_per_call
from playground.losses import LOSSES
from playground.models.arrays import weight_count
from playground.models.keras_model import StackedDense
from playground.models.keras_objects import soft_threshold
from playground.tables.optimizers import OPTIMIZERS

BATCH = ("x", "y", "mask")


class _AsTensor:
    """A vector in the place of a number of Keras's optimizers: they ask whether it is 0, which it never is."""

    def __init__(self, variable: tf.Variable) -> None:
        self.variable = variable

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        return tf.convert_to_tensor(self.variable)


class Program:
    """The compiled loop of one shape."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.traces = 0
        self.without_xla = False
        self._lock = Lock()

    @cached_property
    def _model(self) -> list[StackedDense]:
        features, *hidden, outputs = self.shape.widths
        layers = [StackedDense(units, self.shape.stack, self.shape.activation) for units in hidden]
        layers.append(StackedDense(outputs, self.shape.stack))
        for layer in layers:
            layer.build((self.shape.rows, features, self.shape.stack))
            features = layer.units
        return layers

    @cached_property
    def _weights(self) -> list[Any]:
        return [variable for layer in self._model for variable in layer.trainable_variables]

    @property
    def _moving(self) -> list[Any]:
        """What is kept from step to step besides weights and slots, and no gradient moves."""
        return []

    @cached_property
    def _rates(self) -> tf.Variable:
        return tf.Variable(tf.zeros(self.shape.stack))

    @cached_property
    def _optimizer(self) -> Any:
        optimizer = OPTIMIZERS[self.shape.optimizer].build(lambda: self._rates)
        optimizer.build(self._weights)
        for name, vector in self._hyperparameters.items():
            setattr(optimizer, name, _AsTensor(vector))
        return optimizer

    @cached_property
    def _hyperparameters(self) -> dict[str, tf.Variable]:
        """The optimizer's other settings, one vector ``(E,)`` each, like the rates."""
        return {name: tf.Variable(tf.zeros(self.shape.stack)) for name in OPTIMIZERS[self.shape.optimizer].settings}

    @property
    def slots(self) -> list[np.ndarray]:
        """The optimizer's state before the first step."""
        with self._lock:
            return self._slots

    @cached_property
    def _slots(self) -> list[np.ndarray]:
        return [keras.ops.convert_to_numpy(variable) for variable in self._optimizer.variables]

    def run(self, state: list[np.ndarray], data: Arrays, settings: Arrays, plan: Arrays) -> tuple[list[Any], Arrays]:
        """Train from ``state`` (weights, then optimizer slots) for ``plan['epochs']`` epochs.

        ``data`` has ``x`` (batches, rows, features, E), ``y`` and ``mask``, of which an epoch takes
        ``plan['steps']``, going round the first ``plan['batches']``. Gives the new state and the
        history of this call, one row an epoch (``weights``: every ``plan['stride']`` epochs, where
        the call begins ``plan['offset']`` into a stride), the experiment axis last.
        """
        with self._lock:
            traces = self.traces
            state, history = self._compiled(state, data, settings, plan)
            if self.traces > traces:
                _give_back_memory()
            return state, {name: np.asarray(values) for name, values in history.items()}  # numpy() would copy

    @cached_property
    def _compiled(self) -> Callable[..., Any]:
        """The loop, compiled by XLA; where there is none, as a graph, which takes some twenty times as long."""
        _ = self._slots, self._rates, self._moving  # what is created while tracing makes it trace twice
        # Nothing here needs AutoGraph, which would take longer than the compilation itself.
        fast = tf.function(self._loop, jit_compile=True, autograph=False)
        slow = tf.function(self._loop, autograph=False)

        def call(*arguments: Any) -> Any:
            if not self.without_xla:
                try:
                    return fast(*arguments)
                except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError) as error:
                    logging.getLogger(__name__).warning("XLA is not available here, training without it: %s", error)
                    self.without_xla = True
            return slow(*arguments)

        return call

    def _loop(self, state: list[Any], data: Any, settings: Any, plan: Any) -> Any:
        self.traces += 1
        variables = [*self._weights, *self._moving, *self._optimizer.variables]
        self._rates.assign(settings["learning_rate"])
        for name, vector in self._hyperparameters.items():
            vector.assign(settings[name])
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        history = self._train(data, settings, plan)
        return [tf.identity(variable.value) for variable in variables], history

    def _train(self, data: Any, settings: Any, plan: Any) -> Arrays:
        """The loop over epochs. Its length is a tensor, not a Python number: a count must not be compiled in."""

        def epoch(number: Any, books: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
            loss, norms = self._epoch(number, data, settings, plan)
            entries = {"loss": (number, loss), "gradient_norms": (number, norms)}
            if "weights" in books:
                flat = [tf.reshape(weight.value, (-1, self.shape.stack)) for weight in self._weights]
                entries["weights"] = ((plan["offset"] + number) // plan["stride"], tf.concat(flat, 0))
            if "val_loss" in books:
                after = self._objective(data["x_val"], data["y_val"], data["mask_val"], held_out(settings))
                entries["val_loss"] = (number, after)
            return number + 1, {name: book.write(*entries[name]) for name, book in books.items()}

        start = (tf.constant(0), self._empty_books())
        _, books = tf.while_loop(lambda number, _: number < plan["epochs"], epoch, start)
        return {name: book.stack() for name, book in books.items()}

    def _empty_books(self) -> dict[str, Any]:
        """What the loop writes down, by name."""
        # A call may begin inside a stride, which takes one more frame.
        lengths = {"weights": frames_per_call(self.shape.widths) + 1}
        rows = {"gradient_norms": (self.shape.layers,), "weights": (weight_count(self.shape.widths),)}
        # Without the shape of an entry, TensorFlow translates the loop twice to find it.
        return {
            name: tf.TensorArray(
                tf.float32, lengths.get(name, EPOCHS_PER_CALL), element_shape=(*rows.get(name, ()), self.shape.stack)
            )
            for name in sorted({"loss", *self.shape.record})
        }

    def _epoch(self, number: Any, data: Any, settings: Any, plan: Any) -> tuple[Any, Any]:
        """One epoch: its mean loss and the gradient norms of its last batch."""
        if self.shape.full_batch:
            loss, _, norms = self._step([data[name][0] for name in BATCH], settings)
            return loss, norms

        def step(number: Any, total: Any, count: Any, _norms: Any) -> tuple[Any, ...]:
            batch = [data[name][number % plan["batches"]] for name in BATCH]
            loss, size, norms = self._step(batch, settings)
            return number + 1, total + loss * size, count + size, norms

        first = number * plan["steps"]
        zeros = tf.zeros(self.shape.stack)
        start = (first, zeros, zeros, tf.zeros((self.shape.layers, self.shape.stack)))
        end = first + plan["steps"]
        _, total, count, norms = tf.while_loop(lambda number, *_: number < end, step, start)
        return total / count, norms

    def _step(self, batch: list[Any], settings: Any) -> tuple[Any, Any, Any]:
        """One batch: loss, gradient, update. Gives the loss, the number of rows and the gradient norms."""
        x, y, mask = batch
        with tf.GradientTape() as tape:
            loss = self._objective(x, y, mask if self.shape.masked else None, settings, training=True)
            # The experiments share no weight, so the gradient of their sum is each one's own gradient.
            everyone = tf.reduce_sum(loss)
        gradients = tape.gradient(everyone, [weight.value for weight in self._weights])
        self._optimizer.apply(self._clip(gradients, settings), self._weights)
        if self.shape.proximal:
            self._shrink(settings["soft_threshold"])
        return loss, tf.reduce_sum(mask, axis=0), self._layer_norms(gradients)

    def _shrink(self, threshold: Any) -> None:
        """The proximal step of the L1 penalty: every kernel's entries so far towards 0, and not beyond."""
        for layer in self._model:
            layer.kernel.assign(soft_threshold(layer.kernel.value, threshold))

    def _objective(self, x: Any, y: Any, mask: Any, settings: Any, training: bool = False) -> Any:
        """Mean loss of each experiment over its real rows, plus its penalty: shape ``(E,)``."""
        values = x
        for place, layer in enumerate(self._model):
            values = layer(values)
            if training and self.shape.dropout and layer is not self._model[-1]:
                values = self._drop(values, place, settings)
        each = tf.reduce_mean(self._losses(y, values, settings), axis=1)
        if mask is None:
            mean = tf.reduce_mean(each, axis=0)
        else:
            mean = tf.reduce_sum(each * mask, axis=0) / tf.reduce_sum(mask, axis=0)
        return mean + self._penalty(settings) if self.shape.penalised else mean

    def _drop(self, values: Any, layer: Any, settings: Any) -> Any:
        """Dropout after a hidden layer; what is kept grows by what is left out, so that its mean stays."""
        step = tf.cast(self._optimizer.iterations.value, tf.uint32)
        shape = (values.shape[0], values.shape[1])
        mine = kept(keras.ops, settings["seed"], step, tf.cast(layer, tf.uint32), shape, settings["cut_off"])
        return tf.where(mine, values / (1.0 - settings["dropout"]), 0.0)

    def _losses(self, y: Any, predicted: Any, settings: Any) -> Any:
        """Each experiment's own loss, element by element."""
        values = tf.zeros_like(predicted)
        for place, key in enumerate(self.shape.losses):
            loss = LOSSES[key]
            parameters = {name: settings[name] for name in loss.parameters}
            if len(self.shape.losses) == 1:
                return loss.value(keras.ops, y, predicted, **parameters)
            mine = settings["loss"] == place
            # A loss that is not an experiment's own sees a harmless residual of 1 there: its gradient
            # counts zero times, and zero times infinity would be no number.
            seen = tf.where(mine, predicted, y + 1.0)
            values = tf.where(mine, loss.value(keras.ops, y, seen, **parameters), values)
        return values

    def _penalty(self, settings: Any) -> Any:
        kernels = [layer.kernel.value for layer in self._model]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(kernel), axis=(0, 1)) for kernel in kernels])
        if self.shape.proximal:
            absolute = tf.stop_gradient(absolute)  # its pull is the proximal step
        squared = tf.add_n([tf.reduce_sum(tf.square(kernel), axis=(0, 1)) for kernel in kernels])
        return settings["l1"] * absolute + settings["l2"] * squared

    def _layer_norms(self, gradients: list[Any]) -> Any:
        """Length of each layer's gradient, kernel and bias together: shape ``(layers, E)``."""
        squares = [self._squared_length([gradients[i], gradients[i + 1]]) for i in range(0, len(gradients), 2)]
        return tf.sqrt(tf.stack(squares))

    @staticmethod
    def _squared_length(arrays: list[Any]) -> Any:
        return tf.add_n([tf.reduce_sum(tf.square(array), axis=list(range(len(array.shape) - 1))) for array in arrays])

    def _clip(self, gradients: list[Any], settings: Any) -> list[Any]:
        """Keras's clipping, experiment by experiment."""
        if not self.shape.clip:
            return gradients
        limit = settings[self.shape.clip]
        if self.shape.clip == "clipvalue":
            return [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
        if self.shape.clip == "clipnorm":
            lengths = [tf.sqrt(self._squared_length([gradient])) for gradient in gradients]
            return [
                gradient * limit / tf.maximum(length, limit)
                for gradient, length in zip(gradients, lengths, strict=True)
            ]
        length = tf.sqrt(self._squared_length(gradients))
        scale = limit / tf.maximum(length, limit) + (length - length)  # of an infinite gradient nothing is left
        return [gradient * scale for gradient in gradients]


def held_out(settings: Any) -> Any:
    """The settings by which held-out points are judged: as in Keras's ``fit``, class weights are for training alone."""
    if "class_weight" not in settings:
        return settings
    return {**settings, "class_weight": tf.ones_like(settings["class_weight"])}


def _give_back_memory() -> None:
    """What compiling needed for a moment goes back to the system, where the C library can do that (glibc's)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


# TensorFlow takes every program for the same function traced anew, and warns. Each is traced once.
logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())
