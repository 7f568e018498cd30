"""Sweeps: every number is that of the single run, whoever trains it; bands cover the truth as often as they say."""

import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.metrics import log_loss, zero_one_loss

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment, settings
from playground.experiment.setting import Number
from playground.sweeps import (
    Axis,
    Sweep,
    cut_sweep,
    find_judges,
    join_parts,
    space_values,
    sweep,
    sweepable,
    train_part,
    train_sweep,
)
from playground.sweeps.bands import band
from playground.sweeps.results import OUTCOMES
from playground.training import train

BASE = Experiment(epochs=30, seed=4)
RATES = Axis("learning_rate", (0.003, 0.01, 0.5))
SMALL = Sweep(BASE, (RATES, Axis("noise", (0.0, 3.0))), ("mse", "huber"), 3)


@pytest.fixture(scope="module")
def small():
    return train_sweep(SMALL)


def equal(one, other):
    """Whether two sweeps came to the same numbers, bit by bit."""
    return all(np.array_equal(one.columns[name], other.columns[name], equal_nan=True) for name in one.columns)


def is_gone(loss):
    """Whether a course of losses has no numbers to keep: it is not finite, or ends beyond a hundred times its start."""
    return not np.isfinite(loss).all() or loss[-1] > 100 * loss[0]


def test_every_number_is_that_of_its_own_run(small):
    experiments = SMALL.experiments()
    diagnoses = [Diagnosis(run) for run in train(experiments)]
    told = {name: column.ravel() for name, column in small.columns.items()}
    for place, diagnosis in enumerate(diagnoses):
        gone = is_gone(diagnosis.run.loss)
        assert told["diverged_at"][place] == (diagnosis.diverged_at or 0)
        expected = {
            "rmse": diagnosis.rmse,
            "mae": diagnosis.mae,
            "final_loss": diagnosis.run.loss[-1],
            "settled": diagnosis.settled_epoch,
            "slope": diagnosis.run.line[0],
            "intercept": diagnosis.run.line[1],
        }
        for name, value in expected.items():
            assert told[name][place] == pytest.approx(np.nan if gone else value, rel=1e-4, nan_ok=True)
    assert set(find_judges(BASE)) == set(expected)
    assert 0 < small.diverged.sum() < SMALL.size


def test_standardised_lines_are_judged_in_their_own_units():
    plan = Sweep(BASE.replace(standardise=True, learning_rate=0.1), (Axis("points", (9, 40)),), ("mse",), 2)
    found = train_sweep(plan)
    for place in (0, 1):
        alone = Diagnosis(train([plan.at(1, "mse", place)])[0])
        assert found.judge_values("rmse", "mse")[1, place] == pytest.approx(alone.rmse, rel=1e-4)
        assert found.judge_values("slope", "mse")[1, place] == pytest.approx(alone.run.line[0], rel=1e-4)
        assert found.judge_values("intercept", "mse")[1, place] == pytest.approx(alone.run.line[1], rel=1e-4)


def test_classifiers_are_judged_on_fresh_points():
    base = Experiment(dataset="moons", loss="cross_entropy", points=40, learning_rate=0.5, epochs=30)
    plan = Sweep(base, (Axis("overlap", (0.2, 1.0)),), ("cross_entropy", "hinge"), 2)
    found = train_sweep(plan)
    assert found.judges == ["error_rate", "log_loss", "final_loss", "settled"]
    run = train([plan.at(1, "hinge", 1)])[0]
    logits, y = run.predict(run.data.x_test)[:, 0], run.data.y_test[:, 0]
    assert found.judge_values("error_rate", "hinge")[1, 1] == pytest.approx(zero_one_loss(y, logits > 0), abs=1e-3)
    probability = 1 / (1 + np.exp(-logits.astype(float)))
    assert found.judge_values("log_loss", "hinge")[1, 1] == pytest.approx(log_loss(y, probability), rel=1e-4)


def test_a_place_is_its_experiment(small):
    experiment = SMALL.at(2, "huber", 1, 0)
    assert experiment == BASE.replace(loss="huber", learning_rate=0.01, noise=0.0, seed=6)
    rmse = Diagnosis(train([experiment])[0]).rmse
    assert small.judge_values("rmse", "huber")[2, 1, 0] == pytest.approx(rmse, rel=1e-4)


def test_the_frame_names_every_training(small):
    frame = small.frame()
    assert len(frame) == SMALL.size
    row = frame[(frame.loss == "huber") & (frame.learning_rate == 0.01) & (frame.noise == 0) & (frame.seed == 6)]
    assert row.rmse.item() == small.judge_values("rmse", "huber")[2, 1, 0]
    assert frame.diverged_at.gt(0).eq(frame.outcome.isin(["diverged", "NaN or infinite"])).all()
    assert set(frame.outcome) <= set(OUTCOMES)


def test_a_training_that_stays_finite_keeps_its_numbers():
    """A growing loss is called diverged, yet its numbers are there; only NaN and explosions have none."""
    base = Experiment(learning_rate=0.0276, epochs=60, noise=0.0)
    runs = train([base.replace(epochs=epochs) for epochs in (60, 300, 3000)])
    frame = sweep(base, epochs=[60, 300, 3000])
    ends = [run.loss[-1] / run.loss[0] for run in runs]
    assert 1 < ends[0] < 100 < ends[1]
    assert not np.isfinite(runs[2].loss[-1])
    assert frame.outcome.tolist() == ["diverged", "diverged", "NaN or infinite"]
    assert frame.final_loss[0] == pytest.approx(runs[0].loss[-1], rel=1e-3)
    assert frame.rmse[0] == pytest.approx(Diagnosis(runs[0]).rmse, rel=1e-3)
    assert frame.rmse[1:].isna().all()


def test_what_diverged_is_in_no_mean():
    found = train_sweep(Sweep(Experiment(learning_rate=0.0276, epochs=60, noise=0.0), (), ("mse",), 2))
    assert np.isfinite(found.columns["rmse"]).all()
    assert np.isnan(found.judge_values("rmse", "mse")).all()


def test_sweep_is_the_same_for_a_notebook(small):
    frame = sweep(BASE, learning_rate=np.array(RATES.values), noise=[0, 3], losses=["mse", "huber"], seeds=3)
    assert frame.equals(small.frame())


def test_every_number_of_an_experiment_can_be_an_axis():
    numbers = {name for name, setting in settings().items() if isinstance(setting, Number)}
    assert set(sweepable()) == numbers - {"seed", "hidden"}
    for name, setting in sweepable().items():
        axis = space_values(name, setting.low, setting.high, 3, log=False)
        assert all(getattr(BASE.replace(**{name: value}), name) == value for value in axis.values)


def test_whole_settings_get_whole_values():
    assert space_values("points", 2, 5, 10, log=False).values == (2, 3, 4, 5)
    assert space_values("epochs", 1, 1000, 4, log=True).values == (1, 10, 100, 1000)
    assert space_values("learning_rate", 0.001, 0.1, 3, log=True).values == (0.001, 0.01, 0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("noise", 3, 1, 5), "Noise σ: from (3) has to be less than to (1); allowed are 0 to 100"),
        (("noise", -1, 1, 5), "Noise σ: from is −1; allowed are 0 to 100"),
        (("learning_rate", 0.1, 1000, 5), "Learning rate: to is 1,000; allowed are 0.000001 to 100"),
    ],
)
def test_a_range_that_is_none_is_refused(arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        space_values(*arguments, log=False)


def test_zero_has_no_logarithm():
    with pytest.raises(ValueError, match="more than 0"):
        space_values("noise", 0, 1, 5, log=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"wieght": [1]}, "wieght cannot be an axis; allowed are noise"),
        ({"noise": []}, "noise has no values"),
        ({"noise": [1], "losses": ["msee"]}, "'msee'; allowed are mse"),
        ({"noise": [1], "seeds": 0}, "seeds is 0"),
        ({"noise": [-1]}, "noise"),
        ({"points": [2.5]}, "points"),
    ],
)
def test_a_wrong_sweep_says_what_is_wrong(options, said):
    with pytest.raises(ValueError, match=said):
        sweep(BASE, **options)


def test_many_numbers_of_points_share_a_program():
    plan = Sweep(BASE, (Axis("points", tuple(range(3, 60, 4))),), ("mse",), 2)
    found = train_sweep(plan)
    for place in (0, 7, 14):
        alone = Diagnosis(train([plan.at(1, "mse", place)])[0])
        assert found.judge_values("rmse", "mse")[1, place] == pytest.approx(alone.rmse, rel=1e-4)


def test_stop_keeps_what_is_done():
    plan = Sweep(BASE, (Axis("epochs", (5, 10, 15)),), ("mse",), 2)
    shares = []
    part = train_sweep(plan, on_progress=lambda share: shares.append(share) or len(shares) < 2)
    whole = train_sweep(plan)
    np.testing.assert_array_equal(part.trained.any(axis=(0, 1)), [True, True, False])
    np.testing.assert_array_equal(part.judge_values("rmse", "mse")[:, :2], whole.judge_values("rmse", "mse")[:, :2])
    assert np.isnan(part.judge_values("rmse", "mse")[:, 2]).all()


def test_parts_come_together_to_the_whole(small):
    cuts = cut_sweep(SMALL, 5)
    found = [train_part(SMALL, *cut) for cut in cuts]
    assert [first for first, _ in cuts] == [0, *(last for _, last in cuts[:-1])]
    whole = join_parts(SMALL, cuts, found)
    for name, column in small.columns.items():
        np.testing.assert_allclose(whole.columns[name], column, rtol=1e-4)
    assert join_parts(SMALL, cuts, found[:2]).trained.sum() == cuts[1][1]


def test_what_travels_to_another_machine_is_small(small):
    asked = Sweep(**{name: getattr(SMALL, name) for name in ("base", "axes", "losses", "seeds")})
    assert SMALL.experiments()
    assert pickle.dumps(SMALL) == pickle.dumps(asked)
    assert pickle.loads(pickle.dumps(SMALL)) == SMALL


LARGE = Sweep(BASE, (Axis("learning_rate", tuple(np.linspace(0.001, 0.5, 500).tolist())),), ("mse", "mae"), 12)


def test_an_executor_gives_the_same_numbers():
    with ThreadPoolExecutor(2) as executor:
        shares = []
        found = train_sweep(LARGE, executor=executor, on_progress=shares.append)
    assert equal(found, train_sweep(LARGE))
    assert len(shares) == 6
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_executor_stops_too():
    with ThreadPoolExecutor(1) as executor:
        found = train_sweep(LARGE, executor=executor, on_progress=lambda share: False)
    assert 0 < found.trained.sum() < LARGE.size


def test_the_band_covers_the_truth_as_often_as_it_says():
    # The intercept that MSE finds is the truth plus Gaussian noise, so Student's band is exact: 95% of repetitions.
    repetitions, seeds = 1000, 10
    plan = Sweep(Experiment(), (), ("mse",), repetitions * seeds)
    intercepts = train_sweep(plan).judge_values("intercept", "mse").reshape(repetitions, seeds)
    found = band(intercepts.T)
    assert 0.93 <= (np.abs(found.mean - 3.0) <= found.half).mean() <= 0.97
