"""What happened in a run: its verdict, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.diagnosis.convergence import diverging, exploded, is_falling, is_swinging, last_tenths, settled_at
from playground.diagnosis.learned import is_separated, lagging_statistics, model_at_rest, nothing_learned
from playground.diagnosis.metrics import probability
from playground.diagnosis.resting import cause_of_swing, is_fitted_line, least_words, line_at_rest, line_weights
from playground.diagnosis.verdict import Cause as Cause
from playground.diagnosis.verdict import Finding
from playground.diagnosis.verdict import Verdict as Verdict
from playground.experiment import Experiment
from playground.run import Run
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.text.numbers import number
from playground.theory.limit_words import divergence_words, swing_words
from playground.theory.line_loss import mean_loss
from playground.theory.optima import optimum

Progress = Callable[[float], object]


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The verdict on one run and what it rests on.

    ``mae`` and ``rmse`` are the common judges: errors on the clean test points, in units of y; of a classifier the
    distances of its probabilities from the labels.
    ``settled`` is the first epoch from which the loss stays within 1 % of its final value.
    ``diverged_at`` is the epoch at which a diverging curve is cut off, else ``None``.
    """

    run: Run

    @cached_property
    def finding(self) -> Finding:
        """The verdict with its cause and its evidence: the same wherever it is told."""
        return _found(self)

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict

    @property
    def cause(self) -> Cause | None:
        """Why the run is not well, where that is known."""
        return self.finding.cause

    @property
    def evidence(self) -> tuple[str, ...]:
        """What the verdict rests on, in sentences with numbers."""
        return self.finding.evidence

    @property
    def ill(self) -> bool:
        """Whether there is something to mend."""
        return self.verdict not in (Verdict.EXACT, Verdict.CONVERGED, Verdict.NOT_TRAINED)

    @cached_property
    def diverged(self) -> bool:
        """Whether the loss diverges, or the last step left weights that are not finite."""
        if not len(self.run.loss):
            return False
        return bool(diverging(self.run.loss)) or not all(np.isfinite(each).all() for each in self.run.weights)

    @cached_property
    def _exploded(self) -> np.ndarray:
        return exploded(self.run.loss)

    @property
    def exploded(self) -> bool:
        """Whether the loss grew a hundredfold, or was not finite."""
        return bool(self._exploded.any())

    @cached_property
    def diverged_at(self) -> int | None:
        if not self.diverged:
            return None
        return int(np.argmax(self._exploded)) + 1 if self.exploded else self.run.epochs

    @cached_property
    def shown(self) -> np.ndarray:
        """The losses that can be drawn: all of them, or those before the curve is cut off."""
        losses = self.run.loss[: self.diverged_at]
        return losses[np.isfinite(losses)]

    @cached_property
    def settled(self) -> int | None:
        if self.diverged or not len(self.run.loss):
            return None
        return int(settled_at(self.run.loss))

    @cached_property
    def _errors(self) -> np.ndarray:
        data = self.run.data
        said = self.run.predict(data.x_test).astype(float)
        return (probability(said) if self.run.experiment.dataset in LABELLED_DISTRIBUTIONS else said) - data.y_test

    @cached_property
    def mae(self) -> float:
        return float(np.abs(self._errors).mean())

    @cached_property
    def rmse(self) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sqrt(np.square(self._errors).mean()))


def diagnosed(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Diagnosis]:
    """The experiments trained, with the paths of their weights, and diagnosed."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    return [Diagnosis(run) for run in train(experiments, on_progress, record=("weights",))]


def diagnose(run: Run) -> Diagnosis:
    """The verdict on a run, with its cause and its evidence.

    Whether a line swings about its optimum is seen in the path of its weights: record it with
    ``train(..., record=("weights",))``. Without it only the swings of plain gradient descent are seen.
    """
    return Diagnosis(run)


def _found(diagnosis: Diagnosis) -> Finding:
    run = diagnosis.run
    if not len(run.loss):
        return Finding(Verdict.NOT_TRAINED, ("It was stopped before its first epoch.",))
    if diagnosis.diverged:
        return Finding(Verdict.DIVERGED, _why_diverged(diagnosis), Cause.LARGE_STEPS)
    if len(run.loss) == 1:
        return Finding(Verdict.EARLY, _why_early(diagnosis))
    if lost := nothing_learned(run) or lagging_statistics(run):
        return lost
    falling = is_falling(run.loss)
    if is_separated(run) and (falling or not is_swinging(run.loss)):
        return Finding(Verdict.IMPROVING, _why_separable(diagnosis), Cause.SEPARABLE)
    if falling:
        return Finding(Verdict.IMPROVING, _why_improving(diagnosis), Cause.SMALL_STEPS)
    if is_swinging(run.loss):
        return Finding(Verdict.OSCILLATING, _why_oscillating(diagnosis), cause_of_swing(run.experiment))
    return line_at_rest(run) if is_fitted_line(run.experiment) else model_at_rest(run)


def _why_early(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Of one epoch: what its steps did to a line, since a single loss shows no trend."""
    run = diagnosis.run
    if not is_fitted_line(run.experiment):
        return ("One epoch shows no trend.",)
    after = number(float(mean_loss(run.experiment, *line_weights(run))))
    return (f"One epoch shows no trend. Its loss was {number(float(run.loss[0]))}, and is {after} after it.",)


def _why_diverged(diagnosis: Diagnosis) -> tuple[str, ...]:
    return _how_it_grew(diagnosis), *divergence_words(diagnosis.run.experiment)


def _how_it_grew(diagnosis: Diagnosis) -> str:
    loss, shown = diagnosis.run.loss.astype(float), diagnosis.shown
    if not len(shown):
        return "Its loss was not a finite number from the first epoch on."
    first, last = float(shown[0]), float(shown[-1])
    if not np.isfinite(loss).all() and last <= first:
        return f"Its loss was not a finite number at epoch {diagnosis.diverged_at:,}."
    if last > first:
        return f"Its loss grew from {number(first)} to {number(last)} by epoch {diagnosis.diverged_at:,}."
    if not diverging(loss):
        return f"The step after epoch {diagnosis.run.epochs:,} left weights that are not finite numbers."
    (tail,) = last_tenths(loss, 1)
    mean = number(float(tail.mean()))
    return f"Its loss swings ever higher: from {number(first)} at first to a mean of {mean} in its last tenth."


def _why_oscillating(diagnosis: Diagnosis) -> tuple[str, ...]:
    run = diagnosis.run
    (tail,) = last_tenths(run.loss, 1)
    swings = f"In its last tenth the loss swings between {number(float(tail.min()))} and {number(float(tail.max()))}."
    return swings, *swing_words(run.experiment)


def _why_improving(diagnosis: Diagnosis) -> tuple[str, ...]:
    before, after = (float(part.mean()) for part in last_tenths(diagnosis.run.loss.astype(float), 2))
    fell = f"Its loss fell from {number(before)} to {number(after)} over the last tenth of the epochs."
    if not is_fitted_line(diagnosis.run.experiment):
        return (fell,)
    best = optimum(diagnosis.run.experiment)
    return fell, f"{number(best.loss)} is {least_words(best)}."


def _why_separable(diagnosis: Diagnosis) -> tuple[str, ...]:
    never = (
        "It is right on every training point, so a steeper slope always costs a little less: the loss has no least"
        " value, and the slope grows like the logarithm of the epochs. An L2 penalty brings it to rest."
    )
    return f"Its loss is {number(float(diagnosis.run.loss[-1]))}, and does not come to rest.", never
