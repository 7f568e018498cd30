"""Losses for positive numbers: what counts is a ratio, a percentage, or a count.

See ``playground.losses.loss`` for the conventions.
"""

from __future__ import annotations

import numpy as np

from playground.losses.loss import Array, Loss, Ops, Target
from playground.text.language import N_

TINY = 1e-7  # what Keras adds to a number before it divides by it or takes its logarithm


def squared_log_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The squared difference of log(1 + ŷ) and log(1 + y).

    What counts is the ratio: 20 instead of 10 costs about as much as 200 instead of 100. Of two errors of one size, the
    one below the truth costs more.

    Domain: ``y_true`` and ``y_pred`` ≥ 0 of one shape ``(...)``; lower values count as 1e-7, as in Keras. The loss has
    that shape and no unit.
    Source: https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
    """
    truth, prediction = ops.maximum(y_true, TINY), ops.maximum(y_pred, TINY)
    # The size of log(1 + ŷ) − log(1 + y) as one logarithm: of two that are nearly equal few digits would be left.
    ratio = ops.abs(prediction - truth) / (1.0 + ops.minimum(prediction, truth))
    return ops.square(ops.log1p(ratio))


def squared_log_error_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``squared_log_error`` by ``y_pred``: shape ``(...)`` of the arguments, per unit of y.

    0 below 1e-7, where the loss is constant.
    """
    truth, raised = np.maximum(y_true, TINY), np.maximum(y_pred, TINY)
    size = np.log1p(np.abs(raised - truth) / (1 + np.minimum(raised, truth)))
    return np.where(y_pred >= TINY, 2 * np.sign(raised - truth) * size / (1 + raised), 0.0)


MSLE = Loss(
    key="msle",
    name=N_("MSLE"),
    about=N_("Mean squared error of the logarithms. What counts is the ratio, and too low costs more than too high."),
    value=squared_log_error,
    gradient=squared_log_error_gradient,
    formula=r"\left(\log(1+\hat y)-\log(1+y)\right)^2",
    slope=r"\dfrac{2\left(\log(1+\hat y)-\log(1+y)\right)}{1+\hat y}",
    noise=N_("Gaussian noise on log(1 + y)"),
    source="Keras: MeanSquaredLogarithmicError",
    url="https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class",
    colour="#FF22DD",
    dash="6px,2px",
    keras_name="MeanSquaredLogarithmicError",
    target=Target.POSITIVE,
)


def percentage_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The size of the residual in per cent of the truth.

    Small truths count most, and an answer between 0 and the truth costs at most 100 while one that is too high costs
    without bound, so it favours low answers.

    Domain: ``y_true`` > 0 and any real ``y_pred`` of one shape ``(...)``; as in Keras, a truth
    below 1e-7 counts as 1e-7. The loss has that shape and is in per cent.
    Formula: 100 |r / y|.
    Source: https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
    """
    return 100.0 * ops.abs((y_true - y_pred) / ops.maximum(ops.abs(y_true), TINY))


def percentage_error_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``percentage_error`` by ``y_pred``: shape ``(...)`` of the arguments, per cent per unit of y.

    0 at the corner r = 0, as in training.
    """
    return 100 * np.sign(y_pred - y_true) / np.maximum(np.abs(y_true), TINY)


MAPE = Loss(
    key="mape",
    name=N_("MAPE"),
    about=N_(
        "Mean absolute error as a percentage of the true value. Small true values count most, and it favours"
        " predictions that are too low."
    ),
    value=percentage_error,
    gradient=percentage_error_gradient,
    formula=r"100\,\left|\dfrac{\hat y-y}{y}\right|",
    slope=r"\dfrac{100\,\operatorname{sign}(\hat y-y)}{|y|}",
    noise=N_("Laplace noise whose width grows with y"),
    source="Keras: MeanAbsolutePercentageError",
    url="https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class",
    colour="#E73F74",
    dash="2px,2px,8px,2px",
    keras_name="MeanAbsolutePercentageError",
    target=Target.POSITIVE,
)


def poisson(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """Minus the log-likelihood of a count ``y_true`` whose mean is ``y_pred``, but for what does not depend on it.

    A Poisson count of mean ŷ has the variance ŷ, so an error at a rare event counts more than the same error at a
    frequent one. The best constant under it is the mean. It may be negative.

    Domain: ``y_true`` ≥ 0 and ``y_pred`` > 0 of one shape ``(...)``. The loss has that shape and no unit.
    Formula: ŷ − y log(ŷ + 1e-7), as in Keras.
    Source: https://keras.io/api/losses/probabilistic_losses/#poisson-class
    """
    return y_pred - y_true * ops.log(y_pred + TINY)


def poisson_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``poisson`` by ``y_pred``: shape ``(...)`` of the arguments, without unit."""
    return 1 - y_true / (y_pred + TINY)


POISSON = Loss(
    key="poisson",
    name=N_("Poisson"),
    about=N_("For counts. The smaller the predicted count, the less noise around it is expected."),
    value=poisson,
    gradient=poisson_gradient,
    formula=r"\hat y-y\log\hat y",
    slope=r"1-\dfrac{y}{\hat y}",
    noise=N_("Poisson counts with mean ŷ"),
    source="Keras: Poisson",
    url="https://keras.io/api/losses/probabilistic_losses/#poisson-class",
    colour="#00AA00",
    dash="5px,5px",
    keras_name="Poisson",
    target=Target.POSITIVE,
)
