"""The verdict on a line at rest: at its optimum, near it, jumping across it, or stuck elsewhere."""

from __future__ import annotations

import numpy as np

from playground.diagnosis.convergence import NEGLIGIBLE, SETTLED, last_tenths
from playground.diagnosis.line_motion import (
    LATE,
    descend_valley,
    find_swing_cause,
    is_unfading,
    jumps_across,
    late_weights,
    line_weights,
    mean_step,
    steepest_slope,
)
from playground.diagnosis.verdict import Cause, Finding, Verdict
from playground.experiment import Experiment
from playground.run import Run
from playground.text.numbers import number, plain
from playground.theory.line_loss import gradient, mean_loss, points, prediction_gradients
from playground.theory.optima import Optimum, constant_loss, optimum, rounding_loss

PERFECT = 1e-5  # of the least loss plus a thousandth of the first: the rounding of single precision
SAME_LINE = 5e-4  # of the spread of the best line and of its residuals: how far off an exact line may be
FLAT = 1e-12  # of the least loss: lines that differ by less are equally good, however far apart
LEFT = 0.01  # of the way from the first loss to the least: more than this left is stuck
UNHEARD = 1e-3  # of the steepest slope of a loss: a point with a smaller gradient does not count as pulling
FEW_HEARD = 0.25  # of the points: if fewer pull, the vanishing gradient is why a run rests
# By the number of points that pull noticeably.
PULLED_BY_FEW = {
    0: "None of the {count} points pulls noticeably on the line. The gradient is only {length}, so the line hardly"
    " moves.",
    1: "Only 1 of {count} points pulls noticeably on the line. The gradient is only {length}, so the line hardly"
    " moves.",
}
PULLED_BY_SEVERAL = (
    "Only {pulling} of {count} points pull noticeably on the line. The gradient is only {length}, so the line hardly"
    " moves."
)
NO_BETTER = 0.98  # of the loss of the best constant: a model above this has learned nothing of x


def describe_least(best: Optimum) -> str:
    """A name for the least loss in a sentence: a loss with several minima may have a lower one than was found."""
    return "the least that any line can have" if best.certain else "the least that was found for any line"


def judge_resting_line(run: Run) -> Finding:
    """The verdict on a line whose loss neither falls nor swings any more, by comparison with the exact optimum.

    It is ``EXACT`` if loss and line are those of the optimum but for rounding, ``OSCILLATING`` if the line jumps from
    side to side of a better one, ``STUCK`` if more than 1% of the way from the first loss to the least is left, else
    ``CONVERGED``.
    """
    best, last, first = optimum(run.experiment), float(run.loss[-1]), float(run.loss[0])
    end = float(mean_loss(run.experiment, *line_weights(run)))
    gap, way, rounding = end - best.loss, first - best.loss, rounding_loss(run.experiment)
    level = f"Its loss rests at {number(last)}, and {number(min(best.loss, max(end, 0.0)))} is {describe_least(best)}."
    level += _describe_insensitivity(run.experiment, end)
    tolerance = PERFECT * (best.loss + 1e-3 * first) + rounding
    (tail,) = last_tenths(run.loss.astype(float), 1)
    if gap <= tolerance and tail.mean() - best.loss <= LATE * tolerance:
        distance = _distance_to_best(run, best)
        if distance <= _tolerated_distance(run, best) or gap <= FLAT * best.loss:
            return Finding(Verdict.EXACT, (level, *_describe_constant(run, best)))
        away = f"Its line is still off that of the least loss by {number(distance)}."
        return Finding(Verdict.CONVERGED, (level, away))
    visible = SETTLED * best.loss + NEGLIGIBLE * first + rounding
    if gap > visible and jumps_across(run, best):
        return Finding(Verdict.OSCILLATING, _describe_jumps(run, best), find_swing_cause(run.experiment))
    if gap > LEFT * max(way, gap) and gap > visible:
        why, cause = _explain_stuck(run, best)
        return Finding(Verdict.STUCK, (level, why), cause)
    left = f"Of the way down, a share of {gap / way:.2g} is left." if 0 < gap < way else ""
    return Finding(Verdict.CONVERGED, tuple(filter(None, (level, left, _describe_unfading(run)))))


def _distance_to_best(run: Run, best: Optimum) -> float:
    """The root mean square distance of the trained line from the best one at the points, in units of y."""
    x, _ = points(run.experiment)
    slope, intercept = line_weights(run)
    return float(np.sqrt(np.square((slope - best.slope) * x + intercept - best.intercept).mean()))


def _tolerated_distance(run: Run, best: Optimum) -> float:
    """How far apart, in units of y, two lines may be that differ only by the rounding of single precision."""
    x, y = points(run.experiment)
    fitted = best.slope * x + best.intercept
    return float(SAME_LINE * (fitted.std() + np.median(np.abs(y - fitted))) + 1e-6 * np.abs(y).max())


def _describe_insensitivity(experiment: Experiment, end: float) -> str:
    """Why many lines are equally good under a loss that is 0 near each point; empty for other losses."""
    if "epsilon" not in experiment.parameters or end > 0:
        return ""
    epsilon = plain(experiment.epsilon)
    return f" Every point is within ε = {epsilon} of it, so none pulls: all lines as near to all points cost the same."


def _describe_constant(run: Run, best: Optimum) -> tuple[str, ...]:
    """One sentence if no line does better than a constant, else nothing."""
    penalised = run.experiment.l1 or run.experiment.l2
    if penalised or best.loss < NO_BETTER * constant_loss(run.experiment) or best.loss == 0:
        return ()
    return ("No line does better here than a constant.",)


def _describe_jumps(run: Run, best: Optimum) -> tuple[str, ...]:
    late = late_weights(run)
    assert late is not None
    around = number(float(mean_loss(run.experiment, late[:, 0], late[:, 1]).mean()))
    level = f"Its loss hardly changes any more, near {around}, but {number(best.loss)} is {describe_least(best)}."
    return level, f"Its weights jump from side to side of a better line, by {number(mean_step(late))} an epoch."


def _describe_unfading(run: Run) -> str:
    """That the weights still move though the loss is nearly at rest; empty for losses whose gradient fades."""
    late = late_weights(run)
    if late is None or not is_unfading(run.experiment):
        return ""
    step = mean_step(late)
    return f"The gradient of this loss does not fade: its weights still move by {number(step)} an epoch, within 1%."


def _explain_stuck(run: Run, best: Optimum) -> tuple[str, Cause]:
    """Why a line rests away from its optimum: a vanished gradient, another local minimum, or steps too small."""
    experiment, (slope, intercept) = run.experiment, line_weights(run)
    strengths = np.abs(prediction_gradients(experiment, slope, intercept))
    pulling = int((strengths > UNHEARD * steepest_slope(experiment)).sum())
    if pulling < FEW_HEARD * len(strengths):
        return _describe_vanished_gradient(run, pulling), Cause.NO_PULL
    if not best.certain and (bottom := descend_valley(experiment, slope, intercept)) is not None:
        level, first = float(mean_loss(experiment, *bottom)), float(run.loss[0])
        if level - best.loss > LEFT * (first - best.loss):
            return _describe_valley(level, best), Cause.WRONG_VALLEY
    return _describe_small_steps(run, best), Cause.SMALL_STEPS


def _describe_vanished_gradient(run: Run, pulling: int) -> str:
    length = float(np.linalg.norm(gradient(run.experiment, *line_weights(run))))
    template = PULLED_BY_FEW.get(pulling, PULLED_BY_SEVERAL)
    return template.format(pulling=pulling, count=run.experiment.points, length=number(length))


def _describe_valley(level: float, best: Optimum) -> str:
    return (
        f"This loss has several valleys, and the run is in one whose floor is {number(level)}: no small step leads out"
        f" of it. A lower one, {number(best.loss)}, lies at w = {number(best.slope)}, b = {number(best.intercept)}."
    )


def _describe_small_steps(run: Run, best: Optimum) -> str:
    late = late_weights(run)
    slope, intercept = line_weights(run)
    away = float(np.hypot(slope - best.slope, intercept - best.intercept))
    if late is None:
        return f"The optimum is {number(away)} away: the steps are too small, or too few."
    step = float(np.linalg.norm(late[-1] - late[-2]))
    moved = f"Its last epoch moved the weights by only {number(step)}, and the optimum is {number(away)} away"
    return f"{moved}: the steps are too small, or too few."
