"""Bands and verdicts: Student's t against SciPy, means by hand, and pairs that know when they know nothing."""

import numpy as np
import pytest
from scipy import stats

from playground.sweeps.bands import band, compare_pairs, t_quantile


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 10, 29, 30, 99, 1000])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_the_quantile_is_students(degrees, confidence):
    assert t_quantile(degrees, confidence) == pytest.approx(stats.t.ppf(0.5 + confidence / 2, degrees), rel=1e-10)


def test_a_band_is_scipys_interval():
    values = np.random.default_rng(0).normal(3.0, 2.0, (12, 4))
    found = band(values)
    low, high = stats.t.interval(0.95, 11, values.mean(axis=0), stats.sem(values, axis=0))
    np.testing.assert_allclose(found.mean - found.half, low)
    np.testing.assert_allclose(found.mean + found.half, high)
    assert (found.count == 12).all()
    assert not found.lost.any()


def test_what_diverged_is_counted_and_never_averaged_in():
    values = np.array([[1.0, np.inf], [3.0, np.nan], [np.nan, 5.0]])
    found = band(values)
    np.testing.assert_array_equal(found.mean, [2.0, 5.0])
    np.testing.assert_array_equal(found.count, [2, 1])
    np.testing.assert_array_equal(found.lost, [1, 2])
    assert found.half[0] == pytest.approx(12.706, abs=1e-3)  # t of one degree of freedom, times 1 / √1
    assert np.isnan(found.half[1])


def test_a_band_of_nothing_is_no_number():
    found = band(np.full((3, 1), np.nan))
    assert np.isnan(found.mean[0])
    assert np.isnan(found.half[0])
    assert found.lost[0] == 3


def test_a_pair_is_the_paired_t_test():
    rng = np.random.default_rng(1)
    seeds = rng.normal(5.0, 3.0, 30)  # what both share is larger than their difference
    one, other = seeds + rng.normal(0.0, 0.2, 30), seeds + 0.4 + rng.normal(0.0, 0.2, 30)
    pair = compare_pairs(one, other)
    reference = stats.ttest_rel(other, one)
    interval = reference.confidence_interval()
    assert pair.lead == pytest.approx((other - one).mean())
    assert pair.half == pytest.approx((interval.high - interval.low) / 2)
    assert pair.wins == int((one < other).sum())
    assert pair.decided == (reference.pvalue < 0.05) == True  # noqa: E712


def test_equal_losses_are_not_told_apart():
    rng = np.random.default_rng(2)
    assert not compare_pairs(rng.normal(size=20), rng.normal(size=20)).decided


def test_a_pair_leaves_out_the_seeds_in_which_one_diverged():
    pair = compare_pairs(np.array([1.0, np.nan, np.inf, 2.0]), np.array([2.0, 2.0, np.inf, 4.0]))
    assert (pair.count, pair.lost, pair.wins, pair.lead) == (2, 2, 2, 1.5)


def test_one_seed_decides_nothing():
    assert not compare_pairs(np.array([1.0]), np.array([9.0])).decided


def test_judges_of_different_seeds_are_no_pair():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        compare_pairs(np.zeros(2), np.zeros(3))
