"""The table of results, as text: one row per quantity, one column per run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.summary import describe_verdict
from playground.diagnosis.verdict import Verdict
from playground.tables.functions import TrueFunction
from playground.text.numbers import number, plain

NOTHING = "–"

Cell = Callable[[Diagnosis], str]


def build_result_rows(diagnoses: Sequence[Diagnosis]) -> list[list[str]]:
    """The rows of the table: the name of a quantity, then its value in each run.

    A run that diverged or was not trained has a dash for every number and its verdict alone.
    """
    quantities = [*_list_coefficients(diagnoses[0]), *_QUANTITIES]
    return [[label, *(_fill_cell(cell, diagnosis) for diagnosis in diagnoses)] for label, cell in quantities]


def _fill_cell(cell: Cell, diagnosis: Diagnosis) -> str:
    """The cell's text; numbers of a run that diverged mean nothing, so it has only its verdict."""
    gone = diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    return NOTHING if gone and cell is not _describe_verdict else cell(diagnosis)


def _list_coefficients(diagnosis: Diagnosis) -> list[tuple[str, Cell]]:
    """Slope and intercept, if the model is a line; with the true ones, if there are such."""
    if not diagnosis.run.line:
        return []
    source = diagnosis.run.data.source
    truth = source.line if isinstance(source, TrueFunction) else None
    truth_words = [f" (true {plain(value)})" for value in truth] if truth else ["", ""]
    return [
        (f"slope{truth_words[0]}", lambda each: number(_coefficient(each, 0))),
        (f"intercept{truth_words[1]}", lambda each: number(_coefficient(each, 1))),
    ]


def _coefficient(diagnosis: Diagnosis, index: int) -> float:
    line = diagnosis.run.line
    assert line is not None
    return line[index]


def _describe_settled(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.settled_epoch:,}"


def _describe_verdict(diagnosis: Diagnosis) -> str:
    return describe_verdict(diagnosis.verdict, diagnosis.diverged_at)


_QUANTITIES: list[tuple[str, Cell]] = [
    ("own loss at the end", lambda each: number(float(each.run.loss[-1]))),
    ("MAE on clean points", lambda each: number(each.mae)),
    ("RMSE on clean points", lambda each: number(each.rmse)),
    ("epochs until within 1 % of the end", _describe_settled),
    ("verdict", _describe_verdict),
]
