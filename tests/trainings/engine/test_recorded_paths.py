"""What a run records and answers: its path, its gradients, its predictions."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.data import make_data
from playground.engine import stack as engine_stack
from playground.models.arrays import count_weights, initial_weights, unflatten
from playground.models.keras_model import build_model
from playground.training import train
from tests.support.engine_cases import BATCHED, LINE, NET, same_run

# 4,353 weights, of which a call has room for 114 frames: every third of these epochs is kept.
LARGE = NET.replace(hidden=(64, 64), epochs=250, learning_rate=1e-4)

X = np.linspace(-12, 12, 7)


def flat(weights):
    return np.concatenate([array.ravel() for array in weights])


def path_of(experiment):
    return train([experiment], record=("weights",))[0]


@pytest.mark.parametrize("experiment", [LINE, NET, BATCHED, LARGE], ids=["line", "net", "batches", "large"])
def test_the_path_leads_from_the_first_weights_to_the_last(experiment):
    run = path_of(experiment)
    assert run.path.shape == (len(run.path_epochs), count_weights(experiment.widths))
    assert (run.path_epochs[0], run.path_epochs[-1]) == (0, experiment.epochs)
    np.testing.assert_array_equal(run.path[0], flat(initial_weights(experiment)))
    np.testing.assert_array_equal(run.path[-1], flat(run.weights))


def test_every_epoch_of_a_small_run_is_on_the_path():
    assert list(path_of(LINE).path_epochs) == list(range(21))


def test_the_path_of_a_large_run_skips_epochs_but_not_the_last():
    run = path_of(LARGE)
    assert list(run.path_epochs) == [*range(0, 250, 3), 250]


@pytest.mark.parametrize("experiment", [LINE, NET, BATCHED, LARGE], ids=["line", "net", "batches", "large"])
def test_each_point_of_the_path_is_what_a_shorter_training_gives(experiment):
    run = path_of(experiment)
    for frame in (1, 2, len(run.path) // 2, len(run.path) - 2):
        shorter = train([experiment.replace(epochs=int(run.path_epochs[frame]))])[0]
        np.testing.assert_allclose(run.path[frame], flat(shorter.weights), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("steps", [1, 50, 100])
def test_the_path_does_not_show_where_calls_begin(monkeypatch, steps):
    # 50 is no multiple of the stride of 3: calls begin inside a stride.
    whole = path_of(LARGE)
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", steps)
    run = path_of(LARGE)
    np.testing.assert_array_equal(run.path, whole.path)
    np.testing.assert_array_equal(run.path_epochs, whole.path_epochs)


@pytest.mark.parametrize("epochs", [49, 50, 51, 52])
def test_the_path_of_a_stopped_run_ends_where_it_stopped(monkeypatch, epochs):
    whole = path_of(LARGE)
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", epochs)
    run = train([LARGE], lambda share: False, record=("weights",))[0]
    assert list(run.path_epochs) == [*range(0, epochs, 3), epochs]
    np.testing.assert_array_equal(run.path[:-1], whole.path[: len(run.path) - 1])
    np.testing.assert_array_equal(run.path[-1], flat(run.weights))


@pytest.mark.parametrize("experiment", [LINE, NET, LARGE], ids=["line", "net", "large"])
def test_predictions_along_the_path_are_those_of_keras(experiment):
    run = path_of(experiment)
    model, answers = build_model(experiment), run.predict_path(X)
    assert answers.shape == (len(run.path), len(X))
    for frame in (0, 1, len(run.path) // 2, -1):
        model.set_weights(unflatten(run.path[frame], experiment.widths))
        theirs = model(X.astype(np.float32)[:, None])[:, 0]
        np.testing.assert_allclose(answers[frame], theirs, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(answers[-1], run.predict(X), rtol=1e-6, atol=1e-6)


@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu"])
def test_the_trained_model_is_handed_over_as_keras(activation):
    run = train([NET.replace(activation=activation, hidden=(9, 3), l2=0.01, epochs=3)])[0]
    model = run.to_keras()
    assert isinstance(model, keras.Sequential)
    theirs = model.predict(X[:, None], verbose=0)
    np.testing.assert_allclose(run.predict(X[:, None]), theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(run.predict(X), run.predict(X[:, None])[:, 0])
    assert all(map(np.array_equal, model.get_weights(), run.weights))


def test_a_line_answers_with_its_slope_and_intercept():
    run = train([LINE])[0]
    slope, intercept = run.line
    np.testing.assert_allclose(run.predict(X), slope * X + intercept, rtol=1e-5)
    assert train([NET])[0].line is None


def test_without_a_path_the_remedy_is_named():
    with pytest.raises(ValueError, match=r"record=\('weights',\)"):
        train([LINE])[0].predict_path(X)


def norms_by_keras(model, x, y):
    """Length of each layer's gradient, penalties included, nothing clipped."""
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x))
    gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    lengths = np.array([np.linalg.norm(gradient) for gradient in gradients])
    return np.hypot(lengths[::2], lengths[1::2])


NORMS = {
    "line": LINE,
    "net": NET.replace(hidden=(9, 8), seed=3),
    "penalties": NET.replace(l1=0.5, l2=0.3),
    "clipped": NET.replace(global_clipnorm=0.1),
    "huber": NET.replace(loss="huber", delta=2.0, clipvalue=0.1),
    "batches": BATCHED.replace(hidden=(8,), shuffle=False),
}


@pytest.mark.parametrize("experiment", NORMS.values(), ids=NORMS.keys())
def test_gradient_norms_are_those_of_the_plain_model_before_clipping(experiment):
    run = train([experiment.replace(seed=9), experiment], record=("weights", "gradient_norms"))[1]
    data, model = make_data(experiment), build_model(experiment)
    cuts = range(experiment.rows_per_batch, experiment.points, experiment.rows_per_batch)
    *before, last = zip(np.split(data.x_train, cuts), np.split(data.y_train, cuts), strict=True)
    for epoch in (0, 1, 19):
        model.set_weights(unflatten(run.path[epoch], experiment.widths))
        for batch in before:
            model.train_on_batch(*batch)
        np.testing.assert_allclose(run.gradient_norms[epoch], norms_by_keras(model, *last), rtol=1e-4)


def test_recording_twice_gives_the_same():
    record = ("weights", "gradient_norms", "val_loss")
    one, other = (train([NET], record=record)[0] for _ in range(2))
    assert same_run(one, other)
    for name in ("path", "gradient_norms", "val_loss"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
