"""The normalisations between a hidden layer's product and its activation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Normalisation:
    """A normalisation; ``keras_name`` is the class in ``keras.layers``, ``None`` where nothing is normalised."""

    key: str
    label: str
    summary: str
    keras_name: str | None = None


NORMALISATIONS: dict[str, Normalisation] = {
    normalisation.key: normalisation
    for normalisation in (
        Normalisation("none", "None", "The product goes into the activation as it is."),
        Normalisation(
            "batch",
            "Batch",
            "Each unit gets mean 0 and deviation 1 over the points of the batch, then a scale and a shift of its own.",
            "BatchNormalization",
        ),
        Normalisation(
            "layer",
            "Layer",
            "Each point gets mean 0 and deviation 1 over the units of the layer, then scale and shift.",
            "LayerNormalization",
        ),
    )
}

EPSILON = 1e-3  # Keras's, added to a variance so that nothing is divided by 0
MOMENTUM = 0.99  # Keras's: how much of the moving mean and variance a step keeps
