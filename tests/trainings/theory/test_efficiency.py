"""Noise and its loss: densities against samples, theory against closed forms, fitted slopes against exact optima."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import linprog, minimize
from sklearn.linear_model import LinearRegression, QuantileRegressor

from playground.data import make_data
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.pages.losses.noise_ranking import beats, contest, short_of_theory
from playground.tables.noise import NOISES
from playground.theory import efficiency
from playground.theory.efficiency import (
    density,
    find_likelihood,
    make_noise_experiments,
    predict_efficiency,
    settling_losses,
    study_noise,
)
from tests.support.pairwise import each_once, others

SEEDS = 300
COMPARED = 60  # seeds whose exact slopes are searched, one by one
PEERS = {
    "gaussian": stats.norm(),
    "laplace": stats.laplace(scale=0.5**0.5),
    "student_t": stats.t(3, scale=3**-0.5),
    "uniform": stats.uniform(-(3**0.5), 12**0.5),
    "skewed": stats.expon(-1),
}


@cache
def study(shape, loss, points=21):
    """The spread of a loss beside that of MSE, trained once for all tests."""
    (spread,) = study_noise(shape, [loss], SEEDS, points=points)
    return spread


def exact_slope(experiment):
    """The slope at the least mean loss, not by training."""
    data = make_data(experiment)
    x, y = data.x_train.astype(float), data.y_train[:, 0].astype(float)
    if experiment.loss == "mse":
        return LinearRegression().fit(x, y).coef_[0]
    if experiment.loss == "mae":
        return QuantileRegressor(quantile=0.5, alpha=0).fit(x, y).coef_[0]
    if experiment.loss == "epsilon_insensitive":
        return _epsilon_slope(x[:, 0], y, experiment.epsilon)
    curve = LOSSES[experiment.loss].curve

    def cost(line):
        return curve(line[0] * x[:, 0] + line[1] - y, **experiment.parameters).mean()

    start = np.polyfit(x[:, 0], y, 1)
    return minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13}).x[0]


def _epsilon_slope(x, y, epsilon):
    """Least Σ excess with excess ≥ ±(slope x + intercept − y) − ε: a linear program."""
    n = len(x)
    line = np.stack([x, np.ones(n)], -1)
    rows = np.block([[line, -np.eye(n)], [-line, -np.eye(n)]])
    bounds = [(None, None)] * 2 + [(0, None)] * n
    return linprog([0, 0, *np.ones(n)], rows, np.concatenate([y, -y]) + epsilon, bounds=bounds).x[0]


def assert_training_ends_at_the_exact_optimum(shape, loss, compared=COMPARED):
    experiments = [e for e in make_noise_experiments(shape, [loss], SEEDS, 1000) if e.loss == loss]
    exact = np.array([exact_slope(experiment) for experiment in experiments[:compared]])
    spread = study(shape, loss)
    assert spread.spread == pytest.approx(spread.slopes.std(ddof=1))
    trained = spread.slopes[:compared]
    assert trained.std(ddof=1) == pytest.approx(exact.std(ddof=1), rel=0.03)
    # Not only as spread, but the same slopes: what bouncing adds is a small part of what the noise does.
    assert np.sqrt(np.mean((trained - exact) ** 2)) < 0.2 * exact.std()


GRID = (tuple(NOISES), tuple(settling_losses()))
FEW = each_once(*GRID)


@pytest.mark.parametrize(("shape", "loss"), FEW)
def test_training_ends_at_the_exact_optimum(shape, loss):
    assert_training_ends_at_the_exact_optimum(shape, loss)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("shape", "loss"), others(FEW, *GRID))
def test_every_training_ends_at_the_exact_optimum(shape, loss):
    assert_training_ends_at_the_exact_optimum(shape, loss, compared=SEEDS)


@pytest.mark.exhaustive  # the spread of MAE on 128 points is held against the exact one below, too
def test_mae_ends_at_the_exact_optimum_with_more_points():
    experiments = make_noise_experiments("laplace", ["mae"], SEEDS, 1000, points=128)[SEEDS:]
    exact = np.array([exact_slope(experiment) for experiment in experiments])
    assert study("laplace", "mae", 128).spread == pytest.approx(exact.std(ddof=1), rel=0.03)


def exact_laplace(points):
    """MAE's exact optima under Laplace noise as a spread against MSE's, by no training."""
    experiments = make_noise_experiments("laplace", ["mae"], SEEDS, 1000, points=points)
    mse, mae = experiments[:SEEDS], experiments[SEEDS:]
    slopes = exact_mae_slopes(mae)
    np.testing.assert_allclose(slopes[:3], [exact_slope(experiment) for experiment in mae[:3]], rtol=1e-6)
    return efficiency._measure_spread(mae[0], slopes, np.array([exact_slope(experiment) for experiment in mse]))


def exact_mae_slopes(experiments):
    """MAE's exact slopes, all at once: at each slope the best intercept is a median, and what is left is convex."""
    data = [make_data(experiment) for experiment in experiments]
    x = np.stack([each.x_train[:, 0] for each in data]).astype(float)
    y = np.stack([each.y_train[:, 0] for each in data]).astype(float)

    def costs(slopes):
        residuals = y - slopes[:, None] * x
        return np.abs(residuals - np.median(residuals, axis=1, keepdims=True)).sum(axis=1)

    low, high = np.full(len(y), 0.0), np.full(len(y), 4.0)  # the true slope is 2
    while np.max(high - low) > 1e-9:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        falls = costs(left) > costs(right)
        low, high = np.where(falls, left, low), np.where(falls, high, right)
    return (low + high) / 2


def test_few_points_keep_mae_from_its_theory_and_not_its_training():
    exact = {points: exact_laplace(points) for points in (21, 128, 500)}
    assert exact[21].efficiency < exact[128].efficiency < exact[500].efficiency
    assert [each.loss for each in short_of_theory(exact.values())] == ["mae", "mae"]
    assert short_of_theory([exact[500]]) == []
    trained = study("laplace", "mae", 128)
    assert short_of_theory([trained]) == [trained]
    assert trained.efficiency == pytest.approx(exact[128].efficiency, rel=0.03)


def spread_of(slopes, loss="mae"):
    reference = np.random.default_rng(9).normal(size=len(slopes))
    return efficiency._measure_spread(Experiment(loss=loss), slopes, reference)


def test_a_shared_seed_does_not_count():
    rng = np.random.default_rng(0)
    slopes = rng.normal(size=300)
    paired, apart = spread_of(1.05 * slopes + 0.02 * rng.normal(size=300)), spread_of(1.05 * rng.normal(size=300))
    assert beats(spread_of(slopes), paired)
    assert not beats(spread_of(slopes), apart)


def test_chance_alone_wins_seldom():
    rng = np.random.default_rng(1)
    wins = [beats(*(spread_of(slopes) for slopes in rng.normal(size=(2, 300)))) for _ in range(400)]
    assert 0.003 < np.mean(wins) < 0.05  # one side of two standard errors: 2.3%


def test_the_best_is_held_against_the_runner_up():
    ranked = contest([study("student_t", key, 128) for key in ("mse", "mae", "huber")])
    assert (ranked.best.loss, ranked.runner_up.loss) == ("huber", "mae")
    assert [each.loss for each in ranked.alike] == ["mae"]
    ranked = contest([study("gaussian", key, 128) for key in ("mae", "mse")])
    assert (ranked.best.loss, ranked.alike) == ("mse", [])


def test_cauchy_ends_at_the_exact_optimum_at_the_scale_of_the_likelihood():
    experiments = make_noise_experiments("student_t", ["cauchy"], SEEDS, 1000, scale=1.0)[SEEDS:]
    exact = np.array([exact_slope(experiment) for experiment in experiments])
    (spread,) = study_noise("student_t", ["cauchy"], SEEDS, scale=1.0)
    assert spread.spread == pytest.approx(exact.std(ddof=1), rel=0.03)


@pytest.mark.parametrize("points", [21, 128])
def test_mae_under_gaussian_noise_has_two_thirds_of_the_efficiency(points):
    mae = study("gaussian", "mae", points)
    assert abs(mae.efficiency - 2 / np.pi) < 3 * mae.efficiency_error


def test_mae_beats_mse_under_laplace_noise():
    mae = study("laplace", "mae", 128)
    assert mae.efficiency - 3 * mae.efficiency_error > 1


def test_the_spread_of_mse_is_that_of_least_squares():
    x = np.linspace(-10, 10, 21)
    mse = study("gaussian", "mse")
    assert abs(mse.spread - 1 / np.sqrt(np.sum(x**2))) < 3 * mse.standard_error
    assert mse.efficiency == 1
    assert mse.efficiency_error == 0


def test_standard_errors_are_those_of_many_repetitions():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(2000, 100))
    other = base + 0.7 * rng.normal(size=base.shape)
    experiment = Experiment(loss="mae")
    told = [efficiency._measure_spread(experiment, *rows) for rows in zip(other, base, strict=True)]
    assert np.mean([one.standard_error for one in told]) == pytest.approx(other.std(axis=1).std(), rel=0.05)
    ratios = base.var(axis=1) / other.var(axis=1)
    assert np.mean([one.efficiency_error for one in told]) == pytest.approx(ratios.std(), rel=0.05)


@pytest.mark.parametrize("shape", NOISES)
def test_density_is_a_textbooks_with_mean_0_and_variance_1(shape):
    e = np.linspace(-8, 8, 1001)
    np.testing.assert_allclose(density(shape, e), PEERS[shape].pdf(e), rtol=1e-12)
    corners = [-(3**0.5), -1, 0, 3**0.5]
    cuts = [-np.inf, *corners, np.inf]
    moments = [sum(quad(lambda e, k=k: e**k * density(shape, e), a, b)[0] for a, b in pairwise(cuts)) for k in range(3)]
    assert moments == pytest.approx([1, 0, 1], abs=1e-6)


@pytest.mark.parametrize("shape", NOISES)
def test_density_is_that_of_the_samples(shape):
    sample = NOISES[shape].draw(np.random.default_rng(0), 200_000)
    assert stats.kstest(sample, PEERS[shape].cdf).pvalue > 0.01
    counts, edges = np.histogram(sample, 60, (-3, 3))
    grid = np.linspace(edges[:-1], edges[1:], 101)
    expected = len(sample) * 0.1 * density(shape, grid).mean(axis=0)
    assert np.abs(counts - expected).max() < 5 * np.sqrt(counts.max())


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("gaussian", "mse"), ("laplace", "mae"), ("student_t", "cauchy"), ("uniform", None), ("skewed", None)],
)
def test_likelihood(shape, expected):
    found = find_likelihood(shape)
    assert (found.loss if found else None) == expected


def test_cauchy_is_students_likelihood_at_one_scale_only():
    # −log of 2/π (1 + e²)⁻² is 2 log(1 + e²) and a constant: four times the Cauchy loss of scale 1.
    assert find_likelihood("student_t") == ("cauchy", {"scale": 1.0})


def test_a_likelihood_that_is_only_nearly_one_is_none(monkeypatch):
    nearly = lambda e: PEERS["gaussian"].pdf(e) * np.exp(-1e-4 * np.abs(e))  # noqa: E731
    monkeypatch.setitem(NOISES, "nearly", replace(NOISES["gaussian"], density=nearly))
    assert find_likelihood.__wrapped__("nearly") is None


CLOSED = [
    # MAE: 4 f(median)².
    ("gaussian", "mae", {}, 2 / np.pi),
    ("laplace", "mae", {}, 2),
    ("student_t", "mae", {}, 16 / np.pi**2),
    ("uniform", "mae", {}, 1 / 3),
    ("skewed", "mae", {}, 1),
    # Pinball: f(q)² / (τ (1 − τ)); an exponential has the density 1 − τ at its quantile.
    ("skewed", "quantile", {"quantile": 0.9}, 0.1 / 0.9),
    ("gaussian", "quantile", {"quantile": 0.9}, stats.norm.pdf(stats.norm.ppf(0.9)) ** 2 / 0.09),
    # Huber 1964, Gaussian: P(|e| < δ)² / E[min(e², δ²)]; at δ = 1.345 the well-known 95%.
    ("gaussian", "huber", {"delta": 1.345}, 0.95),
    # The likelihood attains the Fisher information: (ν + 1) ν / ((ν + 3) (ν − 2)) for Student's t, in its variance.
    ("student_t", "cauchy", {"scale": 1.0}, 2),
    # Tukey at c = 4.685 and Cauchy at 2.385: the 95% that these constants are chosen for.
    ("gaussian", "tukey", {"scale": 4.685}, 0.95),
    ("gaussian", "cauchy", {"scale": 2.3849}, 0.95),
]


@pytest.mark.parametrize(("shape", "loss", "parameters", "expected"), CLOSED)
def test_theory_is_the_closed_form(shape, loss, parameters, expected):
    assert predict_efficiency(shape, loss, **parameters) == pytest.approx(expected, rel=1e-3)


def assert_theory_is_what_many_points_come_to(shape, loss):
    # 128 points are not infinitely many: a corner's efficiency under a sharp peak is still some 15% away.
    spread = study(shape, loss, 128)
    assert spread.efficiency == pytest.approx(spread.theory, rel=0.25, abs=3 * spread.efficiency_error)


@pytest.mark.parametrize(("shape", "loss"), FEW)
def test_theory_is_what_many_points_come_to(shape, loss):
    assert_theory_is_what_many_points_come_to(shape, loss)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("shape", "loss"), others(FEW, *GRID))
def test_every_theory_is_what_many_points_come_to(shape, loss):
    assert_theory_is_what_many_points_come_to(shape, loss)


@pytest.mark.parametrize("shape", NOISES)
def test_mse_against_itself_is_exactly_one(shape):
    assert predict_efficiency(shape, "mse") == 1.0


def test_no_theory_where_none_applies():
    assert predict_efficiency("gaussian", "msle") is None
    assert predict_efficiency("gaussian", "hinge") is None
    assert predict_efficiency("uniform", "epsilon_insensitive", epsilon=3.0) is None  # every line costs nothing


def test_mse_need_not_be_asked_for_and_the_order_is_the_callers():
    asked = study_noise("gaussian", ["huber", "mae"], seeds=5, epochs=50)
    assert [spread.loss for spread in asked] == ["huber", "mae"]
    with_mse = study_noise("gaussian", ["mae", "mse"], seeds=5, epochs=50)
    assert with_mse[0].efficiency == asked[1].efficiency
    assert with_mse[0].slopes.shape == (5,)


def test_a_stopped_study_is_empty():
    heard = []
    assert study_noise("gaussian", ["mse"], seeds=2, epochs=3000, on_progress=lambda x: heard.append(x)) != []
    assert heard[-1] == 1
    assert study_noise("gaussian", ["mse"], seeds=2, epochs=3000, on_progress=lambda _: False) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gaussian", []), "nothing"),
        (("gaussian", ["tukey"]), "tukey"),
        (("gaussian", ["mse", "quantile"]), "quantile"),
        (("gaussian", ["mse"], 1), "seeds is 1"),
        (("pink", ["mse"]), "pink"),
    ],
)
def test_what_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        study_noise(*arguments)
    with pytest.raises(ValueError, match="pink"):
        density("pink", np.zeros(1))
