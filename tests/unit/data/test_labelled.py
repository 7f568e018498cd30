"""Labelled points: drawn from their law, whose probabilities are known in closed form or found by counting."""

from math import erf, sqrt

import numpy as np
import pytest

from playground.data import make_data, make_validation
from playground.data.labelled import TEST_LABELLED, LabelLaw, compute_best_probability
from playground.experiment import Experiment
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS

MANY = 100_000


def law(dataset="two_groups", **changes):
    return LabelLaw.of(Experiment(dataset=dataset, loss="cross_entropy", **changes))


def logistic(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize("key", LABELLED_DISTRIBUTIONS)
def test_shapes(key):
    data = make_data(Experiment(dataset=key, points=30))
    features = LABELLED_DISTRIBUTIONS[key].features
    assert data.x_train.shape == (30, features)
    assert data.x_test.shape == (TEST_LABELLED, features)
    assert make_validation(Experiment(dataset=key, points=30))[0].shape == (30, features)
    for labels in (data.y_train, data.y_test):
        assert labels.shape[1] == 1
        assert set(labels[:, 0]) == {0, 1}
        assert labels.mean() == 0.5
    for array in (data.x_train, data.y_train, data.x_test, data.y_test):
        assert array.dtype == np.float32
        assert not array.flags.writeable


@pytest.mark.parametrize("key", LABELLED_DISTRIBUTIONS)
def test_nearly_all_points_lie_in_the_chart(key):
    x = law(key).draw(MANY, np.random.default_rng(0)).x
    assert (np.abs(x) <= LABELLED_DISTRIBUTIONS[key].reach).all(axis=1).mean() > 0.995


@pytest.mark.parametrize("key", LABELLED_DISTRIBUTIONS)
@pytest.mark.parametrize("changes", [{}, {"overlap": 1.0, "positives": 0.2, "label_noise": 0.1}], ids=["plain", "all"])
def test_a_probability_is_how_often_the_label_is_1(key, changes):
    here = law(key, **changes)
    x, y, _ = here.draw(MANY, np.random.default_rng(0))
    said = here.probability(x)
    bins = np.digitize(said, np.linspace(0, 1, 21)[1:-1])
    for place in np.unique(bins):
        inside = bins == place
        error = sqrt(said[inside].mean() * (1 - said[inside].mean()) / inside.sum()) + 1e-3
        assert y[inside].mean() == pytest.approx(said[inside].mean(), abs=5 * error)


def test_two_groups_are_two_bells_a_distance_of_two_apart():
    # Bayes' rule with two normal densities of one deviation σ about ±1 leaves the logit 2x / σ².
    x = np.linspace(-4, 4, 81)[:, None]
    odds = np.log(0.3 / 0.7)
    np.testing.assert_allclose(law(overlap=0.7).probability(x), logistic(2 * x[:, 0] / 0.49), rtol=1e-9)
    np.testing.assert_allclose(law(overlap=0.7, positives=0.3).probability(x), logistic(2 * x[:, 0] / 0.49 + odds))
    blobs = law("blobs", overlap=0.7).probability(np.column_stack([x[:, 0], 2 * x[:, 0]]))
    np.testing.assert_allclose(blobs, logistic(2 * (0.8 + 1.2) * x[:, 0] / 0.49), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("overlap", [0.05, 0.3, 1.5])
@pytest.mark.parametrize("key", ["moons", "circles", "spiral"])
def test_the_density_is_the_integral_along_the_curve(key, overlap):
    groups, t = LABELLED_DISTRIBUTIONS[key], (np.arange(20_000) + 0.5) / 20_000
    x = np.random.default_rng(0).uniform(-2.5, 2.5, (40, 2))
    steps = [np.linalg.norm(np.diff(groups.centre(np.full(len(t), side), t), axis=0), axis=1).max() for side in (0, 1)]
    assert max(steps) * len(t) <= groups.speed * 1.001

    def density(label):
        squares = np.square(x[:, None] - groups.centre(np.full(len(t), label), t)).sum(axis=2)
        return np.exp(-(squares - squares.min()) / (2 * (overlap * groups.width) ** 2)).mean(axis=1), squares.min()

    (zero, near_zero), (one, near_one) = density(0), density(1)
    shift = np.exp((near_zero - near_one) / (2 * (overlap * groups.width) ** 2))
    known = (zero > 0) & (one > 0)
    expected = one[known] * shift / (zero[known] + one[known] * shift)
    said = logistic(groups.log_odds(x, overlap)[known])
    np.testing.assert_allclose(said, expected, atol=2e-3)


def test_xor_is_the_product_of_its_sides():
    # cosh((a + b) / σ²) against cosh((a − b) / σ²), the two mixtures of two bells.
    a, b = np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9))
    variance = 0.8**2
    same, other = np.cosh((a + b) / variance), np.cosh((a - b) / variance)
    said = law("xor", overlap=1.0).probability(np.column_stack([a.ravel(), b.ravel()]))
    np.testing.assert_allclose(said.reshape(a.shape), same / (same + other), rtol=1e-9)


@pytest.mark.parametrize("overlap", [0.5, 1.0])
def test_the_best_accuracy_is_the_bells_own(overlap):
    best = compute_best_probability(law(overlap=overlap), 0)
    exact = 0.5 * (1 + erf(1 / overlap / sqrt(2)))
    spread = np.maximum(best, 1 - best).std() / sqrt(TEST_LABELLED)
    assert np.maximum(best, 1 - best).mean() == pytest.approx(exact, abs=4 * spread)


@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5, 1.0])
def test_wrong_labels_are_counted_and_named(noise):
    clean, noisy = (make_data(Experiment(dataset="moons", points=50, label_noise=share)) for share in (0.0, noise))
    assert len(noisy.outliers) == round(50 * noise)
    changed = np.flatnonzero(clean.y_train[:, 0] != noisy.y_train[:, 0])
    np.testing.assert_array_equal(changed, noisy.outliers)
    np.testing.assert_array_equal(clean.x_train, noisy.x_train)


def test_more_wrong_labels_keep_those_that_were_wrong():
    few, many = (set(make_data(Experiment(dataset="xor", points=50, label_noise=n)).outliers) for n in (0.1, 0.4))
    assert few < many


@pytest.mark.parametrize(
    ("share", "points", "ones"), [(0.0, 50, 0), (1.0, 50, 50), (0.2, 50, 10), (0.5, 2, 1), (0.1, 2, 0)]
)
def test_the_share_of_label_1(share, points, ones):
    data = make_data(Experiment(dataset="blobs", positives=share, points=points))
    assert data.y_train.sum() == ones
    best = compute_best_probability(law("blobs", positives=share), 0)
    assert best.min() >= 0
    assert best.max() <= 1
    if share in (0.0, 1.0):
        assert set(best) == {share}


def test_training_validation_and_test_points_are_others():
    experiment = Experiment(dataset="moons", points=200)
    data = make_data(experiment)
    points = np.concatenate([data.x_train, make_validation(experiment)[0], data.x_test])
    assert len(np.unique(points, axis=0)) == len(points)
    assert np.array_equal(make_data(experiment).x_train, data.x_train)
    assert not np.array_equal(make_data(experiment.replace(seed=1)).x_train, data.x_train)


def test_no_dataset_of_numbers_shares_a_name_with_one_of_labels():
    from playground.tables.labelled_distributions import DATASETS, DATASETS_FOR

    assert list(DATASETS) == [*DATASETS_FOR["regression"], *DATASETS_FOR["classification"]]
    assert all(key == each.key for key, each in DATASETS.items())
