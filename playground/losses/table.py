"""The table of losses: one formula each, used by the training, the curves and the properties alike.

``value(ops, y_true, y_pred, ...)`` is element-wise (see ``playground.losses.formulas``); the caller
reduces. Since curves call it with ``numpy`` and training with ``keras.ops``, the picture and the
training cannot disagree. Parameters are keyword-only and carry the names of Keras and scikit-learn.
In a stack of experiments they are vectors ``(E,)`` against values ``(..., E)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from playground.losses import formulas


class Target(StrEnum):
    """What a loss can be asked to predict: any number, a positive one, or the logit of a label 0 or 1.

    ``BROKEN`` is a label, too, by a formula that fails where numbers are rounded: to be shown, not to be chosen.
    """

    REAL = "real"
    POSITIVE = "positive"
    LABEL = "label"
    BROKEN = "broken"


@dataclass(frozen=True)
class Loss:
    """A loss and what every page needs to know of it.

    ``curvature`` is the largest second derivative by the residual, ``None`` where the loss has
    none to speak of (straight pieces) or one that no single number bounds. ``keras_name`` is the
    class in ``keras.losses`` that computes the same; its parameters are ours by the same names, and
    ``keras_options`` the rest.
    """

    key: str
    label: str
    summary: str
    value: Callable[..., Any]
    colour: str
    dash: str
    curvature: float | None = None
    parameters: tuple[str, ...] = ()
    keras_name: str | None = None
    target: Target = Target.REAL
    keras_options: tuple[tuple[str, Any], ...] = ()

    def curve(self, residual: np.ndarray, y_true: float = 0.0, **parameters: float) -> np.ndarray:
        """The loss at each residual from a true value, shape ``(n,)``, in the unit of the loss."""
        residual = np.asarray(residual, dtype=float)
        return self.value(np, np.full_like(residual, y_true), y_true + residual, **parameters)

    def is_keras_own(self, parameters: Mapping[str, float]) -> bool:
        """Whether a loss object of Keras's computes all of it: none has a class weight, which ``fit`` takes."""
        return bool(self.keras_name) and parameters.get("class_weight", 1.0) == 1.0


TASKS = {"regression": Target.REAL, "classification": Target.LABEL}


def losses_for(task: str) -> list[str]:
    """The losses that a model of any data of the task can train on, by key."""
    return [key for key, loss in LOSSES.items() if loss.target is TASKS[task]]


def fits_anything() -> list[str]:
    """The losses that a model of any numbers can train on, by key."""
    return losses_for("regression")


MSE = Loss(
    key="mse",
    label="MSE",
    summary="Mean squared error. Big errors count most; its answer is the mean.",
    value=formulas.squared_error,
    colour="#0072B2",
    dash="solid",
    curvature=2.0,
    keras_name="MeanSquaredError",
)
MAE = Loss(
    key="mae",
    label="MAE",
    summary="Mean absolute error. Every error counts by its size; its answer is the median.",
    value=formulas.absolute_error,
    colour="#D55E00",
    dash="dash",
    keras_name="MeanAbsoluteError",
)
HUBER = Loss(
    key="huber",
    label="Huber",
    summary="Squared up to δ, straight beyond: calm near the line, deaf to outliers.",
    value=formulas.huber,
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
    value=formulas.log_cosh,
    colour="#C0619A",
    dash="dashdot",
    curvature=1.0,
    keras_name="LogCosh",
)
QUANTILE = Loss(
    key="quantile",
    label="Quantile",
    summary="Too low costs τ, too high costs 1 − τ: its answer has a share τ of its training points below it.",
    value=formulas.pinball,
    colour="#A07A00",
    dash="longdash",
    parameters=("quantile",),
)

EPSILON_INSENSITIVE = Loss(
    key="epsilon_insensitive",
    label="ε-insensitive",
    summary="Nothing up to ε, then the error's size: what is near enough is left alone.",
    value=formulas.epsilon_insensitive,
    colour="#8877FF",
    dash="12px,3px,2px,3px,2px,3px",
    parameters=("epsilon",),
)
CAUCHY = Loss(
    key="cauchy",
    label="Cauchy",
    summary="Grows like a logarithm: far points are nearly forgotten, at the price of several optima.",
    value=formulas.cauchy,
    colour="#998877",
    dash="1px,4px",
    curvature=1.0,
    parameters=("scale",),
)
TUKEY = Loss(
    key="tukey",
    label="Tukey",
    summary="Flat beyond c: a point that is far off has no say at all.",
    value=formulas.tukey,
    colour="#FF0033",
    dash="8px,2px",
    curvature=1.0,
    parameters=("scale",),
)
GENERAL = Loss(
    key="general",
    label="Barron",
    summary="One formula for a family: α = 2 is squared, 1 nearly absolute, 0 Cauchy, −2 Geman-McClure.",
    value=formulas.general,
    colour="#8800FF",
    dash="14px,4px,4px,4px",
    curvature=1.0,
    parameters=("alpha", "scale"),
)
MSLE = Loss(
    key="msle",
    label="MSLE",
    summary="Squared error of logarithms: what counts is the ratio, and too low costs more than too high.",
    value=formulas.squared_log_error,
    colour="#FF22DD",
    dash="6px,2px",
    keras_name="MeanSquaredLogarithmicError",
    target=Target.POSITIVE,
)
MAPE = Loss(
    key="mape",
    label="MAPE",
    summary="The error in per cent of the truth: small truths count most, and it favours answers that are too low.",
    value=formulas.percentage_error,
    colour="#E73F74",
    dash="2px,2px,8px,2px",
    keras_name="MeanAbsolutePercentageError",
    target=Target.POSITIVE,
)
POISSON = Loss(
    key="poisson",
    label="Poisson",
    summary="For counts: the rarer an event, the less noise a prediction of it is allowed.",
    value=formulas.poisson,
    colour="#00AA00",
    dash="5px,5px",
    keras_name="Poisson",
    target=Target.POSITIVE,
)
CROSS_ENTROPY = Loss(
    key="cross_entropy",
    label="Cross-entropy",
    summary="What the right answer's probability costs: a confident mistake costs without bound.",
    value=formulas.cross_entropy,
    colour="#0072B2",
    dash="6px,1px",
    curvature=0.25,
    keras_name="BinaryCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)
WEIGHTED = Loss(
    key="weighted",
    label="Weighted cross-entropy",
    summary="Cross-entropy of labels that are not quite sure (smoothing), in which label 1 counts more or less.",
    value=formulas.weighted_cross_entropy,
    colour="#8877FF",
    dash="12px,3px,2px,3px",
    parameters=("label_smoothing", "class_weight"),
    keras_name="BinaryCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)
FOCAL = Loss(
    key="focal",
    label="Focal",
    summary="Cross-entropy that looks away from what is already right: for rare classes.",
    value=formulas.focal,
    colour="#D55E00",
    dash="9px,2px,1px,2px",
    parameters=("gamma",),
    keras_name="BinaryFocalCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)
HINGE = Loss(
    key="hinge",
    label="Hinge",
    summary="Nothing once an answer is right by a margin of 1, a straight cost before.",
    value=formulas.hinge,
    colour="#009E73",
    dash="4px,2px",
    keras_name="Hinge",
    target=Target.LABEL,
)
SQUARED_HINGE = Loss(
    key="squared_hinge",
    label="Squared hinge",
    summary="The hinge without its corner: big mistakes count more.",
    value=formulas.squared_hinge,
    colour="#C0619A",
    dash="10px,3px,3px,3px",
    curvature=2.0,
    keras_name="SquaredHinge",
    target=Target.LABEL,
)
BRIER = Loss(
    key="brier",
    label="MSE of probabilities",
    summary="Squared error of the probability: a confident mistake hardly moves it.",
    value=formulas.squared_probability_error,
    colour="#A07A00",
    dash="2px,4px",
    target=Target.LABEL,
)

NAIVE = Loss(
    key="naive",
    label="Naive cross-entropy",
    summary="The textbook's formula of the probability: not a number as soon as a probability is rounded to 0 or 1.",
    value=formulas.naive_cross_entropy,
    colour="#FF0033",
    dash="dot",
    target=Target.BROKEN,
)

_REGRESSION = (MSE, MAE, HUBER, LOG_COSH, QUANTILE, EPSILON_INSENSITIVE, CAUCHY, TUKEY, GENERAL, MSLE, MAPE, POISSON)
_CLASSIFICATION = (CROSS_ENTROPY, WEIGHTED, FOCAL, HINGE, SQUARED_HINGE, BRIER)

LOSSES: dict[str, Loss] = {loss.key: loss for loss in (*_REGRESSION, *_CLASSIFICATION, NAIVE)}

# What most pages compare. A few losses in one program are trained in half the time of all.
COMMON = ("mse", "mae", "huber", "log_cosh", "quantile")
