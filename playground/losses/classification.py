"""Losses for labels 0 and 1: what is predicted is a logit z, of which the probability is p = 1 / (1 + e^-z).

The margin of a logit is z for label 1 and −z for label 0: positive where the answer is right. Gradients keep their
digits at every logit, since 1 − p is computed as the probability of −z and not as a difference. See
``playground.losses.loss`` for the other conventions.
"""

from __future__ import annotations

import numpy as np

from playground.losses.loss import Array, Loss, Ops, Target
from playground.text.language import N_


def cross_entropy(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """Minus the logarithm of the probability that was given to the right label.

    A confident mistake costs without bound, and its slope p − y never vanishes while the answer is wrong: that is
    why classifiers are trained with it. The best answer is the logit of the label's frequency.

    Domain: ``y_true`` from 0 to 1 and any logit ``y_pred``, of one shape ``(...)``. The loss has that shape, in nats.
    Formula: −y log p − (1 − y) log(1 − p), computed as max(z, 0) − z y + log(1 + e^−|z|).
    Source: Good 1952; https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
    """
    # max(z, 0) − z y + log(1 + e^−|z|): no exponential of anything positive, so nothing overflows.
    # Not ``maximum`` and ``abs``: at z = 0 TensorFlow's slopes of the two do not add up to the slope of the sum.
    positive = y_pred >= 0.0
    size = ops.where(positive, y_pred, -y_pred)
    return ops.where(positive, y_pred, 0.0) - y_pred * y_true + ops.log1p(ops.exp(-size))


def cross_entropy_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``cross_entropy`` by the logit ``y_pred``, p − y: shape ``(...)`` of the arguments, −1 to 1.

    Also for smoothed labels between 0 and 1.
    """
    return (1 - y_true) * probability(y_pred) - y_true * probability(-y_pred)


def probability(z: np.ndarray) -> np.ndarray:
    """The probability of label 1 for logits ``z`` of any shape, in the same shape: the logistic function.

    Source: Cox 1958, https://doi.org/10.1111/j.2517-6161.1958.tb00292.x
    """
    # By the logarithm nothing overflows, and a small probability keeps its digits instead of being rounded to 0.
    return np.exp(-np.logaddexp(0.0, -np.asarray(z, float)))


CROSS_ENTROPY = Loss(
    key="cross_entropy",
    name=N_("Cross-entropy"),
    about=N_(
        "Minus the logarithm of the probability of the correct label. The cost of a confident mistake has no limit."
    ),
    value=cross_entropy,
    gradient=cross_entropy_gradient,
    formula=r"-y\log p-(1-y)\log(1-p)=\max(z,0)-zy+\log\left(1+e^{-|z|}\right)",
    slope=r"p-y",
    noise=N_("labels that are 1 with probability p (Bernoulli)"),
    source="Good, Rational decisions, 1952; Keras: BinaryCrossentropy",
    url="https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class",
    colour="#0072B2",
    dash="6px,1px",
    curvature=0.25,
    keras_name="BinaryCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)


def weighted_cross_entropy(
    ops: Ops, y_true: Array, y_pred: Array, *, label_smoothing: Array, class_weight: Array
) -> Array:
    """Cross-entropy of smoothed labels, in which label 1 counts ``class_weight`` times.

    Smoothing s makes 1 − s/2 of a label 1 and s/2 of a label 0, so the best logits are finite and weights stop
    growing; the weight makes up for a rare label. At ``label_smoothing`` = 0 and ``class_weight`` = 1 it is plain
    ``cross_entropy``.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``, 0 ≤ ``label_smoothing`` < 1 and
    ``class_weight`` > 0. The loss has that shape, in nats.
    Source: Szegedy et al. 2016, https://arxiv.org/abs/1512.00567; Keras's ``label_smoothing`` and ``class_weight``
    """
    weight = 1.0 + (class_weight - 1.0) * y_true
    smoothed = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return weight * cross_entropy(ops, smoothed, y_pred)


def weighted_cross_entropy_gradient(
    y_true: np.ndarray, y_pred: np.ndarray, *, label_smoothing: float, class_weight: float
) -> np.ndarray:
    """The derivative of ``weighted_cross_entropy`` by the logit ``y_pred``: shape ``(...)`` of the arguments."""
    smoothed = y_true * (1 - label_smoothing) + label_smoothing / 2
    return (1 + (class_weight - 1) * y_true) * cross_entropy_gradient(smoothed, y_pred)


WEIGHTED = Loss(
    key="weighted",
    name=N_("Weighted cross-entropy"),
    about=N_("Cross-entropy with smoothed labels, in which label 1 counts more or less than label 0."),
    value=weighted_cross_entropy,
    gradient=weighted_cross_entropy_gradient,
    formula=r"w_y\left(-\tilde y\log p-(1-\tilde y)\log(1-p)\right),\quad \tilde y=y(1-s)+\tfrac s2,\ w_1=w,\ w_0=1",
    slope=r"w_y\,(p-\tilde y)",
    noise=N_("labels of which a share s/2 is wrong, with label 1 drawn w times as often"),
    source="Szegedy et al., Rethinking the Inception architecture, 2016; Keras: BinaryCrossentropy and class_weight",
    url="https://arxiv.org/abs/1512.00567",
    colour="#8877FF",
    dash="12px,3px,2px,3px",
    parameters=("label_smoothing", "class_weight"),
    keras_name="BinaryCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)


def softplus(ops: Ops, z: Array) -> Array:
    """The smooth maximum of 0 and z, log(1 + e^z), which is −log(1 − p).

    Cross-entropy and its kin are made of it. It takes no exponential of anything positive, so it never overflows, and
    its slopes are exact at both ends. ``z`` is any logit, of any shape ``(...)``, which the result keeps.
    Source: https://keras.io/api/layers/activations/#softplus-function
    """
    positive = z >= 0.0
    size = ops.where(positive, z, -z)
    return ops.where(positive, z, 0.0) + ops.log1p(ops.exp(-size))


def focal(ops: Ops, y_true: Array, y_pred: Array, *, gamma: Array) -> Array:
    """Cross-entropy times (1 − p_t)^γ, where p_t is the probability of the right label.

    What is already right counts less, so many easy points do not drown a few hard ones of a rare label. At
    ``gamma`` = 0 it is ``cross_entropy``.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``, and ``gamma`` ≥ 0. The loss has that
    shape, in nats.
    Formula: −(1 − p_t)^γ log p_t.
    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002
    """
    margin = (2.0 * y_true - 1.0) * y_pred
    # (1 − p)^γ as e^(γ log(1 − p)): a power of a probability that is rounded to 0 has no slope where γ < 1.
    return ops.exp(-gamma * softplus(ops, margin)) * softplus(ops, -margin)


def focal_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, gamma: float) -> np.ndarray:
    """The derivative of ``focal`` by the logit ``y_pred``: shape ``(...)`` of the arguments."""
    sign = 2 * y_true - 1
    log_right, log_wrong = -np.logaddexp(0.0, -sign * y_pred), -np.logaddexp(0.0, sign * y_pred)
    # p log p is 0 at its limit p = 0, and stays so by the logarithm, which is finite.
    return sign * np.exp(gamma * log_wrong) * (gamma * np.exp(log_right) * log_right - np.exp(log_wrong))


FOCAL = Loss(
    key="focal",
    name=N_("Focal"),
    about=N_("Cross-entropy that gives little weight to points that are already right. It is used for rare classes."),
    value=focal,
    gradient=focal_gradient,
    formula=r"-(1-p_t)^\gamma\log p_t,\quad p_t=p\text{ if }y=1\text{ else }1-p",
    slope=r"\pm(1-p_t)^\gamma\left(\gamma p_t\log p_t+p_t-1\right)",
    noise=N_("no distribution"),
    source="Lin et al., Focal loss for dense object detection, 2017",
    url="https://arxiv.org/abs/1708.02002",
    colour="#D55E00",
    dash="9px,2px,1px,2px",
    parameters=("gamma",),
    keras_name="BinaryFocalCrossentropy",
    target=Target.LABEL,
    keras_options=(("from_logits", True),),
)


def hinge(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """What the margin falls short of 1, 0 where it does not.

    Support-vector machines minimise it: points that are right by enough have no influence. Its logits do not stand for
    probabilities: the best answer is ±1, the more frequent label.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``. The loss has that shape and no unit.
    Formula: max(0, 1 − (2y − 1) z).
    Source: Cortes and Vapnik 1995, https://doi.org/10.1007/BF00994018
    """
    return ops.maximum(1.0 - (2.0 * y_true - 1.0) * y_pred, 0.0)


def hinge_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``hinge`` by the logit ``y_pred``: shape ``(...)`` of the arguments.

    1 − 2y up to a margin of 1, and 0 beyond. At the corner, a margin of 1, it is that of the steep side.
    """
    return np.where((2 * y_true - 1) * y_pred <= 1, 1 - 2 * y_true, 0.0)


HINGE = Loss(
    key="hinge",
    name=N_("Hinge"),
    about=N_("Zero once an answer is right by a margin of 1. Below that margin, the cost grows in a straight line."),
    value=hinge,
    gradient=hinge_gradient,
    formula=r"\max(0,\ 1-(2y-1)z)",
    slope=r"-(2y-1)\text{ if }(2y-1)z<1,\quad 0\text{ beyond}",
    noise=N_("no distribution: it asks for a margin, not for a probability"),
    source="Cortes and Vapnik, Support-vector networks, 1995",
    url="https://doi.org/10.1007/BF00994018",
    colour="#009E73",
    dash="4px,2px",
    keras_name="Hinge",
    target=Target.LABEL,
)


def squared_hinge(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The square of the hinge.

    It has no corner, so plain gradient descent settles, and big mistakes count more than under the hinge.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``. The loss has that shape and no unit.
    Formula: max(0, 1 − (2y − 1) z)².
    Source: https://keras.io/api/losses/hinge_losses/#squaredhinge-class
    """
    return ops.square(hinge(ops, y_true, y_pred))


def squared_hinge_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``squared_hinge`` by the logit ``y_pred``: shape ``(...)`` of the arguments."""
    return 2 * (1 - 2 * y_true) * np.maximum(0, 1 - (2 * y_true - 1) * y_pred)


SQUARED_HINGE = Loss(
    key="squared_hinge",
    name=N_("Squared hinge"),
    about=N_("The square of the hinge loss. It has no corner, and big mistakes count more."),
    value=squared_hinge,
    gradient=squared_hinge_gradient,
    formula=r"\max(0,\ 1-(2y-1)z)^2",
    slope=r"-2(2y-1)\max(0,\ 1-(2y-1)z)",
    noise=N_("no distribution: it asks for a margin, not for a probability"),
    source="Keras: SquaredHinge",
    url="https://keras.io/api/losses/hinge_losses/#squaredhinge-class",
    colour="#C0619A",
    dash="10px,3px,3px,3px",
    curvature=2.0,
    keras_name="SquaredHinge",
    target=Target.LABEL,
)


def squared_probability_error(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """The squared difference of probability and label: the Brier score.

    A confident mistake costs at most 1 and has almost no slope, so training barely corrects it: what makes it a fair
    judge makes it a poor teacher.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``. The loss has that shape, from 0 to 1.
    Formula: (p − y)².
    Source: Brier 1950, https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2
    """
    # The error is the probability of the wrong label. By its logarithm it keeps its digits however small it is.
    margin = (2.0 * y_true - 1.0) * y_pred
    return ops.exp(-2.0 * softplus(ops, margin))


def squared_probability_error_gradient(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The derivative of ``squared_probability_error`` by the logit ``y_pred``: shape ``(...)`` of the arguments.

    2(p − y) p(1 − p): its factor p(1 − p) is what makes confident mistakes hardly move.
    """
    return 2 * cross_entropy_gradient(y_true, y_pred) * probability(y_pred) * probability(-y_pred)


BRIER = Loss(
    key="brier",
    name=N_("MSE of probabilities"),
    about=N_(
        "The squared error of the probability. A confident mistake has almost no slope, so training barely corrects it."
    ),
    value=squared_probability_error,
    gradient=squared_probability_error_gradient,
    formula=r"(p-y)^2",
    slope=r"2(p-y)\,p(1-p)",
    noise=N_("no distribution of labels: it is the Brier score"),
    source="Brier, Verification of forecasts expressed in terms of probability, 1950",
    url="https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2",
    colour="#A07A00",
    dash="2px,4px",
    target=Target.LABEL,
)


def naive_cross_entropy(ops: Ops, y_true: Array, y_pred: Array) -> Array:
    """Cross-entropy by the textbook's formula of the probability, which fails in floating point.

    It is shown beside ``cross_entropy`` to say why that starts from the logit.

    Domain: ``y_true`` 0 or 1 and any logit ``y_pred``, of one shape ``(...)``. The loss has that shape, in nats; it is
    NaN or infinite as soon as the probability is rounded to 0 or 1.
    Source: Good 1952; https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
    """
    return naive_log_loss(ops, y_true, 1.0 / (1.0 + ops.exp(-y_pred)))


def naive_log_loss(ops: Ops, y_true: Array, probability: Array) -> Array:
    """−y log p − (1 − y) log(1 − p) of a probability: not a number once that is rounded to 0 or 1.

    There it is 0 times infinity for one of the labels, and infinite for the other. ``y_true`` 0 or 1 and
    ``probability`` from 0 to 1 have one shape ``(...)``, as has the loss, in nats.
    Source: Good 1952
    """
    return -(y_true * ops.log(probability) + (1.0 - y_true) * ops.log(1.0 - probability))


NAIVE = Loss(
    key="naive",
    name=N_("Naive cross-entropy"),
    about=N_(
        "The textbook formula, computed from the probability. It is NaN or infinite once a probability is"
        " rounded to 0 or 1."
    ),
    value=naive_cross_entropy,
    gradient=cross_entropy_gradient,
    formula=r"-y\log p-(1-y)\log(1-p)",
    slope=r"p-y",
    noise=N_("labels that are 1 with probability p (Bernoulli)"),
    source="Good, Rational decisions, 1952",
    url="https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class",
    colour="#FF0033",
    dash="dot",
    target=Target.BROKEN,
)
