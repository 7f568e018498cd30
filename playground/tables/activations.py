"""The activations of hidden layers: Keras trains with its own by that name, pages draw these NumPy versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    """An activation by Keras's name, ``key``. ``curve`` and ``slope`` are element-wise, in any float type.

    ``steepest`` is the largest slope: the most that a gradient is multiplied by on its way back through a unit, so
    below 1 it shrinks with every layer.
    """

    key: str
    label: str
    curve: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    steepest: float


def _gelu(z: np.ndarray) -> np.ndarray:
    return 0.5 * z * (1.0 + _erf(z / np.sqrt(2.0).astype(z.dtype)))


def _erf(z: np.ndarray) -> np.ndarray:
    """The error function, to 1.5e-7: NumPy has none. Source: Abramowitz and Stegun 1964, formula 7.1.26."""
    t = 1.0 / (1.0 + 0.3275911 * np.abs(z))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(z) * (1.0 - series * np.exp(-z * z))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # As a tangent it never takes the exponential of a large number.
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def _gelu_slope(z: np.ndarray) -> np.ndarray:
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi).astype(z.dtype)
    return 0.5 * (1.0 + _erf(z / np.sqrt(2.0).astype(z.dtype))) + z * density


def _silu_slope(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) * (1.0 + z * (1.0 - _sigmoid(z)))


def _exponential(z: np.ndarray) -> np.ndarray:
    """e^z for z ≤ 0 and 1 beyond: only the left half is used, and the right one would overflow."""
    return np.exp(np.minimum(z, 0.0))


# SELU's two numbers keep mean 0 and variance 1 from layer to layer. Source: Klambauer et al. 2017,
# https://arxiv.org/abs/1706.02515
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
LEAK = 0.2  # Keras's

ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation("relu", "ReLU", lambda z: np.maximum(z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0), 1.0),
        Activation("tanh", "tanh", np.tanh, lambda z: 1.0 - np.tanh(z) ** 2, 1.0),
        Activation("sigmoid", "Sigmoid", _sigmoid, lambda z: _sigmoid(z) * (1.0 - _sigmoid(z)), 0.25),
        Activation("gelu", "GELU", _gelu, _gelu_slope, 1.1289),
        Activation(
            "leaky_relu",
            "Leaky ReLU",
            lambda z: np.where(z > 0, z, z.dtype.type(LEAK) * z),
            lambda z: np.where(z > 0, 1.0, LEAK),
            1.0,
        ),
        Activation("elu", "ELU", lambda z: np.where(z > 0, z, _exponential(z) - 1), _exponential, 1.0),
        Activation(
            "selu",
            "SELU",
            lambda z: z.dtype.type(SELU_SCALE) * np.where(z > 0, z, z.dtype.type(SELU_ALPHA) * (_exponential(z) - 1)),
            lambda z: SELU_SCALE * np.where(z >= 0, 1.0, SELU_ALPHA * _exponential(z)),
            SELU_SCALE * SELU_ALPHA,
        ),
        Activation("silu", "SiLU", lambda z: z * _sigmoid(z), _silu_slope, 1.0998),
    )
}
