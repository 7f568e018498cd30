"""The losses that tests go through, all of the table but what is there to fail, and what they are asked."""

import keras
import numpy as np
import tensorflow as tf

from playground.losses import LOSSES, Target

SOUND = {key: loss for key, loss in LOSSES.items() if loss.target is not Target.BROKEN}

RESIDUALS = np.arange(-300, 301) / 100  # among them exactly 0
# What each kind of target is asked at: the truths, and the predictions. Where rounding is compared,
# it must not begin with the predictions themselves: 64ths are exact in single precision.
TRUTHS = {Target.REAL: (0.0,), Target.POSITIVE: (0.5, 3.0), Target.LABEL: (0.0, 1.0)}
PREDICTIONS = {
    Target.REAL: RESIDUALS,
    Target.POSITIVE: np.arange(8, 64 * 6) / 64,
    Target.LABEL: np.arange(-64 * 8, 64 * 8 + 1) / 64,
}
FAR_OUT = {Target.REAL: [-1e4, 1e4], Target.POSITIVE: [1e-4, 1e4], Target.LABEL: [-1e4, 1e4]}

# Second derivative 0 on every piece. Of the others that name no curvature, the largest depends on
# the truth (msle, poisson) or the parameter (focal), or nobody asks (brier).
STRAIGHT = ("mae", "quantile", "epsilon_insensitive", "mape", "hinge")


def numpy_values(loss, y_pred, truth, parameters):
    y_pred = np.asarray(y_pred, float)
    return loss.value(np, np.full_like(y_pred, truth), y_pred, **parameters)


def keras_values(loss, y_pred, truth, parameters, dtype="float32"):
    """The loss by ``keras.ops`` and its gradient by TensorFlow."""
    y_pred = tf.Variable(np.asarray(y_pred, dtype))
    parameters = {name: np.asarray(value, dtype) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        values = loss.value(keras.ops, tf.fill(y_pred.shape, tf.cast(truth, dtype)), y_pred, **parameters)
    return values.numpy(), tape.gradient(values, y_pred).numpy()
