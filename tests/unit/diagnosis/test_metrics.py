"""The metrics against scikit-learn's, on labels and scores with ties, and where there is no answer."""

import numpy as np
import pytest
from sklearn import calibration
from sklearn import metrics as theirs

from playground.diagnosis.metrics import (
    accuracy,
    auc,
    brier,
    constant_log_loss,
    log_loss,
    overconfidence,
    precision,
    recall,
    reliability,
)
from playground.losses.classification import probability

EXACT = 1e-6


@pytest.fixture(params=range(8))
def answers(request):
    """Labels and logits; half of the cases have few different logits, so that many are equal, and few labels 1."""
    rng = np.random.default_rng(request.param)
    y = (rng.random(500) < (0.1 if request.param > 5 else 0.5)).astype(float)
    z = 3 * rng.normal(size=500) + 2 * y - 1
    return y, np.round(z) if request.param % 2 else z


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9])
def test_what_depends_on_a_threshold(answers, threshold):
    y, p = answers[0], probability(answers[1])
    called = p > threshold
    assert accuracy(y, p, threshold) == pytest.approx(theirs.accuracy_score(y, called), abs=EXACT)
    assert precision(y, p, threshold) == pytest.approx(theirs.precision_score(y, called), abs=EXACT)
    assert recall(y, p, threshold) == pytest.approx(theirs.recall_score(y, called), abs=EXACT)


def test_what_depends_on_none(answers):
    y, z = answers
    p = probability(z)
    assert auc(y, p) == pytest.approx(theirs.roc_auc_score(y, p), abs=EXACT)
    assert auc(y, z) == pytest.approx(theirs.roc_auc_score(y, z), abs=EXACT)
    assert log_loss(y, z) == pytest.approx(theirs.log_loss(y, p), abs=EXACT)
    assert brier(y, p) == pytest.approx(theirs.brier_score_loss(y, p), abs=EXACT)


@pytest.mark.parametrize("bins", [5, 10])
def test_reliability(answers, bins):
    y, p = answers[0], probability(answers[1])
    observed, predicted = calibration.calibration_curve(y, p, n_bins=bins)
    found = reliability(y, p, bins)
    np.testing.assert_allclose(found.predicted, predicted, atol=EXACT)
    np.testing.assert_allclose(found.observed, observed, atol=EXACT)
    assert found.count.sum() == len(y)
    error = sum(n * abs(s - c) for n, s, c in zip(found.count, predicted, observed, strict=True)) / len(y)
    assert found.error == pytest.approx(error)


def test_by_hand():
    y, p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.6, 0.4, 0.1])
    assert (accuracy(y, p), precision(y, p), recall(y, p)) == (0.5, 0.5, 0.5)
    assert auc(y, p) == 0.75  # of the four pairs only 0.4 against 0.6 is the wrong way round
    assert overconfidence(y, p) == pytest.approx((0.9 + 0.6 + 0.6 + 0.9) / 4 - 0.5)
    assert brier(y, p) == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert reliability(y, p, 2).error == pytest.approx((2 * abs(0.75 - 0.5) + 2 * abs(0.25 - 0.5)) / 4)


def test_a_probability_on_the_border_of_two_bins_is_counted_once():
    p = np.array([0.0, 0.1, 0.5, 1.0])
    observed, predicted = calibration.calibration_curve(np.array([0, 1, 0, 1]), p, n_bins=10)
    found = reliability(np.array([0.0, 1.0, 0.0, 1.0]), p)
    np.testing.assert_allclose(found.predicted, predicted)
    np.testing.assert_allclose(found.observed, observed)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_of_one_label_only_what_can_be_said_is_said(label):
    y, z = np.full(2, label), np.array([-800.0, 800.0])
    p = probability(z)
    assert auc(y, p) is None
    assert recall(y, p) == (0.5 if label else None)
    assert precision(y, p) == label
    assert log_loss(y, z) == 400.0
    assert brier(y, p) == 0.5
    assert reliability(y, p).count.tolist() == [1, 1]


def test_a_threshold_of_1_calls_nobody_and_of_0_everybody():
    y, p = np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.5, 0.2])
    assert precision(y, p, 1.0) is None
    assert (recall(y, p, 1.0), accuracy(y, p, 1.0)) == (0.0, pytest.approx(1 / 3))
    assert (recall(y, p, 0.0), precision(y, p, 0.0)) == (1.0, pytest.approx(2 / 3))


def test_the_log_loss_of_the_best_constant_is_scikit_learns():
    y = np.random.default_rng(0).integers(0, 2, 50) * np.random.default_rng(1).integers(0, 2, 50)
    assert constant_log_loss(y) == pytest.approx(theirs.log_loss(y, np.full(50, y.mean())))
    assert constant_log_loss(np.ones(3)) == constant_log_loss(np.zeros(3)) == 0


def test_a_probability_is_above_0_however_sure_the_model_is():
    assert 0 < probability(np.array([-40.0, -700.0])).min() < 1e-17
    assert probability(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]
