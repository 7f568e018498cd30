"""The best constant: held against the statistics that losses are known for, and against plain search."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.signal import argrelmin
from scipy.stats import gmean
from sklearn.linear_model import QuantileRegressor

from playground.losses import LOSSES
from playground.losses.regression import squared_error
from playground.text.typed_numbers import reading_words
from playground.theory.best_constant import MOST_NUMBERS, best_constant, cost_curve, read_numbers, statistics

RNG = np.random.default_rng(0)
SAMPLES = [
    pytest.param(RNG.normal(size=7), id="normal"),
    pytest.param(RNG.exponential(size=10) * 1e3, id="thousands"),
    pytest.param(RNG.standard_cauchy(size=200), id="wild"),
    pytest.param(RNG.integers(0, 9, size=31).astype(float), id="ties"),
    pytest.param(1e6 - RNG.uniform(0, 1e-3, size=9), id="far from zero"),
    pytest.param(np.array([-1e6, 2.0, 1e6]), id="widest"),
    pytest.param(np.array([4.0]), id="one"),
    pytest.param(np.full(5, -3.0), id="all equal"),
]


def fit(key, y, **parameters):
    return best_constant(LOSSES[key], np.asarray(y, float), **parameters)


def close(y):
    """A millionth of the range."""
    return 1e-6 * (np.ptp(y) or 1.0)


@pytest.mark.parametrize("y", SAMPLES)
def test_mse_is_the_mean(y):
    best = fit("mse", y)
    assert best.low == best.high == pytest.approx(np.mean(y), rel=0, abs=close(y))
    assert best.others == ()
    assert best.cost == pytest.approx(np.var(y), rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("y", SAMPLES)
def test_mae_is_the_median_or_all_between_the_middle_two(y):
    ordered = np.sort(y)
    best = fit("mae", y)
    # Corners are at the numbers, which come back to the last digit.
    assert [best.low, best.high] == [ordered[(len(y) - 1) // 2], ordered[len(y) // 2]]
    assert np.mean([best.low, best.high]) == pytest.approx(np.median(y), rel=0, abs=close(y))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("y", SAMPLES)
def test_pinball_is_the_quantile(y, share):
    best = fit("quantile", y, quantile=share)
    # The first number with at least the share at or below it, and the first with more than that.
    below = np.arange(1, len(y) + 1) / len(y)
    ends = np.sort(y)[[np.argmax(below >= share - 1e-12), np.argmax(below > share + 1e-12)]]
    assert (best.low, best.high) == pytest.approx(ends, rel=0, abs=close(y))
    assert statistics(y, share)["quantile"] == ends[0]


@pytest.mark.parametrize("share", [0.25, 0.9])
def test_pinball_is_scikit_learns(share):
    y = RNG.normal(size=31)
    exact = QuantileRegressor(quantile=share, alpha=0).fit(np.zeros((31, 1)), y).intercept_
    assert fit("quantile", y, quantile=share).low == pytest.approx(exact, abs=1e-6)


CONVEX = [("mse", {}), ("huber", {"delta": 0.3}), ("huber", {"delta": 2.0}), ("log_cosh", {})]


@pytest.mark.parametrize(("key", "parameters"), CONVEX)
def test_a_smooth_loss_is_scipys_minimum(key, parameters):
    y = RNG.exponential(size=40) * 3
    cost = lambda c: LOSSES[key].curve(c - y, **parameters).mean()  # noqa: E731
    exact = minimize_scalar(cost, bounds=(0, y.max()), method="bounded", options={"xatol": 1e-10})
    best = fit(key, y, **parameters)
    assert best.low == best.high == pytest.approx(exact.x, abs=2e-6)  # SciPy's own limit: the cost is flat there
    assert best.cost <= exact.fun + 1e-12


@pytest.mark.parametrize("y", [[1.0, 2, 3, 4, 50], [0.5, 0.6, 7.0]])
def test_losses_of_positive_numbers(y):
    y = np.array(y)
    assert fit("msle", y).low == pytest.approx(gmean(y + 1) - 1, abs=close(y))
    assert fit("poisson", y).low == pytest.approx(np.mean(y), abs=close(y))
    weighted = np.sort(y)[np.searchsorted(np.cumsum(1 / np.sort(y)), np.sum(1 / y) / 2)]
    assert fit("mape", y).low == pytest.approx(weighted, abs=close(y))


def test_nothing_but_zeros_is_zero_for_losses_of_positive_numbers():
    assert [fit(key, [0, 0]).low for key in ("msle", "mape", "poisson")] == [0, 0, 0]


@pytest.mark.parametrize("epsilon", [0.5, 3.0, 1000.0])
def test_what_is_near_enough_is_a_stretch_that_may_reach_beyond_the_numbers(epsilon):
    best = fit("epsilon_insensitive", [1, 4], epsilon=epsilon)
    # Below 1.5 apart the two stretches [1 ± ε] and [4 ± ε] do not meet, and all between them costs the same.
    ends = sorted([1 + epsilon, 4 - epsilon])
    assert (best.low, best.high) == pytest.approx(ends, abs=3e-6)
    assert best.cost == pytest.approx(max(0, 1.5 - epsilon), abs=1e-9)


def test_huber_is_flat_between_two_distant_numbers():
    best = fit("huber", [0, 100], delta=1.0)
    assert (best.low, best.high) == pytest.approx([1, 99], abs=1e-4)


ROBUST = [
    ("cauchy", {"scale": 0.3}),
    ("cauchy", {"scale": 2.0}),
    ("tukey", {"scale": 0.6}),
    ("tukey", {"scale": 3.0}),
    ("general", {"alpha": -2.0, "scale": 0.3}),
]


@pytest.mark.parametrize(("key", "parameters"), ROBUST)
@pytest.mark.parametrize("seed", range(5))
def test_every_local_minimum_is_found(key, parameters, seed):
    rng = np.random.default_rng(seed)
    y = np.concatenate([rng.normal(size=6), rng.normal(8, 1, size=5)])
    grid = np.linspace(y.min() - 1, y.max() + 1, 200_001)
    costs = cost_curve(LOSSES[key], y, grid, **parameters)
    best = fit(key, y, **parameters)
    found = sorted([(best.low + best.high) / 2, *best.others])
    assert found == pytest.approx(grid[argrelmin(costs)[0]], abs=1e-4)
    assert best.cost == pytest.approx(costs.min(), abs=1e-8)
    assert list(best.others) == sorted(best.others)


def test_a_point_far_off_has_no_say_for_tukey_and_a_place_of_its_own():
    best = fit("tukey", [1, 2, 3, 50], scale=5.0)
    assert best.low == pytest.approx(2, abs=1e-5)
    assert best.others == pytest.approx([50], abs=1e-5)


def test_moving_the_numbers_moves_the_answer():
    y = RNG.normal(size=15)
    here, there = fit("cauchy", y, scale=0.2), fit("cauchy", y + 1000, scale=0.2)
    assert there.low - 1000 == pytest.approx(here.low, abs=1e-6)
    assert np.array(there.others) - 1000 == pytest.approx(here.others, abs=1e-6)


def test_another_formula_has_another_answer():
    def wrong(ops, y_true, y_pred):
        return squared_error(ops, y_true, y_pred) + 0.01 * ops.maximum(y_pred - y_true, 0.0)

    y = RNG.normal(size=20)
    planted = best_constant(replace(LOSSES["mse"], value=wrong), y)
    assert abs(planted.low - np.mean(y)) > 100 * close(y)


def test_cost_curve_is_the_mean_loss_at_each_constant():
    curve = cost_curve(LOSSES["mse"], np.array([0.0, 2.0]), np.array([0.0, 1.0, 3.0]))
    assert curve == pytest.approx([2, 1, 5])
    pinball = cost_curve(LOSSES["quantile"], np.array([0.0, 2.0]), np.array([1.0]), quantile=0.9)
    assert pinball == pytest.approx([(0.1 + 0.9) / 2])


def test_statistics():
    assert statistics(np.array([1.0, 2, 3, 4, 50]), 0.8) == {"mean": 12, "median": 3, "quantile": 4}


@pytest.mark.parametrize("share", [0, 1, -0.5, np.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        statistics(np.ones(3), share)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1, 2, 3", [1, 2, 3]),
        ("1;2\n3\t4", [1, 2, 3, 4]),
        ("  -1.5e2,,;  .5 ", [-150, 0.5]),
        ("7", [7]),
        ("1,2,3", [1, 2, 3]),
        ("1.5,2,2,8", [1.5, 2, 2, 8]),
        ("1.5, 2.5", [1.5, 2.5]),
        ("−1.5 −2", [-1.5, -2]),
        ("1.5; 2.5", [1.5, 2.5]),
        ("1, 2, 3,", [1, 2, 3]),
        ("0 0.5 0", [0, 0.5, 0]),
        ("+3 3. 3E0", [3, 3, 3]),
    ],
)
def test_read_numbers(text, numbers):
    np.testing.assert_array_equal(read_numbers(text), numbers)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 numbers were given"),
        (" ,; ", "0 numbers were given"),
        ("1, two, 3", "“two” is not a number"),
        ("x" * 500, f"“{'x' * 19}…” is not a number"),
        ("1 nan", "Among the numbers is nan"),
        ("1 -inf", "Among the numbers is -inf"),
        ("1 1000001", "Among the numbers is 1e\\+06"),
        (
            "1,5 2,5",
            "“1,5 2,5” can be read in two ways: if its commas are decimal marks, write 1.5, 2.5;"
            " if they separate numbers, write 1, 5, 2, 5",
        ),
        ("1,5; 2,5", "write 1.5, 2.5; if they separate numbers, write 1, 5, 2, 5"),
        ("1,5\n2,5", "write 1.5, 2.5;"),
        ("1,5, 2,5", "write 1.5, 2.5;"),
        ("-1,5 2", "write -1.5, 2; if they separate numbers, write -1, 5, 2"),
        ("1.234,5 2", "can be read in two ways"),
        ("1,000 2,000", "can be read in two ways"),
        ("1 000", "“000” is not a number.*write 1000 for a thousand, without a space"),
        ("1_000", "“1_000” is not a number"),
        ("0x10", "“0x10” is not a number"),
        ("1 " * (MOST_NUMBERS + 1), "201 numbers were given; allowed are 1 to 200"),
    ],
)
def test_text_that_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        read_numbers(text)


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, 1], [2e6], np.ones(201), np.ones((2, 2))])
@pytest.mark.parametrize(
    "ask",
    [
        lambda y: best_constant(LOSSES["mse"], y),
        lambda y: cost_curve(LOSSES["mse"], y, np.zeros(1)),
        lambda y: statistics(y, 0.5),
    ],
)
def test_numbers_that_are_refused(ask, y):
    with pytest.raises(ValueError, match="allowed"):
        ask(np.asarray(y))


def test_losses_that_do_not_suit_the_numbers_are_refused():
    with pytest.raises(ValueError, match="labels 0 and 1"):
        fit("hinge", [0, 1])
    with pytest.raises(ValueError, match="none below 0"):
        fit("msle", [-1, 1])


def test_a_comma_between_digits_is_told_how_it_was_read():
    assert reading_words("1,5") == (
        "Commas separate numbers: read as 2 numbers, 1, 5. A decimal mark is a point, as in 1.5."
    )
    assert reading_words("1, 5") == reading_words("1.5") == ""
