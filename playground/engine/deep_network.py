"""A deep network: equal hidden layers in a loop, so that one layer is compiled whatever the depth.

Depth, activation, normalisation, residual connections and clipping are arguments here, and the width is padded, so
that none of them recompiles. All weights are one array, ``(layers, width + 3, width)``: a layer's kernel, then a row
each for its bias, scale and shift; the output layer is the last. The backward pass is a second loop, which computes
each layer once more from its input instead of storing it (gradient checkpointing: Chen et al. 2016,
https://arxiv.org/abs/1604.06174). Residual connections: He et al. 2016, https://arxiv.org/abs/1512.03385.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import keras
import numpy as np
import tensorflow as tf

from playground.engine.network import drop_units, scale_to_norm, without_class_weight
from playground.engine.shapes import DeepShape
from playground.engine.types import Batch, Settings, Tensor, Variables, Vector
from playground.experiment import MAX_LAYERS
from playground.losses import LOSSES
from playground.models.keras_model import apply_activation
from playground.models.keras_objects import soft_threshold
from playground.tables.activations import ACTIVATIONS
from playground.tables.normalisations import EPSILON, MOMENTUM, NORMALISATIONS

Function = Callable[[Tensor], Tensor]  # element by element

ROWS_BELOW = 3  # rows of a layer's array below its kernel: bias, scale, shift
NONE, BATCH, LAYER = (list(NORMALISATIONS).index(key) for key in ("none", "batch", "layer"))
ACTIVATION_FUNCTIONS: list[Function] = [partial(apply_activation, key) for key in ACTIVATIONS]


class DeepNetwork:
    """The ``Network`` of one deep shape. Values of a layer are ``(rows, width)``, a mask ``(rows, 1)``."""

    def __init__(self, shape: DeepShape) -> None:
        self.shape = shape

    @cached_property
    def weights(self) -> Variables:
        size = (self.shape.layers, self.shape.width + ROWS_BELOW, self.shape.width)
        return [keras.Variable(np.zeros(size, np.float32))]

    @cached_property
    def moving(self) -> Variables:
        """Moving mean and variance of batch normalisation, ``(MAX_LAYERS, 2, width)``."""
        return [keras.Variable(np.zeros((MAX_LAYERS, 2, self.shape.width), np.float32), trainable=False)]

    @cached_property
    def _is_kernel(self) -> np.ndarray:
        """Which rows of a layer's array are its kernel, ``(width + 3, 1)``."""
        return np.arange(self.shape.width + ROWS_BELOW)[:, None] < self.shape.width

    def differentiate_loss(self, batch: Batch, settings: Settings, step: Tensor) -> tuple[Vector, list[Tensor]]:
        x, y, mask = batch
        inputs, values, batch_moments = self._run_forward(x, mask, settings, step)
        with tf.GradientTape() as tape:
            output_layer = self.weights[0].value[MAX_LAYERS]
            tape.watch([values, output_layer])
            answers = self._apply_output_layer(values, output_layer)
        loss = self._average_loss(y, answers, mask, settings)
        of_answers = differentiate_chosen(self._loss_functions(y, settings), settings["loss"], answers)
        of_answers *= mask / (answers.shape[1] * tf.reduce_sum(mask))
        of_values, of_output_layer = tape.gradient(answers, [values, output_layer], output_gradients=of_answers)
        gradient = self._run_backward(inputs, of_values, of_output_layer, mask, settings, step)
        if self.shape.penalised:
            loss += self._compute_penalty(settings)
            gradient += self._differentiate_penalty(settings)
        self.moving[0].assign(MOMENTUM * self.moving[0].value + (1.0 - MOMENTUM) * batch_moments)
        return loss, [gradient]

    def compute_loss(self, x: Tensor, y: Tensor, mask: Tensor, settings: Settings) -> Vector:
        settings = without_class_weight(settings)
        _, values, _ = self._run_forward(x, mask, settings)
        answers = self._apply_output_layer(values, self.weights[0].value[MAX_LAYERS])
        loss = self._average_loss(y, answers, mask, settings)
        return loss + self._compute_penalty(settings) if self.shape.penalised else loss

    def _apply_output_layer(self, values: Tensor, array: Tensor) -> Tensor:
        """The answers ``(rows, outputs)``."""
        kernel, bias, _, _ = self._split_layer(array)
        return (values @ kernel + bias)[:, : self.shape.widths[-1]]

    def _split_layer(self, array: Tensor) -> list[Tensor]:
        """A layer's kernel ``(width, width)`` and its bias, scale and shift, each ``(1, width)``."""
        return tf.split(array, [self.shape.width, *[1] * ROWS_BELOW], axis=0)

    def _average_loss(self, y: Tensor, answers: Tensor, mask: Tensor, settings: Settings) -> Vector:
        """The mean loss of the real rows, ``(1,)``, without penalties."""
        losses = apply_chosen(self._loss_functions(y, settings), settings["loss"], answers)
        row_losses = tf.reduce_mean(losses, axis=1, keepdims=True)
        return tf.reduce_sum(row_losses * mask, axis=0) / tf.reduce_sum(mask, axis=0)

    def _loss_functions(self, y: Tensor, settings: Settings) -> list[Function]:
        """Every loss of the shape, element by element, as a function of the answers ``(rows, outputs)``."""

        def compute_loss(key: str, answers: Tensor) -> Tensor:
            parameters = {name: settings[name] for name in LOSSES[key].parameters}
            return LOSSES[key].value(keras.ops, y[:, :, 0], answers, **parameters)

        return [partial(compute_loss, key) for key in self.shape.losses]

    def _run_forward(
        self, x: Tensor, mask: Tensor, settings: Settings, step: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """From the inputs ``(rows, features, 1)`` to the output of the last hidden layer.

        Gives the input of each layer ``(MAX_LAYERS, rows, width)``, that output ``(rows, width)``, and the mean and
        variance of the batch ``(MAX_LAYERS, 2, width)``. With a ``step`` it trains: it drops units and normalises
        over the batch.
        """
        x = tf.pad(x[:, :, 0], [[0, 0], [0, self.shape.width - x.shape[1]]])
        inputs = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=x.shape)
        moments = tf.TensorArray(tf.float32, MAX_LAYERS, element_shape=(2, self.shape.width))

        def run_layer(index: Tensor, values: Tensor, inputs: Tensor, moments: Tensor) -> tuple[Tensor, ...]:
            array = self.weights[0].value[index]
            sums, layer_moments = self._sum_inputs(index, values, array, mask, settings, step)
            activated = apply_chosen(ACTIVATION_FUNCTIONS, settings["activation"], sums)
            output = (
                self._drop_and_mask(activated, index, settings, step) + self._shortcut_factor(index, settings) * values
            )
            return index + 1, output, inputs.write(index, values), moments.write(index, layer_moments)

        start = (tf.constant(0), x, inputs, moments)
        _, values, inputs, moments = tf.while_loop(lambda index, *_: index < settings["depth"], run_layer, start)
        return inputs.stack(), values, moments.stack()

    def _run_backward(
        self, inputs: Tensor, of_values: Tensor, of_output_layer: Tensor, mask: Tensor, settings: Settings, step: Tensor
    ) -> Tensor:
        """The gradient of all weights ``(layers, width + 3, width)``, from the last layer to the first.

        ``inputs`` are those of each layer, ``of_values`` (rows, width) is the gradient of the last hidden layer's
        output, ``of_output_layer`` (width + 3, width) that of the output layer's array.
        """
        shape = of_output_layer.shape
        gradients = tf.TensorArray(tf.float32, self.shape.layers, element_shape=shape)
        gradients = gradients.write(MAX_LAYERS, of_output_layer)

        def run_layer(index: Tensor, of_output: Tensor, gradients: Tensor) -> tuple[Tensor, ...]:
            values, array = inputs[index], self.weights[0].value[index]
            with tf.GradientTape() as tape:
                tape.watch([values, array])
                sums, _ = self._sum_inputs(index, values, array, mask, settings, step)
            slopes = differentiate_chosen(ACTIVATION_FUNCTIONS, settings["activation"], sums)
            of_sums = slopes * self._drop_and_mask(of_output, index, settings, step)
            of_input, of_array = tape.gradient(sums, [values, array], output_gradients=of_sums)
            of_input += self._shortcut_factor(index, settings) * of_output
            return index - 1, of_input, gradients.write(index, of_array)

        start = (settings["depth"] - 1, of_values, gradients)
        _, _, gradients = tf.while_loop(lambda index, *_: index >= 0, run_layer, start)
        return gradients.stack()

    def _sum_inputs(
        self, index: Tensor, values: Tensor, array: Tensor, mask: Tensor, settings: Settings, step: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The argument of a layer's activation ``(rows, width)``, and its batch's mean and variance ``(2, width)``."""
        kernel, bias, scale, shift = self._split_layer(array)
        normal, moments = self._normalise_sums(index, values @ kernel + bias, mask, settings, step)
        is_none = settings["normalisation"] == NONE
        return normal * tf.where(is_none, 1.0, scale) + tf.where(is_none, 0.0, shift), moments

    def _drop_and_mask(self, values: Tensor, index: Tensor, settings: Settings, step: Tensor | None) -> Tensor:
        """Activations ``(rows, width)`` with padded and dropped units at 0; the same for a gradient on its way back."""
        values *= self._real_units(settings)
        if step is None or not self.shape.dropout:
            return values
        return drop_units(values[:, :, None], settings, step, index)[:, :, 0]

    def _shortcut_factor(self, index: Tensor, settings: Settings) -> Tensor:
        """The share of its input that a layer adds to its output: 1 with residual connections, 0 in the first layer."""
        return tf.where(index > 0, settings["residual"], 0.0)

    def _real_units(self, settings: Settings) -> Tensor:
        """1 for a unit, 0 for padding, ``(width,)``: a padded unit gives 0, so no gradient reaches its weights."""
        return tf.cast(tf.range(self.shape.width) < settings["width"], tf.float32)

    def _normalise_sums(
        self, index: Tensor, sums: Tensor, mask: Tensor, settings: Settings, step: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The sums ``(rows, width)``, normalised over the real rows (batch) or units (layer) or as they are.

        Gives them and the mean and variance of the batch ``(2, width)``. Means and factors are chosen by
        ``tf.where``, not the normalised sums: the arrays are smaller, which compiles faster.
        Sources: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167; Ba et al. 2016,
        https://arxiv.org/abs/1607.06450; the constants are those of https://keras.io/api/layers/normalization_layers/
        """
        kind = settings["normalisation"]
        batch = compute_moments(sums, mask, axis=0)
        layer = compute_moments(sums, self._real_units(settings)[None, :], axis=1)
        batch_in_use = tf.split(self.moving[0].value[index], 2) if step is None else batch
        choices = [(kind == BATCH, *batch_in_use), (kind == LAYER, *layer)]
        centres = [tf.where(is_chosen, mean, 0.0) for is_chosen, mean, _ in choices]
        factors = [tf.where(is_chosen, 1.0 / tf.sqrt(variance + EPSILON), 1.0) for is_chosen, _, variance in choices]
        sums = (sums - (centres[0] + centres[1])) * (factors[0] * factors[1])
        return sums, tf.concat(batch, 0)

    def _compute_penalty(self, settings: Settings) -> Tensor:
        kernels = self.weights[0].value[:, : self.shape.width]
        squared = tf.reduce_sum(tf.square(kernels))
        return settings["l1"] * tf.reduce_sum(tf.abs(kernels)) + settings["l2"] * squared

    def _differentiate_penalty(self, settings: Settings) -> Tensor:
        """The gradient of the penalties; L1 has none where a proximal step replaces it."""
        weights = self.weights[0].value
        gradient = settings["l1_with_gradient"] * tf.sign(weights) + 2.0 * settings["l2"] * weights
        return tf.where(self._is_kernel, gradient, 0.0)

    def shrink_kernels(self, threshold: Tensor) -> None:
        (weights,) = self.weights
        weights.assign(tf.where(self._is_kernel, soft_threshold(weights.value, threshold), weights.value))

    def measure_gradients(self, gradients: list[Tensor]) -> Tensor:
        """The norm of each layer's gradient, kernel and bias together: ``(layers, 1)``, the output layer last."""
        kernels_and_biases = gradients[0][:, : self.shape.width + 1]
        return tf.sqrt(tf.reduce_sum(tf.square(kernels_and_biases), axis=(1, 2)))[:, None]

    def clip_gradients(self, gradients: list[Tensor], settings: Settings) -> list[Tensor]:
        """Every kind of clipping is compiled in; a limit of 0 switches it off."""
        gradients = [self._clip_variables(gradient, settings["clipnorm"]) for gradient in gradients]
        limit, ceiling = settings["global_clipnorm"], settings["clipvalue"]
        length = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(gradient)) for gradient in gradients]))
        scale = tf.where(limit > 0, scale_to_norm(length, limit), 1.0)
        ceiling = tf.where(ceiling > 0, ceiling, np.inf)
        return [tf.clip_by_value(gradient * scale, -ceiling, ceiling) for gradient in gradients]

    def _clip_variables(self, gradient: Tensor, limit: Tensor) -> Tensor:
        """Clip by norm the parts of each layer's array, which are separate variables in Keras."""

        def clip(part: Tensor) -> Tensor:
            length = tf.sqrt(tf.reduce_sum(tf.square(part), axis=(1, 2), keepdims=True))
            return tf.where(limit > 0, part * limit / tf.maximum(length, limit), part)

        parts = tf.split(gradient, [self.shape.width, *[1] * ROWS_BELOW], axis=1)
        return tf.concat([clip(part) for part in parts], axis=1)


def compute_moments(values: Tensor, is_real: Tensor, axis: int) -> list[Tensor]:
    """Mean and variance along ``axis`` of the entries of ``values`` (rows, width) that are real (1), not padding (0).

    ``is_real`` is ``(rows, 1)`` for axis 0 and ``(1, width)`` for axis 1. The axis stays, with length 1: two
    arrays of the shape ``(1, width)`` or ``(rows, 1)``. The variance is that of the population, as in Keras.
    """
    count = tf.reduce_sum(is_real)
    mean = tf.reduce_sum(values * is_real, axis, keepdims=True) / count
    return [mean, tf.reduce_sum(tf.square(values - mean) * is_real, axis, keepdims=True) / count]


def apply_chosen(functions: Sequence[Function], index: Tensor, values: Tensor) -> Tensor:
    """The values of the function at ``index`` (int32, scalar), in the shape of ``values``; no other is computed."""
    return tf.switch_case(index, [partial(function, values) for function in functions])


def differentiate_chosen(functions: Sequence[Function], index: Tensor, values: Tensor) -> Tensor:
    """The derivative of the function at ``index`` at each of ``values``, in their shape; no other is computed."""

    def differentiate(function: Function) -> Tensor:
        with tf.GradientTape() as tape:
            tape.watch(values)
            result = function(values)
        return tape.gradient(result, values)

    return tf.switch_case(index, [partial(differentiate, function) for function in functions])
