"""A line's loss by its two weights: its optimum against solvers, its slope against Keras, its curvature by hand."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, QuantileRegressor, Ridge

from playground.data import make_data
from playground.experiment import Experiment
from playground.losses import losses_for
from playground.models.keras_model import build_loss
from playground.theory.line_loss import (
    curvature,
    gradient,
    largest_curvature,
    mean_loss,
    points,
    prediction_gradients,
    surface_key,
)
from playground.theory.optima import constant_loss, is_convex, optimum

CONVEX = [key for key in losses_for("regression") if is_convex(Experiment(loss=key))]


def random_data(seed: int, **changes: object) -> Experiment:
    """Points of any law, a third of them with outliers up or down."""
    rng = np.random.default_rng(seed)
    drawn = {
        "dataset": str(rng.choice(["line", "sine", "step", "quadratic", "heteroscedastic"])),
        "noise": float(rng.uniform(0.1, 5)),
        "noise_shape": str(rng.choice(["gaussian", "laplace", "student_t", "skewed"])),
        "outliers": float(rng.choice([0.0, 0.1, 0.3])),
        "outlier_size": float(rng.choice([-60.0, 30.0, 200.0])),
        "points": int(rng.integers(4, 60)),
        "seed": seed,
    }
    return Experiment(**{**drawn, **changes})


def solved(experiment: Experiment) -> float:
    """The least loss by another's solver: scikit-learn's where it has this loss, else SciPy's of a smooth one."""
    x, y = points(experiment)
    if experiment.loss == "mse":
        model = LinearRegression().fit(x[:, None], y)
    elif experiment.loss in ("mae", "quantile"):
        share = 0.5 if experiment.loss == "mae" else experiment.quantile
        model = QuantileRegressor(quantile=share, alpha=0, solver="highs").fit(x[:, None], y)
    else:
        return smooth_minimum(experiment)
    return float(mean_loss(experiment, model.coef_[0], model.intercept_))


def smooth_minimum(experiment: Experiment) -> float:
    """The least loss from many starts; the best of them, since a loss with straight pieces may stop a search early."""
    x, y = points(experiment)
    first = LinearRegression().fit(x[:, None], y)
    fun = lambda w: float(mean_loss(experiment, w[0], w[1]))  # noqa: E731
    best = np.array([first.coef_[0], first.intercept_])
    for _ in range(2):
        options = {"xatol": 1e-8, "fatol": 1e-11, "maxiter": 1000, "maxfev": 1000}
        best = minimize(fun, best, method="Nelder-Mead", options=options).x
    return fun(best)


def test_the_convex_losses_are_known() -> None:
    assert CONVEX == ["mse", "mae", "huber", "log_cosh", "quantile", "epsilon_insensitive", "general"]
    assert not is_convex(Experiment(loss="general", alpha=0.0))


@pytest.mark.parametrize("loss", CONVEX)
def test_the_optimum_of_a_convex_loss_is_that_of_a_solver(loss: str) -> None:
    for seed in range(50):
        experiment = random_data(seed, loss=loss)
        best, theirs = optimum(experiment), solved(experiment)
        assert best.certain
        assert best.loss == pytest.approx(float(mean_loss(experiment, best.slope, best.intercept)))
        # Ours may be better than a search that stopped early, never worse.
        assert best.loss <= theirs + 1e-4 * abs(theirs)
        if loss in ("mse", "mae", "quantile"):
            assert best.loss == pytest.approx(theirs, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("standardise", [False, True])
def test_the_best_line_of_squares_is_scikit_learns(standardise: bool) -> None:
    for seed in range(50):
        experiment = random_data(seed, standardise=standardise)
        x, y = points(experiment)
        best, model = optimum(experiment), LinearRegression().fit(x[:, None], y)
        np.testing.assert_allclose(
            [best.slope, best.intercept], [model.coef_[0], model.intercept_], rtol=1e-4, atol=1e-4
        )


def test_a_penalty_moves_the_optimum_as_it_does_in_ridge_regression() -> None:
    experiment = random_data(3, l2=0.7)
    x, y = points(experiment)
    best, model = optimum(experiment), Ridge(alpha=0.7 * len(x)).fit(x[:, None], y)
    np.testing.assert_allclose([best.slope, best.intercept], [model.coef_[0], model.intercept_], rtol=1e-4)


@pytest.mark.parametrize("loss", ["cauchy", "tukey"])
def test_of_several_valleys_the_deepest_is_found(loss: str) -> None:
    for seed in range(20):
        experiment = random_data(seed, loss=loss)
        best = optimum(experiment)
        assert not best.certain
        around = np.random.default_rng(seed).normal([[best.slope], [best.intercept]], [[3], [10]], (2, 4000))
        assert best.loss <= mean_loss(experiment, *around).min() + 1e-9


@pytest.mark.parametrize("loss", losses_for("regression"))
def test_loss_and_gradient_are_those_of_keras(loss: str) -> None:
    experiment = random_data(7, loss=loss, outlier_size=30.0)
    data = make_data(experiment)
    slope, intercept = tf.Variable(1.3), tf.Variable(-0.7)
    with tf.GradientTape() as tape:
        value = build_loss(experiment)(data.y_train, data.x_train * slope + intercept)
        value = tf.reduce_mean(value)
    theirs = [float(each) for each in tape.gradient(value, [slope, intercept])]
    assert float(mean_loss(experiment, 1.3, -0.7)) == pytest.approx(float(value), rel=1e-5)
    np.testing.assert_allclose(gradient(experiment, 1.3, -0.7), theirs, rtol=2e-4, atol=1e-5)


def test_the_pulls_of_squares_and_of_sizes() -> None:
    # By hand: under MSE a point pulls with twice its residual, under MAE with its sign.
    x, y = points(Experiment(outliers=0.1))
    residual = 2.0 * x + 3.0 - y
    np.testing.assert_allclose(prediction_gradients(Experiment(outliers=0.1), 2.0, 3.0), 2 * residual, atol=1e-4)
    np.testing.assert_allclose(
        prediction_gradients(Experiment(outliers=0.1, loss="mae"), 2.0, 3.0), np.sign(residual), atol=1e-6
    )


def test_the_curvature_of_the_articles_run() -> None:
    # Points −10 … 10: the mean of x² is 770/21, so the MSE's Hessian is 2 · diag(770/21, 1).
    bend = curvature(Experiment(), 0.5, 0.5)
    np.testing.assert_allclose(bend.values, [2 * 770 / 21, 2], rtol=1e-4)
    np.testing.assert_allclose(np.abs(bend.directions), np.eye(2), atol=1e-6)
    assert bend.condition == pytest.approx(770 / 21, rel=1e-4)
    assert curvature(Experiment(standardise=True), 0.0, 0.0).condition == pytest.approx(1, rel=1e-4)
    assert np.isinf(curvature(Experiment(loss="huber", delta=0.001), 90.0, 0.0).condition)


@pytest.mark.parametrize("loss", ["mse", "huber", "log_cosh", "cauchy", "tukey", "general"])
def test_no_place_curves_more_than_the_bound(loss: str) -> None:
    experiment = random_data(5, loss=loss, l2=0.2)
    bound, best = largest_curvature(experiment), optimum(experiment)
    for slope, intercept in np.random.default_rng(0).normal([best.slope, best.intercept], 5, (50, 2)):
        assert curvature(experiment, slope, intercept).values[0] <= bound * (1 + 1e-3)


def test_the_best_constant() -> None:
    y = make_data(Experiment()).y_train
    assert constant_loss(Experiment()) == pytest.approx(float(y.var()), rel=1e-5)
    assert constant_loss(Experiment(loss="mae")) == pytest.approx(float(np.abs(y - np.median(y)).mean()), rel=1e-5)


def test_the_best_constant_of_labels() -> None:
    blobs = Experiment(dataset="blobs", points=80, positives=0.3, loss="cross_entropy")
    share = float(make_data(blobs).y_train.mean())
    entropy = -(share * np.log(share) + (1 - share) * np.log(1 - share))
    assert constant_loss(blobs) == pytest.approx(entropy, rel=1e-5)
    # The hinge between −1 and 1 is 1 − z for label 1 and 1 + z for label 0: with few of label 1 it is least at −1.
    assert constant_loss(blobs.replace(loss="hinge")) == pytest.approx(2 * share, rel=1e-5)
    assert constant_loss(blobs.replace(loss="brier")) == pytest.approx(share * (1 - share), rel=1e-5)
    assert constant_loss(blobs.replace(positives=1.0)) < 1e-6  # all of one label: sure, and right


def test_training_settings_do_not_move_the_surface() -> None:
    trained = {"learning_rate": 0.5, "epochs": 7, "optimizer": "adam", "momentum": 0.1, "start_slope": 3.0}
    assert surface_key(Experiment(**trained)) == surface_key(Experiment())
    assert surface_key(Experiment(noise=2.0)) != surface_key(Experiment())
