"""Regimes: real runs against the theory of momentum, and the bounce of a gradient that never fades."""

import numpy as np
import pytest

from playground.diagnosis import Verdict
from playground.experiment import Experiment
from playground.pages.landscape.regimes import (
    Regime,
    bounce,
    boundaries,
    classify,
    losses_by_rate,
    rates_round,
    regime_map,
)
from playground.theory.optima import optimum
from playground.theory.stable_rate import largest_stable_rate
from playground.training import train
from tests.support.runs import diagnosed


@pytest.fixture(scope="module")
def article():
    return regime_map(Experiment(), (1e-4, 0.5), cells=24)


def test_the_map_agrees_with_theory_but_for_its_borders(article) -> None:
    monotone, stable = boundaries(Experiment(), article.momenta)
    clear = 1.1  # a run nearer to a border takes longer than 500 epochs to show which side it is on
    rates, regimes = article.rates[None], article.regimes
    assert (regimes[rates > clear * stable[:, None]] == Regime.DIVERGING).all()
    assert (regimes[rates < stable[:, None] / clear] != Regime.DIVERGING).all()
    assert (regimes[rates < monotone[:, None]] == Regime.MONOTONE).all()
    between = (rates > 1.4 * monotone[:, None]) & (rates < stable[:, None] / clear)
    assert (regimes[between] == Regime.OSCILLATING).mean() > 0.98
    assert {Regime(value) for value in regimes.ravel()} == {Regime.MONOTONE, Regime.OSCILLATING, Regime.DIVERGING}


def test_every_cell_is_a_run_of_the_engine(article) -> None:
    rng = np.random.default_rng(0)
    cells = [(int(row), int(column)) for row, column in rng.integers(0, 24, (12, 2))]
    plan = [
        Experiment(
            optimizer="momentum",
            epochs=500,
            learning_rate=float(article.rates[column]),
            momentum=float(article.momenta[row]),
        )
        for row, column in cells
    ]
    runs = train(plan, record=("weights",))
    found = [classify(run.path[None], run.experiment)[0] for run in runs]
    assert found == [article.regimes[cell] for cell in cells]


def test_nesterovs_borders_are_the_roots_of_its_polynomial() -> None:
    momenta = np.array([0.0, 0.3, 0.9])
    experiment = Experiment(optimizer="nesterov")
    monotone, stable = boundaries(experiment, momenta)
    steepest = 2 * 770 / 21
    for momentum, calm, most in zip(momenta, monotone * steepest, stable * steepest, strict=True):
        for a, inside, real in [(0.99 * calm, True, True), (0.999 * most, True, None), (1.001 * most, False, None)]:
            roots = np.roots([1, -(1 + momentum) * (1 - a), momentum * (1 - a)])
            assert (np.abs(roots).max() < 1) == inside
            assert real is None or (np.isreal(roots).all() and (roots.real >= 0).all())


def test_a_loss_without_curvature_has_no_border_and_never_settles() -> None:
    experiment = Experiment(loss="mae")
    assert boundaries(experiment, np.zeros(1)) is None
    found = regime_map(experiment, (1e-3, 0.5), cells=8)
    assert Regime.RESTLESS in found.regimes
    assert not (found.regimes[:, 4:] == Regime.MONOTONE).any()


def test_the_bounce_is_the_length_of_the_last_steps() -> None:
    run = diagnosed(loss="mae").run
    steps = np.linalg.norm(np.diff(run.path[-20:], axis=0), axis=1)
    assert bounce(run) == pytest.approx(steps.mean(), rel=0.1)
    half = diagnosed(loss="mae", learning_rate=0.005, epochs=3000).run
    assert bounce(half) == pytest.approx(bounce(run) / 2, rel=0.3)
    assert bounce(diagnosed().run) is None
    assert bounce(diagnosed(loss="mae", learning_rate=1e-4).run) is None  # still on its way


def test_each_learning_rate_ends_where_its_own_training_ends() -> None:
    experiments = (Experiment(epochs=100), Experiment(epochs=100, loss="mae"))
    low, high = rates_round(experiments[0])
    assert low < largest_stable_rate(experiments[0]) < high
    rates, last = losses_by_rate(experiments, (low, high))
    assert last.shape == (2, len(rates))
    for row, column in [(0, 3), (1, 30)]:
        run = train([experiments[row].replace(learning_rate=float(rates[column]))])[0]
        assert last[row, column] == pytest.approx(run.loss[-1], rel=1e-4)
    assert np.isinf(last[0, -1]) or last[0, -1] > 1e6
    assert last[0].min() == pytest.approx(optimum(experiments[0]).loss, rel=1e-2)


def test_a_clipped_run_above_the_limit_never_settles_and_does_not_diverge() -> None:
    clipped = Experiment(global_clipnorm=1.0)
    found = regime_map(clipped, (1e-3, 1.0), cells=16)
    limit = largest_stable_rate(clipped)
    plain = found.regimes[0]
    assert (plain[found.rates > 1.1 * limit] == Regime.RESTLESS).all()
    assert not (plain[found.rates < limit / 1.1] == Regime.RESTLESS).any()


def test_a_run_that_starts_at_its_optimum_and_bounces_does_not_diverge() -> None:
    best = optimum(Experiment(loss="mae"))
    at = Experiment(loss="mae", start_slope=best.slope, start_intercept=best.intercept, learning_rate=0.01, epochs=500)
    run = train([at], record=("weights",))[0]
    assert np.linalg.norm(run.path[-1] - run.path[0]) > 0
    assert classify(run.path[None], at)[0] == Regime.RESTLESS


def test_batches_have_no_border_of_all_points() -> None:
    assert boundaries(Experiment(batch_size=4), np.zeros(1)) is None
    assert boundaries(Experiment(loss="mae", l2=1.0), np.zeros(1)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.02},
        {"learning_rate": 0.0273, "epochs": 3000},
        {"learning_rate": 0.03},
        {"loss": "mae", "learning_rate": 0.03},
        {"loss": "mae", "learning_rate": 1.0},
        {"loss": "huber", "learning_rate": 0.05},
        {"optimizer": "momentum", "learning_rate": 0.05},
        {"optimizer": "momentum", "learning_rate": 0.053},
        {"batch_size": 4, "learning_rate": 0.005},
    ],
    ids=str,
)
def test_the_regime_of_a_run_agrees_with_its_verdict(changes: dict) -> None:
    diagnosis = diagnosed(**changes)
    regime = classify(diagnosis.run.path[None], diagnosis.run.experiment)[0]
    assert (regime == Regime.DIVERGING) == (diagnosis.verdict is Verdict.DIVERGED)
    assert (regime == Regime.RESTLESS) == (diagnosis.verdict is Verdict.OSCILLATING)
