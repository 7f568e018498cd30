"""Searches over one number, many at once as arrays: where a condition changes, and where a function is least.

They are written here because an app without SciPy installs and starts faster, and because ``scipy.optimize`` takes one
scalar function at a time, in Python; here thousands of small ones run as one array. The tests compare with SciPy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Vector = np.ndarray  # (k,): one number per search

CANDIDATES = 13  # positions that a search looks at before it goes on between the best one's neighbours
ROUNDS = 12  # each makes a bracket six times smaller, down to 5e-10 of its first width
EXPANSIONS = 60  # doublings of a bracket


def bisect(is_before: Callable[[Vector], Vector], low: Vector, high: Vector, halvings: int) -> Vector:
    """The positions ``(k,)`` between ``low`` and ``high`` (k,) at which ``is_before`` turns from true to false.

    ``is_before`` takes positions ``(k,)`` and gives booleans ``(k,)``. The error is 2^−halvings of the width at most.
    """
    for _ in range(halvings):
        middle = (low + high) / 2
        before = is_before(middle)
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return (low + high) / 2


def find_bracket(losses: Callable[[Vector], Vector], start: float, width: float) -> tuple[float, float]:
    """A range around ``start`` with the least loss inside: it doubles until both its ends are above its inside.

    ``losses`` gives the values ``(k,)`` of one convex function at positions ``(k,)``. If ``EXPANSIONS`` doublings do
    not suffice, the last range is given.
    """
    for _ in range(EXPANSIONS):
        values = losses(start + width * np.linspace(-1, 1, 9))
        best = int(np.argmin(values))
        if 0 < best < 8 and values[[0, -1]].min() > values[best]:
            break
        width *= 2
    return start - width, start + width


def minimise(
    losses: Callable[[np.ndarray], np.ndarray], low: Vector, high: Vector, precision: float = 0.0
) -> tuple[Vector, Vector]:
    """The positions ``(k,)`` between ``low`` and ``high`` (k,) with the least loss, and their losses ``(k,)``.

    ``losses`` gives the values ``(k, CANDIDATES)`` of k convex functions at as many positions. Each round looks at
    evenly spaced candidates and goes on between the neighbours of the best, until those are no farther apart than
    ``precision``, in units of the positions, or ``ROUNDS`` are over.
    """
    rows = np.arange(len(low))
    share = np.linspace(0.0, 1.0, CANDIDATES)
    for _ in range(ROUNDS):
        candidates = low[:, None] + (high - low)[:, None] * share
        values = losses(candidates)
        best = values.argmin(1)
        position, least = candidates[rows, best], values[rows, best]
        low, high = candidates[rows, np.maximum(best - 1, 0)], candidates[rows, np.minimum(best + 1, CANDIDATES - 1)]
        if (high - low).max() <= precision:
            break
    return position, least
