"""Points with labels: how they are drawn from their law, and how likely each label is under it."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from playground.experiment import Experiment, Stream
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS, LabelledDistribution

TEST_LABELLED = 2000


class Points(NamedTuple):
    """``x`` (n, features), ``y`` (n,) of 0 and 1, and the rows whose label was flipped."""

    x: np.ndarray
    y: np.ndarray
    flipped: np.ndarray


class LabelLaw(NamedTuple):
    """The settings that decide labelled data, all but how many and the seed."""

    dataset: str
    overlap: float
    positives: float
    label_noise: float

    @classmethod
    def of(cls, experiment: Experiment) -> LabelLaw:
        return cls._make(_law_settings(experiment))

    @property
    def groups(self) -> LabelledDistribution:
        return LABELLED_DISTRIBUTIONS[self.dataset]

    def draw(self, points: int, rng: np.random.Generator) -> Points:
        """So many points. A larger share of label 1, or of wrong labels, keeps those that a smaller one had."""
        labels = (rng.permutation(points) < round(self.positives * points)).astype(float)
        flipped = np.sort(rng.permutation(points)[: round(self.label_noise * points)])
        x = self.groups.draw(rng, labels, self.overlap)
        labels[flipped] = 1.0 - labels[flipped]
        return Points(x, labels, flipped)

    def probability(self, x: np.ndarray) -> np.ndarray:
        """How likely label 1 is at each point of ``x`` (n, features), wrong labels included: shape ``(n,)``.

        Bayes' rule, with the densities of the two labels and their shares.
        """
        with np.errstate(divide="ignore"):
            prior = np.log(self.positives) - np.log1p(-self.positives)  # of one label only: infinite
        odds = self.groups.log_odds(np.asarray(x, float), self.overlap) + prior
        right = 0.5 * (1.0 + np.tanh(0.5 * odds))
        return right * (1.0 - self.label_noise) + (1.0 - right) * self.label_noise


_law_settings = attrgetter(*LabelLaw._fields)


@lru_cache(maxsize=512)
def training_points(law: LabelLaw, points: int, seed: int) -> Points:
    return law.draw(points, Stream.NOISE.generator(seed))


@lru_cache(maxsize=128)
def test_points(law: LabelLaw, seed: int) -> Points:
    """What no model trains on: many points of the same law, wrong labels and all."""
    return law.draw(TEST_LABELLED, Stream.TEST.generator(seed))


def validation_points(law: LabelLaw, points: int, seed: int) -> Points:
    return law.draw(points, Stream.VALIDATION.generator(seed))


@lru_cache(maxsize=128)
def best_probability(law: LabelLaw, seed: int) -> np.ndarray:
    """What the best possible model says of each test point: shape ``(TEST_LABELLED,)``."""
    return law.probability(test_points(law, seed).x)
