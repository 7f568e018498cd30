"""The noise shapes: each with mean 0 and standard deviation 1, so that σ means the same for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

STUDENT_T_DEGREES = 3


@dataclass(frozen=True)
class Noise:
    """A noise shape: ``draw(rng, n)`` gives ``n`` independent values of mean 0 and deviation 1."""

    key: str
    label: str
    summary: str
    draw: Callable[[np.random.Generator, int], np.ndarray]


def gaussian(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


def laplace(rng: np.random.Generator, n: int) -> np.ndarray:
    # A Laplace distribution of scale b has variance 2b².
    return rng.laplace(scale=1 / sqrt(2), size=n)


def student_t(rng: np.random.Generator, n: int) -> np.ndarray:
    # Student's t with ν degrees of freedom has variance ν / (ν − 2).
    degrees = STUDENT_T_DEGREES
    return rng.standard_t(degrees, size=n) / sqrt(degrees / (degrees - 2))


def uniform(rng: np.random.Generator, n: int) -> np.ndarray:
    # A uniform distribution over ±a has variance a²/3.
    return rng.uniform(-sqrt(3), sqrt(3), size=n)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    # An exponential of scale 1 has mean 1 and deviation 1: most values a little low, a few very high.
    return rng.exponential(size=n) - 1.0


NOISES: dict[str, Noise] = {
    noise.key: noise
    for noise in (
        Noise("gaussian", "Gaussian", "The bell curve. MSE is its best loss.", gaussian),
        Noise("laplace", "Laplace", "A sharp peak and heavier tails. MAE is its best loss.", laplace),
        Noise("student_t", "Student-t", "Mostly small, now and then very large (3 degrees of freedom).", student_t),
        Noise("uniform", "Uniform", "Anything between two limits, and nothing beyond.", uniform),
        Noise("skewed", "Skewed", "Mostly a little too low, sometimes far too high (exponential).", skewed),
    )
}
