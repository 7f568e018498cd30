"""The inputs of a polynomial model: Legendre polynomials of x instead of its bare powers.

On the range of x, stretched to −1 … 1, they are orthogonal, and here each is scaled to a mean square of 1. They span
the same curves as 1, x, x², …, but gradient descent would crawl on those, which look alike near 0.
"""

from __future__ import annotations

from math import sqrt

from playground.losses.loss import Array, Ops


def compute_legendre(ops: Ops, t: Array, degree: int) -> list[Array]:
    """The Legendre polynomials P₁ … P_degree at ``t`` from −1 to 1: a list of arrays in the shape of ``t``.

    Each is times √(2k + 1), so that its mean square over −1 … 1 is 1. ``ops`` is ``numpy`` or ``keras.ops``.
    Source: Abramowitz and Stegun 1964, formula 22.7.10, (k + 1) P_{k+1} = (2k + 1) t P_k − k P_{k−1}
    """
    before, now = ops.ones_like(t), t
    polynomials = [now]
    for k in range(1, degree):
        before, now = now, ((2 * k + 1) * t * now - k * before) / (k + 1)
        polynomials.append(now)
    return [sqrt(2 * k + 1) * polynomial for k, polynomial in enumerate(polynomials, start=1)]


def expand_polynomials(ops: Ops, x: Array, degree: int, low: float, high: float) -> Array:
    """The model's inputs ``(n, degree)`` for ``x`` (n, 1) between ``low`` and ``high``; at degree 1 ``x`` itself.

    ``low`` and ``high`` are in units of x. Polynomials have no unit, but x at degree 1 keeps its own. ``ops`` is
    ``numpy`` or ``keras.ops``. See ``compute_legendre`` for the polynomials and their source.
    """
    if degree == 1:
        return x
    t = (2.0 * x - (low + high)) / (high - low)
    return ops.concatenate(compute_legendre(ops, t, degree), axis=-1)
