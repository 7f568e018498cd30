"""The distributions that labelled points follow: each label has a curve, and its points scatter about it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np

from playground.tables.functions import TRUE_FUNCTIONS, TrueFunction

# A curve is replaced by points when densities are computed: so many for each deviation of the scatter along it.
NODES_PER_DEVIATION = 1.5
FEWEST_NODES, MOST_EXACT_NODES = 32, 200


@dataclass(frozen=True)
class LabelledDistribution:
    """How points with a label 0 or 1 are distributed.

    ``centre(labels, t)`` is the curve of each label: labels ``(n,)`` and ``t`` (n,), uniform from 0 to 1, give points
    ``(n, features)``. Data scatter about it as a Gaussian of standard deviation ``overlap × width`` along every axis.
    ``speed`` is the largest derivative of a curve by t, or 0 if the curve is only ``places`` points. Charts show
    −``reach`` to ``reach``.
    """

    key: str
    label: str
    summary: str
    centre: Callable[[np.ndarray, np.ndarray], np.ndarray]
    width: float
    reach: float
    features: int = 2
    places: int = 1
    speed: float = 0.0

    @property
    def low(self) -> float:
        """The left end of a chart's axes, as ``TrueFunction`` has it."""
        return -self.reach

    @property
    def high(self) -> float:
        """The right end of a chart's axes."""
        return self.reach

    def draw(self, rng: np.random.Generator, labels: np.ndarray, overlap: float) -> np.ndarray:
        """A point for each of the labels ``(n,)``: shape ``(n, features)``."""
        t, scatter = rng.random(len(labels)), rng.standard_normal((len(labels), self.features))
        return self.centre(labels, t) + overlap * self.width * scatter

    def log_odds(self, x: np.ndarray, overlap: float) -> np.ndarray:
        """The log of the density of label 1 over that of label 0 at each point of ``x`` (n, features): ``(n,)``."""
        count = self.places
        if self.speed:
            count = max(FEWEST_NODES, ceil(NODES_PER_DEVIATION * self.speed / (overlap * self.width)))
        t, weights = _compute_quadrature(count)
        zero, one = (self._log_density(x, self.centre(np.full(len(t), label), t), weights, overlap) for label in (0, 1))
        return one - zero

    def _log_density(self, x: np.ndarray, centres: np.ndarray, weights: np.ndarray, overlap: float) -> np.ndarray:
        """The log of a weighted sum of Gaussians about the centres, without the factor that both labels share."""
        squares = np.square(x).sum(1)[:, None] + np.square(centres).sum(1) - 2 * x @ centres.T
        heights = -squares / (2 * (overlap * self.width) ** 2)
        top = heights.max(axis=1)
        return top + np.log(np.exp(heights - top[:, None]) @ weights)


@lru_cache(maxsize=64)
def _compute_quadrature(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes in t and their weights, each ``(count,)``, whose weighted sum is an integral from 0 to 1.

    They are Gauss and Legendre's. Very many of those would take seconds to find, and even ones are then as good.
    Source: https://en.wikipedia.org/wiki/Gauss%E2%80%93Legendre_quadrature
    """
    if count > MOST_EXACT_NODES:
        return (np.arange(count) + 0.5) / count, np.full(count, 1.0 / count)
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1.0) / 2.0, weights / 2.0


def _trace_two_groups(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return (2.0 * labels - 1.0)[:, None]


def _trace_blobs(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.outer(2.0 * labels - 1.0, [0.8, 0.6])  # two apart, as in one dimension


def _trace_moons(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Two half circles, each with one end in the hollow of the other, as scikit-learn's ``make_moons`` has them."""
    side = 1.0 - 2.0 * labels
    return 1.5 * np.column_stack([side * (np.cos(np.pi * t) - 0.5), side * (np.sin(np.pi * t) - 0.25)])


def _trace_circles(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return _convert_polar(np.where(labels == 1, 0.7, 1.8), 2 * np.pi * t)


def _trace_xor(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    side = np.where(t < 0.5, 1.0, -1.0)
    return np.column_stack([side, np.where(labels == 1, side, -side)])


def _trace_spiral(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return _convert_polar(0.25 + 2.0 * t, 3 * np.pi * t + np.pi * labels)


def _convert_polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points ``(n, 2)`` in the plane by their polar coordinates, each ``(n,)``."""
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


LABELLED_DISTRIBUTIONS: dict[str, LabelledDistribution] = {
    distribution.key: distribution
    for distribution in (
        LabelledDistribution(
            "two_groups", "Two groups", "On a line, two bells about −1 and 1.", _trace_two_groups, 1.0, 4.0, features=1
        ),
        LabelledDistribution(
            "moons", "Moons", "Two half circles, hooked into each other.", _trace_moons, 0.6, 3.0, speed=1.5 * np.pi
        ),
        LabelledDistribution(
            "circles", "Circles", "A ring round a smaller ring.", _trace_circles, 0.6, 3.0, speed=3.6 * np.pi
        ),
        LabelledDistribution(
            "blobs", "Blobs", "Two round bells, two apart: a straight line is best.", _trace_blobs, 1.0, 3.0
        ),
        LabelledDistribution(
            "xor", "XOR", "Four bells; opposite corners share a label.", _trace_xor, 0.8, 3.0, places=2
        ),
        LabelledDistribution(
            "spiral", "Spiral", "Two arms, wound round each other: the hardest.", _trace_spiral, 0.25, 3.0, speed=22.0
        ),
    )
}

# What a page of each task offers.
DATASETS_FOR: dict[str, Mapping[str, TrueFunction | LabelledDistribution]] = {
    "regression": TRUE_FUNCTIONS,
    "classification": LABELLED_DISTRIBUTIONS,
}

# Every dataset, of numbers and of labels.
DATASETS: Mapping[str, TrueFunction | LabelledDistribution] = ChainMap[str, Any](LABELLED_DISTRIBUTIONS, TRUE_FUNCTIONS)
