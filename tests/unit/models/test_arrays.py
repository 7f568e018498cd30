"""The weights: where a model starts, and how its arrays lie in a path."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from playground.experiment import Experiment
from playground.models.arrays import count_weights, initial_weights, unflatten
from playground.models.keras_model import build_model
from playground.tables.functions import TRUE_FUNCTIONS
from playground.training import train

SHAPES = [(), (1,), (8,), (16, 8), (64, 64, 2)]


@pytest.fixture(params=[1, 3])
def features(request, monkeypatch):
    """How many numbers of a point the article's line gives to the model."""
    monkeypatch.setitem(TRUE_FUNCTIONS, "line", replace(TRUE_FUNCTIONS["line"], features=request.param))
    return request.param


@pytest.mark.parametrize("hidden", SHAPES)
def test_shapes_are_those_of_keras(hidden, features):
    experiment = Experiment(hidden=hidden)
    assert experiment.widths == (features, *hidden, 1)
    model = build_model(experiment)
    ours, theirs = initial_weights(experiment), model.get_weights()
    assert all(map(np.array_equal, ours, theirs))
    assert len(ours) == len(theirs) == 2 * (len(hidden) + 1)
    assert count_weights(experiment.widths) == model.count_params()


def test_a_model_starts_as_dense_does():
    # Keras's own initializer fills the same range evenly: ± √(6 / (inputs + outputs)).
    kernels = initial_weights(Experiment(hidden=(64, 64)))[::2]
    for kernel in kernels:
        theirs = keras.initializers.GlorotUniform(seed=0)(kernel.shape).numpy()
        assert np.abs(kernel).max() == pytest.approx(np.abs(theirs).max(), rel=0.1)
        assert kernel.std() == pytest.approx(theirs.std(), rel=0.2)
        assert abs(kernel.mean()) < 4 * kernel.std() / kernel.size**0.5
    assert not any(bias.any() for bias in initial_weights(Experiment(hidden=(64, 64)))[1::2])


def test_only_seed_and_shape_decide_the_start():
    first = initial_weights(Experiment(hidden=(8,)))
    others = {"loss": "mae", "noise": 9, "points": 50, "optimizer": "adam", "batch_size": 4, "activation": "relu"}
    assert all(map(np.array_equal, initial_weights(Experiment(hidden=(8,), **others)), first))
    assert not np.isclose(initial_weights(Experiment(hidden=(8,), seed=1))[0], first[0]).any()


def test_the_line_starts_where_it_is_told_to():
    drawn = initial_weights(Experiment())
    assert all(map(np.array_equal, initial_weights(Experiment(start_intercept=-7.5)), (drawn[0], [-7.5])))
    assert all(map(np.array_equal, initial_weights(Experiment(start_slope=0.0)), ([[0.0]], drawn[1])))
    run = train([Experiment(start_slope=-4.0, start_intercept=9.0, epochs=1)], record=("weights",))[0]
    assert run.path[0].tolist() == [-4.0, 9.0]
    net = Experiment(hidden=(4,))
    assert all(map(np.array_equal, initial_weights(net.replace(start_slope=1.0)), initial_weights(net)))


def test_a_caller_cannot_change_the_start_of_others():
    with pytest.raises(ValueError, match="read-only"):
        initial_weights(Experiment())[0][...] = 0


@pytest.mark.parametrize("hidden", SHAPES)
def test_a_path_is_cut_into_layers_as_it_was_joined(hidden, features):
    experiment = Experiment(hidden=hidden, seed=3)
    weights = [np.stack([array, 2 * array]) for array in initial_weights(experiment)]
    path = np.concatenate([array.reshape(2, -1) for array in weights], axis=1)
    assert path.shape == (2, count_weights(experiment.widths))
    assert all(map(np.array_equal, unflatten(path, experiment.widths), weights))
    assert all(map(np.array_equal, unflatten(path[1], experiment.widths), [array[1] for array in weights]))
