"""The models: the plain Keras model of one experiment, and the layer that holds a stack of them.

In a stack the experiment axis is the *last* axis of every tensor: inputs ``(n, features, E)``,
kernels ``(in, out, E)``, biases ``(out, E)``. Element-wise work then runs over neighbouring
numbers, and a vector of learning rates ``(E,)`` fits every variable as it is.
"""

from __future__ import annotations

from typing import Any

import keras

from playground.data import make_data
from playground.experiment import Experiment
from playground.losses import LOSSES, Loss
from playground.optimizers import OPTIMIZERS
from playground.weights import initial_weights

# Below this many inputs XLA fuses multiply-and-sum with its neighbours; from here on a matrix product wins.
MATMUL_FROM = 8


def build_model(experiment: Experiment) -> keras.Sequential:
    """The compiled ``keras.Sequential`` that an experiment stands for, at its initial weights.

    ``fit`` it on ``make_data(experiment)`` with the experiment's epochs and batch size, and it
    reports what ``train`` reports. Class weights are no part of a Keras model: ``fit_options`` has them.
    """
    penalty = keras.regularizers.L1L2(experiment.l1, experiment.l2) if experiment.l1 or experiment.l2 else None
    model = keras.Sequential([keras.layers.Input((experiment.features,))])
    if experiment.standardise:
        scale, offset = make_data(experiment).scaling
        model.add(keras.layers.Rescaling(scale, offset))
    for units in experiment.hidden:
        model.add(keras.layers.Dense(units, activation=experiment.activation, kernel_regularizer=penalty))
    model.add(keras.layers.Dense(experiment.widths[-1], kernel_regularizer=penalty))
    model.compile(optimizer=_keras_optimizer(experiment), loss=keras_loss(experiment))
    model.set_weights(initial_weights(experiment))
    return model


def fit_options(experiment: Experiment) -> dict[str, Any]:
    """What ``fit`` must be given beside the data, epochs and batches: ``class_weight``, where the loss has one.

    Keras multiplies each point's loss by its label's weight and divides the sum by the number of points, not
    of weights. It weighs no validation points by itself: give them as ``(x, y, weights)``.
    """
    weight = experiment.parameters.get("class_weight")
    return {} if weight is None else {"class_weight": {0: 1.0, 1: weight}}


def keras_loss(experiment: Experiment) -> Any:
    return keras_loss_of(LOSSES[experiment.loss], experiment.parameters)


def keras_loss_of(loss: Loss, parameters: dict[str, float]) -> Any:
    """Keras's own loss where it has one, else our formula as a Keras loss function.

    A class weight is nothing that a loss of Keras's knows: ``fit`` takes it, or the loss's caller as sample weights.
    """
    if loss.keras_name:
        known = {name: value for name, value in parameters.items() if name != "class_weight"}
        return getattr(keras.losses, loss.keras_name)(**known, **dict(loss.keras_options))

    def value(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(loss.value(keras.ops, y_true, y_pred, **parameters), axis=-1)

    value.__name__ = loss.key
    return value


def _keras_optimizer(experiment: Experiment) -> keras.optimizers.Optimizer:
    rule = OPTIMIZERS[experiment.optimizer]
    settings = {name: getattr(experiment, name) for name in rule.settings}
    optimizer = rule.build(experiment.learning_rate, **settings)
    optimizer.global_clipnorm = experiment.global_clipnorm or None
    optimizer.clipvalue = experiment.clipvalue or None
    return optimizer


class StackedDense(keras.layers.Layer):
    """``Dense`` for a stack: input ``(n, in, E)``, output ``(n, units, E)``, experiment by experiment."""

    def __init__(self, units: int, stack: int, activation: str | None = None) -> None:
        super().__init__()
        self.units = units
        self.stack = stack
        self.activation = activation

    def build(self, input_shape: tuple[int, ...]) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-2], self.units, self.stack), name="kernel")
        self.bias = self.add_weight(shape=(self.units, self.stack), name="bias")

    def call(self, x: Any) -> Any:
        return stacked_dense(x, self.kernel, self.bias, self.activation)


def stacked_dense(x: Any, kernel: Any, bias: Any, activation: str | None) -> Any:
    """One layer of a stack: ``activation(x · kernel + bias)`` for every experiment by itself."""
    if kernel.shape[0] < MATMUL_FROM:
        product = keras.ops.sum(x[:, :, None, :] * kernel, axis=1)
    else:
        product = keras.ops.einsum("nfe,fge->nge", x, kernel)
    return keras.activations.get(activation)(product + bias) if activation else product + bias
