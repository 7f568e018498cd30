"""Largest stable rates: of batches against every subset, of penalties, in training, and never printed too high."""

from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest

from playground.diagnosis import Verdict, diagnose
from playground.experiment import Experiment
from playground.text.numbers import limit_number
from playground.theory.batch_curvature import measure_batch_curvature, search_batch_curvature
from playground.theory.line_loss import points
from playground.theory.optima import optimum
from playground.theory.stable_rate import (
    LimitCause,
    is_limit_exact,
    largest_stable_rate,
    never_settles_exactly,
    penalty_limit,
    rate_limit,
    safe_rate,
)
from playground.training import train
from tests.support.runs import diagnosed

BATCH_OF_ONE = {"batch_size": 1, "noise": 0.0, "epochs": 50, "loss": "mse", "start_slope": 0.5}


def rows_of(x: list[float]) -> np.ndarray:
    return np.column_stack([x, np.ones(len(x))])


@pytest.mark.parametrize("seed", range(20))
def test_the_steepest_batch_is_the_steepest_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = np.column_stack([rng.normal(rng.normal(0, 3), 2, (8, 1 + seed % 3)), np.ones(8)])
    penalty = np.diag([*rng.uniform(0, 5, 1 + seed % 3), 0.0])
    for size in (1, 2, 5, 8):
        every = [inputs[list(rows)] for rows in combinations(range(8), size)]
        right = max(np.linalg.eigvalsh(2.0 * rows.T @ rows / size + penalty)[-1] for rows in every)
        assert search_batch_curvature(inputs, size, 2.0, penalty) == pytest.approx(right)


def test_a_batch_of_one_is_held_to_its_own_point() -> None:
    # A step of MSE on the point (x, y) multiplies its residual by 1 − rate × 2 (x² + 1).
    assert rate_limit(Experiment(batch_size=1)).rate == pytest.approx(1 / 101)
    assert rate_limit(Experiment(batch_size=1)).full_batch_rate == pytest.approx(2 / (2 * 770 / 21))
    assert rate_limit(Experiment(batch_size=20)).rate == pytest.approx(1 / 101)  # the last batch has one point
    assert rate_limit(Experiment(batch_size=21)).cause is LimitCause.POINTS
    assert rate_limit(Experiment(batch_size=1, loss="huber")).rate == pytest.approx(2 / 101)


def test_only_the_limit_of_a_parabola_on_all_points_is_exact() -> None:
    assert is_limit_exact(Experiment())
    assert not is_limit_exact(Experiment(batch_size=1))
    assert not is_limit_exact(Experiment(loss="mae"))
    huber = Experiment(loss="huber", outliers=0.1, outlier_size=60.0, epochs=3000)
    assert not is_limit_exact(huber)
    limit = largest_stable_rate(huber)
    assert limit is not None
    (above,) = train([huber.replace(learning_rate=1.1 * limit)])  # where MSE would have left
    assert np.ptp(above.loss[-50:]) < 1e-4


def test_a_loss_whose_gradient_does_not_fade_settles_at_no_rate() -> None:
    assert never_settles_exactly(Experiment(loss="mae"))
    assert not never_settles_exactly(Experiment(loss="huber"))
    assert not never_settles_exactly(Experiment(loss="mae", optimizer="adam"))
    assert not never_settles_exactly(Experiment(loss="mae", hidden=(4,)))
    assert not never_settles_exactly(Experiment(loss="mae", l2=0.1))  # the limit of the penalty is shown


def test_batches_in_order_are_held_to_the_steepest_of_them() -> None:
    experiment = Experiment(batch_size=7, shuffle=False)
    x, _ = points(experiment)
    right = max(np.linalg.eigvalsh(2 * rows_of(part).T @ rows_of(part) / 7)[-1] for part in np.split(x, 3))
    assert rate_limit(experiment).rate == pytest.approx(2 / right)
    assert measure_batch_curvature(rows_of(x), [slice(0, 21)], 2.0, np.zeros((2, 2))) == pytest.approx(2 * 770 / 21)


@pytest.mark.parametrize("batch", [1, 4, 20])
@pytest.mark.parametrize("shuffle", [True, False])
def test_below_the_limit_no_step_leads_away_from_a_line_through_all_points(batch: int, shuffle: bool) -> None:
    experiment = Experiment(batch_size=batch, shuffle=shuffle, noise=0.0, epochs=60, start_slope=-3.0)
    at = experiment.replace(learning_rate=0.999 * largest_stable_rate(experiment))
    (run,) = train([at], record=("weights",))
    away = np.linalg.norm(run.path - [2.0, 3.0], axis=1)
    assert (np.diff(away) <= 1e-5).all()
    assert away[-1] < 0.1 * away[0]


def test_a_rate_that_all_points_hold_diverges_in_batches_of_one_and_the_batch_is_blamed() -> None:
    run = diagnosed(**BATCH_OF_ONE, learning_rate=0.027).run
    assert diagnosed(**{**BATCH_OF_ONE, "batch_size": 0}, learning_rate=0.027).verdict is not Verdict.DIVERGED
    assert diagnosed(**BATCH_OF_ONE, learning_rate=0.02).run.loss[-1] < 1e-9  # above the limit batches may still hold
    found = diagnose(run)
    assert found.verdict is Verdict.DIVERGED
    said = " ".join(found.evidence)
    for part in ("1 of 21 points", "stable only up to 0.0099", "0.027 is above", "are stable up to 0.02727"):
        assert part in said


def test_published_reports_of_far_points() -> None:
    # https://github.com/tensorflow/tensorflow/issues/12030: summed squares of x = 1, 2, 3, 4, 35, and without the last.
    for x, right in (([1, 2, 3, 4, 35], 0.000796), ([1, 2, 3, 4], 0.0299)):
        curvature_of_mean = search_batch_curvature(rows_of(x), len(x), 2.0, np.zeros((2, 2)))
        assert 2 / (len(x) * curvature_of_mean) == pytest.approx(right, rel=2e-3)
    # https://github.com/keras-team/keras/issues/3040: x = 0 to 199, batches of one or all points.
    x = np.arange(200.0)
    for size, right in ((1, 2.5e-5), (200, 7.6e-5)):
        assert 2 / search_batch_curvature(rows_of(x), size, 2.0, np.zeros((2, 2))) == pytest.approx(right, rel=0.02)


@pytest.mark.parametrize("loss", ["mae", "quantile", "epsilon_insensitive"])
def test_a_loss_of_straight_pieces_is_held_by_its_penalty(loss: str) -> None:
    experiment = Experiment(loss=loss, l2=100.0, epochs=300)
    limit = rate_limit(experiment)
    assert limit.rate == pytest.approx(0.01)
    assert limit.cause is LimitCause.PENALTY
    below, above = train([experiment.replace(learning_rate=share * limit.rate) for share in (0.98, 1.02)])
    assert below.loss[-1] < below.loss[0]
    assert diagnose(above).verdict is Verdict.DIVERGED
    said = " ".join(diagnose(diagnosed(loss=loss, l2=100.0, learning_rate=0.03).run).evidence)
    assert "0.03 is above 0.01, the largest stable rate under this L2 penalty" in said
    assert "multiplies each weight by −5.00 a step" in said


def test_the_penalty_of_a_network_has_a_limit_of_its_own() -> None:
    experiment = Experiment(hidden=(4,), l2=100.0, learning_rate=0.03)
    assert rate_limit(experiment) is None
    assert penalty_limit(experiment) == pytest.approx(0.01)
    assert penalty_limit(experiment.replace(optimizer="adam")) is None
    said = " ".join(diagnose(train([experiment])[0]).evidence)
    assert "0.03 is above 0.01, the largest at which the L2 penalty's own steps settle" in said


def test_clipping_keeps_the_limit_since_nothing_is_clipped_at_the_optimum() -> None:
    clipped = {"global_clipnorm": 1.0, "loss": "mse", "epochs": 3000}
    limit = largest_stable_rate(Experiment(**clipped))
    assert limit == largest_stable_rate(Experiment())
    for share, settles in ((0.95, True), (1.05, False)):
        run = diagnosed(**clipped, learning_rate=share * limit).run
        best = optimum(run.experiment)
        away = np.linalg.norm(run.path[-20:] - [best.slope, best.intercept], axis=1)
        assert (away.max() < 1e-3) == settles


def test_the_evidence_names_the_factor_of_a_step() -> None:
    # 1 − 0.0285 × 2 · 770/21 = −1.09
    said = " ".join(diagnose(diagnosed(learning_rate=0.0285, noise=0.0, epochs=100).run).evidence)
    assert "0.0285 is above 0.02727" in said
    assert "multiplies the distance by −1.090: the weights change sides" in said
    assert "The size of x sets this limit, not that of y: x is up to 10 from 0" in said
    run = diagnosed(learning_rate=0.0285, noise=0.0, epochs=100).run
    slopes = run.path[1:8, 0] - 2.0
    np.testing.assert_allclose(slopes[1:] / slopes[:-1], -1.09, rtol=1e-4)


def test_a_printed_limit_is_never_above_the_limit() -> None:
    rng = np.random.default_rng(0)
    for limit in 10.0 ** rng.uniform(-3.9, 2, 500):
        printed = float(limit_number(float(limit)))
        assert limit * (1 - 1e-3) < printed <= limit
        beside = float(f"{limit * rng.uniform(0.99, 0.99999):.6g}")
        assert beside <= float(limit_number(float(limit), beside)) <= limit
    assert limit_number(2 / (2 * 770 / 21)) == "0.02727"
    assert limit_number(1.0) == "1"
    assert limit_number(0.3) == "0.3"
    assert limit_number(2.4567e-7) == "2.456 × 10⁻⁷"
    assert Decimal(limit_number(0.02727272, 0.027272)) == Decimal("0.027272")


def test_a_rate_just_above_the_limit_does_not_equal_what_is_printed() -> None:
    said = " ".join(diagnose(diagnosed(learning_rate=0.0273, epochs=10_000).run).evidence)
    assert "0.0273 is above 0.02727" in said


@pytest.mark.parametrize("changes", [{"batch_size": 1}, {"batch_size": 8}, {"loss": "mae", "l2": 3.0}], ids=str)
def test_the_safe_rate_lies_below_every_limit(changes: dict) -> None:
    experiment = Experiment(**changes)
    assert 0.8 * largest_stable_rate(experiment) < safe_rate(experiment) <= 0.9 * largest_stable_rate(experiment)
