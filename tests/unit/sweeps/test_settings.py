"""What the visitor sweeps: ranges, plans, and what is refused."""

import pytest

from playground.experiment import Experiment
from playground.sweeps.settings import (
    AXES,
    MOST_TRAININGS,
    SweepSettings,
    describe_merged_values,
    pin_ranges,
    plan_sweep,
    usual_range,
)


def test_the_usual_range_is_round_the_base():
    assert usual_range("learning_rate", Experiment(learning_rate=0.02)) == (0.002, 0.2, True)
    assert usual_range("noise", Experiment()) == (0.0, 10.0, False)
    low, high, log = usual_range("l2", Experiment())
    assert (low, log) == (1e-4, True)
    assert high > 1


def test_an_opened_point_does_not_move_the_sweep_it_is_from():
    """The usual range is round the base's own value, which the opened point has overwritten."""
    base, losses = Experiment(learning_rate=0.0123), ("mse",)
    for sweeping in (
        SweepSettings(vary="learning_rate"),
        SweepSettings(vary="noise", against="learning_rate", against_to=3.0),
    ):
        other = base.replace(learning_rate=1.0, noise=7.0)
        axes = plan_sweep(sweeping, base, losses).axes
        assert plan_sweep(sweeping, other, losses).axes != axes
        assert plan_sweep(pin_ranges(sweeping, base), other, losses).axes == axes
    fixed = SweepSettings(vary="noise")  # whose range stands still, and stays unsaid
    assert pin_ranges(fixed, base) == fixed


def test_a_plan_is_the_sweep_that_is_asked_for():
    sweeping = SweepSettings(vary="outliers", vary_to=0.3, vary_steps=4, against="delta", against_steps=3, seeds=5)
    found = plan_sweep(sweeping, Experiment(), ("mse", "huber"))
    assert found.shape == (5, 2, 4, 3)
    assert found.axes[0].values == (0.0, 0.1, 0.2, 0.3)
    assert found.axes[1].values == (0.1, 1.0, 10.0)


def test_values_that_train_alike_are_trained_once_and_told():
    sweeping = SweepSettings(vary="outliers", vary_to=0.1, vary_steps=5)
    found = plan_sweep(sweeping, Experiment(), ("mse", "huber"))
    assert found.axes[0].values == (0.0, 0.025, 0.075)  # of 21 points: 0, 1 and, of 0.075 and 0.1, 2
    (said,) = describe_merged_values(sweeping, found)
    assert said.startswith("Outliers: 5 values come to 3 different trainings")
    assert describe_merged_values(sweeping, plan_sweep(sweeping, Experiment(points=200), ("mse",))) == []


def test_a_setting_that_changes_nothing_is_not_swept():
    with pytest.raises(ValueError, match="nothing in this experiment depends on Momentum β: all 21 values"):
        plan_sweep(SweepSettings(vary="momentum"), Experiment(), ("mse",))


@pytest.mark.parametrize(
    ("changes", "base", "said"),
    [
        ({"against": "learning_rate"}, {}, "both axes vary Learning rate"),
        ({"vary_from": 1.0, "vary_to": 0.1}, {}, "has to be less than to"),
        (
            {"vary_steps": 101, "against": "noise", "against_steps": 64, "seeds": 30},
            {},
            f"allowed are {MOST_TRAININGS:,}",
        ),
        ({"seeds": 100}, {"hidden": (64, 64), "epochs": 10_000}, "times the work"),
    ],
)
def test_what_is_wrong_or_too_much_is_refused(changes, base, said):
    with pytest.raises(ValueError, match=said):
        plan_sweep(SweepSettings(**{"vary": "learning_rate", **changes}), Experiment(**base), ("mse", "mae"))


@pytest.mark.parametrize(
    ("query", "vary"),
    [
        ({}, "none"),
        ({"seeds": ["5"]}, "none"),
        ({"vary": ["noise"], "vary_steps": ["5"]}, "noise"),
        ({"vary": ["zzz"]}, "none"),
        ({"vary": ["zzz"], "swept": ["true"]}, "none"),
        ({"swept": ["true"]}, "learning_rate"),
        ({"vary_steps": ["5"]}, "learning_rate"),
        ({"against": ["noise"]}, "learning_rate"),
    ],
)
def test_only_an_earlier_link_varies_what_it_does_not_name(query: dict[str, list[str]], vary: str) -> None:
    assert SweepSettings.read_link(query)[0].vary == vary


def test_a_wrong_axis_is_told_the_nearest_right_ones() -> None:
    (notice,) = SweepSettings.read_link({"vary": ["learning_rat"]})[1]
    assert notice.startswith("vary was `'learning_rat'`; allowed are learning_rate, ")
    assert notice.endswith(f" and {len(AXES) + 1 - 3} others. It was set to none.")


@pytest.mark.parametrize(
    "sweeping",
    [
        SweepSettings(),
        SweepSettings(vary="learning_rate"),
        SweepSettings(vary_steps=11),
        SweepSettings(swept=True),
        SweepSettings(vary="noise", against="learning_rate"),
    ],
    ids=str,
)
def test_a_sweep_comes_back_from_its_link(sweeping: SweepSettings) -> None:
    assert SweepSettings.read_link(sweeping.write_link()) == (sweeping, [])
