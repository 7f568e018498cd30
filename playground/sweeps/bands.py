"""Means with their 95% bands, and which of two losses is better, seed by seed. NumPy only.

Values that are not finite (a training that diverged) are never averaged in: they are left out, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, nan, pi, sin, sqrt
from typing import TypeVar

import numpy as np

CONFIDENCE = 0.95
HALVINGS = 60

Angles = TypeVar("Angles", float, np.ndarray)


@dataclass(frozen=True, eq=False)
class Band:
    """Means over seeds with the half widths of their 95% bands, all of one shape.

    ``count`` is how many values were finite, ``lost`` how many were not. The mean of no value is NaN, and so is the
    half width of fewer than two.
    """

    mean: np.ndarray
    half: np.ndarray
    count: np.ndarray
    lost: np.ndarray


def band(values: np.ndarray) -> Band:
    """The band of the mean over the first axis of ``values`` (n, ...), by Student's t.

    The mean of n values lies within ``t · s / √n`` of the truth in 95 of 100 repetitions: exactly if the values are
    normal, nearly if they are many. Source: https://en.wikipedia.org/wiki/Student%27s_t-distribution
    """
    values = np.asarray(values, float)
    finite = np.isfinite(values)
    count = finite.sum(axis=0)
    some, several = np.maximum(count, 1), np.maximum(count - 1, 1)
    mean = np.where(finite, values, 0.0).sum(axis=0) / some
    squares = np.square(np.where(finite, values - mean, 0.0)).sum(axis=0)
    half = _compute_quantiles(several) * np.sqrt(squares / several / some)
    return Band(
        mean=np.where(count > 0, mean, nan),
        half=np.where(count > 1, half, nan),
        count=count,
        lost=len(values) - count,
    )


def _compute_quantiles(degrees: np.ndarray) -> np.ndarray:
    return np.vectorize(t_quantile, otypes=[float])(degrees)


@lru_cache(maxsize=1024)
def t_quantile(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The t that holds this share of Student's distribution between −t and t.

    For whole degrees of freedom the share is a finite sum of cosines.
    Source: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4
    """
    low, high = 0.0, 1.0
    while _share_within(high, degrees) < confidence:
        high *= 2.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _share_within(middle, degrees) < confidence else (low, middle)
    return high


def _share_within(t: float, degrees: int) -> float:
    angle = atan(t / sqrt(degrees))
    return float(_share_of_angle(angle, sin(angle), cos(angle), degrees))


def _share_of_angle(angle: Angles, sine: Angles, cosine: Angles, degrees: int) -> Angles:
    """The sum of cosines, of one angle or of an array: for one, Python's numbers are ten times quicker."""
    odd = degrees % 2
    term, total = (cosine, 0.0 * cosine) if odd else (1.0 + 0.0 * cosine, 0.0 * cosine)
    for power in range(1 + odd, degrees, 2):
        total = total + term
        term = term * power / (power + 1) * cosine**2
    return 2.0 / pi * (angle + sine * total) if odd else sine * total


def compute_p(found: Band) -> np.ndarray:
    """How likely a mean as far from 0 would be if the truth were 0, by Student's t; NaN of fewer than two values."""
    degrees = np.maximum(found.count - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.arctan(np.abs(found.mean) / found.half * _compute_quantiles(degrees) / np.sqrt(degrees))
    angle = np.nan_to_num(angle)  # values that are all 0 give 0 / 0; they do not speak against a true mean of 0
    p = np.zeros(np.shape(angle))
    for each in np.unique(degrees):
        here = degrees == each
        p[here] = 1.0 - _share_of_angle(angle[here], np.sin(angle[here]), np.cos(angle[here]), int(each))
    return np.where(found.count > 1, np.clip(p, 0.0, 1.0), nan)


@dataclass(frozen=True)
class Pair:
    """Two losses judged under the same seeds; a smaller judge is better.

    ``lead`` is how far the first is ahead on average, with its 95% band ``half``, over the ``count`` seeds in which
    both came to a number; it was ahead in ``wins`` of them. In ``lost`` seeds one or both diverged.
    """

    lead: float
    half: float
    wins: int
    count: int
    lost: int

    @property
    def decided(self) -> bool:
        """Whether the lead is larger than what the seeds alone would make of it."""
        return self.count > 1 and abs(self.lead) > self.half


def compare_pairs(one: np.ndarray, other: np.ndarray) -> Pair:
    """Compare two losses, ``(seeds,)`` each, in which the same seed stands at the same place.

    Raises ``ValueError`` for arrays of different shapes.
    """
    if np.shape(one) != np.shape(other):
        raise ValueError(f"the judges have shapes {np.shape(one)} and {np.shape(other)}; allowed are equal ones")
    with np.errstate(invalid="ignore"):  # infinity less infinity
        lead = np.asarray(other, float) - np.asarray(one, float)
    found = band(lead)
    wins = int((lead[np.isfinite(lead)] > 0).sum())
    return Pair(float(found.mean), float(found.half), wins, int(found.count), int(found.lost))
