"""What an epoch's loss means, as Keras reports it: which weights it belongs to, how batches count, what is in it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.data import make_data, make_validation
from playground.experiment import Experiment, Stream
from playground.losses import LOSSES
from playground.models.keras_model import build_keras_loss, build_model
from playground.pages.losses.cross_check import cross_check_loss
from playground.pages.overfit.study import train_and_fit as remedied
from playground.training import train
from tests.support.engine_cases import ROUNDING, relative_difference

LINE = Experiment(noise=5.0, epochs=1)


def mse(experiment, slope, intercept, rows=slice(None)):
    """The mean squared error of a line on the training points, in double precision."""
    data = make_data(experiment)
    x, y = data.x_train[rows, 0].astype(float), data.y_train[rows, 0].astype(float)
    return float(np.mean((slope * x + intercept - y) ** 2))


def descend(experiment, orders):
    """Gradient descent on the mean squared error by hand: each epoch's loss, and the line at the end."""
    data = make_data(experiment)
    x, y = data.x_train[:, 0].astype(float), data.y_train[:, 0].astype(float)
    line, losses = np.array([kernel_of(experiment), 0.0]), []
    for order in orders:
        total = 0.0
        for start in range(0, len(x), experiment.rows_per_batch):
            rows = order[start : start + experiment.rows_per_batch]
            residual = line[0] * x[rows] + line[1] - y[rows]
            total += float(np.sum(residual**2))  # before the update, and each row counts as much
            pull = 2.0 * np.array([np.mean(residual * x[rows]), np.mean(residual)])
            line = line - experiment.learning_rate * pull
        losses.append(total / len(x))
    return losses, line


def kernel_of(experiment):
    return float(build_model(experiment).get_weights()[0][0, 0])


def fit_arrays(experiment, **options):
    """Plain Keras, given arrays: the history, and the model."""
    data, model = make_data(experiment), build_model(experiment)
    history = model.fit(
        data.x_train, data.y_train, batch_size=experiment.rows_per_batch, epochs=experiment.epochs,
        shuffle=False, verbose=0, **options,
    )  # fmt: skip
    return history.history, model


@pytest.mark.usefixtures("step_by_step")
def test_the_loss_of_an_epoch_belongs_to_the_weights_before_its_step():
    experiment = LINE.replace(learning_rate=0.02)
    run = train([experiment])[0]
    evaluated = run.to_keras().evaluate(run.data.x_train, run.data.y_train, verbose=0)
    assert run.loss[0] == pytest.approx(mse(experiment, kernel_of(experiment), 0.0), rel=1e-5)
    assert evaluated == pytest.approx(mse(experiment, *run.line), rel=1e-5)
    assert abs(evaluated - run.loss[0]) > 0.1 * run.loss[0]
    assert fit_arrays(experiment)[0]["loss"][0] == pytest.approx(run.loss[0], rel=1e-5)


@pytest.mark.usefixtures("step_by_step")
def test_of_batches_each_is_measured_before_its_own_update():
    experiment = LINE.replace(batch_size=4, epochs=10, learning_rate=0.005)
    rng = Stream.SHUFFLE.generator(experiment.seed)
    losses, line = descend(experiment, [rng.permuted(np.arange(experiment.points)) for _ in range(10)])
    run = train([experiment])[0]
    np.testing.assert_allclose(run.loss, losses, rtol=1e-4)
    np.testing.assert_allclose(run.line, line, rtol=1e-3)
    # No weights at all have the epoch's loss: those at the start of the last epoch have more, those at its end less.
    evaluated = run.to_keras().evaluate(run.data.x_train, run.data.y_train, verbose=0)
    assert evaluated == pytest.approx(mse(experiment, *run.line), rel=1e-5)
    assert abs(evaluated - run.loss[-1]) > 0.01 * run.loss[-1]


@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize(("points", "size"), [(21, 16), (21, 20), (3, 2)])
def test_a_smaller_last_batch_counts_by_its_rows(points, size):
    experiment = LINE.replace(points=points, batch_size=size, shuffle=False, learning_rate=0.002, seed=1)
    (by_hand,), _ = descend(experiment, [np.arange(points)])
    run = train([experiment])[0]
    assert run.loss[0] == pytest.approx(by_hand, rel=1e-5)
    assert fit_arrays(experiment)[0]["loss"][0] == pytest.approx(by_hand, rel=1e-5)
    # A mean over batches, whatever their size, would be another number.
    first = mse(experiment, kernel_of(experiment), 0.0, slice(size))
    second = (by_hand * points - first * size) / (points - size)
    assert abs(np.mean([first, second]) - by_hand) > 0.01 * by_hand


def test_batch_normalisation_takes_a_last_batch_of_one_point_as_keras_does():
    experiment = LINE.replace(
        points=21, batch_size=20, shuffle=False, hidden=(8,), normalisation="batch", learning_rate=0.001, epochs=5
    )
    run = train([experiment])[0]
    history, model = fit_arrays(experiment)
    assert relative_difference(run.loss, history["loss"]) < ROUNDING
    for ours, theirs in zip(run.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_the_penalty_is_in_the_loss_and_in_the_held_out_loss(penalty):
    experiment = LINE.replace(noise=1.0, epochs=8, **{penalty: 1.0})
    run, longer = train([experiment, experiment.replace(epochs=9)], record=("val_loss",))
    slope, intercept = run.line
    adds = abs(slope) if penalty == "l1" else slope**2
    x_val, y_val = (array[:, 0].astype(float) for array in make_validation(experiment))
    held_out = float(np.mean((slope * x_val + intercept - y_val) ** 2))
    assert adds > 0.1
    assert longer.loss[-1] == pytest.approx(mse(experiment, slope, intercept) + adds, rel=1e-5)
    assert run.val_loss[-1] == pytest.approx(held_out + adds, rel=1e-5)
    history, _ = fit_arrays(experiment, validation_data=make_validation(experiment))
    assert history["val_loss"][-1] == pytest.approx(run.val_loss[-1], rel=1e-5)


@pytest.mark.parametrize(("epochs", "patience"), [(300, 5000), (3000, 1)])
def test_early_stopping_gives_back_the_weights_of_the_lowest_held_out_loss(epochs, patience):
    experiment = Experiment(dataset="sine", points=15, degree=15, learning_rate=0.02, epochs=epochs)
    (fit,) = remedied([("early", experiment, patience)])
    run = train([experiment], record=("val_loss",))[0]
    seen = run.val_loss[: fit.stop.stopped]
    assert fit.stop.best == int(np.argmin(seen)) + 1
    assert fit.val_error == pytest.approx(float(seen.min()), rel=1e-5)
    assert fit.stop.stopped == (epochs if patience >= epochs else fit.stop.best + patience)


@pytest.mark.parametrize(
    ("y_true", "expected"),
    [([0, 1, 0, 0], 1.3), ([1, 1, 1, 1], 0.5), ([0, 0, 0, 0], 1.5)],
    ids=["both labels", "label 1 alone", "label 0 alone"],
)
def test_hinge_takes_labels_of_0_and_1_whatever_the_batch_holds(y_true, expected):
    ways = cross_check_loss(LOSSES["hinge"], np.array(y_true, float), np.array([0.6, 0.4, 0.4, 0.6]), keras=True)
    assert (ways.loop, ways.numpy, ways.keras) == pytest.approx((expected,) * 3, rel=1e-6)


CERTAIN = np.array([1000.0, -1000.0, 50.0, -50.0, 18.0, 3.0, 0.0])


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_focal_loss_without_focusing_is_the_cross_entropy_of_keras(label):
    y_true = np.full_like(CERTAIN, label)
    exact = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None, dtype="float64")
    theirs = np.asarray(exact(y_true[:, None], CERTAIN[:, None]))
    np.testing.assert_allclose(LOSSES["focal"].value(np, y_true, CERTAIN, gamma=0.0), theirs, rtol=1e-12, atol=1e-300)
    focal = build_keras_loss(LOSSES["focal"], {"gamma": 0.0})
    assert float(focal(y_true[:, None], CERTAIN[:, None])) == pytest.approx(theirs.mean(), rel=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 2.0])
def test_of_a_certain_and_right_answer_focal_loss_and_its_slope_are_0(gamma):
    logits = tf.Variable(CERTAIN, dtype=tf.float32)
    with tf.GradientTape() as tape:
        losses = LOSSES["focal"].value(keras.ops, tf.ones_like(logits), logits, gamma=gamma)
    slopes = tape.gradient(losses, logits).numpy()
    assert np.isfinite(losses).all()
    assert np.isfinite(slopes).all()
    assert (float(losses[0]), slopes[0]) == (0.0, 0.0)
    assert slopes[1] == slopes[3] == -1.0  # certain and wrong


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5])
def test_a_focal_training_that_becomes_certain_stays_finite(gamma):
    experiment = Experiment(
        dataset="two_groups", overlap=0.05, loss="focal", gamma=gamma, learning_rate=10.0, epochs=2000
    )
    run, cross = train([experiment, experiment.replace(loss="cross_entropy")])
    assert np.isfinite(run.loss).all()
    assert np.isfinite(np.concatenate([array.ravel() for array in run.weights])).all()
    assert np.all((run.predict(run.data.x_train) > 0) == (run.data.y_train == 1))
    if gamma == 0.0:
        np.testing.assert_allclose(run.loss, cross.loss, rtol=1e-4)
