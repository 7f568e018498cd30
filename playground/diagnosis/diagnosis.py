"""The diagnosis of a run: its verdict with cause and evidence, and its errors on test points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.diagnosis.convergence import find_settled_epochs, is_diverging, is_exploded, is_falling, is_swinging
from playground.diagnosis.evidence import (
    explain_divergence,
    explain_early,
    explain_improving,
    explain_separable,
    explain_swings,
)
from playground.diagnosis.line_motion import find_swing_cause, is_fitted_line
from playground.diagnosis.line_verdict import judge_resting_line
from playground.diagnosis.model_verdict import (
    find_constant_model,
    find_lagging_statistics,
    is_separated,
    judge_resting_model,
)
from playground.diagnosis.verdict import Cause, Finding, Verdict
from playground.experiment import Experiment
from playground.losses.classification import probability
from playground.progress import Progress
from playground.run import Run
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The verdict on one run and its evidence; each property is computed at its first use.

    ``mae`` and ``rmse`` are errors on the clean test points, in units of y, by which runs under different losses can
    be compared; for a classifier they are distances of its probabilities from the labels.
    ``settled_epoch`` is the first epoch, from 1, from which the loss stays within 1% of its final value; ``None`` if
    the run diverged. ``diverged_at`` is the epoch, from 1, at which a diverging curve is cut off, else ``None``.
    """

    run: Run

    @property
    def experiment(self) -> Experiment:
        return self.run.experiment

    @cached_property
    def finding(self) -> Finding:
        """Verdict, cause and evidence in one value."""
        return _reach_verdict(self)

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict

    @property
    def cause(self) -> Cause | None:
        """Why the run did not converge, where that is known."""
        return self.finding.cause

    @property
    def evidence(self) -> tuple[str, ...]:
        """The grounds of the verdict, in sentences with numbers."""
        return self.finding.evidence

    @property
    def needs_remedy(self) -> bool:
        """Whether the run was trained and did not converge, so that a remedy may help."""
        return self.verdict not in (Verdict.EXACT, Verdict.CONVERGED, Verdict.NOT_TRAINED)

    @cached_property
    def diverged(self) -> bool:
        """Whether the loss diverges, or the last step left weights that are not finite."""
        if not len(self.run.loss):
            return False
        return bool(is_diverging(self.run.loss)) or not all(np.isfinite(array).all() for array in self.run.weights)

    @cached_property
    def diverged_at(self) -> int | None:
        if not self.diverged:
            return None
        exploded = is_exploded(self.run.loss)
        return int(np.argmax(exploded)) + 1 if exploded.any() else self.run.epochs

    @cached_property
    def shown(self) -> np.ndarray:
        """The losses that a chart shows, ``(k,)``: all of them, or those before the curve is cut off."""
        losses = self.run.loss[: self.diverged_at]
        return losses[np.isfinite(losses)]

    @cached_property
    def settled_epoch(self) -> int | None:
        if self.diverged or not len(self.run.loss):
            return None
        return int(find_settled_epochs(self.run.loss))

    @cached_property
    def _test_errors(self) -> np.ndarray:
        """Prediction minus target of each test point, ``(n, 1)``."""
        data = self.run.data
        y_pred = self.run.predict(data.x_test).astype(float)
        return (probability(y_pred) if self.experiment.dataset in LABELLED_DISTRIBUTIONS else y_pred) - data.y_test

    @cached_property
    def mae(self) -> float:
        return float(np.abs(self._test_errors).mean())

    @cached_property
    def rmse(self) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sqrt(np.square(self._test_errors).mean()))


def train_and_diagnose(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Diagnosis]:
    """Train the experiments, record the paths of their weights, and diagnose the runs: one diagnosis per experiment.

    Pages, remedies and demonstrations all call it, so that a verdict rests on the same evidence everywhere.
    ``on_progress(share)`` is called with the share that is done; if it returns ``False``, training stops and the runs
    are shorter. Raises ``ValueError`` and ``RuntimeError`` as ``train`` does.
    """
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    return [Diagnosis(run) for run in train(experiments, on_progress, record=("weights",))]


def diagnose(run: Run) -> Diagnosis:
    """Diagnose a run: its verdict, cause, evidence and errors.

    Whether a line swings around its optimum shows in the path of its weights: record it with
    ``train(..., record=("weights",))``. Without it only the swings of plain gradient descent are found.
    """
    return Diagnosis(run)


def _reach_verdict(diagnosis: Diagnosis) -> Finding:
    """The verdict on a run. The first case that fits decides, so their order matters."""
    run, loss = diagnosis.run, diagnosis.run.loss
    if not len(loss):
        return Finding(Verdict.NOT_TRAINED, ("It was stopped before its first epoch.",))
    if diagnosis.diverged_at is not None:
        why = explain_divergence(run, diagnosis.shown, diagnosis.diverged_at)
        return Finding(Verdict.DIVERGED, why, Cause.LARGE_STEPS)
    if len(loss) == 1:
        return Finding(Verdict.EARLY, explain_early(run))
    if finding := find_constant_model(run) or find_lagging_statistics(run):
        return finding
    falling, swinging = is_falling(loss), is_swinging(loss)
    if is_separated(run) and (falling or not swinging):
        return Finding(Verdict.IMPROVING, explain_separable(run), Cause.SEPARABLE)
    if falling:
        return Finding(Verdict.IMPROVING, explain_improving(run), Cause.SMALL_STEPS)
    if swinging:
        return Finding(Verdict.OSCILLATING, explain_swings(run), find_swing_cause(run.experiment))
    return judge_resting_line(run) if is_fitted_line(run.experiment) else judge_resting_model(run)
