"""The plain Keras model of one experiment, and its weights as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from playground.experiment import Experiment


def build_model(experiment: Experiment) -> keras.Model:
    """The compiled Keras model of an experiment, at its first weights: ``keras_model.build_model`` in full.

    Inputs ``(n, features)``, answers ``(n, 1)``. TensorFlow is loaded when it is called, not when this is imported.
    """
    from playground.models.keras_model import build_model as build

    return build(experiment)
