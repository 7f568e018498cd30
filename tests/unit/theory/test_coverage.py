"""Shares of points below a quantile's line: of its own points, of fresh ones, and what theory says of them."""

from math import erf

import numpy as np
import pytest
from scipy.optimize import linprog

from playground.experiment import settings
from playground.theory.coverage import expected_share_below, share_below_fresh, share_below_training
from tests.support.runs import diagnosed


def normal_below(z):
    return np.array([0.5 * (1 + erf(value / np.sqrt(2))) for value in np.ravel(z)])


@pytest.mark.parametrize("changes", [{"quantile": 0.9}, {"quantile": 0.2, "noise": 4.0, "points": 9}])
def test_shares_are_those_of_the_line_and_of_the_noise(changes):
    run = diagnosed(loss="quantile", epochs=3000, **changes).run
    slope, intercept = run.line
    data, noise = run.data, run.experiment.noise
    own = np.mean([y < slope * x + intercept for x, y in zip(data.x_train, data.y_train, strict=True)])
    assert share_below_training(run) == pytest.approx(own)
    # The truth is 2x + 3 with Gaussian noise, so the exact share is a mean of normal probabilities over x.
    x = np.linspace(-10, 10, 2001)
    exact = normal_below((slope * x + intercept - 2 * x - 3) / noise).mean()
    share, among = share_below_fresh(run)
    assert among >= 2000
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / among))


def exact_line(x, y, quantile):
    """Quantile regression as a linear program. Source: Koenker 2005, Quantile Regression, section 6.2."""
    n = len(x)
    cost = np.r_[0, 0, np.full(n, quantile), np.full(n, 1 - quantile)]
    equations = np.hstack([np.column_stack([x, np.ones(n)]), np.eye(n), -np.eye(n)])
    return linprog(cost, A_eq=equations, b_eq=y, bounds=[(None, None)] * 2 + [(0, None)] * 2 * n).x[:2]


@pytest.mark.parametrize(("points", "said"), [(21, "0.86 with 21 points"), (6, "0.76 with 6")])
def test_the_shares_that_the_help_names_are_those_of_exact_fits(points, said):
    rng, x = np.random.default_rng(0), np.linspace(-10, 10, points)
    # A line of its own in x and y changes no share, so the truth may be 0 and the noise 1.
    lines = [exact_line(x, rng.normal(size=points), 0.9) for _ in range(400)]
    places = np.linspace(-10, 10, 101)
    share = np.mean([normal_below(slope * places + intercept).mean() for slope, intercept in lines])
    assert share == pytest.approx(float(said.split()[0]), abs=0.02)
    assert said in quantile_help()


def quantile_help():
    return settings()["quantile"].help


@pytest.mark.parametrize(("count", "quantile"), [(21, 0.9), (5, 0.9), (10, 0.5), (20, 0.05)])
def test_a_quantile_of_n_numbers_has_its_share_of_fresh_numbers(count, quantile):
    share, of = expected_share_below(count, quantile)
    draws = np.random.default_rng(0).uniform(size=(20_000, count))
    found = np.quantile(draws, quantile, axis=1, method="inverted_cdf")
    assert found.mean() == pytest.approx(share / of, abs=0.004)
