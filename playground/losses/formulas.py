"""The formulas of the losses, element by element, each written once for NumPy and for Keras.

``ops`` is ``numpy`` for curves and ``keras.ops`` for training. Arrays of one shape in, that shape
out. ``residual = y_pred - y_true``; a classifier's ``y_pred`` is its logit z, of which the
probability is 1 / (1 + e^-z), and its ``y_true`` is 0 or 1.
"""

from __future__ import annotations

from math import log
from typing import Any

# NumPy or keras.ops: two modules, of which no common type exists.
Ops = Any
Array = Any

TINY = 1e-7  # what Keras adds to a number before it divides by it or takes its logarithm
HOLE = 1e-10  # how near to 0 and to 2 the limit of Barron's formula is its value in all digits that count


def squared_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.square(y_pred - y_true)


def absolute_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.abs(y_pred - y_true)


def huber(ops: Ops, y_true: Array, y_pred: Array, *, delta: Array) -> Array:
    size = ops.abs(y_pred - y_true)
    return ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta)


def log_cosh(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    size = ops.abs(y_pred - y_true)
    # cosh overflows beyond 89 in float32; this form of log(cosh r) never leaves the range of r.
    far = size + ops.log1p(ops.exp(-2.0 * size)) - log(2.0)
    # Near 0 it loses its digits to log 2, so there it is log(1 + 2 sinh²(r/2)).
    small = ops.minimum(size, 1.0)
    near = ops.log1p(0.5 * ops.exp(small) * ops.square(ops.expm1(-small)))
    return ops.where(size < 1.0, near, far)


def pinball(ops: Ops, y_true: Array, y_pred: Array, *, quantile: Array) -> Array:
    shortfall = y_true - y_pred
    return ops.maximum(quantile * shortfall, (quantile - 1.0) * shortfall)


def epsilon_insensitive(ops: Ops, y_true: Array, y_pred: Array, *, epsilon: Array) -> Array:
    return ops.maximum(ops.abs(y_pred - y_true) - epsilon, 0.0)


def cauchy(ops: Ops, y_true: Array, y_pred: Array, *, scale: Array) -> Array:
    return 0.5 * scale * scale * ops.log1p(ops.square((y_pred - y_true) / scale))


def tukey(ops: Ops, y_true: Array, y_pred: Array, *, scale: Array) -> Array:
    inside = ops.minimum(ops.square((y_pred - y_true) / scale), 1.0)
    # 1 − (1 − s)³ multiplied out: nothing cancels where s is small.
    return scale * scale * inside * (0.5 - 0.5 * inside + inside * inside / 6.0)


def general(ops: Ops, y_true: Array, y_pred: Array, *, alpha: Array, scale: Array) -> Array:
    """Barron's loss times ``scale`` squared, so that it is half the square of small residuals, as its kin are."""
    square = ops.square((y_pred - y_true) / scale)
    # The formula has holes at 2 and 0. At 2 its limit is taken; at 0 a step aside changes no digit that counts.
    quadratic = ops.abs(alpha - 2.0) < HOLE
    width = ops.where(quadratic, 1.0, ops.abs(alpha - 2.0))
    power = ops.where(ops.abs(alpha) < HOLE, HOLE, alpha)
    curved = width / power * ops.expm1(0.5 * power * ops.log1p(square / width))
    return scale * scale * ops.where(quadratic, 0.5 * square, curved)


def squared_log_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    truth, prediction = ops.maximum(y_true, TINY), ops.maximum(y_pred, TINY)
    # The size of log(1 + ŷ) − log(1 + y) as one logarithm: of two that are nearly equal few digits would be left.
    ratio = ops.abs(prediction - truth) / (1.0 + ops.minimum(prediction, truth))
    return ops.square(ops.log1p(ratio))


def percentage_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return 100.0 * ops.abs((y_true - y_pred) / ops.maximum(ops.abs(y_true), TINY))


def poisson(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return y_pred - y_true * ops.log(y_pred + TINY)


def cross_entropy(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    # max(z, 0) − z y + log(1 + e^−|z|): no exponential of anything positive, so nothing overflows.
    # Not ``maximum`` and ``abs``: at z = 0 TensorFlow's slopes of the two do not add up to the slope of the sum.
    positive = y_pred >= 0.0
    size = ops.where(positive, y_pred, -y_pred)
    return ops.where(positive, y_pred, 0.0) - y_pred * y_true + ops.log1p(ops.exp(-size))


def weighted_cross_entropy(
    ops: Ops, y_true: Array, y_pred: Array, *, label_smoothing: Array, class_weight: Array
) -> Array:
    weight = 1.0 + (class_weight - 1.0) * y_true
    smoothed = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return weight * cross_entropy(ops, smoothed, y_pred)


def naive_cross_entropy(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    # The textbook's formula of the probability: once that is rounded to 0 or 1, it is 0 times infinity.
    probability = 1.0 / (1.0 + ops.exp(-y_pred))
    return -(y_true * ops.log(probability) + (1.0 - y_true) * ops.log(1.0 - probability))


def softplus(ops: Ops, z: Array) -> Array:
    """log(1 + e^z) = −log(1 − p): no exponential of anything positive, and exact slopes at both ends."""
    positive = z >= 0.0
    size = ops.where(positive, z, -z)
    return ops.where(positive, z, 0.0) + ops.log1p(ops.exp(-size))


def focal(ops: Ops, y_true: Array, y_pred: Array, *, gamma: Array) -> Array:
    margin = (2.0 * y_true - 1.0) * y_pred
    # (1 − p)^γ as e^(γ log(1 − p)): a power of a probability that is rounded to 0 has no slope where γ < 1.
    return ops.exp(-gamma * softplus(ops, margin)) * softplus(ops, -margin)


def hinge(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.maximum(1.0 - (2.0 * y_true - 1.0) * y_pred, 0.0)


def squared_hinge(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.square(hinge(ops, y_true, y_pred))


def squared_probability_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    # The error is the probability of the wrong label. By its logarithm it keeps its digits however small it is.
    margin = (2.0 * y_true - 1.0) * y_pred
    return ops.exp(-2.0 * softplus(ops, margin))
