"""The losses: one formula each, used by the training, the curves and the properties alike.

Conventions, stated once:

- ``residual = y_pred - y_true``; a positive residual is a prediction that is too high.
- ``value(ops, y_true, y_pred, ...)`` is element-wise: arrays of one shape in, that shape out.
  The caller reduces. ``ops`` is ``numpy`` for curves and ``keras.ops`` for training, so the
  picture and the training cannot disagree.
- Parameters are keyword-only and carry the names of Keras and scikit-learn. In a stack of
  experiments they are vectors ``(E,)`` against values ``(..., E)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

# NumPy or keras.ops: two modules, of which no common type exists.
Ops = Any
Array = Any


@dataclass(frozen=True)
class Loss:
    """A loss and what every page needs to know of it.

    ``curvature`` is the largest second derivative by the residual, ``None`` where the loss has
    no curvature to speak of (straight pieces). ``keras_name`` is the class in ``keras.losses``
    that computes the same; its parameters are ours by the same names.
    """

    key: str
    label: str
    summary: str
    value: Callable[..., Array]
    colour: str
    dash: str
    curvature: float | None = None
    parameters: tuple[str, ...] = ()
    keras_name: str | None = None
    task: str = "regression"

    def curve(self, residual: np.ndarray, **parameters: float) -> np.ndarray:
        """The loss at each residual, shape ``(n,)``, in the unit of the loss."""
        residual = np.asarray(residual, dtype=float)
        return self.value(np, np.zeros_like(residual), residual, **parameters)


def squared_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.square(y_pred - y_true)


def absolute_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    return ops.abs(y_pred - y_true)


def huber(ops: Ops, y_true: Array, y_pred: Array, *, delta: Array) -> Array:
    size = ops.abs(y_pred - y_true)
    return ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta)


def log_cosh(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    # cosh overflows beyond 89 in float32; this form of log(cosh r) never leaves the range of r.
    size = ops.abs(y_pred - y_true)
    return size + ops.log1p(ops.exp(-2.0 * size)) - log(2.0)


def pinball(ops: Ops, y_true: Array, y_pred: Array, *, quantile: Array) -> Array:
    shortfall = y_true - y_pred
    return ops.maximum(quantile * shortfall, (quantile - 1.0) * shortfall)


MSE = Loss(
    key="mse",
    label="MSE",
    summary="Mean squared error. Big errors count most; its answer is the mean.",
    value=squared_error,
    colour="#0072B2",
    dash="solid",
    curvature=2.0,
    keras_name="MeanSquaredError",
)
MAE = Loss(
    key="mae",
    label="MAE",
    summary="Mean absolute error. Every error counts by its size; its answer is the median.",
    value=absolute_error,
    colour="#D55E00",
    dash="dash",
    keras_name="MeanAbsoluteError",
)
HUBER = Loss(
    key="huber",
    label="Huber",
    summary="Squared up to δ, straight beyond: calm near the line, deaf to outliers.",
    value=huber,
    colour="#009E73",
    dash="dot",
    curvature=1.0,
    parameters=("delta",),
    keras_name="Huber",
)
LOG_COSH = Loss(
    key="log_cosh",
    label="Log-cosh",
    summary="Like Huber with δ = 1, but smooth everywhere.",
    value=log_cosh,
    colour="#C0619A",
    dash="dashdot",
    curvature=1.0,
    keras_name="LogCosh",
)
QUANTILE = Loss(
    key="quantile",
    label="Quantile",
    summary="Too low costs τ, too high costs 1 − τ: its answer has a share τ of the points below it.",
    value=pinball,
    colour="#A07A00",
    dash="longdash",
    parameters=("quantile",),
)

LOSSES: dict[str, Loss] = {loss.key: loss for loss in (MSE, MAE, HUBER, LOG_COSH, QUANTILE)}
