"""The laws that labelled points can follow: those of a label lie about a curve, blurred by a bell."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.sources import SOURCES, Source

PLACES = 256  # on a curve, at which a density is summed: nearer to each other than the narrowest bell is wide


@dataclass(frozen=True)
class Groups:
    """A law of points with a label 0 or 1.

    ``centre(label, t)`` is the curve of each label: ``t`` (n,), evenly from 0 to 1, gives points (n, features).
    About it they scatter like a Gaussian, of deviation ``overlap × width`` along every axis. ``places`` is how many
    points stand for the curve in a sum. The charts show −``reach`` to ``reach`` along every axis.
    """

    key: str
    label: str
    summary: str
    centre: Callable[[np.ndarray, np.ndarray], np.ndarray]
    width: float
    reach: float
    features: int = 2
    places: int = PLACES
    line: None = None  # no straight line is the truth of labels

    @property
    def low(self) -> float:
        return -self.reach

    @property
    def high(self) -> float:
        return self.reach

    def draw(self, rng: np.random.Generator, labels: np.ndarray, overlap: float) -> np.ndarray:
        """A point for each of the labels ``(n,)``: shape ``(n, features)``."""
        t, scatter = rng.random(len(labels)), rng.standard_normal((len(labels), self.features))
        return self.centre(labels, t) + overlap * self.width * scatter

    def log_odds(self, x: np.ndarray, overlap: float) -> np.ndarray:
        """The logarithm of how much likelier label 1 makes each point of ``x`` (n, features) than label 0: ``(n,)``."""
        t = (np.arange(self.places) + 0.5) / self.places
        zero, one = (self._log_density(x, self.centre(np.full(self.places, label), t), overlap) for label in (0, 1))
        return one - zero

    def _log_density(self, x: np.ndarray, centres: np.ndarray, overlap: float) -> np.ndarray:
        """The logarithm of the mean of the bells about the centres, but for what both labels share."""
        squares = np.square(x).sum(1)[:, None] + np.square(centres).sum(1) - 2 * x @ centres.T
        heights = -squares / (2 * (overlap * self.width) ** 2)
        top = heights.max(axis=1)
        return top + np.log(np.exp(heights - top[:, None]).mean(axis=1))


def _two_groups(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return (2.0 * labels - 1.0)[:, None]


def _blobs(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.outer(2.0 * labels - 1.0, [0.8, 0.6])  # two apart, as in one dimension


def _moons(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Two half circles, each with one end in the hollow of the other, as scikit-learn's ``make_moons`` has them."""
    side = 1.0 - 2.0 * labels
    return 1.5 * np.column_stack([side * (np.cos(np.pi * t) - 0.5), side * (np.sin(np.pi * t) - 0.25)])


def _circles(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return _round(np.where(labels == 1, 0.7, 1.8), 2 * np.pi * t)


def _xor(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    side = np.where(t < 0.5, 1.0, -1.0)
    return np.column_stack([side, np.where(labels == 1, side, -side)])


def _spiral(labels: np.ndarray, t: np.ndarray) -> np.ndarray:
    return _round(0.25 + 2.0 * t, 3 * np.pi * t + np.pi * labels)


def _round(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


GROUPS: dict[str, Groups] = {
    groups.key: groups
    for groups in (
        Groups("two_groups", "Two groups", "On a line, two bells about −1 and 1.", _two_groups, 1.0, 4.0, 1, places=1),
        Groups("moons", "Moons", "Two half circles, hooked into each other.", _moons, 0.6, 3.0),
        Groups("circles", "Circles", "A ring round a smaller ring.", _circles, 0.6, 3.0),
        Groups("blobs", "Blobs", "Two round bells, two apart: a straight line is best.", _blobs, 1.0, 3.0, places=1),
        Groups("xor", "XOR", "Four bells; opposite corners share a label.", _xor, 0.8, 3.0, places=2),
        Groups("spiral", "Spiral", "Two arms, wound round each other: the hardest.", _spiral, 0.25, 3.0),
    )
}

# What a page of each task offers.
SOURCES_FOR: dict[str, MutableMapping[str, Any]] = {"regression": SOURCES, "classification": GROUPS}

# Every law that data can follow, of numbers and of labels.
DATASETS: MutableMapping[str, Source | Groups] = ChainMap[str, Any](GROUPS, SOURCES)
