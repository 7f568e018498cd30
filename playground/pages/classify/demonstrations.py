"""Small real trainings, each of which shows one thing about cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from playground.diagnosis import Diagnosis, train_and_diagnose
from playground.diagnosis.classifier import ClassifierScores
from playground.experiment import Experiment
from playground.figures.heatmap_frames import pick_frames
from playground.losses import LOSSES
from playground.losses.classification import probability
from playground.pages.classify.study import train_classifiers
from playground.progress import Progress
from playground.run import Run

CURVE_FRAMES = 200  # of a replay that is only a point and a curve
RIVALS = ("cross_entropy", "brier")
CENTRE = -1.0  # of the group of label 0

LINE = Experiment(dataset="two_groups", loss="cross_entropy", points=40, learning_rate=1.0)
WRONG = LINE.replace(epochs=3000)
SEPARABLE = LINE.replace(overlap=0.25, epochs=5000)
L2_PENALTIES = (0.0, 0.001, 0.01, 0.1)
NAIVE = LINE.replace(overlap=0.4, points=60, learning_rate=10.0, epochs=300)
ROUNDED_FROM = 24 * np.log(2.0)  # the logit whose e⁻ᶻ is less than half of what a 32-bit number near 1 can tell
WRONG_LABELS = (0.0, 0.1, 0.2, 0.3)
CALIBRATED = ("cross_entropy", "focal", "brier")


@dataclass(frozen=True, eq=False)
class Recovery:
    """A classifier that began surely wrong about label 0.

    ``probabilities`` are those of label 1 that it gives to the centre of the other group at each of ``frames``, and
    ``slope`` the loss's derivative by the logit there. ``turned`` is the first epoch after which it says less than a
    half, ``None`` if it never did.
    """

    run: Run
    frames: np.ndarray
    probabilities: np.ndarray
    slope: np.ndarray
    turned: int | None


def train_recoveries(wrong: float, on_progress: Progress | None = None) -> list[Recovery]:
    """Cross-entropy and the squared error of probabilities from a first logit ``wrong`` of label 1 at every point."""
    experiments = [WRONG.replace(loss=loss, start_slope=0.0, start_intercept=wrong) for loss in RIVALS]
    return [_find_recovery(each.run) for each in train_and_diagnose(experiments, on_progress)]


def _find_recovery(run: Run) -> Recovery:
    assert run.path_epochs is not None
    logits = run.predict_path(np.array([CENTRE]))[:, 0].astype(float)
    right = np.flatnonzero(logits < 0)
    frames, keep = pick_frames(run.path_epochs, CURVE_FRAMES)
    return Recovery(
        run=replace(run, path=None, path_epochs=None),
        frames=frames,
        probabilities=probability(logits[keep]),
        slope=pull(run.experiment.loss, logits[keep]),
        turned=int(run.path_epochs[right[0]]) if len(right) else None,
    )


def pull(loss: str, z: np.ndarray) -> np.ndarray:
    """The derivative of a loss by the logit ``z`` (n,) at a point of label 0."""
    return LOSSES[loss].gradient(np.zeros_like(z), z)


@dataclass(frozen=True, eq=False)
class Growth:
    """The slope of a logistic regression on groups that a line separates, at each of ``frames``."""

    run: Run
    frames: np.ndarray
    slope: np.ndarray


def train_growths(on_progress: Progress | None = None) -> list[Growth]:
    """Cross-entropy on separable groups, under ever stronger L2 penalties, none first."""
    experiments = [SEPARABLE.replace(l2=l2) for l2 in L2_PENALTIES]
    return [_follow_slope(each.run) for each in train_and_diagnose(experiments, on_progress)]


def _follow_slope(run: Run) -> Growth:
    assert run.path is not None
    assert run.path_epochs is not None
    frames, keep = pick_frames(run.path_epochs, CURVE_FRAMES)
    return Growth(replace(run, path=None, path_epochs=None), frames, run.path[keep, 0])


@dataclass(frozen=True, eq=False)
class Rounding:
    """The naive formula and the stable one in the same training; ``surest`` is the largest logit when the first failed.

    ``failed`` is the epoch whose loss was no number any more.
    """

    naive: Diagnosis
    stable: Diagnosis
    failed: int | None
    surest: float


def train_rounding(on_progress: Progress | None = None) -> Rounding:
    """Cross-entropy by the textbook's formula of the probability and from the logit, on the same points."""
    naive, stable = train_and_diagnose([NAIVE.replace(loss=loss) for loss in ("naive", "cross_entropy")], on_progress)
    lost = np.flatnonzero(~np.isfinite(naive.run.loss))
    failed = int(lost[0]) + 1 if len(lost) else None
    logits = naive.run.predict_path(naive.run.data.x_train[:, 0])
    surest = float(logits[failed - 1 if failed else -1].max())  # epoch k reports the loss before its own step
    return Rounding(_drop_path(naive), _drop_path(stable), failed, surest)


def _drop_path(diagnosis: Diagnosis) -> Diagnosis:
    """The same without the path, which is not sent."""
    return Diagnosis(replace(diagnosis.run, path=None, path_epochs=None))


def calibration_experiments(experiment: Experiment) -> tuple[Experiment, ...]:
    """What ``calibration_study`` trains: each loss with each share of wrong labels."""
    return tuple(experiment.replace(loss=loss, label_noise=noise) for loss in CALIBRATED for noise in WRONG_LABELS)


class Sureness(NamedTuple):
    """How far a model's probabilities are from what comes, and by how much it is surer than right."""

    error: float
    excess: float

    @classmethod
    def of(cls, judge: ClassifierScores) -> Sureness | None:
        """``None`` where the model has diverged."""
        return (
            None
            if judge.reliability is None or judge.overconfidence is None
            else cls(judge.reliability.error, judge.overconfidence)
        )


Study = list[list[Sureness | None]]


def calibration_study(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> Study:
    """How sure each loss (rows) is at each share of wrong labels."""
    found = [Sureness.of(each.judge) for each in train_classifiers(experiments, on_progress)]
    return [found[start : start + len(WRONG_LABELS)] for start in range(0, len(found), len(WRONG_LABELS))]
