"""Kept experiments side by side: their fits and curves in two charts, and a table of what differs and what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan, nan
from typing import Annotated

import numpy as np

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.classifier import THRESHOLD, score_classifier
from playground.diagnosis.summary import describe_verdict
from playground.experiment.names import name
from playground.experiment.query import PageSettings
from playground.experiment.setting import Choice, Switch
from playground.experiment.setting_words import NOTHING, describe_setting, find_differences, setting_name
from playground.export.kept import Kept
from playground.export.titles import titles
from playground.figures.replay import Entry, Panel, Replay, Trace
from playground.figures.training import fit_panel, loss_panel
from playground.losses import LOSSES
from playground.run import Run
from playground.text.numbers import number
from playground.text.phrases import per_cent

SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "hexagon", "x", "pentagon", "triangle-down")
CROSSING_PLACES = 401  # in x, at which two lines are compared
MARKS = 5  # on each curve, so that curves of one loss can be told apart


@dataclass(frozen=True)
class Outcome:
    """A number that came of a run, by its name in the table. ``task`` says whose: only these can be compared by it."""

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
ORDERS = {
    "kept": "as kept",
    "loss": "loss",
    **{key: outcome.label for key, outcome in OUTCOMES.items()},
    "verdict": "verdict",
}


class CompareSettings(PageSettings):
    """How the comparison is looked at."""

    order: Annotated[str, Choice("Sort by", "What the rows are sorted by.", ORDERS)] = "kept"
    reverse: Annotated[bool, Switch("Highest first", "The other way round.")] = False


def outcomes(kept: Sequence[Kept]) -> list[str]:
    """The outcomes that one of the kept experiments has."""
    tasks = {"", *(each.experiment.task for each in kept)}
    return [key for key, outcome in OUTCOMES.items() if outcome.task in tasks]


def orders(kept: Sequence[Kept], chosen: str) -> list[str]:
    """What the comparison can be sorted by; what a link has chosen stays among it."""
    found = outcomes(kept)
    return [key for key in ORDERS if key not in OUTCOMES or key in found or key == chosen]


def ordered(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: CompareSettings) -> list[int]:
    """The places of the kept experiments in the order that is asked for; what has no number comes last."""
    keys = {
        "kept": lambda place: place,
        "loss": lambda place: LOSSES[kept[place].experiment.loss].label,
        "verdict": lambda place: diagnoses[place].verdict,
    }
    places = range(len(kept))
    if comparing.order in keys:
        return sorted(places, key=keys[comparing.order], reverse=comparing.reverse)
    values = [_value(OUTCOMES[comparing.order], diagnosis) for diagnosis in diagnoses]
    known = [place for place in places if not isnan(values[place])]
    without = [place for place in places if isnan(values[place])]
    return sorted(known, key=lambda place: values[place], reverse=comparing.reverse) + without


def _value(outcome: Outcome, diagnosis: Diagnosis) -> float:
    """What came of a run, NaN of one that has no such number."""
    lost = diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    return nan if lost or outcome.task not in ("", diagnosis.run.experiment.task) else outcome.value(diagnosis)


def table(
    kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: CompareSettings
) -> tuple[list[str], list[list[str]]]:
    """The head and the rows: what came of each experiment, and behind it what differs between them."""
    experiments, names, asked = [each.experiment for each in kept], titles(kept), outcomes(kept)
    settings = [setting for setting in find_differences(experiments) if setting != "loss"]
    named = ["loss"] if any(each.name for each in kept) else []  # without a name, the title is the loss
    head = ["", *named, *(OUTCOMES[key].label for key in asked), "verdict", *map(setting_name, settings)]
    rows = []
    for place in ordered(kept, diagnoses, comparing):
        loss = [name(experiments[place]) for _ in named]
        came = [_outcome(OUTCOMES[key], diagnoses[place]) for key in asked]
        told = [describe_setting(setting, experiments[place]) for setting in settings]
        rows.append(
            [
                names[place],
                *loss,
                *came,
                describe_verdict(diagnoses[place].verdict, diagnoses[place].diverged_at),
                *told,
            ]
        )
    return head, rows


def _outcome(outcome: Outcome, diagnosis: Diagnosis) -> str:
    value = _value(outcome, diagnosis)
    return NOTHING if isnan(value) else outcome.words(value)


def notes(kept: Sequence[Kept]) -> list[str]:
    """On what the kept experiments are judged, for each task that is among them."""
    tasks = {each.experiment.task for each in kept}
    return [OWN, *(words for task, words in JUDGED.items() if task in tasks)]


def crossing_words(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> list[str]:
    """A sentence for every two quantile fits of the same points that cross where the points are."""
    fitted = [
        (title, diagnosis.run)
        for title, each, diagnosis in zip(titles(kept), kept, diagnoses, strict=True)
        if each.experiment.loss == "quantile" and diagnosis.verdict is not Verdict.DIVERGED
    ]
    return [
        f"The lines of {one} and {other} cross at x = {number(x)}. There the lower quantile is said to lie above the"
        " higher one, which no true quantiles do: each line is fitted by itself, and nothing keeps them in order."
        for (one, first), (other, second) in combinations(fitted, 2)
        if (x := _first_crossing(first, second)) is not None
    ]


def _first_crossing(first: Run, second: Run) -> float | None:
    """The first x at which two fits of different quantiles of the same points change their order."""
    a, b = first.data, second.data
    if first.experiment.quantile == second.experiment.quantile or not np.array_equal(a.y_train, b.y_train):
        return None
    x = np.linspace(a.source.low, a.source.high, CROSSING_PLACES)
    gap = first.predict(x).astype(float) - second.predict(x).astype(float)
    gap *= np.sign(first.experiment.quantile - second.experiment.quantile)
    wrong = np.flatnonzero((gap < 0) != (gap[0] < 0))
    return float(x[wrong[0]]) if len(wrong) else None


OWN = "Own losses have each their own unit and cannot be compared."
JUDGED = {
    "regression": "MAE and RMSE are taken on clean points that no model trained on; lower is better.",
    "classification": (
        "Classifiers are judged on new points, wrong labels included: accuracy is how often they are right when called"
        f" 1 above {THRESHOLD} (higher is better), log-loss the mean cross-entropy (lower is better)."
    ),
}


def overlay(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Every kept experiment in the same charts: the colour and dash are the loss's, the marks are each one's own."""
    losses = loss_panel(diagnoses, log=log)
    panels = [losses]
    if _drawable_together(diagnoses):
        panels.insert(0, fit_panel(diagnoses, np.array([0], np.int32)))
    return Replay([_told_apart(panel, titles(kept)) for panel in panels], _legend(kept))


def _drawable_together(diagnoses: Sequence[Diagnosis]) -> bool:
    """Whether one picture can hold all fits: one feature, one law."""
    laws = {diagnosis.run.experiment.dataset for diagnosis in diagnoses}
    return len(laws) == 1 and diagnoses[0].run.experiment.features == 1


def _told_apart(panel: Panel, names: Sequence[str]) -> Panel:
    """A panel of standing curves with each run's marks on its line."""
    traces = [trace for trace in panel.figure["data"] if trace.get("mode") == "lines" and trace["name"] != "truth"]
    assert len(traces) == len(names)
    marks: list[Trace] = []
    for place, trace in enumerate(traces):
        trace["name"] = names[place]
        trace["hovertemplate"] = "%{y:.5g}<extra>" + f"{place + 1}" + "</extra>"
        marks.append(_marks(trace, place, len(traces)))
    if panel.end_markers is not None:  # a dot at each end would be the first run's mark
        ends = panel.figure["data"][panel.end_markers]
        ends["marker"] = {**ends["marker"], "symbol": [_symbol(place) for place in range(len(traces))]}
    return Panel(panel.title, panel.description, {**panel.figure, "data": [*panel.figure["data"], *marks]})


def _symbol(place: int) -> str:
    return SYMBOLS[place % len(SYMBOLS)]


def _marks(trace: Trace, place: int, of: int) -> Trace:
    count = len(trace["x"])
    shift = place / of / MARKS
    at = np.unique(((np.arange(MARKS) / MARKS + shift) * max(count - 1, 0)).round().astype(int))[:count]
    return {
        "type": "scatter",
        "x": np.asarray(trace["x"])[at],
        "y": np.asarray(trace["y"])[at],
        "mode": "markers",
        "marker": {"symbol": _symbol(place), "size": 9, "color": trace["line"]["color"]},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _legend(kept: Sequence[Kept]) -> list[Entry]:
    """Stroke and mark of each: of one loss, all strokes are alike."""
    losses = [LOSSES[each.experiment.loss] for each in kept]
    return [
        Entry(words, loss.colour, loss.dash, mark=_symbol(place))
        for place, (words, loss) in enumerate(zip(titles(kept), losses, strict=True))
    ]
