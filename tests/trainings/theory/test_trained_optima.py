"""Where training ends: at the optimum that scikit-learn computes exactly, outliers or not."""

import numpy as np
import pytest
from sklearn.linear_model import HuberRegressor, LinearRegression, QuantileRegressor

from playground.data import make_data
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.training import train

# Outliers of one sign, so that the losses disagree; few enough for a share of 0.9 to mean something.
DATA = Experiment(points=61, noise=2, outliers=0.05, outlier_size=40, epochs=10_000)


def points(experiment):
    data = make_data(experiment)
    return data.x_train.astype(float), data.y_train[:, 0].astype(float)


def line_of(regressor):
    return float(regressor.coef_[0]), float(regressor.intercept_)


def cost(experiment, line):
    """The mean loss of a line, in double precision."""
    x, y = points(experiment)
    return LOSSES[experiment.loss].curve(line[0] * x[:, 0] + line[1] - y, **experiment.parameters).mean()


@pytest.mark.parametrize("outliers", [0, 0.05, 0.3])
def test_mse_ends_at_least_squares(outliers):
    experiment = DATA.replace(loss="mse", outliers=outliers)
    exact = line_of(LinearRegression().fit(*points(experiment)))
    assert train([experiment])[0].line == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize("outliers", [0, 0.05, 0.3])
def test_huber_ends_at_scikit_learns(outliers):
    # HuberRegressor minimises Σ σ + σ H(r / σ) over the line and the scale σ. At the σ that it
    # found, σ H(r / σ) is (2 / σ) times our Huber loss of r with δ = ε σ, so the line is the same.
    plain = DATA.replace(outliers=outliers)
    exact = HuberRegressor(epsilon=1.5, alpha=0, tol=1e-9, max_iter=10_000).fit(*points(plain))
    experiment = plain.replace(loss="huber", delta=1.5 * exact.scale_, learning_rate=0.03)
    assert train([experiment])[0].line == pytest.approx(line_of(exact), abs=1e-3)


# MAE and pinball pull as hard near the optimum as far from it, so at a constant rate the line never
# rests: it steps over the optimum for ever. Where the optimum is flat, many lines are as good. So
# costs are compared, not lines. Adam changes slope and intercept by about its rate in a step, and for x
# over ±10 the cost rises by at most mean(|x|) + 1 ≈ 6 for each unit of that: one step costs 0.06.
# Ten thousand epochs come far nearer at their best (1.2e-6 seen) and at their end (3e-4 seen).
BOUNCING = DATA.replace(optimizer="adam", learning_rate=0.01)


@pytest.mark.parametrize("outliers", [0, 0.05, 0.3])
@pytest.mark.parametrize(("loss", "quantile"), [("mae", 0.5), ("quantile", 0.1), ("quantile", 0.5), ("quantile", 0.9)])
def test_mae_and_quantile_attain_the_exact_optimum(loss, quantile, outliers):
    experiment = BOUNCING.replace(loss=loss, quantile=quantile, outliers=outliers)
    exact = QuantileRegressor(quantile=quantile, alpha=0).fit(*points(experiment))
    least = cost(experiment, line_of(exact))
    run = train([experiment])[0]
    assert run.loss.min() == pytest.approx(least, rel=1e-5)
    assert cost(experiment, run.line) == pytest.approx(least, abs=1e-3)


def test_a_share_of_the_points_lies_below_the_quantile_line():
    experiment = BOUNCING.replace(loss="quantile", points=200)
    runs = train([experiment.replace(quantile=share) for share in (0.1, 0.5, 0.9)])
    x, y = points(experiment)
    below = [np.mean(y < run.predict(x[:, 0])) for run in runs]
    # A line has two parameters: it can pass through two points of 200, which then count as neither.
    assert below == pytest.approx([0.1, 0.5, 0.9], abs=0.015)


def test_outliers_move_the_mean_but_not_the_median():
    mse, mae = train([BOUNCING.replace(loss=loss, outliers=0.2) for loss in ("mse", "mae")])
    # A fifth of the points is moved by 40, so the mean moves by about 8 and the median by far less.
    assert mse.line[1] - 3 > 6
    assert abs(mae.line[1] - 3) < 1.5
