"""Kept experiments side by side: their fits and curves in two charts, and a table of what differs and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict

from playground.compare.kept import Kept, differing
from playground.compare.sweep_words import differences
from playground.diagnosis import Diagnosis, Verdict
from playground.figures import Entry, Panel, Replay, Trace, fit_panel, loss_panel
from playground.losses import LOSSES
from playground.settings import Choice, Switch
from playground.words import name, number

ORDERS = {"kept": "as kept", "loss": "loss", "own": "own loss", "mae": "MAE", "rmse": "RMSE", "verdict": "verdict"}
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "hexagon", "x", "pentagon", "triangle-down")
MARKS = 5  # on each curve, so that curves of one loss can be told apart


class Comparing(BaseModel):
    """How the comparison is looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: Annotated[str, Choice("Sort by", "Click again for the other way round.", ORDERS)] = "kept"
    reverse: Annotated[bool, Switch("Highest first", "The other way round.")] = False


def title(place: int, kept: Kept) -> str:
    """A kept experiment as the charts and the table call it: its number, and its name or its loss."""
    return f"{place + 1} · {kept.name or name(kept.experiment)}"


def ordered(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: Comparing) -> list[int]:
    """The places of the kept experiments in the order that is asked for; what has no number comes last."""
    keys = {
        "kept": lambda place: place,
        "loss": lambda place: LOSSES[kept[place].experiment.loss].label,
        "own": lambda place: _last(diagnoses[place]),
        "mae": lambda place: diagnoses[place].mae,
        "rmse": lambda place: diagnoses[place].rmse,
        "verdict": lambda place: diagnoses[place].verdict,
    }
    numbers = comparing.order in ("own", "mae", "rmse")
    without = [place for place in range(len(kept)) if numbers and _gone(diagnoses[place])]
    rest = [place for place in range(len(kept)) if place not in without]
    return sorted(rest, key=keys[comparing.order], reverse=comparing.reverse) + without


def _last(diagnosis: Diagnosis) -> float:
    return float(diagnosis.run.loss[-1])


def _gone(diagnosis: Diagnosis) -> bool:
    return diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED)


def table(
    kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: Comparing
) -> tuple[list[str], list[list[str]]]:
    """The head and the rows: what differs between the experiments, and what came of each."""
    experiments = [each.experiment for each in kept]
    settings = [setting for setting in differing(experiments) if setting != "loss"]
    columns = {setting: differences(experiments, setting) for setting in settings}
    named = any(each.name for each in kept)  # without a name, the title is the loss
    head = [
        "",
        *(["loss"] if named else []),
        *(_label(setting) for setting in settings),
        "own loss",
        "MAE",
        "RMSE",
        "verdict",
    ]
    rows = []
    for place in ordered(kept, diagnoses, comparing):
        told = [columns[setting][place] for setting in settings]
        loss = [name(experiments[place])] if named else []
        rows.append([title(place, kept[place]), *loss, *told, *_outcome(diagnoses[place])])
    return head, rows


def _label(setting: str) -> str:
    from playground.experiment import settings

    return settings()[setting].label


def _outcome(diagnosis: Diagnosis) -> list[str]:
    if diagnosis.verdict is Verdict.DIVERGED:
        return ["–", "–", "–", f"diverged at epoch {diagnosis.diverged_at:,}"]
    if diagnosis.verdict is Verdict.NOT_TRAINED:
        return ["–", "–", "–", str(diagnosis.verdict)]
    return [number(_last(diagnosis)), number(diagnosis.mae), number(diagnosis.rmse), str(diagnosis.verdict)]


def overlay(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Every kept experiment in the same charts: the colour and dash are the loss's, the marks are each one's own."""
    losses = loss_panel(diagnoses, log=log)
    panels = [losses]
    if _drawable_together(diagnoses):
        panels.insert(0, fit_panel(diagnoses, np.array([0], np.int32)))
    return Replay([_told_apart(panel, kept, diagnoses) for panel in panels], _legend(kept))


def _drawable_together(diagnoses: Sequence[Diagnosis]) -> bool:
    """Whether one picture can hold all fits: one feature, one law."""
    laws = {diagnosis.run.experiment.dataset for diagnosis in diagnoses}
    return len(laws) == 1 and diagnoses[0].run.experiment.features == 1


def _told_apart(panel: Panel, kept: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> Panel:
    """A panel of standing curves with each run's marks on its line."""
    traces = [trace for trace in panel.figure["data"] if trace.get("mode") == "lines" and trace["name"] != "truth"]
    assert len(traces) == len(diagnoses)
    marks: list[Trace] = []
    for place, trace in enumerate(traces):
        trace["name"] = title(place, kept[place])
        trace["hovertemplate"] = "%{y:.5g}<extra>" + f"{place + 1}" + "</extra>"
        marks.append(_marks(trace, place, len(traces)))
    return Panel(panel.title, panel.description, {**panel.figure, "data": [*panel.figure["data"], *marks]})


def _marks(trace: Trace, place: int, of: int) -> Trace:
    count = len(trace["x"])
    shift = place / of / MARKS
    at = np.unique(((np.arange(MARKS) / MARKS + shift) * max(count - 1, 0)).round().astype(int))[:count]
    return {
        "type": "scatter",
        "x": np.asarray(trace["x"])[at],
        "y": np.asarray(trace["y"])[at],
        "mode": "markers",
        "marker": {"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 9, "color": trace["line"]["color"]},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _legend(kept: Sequence[Kept]) -> list[Entry]:
    losses = [LOSSES[each.experiment.loss] for each in kept]
    return [
        Entry(title(place, each), loss.colour, loss.dash)
        for place, (each, loss) in enumerate(zip(kept, losses, strict=True))
    ]
