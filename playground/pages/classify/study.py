"""Classifiers trained together and judged on points that none of them has seen; and what to draw of them.

Everything is done where the training is, so that only what a page shows travels to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from playground.data.labelled import LabelLaw, compute_best_probability, draw_test_points
from playground.diagnosis import Diagnosis, Verdict, train_and_diagnose
from playground.diagnosis.classifier import ClassifierScores, score_classifier
from playground.experiment import Experiment
from playground.figures.heatmap_frames import pick_frames
from playground.losses.classification import probability
from playground.progress import Progress
from playground.run import Run

MAP_CELLS = 36  # of a decision map, along each side
CURVE_KNOTS = 81  # of a probability curve


@dataclass(frozen=True, eq=False)
class Classified:
    """A trained classifier: its diagnosis, its judge, and what it said at each of ``frames`` (epochs).

    ``maps`` holds the probability of label 1 on a grid: ``(frames, MAP_CELLS, MAP_CELLS)``, rows upwards, for points
    of two features, ``(frames, CURVE_KNOTS)`` for points on a line. The run has no path.
    """

    diagnosis: Diagnosis
    judge: ClassifierScores
    frames: np.ndarray
    maps: np.ndarray

    @property
    def experiment(self) -> Experiment:
        return self.diagnosis.run.experiment

    @property
    def diverged(self) -> bool:
        return self.diagnosis.verdict is Verdict.DIVERGED


def train_classifiers(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Classified]:
    """Every experiment trained and judged, in their order."""
    return [judge_run(diagnosis.run) for diagnosis in train_and_diagnose(experiments, on_progress)]


def judge_run(run: Run) -> Classified:
    """A trained run as a classifier: its scores on new points, and its map at each frame, without its path."""
    assert run.path is not None
    assert run.path_epochs is not None
    frames, keep = pick_frames(run.path_epochs)
    kept = replace(run, path=run.path[keep], path_epochs=frames)
    logits = kept.predict_path(grid(run.experiment))[..., 0]
    sides = (MAP_CELLS, MAP_CELLS) if run.experiment.features == 2 else (CURVE_KNOTS,)
    light = replace(run, path=None, path_epochs=None)
    maps = _hold_last_finite(logits.reshape(-1, *sides))
    return Classified(Diagnosis(light), score_classifier(run), frames, probability(maps).astype(np.float32))


def _hold_last_finite(values: np.ndarray) -> np.ndarray:
    """Frames ``(frames, …)`` in which a model is NaN or infinite, replaced by its last finite one."""
    whole = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    last = np.maximum.accumulate(np.where(whole, np.arange(len(values)), 0))
    return values[last]


def axis(experiment: Experiment) -> np.ndarray:
    """The places along each side of a map ``(MAP_CELLS,)``, or along a probability curve ``(CURVE_KNOTS,)``."""
    reach = LabelLaw.of(experiment).distribution.reach
    return np.linspace(-reach, reach, MAP_CELLS if experiment.features == 2 else CURVE_KNOTS)


def grid(experiment: Experiment) -> np.ndarray:
    """The points of a map, row by row from below, or of a curve: ``(points, features)``."""
    return _make_grid(LabelLaw.of(experiment).distribution.reach, experiment.features)


def _make_grid(reach: float, features: int) -> np.ndarray:
    along = np.linspace(-reach, reach, MAP_CELLS if features == 2 else CURVE_KNOTS)
    if features == 1:
        return along[:, None]
    across, up = np.meshgrid(along, along)
    return np.column_stack([across.ravel(), up.ravel()])


def best_map(experiment: Experiment) -> np.ndarray:
    """The best possible probability of label 1 on the grid, in the shape of one frame of ``maps``."""
    best = _best_on_grid(LabelLaw.of(experiment))
    return best.reshape(MAP_CELLS, MAP_CELLS) if experiment.features == 2 else best


@lru_cache(maxsize=128)
def _best_on_grid(law: LabelLaw) -> np.ndarray:
    best = law.probability(_make_grid(law.distribution.reach, law.distribution.features))
    best.setflags(write=False)
    return best


def best_judge(experiment: Experiment) -> ClassifierScores:
    """The best possible model on the test points: the law's own probabilities."""
    law = LabelLaw.of(experiment)
    p = compute_best_probability(law, experiment.seed)
    # Where the law is sure, a logit of 40 is as sure as a double can say.
    with np.errstate(divide="ignore"):
        z = (np.log(p) - np.log1p(-p)).clip(-40.0, 40.0)
    return ClassifierScores(draw_test_points(law, experiment.seed).y, z)
