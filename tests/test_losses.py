"""The losses: every entry of the table against the properties that a loss of its kind must have."""

from functools import partial
from itertools import combinations
from math import log

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.optimize import minimize_scalar

from playground.experiment import settings
from playground.losses import LOSSES

STEP = 1e-3  # of the central differences: their error is of the order of its fourth power, 1e-12
RESIDUALS = np.arange(-300, 301) / 100  # among them exactly 0

# Worked by hand: (residual, parameters, loss), where residual = prediction − truth.
HAND_WORKED = {
    "mse": [(3, {}, 9), (-2, {}, 4)],
    "mae": [(3, {}, 3), (-2, {}, 2)],
    # Huber 1964: r²/2 up to δ, then δ(|r| − δ/2).
    "huber": [
        (0.5, {"delta": 1}, 0.125),
        (3, {"delta": 1}, 2.5),
        (-3, {"delta": 2}, 4),
        (2, {"delta": 2}, 2),
    ],
    # cosh(ln 2) = (2 + 1/2) / 2 = 5/4; far out, log cosh r is |r| − ln 2.
    "log_cosh": [(log(2), {}, log(1.25)), (-log(2), {}, log(1.25)), (50, {}, 50 - log(2))],
    # Koenker and Bassett 1978: too low by 2 costs 2τ, too high by 2 costs 2(1 − τ).
    "quantile": [(-2, {"quantile": 0.9}, 1.8), (2, {"quantile": 0.9}, 0.2), (2, {"quantile": 0.25}, 1.5)],
}


def parameter_sets(loss):
    """The parameters of a loss at the ends and the middle of their sliders; one empty set if it has none."""
    stops = {name: settings()[name].stops for name in loss.parameters}
    sets = [{name: row[half * (len(row) - 1) // 2] for name, row in stops.items()} for half in range(3)]
    return sets if stops else [{}]


CASES = [
    pytest.param(loss, parameters, id="-".join([loss.key, *map(str, parameters.values())]))
    for loss in LOSSES.values()
    for parameters in parameter_sets(loss)
]


def away_from_kinks(loss, residuals, parameters):
    """Residuals whose neighbours lie on the same piece: pieces meet at ± a parameter, straight ones at 0."""
    kinks = [*parameters.values(), *([0.0] if loss.curvature is None else [])]
    distances = [np.abs(np.abs(residuals) - kink) for kink in kinks]
    return residuals[np.min([np.full_like(residuals, np.inf), *distances], axis=0) > 3 * STEP]


def keras_values(loss, residuals, parameters, dtype="float32"):
    """The loss by ``keras.ops`` and its gradient by TensorFlow, at a truth of 0."""
    y_pred = tf.Variable(np.asarray(residuals, dtype))
    with tf.GradientTape() as tape:
        values = loss.value(keras.ops, tf.zeros_like(y_pred), y_pred, **parameters)
    return values.numpy(), tape.gradient(values, y_pred).numpy()


def second_differences(loss, residuals, parameters):
    ahead, here, behind = (loss.curve(residuals + shift, **parameters) for shift in (STEP, 0, -STEP))
    return (ahead - 2 * here + behind) / STEP**2


def test_every_loss_stands_under_its_key_and_has_hand_worked_values():
    assert all(loss.key == key for key, loss in LOSSES.items())
    assert set(HAND_WORKED) == set(LOSSES)


@pytest.mark.parametrize("key", LOSSES)
def test_hand_worked_values(key):
    for residual, parameters, expected in HAND_WORKED[key]:
        assert LOSSES[key].curve([residual], **parameters) == pytest.approx([expected], rel=1e-12)
        values, _ = keras_values(LOSSES[key], [residual], parameters)
        assert values == pytest.approx([expected], rel=1e-6)


@pytest.mark.parametrize(("loss", "parameters"), [case for case in CASES if case.values[0].keras_name])
def test_value_is_that_of_keras(loss, parameters):
    y_true, y_pred = np.random.default_rng(0).normal(size=(2, 500, 1)).astype(np.float32) * 5
    theirs = getattr(keras.losses, loss.keras_name)(reduction=None, **parameters)(y_true, y_pred)
    ours = loss.value(np, y_true, y_pred, **parameters).mean(axis=-1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_gradient_is_that_of_central_differences(loss, parameters):
    residuals = away_from_kinks(loss, RESIDUALS, parameters)
    assert len(residuals) > 0.9 * len(RESIDUALS)
    curve = partial(loss.curve, **parameters)
    near, far = (curve(residuals + shift) - curve(residuals - shift) for shift in (STEP, 2 * STEP))
    _, gradient = keras_values(loss, residuals, parameters, "float64")
    np.testing.assert_allclose(gradient, (8 * near - far) / (12 * STEP), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_curvature_is_the_largest_second_derivative(loss, parameters):
    residuals = away_from_kinks(loss, np.linspace(-2.0, 2.0, 4001), parameters)
    largest = second_differences(loss, residuals, parameters).max()
    assert largest == pytest.approx(loss.curvature or 0.0, abs=1e-4)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_value_and_gradient_stay_finite_far_out(loss, parameters):
    values, gradient = keras_values(loss, [-1e4, 1e4], parameters)
    assert np.isfinite([values, gradient]).all()
    assert gradient[0] < 0 < gradient[1]


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_no_error_costs_nothing_and_every_error_something(loss, parameters):
    assert loss.curve([0.0], **parameters) == pytest.approx([0.0], abs=1e-15)
    assert (loss.curve(RESIDUALS[RESIDUALS != 0], **parameters) > 0).all()


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_numpy_and_keras_agree(loss, parameters):
    values, _ = keras_values(loss, RESIDUALS, parameters)
    np.testing.assert_allclose(values, loss.curve(RESIDUALS, **parameters), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES.values() if loss.parameters], ids=lambda loss: loss.key)
def test_a_vector_of_parameters_gives_each_column_its_own(loss):
    sets = parameter_sets(loss)
    vectors = {name: np.array([parameters[name] for parameters in sets]) for name in loss.parameters}
    table = np.repeat(RESIDUALS[:, None], len(sets), axis=1)
    values = loss.value(np, np.zeros_like(table), table, **vectors)
    for column, parameters in enumerate(sets):
        np.testing.assert_array_equal(values[:, column], loss.curve(RESIDUALS, **parameters))


def test_huber_is_half_of_mse_for_large_delta_and_delta_times_mae_for_small():
    huber = LOSSES["huber"].curve
    np.testing.assert_allclose(huber(RESIDUALS, delta=1e6), LOSSES["mse"].curve(RESIDUALS) / 2, rtol=1e-12)
    np.testing.assert_allclose(huber(RESIDUALS, delta=1e-6) / 1e-6, LOSSES["mae"].curve(RESIDUALS), atol=1e-6)


def test_quantile_one_half_is_half_of_mae():
    half = LOSSES["quantile"].curve(RESIDUALS, quantile=0.5)
    np.testing.assert_allclose(half, LOSSES["mae"].curve(RESIDUALS) / 2, rtol=1e-12)


# 101 points, so that the median and these quantiles are one point each and not a stretch between two.
MINIMISERS = [
    ("mse", {}, np.mean),
    ("mae", {}, np.median),
    *(
        ("quantile", {"quantile": share}, partial(np.quantile, q=share, method="inverted_cdf"))
        for share in (0.1, 0.5, 0.9)
    ),
]


@pytest.mark.parametrize(("key", "parameters", "statistic"), MINIMISERS)
def test_the_best_constant_is_the_statistic_the_loss_is_known_for(key, parameters, statistic):
    y = np.random.default_rng(0).exponential(size=101)
    cost = lambda constant: LOSSES[key].curve(constant - y, **parameters).mean()  # noqa: E731
    best = minimize_scalar(cost, bounds=(0, y.max()), method="bounded", options={"xatol": 1e-9}).x
    assert best == pytest.approx(statistic(y), abs=1e-6)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_every_parameter_is_a_setting(loss):
    assert set(loss.parameters) <= set(settings())


@pytest.mark.parametrize(("one", "other"), [*combinations(LOSSES.values(), 2)], ids=lambda loss: loss.key)
def test_no_two_losses_look_alike(one, other):
    assert one.colour != other.colour
    assert one.dash != other.dash
    assert one.label != other.label


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"], ids=["light", "dark"])
@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_a_curve_stands_out_from_both_themes(loss, background):
    # 3 : 1 is what WCAG 2.2 asks of graphical objects (criterion 1.4.11).
    low, high = sorted([luminance(loss.colour), luminance(background)])
    assert (high + 0.05) / (low + 0.05) >= 3
