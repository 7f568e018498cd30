"""The numbers of several runs side by side, as text: a row a question, a column a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.summary import verdict_words
from playground.diagnosis.verdict import Verdict
from playground.tables.functions import TrueFunction
from playground.text.numbers import number, plain

NOTHING = "–"

Cell = Callable[[Diagnosis], str]


def rows(diagnoses: Sequence[Diagnosis]) -> list[list[str]]:
    """Each row: the question, then the answer of each run."""
    questions = [*_line_questions(diagnoses[0]), *_QUESTIONS]
    return [[question, *(_answer(cell, diagnosis) for diagnosis in diagnoses)] for question, cell in questions]


def _answer(cell: Cell, diagnosis: Diagnosis) -> str:
    """The cell's text; a run that diverged has no numbers worth a column, only its verdict."""
    gone = diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    return NOTHING if gone and cell is not _verdict else cell(diagnosis)


def _line_questions(diagnosis: Diagnosis) -> list[tuple[str, Cell]]:
    """Slope and intercept, if the model is a line; with the true ones, if there are such."""
    if not diagnosis.run.line:
        return []
    source = diagnosis.run.data.source
    truth = source.line if isinstance(source, TrueFunction) else None
    told = [f" (true {plain(value)})" for value in truth] if truth else ["", ""]
    return [
        (f"slope{told[0]}", lambda each: number(_coefficient(each, 0))),
        (f"intercept{told[1]}", lambda each: number(_coefficient(each, 1))),
    ]


def _coefficient(diagnosis: Diagnosis, place: int) -> float:
    line = diagnosis.run.line
    assert line is not None
    return line[place]


def _settled(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.settled:,}"


def _verdict(diagnosis: Diagnosis) -> str:
    return verdict_words(diagnosis.verdict, diagnosis.diverged_at)


_QUESTIONS: list[tuple[str, Cell]] = [
    ("own loss at the end", lambda each: number(float(each.run.loss[-1]))),
    ("MAE on clean points", lambda each: number(each.mae)),
    ("RMSE on clean points", lambda each: number(each.rmse)),
    ("epochs until within 1 % of the end", _settled),
    ("verdict", _verdict),
]
