"""Training: what ``train`` gives does not depend on the company, on the cuts, or on who watches."""

import threading
from threading import current_thread

import numpy as np
import pytest

from playground.engine import stack as engine_stack
from playground.engine.stacking import LARGE_STACK, STACK_SIZES, Kind, is_light
from playground.experiment import Experiment
from playground.models.arrays import initial_weights
from playground.training import RECORDABLE, train
from tests.support.engine_cases import BATCHED, LINE, NET, ROUNDING, relative_difference, same_run

MIXED = [
    LINE,
    NET.replace(optimizer="adam"),
    LINE.replace(loss="huber", delta=3),
    BATCHED.replace(points=30),
    LINE.replace(learning_rate=0.02, seed=5),
    LINE.replace(epochs=7),
    LINE.replace(loss="huber", delta=0.5, points=40, l2=0.1),
    NET.replace(activation="relu", global_clipnorm=5),
]


def close(one, other):
    """Whether two runs of one experiment are equal but for float rounding."""
    assert one.experiment == other.experiment
    return relative_difference(one.loss, other.loss) < ROUNDING and all(
        np.allclose(ours, theirs, rtol=1e-4, atol=1e-5) for ours, theirs in zip(one.weights, other.weights, strict=True)
    )


def test_nothing_to_train_gives_nothing():
    assert train([]) == []


def test_runs_come_in_the_order_of_the_experiments():
    runs = train(iter(MIXED))
    assert [run.experiment for run in runs] == MIXED
    assert [run.epochs for run in runs] == [experiment.epochs for experiment in MIXED]
    assert all(close(run, train([experiment])[0]) for run, experiment in zip(runs, MIXED, strict=True))


@pytest.mark.parametrize("experiment", [LINE, NET, BATCHED], ids=["line", "net", "batches"])
def test_equal_experiments_give_equal_runs(experiment):
    first, second = train([experiment, experiment])
    assert same_run(first, second)
    assert same_run(first, train([experiment, experiment.replace(noise=50)])[0])
    assert not np.array_equal(first.loss, train([experiment.replace(seed=1)])[0].loss)


@pytest.mark.parametrize("members", [3, 5, 17, 70])
def test_a_stack_of_any_size_trains_each_as_if_alone(members):
    rates = np.geomspace(0.001, 0.02, members)
    stack = [
        LINE.replace(learning_rate=rate, seed=seed, noise=seed % 7, points=20 - seed % 2)
        for seed, rate in enumerate(rates)
    ]
    runs = train(stack)
    for place in (0, 1, members // 2, members - 1):
        assert close(runs[place], train([stack[place]])[0])


def test_more_experiments_than_one_stack_holds():
    most = STACK_SIZES[-1]
    stack = [LINE.replace(seed=seed, epochs=2) for seed in range(most + 1)]
    runs = train(stack)
    assert [run.experiment.seed for run in runs] == list(range(most + 1))
    assert all(close(runs[place], train([stack[place]])[0]) for place in (0, most // 2 - 1, most // 2, most))


def test_all_losses_start_from_the_same_weights():
    runs = train([NET.replace(loss=loss, noise=noise) for loss, noise in (("mse", 1), ("mae", 9))], record=("weights",))
    np.testing.assert_array_equal(runs[0].path[0], runs[1].path[0])
    assert runs[0].path[0].any()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("experiment", [LINE, BATCHED, NET.replace(l2=0.1)], ids=["line", "batches", "net"])
def test_one_that_diverges_leaves_its_neighbours_alone(experiment, place):
    # The first member also fills the empty places of a stack, so it is worth a case of its own.
    stack = [experiment.replace(seed=seed, epochs=60) for seed in range(3)]
    alone = train(stack)
    stack[place] = stack[place].replace(learning_rate=100)
    runs = train(stack)
    assert not np.isfinite(runs[place].loss[-1])
    others = [k for k in range(3) if k != place]
    assert all(np.isfinite(runs[k].loss).all() and close(runs[k], alone[k]) for k in others)


CUT = [
    LINE,
    LINE.replace(optimizer="momentum", learning_rate=0.001),
    NET.replace(optimizer="adam"),
    BATCHED,
    BATCHED.replace(shuffle=False, optimizer="rmsprop"),
]


@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize("experiment", CUT, ids=lambda e: f"{e.optimizer}-{e.hidden}-{e.batch_size}")
def test_the_cuts_between_calls_leave_no_trace(monkeypatch, experiment, steps):
    whole = train([experiment])[0]
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", steps)
    assert same_run(train([experiment])[0], whole)


def test_more_epochs_than_one_call_takes():
    run = train([LINE.replace(epochs=2500)])[0]
    assert run.epochs == 2500
    np.testing.assert_array_equal(run.loss[:1000], train([LINE.replace(epochs=1000)])[0].loss)
    # Full-batch descent at a stable rate never climbs, so a row out of its place would show.
    assert (np.diff(run.loss) <= ROUNDING).all()
    assert run.loss[-1] > 0.1


def test_an_unknown_record_is_refused_by_name():
    with pytest.raises(ValueError, match="wieghts") as caught:
        train([LINE], record=("weights", "wieghts"))
    assert all(name in str(caught.value) for name in RECORDABLE)


def test_what_is_no_list_of_experiments_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"train\(\[experiment\]\)\[0\]"):
        train(Experiment())
    with pytest.raises(ValueError, match="experiments holds 'mse'; allowed are experiments"):
        train(["mse"])
    with pytest.raises(ValueError, match=r"record holds \['weights'\]; allowed is a list"):
        train([Experiment()], record="weights")


def test_what_is_recorded_does_not_change_the_training():
    experiment = NET.replace(optimizer="adam", batch_size=8)
    plain, recorded = train([experiment])[0], train([experiment], record=RECORDABLE)[0]
    assert close(recorded, plain)
    assert plain.path is plain.path_epochs is plain.val_loss is plain.gradient_norms is None
    assert recorded.gradient_norms.shape == (20, 2)
    assert recorded.val_loss.shape == recorded.loss.shape == (20,)
    assert recorded.path.shape == (21, 25)


def test_progress_rises_to_one(monkeypatch):
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", 6)
    shares = []
    train([LINE, NET, BATCHED], shares.append)
    assert shares == sorted(shares)
    # 20 epochs in calls of 6 steps: 4 calls of one step an epoch, twice, and 10 of three.
    assert len(shares) == 4 + 4 + 10
    assert shares[0] == pytest.approx(6 / 60)
    assert shares[-1] == 1


def test_false_stops_and_keeps_what_is_done(monkeypatch):
    complete = train([LINE, NET], record=("weights",))
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", 5)
    line, net = train([LINE, NET], lambda share: share < 0.25, record=("weights",))
    assert (line.epochs, net.epochs) == (10, 0)
    np.testing.assert_array_equal(line.loss, complete[0].loss[:10])
    np.testing.assert_array_equal(line.path, complete[0].path[:11])
    np.testing.assert_array_equal(line.path[-1], np.concatenate([array.ravel() for array in line.weights]))
    assert list(line.path_epochs) == list(range(11))
    assert all(map(np.array_equal, net.weights, initial_weights(NET)))
    assert net.loss.shape == (0,)
    assert list(net.path_epochs) == [0]


def test_only_false_stops():
    assert train([LINE], lambda share: None)[0].epochs == 20
    assert train([LINE, NET], lambda share: 0)[1].epochs == 20


def test_an_error_in_the_listener_leaves_the_engine_usable(monkeypatch):
    monkeypatch.setattr(engine_stack, "STEPS_PER_CALL", 5)
    before = train([LINE])[0]
    with pytest.raises(ZeroDivisionError):
        train([LINE], lambda share: 1 / 0)
    assert same_run(train([LINE])[0], before)


def two_large_stacks():
    """Enough experiments of one kind for two stacks, which train at once since each has much to do."""
    heavy = LINE.replace(epochs=5000)
    assert not is_light(Kind.from_experiment(heavy, frozenset()))
    return [heavy.replace(seed=seed % 5) for seed in range(STACK_SIZES[-1] + LARGE_STACK)]


def test_two_stacks_that_train_at_once_give_what_each_gives_alone():
    experiments = two_large_stacks()
    alone = train(experiments[:5])
    for place, run in enumerate(train(experiments)):
        assert run.experiment == experiments[place]
        assert relative_difference(run.loss, alone[place % 5].loss) < ROUNDING


def test_progress_is_heard_in_the_callers_own_thread():
    shares, threads = [], set()

    def hear(share):
        shares.append(share)
        threads.add(current_thread())

    train(two_large_stacks(), hear)
    assert threads == {current_thread()}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_caller_who_raises_ends_the_training_of_both():
    def raise_at_once(share):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        train(two_large_stacks(), raise_at_once)
    assert not [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]
