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


def gelu(z: np.ndarray) -> np.ndarray:
    """z times the probability that a standard normal number is below z.

    Source: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
    """
    return 0.5 * z * (1.0 + approximate_erf(z / np.sqrt(2.0).astype(z.dtype)))


def approximate_erf(z: np.ndarray) -> np.ndarray:
    """The error function, to 1.5e-7: NumPy has none. Source: Abramowitz and Stegun 1964, formula 7.1.26."""
    t = 1.0 / (1.0 + 0.3275911 * np.abs(z))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(z) * (1.0 - series * np.exp(-z * z))


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−z), as a hyperbolic tangent, which never takes the exponential of a large number."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def gelu_slope(z: np.ndarray) -> np.ndarray:
    """The derivative of ``gelu``."""
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi).astype(z.dtype)
    return 0.5 * (1.0 + approximate_erf(z / np.sqrt(2.0).astype(z.dtype))) + z * density


def silu_slope(z: np.ndarray) -> np.ndarray:
    """The slope of z times its sigmoid. Source: Elfwing et al. 2018, https://arxiv.org/abs/1702.03118."""
    return sigmoid(z) * (1.0 + z * (1.0 - sigmoid(z)))


def exp_below_zero(z: np.ndarray) -> np.ndarray:
    """e^z for z ≤ 0 and 1 above: only the left half is used, and the right one would overflow."""
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
        Activation("sigmoid", "Sigmoid", sigmoid, lambda z: sigmoid(z) * (1.0 - sigmoid(z)), 0.25),
        Activation("gelu", "GELU", gelu, gelu_slope, 1.1289),
        Activation(
            "leaky_relu",
            "Leaky ReLU",
            lambda z: np.where(z > 0, z, z.dtype.type(LEAK) * z),
            lambda z: np.where(z > 0, 1.0, LEAK),
            1.0,
        ),
        Activation("elu", "ELU", lambda z: np.where(z > 0, z, exp_below_zero(z) - 1), exp_below_zero, 1.0),
        Activation(
            "selu",
            "SELU",
            lambda z: z.dtype.type(SELU_SCALE) * np.where(z > 0, z, z.dtype.type(SELU_ALPHA) * (exp_below_zero(z) - 1)),
            lambda z: SELU_SCALE * np.where(z >= 0, 1.0, SELU_ALPHA * exp_below_zero(z)),
            SELU_SCALE * SELU_ALPHA,
        ),
        Activation("silu", "SiLU", lambda z: z * sigmoid(z), silu_slope, 1.0998),
    )
}
