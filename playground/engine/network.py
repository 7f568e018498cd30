"""What a program asks of the model that it trains, and what both kinds of model share."""

from __future__ import annotations

from typing import Protocol

import keras
import tensorflow as tf

from playground.engine.dropout import draw_kept_units
from playground.engine.types import Batch, Settings, Tensor, Variables, Vector


class Network(Protocol):
    """The variables of a model and what a step computes with them. A ``Program`` loops over its steps.

    Gradients are lists in the order of ``weights``.
    """

    @property
    def weights(self) -> Variables:
        """What gradients move."""

    @property
    def moving(self) -> Variables:
        """What is kept from step to step and no gradient moves: the moving moments of batch normalisation."""

    def differentiate_loss(self, batch: Batch, settings: Settings, step: Tensor) -> tuple[Vector, list[Tensor]]:
        """The loss of each experiment ``(E,)``, penalties included, and its gradients; updates ``moving``.

        ``step`` counts the steps so far (uint32, scalar): dropout depends on it.
        """

    def compute_loss(self, x: Tensor, y: Tensor, mask: Tensor, settings: Settings) -> Vector:
        """The loss on held-out points, ``(E,)``: with penalties, without dropout and class weights."""

    def clip_gradients(self, gradients: list[Tensor], settings: Settings) -> list[Tensor]:
        """Keras's clipping, experiment by experiment."""

    def measure_gradients(self, gradients: list[Tensor]) -> Tensor:
        """Length of each layer's gradient, kernel and bias together, ``(layers, E)``."""

    def shrink_kernels(self, threshold: Tensor) -> None:
        """The proximal step of the L1 penalty: move every kernel's entries by the threshold towards 0, not beyond."""


def drop_units(values: Tensor, settings: Settings, step: Tensor, layer: Tensor | int) -> Tensor:
    """Dropout of activations ``(rows, units, E)``. What is kept grows by what is left out, so that its mean stays."""
    shape = (values.shape[0], values.shape[1])
    layer = tf.cast(layer, tf.uint32)
    is_kept = draw_kept_units(keras.ops, settings["seed"], step, layer, shape, settings["drop_threshold"])
    return tf.where(is_kept, values / (1.0 - settings["dropout"]), 0.0)


def without_class_weight(settings: Settings) -> Settings:
    """The settings by which held-out points are judged: as in Keras's ``fit``, class weights are for training alone."""
    if "class_weight" not in settings:
        return settings
    return {**settings, "class_weight": tf.ones_like(settings["class_weight"])}
