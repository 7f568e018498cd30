"""How good a classifier is on labelled points, in the numbers that people use. Plain NumPy; no model, no page.

Everywhere ``y`` (n,) holds labels 0 and 1, ``p`` (n,) the probability that a model gives to label 1, and ``z`` (n,) its
logit. A metric that the points cannot answer (no point of a label, nobody called 1) is ``None``, never a division by 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.losses.classification import cross_entropy

BINS = 10


def probability(z: np.ndarray) -> np.ndarray:
    """The probability of a logit: it overflows nowhere, and a small one is not rounded to 0."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(z, float)))


def accuracy(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float:
    """Share of the points whose label is what the model calls them: 1 where ``p`` is above the threshold."""
    return float(np.mean((p > threshold) == (y == 1)))


def log_loss(y: np.ndarray, z: np.ndarray) -> float:
    """Mean cross-entropy, from the logits: no probability of 0 makes it infinite.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#log-loss
    """
    return float(np.mean(cross_entropy(np, np.asarray(y, float), np.asarray(z, float))))


def constant_log_loss(y: np.ndarray) -> float:
    """The log-loss of the best constant answer, the share of label 1: the entropy of the labels, 0 if all are equal."""
    shares = np.array([np.mean(y == 0), np.mean(y == 1)])
    shares = shares[shares > 0]
    return float(-np.sum(shares * np.log(shares)) + 0.0)


def brier(y: np.ndarray, p: np.ndarray) -> float:
    """Mean squared distance of the probability from the label, 0 to 1.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#brier-score-loss
    """
    return float(np.mean(np.square(p - y)))


def auc(y: np.ndarray, score: np.ndarray) -> float | None:
    """How often a point of label 1 scores above one of label 0, equal scores counting half; ``None`` of one label only.

    By ranks (Mann and Whitney), which is the area under the ROC curve. Source: Fawcett 2006,
    https://doi.org/10.1016/j.patrec.2005.10.010
    """
    ones = int(np.sum(y == 1))
    pairs = ones * (len(y) - ones)
    if not pairs:
        return None
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / pairs)


def precision(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float | None:
    """Share of the points called 1 that are 1; ``None`` if none is called 1."""
    called = p > threshold
    return float(np.mean(y[called] == 1)) if called.any() else None


def recall(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float | None:
    """Share of the points that are 1 that are called 1; ``None`` if none is 1."""
    ones = y == 1
    return float(np.mean(p[ones] > threshold)) if ones.any() else None


def excess(y: np.ndarray, p: np.ndarray) -> float:
    """By how much a model is overconfident: the mean probability of its own answers minus their accuracy, −1 to 1."""
    return float(np.mean(np.maximum(p, 1.0 - p))) - accuracy(y, p)


@dataclass(frozen=True, eq=False)
class Reliability:
    """What was said against what came, bin by bin: only bins that hold points.

    ``said`` is the mean probability in a bin, ``came`` the share of label 1 there, ``count`` how many points it holds.
    """

    said: np.ndarray
    came: np.ndarray
    count: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of ``said`` from ``came``, each bin by its points.

        Source: Guo et al. 2017, On calibration of modern neural networks, https://arxiv.org/abs/1706.04599
        """
        return float(np.sum(self.count * np.abs(self.said - self.came)) / np.sum(self.count))


def reliability(y: np.ndarray, p: np.ndarray, bins: int = BINS) -> Reliability:
    """The points in so many equal bins of probability, as scikit-learn's ``calibration_curve`` cuts them."""
    place = np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], p)
    count = np.bincount(place, minlength=bins)
    filled = count > 0
    said, came = (np.bincount(place, weights=values, minlength=bins)[filled] / count[filled] for values in (p, y))
    return Reliability(said, came, count[filled])
