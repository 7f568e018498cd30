"""How the kernels of a network are initialised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np


@dataclass(frozen=True)
class Initialiser:
    """How a kernel is drawn: ``deviation(fan_in, fan_out)`` is the standard deviation of its entries.

    They are normal, or uniform if not ``normal``. Biases start at 0. ``is_proper_name`` says that the label is a name,
    which keeps its capital within a sentence.
    """

    key: str
    label: str
    summary: str
    deviation: Callable[[int, int], float]
    normal: bool = True
    is_proper_name: bool = True

    def draw(self, rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
        """A kernel ``(fan_in, fan_out)`` drawn from ``rng``, float64."""
        deviation = self.deviation(fan_in, fan_out)
        if self.normal:
            return deviation * rng.standard_normal((fan_in, fan_out))
        limit = sqrt(3.0) * deviation  # a uniform distribution over ±a has variance a²/3
        return rng.uniform(-limit, limit, (fan_in, fan_out))


def glorot(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(2 / (inputs + outputs)): keeps both signals and gradients about equal through tanh layers.

    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """
    return sqrt(2.0 / (fan_in + fan_out))


def he(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(2 / inputs): makes up for the half of the signals that ReLU cuts off.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """
    return sqrt(2.0 / fan_in)


def lecun(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(1 / inputs): a layer's sums keep the variance of its inputs, on which SELU relies.

    Source: LeCun et al. 1998, Efficient BackProp, https://doi.org/10.1007/3-540-49430-8_2
    """
    return sqrt(1.0 / fan_in)


def too_small(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(0.1 / inputs), a tenth of LeCun's variance: signals fade from layer to layer."""
    return sqrt(0.1 / fan_in)


def too_large(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(10 / inputs), ten times LeCun's variance: signals grow until activations saturate."""
    return sqrt(10.0 / fan_in)


INITIALISERS: dict[str, Initialiser] = {
    initialiser.key: initialiser
    for initialiser in (
        Initialiser(
            "glorot",
            "Glorot",
            "Variance 2 / (inputs + outputs): keeps signals of tanh and gradients alike. Keras's own default.",
            glorot,
            normal=False,
        ),
        Initialiser("he", "He", "Variance 2 / inputs: makes up for the half that ReLU cuts off.", he),
        Initialiser("lecun", "LeCun", "Variance 1 / inputs: what SELU is made for.", lecun),
        Initialiser("small", "Too small", "Variance 0.1 / inputs: signals fade.", too_small, is_proper_name=False),
        Initialiser("large", "Too large", "Variance 10 / inputs: signals grow.", too_large, is_proper_name=False),
    )
}
