"""The data: noise of the stated law, draws that belong to the seed, and a test set that is the truth."""

import dataclasses

import numpy as np
import pytest
from scipy import stats
from sklearn.preprocessing import StandardScaler

from playground.data import dataset as data
from playground.data import make_data, make_validation, model_inputs, stack_points
from playground.data.dataset import TEST_POINTS
from playground.experiment import Experiment
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.noise import NOISES
from playground.training import train

MANY = 200_000
NOISY = Experiment(noise=2, outliers=0.2, points=50)
STACKED = [
    NOISY,
    NOISY.replace(dataset="heteroscedastic", degree=4),
    NOISY.replace(standardise=True),
    NOISY.replace(dataset="moons", overlap=0.4),
]

# Each noise shape by SciPy, scaled here by hand to mean 0 and deviation 1.
LAWS = {
    "gaussian": stats.norm(),
    "laplace": stats.laplace(scale=0.5**0.5),
    "student_t": stats.t(3, scale=(1 / 3) ** 0.5),
    "uniform": stats.uniform(-(3**0.5), 2 * 3**0.5),
    "skewed": stats.expon(loc=-1),
}


def residuals(experiment):
    """What the noise and the outliers add to the truth, shape ``(n,)``."""
    made = make_data(experiment)
    return (made.y_train - made.source.truth(made.x_train.astype(float)))[:, 0]


@pytest.mark.parametrize("key", NOISES)
def test_noise_follows_its_law_with_mean_0_and_deviation_1(key):
    law = LAWS[key]
    assert (law.mean(), law.std()) == pytest.approx((0, 1), abs=1e-12)
    # The largest distance of the distributions, which takes tails of infinite kurtosis (Student-t)
    # as well as any; with the right law it exceeds 2 / √n once in 1,500 seeds.
    draws = NOISES[key].draw(np.random.default_rng(0), MANY)
    assert stats.kstest(draws, law.cdf).statistic < 2 / MANY**0.5


@pytest.mark.parametrize("key", [key for key in NOISES if key != "student_t"])
def test_noise_has_mean_0_and_deviation_1(key):
    draws = NOISES[key].draw(np.random.default_rng(0), MANY)
    # Five standard errors: 1 / √n of the mean, √((kurtosis − 1) / 4n) of the deviation.
    kurtosis = 3 + LAWS[key].stats(moments="k")
    assert draws.mean() == pytest.approx(0, abs=5 / MANY**0.5)
    assert draws.std() == pytest.approx(1, abs=5 * ((kurtosis - 1) / (4 * MANY)) ** 0.5)


@pytest.mark.parametrize("key", NOISES)
def test_every_point_has_noise_of_its_own(key):
    draws = NOISES[key].draw(np.random.default_rng(0), 1000)
    assert draws.shape == (1000,)
    assert len(set(draws)) == 1000


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_a_source_is_the_truth_plus_its_noise(key):
    source = TRUE_FUNCTIONS[key]
    clean, noisy = (make_data(Experiment(dataset=key, noise=noise)) for noise in (0, 2))
    np.testing.assert_allclose(clean.y_train, source.truth(clean.x_train.astype(float)), atol=1e-5)
    draws = NOISES["gaussian"].draw(np.random.default_rng([0, 0]), 21)
    expected = 2 * source.spread(clean.x_train[:, 0].astype(float)) * draws
    np.testing.assert_allclose((noisy.y_train - clean.y_train)[:, 0], expected, atol=1e-5)


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_points_are_evenly_spaced_from_end_to_end(key):
    source, x = TRUE_FUNCTIONS[key], make_data(Experiment(dataset=key, points=11)).x_train[:, 0]
    assert (x[0], x[-1]) == pytest.approx((source.low, source.high))
    np.testing.assert_allclose(np.diff(x), (source.high - source.low) / 10, rtol=1e-5)


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_a_line_has_its_true_slope_and_intercept_and_nothing_else_has(key):
    source = TRUE_FUNCTIONS[key]
    x = np.linspace(source.low, source.high, 101)
    slope, intercept = np.polyfit(x, source.truth(x), 1)
    straight = np.allclose(source.truth(x), slope * x + intercept)
    assert straight == (source.line is not None)
    if straight:
        assert (slope, intercept) == pytest.approx(source.line)


def test_the_articles_line():
    assert TRUE_FUNCTIONS["line"].line == (2, 3)
    assert make_data(Experiment(noise=0)).y_train[10, 0] == 3


def test_growing_noise_grows_from_a_fifth_to_nine_times_that():
    spread = TRUE_FUNCTIONS["heteroscedastic"].spread
    assert spread(np.array([-10.0, 0.0, 10.0])) == pytest.approx([0.2, 1, 1.8])
    np.testing.assert_allclose(
        residuals(Experiment(dataset="heteroscedastic")),
        residuals(Experiment()) * spread(np.linspace(-10, 10, 21)),
        atol=1e-5,
    )


@pytest.mark.parametrize("key", NOISES)
def test_the_seed_decides_the_draws(key):
    experiment = NOISY.replace(noise_shape=key)
    first = make_data(experiment).y_train.copy()
    for remembered in (data._make_data, data._make_grid, data._draw_noise, data._draw_outlier_order):
        remembered.cache_clear()  # what comes back is drawn again, not remembered
    np.testing.assert_array_equal(make_data(experiment).y_train, first)
    assert not np.isclose(residuals(experiment.replace(seed=1)), residuals(experiment)).any()


def test_noise_scales_the_same_draws():
    np.testing.assert_allclose(residuals(Experiment(noise=6)), 6 * residuals(Experiment(noise=1)), rtol=1e-4, atol=1e-5)


def test_training_settings_do_not_touch_the_data():
    others = {"loss": "mae", "learning_rate": 0.1, "epochs": 7, "hidden": (8,), "batch_size": 4, "optimizer": "adam"}
    np.testing.assert_array_equal(make_data(NOISY.replace(**others)).y_train, make_data(NOISY).y_train)


def test_outliers_are_moved_by_exactly_their_size():
    with_outliers, without = make_data(NOISY), make_data(NOISY.replace(outliers=0))
    moved = (with_outliers.y_train - without.y_train)[:, 0]
    expected = np.zeros(50)
    expected[with_outliers.outliers] = 30
    np.testing.assert_allclose(moved, expected, atol=1e-5)
    assert len(with_outliers.outliers) == 10
    assert len(without.outliers) == 0


def test_more_outliers_keep_the_former_ones():
    rows = [set(make_data(NOISY.replace(outliers=share)).outliers) for share in (0.1, 0.2, 0.5)]
    assert [len(some) for some in rows] == [5, 10, 25]
    assert rows[0] < rows[1] < rows[2]


def test_another_seed_moves_other_points():
    assert set(make_data(NOISY).outliers) != set(make_data(NOISY.replace(seed=1)).outliers)


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_the_judge_is_the_clean_truth_whatever_the_noise(key):
    experiment = NOISY.replace(dataset=key)
    one, other = make_data(experiment), make_data(experiment.replace(seed=1, noise=50, outliers=0.5, points=9))
    assert one.x_test.shape == (TEST_POINTS, 1)
    np.testing.assert_array_equal(one.x_test, other.x_test)
    np.testing.assert_array_equal(one.y_test, other.y_test)
    np.testing.assert_allclose(one.y_test, one.source.truth(one.x_test.astype(float)), atol=1e-5)
    assert one.x_test[[0, -1], 0] == pytest.approx([one.source.low, one.source.high])


def test_arrays_are_read_only_columns_of_float32():
    made = make_data(NOISY)
    arrays = {name: getattr(made, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    arrays |= dict(zip(("x_val", "y_val"), make_validation(NOISY), strict=True))
    for array in arrays.values():
        assert array.shape == (len(array), 1)
        assert array.dtype == np.float32
    for array in (*arrays.values(), made.outliers):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.x_train = None


@pytest.mark.parametrize("base", STACKED, ids=lambda base: f"{base.dataset} {base.degree}")
def test_points_drawn_together_are_those_drawn_one_by_one(base):
    experiments = [
        base.replace(seed=seed, noise=noise, outliers=outliers, outlier_size=-7.0, noise_shape=shape)
        for seed in (3, 4)
        for noise, outliers, shape in ((0.0, 0.0, "gaussian"), (1.3, 0.2, "laplace"), (2.0, 0.3, "uniform"))
    ]
    x, y = stack_points(experiments)
    for place, experiment in enumerate(experiments):
        data = make_data(experiment)
        np.testing.assert_array_equal(x[..., place], model_inputs(experiment, data.x_train))
        np.testing.assert_array_equal(y[..., place], data.y_train)


def test_validation_points_are_fresh():
    made, (x, y) = make_data(NOISY), make_validation(NOISY)
    assert x.shape == y.shape == (50, 1)
    assert not np.isin(x, made.x_train).any()
    assert (np.diff(x[:, 0]) >= 0).all()
    assert made.source.low <= x.min() < x.max() <= made.source.high
    np.testing.assert_array_equal(make_validation(NOISY)[1], y)
    assert not np.isclose(make_validation(NOISY.replace(seed=1))[0], x).any()


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_validation_points_follow_the_same_law(key):
    source, experiment = TRUE_FUNCTIONS[key], Experiment(dataset=key, noise=2, points=500)
    x, y = (array[:, 0].astype(float) for array in make_validation(experiment))
    draws = (y - source.truth(x)) / (2 * source.spread(x))
    assert stats.kstest(draws, LAWS["gaussian"].cdf).statistic < 2 / 500**0.5
    assert stats.kstest(x, stats.uniform(source.low, source.high - source.low).cdf).statistic < 2 / 500**0.5


def test_validation_points_have_the_same_share_of_outliers():
    x, y = make_validation(NOISY.replace(noise=0))
    moved = y - TRUE_FUNCTIONS["line"].truth(x)
    assert sorted(np.round(moved[:, 0], 3)) == [0] * 40 + [30] * 10


@pytest.mark.parametrize("dataset", ["line", "quadratic"])
def test_standardised_inputs_have_mean_0_and_deviation_1(dataset):
    experiment = Experiment(dataset=dataset, points=37, standardise=True)
    data = make_data(experiment)
    assert np.array_equal(data.x_train, make_data(experiment.replace(standardise=False)).x_train)
    theirs = StandardScaler().fit(data.x_train)
    for x in (data.x_train, data.x_test):
        np.testing.assert_allclose(model_inputs(experiment, x), theirs.transform(x), rtol=1e-5, atol=1e-6)
        assert model_inputs(experiment.replace(standardise=False), x) is x


def test_a_standardised_line_is_told_in_units_of_x_and_y():
    plain, scaled = train([Experiment(), Experiment(standardise=True, learning_rate=0.1)])
    np.testing.assert_allclose(scaled.line, plain.line, rtol=1e-4)
    x = np.array([-3.0, 0.0, 4.0])
    slope, intercept = scaled.line
    np.testing.assert_allclose(scaled.predict(x), slope * x + intercept, rtol=1e-5)
    np.testing.assert_allclose(scaled.to_keras().predict(x[:, None], verbose=0)[:, 0], scaled.predict(x), rtol=1e-5)
