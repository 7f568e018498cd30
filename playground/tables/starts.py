"""How a network's kernels start, and what may stand between its layers: tables that menus, links and training read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np


@dataclass(frozen=True)
class Start:
    """How a kernel is drawn: ``deviation(fan_in, fan_out)`` is the standard deviation of its entries.

    ``normal`` says that they are normal, else they are uniform. Biases start at 0.
    """

    key: str
    label: str
    summary: str
    deviation: Callable[[int, int], float]
    normal: bool = True

    @property
    def is_name(self) -> bool:
        """Whether it is called after somebody; what is not begins small within a sentence."""
        return not self.label.startswith("Too")

    def draw(self, rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
        """A kernel ``(fan_in, fan_out)``."""
        deviation = self.deviation(fan_in, fan_out)
        if self.normal:
            return deviation * rng.standard_normal((fan_in, fan_out))
        limit = sqrt(3.0) * deviation  # a uniform distribution over ±a has variance a²/3
        return rng.uniform(-limit, limit, (fan_in, fan_out))


STARTS: dict[str, Start] = {
    start.key: start
    for start in (
        Start(
            "glorot",
            "Glorot",
            "Variance 2 / (inputs + outputs): keeps signals of tanh and gradients alike. Keras's own default.",
            lambda fan_in, fan_out: sqrt(2.0 / (fan_in + fan_out)),
            normal=False,
        ),
        Start(
            "he",
            "He",
            "Variance 2 / inputs: makes up for the half that ReLU cuts off.",
            lambda fan_in, _: sqrt(2.0 / fan_in),
        ),
        Start("lecun", "LeCun", "Variance 1 / inputs: what SELU is made for.", lambda fan_in, _: sqrt(1.0 / fan_in)),
        Start("small", "Too small", "Variance 0.1 / inputs: signals fade.", lambda fan_in, _: sqrt(0.1 / fan_in)),
        Start("large", "Too large", "Variance 10 / inputs: signals grow.", lambda fan_in, _: sqrt(10.0 / fan_in)),
    )
}


@dataclass(frozen=True)
class Normalisation:
    """What stands between a layer's product and its activation, as Keras's layer of the name ``keras_name``."""

    key: str
    label: str
    summary: str
    keras_name: str | None = None


NORMALISATIONS: dict[str, Normalisation] = {
    each.key: each
    for each in (
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
