"""Whether one run is better than another, which decides whether a remedy is offered."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite
from typing import Any

import numpy as np

from playground.diagnosis.convergence import last_tenths
from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.line_verdict import PERFECT
from playground.diagnosis.verdict import Verdict
from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.run import Run
from playground.theory.line_loss import mean_loss
from playground.theory.optima import is_convex, optimum

BETTER = 0.99  # of the old loss: less than this is better
NEARER = 0.9  # of the old error: less than this is better where a run had failed
NO_LONGER_STUCK = 0.5  # of the old distance to the least loss: less than this is better where a run was stuck
MOST_FRAMES = 200  # over which an error is averaged
WORSE = 1.02  # of the old error on clean points: a loss that falls at this price only fits the noise


def has_improved(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether a run is better than the one before it: converged or nearer to its optimum, and no worse a model.

    The doctor offers only remedies for which this holds. Losses are compared only where they are in the same unit;
    otherwise the error on clean points decides, which is in units of y for every loss.
    """
    if after.verdict in (Verdict.DIVERGED, Verdict.STUCK, Verdict.NOT_TRAINED):
        return False
    loss_fell = after.run.loss[-1] < after.run.loss[0]
    if not loss_fell and after.verdict is not Verdict.EXACT:  # an exact one may have begun at its optimum
        return False
    error, then = steady_error(after.run), steady_error(before.run)
    if before.verdict in (Verdict.DIVERGED, Verdict.STUCK, Verdict.EARLY) and error < NEARER * then:
        return True
    if before.verdict is Verdict.DIVERGED or (error > WORSE * then and not _has_one_aim(before, after)):
        return False
    if not after.needs_remedy and before.verdict not in (Verdict.STUCK, Verdict.EARLY):
        return True
    return _is_nearer(before, after)


def _has_one_aim(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether both runs are lines on their way to the same optimum of a convex loss, so that neither fits noise.

    If that optimum is far from the truth, the loss or its penalty is the reason, and the table shows it.
    """
    old, new = before.experiment, after.experiment
    return objective(old) == objective(new) and new.is_line and is_convex(new)


def _is_nearer(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether the loss came down or swings less; ``False`` for another objective, as losses then do not compare."""
    runs = before.run, after.run
    if objective(runs[0].experiment) != objective(runs[1].experiment):
        return False
    if before.verdict is Verdict.OSCILLATING and _measure_swing(after) < 0.5 * _measure_swing(before):
        return True
    share = NO_LONGER_STUCK if before.verdict is Verdict.STUCK else BETTER
    old, new = map(loss_above_least, runs)
    if old is None or new is None or before.verdict is Verdict.OSCILLATING:
        old, new = (float(run.loss[-1]) for run in runs)
    return new < share * old


def steady_error(run: Run) -> float:
    """The mean RMSE on clean points over the last tenth of a run, in units of y; infinite if it diverged.

    Where a run swings, its last epoch alone would be a matter of luck; it is used only for a run without a path.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        errors = _late_predictions(run).astype(float) - run.data.y_test
        error = float(np.sqrt(np.square(errors).mean(axis=(1, 2))).mean())
    return error if isfinite(error) else inf


def _late_predictions(run: Run) -> np.ndarray:
    """The predictions of the clean points in the last tenth of the epochs, ``(frames, n, 1)``."""
    if run.path is None or run.path_epochs is None:
        return run.predict(run.data.x_test)[None]
    kept = np.flatnonzero(run.path_epochs >= run.epochs - run.epochs // 10)[-MOST_FRAMES:]
    seen = replace(run, path=run.path[kept], path_epochs=run.path_epochs[kept])
    return seen.predict_path(run.data.x_test)


def objective(experiment: Experiment) -> tuple[Any, ...]:
    """What a run's loss measures: losses can be compared by height only where this is equal.

    A penalty on the slope weighs otherwise once x is standardised.
    """
    penalty = (experiment.l1, experiment.l2)
    return experiment.loss, experiment.parameters, penalty, experiment.standardise and any(penalty)


def loss_above_least(run: Run) -> float | None:
    """How far a line ends above the least loss of any line, in units of its loss, penalties included.

    It is 0 where the difference is within the rounding of single precision, and ``None`` for other models, for runs
    that were not trained, and where the last weights are not finite.
    """
    if not run.experiment.is_line or LOSSES[run.experiment.loss].target is not Target.REAL or not run.epochs:
        return None
    best = optimum(run.experiment)
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    gap = float(mean_loss(run.experiment, slope, intercept)) - best.loss
    if not isfinite(gap):
        return None
    return gap if gap > PERFECT * (best.loss + 1e-3 * float(run.loss[0])) else 0.0


def _measure_swing(diagnosis: Diagnosis) -> float:
    (tail,) = last_tenths(diagnosis.run.loss, 1)
    return float(tail.max() - tail.min())
