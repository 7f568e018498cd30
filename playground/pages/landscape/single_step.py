"""One step of training in slow motion: forward, residuals, loss, gradient, new weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.experiment import Experiment
from playground.run import Run
from playground.theory.line_loss import mean_loss, penalty_slope, point_slopes, points

ALIKE_SHARE = 1e-9  # of a pull: what rounding leaves
ROUNDED_SHARE = 1e-5  # of the numbers of a step: an error that does not show in four digits


@dataclass(frozen=True, eq=False)
class Step:
    """The step from epoch ``number - 1`` to ``number`` of a line that trains on all points at once.

    ``residuals`` and ``pulls`` are one number a point: prediction minus truth, and the derivative of the point's loss
    by its prediction. ``penalty`` is the derivative of the L1 and L2 penalties by the slope, without L1 where that has
    a proximal step of its own. ``gradient`` is that of the mean loss and the penalties, before clipping; ``after`` is
    what the training made of it.
    """

    experiment: Experiment
    number: int
    x: np.ndarray
    y: np.ndarray
    before: tuple[float, float]
    after: tuple[float, float]
    predicted: np.ndarray
    residuals: np.ndarray
    loss: float
    pulls: np.ndarray
    penalty: float
    gradient: tuple[float, float]

    @property
    def by_strength(self) -> np.ndarray:
        """The places of all points ``(n,)``, the one that pulls hardest first; of equal ones the first."""
        return np.argsort(-np.abs(self.pulls), kind="stable")

    @property
    def hardest(self) -> int:
        return int(self.by_strength[0])

    @property
    def pulls_alike(self) -> bool:
        """Whether no point pulls harder than any other, but for rounding."""
        return bool(np.ptp(np.abs(self.pulls)) <= ALIKE_SHARE * np.abs(self.pulls).max())

    @property
    def change(self) -> tuple[float, float]:
        return self.after[0] - self.before[0], self.after[1] - self.before[1]

    @property
    def is_rounded(self) -> bool:
        """Whether plain gradient descent in 32 bits ended elsewhere than learning rate times gradient says."""
        by_rate = self.experiment.learning_rate * np.array(self.gradient)
        error = np.abs(np.array(self.change) + by_rate)
        return bool((error > ROUNDED_SHARE * np.abs(np.array([self.before, self.after, by_rate])).max(axis=0)).any())


def find_step(run: Run, number: int) -> Step | None:
    """A step of a run whose path was recorded; ``None`` where the weights have diverged by then."""
    assert run.path is not None
    before, after = run.path[number - 1], run.path[number]
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return None
    experiment = run.experiment
    x, y = points(experiment)
    slope, intercept = map(float, before)
    predicted = slope * x + intercept
    residuals = _find_residuals(x, y, *before)
    pulls = point_slopes(experiment, np.zeros_like(residuals), residuals)
    penalty = penalty_slope(experiment.replace(l1=0.0) if experiment.soft_threshold else experiment, slope)
    return Step(
        experiment=experiment,
        number=number,
        x=x,
        y=y,
        before=(slope, intercept),
        after=(float(after[0]), float(after[1])),
        predicted=predicted,
        residuals=residuals,
        loss=float(mean_loss(experiment, slope, intercept)),
        pulls=pulls,
        penalty=penalty,
        gradient=(float((pulls * x).mean()) + penalty, float(pulls.mean())),
    )


def _find_residuals(x: np.ndarray, y: np.ndarray, slope: np.float32, intercept: np.float32) -> np.ndarray:
    """Prediction minus truth ``(n,)``, on the side of a loss's corner at 0 on which the training saw it.

    The training computes in 32 bits: near a perfect fit its residual may be 0 where the exact one is not.
    """
    exact = float(slope) * x + float(intercept) - y
    with np.errstate(over="ignore", invalid="ignore"):
        seen = (x.astype(np.float32) * slope + intercept - y.astype(np.float32)).astype(float)
    return np.where(np.sign(seen) == np.sign(exact), exact, seen)


def step_lengths(run: Run, last: int) -> tuple[float, float]:
    """The shortest and the longest of a run's last steps, in the units of its two weights."""
    assert run.path is not None
    lengths = np.linalg.norm(np.diff(run.path[-last - 1 :].astype(float), axis=0), axis=1)
    return float(lengths.min()), float(lengths.max())


def can_be_slowed(run: Run) -> bool:
    """Whether a run has steps to look at: a line, all points in every step, each epoch's weights recorded."""
    if run.path is None or run.path_epochs is None or not run.experiment.is_line:
        return False
    return run.experiment.rows_per_batch == run.experiment.points and len(run.path) == run.epochs + 1
