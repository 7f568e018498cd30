"""Whether the numbers of a run are sensitive to rounding: it is trained again under two tiny perturbations.

Programs that compute the same in another order round differently, in single precision by about 1e-7 per step. A stable
run forgets that; a chaotic one amplifies it, and no two computers need to agree on its digits. One perturbation adds up
the rows of each batch in reverse order, as another program might. The other changes the learning rate by a millionth.
A loss with corners may react to one of them only, so a run is tested with both.
Source: Summers and Dinneen 2021, Nondeterminism and instability in neural network optimization,
https://arxiv.org/abs/2103.04514
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf, isfinite

import numpy as np

from playground.diagnosis.classifier import THRESHOLD, score_classifier
from playground.diagnosis.convergence import NEGLIGIBLE, is_diverging
from playground.diagnosis.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.progress import Progress
from playground.run import Run
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.text.numbers import number

SAME = 1e-4  # of a number: differences up to this may come from rounding in a stable run
NUDGE = 1e-6  # of the learning rate: about ten times the rounding of single precision
BESIDE = "with a learning rate that differs by a millionth"
REVERSED = "with the points of each step added up in reverse order"
DIGITS = 5  # enough for numbers that differ by more than SAME to look different


def measure_errors(run: Run) -> dict[str, float | None]:
    """The errors of a run by name, on test points that no model trained on; ``None`` where they are not finite.

    For a regression ``mae`` and ``rmse`` in units of y, on points without noise; for a classifier ``accuracy``, 0 to 1,
    and ``log_loss``, in nats.
    """
    if run.experiment.dataset in LABELLED_DISTRIBUTIONS:
        scores = score_classifier(run)
        return {"accuracy": scores.accuracy(THRESHOLD), "log_loss": scores.log_loss}
    diagnosis = Diagnosis(run)
    errors = {"mae": diagnosis.mae, "rmse": diagnosis.rmse}
    return {name: error if isfinite(error) else None for name, error in errors.items()}


@dataclass(frozen=True)
class FinalNumbers:
    """The last loss of a training, infinite if it diverges, and its error on test points, infinite if not finite.

    The error is the RMSE of a regression and the log-loss of a classifier: ``error_name`` says which. ``probe`` says
    how the training was perturbed, as the end of a sentence.
    """

    loss: float
    error: float
    error_name: str
    probe: str = BESIDE

    @classmethod
    def from_run(cls, run: Run, probe: str = BESIDE) -> FinalNumbers:
        """The final numbers of a run that was trained with this perturbation."""
        name, key = ("log-loss", "log_loss") if run.experiment.dataset in LABELLED_DISTRIBUTIONS else ("RMSE", "rmse")
        error = measure_errors(run)[key]
        return cls(final_loss(run.loss), inf if error is None else error, name, probe)


def perturb_rate(experiment: Experiment) -> Experiment:
    """The same training with a learning rate that differs by a millionth."""
    rate = experiment.learning_rate
    return experiment.replace(learning_rate=rate * (1 + NUDGE if rate < 1 else 1 - NUDGE))


def train_perturbed(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[FinalNumbers]:
    """Train each experiment at a learning rate that differs by a millionth; the result is empty after a stop."""
    return _train_to_end([perturb_rate(experiment) for experiment in experiments], BESIDE, on_progress)


def train_reversed(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[FinalNumbers]:
    """Train each experiment with the points of every step added up in reverse; the result is empty after a stop."""
    return _train_to_end(experiments, REVERSED, on_progress, reverse_rows=True)


def train_probes(
    experiments: Sequence[Experiment], on_progress: Progress | None = None
) -> list[tuple[FinalNumbers, ...]]:
    """Train each experiment under both perturbations: one tuple of final numbers each; empty after a stop.

    Dropout is drawn row by row, so rows in another order would be another training: with it there is one perturbation.
    """
    perturbed = train_perturbed(experiments, _report_half(on_progress, 0.0))
    if not perturbed:
        return []
    without_dropout = [experiment for experiment in experiments if not experiment.dropout]
    backwards = iter(train_reversed(without_dropout, _report_half(on_progress, 0.5)))
    pairs = zip(experiments, perturbed, strict=True)
    return [(numbers,) if experiment.dropout else (numbers, *islice(backwards, 1)) for experiment, numbers in pairs]


def _report_half(on_progress: Progress | None, done: float) -> Progress | None:
    """Progress of one of two trainings as progress of both, after the share ``done`` of the whole."""
    return None if on_progress is None else lambda share: on_progress(done + share / 2)


def _train_to_end(
    experiments: Sequence[Experiment], probe: str, on_progress: Progress | None, reverse_rows: bool = False
) -> list[FinalNumbers]:
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train(experiments, on_progress, reverse_rows=reverse_rows)
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    return [FinalNumbers.from_run(run, probe) for run in runs]


def final_loss(loss: np.ndarray) -> float:
    """The last of the losses ``(epochs,)``; infinite if they diverge, so that two such ends are equal."""
    return inf if is_diverging(loss) else float(loss[-1])


def is_sensitive(loss: np.ndarray, perturbed_loss: float) -> bool:
    """Whether the last of the losses ``(epochs,)`` is sensitive to rounding.

    ``perturbed_loss`` is the final loss of the perturbed training: it differs by more than a ten-thousandth, or only
    one of the two diverges.
    """
    return _differs_visibly(final_loss(loss), perturbed_loss, NEGLIGIBLE * float(loss[0]))


def _differs_visibly(one: float, other: float, negligible: float = 1e-6) -> bool:
    if not (isfinite(one) and isfinite(other)):
        return isfinite(one) != isfinite(other)
    return abs(one - other) > SAME * max(abs(one), abs(other)) + negligible


def describe_sensitivity(run: Run, others: Iterable[FinalNumbers]) -> str:
    """Which number of a run is sensitive to rounding, by the first perturbation that shows it; empty if none is.

    ``others`` are its final numbers under perturbation, as ``train_probes`` gives them.
    """
    return next(filter(None, (_describe_difference(run, other) for other in others)), "")


def _describe_difference(run: Run, other: FinalNumbers) -> str:
    """How a run and its perturbed training end, where that differs visibly; else empty."""
    numbers = FinalNumbers.from_run(run)
    if is_sensitive(run.loss, other.loss):
        ends = [f"ends at {number(end, DIGITS)}" if isfinite(end) else "diverges" for end in (numbers.loss, other.loss)]
        return f"{ends[0]}; {ends[1]} {other.probe}"
    if isfinite(numbers.loss) and _differs_visibly(numbers.error, other.error):
        errors = f"{number(numbers.error, DIGITS)}; {number(other.error, DIGITS)}"
        return f"its {numbers.error_name} is {errors} {other.probe}"
    return ""
