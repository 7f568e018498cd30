"""The compiled training loop. One program trains a whole stack of experiments, all epochs in one call.

``model.fit`` spends its time between the epochs, not in them. Here the loop over epochs is itself
compiled by XLA (https://www.tensorflow.org/xla), around real Keras layers, Keras optimizers
(https://keras.io/api/optimizers/) and the losses of the table. What a program is compiled for is
its ``Shape``; everything else (rates, data, parameters of losses, number of epochs) is an argument,
so that no slider recompiles.

A program keeps no state between calls: weights and optimizer state go in and come out. Inside a
call they live in variables, so a lock lets one call in at a time.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from threading import Lock

import keras
import numpy as np
import tensorflow as tf

from playground.engine.network import Network
from playground.engine.shapes import EPOCHS_PER_CALL, Shape, frames_per_call
from playground.engine.types import Arrays, Batch, Settings, State, Tensor, TensorArrays, Tensors, Vector
from playground.models.arrays import count_weights
from playground.tables.optimizers import OPTIMIZERS


class VectorHyperparameter:
    """A vector ``(E,)`` where a Keras optimizer expects one number, such as its momentum.

    It relies on Keras asking no more of the number than ``if self.momentum != 0``, which is true of any object, and
    then converting it by ``ops.cast``, which calls ``__tf_tensor__``. Source: ``SGD.build`` and ``SGD.update_step``,
    https://github.com/keras-team/keras/blob/v3.15.1/keras/src/optimizers/sgd.py
    """

    def __init__(self, variable: tf.Variable) -> None:
        self.variable = variable

    def __tf_tensor__(self, dtype: tf.DType | None = None, name: str | None = None) -> Tensor:
        return tf.convert_to_tensor(self.variable)


class Program:
    """The compiled loop that trains a network of one shape.

    ``traces`` counts how often TensorFlow traced the loop: more than once means that a compilation was wasted.
    ``without_xla`` is true once XLA has turned out not to be available.
    """

    def __init__(self, shape: Shape, network: Network) -> None:
        self.shape = shape
        self.network = network
        self.traces = 0
        self.without_xla = False
        self._lock = Lock()

    @property
    def optimizer_state(self) -> tuple[np.ndarray, ...]:
        """The optimizer's variables before the first step, in Keras's order; read-only, as all callers share them."""
        with self._lock:
            return self._initial_optimizer_state

    def run(self, state: State, data: Arrays, settings: Arrays | Tensors, plan: Arrays) -> tuple[State, Arrays]:
        """Train for ``plan['epochs']`` epochs from ``state``: weights, moving means and variances, optimizer state.

        ``data`` has ``x`` (batches, rows, features, E), ``y`` (batches, rows, 1, E) and ``mask`` (batches, rows, E).
        An epoch takes ``plan['steps']`` batches in turn; after batch ``plan['batches']`` the first comes again.
        ``settings`` are vectors ``(E,)``. Gives the new state and the history of this call, float32: ``loss`` and
        ``val_loss`` (1000, E) and ``gradient_norms`` (1000, layers, E), of which the first ``plan['epochs']`` rows
        count, and ``weights`` (frames, P, E), one row every ``plan['stride']`` epochs. ``plan['offset']`` is how many
        epochs of the first stride earlier calls have trained.
        """
        with self._lock:
            traces = self.traces
            state, history = self._compiled_loop(state, data, settings, plan)
            if self.traces > traces:
                release_memory()
            # np.asarray shares the tensor's memory, where its own .numpy() would copy it.
            return state, {name: np.asarray(values) for name, values in history.items()}

    @cached_property
    def _compiled_loop(self) -> Callable[..., tuple[State, Tensors]]:
        """The loop, compiled by XLA; where there is none, as a graph, which takes some twenty times as long."""
        # A variable that is created while tracing would make TensorFlow trace a second time.
        _ = self._initial_optimizer_state, self._learning_rates, self.network.moving
        # Nothing here needs AutoGraph, which would take longer than the compilation itself.
        fast = tf.function(self._run_loop, jit_compile=True, autograph=False)
        slow = tf.function(self._run_loop, autograph=False)

        def call(*arguments: object) -> tuple[State, Tensors]:
            if not self.without_xla:
                try:
                    return fast(*arguments)
                except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError) as error:
                    logging.getLogger(__name__).warning("XLA is not available here, training without it: %s", error)
                    self.without_xla = True
            return slow(*arguments)

        return call

    @cached_property
    def _learning_rates(self) -> tf.Variable:
        """The learning rates, ``(E,)``."""
        return tf.Variable(tf.zeros(self.shape.stack))

    @cached_property
    def _hyperparameter_vectors(self) -> dict[str, tf.Variable]:
        """The optimizer's other settings by name, one vector ``(E,)`` each."""
        return {name: tf.Variable(tf.zeros(self.shape.stack)) for name in OPTIMIZERS[self.shape.optimizer].settings}

    @cached_property
    def _keras_optimizer(self) -> keras.optimizers.Optimizer:
        optimizer = OPTIMIZERS[self.shape.optimizer].build(lambda: self._learning_rates)
        optimizer.build(self.network.weights)
        for name, vector in self._hyperparameter_vectors.items():
            setattr(optimizer, name, VectorHyperparameter(vector))
        return optimizer

    @cached_property
    def _initial_optimizer_state(self) -> tuple[np.ndarray, ...]:
        state = tuple(keras.ops.convert_to_numpy(variable) for variable in self._keras_optimizer.variables)
        for array in state:
            array.setflags(write=False)
        return state

    def _run_loop(self, state: State, data: Tensors, settings: Settings, plan: Tensors) -> tuple[State, Tensors]:
        """The function that is compiled: assign the arguments to the variables, train, and return the variables."""
        self.traces += 1
        variables = [*self.network.weights, *self.network.moving, *self._keras_optimizer.variables]
        self._learning_rates.assign(settings["learning_rate"])
        for name, vector in self._hyperparameter_vectors.items():
            vector.assign(settings[name])
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        history = self._train_epochs(data, settings, plan)
        return [tf.identity(variable.value) for variable in variables], history

    def _train_epochs(self, data: Tensors, settings: Settings, plan: Tensors) -> Tensors:
        """The loop over epochs. Its length is a tensor, so that another number of epochs does not recompile."""

        def train_epoch(number: Tensor, history: TensorArrays) -> tuple[Tensor, TensorArrays]:
            loss, norms = self._train_epoch(number, data, settings, plan)
            entries = {"loss": (number, loss), "gradient_norms": (number, norms)}
            if "weights" in history:
                flat = [tf.reshape(weight.value, (-1, self.shape.stack)) for weight in self.network.weights]
                entries["weights"] = ((plan["offset"] + number) // plan["stride"], tf.concat(flat, 0))
            if "val_loss" in history:
                val_loss = self.network.compute_loss(data["x_val"], data["y_val"], data["mask_val"], settings)
                entries["val_loss"] = (number, val_loss)
            return number + 1, {name: rows.write(*entries[name]) for name, rows in history.items()}

        start = (tf.constant(0), self._empty_history())
        _, history = tf.while_loop(lambda number, _: number < plan["epochs"], train_epoch, start)
        return {name: rows.stack() for name, rows in history.items()}

    def _empty_history(self) -> TensorArrays:
        # A call may begin inside a stride, which takes one more frame.
        lengths = {"weights": frames_per_call(self.shape.widths) + 1}
        rows = {"gradient_norms": (self.shape.layers,), "weights": (count_weights(self.shape.widths),)}
        # Without element_shape, TensorFlow translates the loop a second time to find it.
        return {
            name: tf.TensorArray(
                tf.float32, lengths.get(name, EPOCHS_PER_CALL), element_shape=(*rows.get(name, ()), self.shape.stack)
            )
            for name in sorted({"loss", *self.shape.record})
        }

    def _train_epoch(self, number: Tensor, data: Tensors, settings: Settings, plan: Tensors) -> tuple[Vector, Tensor]:
        """One epoch: its mean loss and the gradient norms ``(layers, E)`` of its last batch."""
        if self.shape.full_batch:
            loss, _, norms = self._train_step((data["x"][0], data["y"][0], data["mask"][0]), settings)
            return loss, norms

        def train_step(number: Tensor, total: Vector, count: Vector, _norms: Tensor) -> tuple[Tensor, ...]:
            index = number % plan["batches"]
            batch = (data["x"][index], data["y"][index], data["mask"][index])
            loss, rows, norms = self._train_step(batch, settings)
            return number + 1, total + loss * rows, count + rows, norms

        first = number * plan["steps"]
        zeros = tf.zeros(self.shape.stack)
        start = (first, zeros, zeros, tf.zeros((self.shape.layers, self.shape.stack)))
        end = first + plan["steps"]
        _, total, count, norms = tf.while_loop(lambda number, *_: number < end, train_step, start)
        return total / count, norms

    def _train_step(self, batch: Batch, settings: Settings) -> tuple[Vector, Vector, Tensor]:
        """One batch: loss, gradient, update. Gives loss and rows ``(E,)`` and gradient norms ``(layers, E)``."""
        step = tf.cast(self._keras_optimizer.iterations.value, tf.uint32)
        loss, gradients = self.network.differentiate_loss(batch, settings, step)
        self._keras_optimizer.apply(self.network.clip_gradients(gradients, settings), self.network.weights)
        if self.shape.proximal:
            self.network.shrink_kernels(settings["soft_threshold"])
        return loss, tf.reduce_sum(batch[2], axis=0), self.network.measure_gradients(gradients)


def release_memory() -> None:
    """Return freed memory to the system, where the C library can do that (glibc).

    After twelve programs a worker has 528 MB instead of 552; it takes 20 to 60 ms per compilation (measured).
    Source: https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def filter_retracing_warning(record: logging.LogRecord) -> bool:
    """Drop TensorFlow's warning of retracing, and keep every other record.

    TensorFlow counts traces by the code of a function, which all programs share, so it takes several programs that are
    traced once each for one that is traced several times. Source: ``_FrequentTracingDetector`` in
    https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/python/eager/polymorphic_function/polymorphic_function.py
    """
    return "tf.function retracing" not in record.getMessage()


logging.getLogger("tensorflow").addFilter(filter_retracing_warning)
