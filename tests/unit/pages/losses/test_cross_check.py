"""Four ways to one number: they share no arithmetic and agree; and the article's formula breaks where it must."""

from math import inf, isnan, log

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.pages.losses import cross_check as module
from playground.pages.losses.cross_check import (
    about_zero,
    check_batch,
    cross_check_loss,
    cross_entropy_trials,
    naive_cross_entropy,
)
from playground.theory.properties import Property, check_properties, make_curve
from tests.support.losses_cases import SOUND

BATCHES = {
    Target.REAL: ([1, -2, 3, 4], [1.6, -2.25, 0.1, 9]),
    Target.POSITIVE: ([1, 2, 3, 4], [1.5, 2.25, 0.1, 9]),
    Target.LABEL: ([1, 1, 0, 0], [2, -0.5, -3, 1.5]),
}


def cross_check(loss, **options):
    y_true, y_pred = (np.array(values, float) for values in BATCHES[loss.target])
    return cross_check_loss(loss, y_true, y_pred, keras=True, **Experiment(loss=loss.key).parameters, **options)


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_the_ways_agree(loss):
    ways = cross_check(loss)
    assert ways.loop == pytest.approx(ways.numpy, rel=1e-12)
    assert ways.keras == pytest.approx(ways.numpy, rel=2e-6)


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_the_slopes_agree_away_from_corners(loss):
    ways = cross_check(loss)
    # Keras adds 1e-7 to what it divides by, and Barron's formula is taken a millionth beside its hole at 0.
    np.testing.assert_allclose(ways.formula, ways.difference, rtol=3e-6, atol=1e-8)
    np.testing.assert_allclose(ways.autodiff, ways.formula, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("alpha", [-4.0, -2.0, 0.0, 0.5, 1.0, 1.99, 2.0])
def test_the_slope_of_the_general_loss_for_every_shape(alpha):
    y, prediction = np.zeros(9), np.linspace(-8, 8, 9)
    ways = cross_check_loss(LOSSES["general"], y, prediction, keras=True, alpha=alpha, scale=1.5)
    # Keras adds 1e-7 to what it divides by, and Barron's formula is taken a millionth beside its hole at 0.
    np.testing.assert_allclose(ways.formula, ways.difference, rtol=3e-6, atol=1e-8)
    np.testing.assert_allclose(ways.autodiff, ways.formula, rtol=1e-4, atol=1e-5)


def test_a_loop_by_hand():
    # |1.6 - 1| + |-2.25 + 2| + |0.1 - 3| + |9 - 4| = 8.75, a quarter of it 2.1875.
    assert cross_check(LOSSES["mae"]).loop == pytest.approx(2.1875)


def test_a_planted_factor_of_two_is_seen(monkeypatch):
    before = cross_check(LOSSES["cauchy"])
    loss = LOSSES["cauchy"]
    double = lambda ops, *args, **named: 2 * loss.value(ops, *args, **named)  # noqa: E731
    after = cross_check_loss(
        module.replace(loss, value=double), *map(np.array, BATCHES[Target.REAL]), keras=False, scale=2.0
    )
    assert after.numpy == pytest.approx(2 * before.numpy)
    assert np.abs(after.difference - after.formula).max() > 0.1


def test_at_a_corner_keras_takes_a_slope_between_both_sides():
    y = np.array([2.0])
    for key, low, high in [("mae", -1, 1), ("quantile", -0.9, 0.1), ("epsilon_insensitive", -1, 1)]:
        ways = cross_check_loss(LOSSES[key], y, y, keras=True, **Experiment(loss=key).parameters)
        assert low <= ways.autodiff[0] <= high
    assert cross_check_loss(LOSSES["mae"], y, y, keras=True).autodiff[0] == 0


CORNERS = [
    ("mae", {}, 2.0, 2.0, (-1, 1)),
    ("quantile", {"quantile": 0.9}, 2.0, 2.0, (-0.9, 0.1)),
    ("epsilon_insensitive", {"epsilon": 0.5}, 1.0, 1.5, (0, 1)),
    ("mape", {}, 4.0, 4.0, (-25, 25)),
    ("mape", {}, 1e6, 1e6, (-1e-4, 1e-4)),
    ("hinge", {}, 1.0, 1.0, (-1, 0)),
    ("hinge", {}, 0.0, -1.0, (0, 1)),
]


@pytest.mark.parametrize(("key", "parameters", "y", "prediction", "slopes"), CORNERS)
def test_a_corner_has_two_slopes(key, parameters, y, prediction, slopes):
    ways = cross_check_loss(LOSSES[key], np.array([y, 1.0]), np.array([prediction, 0.123]), keras=False, **parameters)
    assert ways.corners.tolist() == [True, False]
    assert (ways.left[0], ways.right[0]) == pytest.approx(slopes, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_a_smooth_loss_has_no_corner_anywhere(loss):
    y = np.array([0.0, 1.0] if loss.target is Target.LABEL else [1.0, 3.0, 1e-3, 1e5])
    at_home = loss.key in {"mae", "quantile", "mape"}
    for shift in (0.0, 1e-3, 0.3, 7.0):
        ways = cross_check_loss(
            loss, y, y + shift * np.maximum(1, y), keras=False, **Experiment(loss=loss.key).parameters
        )
        corner_of_hinge = (y + shift == 1) & (y == 1) if loss.key == "hinge" else np.zeros(len(y), bool)
        assert ways.corners.tolist() == (np.full(len(y), at_home and shift == 0) | corner_of_hinge).tolist()


def test_what_rounding_leaves_is_told_from_a_slope():
    ways = cross_check_loss(LOSSES["mse"], np.array([2.0, 2.0]), np.array([2.0, 2.001]), keras=False)
    assert [about_zero(slope, ways.blur) for slope in ways.difference] == [True, False]
    assert not about_zero(0.0, ways.blur)


def test_the_articles_cross_entropy_breaks_at_both_ends():
    assert naive_cross_entropy(1, 0.25) == pytest.approx(log(4))
    assert naive_cross_entropy(1, 0.0) == inf
    assert isnan(naive_cross_entropy(1, 1.0))
    assert isnan(naive_cross_entropy(0, 0.0))


def test_the_trials_show_it_beside_the_stable_form():
    trials = cross_entropy_trials()
    assert any(each.naive == inf for each in trials)
    assert any(isnan(each.naive) for each in trials)
    for each in trials:
        assert np.isfinite(each.stable)
        if np.isfinite(each.naive):
            assert each.naive == pytest.approx(each.stable, rel=1e-8)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "target", "said"),
    [
        ([1, 2], [1], Target.REAL, "The batch has 2 numbers in y and 1 in ŷ"),
        ([1] * 51, [1] * 51, Target.REAL, "at most 50"),
        ([0, 2], [1, 1], Target.LABEL, "neither 0 nor 1"),
        ([1, 0], [1, 1], Target.POSITIVE, "0 or negative"),
        ([1, 1], [1, -1], Target.POSITIVE, "0 or negative"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_in_words(y_true, y_pred, target, said):
    with pytest.raises(ValueError, match=said):
        check_batch(np.array(y_true, float), np.array(y_pred, float), target)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected"),
    [
        # By hand, labels 0 and 1 read as −1 and 1: (1.6 + 0.6 + 1.4 + 1.6) / 4.
        ([0, 1, 0, 0], [0.6, 0.4, 0.4, 0.6], 1.3),
        ([1, 1], [0.6, 0.4], 0.5),
        ([0, 0], [0.6, 0.4], 1.5),
    ],
)
def test_hinge_of_a_batch_with_both_labels_or_one_only(y_true, y_pred, expected):
    ways = cross_check_loss(LOSSES["hinge"], np.array(y_true, float), np.array(y_pred, float), keras=True)
    assert (ways.loop, ways.numpy) == (pytest.approx(expected), pytest.approx(expected))
    assert ways.keras == pytest.approx(expected, rel=1e-6)


def test_log_cosh_of_large_errors_is_their_size_less_log_2():
    ways = cross_check_loss(LOSSES["log_cosh"], np.zeros(3), np.array([100.0, -100.0, 712.0]), keras=True)
    expected = np.mean([99.306853, 99.306853, 711.306853])
    assert (ways.loop, ways.numpy) == (pytest.approx(expected, abs=1e-6), pytest.approx(expected, abs=1e-6))
    assert ways.keras == pytest.approx(expected, rel=1e-6)
    assert ways.formula.tolist() == ways.autodiff.tolist() == [1, -1, 1]


def test_poisson_may_be_negative():
    ways = cross_check_loss(LOSSES["poisson"], np.array([50.0]), np.array([50.0]), keras=True)
    assert ways.loop == ways.numpy == pytest.approx(50 - 50 * log(50)) == pytest.approx(-145.6012, abs=1e-4)
    assert ways.keras == pytest.approx(ways.numpy, rel=1e-6)
    assert not check_properties(make_curve(LOSSES["poisson"], 50.0))[Property.NON_NEGATIVE].holds
