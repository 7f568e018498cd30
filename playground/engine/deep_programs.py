"""The compiled training loop of deep networks: equal hidden layers, gone through by a loop that is compiled once.

Depth, activation, normalisation, residual connections and clipping are arguments here, and the width is padded, so
that none of them recompiles. The layers lie behind each other in one array, ``(layers, in, out)``.
The way back through them is a second loop: each layer is computed once more from what it was given, and hands the
gradient on. Compiling is then the work of one layer, whatever the depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from playground.engine.programs import Program, Shape
from playground.experiment import MAX_LAYERS
from playground.models import bent, soft_threshold
from playground.tables.activations import ACTIVATIONS
from playground.tables.starts import EPSILON, MOMENTUM, NORMALISATIONS

# Sizes that a layer is padded to. A step of 16 units takes a fourth of the time of one of 64.
PADDED_WIDTHS = (16, 64)


@dataclass(frozen=True)
class DeepShape(Shape):
    """All that the program of deep networks is compiled for; it trains one experiment at a time.

    ``widths`` has but the inputs and the outputs, ``width`` is what a layer is padded to: at least the number of
    inputs. Clipping of both kinds is always in.
    """

    width: int

    @property
    def layers(self) -> int:
        """Layers with weights, the last one included."""
        return MAX_LAYERS + 1

    def program(self) -> Program:
        """The program of this shape, not yet compiled."""
        return DeepProgram(self)


class DeepProgram(Program):
    """The compiled loop of one deep shape. The state has the arrays of ``_weights`` and ``_moving``, then the slots."""

    shape: DeepShape

    @cached_property
    def _weights(self) -> list[Any]:
        width, outputs = self.shape.width, self.shape.widths[-1]
        layers = (MAX_LAYERS, width)
        sizes = [(MAX_LAYERS, width, width), layers, layers, layers, (width, outputs), (outputs,)]
        return [keras.Variable(np.zeros(size, np.float32)) for size in sizes]

    @cached_property
    def _moving(self) -> list[Any]:
        """Moving mean and variance of batch normalisation."""
        size = (MAX_LAYERS, self.shape.width)
        return [keras.Variable(np.zeros(size, np.float32), trainable=False) for _ in range(2)]

    def _step(self, batch: list[Any], settings: Any) -> tuple[Any, Any, Any]:
        x, y, mask = batch
        given, values, batch_moments = self._through(x[:, :, 0], mask, settings, training=True)
        with tf.GradientTape() as tape:
            kernel, bias = (weight.value for weight in self._weights[4:])
            tape.watch(values)
            error = self._mean_loss(y, values @ kernel + bias, mask, settings)
        back, *last = tape.gradient(error, [values, kernel, bias])
        gradients = [*self._back(given, back, mask, settings), *last]
        loss = error
        if self.shape.penalised:
            loss += self._penalty(settings)
            for place in (0, 4):
                gradients[place] += self._pull(self._weights[place].value, settings)
        self._optimizer.apply(self._clip(gradients, settings), self._weights)
        if self.shape.proximal:
            self._shrink(settings["soft_threshold"])
        self._remember(batch_moments, settings)
        return loss, tf.reduce_sum(mask, axis=0), self._layer_norms(gradients)

    def _objective(self, x: Any, y: Any, mask: Any, settings: Any, training: bool = False) -> Any:
        _, values, _ = self._through(x[:, :, 0], mask, settings, training=training)
        kernel, bias = (weight.value for weight in self._weights[4:])
        error = self._mean_loss(y, values @ kernel + bias, mask, settings)
        return error + self._penalty(settings) if self.shape.penalised else error

    def _mean_loss(self, y: Any, answers: Any, mask: Any, settings: Any) -> Any:
        """The mean loss of the real rows, ``(1,)``."""
        each = tf.reduce_mean(self._losses(y, answers[:, :, None], settings), axis=1)
        return tf.reduce_sum(each * mask, axis=0) / tf.reduce_sum(mask, axis=0)

    def _through(self, x: Any, mask: Any, settings: Any, *, training: bool) -> tuple[Any, Any, Any]:
        """From the inputs to the last hidden layer: what each layer is given, what the last one gives, the moments."""
        x = tf.pad(x, [[0, 0], [0, self.shape.width - x.shape[1]]])
        given = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=x.shape)
        moments = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=(2, self.shape.width))

        def layer(place: Any, values: Any, given: Any, moments: Any) -> tuple[Any, ...]:
            answer, mine = self._layer(place, values, self._at(place), mask, settings, training=training)
            return place + 1, answer, given.write(place, values), moments.write(place, mine)

        start = (tf.constant(0), x, given, moments)
        _, values, given, moments = tf.while_loop(lambda place, *_: place < settings["depth"], layer, start)
        return given.stack(), values, moments.stack()

    def _back(self, given: Any, back: Any, mask: Any, settings: Any) -> list[Any]:
        """The gradient of each array of the hidden layers, from that of what the last of them gives."""
        arrays = self._weights[:4]
        books = [tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=array.shape[1:]) for array in arrays]

        def layer(place: Any, back: Any, books: list[Any]) -> tuple[Any, ...]:
            values, mine = given[place], self._at(place)
            with tf.GradientTape() as tape:
                tape.watch([values, *mine])
                answer, _ = self._layer(place, values, mine, mask, settings, training=True)
            back, *found = tape.gradient(answer, [values, *mine], output_gradients=back)
            return place - 1, back, [book.write(place, each) for book, each in zip(books, found, strict=True)]

        start = (settings["depth"] - 1, back, books)
        _, _, books = tf.while_loop(lambda place, *_: place >= 0, layer, start)
        return [book.stack() for book in books]

    def _at(self, place: Any) -> list[Any]:
        """Kernel, bias, scale and shift of a layer."""
        return [weight.value[place] for weight in self._weights[:4]]

    def _layer(
        self, place: Any, values: Any, arrays: list[Any], mask: Any, settings: Any, *, training: bool
    ) -> tuple[Any, Any]:
        """What a layer gives ``(rows, width)`` of what it is given, and the mean and variance of its batch."""
        kernel, bias, scale, shift = arrays
        sums = values @ kernel + bias
        normal, moments = self._normalised(place, sums, mask, settings, training=training)
        kind = settings["normalisation"]
        sums = tf.where(kind == 0, sums, normal * scale + shift)
        answer = activated(sums, settings["activation"]) * self._real_units(settings)
        if training and self.shape.dropout:
            answer = self._drop(answer[:, :, None], place, settings)[:, :, 0]
        return answer + tf.where(place > 0, settings["residual"], 0.0) * values, moments

    def _real_units(self, settings: Any) -> Any:
        """1 for a unit, 0 for padding: nothing leaves a padded unit, so no gradient reaches its weights."""
        return tf.cast(tf.range(self.shape.width) < settings["width"], tf.float32)

    def _normalised(self, place: Any, sums: Any, mask: Any, settings: Any, *, training: bool) -> tuple[Any, Any]:
        """The sums with mean 0 and variance 1 over the real rows or units, as Keras's layers have it."""
        batch = moments_of(sums, mask, axis=0)
        layer = moments_of(sums, self._real_units(settings)[None, :], axis=1)
        used = batch if training else [moving.value[place][None] for moving in self._moving]
        by_batch = settings["normalisation"] == BATCH
        mean, variance = (tf.where(by_batch, one, other) for one, other in zip(used, layer, strict=True))
        return (sums - mean) / tf.sqrt(variance + EPSILON), tf.concat(batch, 0)

    def _remember(self, moments: Any, settings: Any) -> None:
        """A step's moments go into the moving ones; of layers that are not there, nothing is asked."""
        for moving, now in zip(self._moving, tf.unstack(moments, axis=1), strict=True):
            moving.assign(MOMENTUM * moving.value + (1.0 - MOMENTUM) * now)

    def _kernels(self) -> list[Any]:
        return [self._weights[0], self._weights[4]]

    def _penalty(self, settings: Any) -> Any:
        kernels = [kernel.value for kernel in self._kernels()]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(kernel)) for kernel in kernels])
        squared = tf.add_n([tf.reduce_sum(tf.square(kernel)) for kernel in kernels])
        return settings["l1"] * absolute + settings["l2"] * squared

    def _pull(self, kernel: Any, settings: Any) -> Any:
        """The gradient of the penalties; a proximal step has taken the place of L1's."""
        return settings["pulling_l1"] * tf.sign(kernel) + 2.0 * settings["l2"] * kernel

    def _shrink(self, threshold: Any) -> None:
        for kernel in self._kernels():
            kernel.assign(soft_threshold(kernel.value, threshold))

    def _layer_norms(self, gradients: list[Any]) -> Any:
        """Length of each layer's gradient, kernel and bias together, ``(layers, 1)``; the output's is the last."""
        kernels, biases, _, _, kernel, bias = (tf.square(gradient) for gradient in gradients)
        hidden = tf.reduce_sum(kernels, axis=(1, 2)) + tf.reduce_sum(biases, axis=1)
        return tf.sqrt(tf.concat([hidden, [tf.reduce_sum(kernel) + tf.reduce_sum(bias)]], 0))[:, None]

    def _clip(self, gradients: list[Any], settings: Any) -> list[Any]:
        limit, ceiling = settings["global_clipnorm"], settings["clipvalue"]
        length = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(gradient)) for gradient in gradients]))
        shrunk = limit / tf.maximum(length, limit) + (length - length)
        scale = tf.where(limit > 0, shrunk, 1.0)
        ceiling = tf.where(ceiling > 0, ceiling, np.inf)
        return [tf.clip_by_value(gradient * scale, -ceiling, ceiling) for gradient in gradients]


BATCH = list(NORMALISATIONS).index("batch")


def moments_of(values: Any, real: Any, axis: int) -> list[Any]:
    """Mean and variance along an axis of what is real (1) and no padding (0); the axis stays, with length 1."""
    count = tf.reduce_sum(real)
    mean = tf.reduce_sum(values * real, axis, keepdims=True) / count
    return [mean, tf.reduce_sum(tf.square(values - mean) * real, axis, keepdims=True) / count]


@tf.custom_gradient
def activated(values: Any, which: Any) -> tuple[Any, Any]:
    """The activation of that number in the table. Only it is computed, and on the way back only its slope."""
    choices = [lambda key=key: bent(key, values) for key in ACTIVATIONS]

    def slope_of(key: str) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(values)
            answer = bent(key, values)
        return tape.gradient(answer, values)

    def back(gradient: Any) -> tuple[Any, None]:
        slopes = [lambda key=key: slope_of(key) for key in ACTIVATIONS]
        return gradient * tf.switch_case(which, slopes), None

    return tf.switch_case(which, choices), back
