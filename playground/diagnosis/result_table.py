"""The table of results, as text: one row per quantity, one column per run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.summary import describe_verdict
from playground.diagnosis.verdict import Verdict
from playground.tables.functions import TrueFunction
from playground.text.numbers import number, plain

NOTHING = "–"

_WITHOUT_NUMBERS = (Verdict.DIVERGED, Verdict.NOT_TRAINED)

Cell = Callable[[Diagnosis], str]


def build_result_rows(diagnoses: Sequence[Diagnosis]) -> list[list[str]]:
    """The rows of the table: the name of a quantity, then its value in each run, as text.

    A run that diverged or was not trained has its verdict and a dash for every number.
    """
    quantities = [*_list_coefficients(diagnoses[0]), *_QUANTITIES]
    rows = [
        [label, *(NOTHING if diagnosis.verdict in _WITHOUT_NUMBERS else write(diagnosis) for diagnosis in diagnoses)]
        for label, write in quantities
    ]
    return [*rows, ["verdict", *(describe_verdict(each.verdict, each.diverged_at) for each in diagnoses)]]


def _list_coefficients(diagnosis: Diagnosis) -> list[tuple[str, Cell]]:
    """The rows for slope and intercept if the model is a line, labelled with the true values if they exist."""
    if not diagnosis.run.line:
        return []
    source = diagnosis.run.data.source
    truth = source.line if isinstance(source, TrueFunction) else None
    labels = ["slope", "intercept"]
    if truth:
        labels = [f"{label} (true {plain(value)})" for label, value in zip(labels, truth, strict=True)]
    slope_label, intercept_label = labels
    return [
        (slope_label, lambda diagnosis: number(_line_coefficient(diagnosis, 0))),
        (intercept_label, lambda diagnosis: number(_line_coefficient(diagnosis, 1))),
    ]


def _line_coefficient(diagnosis: Diagnosis, index: int) -> float:
    line = diagnosis.run.line
    assert line is not None
    return line[index]


_QUANTITIES: list[tuple[str, Cell]] = [
    ("own loss at the end", lambda diagnosis: number(float(diagnosis.run.loss[-1]))),
    ("MAE on clean points", lambda diagnosis: number(diagnosis.mae)),
    ("RMSE on clean points", lambda diagnosis: number(diagnosis.rmse)),
    ("epochs until within 1% of the end", lambda diagnosis: f"{diagnosis.settled_epoch:,}"),
]
