"""The activations of hidden layers: Keras trains with its own of that name, a page draws with ours in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    """``key`` is Keras's name; ``curve`` computes the same element by element, in any float type."""

    key: str
    label: str
    curve: Callable[[np.ndarray], np.ndarray]


def _gelu(z: np.ndarray) -> np.ndarray:
    return 0.5 * z * (1.0 + _erf(z / np.sqrt(2.0).astype(z.dtype)))


def _erf(z: np.ndarray) -> np.ndarray:
    """The error function, to 1.5e-7: NumPy has none. Source: Abramowitz and Stegun 1964, formula 7.1.26."""
    t = 1.0 / (1.0 + 0.3275911 * np.abs(z))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(z) * (1.0 - series * np.exp(-z * z))


ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation("relu", "ReLU", lambda z: np.maximum(z, 0.0)),
        Activation("tanh", "tanh", np.tanh),
        # As a tangent it never takes the exponential of a large number.
        Activation("sigmoid", "Sigmoid", lambda z: 0.5 * (1.0 + np.tanh(0.5 * z))),
        Activation("gelu", "GELU", _gelu),
    )
}
