"""The models: the plain Keras model of one experiment, and the layer that holds a stack of them.

In a stack the experiment axis is the *last* axis of every tensor: inputs ``(n, features, E)``,
kernels ``(in, out, E)``, biases ``(out, E)``. Element-wise work then runs over neighbouring
numbers, and a vector of learning rates ``(E,)`` fits every variable as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from playground.data import make_data
from playground.data.polynomials import expand_polynomials
from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.losses import LOSSES, Loss
from playground.models.arrays import initial_weights
from playground.models.keras_objects import FormulaLoss, ProximalPenalty, SoftThreshold, keras_own_loss
from playground.tables.activations import SELU_ALPHA, SELU_SCALE
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

# Below this many inputs XLA fuses multiply-and-sum with its neighbours; from here on a matrix product wins.
MATMUL_FROM = 8


def build_model(experiment: Experiment) -> keras.Model:
    """The compiled Keras model that an experiment stands for, at its initial weights.

    ``fit`` it on ``make_data(experiment)`` with the experiment's epochs and batch size, and it
    reports what ``train`` reports; with dropout, what it would report had it drawn the same units. It is a
    ``keras.Sequential`` unless it has residual connections. Class weights are no part of a Keras model:
    ``fit_options`` has them. ``playground.export.script`` writes the same as a program: what is added here has to be
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


def build_trained_model(experiment: Experiment, weights: Sequence[np.ndarray]) -> keras.Model:
    """The model of an experiment with the weights it was trained to, in the order of ``get_weights``.

    ``evaluate`` on the training points gives the loss of the next epoch (of full batches, without dropout): penalties
    and class weights are in it, so do not give ``fit`` a ``class_weight`` as well. The optimizer starts afresh. What
    ``save`` writes opens in plain Keras, but for a loss that Keras does not have and for proximal steps: those need
    ``import playground.models.keras_objects`` first.
    """
    model = build_model(experiment)
    model.set_weights(weights)
    model.compile(optimizer=_keras_optimizer(experiment), loss=weighing_loss(experiment))
    model.optimizer.build(model.trainable_variables)  # else who opens the file is warned that its state is missing
    return model


def fit_options(experiment: Experiment) -> dict[str, Any]:
    """What ``fit`` must be given beside the data, epochs and batches: ``class_weight``, where the loss has one.

    Keras multiplies each point's loss by its label's weight and divides the sum by the number of points, not
    of weights. Class weights are in the training loss alone: neither ``validation_data`` nor ``evaluate`` has them.
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
        return {
            "kernel_regularizer": ProximalPenalty(experiment.l1, experiment.l2),
            "kernel_constraint": SoftThreshold(experiment.soft_threshold),
        }
    penalised = experiment.l1 or experiment.l2
    return {"kernel_regularizer": keras.regularizers.L1L2(experiment.l1, experiment.l2) if penalised else None}


def polynomials(experiment: Experiment) -> keras.Model:
    """What makes polynomials of the only feature, ``(n, 1)`` to ``(n, degree)``, of nothing that is not Keras's own."""
    source, x = TRUE_FUNCTIONS[experiment.dataset], keras.layers.Input((1,))
    return keras.Model(
        x, expand_polynomials(keras.ops, x, experiment.degree, source.low, source.high), name="polynomials"
    )


def keras_loss(experiment: Experiment) -> Any:
    """The loss to compile with; a class weight is no part of it, since ``fit`` takes that: see ``fit_options``."""
    return keras_loss_of(LOSSES[experiment.loss], experiment.parameters)


def keras_loss_of(loss: Loss, parameters: dict[str, float]) -> Any:
    """Keras's own loss where it has one, else our formula as a Keras loss.

    A class weight is nothing that a loss of Keras's knows: ``fit`` takes it, or the loss's caller as sample weights.
    """
    if loss.keras_name:
        return keras_own_loss(loss, {name: value for name, value in parameters.items() if name != "class_weight"})
    return FormulaLoss(loss.key, parameters)


def weighing_loss(experiment: Experiment) -> Any:
    """The loss with its class weight inside, so that ``evaluate``, which takes no class weights, has it, too."""
    if LOSSES[experiment.loss].is_keras_own(experiment.parameters):
        return keras_loss(experiment)
    return FormulaLoss(experiment.loss, experiment.parameters)


def _keras_optimizer(experiment: Experiment) -> keras.optimizers.Optimizer:
    rule = OPTIMIZERS[experiment.optimizer]
    settings = {name: getattr(experiment, name) for name in rule.settings}
    optimizer = rule.build(experiment.learning_rate, **settings)
    for name in CLIPPINGS:
        setattr(optimizer, name, getattr(experiment, name) or None)
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
