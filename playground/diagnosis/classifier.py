"""The scores of a trained classifier on points that it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.diagnosis.metrics import (
    Reliability,
    accuracy,
    auc,
    brier,
    log_loss,
    overconfidence,
    precision,
    recall,
    reliability,
)
from playground.losses.classification import probability
from playground.run import Run

THRESHOLD = 0.5  # the probability above which a point is called 1, unless a page sets another


@dataclass(frozen=True, eq=False)
class ClassifierScores:
    """The metrics of a classifier on test points with labels ``y`` (n,) of 0 and 1, by its logits ``z`` (n,).

    Each is documented in ``playground.diagnosis.metrics``. It is ``None`` where it is undefined on the points, and for
    a model with logits that are infinite or NaN.
    """

    y: np.ndarray
    z: np.ndarray

    @property
    def has_infinite_logits(self) -> bool:
        """Whether the model gives some test point a logit that is infinite or NaN."""
        return not np.isfinite(self.z).all()

    @cached_property
    def p(self) -> np.ndarray:
        """The probability of label 1 of each point, ``(n,)``."""
        return probability(self.z)

    def accuracy(self, threshold: float) -> float | None:
        return None if self.has_infinite_logits else accuracy(self.y, self.p, threshold)

    def precision(self, threshold: float) -> float | None:
        return None if self.has_infinite_logits else precision(self.y, self.p, threshold)

    def recall(self, threshold: float) -> float | None:
        return None if self.has_infinite_logits else recall(self.y, self.p, threshold)

    @cached_property
    def log_loss(self) -> float | None:
        return None if self.has_infinite_logits else log_loss(self.y, self.z)

    @cached_property
    def brier(self) -> float | None:
        return None if self.has_infinite_logits else brier(self.y, self.p)

    @cached_property
    def auc(self) -> float | None:
        return None if self.has_infinite_logits else auc(self.y, self.z)

    @cached_property
    def overconfidence(self) -> float | None:
        return None if self.has_infinite_logits else overconfidence(self.y, self.p)

    @cached_property
    def reliability(self) -> Reliability | None:
        return None if self.has_infinite_logits else reliability(self.y, self.p)


def score_classifier(run: Run) -> ClassifierScores:
    """The scores of a trained classifier on the test points of its data, which no model was trained on."""
    return ClassifierScores(run.data.y_test[:, 0].astype(float), run.predict(run.data.x_test)[:, 0].astype(float))
