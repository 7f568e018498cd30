"""One number by four ways: a plain Python loop, NumPy, Keras, and its gradient by three.

The point of each is that it shares no arithmetic with the others: the loop computes with Python's
own floats and ``math``, NumPy with arrays, Keras with 32-bit tensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from playground.losses import LOSSES, Loss, Target
from playground.losses.classification import naive_log_loss
from playground.text.language import _

MOST_NUMBERS = 50  # numbers in a batch: what a person can look at
DIFFERENCE_STEP = 1e-6  # of a difference quotient, for predictions up to 1
ROUNDING_SHARE = 1e-12  # of a value: what is less is left by rounding in 64 bits

# ``ops`` for single numbers: what a loop without any library has.
PLAIN = SimpleNamespace(
    abs=abs,
    square=lambda value: value * value,
    exp=math.exp,
    expm1=math.expm1,
    log=math.log,
    log1p=math.log1p,
    tanh=math.tanh,
    power=lambda base, exponent: base**exponent,
    maximum=max,
    minimum=min,
    where=lambda condition, yes, no: yes if condition else no,
)


@dataclass(frozen=True)
class CrossCheck:
    """The mean loss of a batch by each way, and its slopes by ``y_pred``, each of shape (n,).

    ``left`` and ``right`` are the slopes on either side of each point, ``corners`` says where the two differ.
    ``autodiff`` is the slope of Keras's own loss, ``trained`` that of the formula that trains here; they are the same
    where Keras has no such loss. ``keras`` values are ``None`` until they are asked for: TensorFlow is slow to load.
    """

    loop: float
    numpy: float
    formula: np.ndarray
    difference: np.ndarray
    left: np.ndarray
    right: np.ndarray
    corners: np.ndarray
    keras: float | None = None
    autodiff: np.ndarray | None = None
    trained: np.ndarray | None = None

    @property
    def keras_fails(self) -> np.ndarray:
        """At which points Keras's own loss has no slope, shape (n,)."""
        return np.zeros(len(self.difference), bool) if self.autodiff is None else ~np.isfinite(self.autodiff)

    @property
    def apart(self) -> tuple[float, float]:
        """The largest difference between the means, and how much of it 64 bits may have rounded."""
        values = [value for value in (self.loop, self.numpy, self.keras) if value is not None]
        return max(values) - min(values), ROUNDING_SHARE * max(map(abs, values))

    @property
    def blur(self) -> float:
        """How far a difference quotient may be from a slope of 0: its step is not 0, and the curve bends."""
        return DIFFERENCE_STEP * max(1.0, float(np.abs(self.difference).max()))


def about_zero(value: float, rounding: float) -> bool:
    """Whether a number other than 0 is no more than rounding leaves of 0."""
    return 0 < abs(value) <= rounding


def check_batch(y_true: np.ndarray, y_pred: np.ndarray, target: Target) -> None:
    """Raises ``ValueError``, with what was received and what to do, for a batch that the losses cannot take."""
    if len(y_true) != len(y_pred):
        counts = {"truths": len(y_true), "predictions": len(y_pred)}
        raise ValueError(
            _("The batch has {truths} numbers in y and {predictions} in ŷ; give both the same number.").format(**counts)
        )
    if len(y_true) > MOST_NUMBERS:
        raise ValueError(
            _("The batch has {count} numbers; at most {most} are allowed. Leave some out.").format(
                count=len(y_true), most=MOST_NUMBERS
            )
        )
    if target is Target.LABEL and not set(y_true) <= {0.0, 1.0}:
        raise ValueError(_("A label in y is neither 0 nor 1; classification losses take no other labels."))
    if target is Target.POSITIVE and min(*y_true, *y_pred) <= 0:
        raise ValueError(_("A number is 0 or negative; these losses take positive numbers only."))


def cross_check_loss(
    loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, *, keras: bool, **parameters: float
) -> CrossCheck:
    """A loss on a batch, two arrays of shape (n,), by every way; those of Keras only if asked for."""
    left, right, corners = _find_sides(loss, y_true, y_pred, parameters)
    ways = CrossCheck(
        loop=_sum_in_loop(loss, y_true.tolist(), y_pred.tolist(), parameters),
        numpy=float(loss.value(np, y_true, y_pred, **parameters).mean()),
        formula=np.asarray(loss.gradient(y_true, y_pred, **parameters), float),
        difference=_by_difference(loss, y_true, y_pred, parameters),
        left=left,
        right=right,
        corners=corners,
    )
    if not keras:
        return ways
    value, slopes, trained = _by_keras(loss, y_true, y_pred, parameters)
    return replace(ways, keras=value, autodiff=slopes, trained=trained)


def cross_check_losses(
    batch: tuple[tuple[float, ...], tuple[float, ...]],
    parameters: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
    on_progress: object = None,
) -> dict[str, CrossCheck]:
    """Every way, Keras's too, for losses by key with their parameters, on one batch ``(y_true, y_pred)``.

    Plain values go in, so that the work can be given to another process.
    """
    y_true, y_pred = map(np.array, batch)
    return {key: cross_check_loss(LOSSES[key], y_true, y_pred, keras=True, **dict(own)) for key, own in parameters}


def _sum_in_loop(loss: Loss, y_true: list[float], y_pred: list[float], parameters: dict[str, float]) -> float:
    """The article's way: one number after the other, summed up, divided by how many there are."""
    total = 0.0
    for truth, prediction in zip(y_true, y_pred, strict=True):
        total += loss.value(PLAIN, truth, prediction, **parameters)
    return total / len(y_true)


def _by_difference(loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, parameters: dict[str, float]) -> np.ndarray:
    """Central differences; at a corner they give the mean of the slopes on both sides."""
    step = _step_size(y_pred)
    ahead, behind = (loss.value(np, y_true, y_pred + shift, **parameters) for shift in (step, -step))
    return (ahead - behind) / (2 * step)


def _step_size(y_pred: np.ndarray) -> np.ndarray:
    return DIFFERENCE_STEP * np.maximum(1.0, np.abs(y_pred))


def _find_sides(
    loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, parameters: dict[str, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The slope to the left and to the right of each point, and where there is a corner.

    The slopes on both sides of a curve come together as the step shrinks; those of a corner do not. What lies within
    a step of a corner counts as there: the difference quotient sees it, too.
    """
    far = _one_sided(loss, y_true, y_pred, parameters, _step_size(y_pred))
    near = _one_sided(loss, y_true, y_pred, parameters, _step_size(y_pred) / 4)
    gap, apart = np.abs(near[1] - near[0]), np.abs(far[1] - far[0])
    # Rounding does not shrink either, but it is small beside the slope or what the value allows.
    noise = 1e-3 * np.abs(near).max(axis=0) + 1e-7 * np.abs(loss.value(np, y_true, y_pred, **parameters))
    return near[0], near[1], (gap > noise) & (gap > 0.6 * apart)


def _one_sided(
    loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, parameters: dict[str, float], step: np.ndarray
) -> np.ndarray:
    """The difference quotients to the left and to the right, ``(2, n)``."""
    behind, here, ahead = (loss.value(np, y_true, y_pred + shift, **parameters) for shift in (-step, 0 * step, step))
    return np.stack([(here - behind) / step, (ahead - here) / step])


def _by_keras(
    loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, parameters: dict[str, float]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Keras's own loss where it has one, else our formula; the slopes of each point's own loss by autodiff, of both."""
    import keras
    import tensorflow as tf

    from playground.models.keras_model import build_keras_loss

    truth = tf.constant(y_true[:, None], tf.float32)
    prediction = tf.Variable(y_pred[:, None], dtype=tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        weights = [1.0 + (parameters["class_weight"] - 1.0) * truth] if "class_weight" in parameters else []
        mean = tf.reduce_mean(build_keras_loss(loss, parameters)(truth, prediction, *weights))
        values = loss.value(keras.ops, truth, prediction, **parameters)
    slopes = tape.gradient(mean, prediction).numpy()[:, 0] * len(y_true)
    return float(mean), slopes, tape.gradient(values, prediction).numpy()[:, 0]


@dataclass(frozen=True)
class Trial:
    """Cross-entropy of one probability for one label: as the article writes it, and from the logit."""

    label: float
    probability: float
    naive: float
    stable: float


def naive_cross_entropy(label: float, probability: float) -> float:
    """Cross-entropy as the article computes it with NumPy: infinite or not a number at the probabilities 0 and 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(naive_log_loss(np, label, np.float64(probability)))


def cross_entropy_trials() -> list[Trial]:
    """Ever more confident mistakes, and the two ends at which the article's formula breaks."""
    value = LOSSES["cross_entropy"].value
    logits = (0.0, -5.0, -20.0, -800.0, 800.0)
    found = []
    for z in logits:
        p = float(0.5 * (1 + np.tanh(0.5 * z)))
        found.append(Trial(1.0, p, naive_cross_entropy(1.0, p), float(value(np, np.float64(1), np.float64(z)))))
    return found
