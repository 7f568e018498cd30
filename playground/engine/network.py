"""The interface between a program and the model that it trains, and what both kinds of model share."""

from __future__ import annotations

from typing import Protocol

import keras
import tensorflow as tf

from playground.engine.dropout import draw_kept_units
from playground.engine.types import Batch, Settings, Tensor, Variables, Vector


class Network(Protocol):
    """The variables of a model and what a step computes with them. A ``Program`` loops over its steps.

    Gradients are lists in the order of ``weights``, each in the shape of its weight. Shapes are those of a stack; in
    a deep network E is 1.
    """

    @property
    def weights(self) -> Variables:
        """The trainable variables."""

    @property
    def moving(self) -> Variables:
        """The other variables: the moving mean and variance of batch normalisation."""

    def differentiate_loss(self, batch: Batch, settings: Settings, step: Tensor) -> tuple[Vector, list[Tensor]]:
        """The loss of each experiment ``(E,)``, penalties included, and its gradients; updates ``moving``.

        ``step`` counts the steps so far (uint32, scalar), for dropout.
        """

    def compute_loss(self, x: Tensor, y: Tensor, mask: Tensor, settings: Settings) -> Vector:
        """The loss ``(E,)`` on held-out ``x`` (rows, features, E) and ``y`` (rows, 1, E), as Keras's ``evaluate``.

        It includes penalties, but neither dropout nor class weights. ``mask`` (rows, E) is 1 on real rows.
        """

    def clip_gradients(self, gradients: list[Tensor], settings: Settings) -> list[Tensor]:
        """The gradients clipped as Keras clips them, each experiment by itself.

        Source: ``clipnorm``, ``clipvalue`` and ``global_clipnorm`` of https://keras.io/api/optimizers/, and
        Pascanu et al. 2013, https://arxiv.org/abs/1211.5063
        """

    def measure_gradients(self, gradients: list[Tensor]) -> Tensor:
        """The Euclidean norm of each layer's gradient, kernel and bias together: ``(layers, E)``."""

    def shrink_kernels(self, threshold: Tensor) -> None:
        """The proximal step of the L1 penalty: move every kernel entry by ``threshold`` (E,) towards 0, not beyond.

        Source: Parikh and Boyd 2014, Proximal Algorithms, section 6.5.2, https://doi.org/10.1561/2400000003
        """


def drop_units(values: Tensor, settings: Settings, step: Tensor, layer: Tensor | int) -> Tensor:
    """Dropout of activations ``(rows, units, E)``: units that are kept grow by 1 / (1 − rate), so their mean stays.

    Source: inverted dropout as in https://keras.io/api/layers/regularization_layers/dropout/
    """
    shape = (values.shape[0], values.shape[1])
    layer = tf.cast(layer, tf.uint32)
    is_kept = draw_kept_units(keras.ops, settings["seed"], step, layer, shape, settings["drop_threshold"])
    return tf.where(is_kept, values / (1.0 - settings["dropout"]), 0.0)


def scale_to_norm(length: Tensor, limit: Tensor) -> Tensor:
    """The factor ``(E,)`` that shrinks a gradient of this length to ``limit`` at most; 1 for a shorter one.

    It is NaN for an infinite length, as in ``tf.clip_by_global_norm``, so that clipping does not hide that a run
    diverged: that is what ``length − length`` is for, which else is 0. Source: https://www.tensorflow.org/api_docs/python/tf/clip_by_global_norm
    """
    return limit / tf.maximum(length, limit) + (length - length)


def without_class_weight(settings: Settings) -> Settings:
    """The settings for held-out points: as in Keras's ``fit``, class weights count in training alone."""
    if "class_weight" not in settings:
        return settings
    return {**settings, "class_weight": tf.ones_like(settings["class_weight"])}
