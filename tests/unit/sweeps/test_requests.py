"""What a notebook asks of ``sweep``: each request is either read as it is meant, or refused with the remedy."""

import re
from collections import deque
from fractions import Fraction
from itertools import count

import numpy as np
import pandas as pd
import pytest

from playground.experiment import Experiment
from playground.export.kept import Kept, read_kept
from playground.losses import LOSSES, Target
from playground.sweeps import Axis, Sweep, drop_repeats, sweep, sweepable, train_sweep
from playground.sweeps.requests import read_axis, read_losses, read_seeds
from playground.training import train
from tests.support.alike_cases import ALIKE_BASES, MOONS, QUICK, assert_alike_exactly_if_runs_are_equal, spread_values

pytestmark = pytest.mark.usefixtures("step_by_step")

POSITIVE = QUICK.replace(noise=0.0, dataset="quadratic", points=2)


def repr_without_address(value):
    """What tells a case from others, the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy", "brier", "focal", "squared_hinge", "weighted", "naive"])
def test_a_loss_for_labels_is_refused_on_numbers(loss):
    said = f"loss is '{loss}', which is for labels 0 and 1, .* dataset 'line' have numbers; choose one of mse, mae"
    with pytest.raises(ValueError, match=said):
        sweep(QUICK, losses=["mse", loss])
    with pytest.raises(ValueError, match=said):
        train([QUICK, QUICK.replace(loss=loss)])
    with pytest.raises(ValueError, match=said):
        train_sweep(Sweep(QUICK, (), ("mse", loss)))


@pytest.mark.parametrize("loss", ["mse", "huber", "poisson"])
def test_a_loss_for_numbers_is_refused_on_labels(loss):
    said = f"loss is '{loss}', .* dataset 'moons' have labels 0 and 1; choose one of cross_entropy, weighted"
    with pytest.raises(ValueError, match=said):
        sweep(MOONS, losses=[loss])
    with pytest.raises(ValueError, match=said):
        train([MOONS.replace(loss=loss)])


def test_the_loss_of_the_base_is_checked_too():
    with pytest.raises(ValueError, match="loss is 'mse'"):
        sweep(Experiment(dataset="moons"), learning_rate=[0.1])


def test_a_loss_for_positive_numbers_is_refused_where_there_are_others():
    below = QUICK.replace(loss="poisson", noise=50.0)
    with pytest.raises(ValueError, match=r"'poisson', which is for numbers of 0 and above, .* have numbers below 0"):
        train([below])


def test_every_loss_trains_on_data_of_its_own():
    for key, loss in LOSSES.items():
        base = {Target.REAL: QUICK, Target.POSITIVE: POSITIVE}.get(loss.target, MOONS)
        assert train([base.replace(loss=key)])[0].epochs == 2


def test_a_link_that_keeps_a_loss_beside_its_data_is_mended():
    kept, notices = read_kept({"kept": ["train~loss~hinge", "train~loss~mae", "classify~dataset~moons"]})
    assert [each.experiment.loss for each in kept] == ["mae"]
    assert "loss is 'hinge', which is for labels 0 and 1" in notices[0]
    assert "loss is 'mse', which is for numbers" in notices[1]
    with pytest.raises(ValueError, match="loss is 'hinge'"):
        Kept(experiment=Experiment(loss="hinge"))


GIVEN = [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "values",
    [
        [0, 1, 2],
        (0, 1.0, 2),
        range(3),
        (value for value in GIVEN),
        iter(GIVEN),
        map(float, range(3)),
        np.arange(3),
        np.arange(3, dtype=np.uint8),
        np.array(GIVEN, np.float32),
        np.array(GIVEN, object),
        pd.Series(GIVEN),
        pd.Index(GIVEN),
        deque(GIVEN),
        [Fraction(0), Fraction(1), Fraction(2)],
        [0, 1, 2, 1, 0],  # each value once
        [np.float64(0), np.int32(1), np.float16(2)],
    ],
    ids=repr_without_address,
)
def test_whatever_lists_numbers_is_read(values):
    axis = read_axis("noise", values)
    assert axis == Axis("noise", (0.0, 1.0, 2.0))
    assert {type(value) for value in axis.values} == {float}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("12", r"noise is '12'; allowed is a list of values: write noise=\[0.01, 0.1\]"),
        (b"12", "noise is b'12'; allowed is a list"),
        (bytearray(b"12"), "allowed is a list"),
        ({1.0, 2.0}, "noise is {1.0, 2.0}; allowed is a list"),
        (frozenset({1.0}), "allowed is a list"),
        ({"a": 1.0}, "allowed is a list"),
        ({1: 2}.keys(), "allowed is a list"),
        (3, "noise is 3; allowed is a list"),
        (3.5, "noise is 3.5; allowed is a list"),
        (np.float64(3.5), "allowed is a list"),
        (np.array(3.0), "allowed is a list"),
        (None, "noise is None; allowed is a list"),
        (True, "noise is True; allowed is a list"),
        ([], "noise has no values; give it one or more"),
        (np.zeros(0), "noise has no values"),
        (iter(()), "noise has no values"),
        (["1", "2"], "noise holds '1', which is no number; allowed are 0 to 100"),
        ([b"1"], "noise holds b'1', which is no number"),
        ([True, False], "noise holds True, which is no number"),
        (np.array([True]), "which is no number"),
        ([1, None], "noise holds None, which is no number"),
        ([1 + 0j], "which is no number"),
        ([[1.0, 2.0]], r"noise holds \[1.0, 2.0\], which is no number"),
        (np.ones((2, 2)), "which is no number"),
        (pd.DataFrame({"a": [1.0]}), "noise holds 'a', which is no number"),
        ([1.0, float("nan")], "noise holds nan; allowed are 0 to 100"),
        ([np.inf], "noise holds inf; allowed"),
        ([-1], "noise holds -1; allowed are 0 to 100: remove it or change it"),
        ([1e30], "noise holds 1e"),
        ([object()], "which is no number"),
        (count(), "noise has more than 1,000,000 values"),
    ],
    ids=repr_without_address,
)
def test_what_lists_no_numbers_is_refused_with_the_remedy(values, said):
    with pytest.raises(ValueError, match=said):
        sweep(QUICK, noise=values)


def test_whole_settings_take_whole_numbers_only():
    assert read_axis("points", np.array([5.0, 6.0])) == Axis("points", (5, 6))
    assert {type(value) for value in read_axis("points", np.array([5.0])).values} == {int}
    with pytest.raises(ValueError, match=r"points holds 2.5; allowed are whole numbers from 2 to 500"):
        sweep(QUICK, points=[2.5])


@pytest.mark.parametrize(
    "losses", [["mse", "mae"], ("mse", "mae", "mse"), np.array(["mse", "mae"]), {"mse": 1, "mae": 2}.keys().__iter__()]
)
def test_whatever_lists_losses_is_read(losses):
    assert read_losses(losses) == ("mse", "mae")


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ("mse", r"losses is 'mse'; allowed is a list of values: write losses=\[\"mse\", \"mae\"\]"),
        ([], "losses has no values"),
        (np.zeros(0), "losses has no values"),
        ({"mse"}, "allowed is a list"),
        ({"mse": 1}, "allowed is a list"),
        (3, "losses is 3; allowed is a list"),
        ([["mse"]], r"losses holds \['mse'\]; allowed are mse"),
        ([None], "losses holds None; allowed are mse"),
        ([1], "losses holds 1"),
        (["MSE"], "losses holds 'MSE'"),
    ],
)
def test_what_lists_no_losses_is_refused(losses, said):
    with pytest.raises(ValueError, match=said):
        sweep(QUICK, losses=losses)


@pytest.mark.parametrize("seeds", [0, -1, 2.0, 2.5, "3", True, None, [1, 2], np.nan, np.True_, 2**31 + 1])
def test_what_counts_no_seeds_is_refused(seeds):
    with pytest.raises(ValueError, match=r"seeds is .*; allowed is how many, a whole number from 1"):
        sweep(QUICK, seeds=seeds)


def test_seeds_may_be_numpys():
    assert read_seeds(np.int64(3)) == 3


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (({"noise": 1},), {}, "base is {'noise': 1}; allowed is an Experiment"),
        ((["mse"],), {}, "base is .*; allowed is an Experiment"),
        ((), {"executor": 2}, "executor is 2; allowed is a concurrent.futures.Executor"),
        ((), {"on_progress": 3}, "on_progress is 3; allowed is a function"),
        ((), {"noise": range(100), "seeds": 2**31}, "this sweep has 214,748,364,800 trainings; allowed are 20,000,000"),
        ((), {"seed": [1, 2]}, "seed cannot be an axis; .* for more seeds write seeds=30"),
        ((), {"loss": ["mse"]}, "loss cannot be an axis; .* for losses write losses="),
        ((), {"hidden": [4]}, "hidden cannot be an axis"),
    ],
)
def test_what_else_is_wrong_is_said(arguments, options, said):
    with pytest.raises(ValueError, match=said):
        sweep(*arguments, **options)


def test_values_that_train_alike_are_told():
    """2.5% and 5% of 21 points are one point each; NumPy's own rounding is the oracle."""
    with pytest.warns(UserWarning, match=r"outliers: 0.025, 0.05 train alike"):
        frame = sweep(Experiment(epochs=2), outliers=[0.0, 0.025, 0.05, 0.1])
    assert frame.rmse[1] == frame.rmse[2] != frame.rmse[3]
    shares = tuple(np.linspace(0, 0.5, 41).tolist())
    counts = [round(share * 21) for share in shares]
    found = drop_repeats(Sweep(Experiment(), (Axis("outliers", shares),), ("mse", "mae")))
    assert found.axes[0].values == tuple(shares[counts.index(one)] for one in sorted(set(counts)))


def test_a_setting_that_changes_nothing_is_refused():
    for base, setting, values in (
        (QUICK, "overlap", [0.1, 0.5]),
        (QUICK, "momentum", [0.1, 0.5]),
        (QUICK, "delta", [0.1, 0.5]),
        (QUICK, "batch_size", [0, 5, 64]),
        (QUICK, "outlier_size", [1, 2]),
        (QUICK, "dropout", [0.1, 0.5]),
        (QUICK.replace(hidden=(2,)), "start_slope", [1, 2]),
        (MOONS, "noise", [1, 2]),
        (MOONS, "degree", [1, 2]),
    ):
        with pytest.raises(ValueError, match=f"nothing in this experiment depends on {setting}: all [23] values"):
            sweep(base, **{setting: values})
    assert len(sweep(QUICK, losses=["mse", "huber"], delta=[0.1, 0.5])) == 4


@pytest.mark.parametrize("base", ALIKE_BASES.values(), ids=ALIKE_BASES)
@pytest.mark.parametrize("setting", sweepable())
def test_values_train_alike_if_and_only_if_their_runs_are_equal(base, setting):
    assert_alike_exactly_if_runs_are_equal(base, setting, spread_values(base, setting))
