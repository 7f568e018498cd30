"""What the losses are to each other: each is another one at some value of its parameters."""

from functools import partial
from math import sqrt

import numpy as np
import pytest

from playground.losses import LOSSES, Target
from tests.support.losses_cases import PREDICTIONS, RESIDUALS, keras_values, numpy_values


def test_huber_is_half_of_mse_for_large_delta_and_delta_times_mae_for_small():
    huber = LOSSES["huber"].curve
    np.testing.assert_allclose(huber(RESIDUALS, delta=1e6), LOSSES["mse"].curve(RESIDUALS) / 2, rtol=1e-12)
    np.testing.assert_allclose(huber(RESIDUALS, delta=1e-6) / 1e-6, LOSSES["mae"].curve(RESIDUALS), atol=1e-6)


def test_quantile_one_half_is_half_of_mae():
    half = LOSSES["quantile"].curve(RESIDUALS, quantile=0.5)
    np.testing.assert_allclose(half, LOSSES["mae"].curve(RESIDUALS) / 2, rtol=1e-12)


def test_epsilon_insensitive_is_mae_at_0():
    plain = LOSSES["epsilon_insensitive"].curve(RESIDUALS, epsilon=0.0)
    np.testing.assert_array_equal(plain, LOSSES["mae"].curve(RESIDUALS))


# Barron 2019, table 1 of the arXiv version: what the loss is at the α that have a name, z = (r/c)².
# At 0 the formula has a hole, and is taken a step of 1e-6 aside.
FAMILY = {
    "half the square": (2.0, lambda z: z / 2, 1e-12),
    "Charbonnier": (1.0, lambda z: np.sqrt(z + 1) - 1, 1e-12),
    "Cauchy": (0.0, lambda z: np.log(z / 2 + 1), 5e-6),
    "Geman-McClure": (-2.0, lambda z: 2 * z / (z + 4), 1e-12),
}


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0, 100.0])
@pytest.mark.parametrize(("alpha", "named", "bound"), FAMILY.values(), ids=FAMILY.keys())
def test_barrons_loss_is_its_family(alpha, named, bound, scale):
    ours = LOSSES["general"].curve(RESIDUALS, alpha=alpha, scale=scale)
    # √(z + 1) − 1 itself is wrong by a rounding of 1, times the scale squared.
    rounding = scale**2 * 1e-15
    np.testing.assert_allclose(ours, scale**2 * named((RESIDUALS / scale) ** 2), rtol=bound, atol=rounding)


@pytest.mark.parametrize("alpha", [2.0, 0.0])
def test_barrons_loss_has_no_step_where_its_formula_has_a_hole(alpha):
    general = partial(LOSSES["general"].curve, RESIDUALS, scale=1.0)
    for aside in (-1e-3, -9e-5, -1e-7, *([1e-7, 1e-3] if alpha < 2 else [])):
        np.testing.assert_allclose(general(alpha=alpha + aside), general(alpha=alpha), rtol=5e-3)


def test_barrons_loss_at_0_is_cauchys_of_a_scale_that_is_wider():
    cauchy = LOSSES["cauchy"].curve(RESIDUALS, scale=3 * sqrt(2))
    np.testing.assert_allclose(LOSSES["general"].curve(RESIDUALS, alpha=0.0, scale=3.0), cauchy, rtol=5e-6)


@pytest.mark.parametrize("key", ["cauchy", "tukey"])
def test_a_robust_loss_of_a_large_scale_is_half_of_mse(key):
    wide = LOSSES[key].curve(RESIDUALS, scale=1e3)
    np.testing.assert_allclose(wide, LOSSES["mse"].curve(RESIDUALS) / 2, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("scale", [0.1, 1.0, 2.0])
def test_tukeys_loss_is_constant_beyond_its_scale(scale):
    tukey = LOSSES["tukey"]
    beyond = np.array([-1e4, -3.0, -scale, scale, 3.0, 1e4])
    np.testing.assert_allclose(tukey.curve(beyond, scale=scale), scale**2 / 6, rtol=1e-12)
    assert not keras_values(tukey, beyond * 1.001, 0.0, {"scale": scale})[1].any()
    inside = np.linspace(0, scale, 100)
    assert (np.diff(tukey.curve(inside, scale=scale)) > 0).all()


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_focal_with_gamma_0_is_cross_entropy(truth):
    logits = PREDICTIONS[Target.LABEL]
    ours = numpy_values(LOSSES["focal"], logits, truth, {"gamma": 0.0})
    np.testing.assert_array_equal(ours, numpy_values(LOSSES["cross_entropy"], logits, truth, {}))
    plain = numpy_values(LOSSES["weighted"], logits, truth, {"label_smoothing": 0.0, "class_weight": 1.0})
    np.testing.assert_array_equal(plain, numpy_values(LOSSES["cross_entropy"], logits, truth, {}))


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_a_classifiers_losses_are_those_of_its_probability_and_margin(truth):
    logits = PREDICTIONS[Target.LABEL]
    probability = 1 / (1 + np.exp(-logits))
    right = probability if truth else 1 - probability
    ours = {key: numpy_values(LOSSES[key], logits, truth, {}) for key in ("cross_entropy", "brier", "squared_hinge")}
    np.testing.assert_allclose(ours["cross_entropy"], -np.log(right), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours["brier"], (1 - right) ** 2, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(ours["squared_hinge"], numpy_values(LOSSES["hinge"], logits, truth, {}) ** 2)
