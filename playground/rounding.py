"""Whether the numbers of a run hang on rounding: a millionth of its learning rate then sends it elsewhere.

Programs that compute the same in another order round otherwise: in single precision by some ten-millionths a step.
A steady run forgets that; a chaotic one makes another loss of it, and no two computers need to agree on its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np

from playground.course import diverging
from playground.experiment import Experiment
from playground.numerals import number

Progress = Callable[[float], object]

NUDGE = 1e-6  # of the learning rate: about ten times what single precision rounds of a step
APART = 1e-3  # of the loss at the end: ten times what a file or a program may differ by from its page
NEGLIGIBLE = 1e-6  # of the first loss
DIGITS = 4  # in which ends that are APART can be seen to differ


def nudged(experiment: Experiment) -> Experiment:
    """The same training with a learning rate that differs by a millionth."""
    rate = experiment.learning_rate
    return experiment.replace(learning_rate=rate * (1 + NUDGE if rate < 1 else 1 - NUDGE))


def nudged_ends(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[float]:
    """The loss that each training ends at once it is nudged, infinite if it diverges; empty if it was stopped."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train([nudged(experiment) for experiment in experiments], on_progress)
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    return [end_of(run.loss) for run in runs]


def end_of(loss: np.ndarray) -> float:
    """The last of the losses ``(epochs,)``; infinite if they diverge."""
    return float("inf") if diverging(loss) else float(loss[-1])


def hangs(loss: np.ndarray, nudged_end: float) -> bool:
    """Whether the end of the losses ``(epochs,)`` hangs on rounding, by where the nudged training ended."""
    end = end_of(loss)
    if not (isfinite(end) and isfinite(nudged_end)):
        return end != nudged_end
    return abs(end - nudged_end) > APART * max(end, nudged_end) + NEGLIGIBLE * float(loss[0])


def hanging_words(loss: np.ndarray, nudged_end: float) -> str:
    """Where a run that hangs on rounding ends, and where it does once nudged; nothing of a steady one."""
    if not hangs(loss, nudged_end):
        return ""
    ends = [f"ends at {number(end, DIGITS)}" if isfinite(end) else "diverges" for end in (end_of(loss), nudged_end)]
    return f"{ends[0]}; {ends[1]} with a learning rate that differs by a millionth"
