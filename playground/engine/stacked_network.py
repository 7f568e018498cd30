"""A stack of equal small networks: Keras layers whose last axis is the experiment."""

from __future__ import annotations

from functools import cached_property

import keras
import tensorflow as tf

from playground.engine.network import drop_units, scale_to_norm, without_class_weight
from playground.engine.shapes import Shape
from playground.engine.types import Batch, Settings, Tensor, Variables, Vector
from playground.losses import LOSSES
from playground.models.keras_model import StackedDense
from playground.models.keras_objects import soft_threshold


class StackedNetwork:
    """The ``Network`` of a stack. Its weights are kernels ``(in, out, E)`` and biases ``(out, E)`` in turn."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @cached_property
    def layers(self) -> list[StackedDense]:
        features, *hidden, outputs = self.shape.widths
        layers = [StackedDense(units, self.shape.stack, self.shape.activation) for units in hidden]
        layers.append(StackedDense(outputs, self.shape.stack))
        for layer in layers:
            layer.build((self.shape.rows, features, self.shape.stack))
            features = layer.units
        return layers

    @cached_property
    def weights(self) -> Variables:
        return [variable for layer in self.layers for variable in layer.trainable_variables]

    @property
    def moving(self) -> Variables:
        return []

    def differentiate_loss(self, batch: Batch, settings: Settings, step: Tensor) -> tuple[Vector, list[Tensor]]:
        x, y, mask = batch
        with tf.GradientTape() as tape:
            answers = self._predict_rows(x, settings, step)
            loss = self._average_loss(answers, y, mask if self.shape.masked else None, settings)
            # The experiments share no weight, so the gradient of their sum holds the gradient of each.
            total = tf.reduce_sum(loss)
        return loss, tape.gradient(total, [weight.value for weight in self.weights])

    def compute_loss(self, x: Tensor, y: Tensor, mask: Tensor, settings: Settings) -> Vector:
        settings = without_class_weight(settings)
        return self._average_loss(self._predict_rows(x, settings), y, mask, settings)

    def _predict_rows(self, values: Tensor, settings: Settings, step: Tensor | None = None) -> Tensor:
        """The outputs ``(rows, 1, E)`` for inputs ``(rows, features, E)``; a training ``step`` drops units."""
        for index, layer in enumerate(self.layers):
            values = layer(values)
            if step is not None and self.shape.dropout and layer is not self.layers[-1]:
                values = drop_units(values, settings, step, index)
        return values

    def _average_loss(self, answers: Tensor, y: Tensor, mask: Tensor | None, settings: Settings) -> Vector:
        """The mean loss of each experiment over its real rows plus its penalty, ``(E,)``."""
        losses = tf.reduce_mean(self._select_losses(y, answers, settings), axis=1)
        if mask is None:
            mean = tf.reduce_mean(losses, axis=0)
        else:
            mean = tf.reduce_sum(losses * mask, axis=0) / tf.reduce_sum(mask, axis=0)
        return mean + self._compute_penalty(settings) if self.shape.penalised else mean

    def _select_losses(self, y: Tensor, answers: Tensor, settings: Settings) -> Tensor:
        """The loss of each experiment's answers ``(rows, 1, E)``, element by element."""
        values = tf.zeros_like(answers)
        for index, key in enumerate(self.shape.losses):
            loss = LOSSES[key]
            parameters = {name: settings[name] for name in loss.parameters}
            if len(self.shape.losses) == 1:
                return loss.value(keras.ops, y, answers, **parameters)
            is_chosen = settings["loss"] == index
            # Where another loss is chosen, this one gets a harmless residual of 1: its gradient counts
            # zero times, and zero times infinity would be NaN.
            # Source: https://github.com/tensorflow/probability/blob/main/discussion/where-nan.pdf
            harmless = tf.where(is_chosen, answers, y + 1.0)
            values = tf.where(is_chosen, loss.value(keras.ops, y, harmless, **parameters), values)
        return values

    def _compute_penalty(self, settings: Settings) -> Vector:
        kernels = [layer.kernel.value for layer in self.layers]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(kernel), axis=(0, 1)) for kernel in kernels])
        if self.shape.proximal:
            absolute = tf.stop_gradient(absolute)  # the proximal step takes the place of its gradient
        squared = tf.add_n([tf.reduce_sum(tf.square(kernel), axis=(0, 1)) for kernel in kernels])
        return settings["l1"] * absolute + settings["l2"] * squared

    def clip_gradients(self, gradients: list[Tensor], settings: Settings) -> list[Tensor]:
        if not self.shape.clip:
            return gradients
        limit = settings[self.shape.clip]
        if self.shape.clip == "clipvalue":
            return [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
        if self.shape.clip == "clipnorm":
            lengths = [tf.sqrt(_square_length([gradient])) for gradient in gradients]
            pairs = zip(gradients, lengths, strict=True)
            return [gradient * limit / tf.maximum(length, limit) for gradient, length in pairs]
        scale = scale_to_norm(tf.sqrt(_square_length(gradients)), limit)
        return [gradient * scale for gradient in gradients]

    def measure_gradients(self, gradients: list[Tensor]) -> Tensor:
        squares = [_square_length(gradients[index : index + 2]) for index in range(0, len(gradients), 2)]
        return tf.sqrt(tf.stack(squares))

    def shrink_kernels(self, threshold: Tensor) -> None:
        for layer in self.layers:
            layer.kernel.assign(soft_threshold(layer.kernel.value, threshold))


def _square_length(arrays: list[Tensor]) -> Vector:
    """The sum of squares over all axes but the last, of all arrays together: ``(E,)``."""
    return tf.add_n([tf.reduce_sum(tf.square(array), axis=list(range(len(array.shape) - 1))) for array in arrays])
