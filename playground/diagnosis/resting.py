"""Where a line came to rest: at its optimum, near it, on both sides of it, or in another valley."""

from __future__ import annotations

import numpy as np

from playground.diagnosis.convergence import NEGLIGIBLE, SETTLED, last_tenths
from playground.diagnosis.verdict import Cause, Finding, Verdict
from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.run import Run
from playground.text.numbers import number, plain
from playground.theory.limit_words import jumps_over_zero
from playground.theory.line_loss import gradient, is_line, mean_loss, points, pulls, values_of
from playground.theory.optima import Optimum, constant_loss, optimum, residue

PERFECT = 1e-5  # of the least loss, and a thousandth of it of the first: what single precision leaves
SAME_LINE = 5e-4  # of the spread of the best line and of its residuals: an exact line is no further off
FLAT = 1e-12  # of the least loss: lines that differ by less are equally good, however far apart
LEFT = 0.01  # of the way down
UNHEARD = 1e-3  # of the steepest slope of a loss: a point that pulls with less has no say
FEW_HEARD = 0.25  # of the points: if fewer pull, a run rests for want of a pull
NO_BETTER = 0.98  # of the loss of the best constant: a model that has learned nothing of x
LATE = 20  # last epochs, over which a swing is averaged
DESCENTS = 2000  # steps down a valley, at most


def is_fitted_line(experiment: Experiment) -> bool:
    """Whether the model is a line through numbers, of which the exact optimum is known."""
    return is_line(experiment) and LOSSES[experiment.loss].target is Target.REAL


def least_words(best: Optimum) -> str:
    """What the least loss is called: of a loss with several valleys nobody can be sure of it."""
    return "the least that any line can have" if best.certain else "the least that was found for any line"


def line_at_rest(run: Run) -> Finding:
    """The verdict on a line whose loss does not fall and hardly swings any more."""
    best, last, first = optimum(run.experiment), float(run.loss[-1]), float(run.loss[0])
    slope, intercept = line_weights(run)
    end = float(mean_loss(run.experiment, slope, intercept))
    gap, way, dust = end - best.loss, first - best.loss, residue(run.experiment)
    told = f"Its loss rests at {number(last)}, and {number(min(best.loss, max(end, 0.0)))} is {least_words(best)}."
    told += _within_words(run.experiment, end)
    tolerance = PERFECT * (best.loss + 1e-3 * first) + dust
    (tail,) = last_tenths(run.loss.astype(float), 1)
    off = _distance_between_lines(run, best)
    if gap <= tolerance and tail.mean() - best.loss <= LATE * tolerance:
        if off <= _same_line(run, best) or gap <= FLAT * best.loss:
            return Finding(Verdict.EXACT, (told, *_constant_words(run, best)))
        return Finding(Verdict.CONVERGED, (told, f"Its line is still off that of the least loss by {number(off)}."))
    visible = SETTLED * best.loss + NEGLIGIBLE * first + dust
    if gap > visible and swings_round(run, best):
        return Finding(Verdict.OSCILLATING, _swing_words(run, best), cause_of_swing(run.experiment))
    if gap > LEFT * max(way, gap) and gap > visible:
        why, cause = _why_stuck(run, best)
        return Finding(Verdict.STUCK, (told, why), cause)
    left = f"Of the way down, a share of {gap / way:.2g} is left." if 0 < gap < way else ""
    return Finding(Verdict.CONVERGED, tuple(text for text in (told, left, _unfading_words(run)) if text))


def line_weights(run: Run) -> tuple[float, float]:
    """The two weights of a line, in units of the model's inputs."""
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    return slope, intercept


def _distance_between_lines(run: Run, best: Optimum) -> float:
    """How far the trained line is from the best one: the root mean square over the points, in units of y."""
    x, _ = points(run.experiment)
    slope, intercept = line_weights(run)
    return float(np.sqrt(np.square((slope - best.slope) * x + intercept - best.intercept).mean()))


def _same_line(run: Run, best: Optimum) -> float:
    """How far apart two lines may be that are the same but for single precision."""
    x, y = points(run.experiment)
    fitted = best.slope * x + best.intercept
    return float(SAME_LINE * (fitted.std() + np.median(np.abs(y - fitted))) + 1e-6 * np.abs(y).max())


def _within_words(experiment: Experiment, end: float) -> str:
    """That a loss which is deaf to small errors has no say any more, and leaves many lines equally good."""
    if "epsilon" not in experiment.parameters or end > 0:
        return ""
    epsilon = plain(experiment.epsilon)
    return f" Every point is within ε = {epsilon} of it, so none pulls: all lines as near to all points cost the same."


def _constant_words(run: Run, best: Optimum) -> tuple[str, ...]:
    """That no line does better than a constant, if none does."""
    penalised = run.experiment.l1 or run.experiment.l2
    if penalised or best.loss < NO_BETTER * constant_loss(run.experiment) or best.loss == 0:
        return ()
    return ("No line does better here than a constant.",)


def late_weights(run: Run) -> np.ndarray | None:
    """A line's weights after its last epochs ``(k, 2)``; ``None`` if they were not recorded and cannot be known.

    Plain gradient descent keeps no memory, so its next steps can be taken from the trained weights.
    """
    if run.path is not None and run.path_epochs is not None and len(run.path_epochs) > 2:
        if run.path_epochs[-1] - run.path_epochs[-2] == 1:
            return run.path[-max(2, min(LATE, run.epochs // 2)) :].astype(float)
        return None
    experiment = run.experiment
    full = experiment.rows_per_batch == experiment.points
    return _next_steps(run) if full and experiment.optimizer == "sgd" and not experiment.soft_threshold else None


def _next_steps(run: Run) -> np.ndarray:
    places = [np.array(line_weights(run))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(LATE):
            step = run.experiment.learning_rate * _clipped(run.experiment, gradient(run.experiment, *places[-1]))
            places.append(places[-1] - step)
    return np.array(places[1:])


def _clipped(experiment: Experiment, slopes: np.ndarray) -> np.ndarray:
    if entry := experiment.clipvalue or experiment.clipnorm:  # each variable of a line is one number
        return slopes.clip(-entry, entry)
    length = float(np.linalg.norm(slopes))
    limit = experiment.global_clipnorm or length
    return slopes * min(1.0, limit / length) if length else slopes


def swings_round(run: Run, best: Optimum) -> bool:
    """Whether a line jumps from side to side: the mean of its last weights is then better than they are."""
    late = late_weights(run)
    if late is None or not np.isfinite(late).all():
        return False
    around = float(mean_loss(run.experiment, late[:, 0], late[:, 1]).mean())
    middle = float(mean_loss(run.experiment, *late.mean(0)))
    return around - middle > 0.5 * (around - best.loss)


def _swing_words(run: Run, best: Optimum) -> tuple[str, ...]:
    late = late_weights(run)
    assert late is not None
    step = float(np.linalg.norm(np.diff(late, axis=0), axis=1).mean())
    around = float(mean_loss(run.experiment, late[:, 0], late[:, 1]).mean())
    level = f"Its loss hardly changes any more, near {number(around)}, but {number(best.loss)} is {least_words(best)}."
    return level, f"Its weights jump from side to side of a better line, by {number(step)} an epoch."


def cause_of_swing(experiment: Experiment) -> Cause:
    """Why a run that does not diverge keeps swinging."""
    if jumps_over_zero(experiment):
        return Cause.UNFADING_GRADIENT
    if experiment.rows_per_batch < experiment.points:
        return Cause.MINI_BATCHES
    return Cause.UNFADING_GRADIENT if is_unfading(experiment) else Cause.LARGE_STEPS


def is_unfading(experiment: Experiment) -> bool:
    """Whether a loss pulls as hard near its optimum as far from it, so that steps of a constant rate never end."""
    return LOSSES[experiment.loss].curvature is None and LOSSES[experiment.loss].target is Target.REAL


def _unfading_words(run: Run) -> str:
    """That a run whose loss is as good as at rest still moves, if it does for ever."""
    late = late_weights(run)
    if late is None or not is_unfading(run.experiment):
        return ""
    step = float(np.linalg.norm(np.diff(late, axis=0), axis=1).mean())
    return f"The gradient of this loss does not fade: its weights still move by {number(step)} an epoch, within 1 %."


def _why_stuck(run: Run, best: Optimum) -> tuple[str, Cause]:
    """Why a line rests where it should not: nothing pulls, another valley holds it, or its steps are too small."""
    experiment, (slope, intercept) = run.experiment, line_weights(run)
    pull = np.abs(pulls(experiment, slope, intercept))
    heard = int((pull > UNHEARD * _steepest(experiment)).sum())
    strength = number(float(np.linalg.norm(gradient(experiment, slope, intercept))))
    if heard < FEW_HEARD * len(pull):
        some = f"Of {len(pull)} points, {heard} {'pulls' if heard == 1 else 'pull'} at it"
        few = some if heard else f"None of the {len(pull)} points pulls at it"
        return f"{few}, and the gradient is only {strength}: hardly a point pulls there.", Cause.NO_PULL
    if not best.certain and (bottom := bottom_from(experiment, slope, intercept)) is not None:
        level, first = float(mean_loss(experiment, *bottom)), float(run.loss[0])
        if level - best.loss > LEFT * (first - best.loss):
            return _valley_words(level, best), Cause.WRONG_VALLEY
    return _small_steps_words(run, best), Cause.SMALL_STEPS


def _valley_words(level: float, best: Optimum) -> str:
    return (
        f"This loss has several valleys, and the run is in one whose floor is {number(level)}: no small step leads out"
        f" of it. A lower one, {number(best.loss)}, lies at w = {number(best.slope)}, b = {number(best.intercept)}."
    )


def _small_steps_words(run: Run, best: Optimum) -> str:
    late = late_weights(run)
    slope, intercept = line_weights(run)
    away = float(np.hypot(slope - best.slope, intercept - best.intercept))
    if late is None:
        return f"The optimum is {number(away)} away: the steps are too small, or too few."
    step = float(np.linalg.norm(late[-1] - late[-2]))
    creeps = f"Its last epoch moved the weights by only {number(step)}, and the optimum is {number(away)} away"
    return f"{creeps}: the steps are too small, or too few."


def _steepest(experiment: Experiment) -> float:
    residuals = np.linspace(-100.0, 100.0, 20001)
    return float(np.abs(np.gradient(values_of(experiment, np.zeros_like(residuals), residuals), residuals)).max())


def bottom_from(experiment: Experiment, slope: float, intercept: float) -> tuple[float, float] | None:
    """Where the valley that holds these weights is lowest; ``None`` for a loss whose curvature has no bound.

    Each step goes to the lowest point of a bowl that lies above the loss and touches it, so no step climbs.
    Source: Hunter and Lange 2004, "A Tutorial on MM Algorithms", https://doi.org/10.1198/0003130042836
    """
    steepness = LOSSES[experiment.loss].curvature
    if steepness is None:
        return None
    x, _ = points(experiment)
    inputs = np.column_stack([x, np.ones(len(x))])
    bowl = steepness * inputs.T @ inputs / len(x) + np.diag([2.0 * experiment.l2, 0.0])
    place = np.array([slope, intercept])
    for _ in range(DESCENTS):
        step = np.linalg.solve(bowl, gradient(experiment, *place))
        place = place - step
        if np.abs(step).max() <= 1e-9 * (1.0 + np.abs(place).max()):
            break
    return float(place[0]), float(place[1])
