"""Labelled data: points drawn from a labelled distribution, and the probability of each label at any point."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from playground.experiment import Experiment, Stream
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS, LabelledDistribution

TEST_LABELLED = 2000


class Points(NamedTuple):
    """``x`` ``(n, features)``, ``y`` ``(n,)`` of 0 and 1, and the rows ``(k,)`` whose label was flipped."""

    x: np.ndarray
    y: np.ndarray
    flipped: np.ndarray


class LabelLaw(NamedTuple):
    """The settings that decide labelled data, except for the number of points and the seed."""

    dataset: str
    overlap: float
    positives: float
    label_noise: float

    @classmethod
    def of(cls, experiment: Experiment) -> LabelLaw:
        """The law of an experiment's data; experiments that differ in other settings share it, and so its caches."""
        return cls._make(_law_settings(experiment))

    @property
    def distribution(self) -> LabelledDistribution:
        """How the points of each label are distributed."""
        return LABELLED_DISTRIBUTIONS[self.dataset]

    def draw(self, points: int, rng: np.random.Generator) -> Points:
        """``points`` points, drawn from ``rng``: ``x`` ``(points, features)`` and ``y`` ``(points,)``.

        A larger share of label 1, or of wrong labels, keeps those of a smaller share.
        """
        labels = (rng.permutation(points) < round(self.positives * points)).astype(float)
        flipped = np.sort(rng.permutation(points)[: round(self.label_noise * points)])
        x = self.distribution.draw(rng, labels, self.overlap)
        labels[flipped] = 1.0 - labels[flipped]
        return Points(x, labels, flipped)

    def probability(self, x: np.ndarray) -> np.ndarray:
        """The probability of label 1 at each point of ``x`` (n, features), wrong labels included: shape ``(n,)``.

        No model can know more, so this is what the best possible one predicts: the Bayes classifier
        calls a point 1 where it is above a half.
        Source: Bayes' rule on the densities of the two labels and their shares;
        https://en.wikipedia.org/wiki/Bayes_classifier
        """
        with np.errstate(divide="ignore"):
            prior = np.log(self.positives) - np.log1p(-self.positives)  # of one label only: infinite
        odds = self.distribution.log_odds(np.asarray(x, float), self.overlap) + prior
        right = 0.5 * (1.0 + np.tanh(0.5 * odds))
        return right * (1.0 - self.label_noise) + (1.0 - right) * self.label_noise


_law_settings = attrgetter(*LabelLaw._fields)


@lru_cache(maxsize=512)
def draw_training_points(law: LabelLaw, points: int, seed: int) -> Points:
    """The ``points`` points that a model trains on, ``x`` ``(points, features)``; equal arguments give equal points."""
    return law.draw(points, Stream.NOISE.generator(seed))


@lru_cache(maxsize=128)
def draw_test_points(law: LabelLaw, seed: int) -> Points:
    """The n = ``TEST_LABELLED`` points that judge a classifier: ``x`` ``(n, features)`` and ``y`` ``(n,)``.

    No model trains on them; the share of wrong labels is that of training.
    """
    return law.draw(TEST_LABELLED, Stream.TEST.generator(seed))


def draw_validation_points(law: LabelLaw, points: int, seed: int) -> Points:
    """Fresh points for early stopping: ``x`` ``(points, features)`` and ``y`` ``(points,)``."""
    return law.draw(points, Stream.VALIDATION.generator(seed))


@lru_cache(maxsize=128)
def compute_best_probability(law: LabelLaw, seed: int) -> np.ndarray:
    """What the best possible model predicts at each test point: probabilities of label 1, ``(TEST_LABELLED,)``."""
    return law.probability(draw_test_points(law, seed).x)
