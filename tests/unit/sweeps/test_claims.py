"""Winners of a sweep: against SciPy's paired t-test, and counted where no loss is better."""

import time

import numpy as np
import pytest
from scipy import stats

from playground.experiment import Experiment
from playground.sweeps import Axis, Sweep, Swept, train_sweep
from playground.sweeps.bands import band, compute_p
from playground.sweeps.claims import Standing, compare_losses, find_discoveries
from playground.sweeps.verdicts import claim_words, verdict_words
from playground.sweeps.words import summarise_axis, summarise_map, table_rows

SEEDS = 10


def written(values, losses=("mse", "mae")):
    """A sweep whose RMSE are given: ``(seeds, losses, *axes)``."""
    settings = ("noise", "outliers")[: values.ndim - 2]
    highest = {"noise": 100.0, "outliers": 0.5}
    sizes = values.shape[2:]
    axes = tuple(
        Axis(name, tuple(np.linspace(0, highest[name], size))) for name, size in zip(settings, sizes, strict=True)
    )
    sweep = Sweep(Experiment(), axes, losses, len(values))
    columns = {"rmse": values, "trained": np.ones(values.shape, bool), "diverged_at": np.isnan(values).astype(int)}
    return Swept(sweep, columns)


@pytest.mark.parametrize("seeds", [2, 3, 10, 11, 50])
def test_p_values_are_scipys(seeds):
    values = np.random.default_rng(seeds).normal(0.3, 1.0, (seeds, 500))
    expected = stats.ttest_1samp(values, 0).pvalue
    np.testing.assert_allclose(compute_p(band(values)), expected, rtol=1e-6, atol=1e-12)


def test_p_values_of_what_needs_no_test():
    values = np.array([[0.0, 1.0, np.nan], [0.0, 1.0, 1.0]])
    np.testing.assert_allclose(compute_p(band(values)), [1.0, 0.0, np.nan], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_false_discoveries_are_held_as_scipy_holds_them(seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.uniform(size=150), rng.uniform(size=50) ** 6])
    expected = stats.false_discovery_control(p) <= 0.05
    np.testing.assert_array_equal(find_discoveries(p.reshape(10, 20)).ravel(), expected)
    assert 0 < expected.sum() < 100
    gaps = np.insert(p, [3, 70], np.nan)
    np.testing.assert_array_equal(np.delete(find_discoveries(gaps), [3, 71]), expected)


def test_nothing_that_could_be_tested_is_nothing_found():
    assert not find_discoveries(np.full(4, np.nan)).any()
    assert not find_discoveries(np.zeros((0,))).any()


def true_sweep(rng):
    """Two losses whose difference grows along the axis, from nothing."""
    common = rng.normal(5.0, 1.0, (SEEDS, 1, 12))
    values = common + rng.normal(0.0, 0.2, (SEEDS, 2, 12))
    values[:, 1] += np.linspace(0, rng.uniform(-0.6, 0.6), 12)
    values[rng.uniform(size=values.shape) < 0.03] = np.nan
    return written(values)


@pytest.mark.parametrize("seed", range(30))
def test_every_sentence_about_a_winner_is_scipys_paired_test(seed):
    found = true_sweep(np.random.default_rng(seed))
    mse, mae = found.judge_values("rmse", "mse"), found.judge_values("rmse", "mae")
    both = [np.isfinite(mse[:, place] - mae[:, place]) for place in range(12)]
    tests = [stats.ttest_rel(mae[keep, place], mse[keep, place]) for place, keep in enumerate(both)]
    named = stats.false_discovery_control([test.pvalue for test in tests]) <= 0.05
    for place, (row, test) in enumerate(zip(table_rows(found, "rmse"), tests, strict=True)):
        lead = (mae[:, place] - mse[:, place])[both[place]]
        better, other = ("MSE", "MAE") if lead.mean() > 0 else ("MAE", "MSE")
        matters = abs(lead.mean()) >= 0.01 * np.nanmean((mae if lead.mean() > 0 else mse)[:, place])
        wins = int((np.sign(lead) == np.sign(lead.mean())).sum())
        beats = f"{better} beats {other} in {wins} of {len(lead)} seeds, by "
        assert row[3].startswith(beats) == bool(named[place] and matters), row
        assert ("too small to matter" in row[3]) == bool(named[place] and not matters)
        assert ("which among 12 comparisons may be chance" in row[3]) == bool(test.pvalue < 0.05 and not named[place])


def test_a_lead_that_is_real_but_small_does_not_matter():
    rng = np.random.default_rng(0)
    common = rng.normal(5.0, 1.0, (SEEDS, 1, 3))
    values = np.concatenate([common, common + np.array([0.04, 0.06, 0.0])], axis=1)  # of about 5: 0.8%, 1.2%, none
    values += rng.normal(0.0, 0.002, values.shape)
    found = written(values)
    claims = compare_losses(found, "rmse")
    assert claims.standing.tolist()[:2] == [Standing.SMALL, Standing.WINS]
    assert verdict_words(found, "rmse", claims, 0).endswith("RMSE: real, but under 1% and too small to matter")
    assert "At 0, MSE leads by too little to matter." in summarise_axis(found, "rmse")
    assert "At 50, MSE is clearly best." in summarise_axis(found, "rmse")
    cells = written(values[..., None])
    assert "Ahead by too little to matter: MSE in 33%." in summarise_map(cells, "rmse")


def test_losses_that_are_equal_but_for_rounding_are_not_told_apart():
    """Barron's loss with α = 2 and c = 1, and Huber with a δ beyond all errors, are both half the squared error."""
    base = Experiment(alpha=2.0, scale=1.0, delta=1000.0, epochs=300)
    found = train_sweep(Sweep(base, (Axis("noise", (0.5, 2.0, 5.0)),), ("general", "huber"), SEEDS))
    assert (compare_losses(found, "rmse").winners < 0).all()
    for row in table_rows(found, "rmse"):
        assert row[3].startswith("no winner: ")
        assert "distinguishable" in row[3] or "equal" in row[3]


@pytest.fixture(scope="module")
def equal_slopes():
    """Slopes of the quantile lines 0.4 and 0.6 under symmetric noise, from the true line on: no loss can be better.

    By symmetry both scatter round the true slope in the same way. 200 sweeps of 20 places, each place with seeds of its
    own: ``(sweeps, seeds, 2, places)``.
    """
    sweeps, places, seeds = 200, 20, 6
    scale = float(np.linspace(-10, 10, 21).std())
    base = Experiment(
        loss="quantile", standardise=True, start_slope=2.0 * scale, start_intercept=3.0, learning_rate=0.1, epochs=50
    )
    plan = Sweep(base, (Axis("quantile", (0.4, 0.6)),), ("quantile",), sweeps * places * seeds)
    slopes = train_sweep(plan).judge_values("slope", "quantile")
    return slopes.reshape(sweeps, places, seeds, 2).transpose(0, 2, 3, 1)


def test_equal_losses_are_told_apart_in_one_sweep_of_twenty(equal_slopes):
    """The share of sweeps that name a winner anywhere is 5% at most, give or take what 200 sweeps can tell."""
    claims = [compare_losses(written(study), "rmse") for study in equal_slopes]
    false = np.mean([(each.standing == Standing.WINS).any() or (each.small_leaders >= 0).any() for each in claims])
    one_by_one = np.mean([(each.p < 0.05).any() for each in claims])
    assert false <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(claims))
    assert one_by_one > 0.5  # each place by itself: more than every other sweep is wrong
    every = np.concatenate([each.p for each in claims])
    assert np.mean(every < 0.05) == pytest.approx(0.05, abs=0.015)  # so that the test itself is one of equals


def test_of_the_winners_that_are_named_few_are_false():
    rng = np.random.default_rng(3)
    false, named = 0, 0
    for _ in range(200):
        values = rng.normal(5.0, 1.0, (SEEDS, 2, 30))
        values[:, 1, :10] += 2.0  # at ten of thirty places the first is better
        winners = compare_losses(written(values), "rmse").winners
        false, named = false + int((winners[10:] >= 0).sum()), named + int((winners >= 0).sum())
    assert named > 1000
    assert false / named <= 0.05 + 2 * np.sqrt(0.05 / named)


def test_a_winner_beats_all_others_and_not_only_the_second():
    rng = np.random.default_rng(4)
    values = rng.normal(0.0, 0.01, (SEEDS, 3, 1)) + np.array([1.0, 1.2, 1.3])[:, None]
    values[:, 2, 0] += rng.normal(0.5, 2.0, SEEDS)  # worse on average, but nobody can tell
    found = written(values, ("mse", "mae", "huber"))
    claims = compare_losses(found, "rmse")
    expected = max(stats.ttest_rel(values[:, other, 0], values[:, 0, 0]).pvalue for other in (1, 2))
    assert claims.p[0] == pytest.approx(expected)
    assert (claims.winners[0] >= 0) == (expected < 0.05)
    assert claims.p[0] > 0.05
    assert claims.rival[0] == 2


def test_a_loss_is_judged_in_the_seeds_that_both_finished():
    values = np.array([[[1.0], [np.nan]], [[9.0], [8.0]], [[9.0], [8.1]], [[9.0], [7.9]]])
    claims = compare_losses(written(values), "rmse")
    assert (claims.best[0], claims.count[0], claims.lost[0], claims.wins[0]) == (1, 3, 1, 3)
    assert claims.lead[0] == pytest.approx(1.0)


def test_a_loss_with_one_lucky_seed_does_not_keep_the_others_from_winning():
    rng = np.random.default_rng(6)
    values = rng.normal(0.0, 0.01, (SEEDS, 3, 1)) + np.array([1.0, 2.0, 0.5])[:, None]
    values[1:, 2] = np.nan
    claims = compare_losses(written(values, ("mse", "mae", "huber")), "rmse")
    assert (claims.winners[0], claims.rival[0], claims.count[0]) == (0, 1, SEEDS)


def test_a_large_map_is_judged_at_once():
    values = np.random.default_rng(5).normal(5.0, 1.0, (10, 3, 64, 64))
    found = written(values, ("mse", "mae", "huber"))
    began = time.perf_counter()
    claims = compare_losses(found, "rmse")
    assert time.perf_counter() - began < 1.0
    assert claims.compared == 4096
    assert (claims.winners >= 0).sum() < 20
    assert "4,096 places" in claim_words(claims)
