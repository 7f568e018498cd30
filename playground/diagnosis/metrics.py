"""The usual metrics of a classifier on labelled points, in plain NumPy.

Everywhere ``y`` (n,) holds labels 0 and 1, ``p`` (n,) the probability that a model gives to label 1, and ``z`` (n,) its
logit. A metric that is undefined on the points (no point of a label, none called 1) is ``None``, never a division by 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.losses.classification import cross_entropy

BINS = 10


def accuracy(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float:
    """The share, 0 to 1, of the points ``(n,)`` that get their own label: 1 where ``p`` is above the threshold.

    It hides what happens to a rare label: with 5% of label 1, always calling 0 scores 0.95.
    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#accuracy-score
    """
    return float(np.mean((p > threshold) == (y == 1)))


def log_loss(y: np.ndarray, z: np.ndarray) -> float:
    """Mean cross-entropy of labels ``(n,)`` in nats, from the logits ``(n,)``: no probability of 0 makes it infinite.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#log-loss
    """
    return float(np.mean(cross_entropy(np, np.asarray(y, float), np.asarray(z, float))))


def constant_log_loss(y: np.ndarray) -> float:
    """The log-loss of the best constant prediction for labels ``(n,)``: their entropy in nats, 0 if all are equal.

    That constant is the share of label 1. A model that scores no better has learned nothing of the points' position.
    Source: Cover and Thomas 2006, Elements of Information Theory, section 2.1
    """
    shares = np.array([np.mean(y == 0), np.mean(y == 1)])
    shares = shares[shares > 0]
    return float(-np.sum(shares * np.log(shares)) + 0.0)


def brier(y: np.ndarray, p: np.ndarray) -> float:
    """Mean squared distance of the probability ``(n,)`` from the label, 0 to 1.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#brier-score-loss
    """
    return float(np.mean(np.square(p - y)))


def auc(y: np.ndarray, score: np.ndarray) -> float | None:
    """The area under the ROC curve of scores ``(n,)``, 0 to 1; ``None`` if all labels are equal.

    It is how often a point of label 1 scores above one of label 0, equal scores counting half, and so depends on no
    threshold. Computed by ranks (Mann and Whitney). Source: Fawcett 2006,
    https://doi.org/10.1016/j.patrec.2005.10.010
    """
    ones = int(np.sum(y == 1))
    pairs = ones * (len(y) - ones)
    if not pairs:
        return None
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / pairs)


def precision(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float | None:
    """The share, 0 to 1, of the points ``(n,)`` called 1 that are 1; ``None`` if none is called 1.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics
    """
    called = p > threshold
    return float(np.mean(y[called] == 1)) if called.any() else None


def recall(y: np.ndarray, p: np.ndarray, threshold: float = 0.5) -> float | None:
    """The share, 0 to 1, of the points ``(n,)`` of label 1 that are called 1; ``None`` if none is 1.

    Source: https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics
    """
    ones = y == 1
    return float(np.mean(p[ones] > threshold)) if ones.any() else None


def overconfidence(y: np.ndarray, p: np.ndarray) -> float:
    """The mean probability of the predicted labels ``(n,)`` minus their accuracy, −0.5 to 1: overconfident above 0.

    Source: Guo et al. 2017, On calibration of modern neural networks, https://arxiv.org/abs/1706.04599
    """
    return float(np.mean(np.maximum(p, 1.0 - p))) - accuracy(y, p)


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability curve: the predicted against the observed share of label 1, for each bin that holds points.

    ``predicted`` is the mean probability in each bin, ``observed`` the share of label 1 there, both 0 to 1, and
    ``count`` the number of its points: three arrays ``(k,)`` for the k bins, in ascending order of probability.
    """

    predicted: np.ndarray
    observed: np.ndarray
    count: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of ``predicted`` from ``observed``, weighted by ``count``.

        Source: Guo et al. 2017, On calibration of modern neural networks, https://arxiv.org/abs/1706.04599
        """
        return float(np.sum(self.count * np.abs(self.predicted - self.observed)) / np.sum(self.count))


def reliability(y: np.ndarray, p: np.ndarray, bins: int = BINS) -> Reliability:
    """The points ``(n,)`` in equal bins of probability: a calibrated model's curve lies on the diagonal.

    Cut as scikit-learn's ``calibration_curve`` does.
    Source: https://scikit-learn.org/stable/modules/calibration.html#calibration-curves
    """
    bin_index = np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], p)
    count = np.bincount(bin_index, minlength=bins)
    filled = count > 0
    predicted, observed = (
        np.bincount(bin_index, weights=values, minlength=bins)[filled] / count[filled] for values in (p, y)
    )
    return Reliability(predicted, observed, count[filled])
