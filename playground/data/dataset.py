"""The data of an experiment: noisy points to train on, and the clean truth to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from playground.data.labelled import LabelLaw, draw_test_points, draw_training_points, draw_validation_points
from playground.data.polynomials import expand_polynomials
from playground.experiment import Experiment, Stream
from playground.tables.functions import TRUE_FUNCTIONS, TrueFunction
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS, LabelledDistribution
from playground.tables.noise import NOISES

TEST_POINTS = 201
NO_ROWS = np.zeros(0, np.intp)
NO_ROWS.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Dataset:
    """The arrays of one experiment: read-only float32, ``x`` of shape ``(n, features)``, ``y`` of shape ``(n, 1)``.

    The test points are *clean*: the truth itself on an even grid, since a judge must not share the noise. ``outliers``
    are the rows ``(k,)`` of the training points that were moved.

    Labelled data have ``y`` 0 or 1, ``outliers`` are the rows whose label was flipped, and the test points are fresh
    ones from the same distribution: how often a label is wrong is part of what a classifier has to learn.
    """

    source: TrueFunction | LabelledDistribution
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    outliers: np.ndarray

    @cached_property
    def scaling(self) -> tuple[np.ndarray, np.ndarray]:
        """Scale and offset, each ``(features,)``: ``x · scale + offset`` has mean 0 and deviation 1 in training."""
        x = self.x_train.astype(float)
        scale = 1.0 / np.where(np.ptp(x, axis=0), x.std(axis=0), 1.0)
        return scale.astype(np.float32), (-x.mean(axis=0) * scale).astype(np.float32)


def make_data(experiment: Experiment) -> Dataset:
    """The points of an experiment, shapes as in ``Dataset``; equal settings and seed give equal arrays.

    More noise, or more outliers, keeps the draws of less: only their size or number changes. So two runs that differ in
    the noise differ in nothing else. The arrays are cached, shared and read-only.
    """
    if experiment.dataset in LABELLED_DISTRIBUTIONS:
        return _make_labelled(LabelLaw.of(experiment), experiment.points, experiment.seed)
    return _make_data(_Law.of(experiment), experiment.seed)


def stack_points(experiments: Sequence[Experiment]) -> tuple[np.ndarray, np.ndarray]:
    """The training data of E experiments of n points each, stacked: ``x`` ``(n, inputs, E)`` and ``y`` ``(n, 1, E)``.

    Both are float32. ``x`` is what the models are given, as ``model_inputs`` returns it. Raises ``ValueError`` if the
    experiments differ in their number of points or inputs.
    """
    first = experiments[0]
    if first.dataset in LABELLED_DISTRIBUTIONS or first.standardise or len(set(map(_grid_settings, experiments))) > 1:
        data = [make_data(experiment) for experiment in experiments]
        inputs = [model_inputs(experiment, made.x_train) for experiment, made in zip(experiments, data, strict=True)]
        return np.stack(inputs, -1), np.stack([made.y_train for made in data], -1)
    # The same as ``make_data`` for each, all at once: a sweep has thousands, which differ in their noise alone.
    _, x, truth, spread = _make_grid(first.dataset, first.points)
    draws = np.stack([_draw_noise(each.noise_shape, each.points, each.seed) for each in experiments], -1)
    y = _add_noise(truth[:, None], np.array([each.noise for each in experiments]), spread[:, None], draws)
    for index, each in enumerate(experiments):
        if each.outliers:
            y[_choose_outliers(each.outliers, _draw_outlier_order(each.points, each.seed)), index] += each.outlier_size
    shared = model_inputs(first, x)[..., None]
    return np.broadcast_to(shared, (*shared.shape[:2], len(experiments))), y[:, None].astype(np.float32)


_grid_settings = attrgetter("dataset", "points", "standardise", "degree")


def model_inputs(experiment: Experiment, x: np.ndarray) -> np.ndarray:
    """What the experiment's model is given for points ``x`` (n, features): shape ``(n, inputs)``, float32.

    That is ``x`` itself, ``x`` standardised by the training points, or from degree 2 on polynomials of its one feature.
    Every prediction goes through here, so that a model never sees points in another form than it was trained on.
    """
    x = np.asarray(x, np.float32)
    if experiment.inputs != experiment.features:
        source = TRUE_FUNCTIONS[experiment.dataset]
        return expand_polynomials(np, x.astype(float), experiment.degree, source.low, source.high).astype(np.float32)
    if not experiment.standardise:
        return x
    scale, offset = make_data(experiment).scaling
    return x * scale + offset


def make_validation(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Fresh points for early stopping, as many as in training: ``x`` ``(n, features)`` and ``y`` ``(n, 1)``, float32.

    They have the noise and the outliers of the training points, at random x. Equal settings and seed give equal arrays.
    """
    if experiment.dataset in LABELLED_DISTRIBUTIONS:
        x, y, _ = draw_validation_points(LabelLaw.of(experiment), experiment.points, experiment.seed)
        return _freeze_array(x), _freeze_column(y)
    rng = Stream.VALIDATION.generator(experiment.seed)
    source = TRUE_FUNCTIONS[experiment.dataset]
    x = np.sort(rng.uniform(source.low, source.high, experiment.points))
    outliers = _choose_outliers(experiment.outliers, rng.permutation(experiment.points))
    law = _Law.of(experiment)
    draws = NOISES[law.noise_shape].draw(rng, len(x))
    return _freeze_column(x), _freeze_column(law.disturb(source.truth(x), source.spread(x), draws, outliers))


class _Law(NamedTuple):
    """The settings that decide the data, except for the seed."""

    dataset: str
    noise: float
    noise_shape: str
    outliers: float
    outlier_size: float
    points: int

    @classmethod
    def of(cls, experiment: Experiment) -> _Law:
        return cls._make(_law_settings(experiment))

    def disturb(self, truth: np.ndarray, spread: np.ndarray, draws: np.ndarray, outliers: np.ndarray) -> np.ndarray:
        """The observed y ``(n,)``: the truth with noise added, and the rows ``outliers`` ``(k,)`` moved."""
        y = _add_noise(truth, self.noise, spread, draws)
        y[outliers] += self.outlier_size
        return y


def _add_noise(truth: np.ndarray, noise: float | np.ndarray, spread: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return truth + noise * spread * draws


_law_settings = attrgetter(*_Law._fields)


@lru_cache(maxsize=2048)
def _make_data(law: _Law, seed: int) -> Dataset:
    source, x, truth, spread = _make_grid(law.dataset, law.points)
    # A larger share of outliers keeps those that a smaller one had: the order is drawn, not the share.
    outliers = _choose_outliers(law.outliers, _draw_outlier_order(law.points, seed)) if law.outliers else NO_ROWS
    y = law.disturb(truth, spread, _draw_noise(law.noise_shape, law.points, seed), outliers)
    return Dataset(source, x, _freeze_column(y), *_make_test_data(law.dataset), outliers=outliers)


@lru_cache(maxsize=512)
def _make_labelled(law: LabelLaw, points: int, seed: int) -> Dataset:
    train, test = draw_training_points(law, points, seed), draw_test_points(law, seed)
    arrays = _freeze_array(train.x), _freeze_column(train.y), _freeze_array(test.x), _freeze_column(test.y)
    return Dataset(law.distribution, *arrays, outliers=train.flipped)


# A sweep builds thousands of datasets, which share most of what they are made of. What is drawn from the seed is the
# same for every strength of the noise; making a generator takes longer than all the rest.


@lru_cache(maxsize=64)
def _make_grid(dataset: str, points: int) -> tuple[TrueFunction, np.ndarray, np.ndarray, np.ndarray]:
    """A true function, its even grid ``(points, 1)``, and truth and spread of the noise there, each ``(points,)``."""
    source = TRUE_FUNCTIONS[dataset]
    x = np.linspace(source.low, source.high, points)
    return source, _freeze_column(x), source.truth(x), source.spread(x)


@lru_cache(maxsize=2048)
def _draw_noise(noise_shape: str, points: int, seed: int) -> np.ndarray:
    return NOISES[noise_shape].draw(Stream.NOISE.generator(seed), points)


@lru_cache(maxsize=2048)
def _draw_outlier_order(points: int, seed: int) -> np.ndarray:
    return Stream.OUTLIERS.generator(seed).permutation(points)


@lru_cache(maxsize=32)
def _make_test_data(dataset: str) -> tuple[np.ndarray, np.ndarray]:
    source = TRUE_FUNCTIONS[dataset]
    x = np.linspace(source.low, source.high, TEST_POINTS)
    return _freeze_column(x), _freeze_column(source.truth(x))


def _choose_outliers(share: float, order: np.ndarray) -> np.ndarray:
    """The sorted rows ``(k,)`` of the outliers: the first of a drawn order ``(n,)``, rounded to whole points."""
    rows = np.sort(order[: round(share * len(order))])
    rows.setflags(write=False)
    return rows


def _freeze_column(values: np.ndarray) -> np.ndarray:
    return _freeze_array(values[:, None])


def _freeze_array(values: np.ndarray) -> np.ndarray:
    array = values.astype(np.float32)
    array.setflags(write=False)  # the cache hands one array to many visitors
    return array
