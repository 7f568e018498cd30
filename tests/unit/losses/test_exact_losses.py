"""Each formula and each written slope, at every size of residual and logit, against 60 decimal digits."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.losses import LOSSES, Target
from playground.pages.losses.cross_check import cross_check_loss
from tests.support.exact_losses import SLOPES, VALUES, exactly
from tests.support.losses_cases import SOUND

SIZES = (1e-12, 1e-9, 1e-6, 1e-3, 0.3, 1.7, 5.0, 17.0, 20.0, 38.0, 50.0, 90.0, 120.0, 1e3, 1e6)
BOTH_SIGNS = sorted({0.0, *SIZES, *(-size for size in SIZES)})
TRUTHS = {Target.REAL: (0.0, 2.0), Target.POSITIVE: (1.0, 50.0), Target.LABEL: (0.0, 1.0)}
PARAMETERS = {
    "huber": [{"delta": delta} for delta in (0.01, 1.0, 100.0)],
    "quantile": [{"quantile": quantile} for quantile in (0.01, 0.5, 0.9)],
    "epsilon_insensitive": [{"epsilon": epsilon} for epsilon in (0.0, 0.5)],
    "cauchy": [{"scale": scale} for scale in (0.01, 2.0, 100.0)],
    "tukey": [{"scale": scale} for scale in (0.01, 2.0, 100.0)],
    "general": [
        {"alpha": alpha, "scale": scale}
        for alpha in (-10.0, -2.0, -1e-9, 0.0, 1e-9, 1.0, 1.99995, 1.9999999, 2.0)
        for scale in (0.1, 2.0)
    ],
    "weighted": [{"label_smoothing": share, "class_weight": weight} for share in (0.0, 0.1) for weight in (0.5, 10.0)],
    "focal": [{"gamma": gamma} for gamma in (0.0, 0.01, 0.5, 1.0, 2.0, 10.0)],
}
CASES = [
    pytest.param(loss, parameters, id=" ".join([loss.key, *map(str, parameters.values())]))
    for loss in SOUND.values()
    for parameters in PARAMETERS.get(loss.key, [{}])
]
SMALLEST = 1e-300  # what lies below has fewer digits than a float


def batch_of(target: Target) -> tuple[np.ndarray, np.ndarray]:
    """Truths and predictions: every logit, or every residual that leaves a prediction in the loss's domain."""
    places = [(truth, value) for truth in TRUTHS[target] for value in BOTH_SIGNS]
    truths, values = np.array(places).T
    predictions = values if target is Target.LABEL else truths + values
    kept = predictions >= 1e-6 if target is Target.POSITIVE else np.isfinite(predictions)
    return truths[kept], predictions[kept]


def exact_row(formula, y, predictions, parameters):
    return np.array([exactly(formula, *place, **parameters) for place in zip(y, predictions, strict=True)])


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_each_value_has_its_digits_at_every_size(loss, parameters):
    y, predictions = batch_of(loss.target)
    expected = exact_row(VALUES[loss.key], y, predictions, parameters)
    values = loss.value(np, y, predictions, **parameters)
    np.testing.assert_allclose(values, expected, rtol=1e-6, atol=SMALLEST)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_each_written_slope_has_its_digits_at_every_size(loss, parameters):
    y, predictions = batch_of(loss.target)
    expected = exact_row(SLOPES[loss.key], y, predictions, parameters)
    slopes = np.asarray(loss.gradient(y, predictions, **parameters))
    np.testing.assert_allclose(slopes, expected, rtol=1e-6, atol=SMALLEST)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_what_trains_has_the_written_slope_at_every_size(loss, parameters):
    y, predictions = (values.astype(np.float32) for values in batch_of(loss.target))
    variable = tf.Variable(predictions)
    with tf.GradientTape() as tape:
        values = loss.value(keras.ops, tf.constant(y), variable, **parameters)
    assert np.isfinite(values.numpy()).all()
    expected = exact_row(SLOPES[loss.key], y.astype(float), predictions.astype(float), parameters)
    # Sums of a slope near 1 and one near −1 keep no more than 7 digits of the larger.
    np.testing.assert_allclose(tape.gradient(values, variable).numpy(), expected, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_focal_loss_with_gamma_0_is_cross_entropy_everywhere(y):
    logits = np.array(BOTH_SIGNS)
    focal, plain = LOSSES["focal"], LOSSES["cross_entropy"]
    labels = np.full_like(logits, y)
    np.testing.assert_array_equal(focal.value(np, labels, logits, gamma=0.0), plain.value(np, labels, logits))
    np.testing.assert_allclose(focal.gradient(labels, logits, gamma=0.0), plain.gradient(labels, logits))


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 2.0])
def test_a_sure_right_answer_costs_nothing_and_pulls_nowhere(gamma):
    ways = cross_check_loss(LOSSES["focal"], np.array([1.0, 0.0]), np.array([1000.0, -1000.0]), keras=True, gamma=gamma)
    assert (ways.loop, ways.numpy, ways.keras) == (0, 0, 0)
    assert ways.formula.tolist() == [0, 0]


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_a_sure_mistake_pulls_with_1_under_focal_loss(gamma):
    ways = cross_check_loss(LOSSES["focal"], np.array([1.0, 0.0]), np.array([-50.0, 50.0]), keras=True, gamma=gamma)
    assert ways.formula.tolist() == [-1, 1]
    assert ways.numpy == ways.loop == 50
