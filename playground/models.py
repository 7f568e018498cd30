"""The models: the plain Keras model of one experiment, and the layer that holds a stack of them.

In a stack the experiment axis is the *last* axis of every tensor: inputs ``(n, features, E)``,
kernels ``(in, out, E)``, biases ``(out, E)``. Element-wise work then runs over neighbouring
numbers, and a vector of learning rates ``(E,)`` fits every variable as it is.
"""

from __future__ import annotations

import functools
from typing import Any

import keras

from playground.data import make_data
from playground.engine.features import expanded
from playground.engine.weights import initial_weights
from playground.experiment import Experiment
from playground.losses import LOSSES, Loss
from playground.tables.activations import SELU_ALPHA, SELU_SCALE
from playground.tables.optimizers import OPTIMIZERS
from playground.tables.sources import SOURCES
from playground.tables.starts import NORMALISATIONS

# Below this many inputs XLA fuses multiply-and-sum with its neighbours; from here on a matrix product wins.
MATMUL_FROM = 8


def build_model(experiment: Experiment) -> keras.Model:
    """The compiled Keras model that an experiment stands for, at its initial weights.

    ``fit`` it on ``make_data(experiment)`` with the experiment's epochs and batch size, and it
    reports what ``train`` reports; with dropout, what it would report had it drawn the same units. It is a
    ``keras.Sequential`` unless it has residual connections. Class weights are no part of a Keras model:
    ``fit_options`` has them. ``playground.compare.script`` writes the same as a program: what is added here has to be
    said there.
    """
    blocks = [_hidden_layers(experiment, units) for units in experiment.hidden]
    first = _features(experiment)
    last = keras.layers.Dense(experiment.widths[-1], **_kernel_options(experiment))
    if experiment.residual and blocks:
        model = _with_shortcuts(experiment, first, blocks, last)
    else:
        inputs = keras.layers.Input((experiment.features,))
        model = keras.Sequential([inputs, *first, *(layer for block in blocks for layer in block), last])
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


def _hidden_layers(experiment: Experiment, units: int) -> list[keras.layers.Layer]:
    """A hidden layer as Keras's: the dense layer, what normalises it, its activation and its dropout."""
    normalisation = NORMALISATIONS[experiment.normalisation].keras_name
    bend = [keras.layers.Activation(experiment.activation)] if normalisation else []
    layers: list[keras.layers.Layer] = [
        keras.layers.Dense(units, None if bend else experiment.activation, **_kernel_options(experiment))
    ]
    if normalisation:
        layers += [getattr(keras.layers, normalisation)(), *bend]
    if experiment.dropout:
        layers.append(keras.layers.Dropout(experiment.dropout, seed=experiment.seed))
    return layers


def _with_shortcuts(experiment: Experiment, first: list[Any], blocks: list[list[Any]], last: Any) -> keras.Model:
    """Each hidden layer but the first adds its answer to what it was given. Source: He et al. 2016, arXiv 1512.03385"""
    inputs = values = keras.layers.Input((experiment.features,))
    for layer in [*first, *blocks[0]]:
        values = layer(values)
    for block in blocks[1:]:
        answer = values
        for layer in block:
            answer = layer(answer)
        values = keras.layers.Add()([values, answer])
    return keras.Model(inputs, last(values))


def _features(experiment: Experiment) -> list[keras.layers.Layer]:
    """What stands before the first dense layer: polynomials of x, or x standardised, or nothing."""
    if experiment.inputs != experiment.features:
        return [polynomials(experiment)]
    return [keras.layers.Rescaling(*make_data(experiment).scaling)] if experiment.standardise else []


def _kernel_options(experiment: Experiment) -> dict[str, Any]:
    """The penalty of a kernel; a proximal step is what Keras calls a constraint, applied after each update."""
    if experiment.soft_threshold:
        shrink = functools.partial(soft_threshold, threshold=experiment.soft_threshold)
        return {"kernel_regularizer": _Penalty(experiment.l1, experiment.l2), "kernel_constraint": shrink}
    penalised = experiment.l1 or experiment.l2
    return {"kernel_regularizer": keras.regularizers.L1L2(experiment.l1, experiment.l2) if penalised else None}


def soft_threshold(kernel: Any, threshold: Any) -> Any:
    """Every entry so far towards 0, and not beyond: what is nearer to 0 than the threshold becomes 0 exactly."""
    return keras.ops.sign(kernel) * keras.ops.maximum(keras.ops.abs(kernel) - threshold, 0.0)


class _Penalty(keras.regularizers.Regularizer):
    """L1 and L2 as the loss reports them, of which only L2 pulls: L1 has its proximal step."""

    def __init__(self, l1: float, l2: float) -> None:
        self.l1, self.l2 = l1, l2

    def __call__(self, kernel: Any) -> Any:
        absolute = keras.ops.sum(keras.ops.abs(keras.ops.stop_gradient(kernel)))
        return self.l1 * absolute + self.l2 * keras.ops.sum(keras.ops.square(kernel))


def polynomials(experiment: Experiment) -> keras.Model:
    """What makes polynomials of the only feature, ``(n, 1)`` to ``(n, degree)``, of nothing that is not Keras's own."""
    source, x = SOURCES[experiment.dataset], keras.layers.Input((1,))
    return keras.Model(x, expanded(keras.ops, x, experiment.degree, source.low, source.high), name="polynomials")


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
    return bent(activation, product + bias) if activation else product + bias


def bent(activation: str, values: Any) -> Any:
    """Keras's activation, and at the corner of SELU the slope that Keras takes there outside XLA, too."""
    if activation != "selu":
        return keras.activations.get(activation)(values)
    below = SELU_ALPHA * keras.ops.expm1(keras.ops.minimum(values, 0.0))
    return SELU_SCALE * keras.ops.where(values >= 0.0, values, below)
