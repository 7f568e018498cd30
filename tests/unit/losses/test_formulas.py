"""The losses: every entry of the table against the properties that a loss of its kind must have."""

from functools import partial
from itertools import product
from math import e, log, sqrt

import keras
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from playground.experiment import settings
from playground.losses import COMMON, LOSSES, Target, losses_for
from playground.losses.positive import TINY
from tests.support.losses_cases import (
    FAR_OUT,
    PREDICTIONS,
    RESIDUALS,
    SOUND,
    STRAIGHT,
    TRUTHS,
    keras_values,
    numpy_values,
)

STEP = 1e-3  # of the central differences: their error is of the order of its fourth power, 1e-12

# Worked by hand: (truth, prediction, parameters, loss). A classifier's prediction is its logit: at
# log 3 the probability is 3/4.
HAND_WORKED = {
    # The square of the residual.
    "mse": [(0, 3, {}, 9), (0, -2, {}, 4), (5, 2, {}, 9)],
    # The size of the residual.
    "mae": [(0, 3, {}, 3), (0, -2, {}, 2), (5, 2, {}, 3)],
    # Huber 1964: r²/2 up to δ, then δ(|r| − δ/2).
    "huber": [
        (0, 0.5, {"delta": 1}, 0.125),
        (0, 3, {"delta": 1}, 2.5),
        (0, -3, {"delta": 2}, 4),
        (0, 2, {"delta": 2}, 2),
    ],
    # cosh(ln 2) = (2 + 1/2) / 2 = 5/4; far out, log cosh r is |r| − ln 2.
    "log_cosh": [(0, log(2), {}, log(1.25)), (0, -log(2), {}, log(1.25)), (0, 50, {}, 50 - log(2))],
    # Koenker and Bassett 1978: too low by 2 costs 2τ, too high by 2 costs 2(1 − τ).
    "quantile": [(0, -2, {"quantile": 0.9}, 1.8), (0, 2, {"quantile": 0.9}, 0.2), (0, 2, {"quantile": 0.25}, 1.5)],
    # Vapnik 1995, and "epsilon_insensitive" of scikit-learn's SGDRegressor: max(|r| − ε, 0).
    "epsilon_insensitive": [
        (1, 4, {"epsilon": 0.5}, 2.5),
        (1, -1, {"epsilon": 0.5}, 1.5),
        (1, 1.25, {"epsilon": 0.5}, 0),
        (1, 1.5, {"epsilon": 0.5}, 0),
        (1, -2, {"epsilon": 0}, 3),
    ],
    # scipy.optimize.least_squares, loss="cauchy" with f_scale c: c²/2 · log(1 + (r/c)²).
    "cauchy": [
        (0, 2, {"scale": 2}, 2 * log(2)),
        (1, -5, {"scale": 2}, 2 * log(10)),
        (0, 7, {"scale": 1}, 0.5 * log(50)),
    ],
    # Beaton and Tukey 1974: c²/6 · (1 − (1 − (r/c)²)³) up to c, c²/6 beyond.
    "tukey": [
        (1, 2, {"scale": 2}, 37 / 96),
        (1, 0, {"scale": 2}, 37 / 96),
        (1, 3, {"scale": 2}, 2 / 3),
        (1, -9, {"scale": 2}, 2 / 3),
    ],
    # Barron 2019 (CVPR, equation 1), times c²: c² |α − 2|/α · ((z/|α − 2| + 1)^(α/2) − 1), z = (r/c)².
    # α = 1: √(9/16 + 1) − 1 = 1/4. α = −2: 8/8. α = −4, z = 6: 3/2 · (1 − 2^−2) = 9/8. α = 2: r²/2.
    "general": [
        (0, 0.75, {"alpha": 1, "scale": 1}, 0.25),
        (1, -0.5, {"alpha": 1, "scale": 2}, 1),
        (0, 2, {"alpha": -2, "scale": 1}, 1),
        (0, -6, {"alpha": -4, "scale": sqrt(6)}, 6.75),
        (3, 7, {"alpha": 2, "scale": 3}, 8),
    ],
    # https://keras.io/api/losses/regression_losses: the square of log(1 + p) − log(1 + y).
    "msle": [(1, 3, {}, log(2) ** 2), (7, 1, {}, log(4) ** 2), (0, 0, {}, 0)],
    # The same page: 100 |y − p| / y.
    "mape": [(4, 5, {}, 25), (4, 2, {}, 50), (0.5, 1, {}, 100)],
    # The same page: p − y log p; its code adds 1e-7 to p in the logarithm, which makes these round.
    "poisson": [(0, 3, {}, 3), (3, 1 - 1e-7, {}, 1 - 1e-7), (2, e**2 - 1e-7, {}, e**2 - 1e-7 - 4)],
    # −log of the probability of the right label, which is 3/4 or 1/4 at ± log 3.
    "cross_entropy": [
        (1, 0, {}, log(2)),
        (1, log(3), {}, log(4 / 3)),
        (0, log(3), {}, log(4)),
        (1, -log(3), {}, log(4)),
        (0, -log(3), {}, log(4 / 3)),
    ],
    # Keras's label_smoothing makes label 1 to 1 − s/2; its class_weight multiplies: at p = 3/4 a label 1 costs
    # −0.9 log 3/4 − 0.1 log 1/4 with s = 0.2, which is log 4 − 0.9 log 3.
    "weighted": [
        (1, log(3), {"label_smoothing": 0.2, "class_weight": 5}, 5 * (log(4) - 0.9 * log(3))),
        (0, log(3), {"label_smoothing": 0.2, "class_weight": 5}, log(4) - 0.1 * log(3)),
        (0, log(3), {"label_smoothing": 0, "class_weight": 5}, log(4)),
        (1, -log(3), {"label_smoothing": 0, "class_weight": 0.5}, log(2)),
    ],
    # Lin et al. 2017 (ICCV, equation 4): −(1 − p)^γ log p, p the probability of the right label.
    "focal": [
        (1, log(3), {"gamma": 2}, log(4 / 3) / 16),
        (0, log(3), {"gamma": 2}, log(4) * 9 / 16),
        (1, log(3), {"gamma": 0.5}, log(4 / 3) / 2),
        (0, 0, {"gamma": 3}, log(2) / 8),
    ],
    # Cortes and Vapnik 1995: max(0, 1 − t z), where the label t is −1 or 1.
    "hinge": [(1, 0.5, {}, 0.5), (0, 2, {}, 3), (1, 2, {}, 0), (0, -0.25, {}, 0.75), (0, -1, {}, 0)],
    # Its square: Keras's SquaredHinge, scikit-learn's LinearSVC.
    "squared_hinge": [(1, 0.5, {}, 0.25), (0, 2, {}, 9), (1, 2, {}, 0), (0, -0.25, {}, 0.5625)],
    # Brier 1950, of one outcome: the square of probability less label.
    "brier": [(1, log(3), {}, 1 / 16), (0, log(3), {}, 9 / 16), (1, 0, {}, 1 / 4), (0, -log(3), {}, 1 / 16)],
}


def parameter_sets(loss):
    """The parameters of a loss at the ends and the middle of their sliders; one empty set if it has none.

    Barron's loss is another one at each α, so it is asked at all that have a name, and at each scale.
    """
    stops = {name: settings()[name].stops for name in loss.parameters}
    rows = {name: [row[half * (len(row) - 1) // 2] for half in range(3)] for name, row in stops.items()}
    if loss.key == "general":
        assert {-2.0, 0.0, 1.0, 2.0} < set(stops["alpha"])
        rows["alpha"] = [min(stops["alpha"]), -2.0, 0.0, 1.0, 2.0]
    return [dict(zip(rows, values, strict=True)) for values in product(*rows.values())]


CASES = [
    pytest.param(loss, parameters, id="-".join([loss.key, *map(str, parameters.values())]))
    for loss in SOUND.values()
    for parameters in parameter_sets(loss)
]


def cases(*keys):
    return [case for case in CASES if case.values[0].key in keys]


def of_target(*targets):
    return [case for case in CASES if case.values[0].target in targets]


def predictions(loss):
    return PREDICTIONS[loss.target]


def truths(loss):
    return TRUTHS[loss.target]


def kinks(loss, truth, parameters):
    """The predictions at which two pieces of a loss meet."""
    sizes = {"mae": 0.0, "quantile": 0.0, "mape": 0.0} | dict.fromkeys(["huber"], parameters.get("delta"))
    sizes |= {"epsilon_insensitive": parameters.get("epsilon"), "tukey": parameters.get("scale")}
    if "hinge" in loss.key:
        return [2 * truth - 1]  # where the margin is 1
    return [truth - sizes[loss.key], truth + sizes[loss.key]] if loss.key in sizes else []


def steps(loss, y_pred, parameters):
    """A step that is small beside what the loss changes over: its scale, or a positive prediction."""
    width = y_pred if loss.target is Target.POSITIVE else min(1.0, parameters.get("scale", 1.0))
    return STEP * width * np.ones_like(y_pred)


def away_from_kinks(loss, y_pred, truth, parameters):
    """Predictions whose neighbours lie on the same piece."""
    distances = [np.full_like(y_pred, np.inf), *(np.abs(y_pred - kink) for kink in kinks(loss, truth, parameters))]
    return y_pred[np.min(distances, axis=0) > 3 * steps(loss, y_pred, parameters)]


def second_differences(loss, y_pred, truth, parameters):
    step = steps(loss, y_pred, parameters)
    ahead, here, behind = (numpy_values(loss, y_pred + shift * step, truth, parameters) for shift in (1, 0, -1))
    return (ahead - 2 * here + behind) / step**2


def test_every_loss_stands_under_its_key_and_has_hand_worked_values():
    assert all(loss.key == key for key, loss in LOSSES.items())
    assert set(HAND_WORKED) == set(SOUND)


def test_the_first_five_fit_anything():
    for_numbers = losses_for("regression")
    assert tuple(for_numbers[: len(COMMON)]) == tuple(LOSSES)[: len(COMMON)] == COMMON
    assert {LOSSES[key].target for key in for_numbers} == {Target.REAL}
    assert {loss.target for key, loss in LOSSES.items() if key not in for_numbers} == {*Target} - {Target.REAL}


@pytest.mark.parametrize("key", SOUND)
def test_hand_worked_values(key):
    loss = LOSSES[key]
    for truth, y_pred, parameters, expected in HAND_WORKED[key]:
        assert numpy_values(loss, [y_pred], truth, parameters) == pytest.approx([expected], rel=1e-12)
        assert loss.curve([y_pred - truth], truth, **parameters) == pytest.approx([expected], rel=1e-12)
        values, _ = keras_values(loss, [y_pred], truth, parameters)
        assert values == pytest.approx([expected], rel=1e-6)


def drawn(target):
    """Truths and predictions by chance, of the kind that a loss is for."""
    y_true, y_pred = np.random.default_rng(0).normal(size=(2, 500, 1)).astype(np.float32) * 5
    if target is Target.POSITIVE:
        return np.abs(y_true) + 0.01, np.abs(y_pred) + 0.01
    # Keras's focal loss cuts probabilities off at 1e-7, which a logit of 16 passes.
    return ((y_true > 0).astype(np.float32), np.clip(y_pred, -15, 15)) if target is Target.LABEL else (y_true, y_pred)


@pytest.mark.parametrize(("loss", "parameters"), [case for case in CASES if case.values[0].keras_name])
def test_value_is_that_of_keras(loss, parameters):
    # In single precision Keras's focal loss loses what is left of a probability near 1.
    dtype = "float64" if loss.target is Target.LABEL else "float32"
    y_true, y_pred = (each.astype(dtype) for each in drawn(loss.target))
    options = {**parameters, **dict(loss.keras_options)}
    weights = 1 + (options.pop("class_weight", 1.0) - 1) * y_true[:, 0]
    theirs = getattr(keras.losses, loss.keras_name)(reduction=None, dtype=dtype, **options)(y_true, y_pred, weights)
    ours = loss.value(np, y_true, y_pred, **parameters).mean(axis=-1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_gradient_is_that_of_central_differences(loss, parameters):
    for truth in truths(loss):
        y_pred = away_from_kinks(loss, predictions(loss), truth, parameters)
        assert len(y_pred) > 0.9 * len(predictions(loss))
        step = steps(loss, y_pred, parameters)
        value = partial(numpy_values, loss, truth=truth, parameters=parameters)
        near, far = (value(y_pred + shift * step) - value(y_pred - shift * step) for shift in (1, 2))
        _, gradient = keras_values(loss, y_pred, truth, parameters, "float64")
        np.testing.assert_allclose(gradient, (8 * near - far) / (12 * step), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    ("loss", "parameters"), [case for case in CASES if case.values[0].curvature or case.values[0].key in STRAIGHT]
)
def test_curvature_is_the_largest_second_derivative(loss, parameters):
    grid = np.linspace(-2.0, 2.0, 4001)
    for truth in truths(loss):
        y_pred = away_from_kinks(loss, grid[grid > 0.1] if loss.target is Target.POSITIVE else grid, truth, parameters)
        largest = second_differences(loss, y_pred, truth, parameters).max()
        assert largest == pytest.approx(loss.curvature or 0.0, abs=1e-4)


@pytest.mark.parametrize(("loss", "parameters"), of_target(Target.REAL, Target.POSITIVE))
def test_value_and_gradient_stay_finite_far_out(loss, parameters):
    for truth in truths(loss):
        values, gradient = keras_values(loss, FAR_OUT[loss.target], truth, parameters)
        assert np.isfinite([values, gradient]).all()
        if loss.key == "tukey":  # nothing pulls from beyond its scale
            assert list(gradient) == [0, 0]
        else:
            assert gradient[0] < 0 < gradient[1]


# With a smoothed label the surest answer is not the best one.
SURE = [case for case in of_target(Target.LABEL) if not case.values[1].get("label_smoothing")]


@pytest.mark.parametrize(("loss", "parameters"), SURE)
def test_value_and_gradient_stay_finite_at_a_sure_answer(loss, parameters):
    for truth in truths(loss):
        values, gradient = keras_values(loss, FAR_OUT[loss.target], truth, parameters)
        assert np.isfinite([values, gradient]).all()
        right, wrong = int(truth), 1 - int(truth)
        assert (values[right], gradient[right]) == (0, 0)
        assert values[wrong] >= 1
        # Towards the label, but for Brier's, which does not feel a mistake that is sure.
        assert np.sign(gradient[wrong]) == (0 if loss.key == "brier" else 1 - 2 * truth)


@pytest.mark.parametrize(("loss", "parameters"), of_target(Target.REAL))
def test_no_error_costs_nothing_and_every_error_something(loss, parameters):
    assert loss.curve([0.0], **parameters) == pytest.approx([0.0], abs=1e-15)
    free = parameters["epsilon"] if loss.key == "epsilon_insensitive" else 0.0
    inside = np.abs(RESIDUALS) <= free
    assert (loss.curve(RESIDUALS[inside], **parameters) == 0).all()
    assert (loss.curve(RESIDUALS[~inside], **parameters) > 0).all()


@pytest.mark.parametrize(("loss", "parameters"), of_target(Target.POSITIVE))
def test_the_truth_costs_least(loss, parameters):
    for truth in truths(loss):
        (least,) = numpy_values(loss, [truth], truth, parameters)
        # Poisson's is the likelihood of a count, not a distance: see the hand-worked values.
        assert least == pytest.approx(truth - truth * log(truth + TINY) if loss.key == "poisson" else 0.0, abs=1e-15)
        others = predictions(loss)[predictions(loss) != truth]
        assert (numpy_values(loss, others, truth, parameters) > least).all()


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_a_smoothed_label_asks_for_no_more_than_its_probability(truth):
    weighted = LOSSES["weighted"]
    parameters = {"label_smoothing": 0.2, "class_weight": 3.0}
    least = (2 * truth - 1) * log(9)  # the logit of 0.9, or of 0.1
    values, gradient = keras_values(weighted, [least, -1e4, 1e4], truth, parameters, "float64")
    assert np.isfinite([values, gradient]).all()
    assert gradient == pytest.approx(
        np.array([0, -0.9 + 0.8 * (1 - truth), 0.1 + 0.8 * (1 - truth)]) * (3 if truth else 1)
    )


def test_naive_cross_entropy_is_cross_entropy_until_a_probability_is_rounded():
    naive, stable = LOSSES["naive"], LOSSES["cross_entropy"]
    for truth in (0.0, 1.0):
        logits = np.linspace(-12, 12, 97)
        expected = numpy_values(stable, logits, truth, {})
        np.testing.assert_allclose(numpy_values(naive, logits, truth, {}), expected, rtol=1e-9)
        # Half the distance of 1 to the next smaller number of single precision is 2⁻²⁵, of which the logit is 17.3.
        values, _ = keras_values(naive, [16, 17.4], truth, {})
        assert list(np.isnan(values)) == [False, truth == 1.0]


@pytest.mark.parametrize(("loss", "parameters"), SURE)
def test_the_surer_of_the_label_the_cheaper(loss, parameters):
    for truth in truths(loss):
        away = (2 * truth - 1) * np.linspace(-40, 40, 2001)  # from surely wrong to surely right
        values = numpy_values(loss, away, truth, parameters)
        assert (np.diff(values) <= 0).all()
        assert (values[away * (2 * truth - 1) <= 0] > 0).all()
        assert values[-1] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(("loss", "parameters"), CASES)
def test_numpy_and_keras_agree(loss, parameters):
    for truth in truths(loss):
        values, _ = keras_values(loss, predictions(loss), truth, parameters)
        expected = numpy_values(loss, predictions(loss), truth, parameters)
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_a_curve_is_the_loss_around_its_truth(loss):
    parameters = parameter_sets(loss)[1 if loss.parameters else 0]
    for truth in truths(loss):
        residuals = predictions(loss) - truth
        expected = numpy_values(loss, truth + residuals, truth, parameters)
        np.testing.assert_array_equal(loss.curve(residuals, truth, **parameters), expected)
    if loss.target is not Target.POSITIVE:
        np.testing.assert_array_equal(
            loss.curve(RESIDUALS, **parameters), numpy_values(loss, RESIDUALS, 0.0, parameters)
        )


@pytest.mark.parametrize("loss", [loss for loss in SOUND.values() if loss.parameters], ids=lambda loss: loss.key)
def test_a_vector_of_parameters_gives_each_column_its_own(loss):
    sets = parameter_sets(loss)
    vectors = {name: np.array([parameters[name] for parameters in sets]) for name in loss.parameters}
    table = np.repeat(predictions(loss)[:, None], len(sets), axis=1)
    for truth in truths(loss):
        values = loss.value(np, np.full_like(table, truth), table, **vectors)
        for column, parameters in enumerate(sets):
            expected = numpy_values(loss, predictions(loss), truth, parameters)
            np.testing.assert_array_equal(values[:, column], expected)


# 101 points, so that the median and these quantiles are one point each and not a stretch between two.
MINIMISERS = [
    ("mse", {}, np.mean),
    ("mae", {}, np.median),
    *(
        ("quantile", {"quantile": share}, partial(np.quantile, q=share, method="inverted_cdf"))
        for share in (0.1, 0.5, 0.9)
    ),
    ("epsilon_insensitive", {"epsilon": 0.0}, np.median),
    ("general", {"alpha": 2.0, "scale": 2.0}, np.mean),
    ("msle", {}, lambda y: np.expm1(np.log1p(y).mean())),
    ("poisson", {}, np.mean),
]


@pytest.mark.parametrize(("key", "parameters", "statistic"), MINIMISERS)
def test_the_best_constant_is_the_statistic_the_loss_is_known_for(key, parameters, statistic):
    y = np.random.default_rng(0).exponential(size=101)
    cost = lambda constant: LOSSES[key].value(np, y, np.full_like(y, constant), **parameters).mean()  # noqa: E731
    best = minimize_scalar(cost, bounds=(0, y.max()), method="bounded", options={"xatol": 1e-9}).x
    assert best == pytest.approx(statistic(y), abs=1e-6)


@pytest.mark.parametrize("key", ["cross_entropy", "brier"])
def test_the_best_logit_for_labels_is_that_of_their_share(key):
    labels = np.repeat([0.0, 1.0], [70, 30])
    cost = lambda logit: LOSSES[key].value(np, labels, np.full_like(labels, logit)).mean()  # noqa: E731
    best = minimize_scalar(cost, bounds=(-9, 9), method="bounded", options={"xatol": 1e-9}).x
    assert best == pytest.approx(log(3 / 7), abs=1e-6)


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_every_parameter_is_a_setting(loss):
    assert set(loss.parameters) <= set(settings())
