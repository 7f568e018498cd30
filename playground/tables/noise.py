"""The noise shapes: each with mean 0 and standard deviation 1, so that σ means the same for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

STUDENT_T_DEGREES = 3


@dataclass(frozen=True)
class Noise:
    """A noise shape: ``draw(rng, n)`` gives ``n`` independent values of mean 0 and deviation 1.

    ``density(e)`` is their probability density at errors ``e``, of any shape. The Losses page compares it with every
    loss, to say which one is made for this noise and how efficient the others are.
    """

    key: str
    label: str
    summary: str
    draw: Callable[[np.random.Generator, int], np.ndarray]
    density: Callable[[np.ndarray], np.ndarray]


def gaussian(rng: np.random.Generator, n: int) -> np.ndarray:
    """``n`` standard normal values, shape ``(n,)``."""
    return rng.standard_normal(n)


def gaussian_density(e: np.ndarray) -> np.ndarray:
    """The density of ``gaussian`` at errors ``e``, of any shape, which the result keeps."""
    return np.exp(-np.square(e) / 2) / sqrt(2 * pi)


def laplace(rng: np.random.Generator, n: int) -> np.ndarray:
    """``n`` values of a Laplace distribution, shape ``(n,)``: that of scale b has the variance 2b²."""
    return rng.laplace(scale=1 / sqrt(2), size=n)


def laplace_density(e: np.ndarray) -> np.ndarray:
    """The density of ``laplace`` at errors ``e``, of any shape, which the result keeps."""
    return np.exp(-sqrt(2) * np.abs(e)) / sqrt(2)


def student_t(rng: np.random.Generator, n: int) -> np.ndarray:
    """``n`` values of Student's t, shape ``(n,)``: that of ν degrees of freedom has the variance ν / (ν − 2)."""
    degrees = STUDENT_T_DEGREES
    return rng.standard_t(degrees, size=n) / sqrt(degrees / (degrees - 2))


def student_t_density(e: np.ndarray) -> np.ndarray:
    """The density of ``student_t`` at errors ``e``, of any shape, which the result keeps."""
    # With 3 degrees of freedom the variance is 3; in units of the standard deviation this is left.
    return 2 / pi / np.square(1 + np.square(e))


def uniform(rng: np.random.Generator, n: int) -> np.ndarray:
    """``n`` values from −√3 to √3, shape ``(n,)``: a uniform distribution over ±a has the variance a²/3."""
    return rng.uniform(-sqrt(3), sqrt(3), size=n)


def uniform_density(e: np.ndarray) -> np.ndarray:
    """The density of ``uniform`` at errors ``e``, of any shape, which the result keeps."""
    return np.where(np.abs(e) <= sqrt(3), 1 / sqrt(12), 0.0)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    """``n`` exponential values less their mean 1, shape ``(n,)``: most are a little low, a few very high."""
    return rng.exponential(size=n) - 1.0


def skewed_density(e: np.ndarray) -> np.ndarray:
    """The density of ``skewed`` at errors ``e``, of any shape, which the result keeps."""
    return np.where(e >= -1.0, np.exp(-np.maximum(e, -1.0) - 1.0), 0.0)


NOISES: dict[str, Noise] = {
    noise.key: noise
    for noise in (
        Noise("gaussian", "Gaussian", "The bell curve. MSE is its best loss.", gaussian, gaussian_density),
        Noise("laplace", "Laplace", "A sharp peak and heavier tails. MAE is its best loss.", laplace, laplace_density),
        Noise(
            "student_t",
            "Student-t",
            "Mostly small, now and then very large (3 degrees of freedom).",
            student_t,
            student_t_density,
        ),
        Noise("uniform", "Uniform", "Anything between two limits, and nothing beyond.", uniform, uniform_density),
        Noise(
            "skewed",
            "Skewed",
            "Mostly a little too low, sometimes far too high (exponential).",
            skewed,
            skewed_density,
        ),
    )
}
