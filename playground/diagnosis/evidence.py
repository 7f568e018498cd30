"""The evidence of a verdict: sentences with numbers of the run."""

from __future__ import annotations

import numpy as np

from playground.diagnosis.convergence import is_diverging, last_tenths
from playground.diagnosis.line_motion import is_fitted_line, line_weights
from playground.diagnosis.line_verdict import describe_least
from playground.run import Run
from playground.text.numbers import number, write_apart
from playground.theory.limit_words import describe_divergence_cause, describe_swing_causes
from playground.theory.line_loss import mean_loss
from playground.theory.optima import optimum

FEWEST_FOR_TENTHS = 10  # the fewest epochs of which a tenth is an epoch


def explain_early(run: Run) -> tuple[str, ...]:
    """The evidence on a run of one epoch, which shows no trend: the loss of a line before and after it."""
    if not is_fitted_line(run.experiment):
        return ("One epoch shows no trend.",)
    after = number(float(mean_loss(run.experiment, *line_weights(run))))
    return (f"One epoch shows no trend. Its loss was {number(float(run.loss[0]))}, and is {after} after it.",)


def explain_divergence(run: Run, shown: np.ndarray, diverged_at: int) -> tuple[str, ...]:
    """How the loss of a diverged run grew, and what makes its steps too large.

    ``shown`` are the losses ``(k,)`` before the curve is cut off, at epoch ``diverged_at``, counted from 1.
    """
    return _describe_growth(run, shown, diverged_at), *describe_divergence_cause(run.experiment)


def _describe_growth(run: Run, shown: np.ndarray, diverged_at: int) -> str:
    loss = run.loss.astype(float)
    if not len(shown):
        return "Its loss was not a finite number from the first epoch on."
    first, last = float(shown[0]), float(shown[-1])
    if not np.isfinite(loss).all() and last <= first:
        return f"Its loss was not a finite number at epoch {diverged_at:,}."
    if last > first:
        return f"Its loss grew from {number(first)} to {number(last)} by epoch {diverged_at:,}."
    if not is_diverging(loss):
        return f"The step after epoch {run.epochs:,} left weights that are not finite numbers."
    (tail,) = last_tenths(loss, 1)
    mean = number(float(tail.mean()))
    return f"Its loss swings ever higher: from {number(first)} at first to a mean of {mean} in its last tenth."


def explain_swings(run: Run) -> tuple[str, ...]:
    """Between which losses a run swings at its end, and why it does not come to rest."""
    (tail,) = last_tenths(run.loss, 1)
    swings = f"In its last tenth the loss swings between {number(float(tail.min()))} and {number(float(tail.max()))}."
    return swings, *describe_swing_causes(run.experiment)


def explain_improving(run: Run) -> tuple[str, ...]:
    """By how much the loss still fell at the end, and for a line, the least loss it can have."""
    before, after = (float(part.mean()) for part in last_tenths(run.loss.astype(float), 2))
    span = "tenth of the epochs" if len(run.loss) >= FEWEST_FOR_TENTHS else "epoch"
    fell = f"Its loss fell from {' to '.join(write_apart(before, after))} over the last {span}."
    if not is_fitted_line(run.experiment):
        return (fell,)
    best = optimum(run.experiment)
    return fell, f"{number(best.loss)} is {describe_least(best)}."


def explain_separable(run: Run) -> tuple[str, ...]:
    """Why the loss of a classifier that is right on every training point has no minimum.

    Source: Soudry et al. 2018, https://jmlr.org/papers/v19/18-188.html
    """
    never = (
        "It is right on every training point, so a steeper slope always costs a little less: the loss has no least"
        " value, and the slope grows like the logarithm of the epochs. An L2 penalty brings it to rest."
    )
    return f"Its loss is {number(float(run.loss[-1]))}, and does not come to rest.", never
