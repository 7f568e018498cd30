"""What happened in a run: its verdict, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from playground.classify.metrics import probability
from playground.course import SETTLED, diverging, exploded, last_tenths, settled_at
from playground.experiment import Experiment
from playground.landscape.limit_words import divergence_words, swing_words
from playground.landscape.line_loss import gradient, is_line, mean_loss
from playground.landscape.optima import Optimum, constant_loss, is_convex, least_squares, optimum
from playground.losses import LOSSES, Target
from playground.numerals import number
from playground.run import Run
from playground.tables.groups import GROUPS

Progress = Callable[[float], object]

IMPROVING = 1e-3  # a loss that still falls by a thousandth from one tenth of the run to the next
NEGLIGIBLE = 1e-6  # of the first loss: what no chart can show
PERFECT = 1e-5  # of the least loss, and a thousandth of it of the first: what single precision leaves
LEFT = 0.01  # of the way down
WEAK = 1e-3  # a gradient in units of loss that hardly moves a line
NO_BETTER = 0.98  # of the loss of the best constant: a network that has learned nothing of x


class Verdict(StrEnum):
    EXACT = "exactly optimal"
    CONVERGED = "converged"
    STUCK = "stuck"
    IMPROVING = "still improving"
    EARLY = "too early to tell"
    OSCILLATING = "oscillating"
    DIVERGED = "diverged"
    NOT_TRAINED = "not trained"


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
    def verdict(self) -> Verdict:
        loss = self.run.loss
        if not len(loss):
            return Verdict.NOT_TRAINED
        if diverging(loss):
            return Verdict.DIVERGED
        if len(loss) == 1:
            return Verdict.EARLY
        before, after = last_tenths(loss, 2)
        fell, swing = before.mean() - after.mean(), after.max() - after.min()
        swinging = after.mean() > loss[0] and swing > 2 * fell  # above its start, whatever its mean does meanwhile
        if fell > IMPROVING * after.mean() + NEGLIGIBLE * loss[0] and not swinging:
            return Verdict.IMPROVING
        return Verdict.OSCILLATING if swing > SETTLED * after.mean() + NEGLIGIBLE * loss[0] else Verdict.CONVERGED

    @cached_property
    def opinion(self) -> Opinion:
        """The verdict with its evidence, after a look at where the loss should have come to rest."""
        return opinion_of(self)

    @property
    def well(self) -> bool:
        """What is well at a glance: a line that rests in the only valley, no higher than the line of least squares.

        To look for the floor each time would cost a page more than the training.
        """
        if self.verdict is not Verdict.CONVERGED:
            return self.verdict is Verdict.NOT_TRAINED
        experiment = self.run.experiment
        if not (is_line(experiment) and is_convex(experiment)):
            return False
        plain = float(mean_loss(experiment, *least_squares(experiment)))
        return bool(self.run.loss[-1] <= (1.0 + SETTLED) * plain + NEGLIGIBLE * self.run.loss[0])

    @property
    def told(self) -> Verdict:
        """The verdict that a page tells: of a run that rests, it looks where it does, if that is not plain."""
        return self.opinion.verdict if self.verdict is Verdict.CONVERGED and not self.well else self.verdict

    @cached_property
    def _exploded(self) -> np.ndarray:
        return exploded(self.run.loss)

    @property
    def exploded(self) -> bool:
        """Whether the loss grew a hundredfold, or beyond all numbers."""
        return bool(self._exploded.any())

    @cached_property
    def diverged_at(self) -> int | None:
        if self.verdict is not Verdict.DIVERGED:
            return None
        return int(np.argmax(self._exploded)) + 1 if self.exploded else self.run.epochs

    @cached_property
    def shown(self) -> np.ndarray:
        """The losses that can be drawn: all of them, or those before the curve is cut off."""
        losses = self.run.loss[: self.diverged_at]
        return losses[np.isfinite(losses)]

    @cached_property
    def settled(self) -> int | None:
        if self.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED):
            return None
        return int(settled_at(self.run.loss))

    @cached_property
    def _errors(self) -> np.ndarray:
        data = self.run.data
        said = self.run.predict(data.x_test).astype(float)
        return (probability(said) if self.run.experiment.dataset in GROUPS else said) - data.y_test

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


@dataclass(frozen=True, eq=False)
class Opinion:
    """What ``diagnose`` says of a run: the verdict, and the evidence for it in sentences with numbers.

    The verdict is finer than the diagnosis's own, which looks at the loss alone: of a run that has settled, this one
    also says whether it has settled at its optimum.
    """

    diagnosis: Diagnosis
    verdict: Verdict
    evidence: tuple[str, ...]

    @property
    def ill(self) -> bool:
        """Whether there is something to mend."""
        return self.verdict not in (Verdict.EXACT, Verdict.CONVERGED, Verdict.NOT_TRAINED)


def diagnose(run: Run) -> Opinion:
    """The verdict on a run, with its evidence."""
    return Diagnosis(run).opinion


def opinion_of(diagnosis: Diagnosis) -> Opinion:
    if diagnosis.verdict is Verdict.CONVERGED:
        return _settled_opinion(diagnosis)
    says = {
        Verdict.DIVERGED: _why_diverged,
        Verdict.OSCILLATING: _why_oscillating,
        Verdict.IMPROVING: _why_improving,
        Verdict.EARLY: _why_early,
        Verdict.NOT_TRAINED: lambda _: ("It was stopped before its first epoch.",),
    }
    return Opinion(diagnosis, diagnosis.verdict, says[diagnosis.verdict](diagnosis))


def _settled_opinion(diagnosis: Diagnosis) -> Opinion:
    """A run whose loss has come to rest: at its optimum, near it, or somewhere else."""
    run = diagnosis.run
    last = float(run.loss[-1])
    if LOSSES[run.experiment.loss].target is not Target.REAL or not is_line(run.experiment):
        level = constant_loss(run.experiment)
        told = f"its loss rests at {number(last)}; one constant for all points would cost {number(level)}"
        stuck = last > _no_better(run.experiment) * level > 0
        return Opinion(diagnosis, Verdict.STUCK if stuck else Verdict.CONVERGED, (_sentence(told),))
    best = optimum(run.experiment)
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    gap = float(mean_loss(run.experiment, slope, intercept)) - best.loss
    way = float(run.loss[0]) - best.loss
    found = "the least that any line can have" if best.certain else "the least that was found for any line"
    told = _sentence(f"its loss rests at {number(last)}, and {number(best.loss)} is {found}")
    if gap <= PERFECT * (best.loss + 1e-3 * float(run.loss[0])):
        return Opinion(diagnosis, Verdict.EXACT, (told,))
    if gap > LEFT * max(way, gap, 0.0) and gap > SETTLED * best.loss:
        return Opinion(diagnosis, Verdict.STUCK, (told, *_why_stuck(run, best)))
    share = f"{gap / way:.2g}" if way > 0 else "all"
    return Opinion(diagnosis, Verdict.CONVERGED, (told, f"Of the way down, a share of {share} is left."))


def _no_better(experiment: Experiment) -> float:
    """The share of the best constant's loss above which a model has learned nothing of x.

    A straight border can be the best of its kind and still no better than a constant, as between circles.
    """
    straight = not experiment.hidden and LOSSES[experiment.loss].target is not Target.REAL
    return 1.0 + SETTLED if straight else NO_BETTER


def _why_stuck(run: Run, best: Optimum) -> tuple[str, ...]:
    """Why a line's loss rests where it should not: nothing pulls, or its steps are too large or too small."""
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    pull = float(np.linalg.norm(gradient(run.experiment, slope, intercept)))
    if pull < WEAK:
        return (f"It rests since the gradient is only {number(pull)} there: hardly a point pulls.",)
    if run.path is None or run.path_epochs is None or run.path_epochs[-1] - run.path_epochs[-2] != 1:
        return ()
    step = float(np.linalg.norm(np.diff(run.path[-2:].astype(float), axis=0)))
    away = float(np.hypot(slope - best.slope, intercept - best.intercept))
    if step > away:
        jumps = f"Its last epoch moved the weights by {number(step)}, though the optimum is only {number(away)} away"
        return (f"{jumps}: the steps are too large, and it jumps from side to side.",)
    creeps = f"Its last epoch moved the weights by only {number(step)}, and the optimum is {number(away)} away"
    return (f"{creeps}: the steps are too small, or too few.",)


def _why_early(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Of one epoch: what its steps did to a line, since a single loss shows no trend."""
    run = diagnosis.run
    if not is_line(run.experiment) or LOSSES[run.experiment.loss].target is not Target.REAL:
        return ("One epoch shows no trend.",)
    slope, intercept = (float(array.ravel()[0]) for array in run.weights)
    after = number(float(mean_loss(run.experiment, slope, intercept)))
    return (f"One epoch shows no trend. Its loss was {number(float(run.loss[0]))}, and is {after} after it.",)


def _why_diverged(diagnosis: Diagnosis) -> tuple[str, ...]:
    return _how_it_grew(diagnosis), *divergence_words(diagnosis.run.experiment)


def _how_it_grew(diagnosis: Diagnosis) -> str:
    first, last = float(diagnosis.run.loss[0]), float(diagnosis.shown[-1])
    if last > first:
        return f"Its loss grew from {number(first)} to {number(last)} by epoch {diagnosis.diverged_at:,}."
    (tail,) = last_tenths(diagnosis.run.loss, 1)
    mean = number(float(tail.mean()))
    return f"Its loss swings ever higher: from {number(first)} at first to a mean of {mean} in its last tenth."


def _why_oscillating(diagnosis: Diagnosis) -> tuple[str, ...]:
    run = diagnosis.run
    (tail,) = last_tenths(run.loss, 1)
    swings = f"In its last tenth the loss swings between {number(float(tail.min()))} and {number(float(tail.max()))}."
    return swings, *swing_words(run.experiment)


def _why_improving(diagnosis: Diagnosis) -> tuple[str, ...]:
    before, after = (float(part.mean()) for part in last_tenths(diagnosis.run.loss, 2))
    fell = f"Its loss fell from {number(before)} to {number(after)} over the last tenth of the epochs."
    if not is_line(diagnosis.run.experiment) or LOSSES[diagnosis.run.experiment.loss].target is not Target.REAL:
        return (fell,)
    return fell, f"The least that a line can have is {number(optimum(diagnosis.run.experiment).loss)}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
