"""The results by which kept runs are compared and sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.classifier import THRESHOLD, score_classifier
from playground.export.kept import Kept
from playground.text.numbers import number
from playground.text.phrases import per_cent


@dataclass(frozen=True)
class Outcome:
    """A result of a run and its name in the table. Only runs of its ``task`` have it; of all, if that is empty."""

    label: str
    value: Callable[[Diagnosis], float]
    words: Callable[[float], str] = number
    task: str = ""


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


OUTCOMES = {
    "own": Outcome("own loss", lambda diagnosis: float(diagnosis.run.loss[-1])),
    "mae": Outcome("MAE", lambda diagnosis: diagnosis.mae, task="regression"),
    "rmse": Outcome("RMSE", lambda diagnosis: diagnosis.rmse, task="regression"),
    "accuracy": Outcome(
        "accuracy",
        lambda diagnosis: _or_nan(score_classifier(diagnosis.run).accuracy(THRESHOLD)),
        per_cent,
        "classification",
    ),
    "log_loss": Outcome(
        "log-loss", lambda diagnosis: _or_nan(score_classifier(diagnosis.run).log_loss), task="classification"
    ),
}


def find_outcomes(kept: Sequence[Kept]) -> list[str]:
    """The outcomes that one of the kept experiments has."""
    tasks = {"", *(each.experiment.task for each in kept)}
    return [key for key, outcome in OUTCOMES.items() if outcome.task in tasks]


def outcome_value(outcome: Outcome, diagnosis: Diagnosis) -> float:
    """A result of a run; NaN for one that has none."""
    lost = diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    return nan if lost or outcome.task not in ("", diagnosis.run.experiment.task) else outcome.value(diagnosis)
