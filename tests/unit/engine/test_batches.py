"""Mini-batches: against a training loop written by hand in NumPy, in double precision."""

import numpy as np
import pytest

from playground.data import make_data
from playground.engine.stacking import BATCH_NUMBERS, Kind, choose_shape, largest_stack
from playground.experiment import Stream
from playground.losses import LOSSES, losses_for
from playground.models.arrays import initial_weights
from playground.training import train
from tests.support.engine_cases import BATCHED, ROUNDING, relative_difference

# The derivative of each loss by the residual r, at the parameters that an experiment has by default.
SLOPES = {
    "mse": lambda r: 2 * r,
    "mae": np.sign,
    "huber": lambda r: np.clip(r, -1, 1),
    "log_cosh": np.tanh,
    "quantile": lambda r: np.where(r > 0, 0.1, -0.9),
    "epsilon_insensitive": lambda r: np.where(np.abs(r) > 0.5, np.sign(r), 0),
    "cauchy": lambda r: r / (1 + (r / 2) ** 2),
    "tukey": lambda r: np.where(np.abs(r) < 2, r * (1 - (r / 2) ** 2) ** 2, 0),
    "general": lambda r: r / np.sqrt(1 + (r / 2) ** 2),
}


def line_by_hand(experiment):
    """The loss of each epoch and the final (slope, intercept) of plain gradient descent."""
    data = make_data(experiment)
    x, y = data.x_train[:, 0].astype(float), data.y_train[:, 0].astype(float)
    slope, intercept = (float(array.ravel()[0]) for array in initial_weights(experiment))
    rng = Stream.SHUFFLE.generator(experiment.seed)
    loss, history = LOSSES[experiment.loss], []
    for _ in range(experiment.epochs):
        order = rng.permutation(len(x)) if experiment.shuffle else np.arange(len(x))
        total = 0.0
        for start in range(0, len(x), experiment.batch_size):
            rows = order[start : start + experiment.batch_size]
            residual = slope * x[rows] + intercept - y[rows]
            total += loss.curve(residual, **experiment.parameters).sum()
            pull = SLOPES[experiment.loss](residual)
            slope -= experiment.learning_rate * np.mean(pull * x[rows])
            intercept -= experiment.learning_rate * np.mean(pull)
        history.append(total / len(x))
    return np.array(history), (slope, intercept)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("loss", losses_for("regression"))
def test_every_loss_trains_on_the_batches_of_its_seed(loss, shuffle):
    # One permutation of the points an epoch, by the seed alone: a reader can draw them again.
    experiment = BATCHED.replace(loss=loss, shuffle=shuffle)
    # Beside one of another loss it trains in the program of all losses, which is compiled once for this test.
    company = experiment.replace(seed=4, loss="general" if loss != "general" else "tukey")
    runs = train([experiment.replace(seed=3), company])
    assert len(runs) == 2
    for run in runs:
        history, line = line_by_hand(run.experiment)
        assert relative_difference(run.loss, history) < ROUNDING
        # The intercept starts at 0 and Tukey hardly moves it: what float32 leaves of sums around 1 is 1e-7.
        assert run.line == pytest.approx(line, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(("points", "batch_size"), [(21, 20), (21, 1), (24, 8), (21, 7), (50, 21), (2, 1), (129, 64)])
def test_any_division_of_the_points(points, batch_size):
    experiment = BATCHED.replace(points=points, batch_size=batch_size, learning_rate=0.001)
    history, line = line_by_hand(experiment)
    run = train([experiment])[0]
    assert relative_difference(run.loss, history) < ROUNDING
    assert run.line == pytest.approx(line, rel=1e-4)


def test_shuffling_makes_a_difference():
    assert relative_difference(train([BATCHED])[0].loss, train([BATCHED.replace(shuffle=False)])[0].loss) > 0.01


@pytest.mark.parametrize("batch_size", [21, 22, 500])
def test_a_batch_of_all_points_is_no_mini_batch(batch_size):
    whole = train([BATCHED.replace(batch_size=0)])[0]
    for shuffle in (True, False):
        one_batch = train([BATCHED.replace(batch_size=batch_size, shuffle=shuffle)])[0]
        np.testing.assert_array_equal(one_batch.loss, whole.loss)


@pytest.mark.parametrize("members", [1, 16, 1000])
@pytest.mark.parametrize("hidden", [(), (64, 64)])
def test_a_call_holds_at_least_one_epoch_and_not_too_much(hidden, members):
    for points in range(2, 501, 7):
        for batch_size in range(1, points, max(1, points // 20)):
            experiment = BATCHED.replace(points=points, batch_size=batch_size, hidden=hidden)
            kind = Kind.from_experiment(experiment, frozenset())
            shape = choose_shape(kind, min(members, largest_stack(kind)))
            assert shape.batches >= -(-points // batch_size)
            assert shape.batches * shape.rows * shape.stack <= BATCH_NUMBERS
