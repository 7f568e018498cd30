"""The models: the plain Keras model of one experiment, and the layer that holds a stack of them.

In a stack the experiment axis is the *last* axis of every tensor: inputs ``(n, features, E)``,
kernels ``(in, out, E)``, biases ``(out, E)``. Element-wise work then runs over neighbouring
numbers, and a vector of learning rates ``(E,)`` fits every variable as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from playground.data import make_data
from playground.data.polynomials import expand_polynomials
from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.losses import LOSSES, Loss
from playground.models.arrays import initial_weights
from playground.models.keras_objects import FormulaLoss, ProximalPenalty, SoftThreshold, build_keras_own_loss
from playground.tables.activations import SELU_ALPHA, SELU_SCALE
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

Layers = list[keras.layers.Layer]

# Below this many inputs XLA fuses multiply-and-sum with its neighbours; from here on a matrix product wins.
MATMUL_FROM = 8


def build_model(experiment: Experiment) -> keras.Model:
    """The compiled Keras model that an experiment stands for, at its initial weights.

    ``fit`` it on ``make_data(experiment)`` with the experiment's epochs and batch size, and it
    reports what ``train`` reports; with dropout, what it would report had it drawn the same units. It is a
    ``keras.Sequential`` unless it has residual connections. Class weights are no part of a Keras model:
    ``fit_options`` has them. ``playground.export.script`` writes the same as a program: what is added here has to be
    written there too. Inputs are ``(n, features)``, answers ``(n, 1)``: numbers in units of y, or logits.
    """
    blocks = [_build_block(experiment, units) for units in experiment.hidden]
    first: Layers = []
    if experiment.inputs != experiment.features:
        first = [build_polynomials(experiment)]
    elif experiment.standardise:
        first = [keras.layers.Rescaling(*make_data(experiment).scaling)]
    last = keras.layers.Dense(experiment.widths[-1], **_kernel_options(experiment))
    if experiment.residual and blocks:
        model = _connect_with_shortcuts(experiment, first, blocks, last)
    else:
        inputs = keras.layers.Input((experiment.features,))
        model = keras.Sequential([inputs, *first, *(layer for block in blocks for layer in block), last])
    model.compile(optimizer=_build_optimizer(experiment), loss=build_loss(experiment))
    model.set_weights(initial_weights(experiment))
    return model


def build_trained_model(experiment: Experiment, weights: Sequence[np.ndarray]) -> keras.Model:
    """The compiled Keras model of an experiment with trained ``weights``, in order and shape as ``get_weights``.

    ``evaluate`` on the training points gives the loss of the next epoch (of full batches, without dropout): penalties
    and class weights are in it, so do not give ``fit`` a ``class_weight`` as well. The optimizer starts afresh. What
    ``save`` writes opens in plain Keras. A loss that Keras does not have and proximal steps need
    ``import playground.models.keras_objects`` first. Raises ``ValueError`` for weights of another shape.
    """
    model = build_model(experiment)
    model.set_weights(weights)
    model.compile(optimizer=_build_optimizer(experiment), loss=build_weighted_loss(experiment))
    model.optimizer.build(model.trainable_variables)  # or loading the file warns about missing optimizer state
    return model


def fit_options(experiment: Experiment) -> dict[str, dict[int, float]]:
    """The arguments of ``fit`` beside data, epochs and batches: ``class_weight``, if the loss has one.

    Keras multiplies each point's loss by its label's weight and divides the sum by the number of points, not
    of weights. Class weights are in the training loss alone: neither ``validation_data`` nor ``evaluate`` has them.
    Source: https://keras.io/api/models/model_training_apis/#fit-method
    """
    weight = experiment.parameters.get("class_weight")
    return {} if weight is None else {"class_weight": {0: 1.0, 1: weight}}


def _build_block(experiment: Experiment, units: int) -> Layers:
    """A hidden layer as Keras has it: the dense layer, its normalisation, its activation and its dropout."""
    normalisation = NORMALISATIONS[experiment.normalisation].keras_name
    activation = None if normalisation else experiment.activation
    layers = [keras.layers.Dense(units, activation, **_kernel_options(experiment))]
    if normalisation:
        layers += [getattr(keras.layers, normalisation)(), keras.layers.Activation(experiment.activation)]
    if experiment.dropout:
        layers.append(keras.layers.Dropout(experiment.dropout, seed=experiment.seed))
    return layers


def _connect_with_shortcuts(
    experiment: Experiment, first: Layers, blocks: list[Layers], last: keras.layers.Layer
) -> keras.Model:
    """Each hidden layer but the first adds its input to its output.

    Source: He et al. 2016, https://arxiv.org/abs/1512.03385
    """
    inputs = values = keras.layers.Input((experiment.features,))
    for layer in [*first, *blocks[0]]:
        values = layer(values)
    for block in blocks[1:]:
        output = values
        for layer in block:
            output = layer(output)
        values = keras.layers.Add()([values, output])
    return keras.Model(inputs, last(values))


def _kernel_options(experiment: Experiment) -> dict[str, keras.regularizers.Regularizer | keras.constraints.Constraint]:
    """The penalty of a kernel. A proximal step is a constraint, which Keras applies after each update."""
    if experiment.soft_threshold:
        return {
            "kernel_regularizer": ProximalPenalty(experiment.l1, experiment.l2),
            "kernel_constraint": SoftThreshold(experiment.soft_threshold),
        }
    penalised = experiment.l1 or experiment.l2
    return {"kernel_regularizer": keras.regularizers.L1L2(experiment.l1, experiment.l2) if penalised else None}


def build_polynomials(experiment: Experiment) -> keras.Model:
    """A Keras model without weights that turns the only feature ``(n, 1)`` into polynomials ``(n, degree)``.

    It is made of Keras's own operations, so a saved model needs none of our code. See ``data.polynomials``.
    """
    source, x = TRUE_FUNCTIONS[experiment.dataset], keras.layers.Input((1,))
    return keras.Model(
        x, expand_polynomials(keras.ops, x, experiment.degree, source.low, source.high), name="polynomials"
    )


def build_loss(experiment: Experiment) -> keras.losses.Loss:
    """The loss to compile with, without the class weight, which ``fit`` takes: see ``fit_options``."""
    return build_keras_loss(LOSSES[experiment.loss], experiment.parameters)


def build_keras_loss(loss: Loss, parameters: dict[str, float]) -> keras.losses.Loss:
    """Keras's own loss where it has one, else our formula as a Keras loss, for ``(n, 1)`` against ``(n, 1)``.

    Keras's losses take no class weight: give it to ``fit``, or to the loss as sample weights. Raises ``TypeError`` for
    parameters that the loss does not have.
    """
    if loss.keras_name:
        return build_keras_own_loss(loss, {name: value for name, value in parameters.items() if name != "class_weight"})
    return FormulaLoss(loss.key, parameters)


def build_weighted_loss(experiment: Experiment) -> keras.losses.Loss:
    """The loss with its class weight inside, since ``evaluate`` takes no class weights."""
    if LOSSES[experiment.loss].is_keras_own(experiment.parameters):
        return build_loss(experiment)
    return FormulaLoss(experiment.loss, experiment.parameters)


def _build_optimizer(experiment: Experiment) -> keras.optimizers.Optimizer:
    rule = OPTIMIZERS[experiment.optimizer]
    optimizer = rule.build(experiment.learning_rate, **{name: getattr(experiment, name) for name in rule.settings})
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

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """``activation(x · kernel + bias)`` for every experiment by itself."""
        kernel = self.kernel
        if kernel.shape[0] < MATMUL_FROM:
            product = keras.ops.sum(x[:, :, None, :] * kernel, axis=1)
        else:
            product = keras.ops.einsum("nfe,fge->nge", x, kernel)
        sums = product + self.bias
        return apply_activation(self.activation, sums) if self.activation else sums


def apply_activation(activation: str, values: keras.KerasTensor) -> keras.KerasTensor:
    """Keras's activation of ``values``, of any shape, which the result keeps.

    SELU is written out, so that XLA takes the slope at 0 that Keras takes without XLA.
    Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """
    if activation != "selu":
        return keras.activations.get(activation)(values)
    below = SELU_ALPHA * keras.ops.expm1(keras.ops.minimum(values, 0.0))
    return SELU_SCALE * keras.ops.where(values >= 0.0, values, below)
