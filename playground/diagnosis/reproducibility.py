"""Whether the numbers of a run are sensitive to rounding: two probes that should change nothing send it elsewhere.

Programs that compute the same in another order round otherwise: in single precision by some ten-millionths a step.
A steady run forgets that; a chaotic one makes another loss of it, and no two computers need to agree on its digits.
One probe adds up the rows of each batch in reverse order, which is what another program does. The other changes the
learning rate by a millionth. A loss with corners may meet its corner in one of them only, so a run is tried in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf, isfinite

import numpy as np

from playground.diagnosis.classifier import THRESHOLD, judge_of
from playground.diagnosis.convergence import diverging
from playground.diagnosis.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.run import Run
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.text.numbers import number

Progress = Callable[[float], object]

SAME = 1e-4  # of a number: what rounding may leave between a page, a file and a program
NUDGE = 1e-6  # of the learning rate: about ten times what single precision rounds of a step
NEGLIGIBLE = 1e-6  # of the first loss
BESIDE = "with a learning rate that differs by a millionth"
REVERSED = "with the points of each step added up in reverse order"
DIGITS = 5  # in which numbers that are not the SAME can be seen to differ


def judges(run: Run) -> dict[str, float | None]:
    """What a run is judged by, on points without noise or, of a classifier, on new ones; ``None`` is no number."""
    if run.experiment.dataset in LABELLED_DISTRIBUTIONS:
        judge = judge_of(run)
        return {"accuracy": judge.accuracy(THRESHOLD), "log_loss": judge.log_loss}
    errors = {"mae": Diagnosis(run).mae, "rmse": Diagnosis(run).rmse}
    return {name: error if isfinite(error) else None for name, error in errors.items()}


@dataclass(frozen=True)
class Ends:
    """What a training ends with: its loss and the judge that is most easily moved, infinite where they are lost."""

    loss: float
    judge: float
    judged_by: str
    probe: str = BESIDE

    @classmethod
    def of(cls, run: Run, probe: str = BESIDE) -> Ends:
        words, judge = (
            ("log-loss", "log_loss") if run.experiment.dataset in LABELLED_DISTRIBUTIONS else ("RMSE", "rmse")
        )
        value = judges(run)[judge]
        return cls(end_of(run.loss), inf if value is None else value, words, probe)


def nudged(experiment: Experiment) -> Experiment:
    """The same training with a learning rate that differs by a millionth."""
    rate = experiment.learning_rate
    return experiment.replace(learning_rate=rate * (1 + NUDGE if rate < 1 else 1 - NUDGE))


def nudged_ends(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Ends]:
    """What each training ends with once it is nudged; empty if it was stopped."""
    return _ends([nudged(experiment) for experiment in experiments], BESIDE, on_progress)


def reversed_ends(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Ends]:
    """What each training ends with once every step adds up its points in reverse order; empty if it was stopped."""
    return _ends(experiments, REVERSED, on_progress, reverse_rows=True)


def probed_ends(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[tuple[Ends, ...]]:
    """What each training ends with in both probes; empty if it was stopped.

    Dropout is drawn row by row, so that rows in another order would be another training: it has one probe.
    """
    halves = [_half_of(on_progress, done) for done in (0.0, 0.5)]
    nudges = nudged_ends(experiments, halves[0])
    if not nudges:
        return []
    steady_rows = [experiment for experiment in experiments if not experiment.dropout]
    reverses = iter(reversed_ends(steady_rows, halves[1]))
    pairs = zip(experiments, nudges, strict=True)
    return [(nudge,) if each.dropout else (nudge, *islice(reverses, 1)) for each, nudge in pairs]


def _half_of(on_progress: Progress | None, done: float) -> Progress | None:
    """The progress of one of two probes, of which a share is done before."""
    return None if on_progress is None else lambda share: on_progress(done + share / 2)


def _ends(
    experiments: Sequence[Experiment], probe: str, on_progress: Progress | None, reverse_rows: bool = False
) -> list[Ends]:
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train(experiments, on_progress, reverse_rows=reverse_rows)
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    return [Ends.of(run, probe) for run in runs]


def end_of(loss: np.ndarray) -> float:
    """The last of the losses ``(epochs,)``; infinite if they diverge."""
    return float("inf") if diverging(loss) else float(loss[-1])


def hangs(loss: np.ndarray, nudged_end: float) -> bool:
    """Whether the end of the losses ``(epochs,)`` hangs on rounding, by where the nudged training ended."""
    return _apart(end_of(loss), nudged_end, NEGLIGIBLE * float(loss[0]))


def _apart(one: float, other: float, negligible: float = 1e-6) -> bool:
    if not (isfinite(one) and isfinite(other)):
        return isfinite(one) != isfinite(other)
    return abs(one - other) > SAME * max(abs(one), abs(other)) + negligible


def hanging_words(run: Run, others: Iterable[Ends]) -> str:
    """What of a run is sensitive to rounding, by the first probe that shows it; nothing of a steady one."""
    return next(filter(None, (_words_beside(run, other) for other in others)), "")


def _words_beside(run: Run, other: Ends) -> str:
    """How a run and its probe end, where they part."""
    mine = Ends.of(run)
    if hangs(run.loss, other.loss):
        ends = [f"ends at {number(end, DIGITS)}" if isfinite(end) else "diverges" for end in (mine.loss, other.loss)]
        return f"{ends[0]}; {ends[1]} {other.probe}"
    if isfinite(mine.loss) and _apart(mine.judge, other.judge):
        return f"its {mine.judged_by} is {number(mine.judge, DIGITS)}; {number(other.judge, DIGITS)} {other.probe}"
    return ""
