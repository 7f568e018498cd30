"""Deep networks and what may stand in them, against the plain Keras model: losses, gradients, answers, weights."""

from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.data import make_data, make_validation
from playground.experiment import Experiment
from playground.models.arrays import unflatten
from playground.models.keras_model import build_model
from playground.run import Run
from playground.training import train
from tests.support.engine_cases import relative_difference
from tests.support.keras_fit import fitted

X = np.linspace(-3, 3, 13).astype(np.float32)
PARITY = 1e-4  # relative, in each of 100 epochs
BASE = Experiment(
    dataset="sine", noise=0.5, points=15, epochs=100, learning_rate=0.002, hidden=(8,) * 3, residual=True, seed=2
)

# Each remedy alone, on a network that has residual connections so that it is one of the deep ones, or without them.
CASES = {
    "residual": {},
    "seven layers": {"residual": False, "hidden": (8,) * 7, "learning_rate": 0.01},
    "l1": {"l1": 0.01},
    "l2": {"l2": 0.01},
    "proximal": {"l1": 0.01, "proximal": True},
    "norm": {"global_clipnorm": 0.5},
    "norm of each variable": {"clipnorm": 0.1},
    "value": {"clipvalue": 0.05},
    "batch": {"normalisation": "batch", "residual": False},
    "layer": {"normalisation": "layer", "residual": False},
    "he": {"initialiser": "he", "activation": "relu", "learning_rate": 0.0005},
    "batches": {
        "batch_size": 4,
        "shuffle": False,
        "normalisation": "batch",
        "learning_rate": 0.0002,
    },
    "l2 and norm and batch": {"l2": 0.01, "global_clipnorm": 0.5, "normalisation": "batch"},
    "norm of each variable and batch": {"clipnorm": 0.1, "l2": 0.01, "normalisation": "batch", "residual": False},
    "norm of each variable and layer": {"clipnorm": 0.1, "normalisation": "layer", "optimizer": "adam"},
    "l1 and l2 and layer": {"l1": 0.01, "l2": 0.02, "normalisation": "layer", "optimizer": "adam"},
    "value and batch and huber": {
        "clipvalue": 0.05,
        "normalisation": "batch",
        "residual": False,
        "loss": "huber",
    },
}


# What another case has together with more is left to the exhaustive run.
ALONE = {"l1", "l2", "norm", "norm of each variable", "value", "batch", "layer"}


def cases_of(names):
    """The cases as parameters, those of one remedy that others have too marked as exhaustive."""
    marks = {name: [pytest.mark.exhaustive] if name in ALONE else [] for name in names}
    return [pytest.param(CASES[name], id=name, marks=marks[name]) for name in names]


@cache
def trained(**changes) -> Run:
    return train([BASE.replace(**changes)], record=("weights", "gradient_norms"))[0]


@pytest.mark.parametrize("changes", cases_of(CASES))
def test_each_remedy_reproduces_the_plain_model(changes):
    run = trained(**changes)
    model, history = fitted(run.experiment)
    assert run.loss[-1] < run.loss[0]
    assert relative_difference(run.loss, history["loss"]) < PARITY
    for ours, theirs in zip(run.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-2, atol=1e-3)
    np.testing.assert_allclose(run.predict(X), model(X[:, None])[:, 0], rtol=1e-3, atol=1e-3)
    plain = trained()
    assert not changes or relative_difference(run.loss, plain.loss) > 100 * PARITY  # or the agreement would say nothing


WHOLE = [name for name, changes in CASES.items() if "batch_size" not in changes]


def taped_norms(model: keras.Model, weights, data) -> np.ndarray:
    """The norm of the loss's gradient by each layer's kernel and bias, as a tape of TensorFlow finds it."""
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        loss = model.compute_loss(data.x_train, data.y_train, model(data.x_train, training=True))
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    found = tape.gradient(loss, [[layer.kernel.value, layer.bias.value] for layer in dense])
    return np.array([np.hypot(np.linalg.norm(kernel), np.linalg.norm(bias)) for kernel, bias in found])


def nudge_weights(weights) -> list[np.ndarray]:
    """The weights, each changed by about the last of a float's digits."""
    rng = np.random.default_rng(0)
    return [weight * (1 + 1e-7 * rng.standard_normal(weight.shape)).astype(np.float32) for weight in weights]


@pytest.mark.parametrize("changes", cases_of(WHOLE))
def test_gradient_norms_are_those_of_the_tape(changes):
    run = trained(**changes)
    experiment, model, data = run.experiment, build_model(run.experiment), make_data(run.experiment)
    for epoch in (0, 4, 98):
        frame = list(run.path_epochs).index(epoch)
        weights = unflatten(run.path[frame], experiment.widths, experiment.normalisation)
        norms = taped_norms(model, weights, data)
        # Batch normalisation divides by deviations that may be small, which magnifies what 32 bits round: then the
        # tape differs from itself as much when its weights are rounded otherwise.
        rounding = np.abs(taped_norms(model, nudge_weights(weights), data) - norms)
        assert (np.abs(run.gradient_norms[epoch] - norms) < 1e-5 * norms + 10 * rounding + 1e-7).all()


def test_the_path_and_the_validation_loss_of_wider_layers():
    # 17 units do not fit into the program of 16.
    experiment = BASE.replace(normalisation="batch", epochs=60, hidden=(17,) * 3, learning_rate=0.0003, seed=6)
    run = train([experiment], record=("weights", "val_loss"))[0]
    assert list(run.path_epochs) == [*range(0, 61, 2)]
    assert relative_difference(run.loss, fitted(experiment)[1]["loss"]) < PARITY
    x, y = make_validation(experiment)
    model = build_model(experiment)
    for frame in (1, 15, 30):
        model.set_weights(unflatten(run.path[frame], experiment.widths, "batch"))
        theirs = float(np.mean((np.asarray(model(x)) - y) ** 2))
        assert run.val_loss[run.path_epochs[frame] - 1] == pytest.approx(theirs, rel=1e-4)
        np.testing.assert_allclose(run.predict_path(X)[frame], model(X[:, None])[:, 0], rtol=1e-3, atol=1e-3)
