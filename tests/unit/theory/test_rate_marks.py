"""Largest stable rates as marks on a slider."""

import pytest

from playground.experiment import Experiment
from playground.theory.rate_marks import RateMark, group_rates
from playground.theory.stable_rate import largest_stable_rate
from playground.training import train


def test_equal_limits_are_one_mark_and_the_smallest_comes_first() -> None:
    marks = group_rates([("huber", 0.05, False), ("mae", None, False), ("mse", 0.02, True), ("log_cosh", 0.05, False)])
    assert [(mark.rate, mark.keys, mark.losses) for mark in marks] == [
        (0.02, ("mse",), "MSE"),
        (0.05, ("huber", "log_cosh"), "Huber and Log-cosh"),
    ]
    assert group_rates([("mae", None, False)]) == []


def test_a_loss_is_named_once_and_bounds_stand_apart_from_exact_limits() -> None:
    marks = group_rates([("mse", 0.02, True), ("mse", 0.02, True), ("huber", 0.02, False)])
    assert [(mark.losses, mark.exact) for mark in marks] == [("MSE", True), ("Huber", False)]


# One per cent beside the limit, by hand; more digits are rounded away from it: 0.0272 − 0.000272 = 0.026928.
@pytest.mark.parametrize(
    ("rate", "sides"),
    [(0.0272, (0.0269, 0.0275)), (2.0, (1.98, 2.02)), (0.001, (0.00099, 0.00101)), (99.5, (98.5, 101.0))],
)
def test_the_sides_of_a_limit_have_three_digits(rate: float, sides: tuple[float, float]) -> None:
    assert RateMark(rate, ("mse",)).sides == sides


def test_a_run_settles_just_below_the_limit_and_leaves_just_above() -> None:
    base = Experiment(noise=0.0)
    limit = largest_stable_rate(base)
    assert limit == pytest.approx(2 / (2 * 770 / 21))  # points −10 … 10: the mean of x² is 770/21
    below, above = train([base.replace(learning_rate=rate) for rate in RateMark(limit, ("mse",)).sides])
    assert below.loss[-1] < 1e-6
    assert not above.loss[-1] < 1e6
