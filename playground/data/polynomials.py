"""What a model is given of x: x itself, or polynomials of it up to a degree.

The polynomials are Legendre's, on the range of x stretched to −1 … 1 and scaled to a mean square of 1. They make
exactly the curves that 1, x, x², … make, but each tells something that the others do not: with bare powers, which
look alike near 0, gradient descent would crawl.
"""

from __future__ import annotations

from math import sqrt
from typing import Any


def legendre(ops: Any, t: Any, degree: int) -> list[Any]:
    """P₁ … P_degree at ``t``, each times √(2k + 1), in the shape of ``t``.

    Source: Abramowitz and Stegun 1964, formula 22.7.10, (k + 1) P_{k+1} = (2k + 1) t P_k − k P_{k−1}
    """
    before, now = ops.ones_like(t), t
    found = [now]
    for k in range(1, degree):
        before, now = now, ((2 * k + 1) * t * now - k * before) / (k + 1)
        found.append(now)
    return [sqrt(2 * k + 1) * each for k, each in enumerate(found, start=1)]


def expanded(ops: Any, x: Any, degree: int, low: float, high: float) -> Any:
    """The features ``(n, degree)`` of ``x`` (n, 1), which lies between ``low`` and ``high``; at degree 1 x itself."""
    if degree == 1:
        return x
    t = (2.0 * x - (low + high)) / (high - low)
    return ops.concatenate(legendre(ops, t, degree), axis=-1)
