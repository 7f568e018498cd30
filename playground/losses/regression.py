"""Losses for any numbers: the squared error, the absolute error and their relatives.

See ``playground.losses.loss`` for the conventions.
"""

from __future__ import annotations

from math import log

import numpy as np

from playground.losses.loss import Array, Loss, Ops
from playground.text.language import N_


def squared_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The square of the residual, r².

    The best constant under it is the mean, so a single outlier moves the answer as far as it likes. It is the negative
    log-likelihood of Gaussian noise, up to a factor and a constant.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``. The loss has that shape and the unit of y².
    Source: Gauss 1809, https://en.wikipedia.org/wiki/Least_squares
    """
    return ops.square(y_pred - y_true)


def squared_error_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``squared_error`` by ``y_pred``, 2r: shape ``(...)`` of the arguments, in units of y."""
    return 2 * (y_pred - y_true)


MSE = Loss(
    key="mse",
    name=N_("MSE"),
    about=N_("Mean squared error. Big errors count most; the best constant is the mean."),
    value=squared_error,
    gradient=squared_error_gradient,
    formula=r"r^2",
    slope=r"2r",
    noise=N_("Gaussian noise of constant width"),
    source="Gauss, Theoria motus, 1809",
    url="https://en.wikipedia.org/wiki/Least_squares",
    colour="#0072B2",
    dash="solid",
    curvature=2.0,
    constant_curvature=True,
    keras_name="MeanSquaredError",
)


def absolute_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The size of the residual, |r|.

    The best constant under it is the median: an outlier counts no more than any other point on its side. The slope
    does not shrink near the optimum, so a fixed learning rate never quite settles. It is twice ``pinball`` at
    ``quantile`` = 0.5, and ``epsilon_insensitive`` at ``epsilon`` = 0.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``. The loss has that shape and the unit of y.
    Source: Laplace 1774, https://en.wikipedia.org/wiki/Least_absolute_deviations
    """
    return ops.abs(y_pred - y_true)


def absolute_error_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``absolute_error`` by ``y_pred``, sign r: shape ``(...)`` of the arguments, without unit.

    0 at the corner r = 0, as in training.
    """
    return np.sign(y_pred - y_true)


MAE = Loss(
    key="mae",
    name=N_("MAE"),
    about=N_("Mean absolute error. Every error counts by its size; the best constant is the median."),
    value=absolute_error,
    gradient=absolute_error_gradient,
    formula=r"|r|",
    slope=r"\operatorname{sign}(r)",
    noise=N_("Laplace noise"),
    source="Laplace, 1774; Keras: MeanAbsoluteError",
    url="https://en.wikipedia.org/wiki/Least_absolute_deviations",
    colour="#D55E00",
    dash="dash",
    keras_name="MeanAbsoluteError",
)


def log_cosh(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The logarithm of the hyperbolic cosine of the residual, log cosh r.

    About r²/2 for small residuals and |r| − log 2 for large ones: like ``huber`` with ``delta`` = 1, but with a
    continuous second derivative.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``. The loss has that shape. It bends at a residual
    of 1 whatever the unit of y is, so the scale of the data matters.
    Source: https://keras.io/api/losses/regression_losses/#logcosh-class
    """
    size = ops.abs(y_pred - y_true)
    # cosh overflows beyond 89 in float32; this form of log(cosh r) never leaves the range of r.
    far = size + ops.log1p(ops.exp(-2.0 * size)) - log(2.0)
    # Near 0 it loses its digits to log 2, so there it is log(1 + 2 sinh²(r/2)).
    small = ops.minimum(size, 1.0)
    near = ops.log1p(0.5 * ops.exp(small) * ops.square(ops.expm1(-small)))
    return ops.where(size < 1.0, near, far)


def log_cosh_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``log_cosh`` by ``y_pred``, tanh r: shape ``(...)`` of the arguments, never beyond ±1."""
    return np.tanh(y_pred - y_true)


LOG_COSH = Loss(
    key="log_cosh",
    name=N_("Log-cosh"),
    about=N_("Like Huber with δ = 1, but smooth everywhere."),
    value=log_cosh,
    gradient=log_cosh_gradient,
    formula=r"\log\cosh r",
    slope=r"\tanh r",
    noise=N_("noise with density proportional to 1 / cosh r (hyperbolic secant)"),
    source="Keras: LogCosh",
    url="https://keras.io/api/losses/regression_losses/#logcosh-class",
    colour="#C0619A",
    dash="dashdot",
    curvature=1.0,
    keras_name="LogCosh",
)


def pinball(ops: Ops, y_true: Array, y_pred: Array, *, quantile: Array) -> Array:
    """A cost of τ per unit too low and 1 − τ per unit too high, τ being ``quantile``.

    The best constant under it is the τ-quantile, so it fits "only one in ten is higher" at τ = 0.9. At τ = 0.5 it is
    half of ``absolute_error``.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, and 0 < ``quantile`` < 1. The loss has that shape
    and the unit of y.
    Formula: max(−τ r, (1 − τ) r).
    Source: Koenker and Bassett 1978, https://doi.org/10.2307/1913643
    """
    shortfall = y_true - y_pred
    return ops.maximum(quantile * shortfall, (quantile - 1.0) * shortfall)


def pinball_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, quantile: float) -> np.ndarray:
    """The derivative of ``pinball`` by ``y_pred``, −τ if r < 0 and 1 − τ if r > 0, without unit.

    Shape ``(...)`` of the arguments. −τ at the corner r = 0.
    """
    return np.where(y_pred > y_true, 1 - quantile, -quantile)


QUANTILE = Loss(
    key="quantile",
    name=N_("Quantile"),
    about=N_(
        "Each unit too low costs τ, each unit too high costs 1 − τ. A share τ of the training"
        " points ends up below the model."
    ),
    value=pinball,
    gradient=pinball_gradient,
    formula=r"\max(-\tau r,\ (1-\tau) r)",
    slope=r"1-\tau \text{ if } r>0,\quad -\tau \text{ if } r<0",
    noise=N_("asymmetric Laplace noise"),
    source="Koenker and Bassett, Regression quantiles, 1978",
    url="https://doi.org/10.2307/1913643",
    colour="#A07A00",
    dash="longdash",
    parameters=("quantile",),
    # At τ = 0.9 it pulls so weakly that the spread of its slopes is 5% short after 1,000 epochs.
    comes_to_rest=False,
)


def epsilon_insensitive(ops: Ops, y_true: Array, y_pred: Array, *, epsilon: Array) -> Array:
    """Nothing up to ``epsilon``, then what the residual's size exceeds it by.

    Errors that are near enough are left alone: support-vector regression minimises it, and only points farther from
    the line than ``epsilon`` decide it. At ``epsilon`` = 0 it is ``absolute_error``.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, and ``epsilon`` ≥ 0 in units of y. The loss has
    that shape and the unit of y.
    Formula: max(|r| − ε, 0).
    Source: Vapnik 1995, https://doi.org/10.1007/978-1-4757-3264-1
    """
    return ops.maximum(ops.abs(y_pred - y_true) - epsilon, 0.0)


def epsilon_insensitive_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, epsilon: float) -> np.ndarray:
    """The derivative of ``epsilon_insensitive`` by ``y_pred``: shape ``(...)`` of the arguments, without unit.

    0 within the tube and sign r outside and at its edge.
    """
    residual = y_pred - y_true
    return np.where(np.abs(residual) >= epsilon, np.sign(residual), 0.0)


EPSILON_INSENSITIVE = Loss(
    key="epsilon_insensitive",
    name=N_("ε-insensitive"),
    about=N_("Errors up to ε cost nothing. Beyond ε the cost grows with the size of the error."),
    value=epsilon_insensitive,
    gradient=epsilon_insensitive_gradient,
    formula=r"\max(|r|-\varepsilon,\ 0)",
    slope=r"\operatorname{sign}(r) \text{ if } |r|>\varepsilon,\quad 0 \text{ within}",
    noise=N_("noise that is uniform up to ε and Laplace beyond"),
    source="Vapnik, The nature of statistical learning theory, 1995",
    url="https://doi.org/10.1007/978-1-4757-3264-1",
    colour="#8877FF",
    dash="12px,3px,2px,3px,2px,3px",
    parameters=("epsilon",),
)
