"""How large a learning rate a polynomial bears: gradient descent on its mean squared error, with or without L2."""

from __future__ import annotations

import numpy as np

from playground.data import make_data, model_inputs
from playground.experiment import Experiment, settings
from playground.experiment.setting import Number

SAFE_SHARE = 0.9  # of the largest stable rate, so that training does not only just hold


def largest_polynomial_rate(experiment: Experiment) -> float | None:
    """The learning rate above which plain gradient descent on a polynomial's MSE diverges; ``None`` of another model.

    The loss is a parabola in the weights, with the Hessian 2/n ZᵀZ + 2 l2 (not for the intercept), where Z (n, degree
    + 1) is what the model is given and a column of ones. A step multiplies the distance to the optimum by
    1 − rate × λ along each of its axes, so the largest λ allows 2 / λ. L1 has no curvature.
    Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
    """
    if experiment.hidden or experiment.optimizer != "sgd" or experiment.loss != "mse":
        return None
    inputs = model_inputs(experiment, make_data(experiment).x_train).astype(float)
    given = np.column_stack([inputs, np.ones(len(inputs))])
    penalty = 2.0 * experiment.l2 * np.diag([1.0] * inputs.shape[1] + [0.0])
    return float(2.0 / np.linalg.eigvalsh(2.0 / len(given) * given.T @ given + penalty)[-1])


def safe_polynomial_rate(experiment: Experiment) -> float | None:
    """Nine tenths of that, rounded down to two digits; ``None`` where no rate is known or allowed."""
    limit = largest_polynomial_rate(experiment)
    allowed = settings()["learning_rate"]
    assert isinstance(allowed, Number)
    rate = round_down(SAFE_SHARE * limit) if limit else 0.0
    return rate if allowed.low <= rate else None


def round_down(rate: float) -> float:
    """A rate to two digits, on the safe side."""
    unit = 10.0 ** (np.floor(np.log10(rate)) - 1)
    return float(f"{np.floor(rate / unit) * unit:.6g}")
