"""The compiled training loop of deep networks: equal hidden layers, gone through by a loop that is compiled once.

Depth, activation, normalisation, residual connections and clipping are arguments here, and the width is padded, so
that none of them recompiles. All weights are one array, ``(layers, width + 3, width)``: a layer's kernel, then a row
each for its bias, scale and shift; the output layer is the last. The way back through the layers is a second loop: each
is computed once more from what it was given, and hands the gradient on. Compiling is then the work of one layer and one
array, whatever the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from playground.engine.programs import Program
from playground.engine.shapes import DeepShape
from playground.experiment import MAX_LAYERS
from playground.losses import LOSSES
from playground.models.keras_model import bent
from playground.models.keras_objects import soft_threshold
from playground.tables.activations import ACTIVATIONS
from playground.tables.normalisations import EPSILON, MOMENTUM, NORMALISATIONS

Function = Callable[[Any], Any]

ROWS_BELOW = 3  # of a layer's array, below its kernel: bias, scale, shift


class DeepProgram(Program):
    """The compiled loop of one deep shape. The state is the array of weights, the moving moments, then the slots."""

    shape: DeepShape

    @cached_property
    def _weights(self) -> list[Any]:
        size = (self.shape.layers, self.shape.width + ROWS_BELOW, self.shape.width)
        return [keras.Variable(np.zeros(size, np.float32))]

    @cached_property
    def _moving(self) -> list[Any]:
        """Moving mean and variance of batch normalisation, ``(layers, 2, width)``."""
        return [keras.Variable(np.zeros((MAX_LAYERS, 2, self.shape.width), np.float32), trainable=False)]

    @cached_property
    def _is_kernel(self) -> Any:
        """Which rows of a layer's array are its kernel, ``(width + 3, 1)``."""
        return np.arange(self.shape.width + ROWS_BELOW)[:, None] < self.shape.width

    def _step(self, batch: list[Any], settings: Any) -> tuple[Any, Any, Any]:
        x, y, mask = batch
        (weights,) = self._weights
        given, values, batch_moments = self._through(x[:, :, 0], mask, settings, training=True)
        with tf.GradientTape() as tape:
            last = weights.value[MAX_LAYERS]
            tape.watch([values, last])
            answers = self._answers(values, last)
        error = self._mean_loss(y, answers, mask, settings)
        pull = slope(self._losses_of(y, settings), settings["loss"], answers)
        pull *= mask / (answers.shape[1] * tf.reduce_sum(mask))
        back, of_last = tape.gradient(answers, [values, last], output_gradients=pull)
        gradient = self._back(given, back, of_last, mask, settings)
        loss = error
        if self.shape.penalised:
            loss += self._penalty(settings)
            gradient += self._pull(settings)
        self._optimizer.apply(self._clip([gradient], settings), self._weights)
        if self.shape.proximal:
            self._shrink(settings["soft_threshold"])
        self._moving[0].assign(MOMENTUM * self._moving[0].value + (1.0 - MOMENTUM) * batch_moments)
        return loss, tf.reduce_sum(mask, axis=0), self._layer_norms([gradient])

    def _objective(self, x: Any, y: Any, mask: Any, settings: Any, training: bool = False) -> Any:
        _, values, _ = self._through(x[:, :, 0], mask, settings, training=training)
        answers = self._answers(values, self._weights[0].value[MAX_LAYERS])
        error = self._mean_loss(y, answers, mask, settings)
        return error + self._penalty(settings) if self.shape.penalised else error

    def _answers(self, values: Any, array: Any) -> Any:
        """What the output layer gives, ``(rows, outputs)``."""
        kernel, bias, _, _ = self._parts(array)
        return (values @ kernel + bias)[:, : self.shape.widths[-1]]

    def _parts(self, array: Any) -> list[Any]:
        """A layer's kernel ``(width, width)`` and its bias, scale and shift, each ``(1, width)``."""
        return tf.split(array, [self.shape.width, *[1] * ROWS_BELOW], axis=0)

    def _mean_loss(self, y: Any, answers: Any, mask: Any, settings: Any) -> Any:
        """The mean loss of the real rows, ``(1,)``."""
        each = chosen(self._losses_of(y, settings), settings["loss"], answers)
        return tf.reduce_sum(tf.reduce_mean(each, axis=1, keepdims=True) * mask, axis=0) / tf.reduce_sum(mask, axis=0)

    def _losses_of(self, y: Any, settings: Any) -> list[Function]:
        """Every loss of the shape, element by element, as a function of the answers ``(rows, outputs)``."""

        def value(key: str, answers: Any) -> Any:
            parameters = {name: settings[name] for name in LOSSES[key].parameters}
            return LOSSES[key].value(keras.ops, y[:, :, 0], answers, **parameters)

        return [partial(value, key) for key in self.shape.losses]

    def _through(self, x: Any, mask: Any, settings: Any, *, training: bool) -> tuple[Any, Any, Any]:
        """From the inputs to the last hidden layer: what each layer is given, what the last one gives, the moments."""
        x = tf.pad(x, [[0, 0], [0, self.shape.width - x.shape[1]]])
        given = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=x.shape)
        moments = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=(2, self.shape.width))

        def layer(place: Any, values: Any, given: Any, moments: Any) -> tuple[Any, ...]:
            array = self._weights[0].value[place]
            answer, mine = self._layer(place, values, array, mask, settings, training=training)
            return place + 1, answer, given.write(place, values), moments.write(place, mine)

        start = (tf.constant(0), x, given, moments)
        _, values, given, moments = tf.while_loop(lambda place, *_: place < settings["depth"], layer, start)
        return given.stack(), values, moments.stack()

    def _back(self, given: Any, back: Any, of_last: Any, mask: Any, settings: Any) -> Any:
        """The gradient of all weights, from that of what the last hidden layer gives and that of the output layer."""
        book = tf.TensorArray(tf.float32, self.shape.layers, element_shape=of_last.shape).write(MAX_LAYERS, of_last)

        def layer(place: Any, back: Any, book: Any) -> tuple[Any, ...]:
            values, array = given[place], self._weights[0].value[place]
            with tf.GradientTape() as tape:
                tape.watch([values, array])
                sums, _ = self._sums(place, values, array, mask, settings, training=True)
            bend = slope(ACTIVATION_FUNCTIONS, settings["activation"], sums)
            back_to_sums = bend * self._let_through(back, place, settings, training=True)
            through, mine = tape.gradient(sums, [values, array], output_gradients=back_to_sums)
            return place - 1, through + self._shortcut(place, settings) * back, book.write(place, mine)

        start = (settings["depth"] - 1, back, book)
        _, _, book = tf.while_loop(lambda place, *_: place >= 0, layer, start)
        return book.stack()

    def _layer(
        self, place: Any, values: Any, array: Any, mask: Any, settings: Any, *, training: bool
    ) -> tuple[Any, Any]:
        """What a layer gives ``(rows, width)`` of what it is given, and the mean and variance of its batch."""
        sums, moments = self._sums(place, values, array, mask, settings, training=training)
        answer = chosen(ACTIVATION_FUNCTIONS, settings["activation"], sums)
        answer = self._let_through(answer, place, settings, training=training)
        return answer + self._shortcut(place, settings) * values, moments

    def _sums(
        self, place: Any, values: Any, array: Any, mask: Any, settings: Any, *, training: bool
    ) -> tuple[Any, Any]:
        """What goes into a layer's activation, and the mean and variance of its batch."""
        kernel, bias, scale, shift = self._parts(array)
        normal, moments = self._normalised(place, values @ kernel + bias, mask, settings, training=training)
        without = settings["normalisation"] == NONE
        return normal * tf.where(without, 1.0, scale) + tf.where(without, 0.0, shift), moments

    def _let_through(self, values: Any, place: Any, settings: Any, *, training: bool) -> Any:
        """What padding and dropout leave of activations; of a gradient on its way back they leave the same."""
        values *= self._real_units(settings)
        return self._drop(values[:, :, None], place, settings)[:, :, 0] if training and self.shape.dropout else values

    def _shortcut(self, place: Any, settings: Any) -> Any:
        """What a layer adds of what it was given to its answer: all with residual connections, but in the first."""
        return tf.where(place > 0, settings["residual"], 0.0)

    def _real_units(self, settings: Any) -> Any:
        """1 for a unit, 0 for padding: nothing leaves a padded unit, so no gradient reaches its weights."""
        return tf.cast(tf.range(self.shape.width) < settings["width"], tf.float32)

    def _normalised(self, place: Any, sums: Any, mask: Any, settings: Any, *, training: bool) -> tuple[Any, Any]:
        """The sums with mean 0 and variance 1 over the real rows or units, as Keras's layers have it, or as they are.

        What is chosen are mean and deviation of each unit and of each row: small arrays, which compile fast.
        """
        kind = settings["normalisation"]
        batch = moments_of(sums, mask, axis=0)
        layer = moments_of(sums, self._real_units(settings)[None, :], axis=1)
        used = batch if training else tf.split(self._moving[0].value[place], 2)
        each = [(kind == BATCH, *used), (kind == LAYER, *layer)]
        centres = [tf.where(mine, mean, 0.0) for mine, mean, _ in each]
        factors = [tf.where(mine, 1.0 / tf.sqrt(variance + EPSILON), 1.0) for mine, _, variance in each]
        sums = (sums - (centres[0] + centres[1])) * (factors[0] * factors[1])
        return sums, tf.concat(batch, 0)

    def _penalty(self, settings: Any) -> Any:
        kernels = self._weights[0].value[:, : self.shape.width]
        squared = tf.reduce_sum(tf.square(kernels))
        return settings["l1"] * tf.reduce_sum(tf.abs(kernels)) + settings["l2"] * squared

    def _pull(self, settings: Any) -> Any:
        """The gradient of the penalties; a proximal step has taken the place of L1's."""
        weights = self._weights[0].value
        pull = settings["pulling_l1"] * tf.sign(weights) + 2.0 * settings["l2"] * weights
        return tf.where(self._is_kernel, pull, 0.0)

    def _shrink(self, threshold: Any) -> None:
        (weights,) = self._weights
        weights.assign(tf.where(self._is_kernel, soft_threshold(weights.value, threshold), weights.value))

    def _layer_norms(self, gradients: list[Any]) -> Any:
        """Length of each layer's gradient, kernel and bias together, ``(layers, 1)``; the output's is the last."""
        kernels_and_biases = gradients[0][:, : self.shape.width + 1]
        return tf.sqrt(tf.reduce_sum(tf.square(kernels_and_biases), axis=(1, 2)))[:, None]

    def _clip(self, gradients: list[Any], settings: Any) -> list[Any]:
        gradients = [self._clip_each_variable(gradient, settings["clipnorm"]) for gradient in gradients]
        limit, ceiling = settings["global_clipnorm"], settings["clipvalue"]
        length = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(gradient)) for gradient in gradients]))
        shrunk = limit / tf.maximum(length, limit) + (length - length)
        scale = tf.where(limit > 0, shrunk, 1.0)
        ceiling = tf.where(ceiling > 0, ceiling, np.inf)
        return [tf.clip_by_value(gradient * scale, -ceiling, ceiling) for gradient in gradients]

    def _clip_each_variable(self, gradient: Any, limit: Any) -> Any:
        """The parts of each layer's array are Keras's variables, each of which has a norm of its own."""

        def clip(part: Any) -> Any:
            length = tf.sqrt(tf.reduce_sum(tf.square(part), axis=(1, 2), keepdims=True))
            return tf.where(limit > 0, part * limit / tf.maximum(length, limit), part)

        parts = tf.split(gradient, [self.shape.width, *[1] * ROWS_BELOW], axis=1)
        return tf.concat([clip(part) for part in parts], axis=1)


NONE, BATCH, LAYER = (list(NORMALISATIONS).index(key) for key in ("none", "batch", "layer"))


def moments_of(values: Any, real: Any, axis: int) -> list[Any]:
    """Mean and variance along an axis of what is real (1) and no padding (0); the axis stays, with length 1."""
    count = tf.reduce_sum(real)
    mean = tf.reduce_sum(values * real, axis, keepdims=True) / count
    return [mean, tf.reduce_sum(tf.square(values - mean) * real, axis, keepdims=True) / count]


ACTIVATION_FUNCTIONS: list[Function] = [partial(bent, key) for key in ACTIVATIONS]


def chosen(functions: Sequence[Function], which: Any, values: Any) -> Any:
    """What one of the functions makes of each value; the others are not computed."""
    return tf.switch_case(which, [partial(function, values) for function in functions])


def slope(functions: Sequence[Function], which: Any, values: Any) -> Any:
    """The slope of one of the functions at each value; the others' are not computed."""

    def slope_of(function: Function) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(values)
            answer = function(values)
        return tape.gradient(answer, values)

    return tf.switch_case(which, [partial(slope_of, function) for function in functions])
