"""Kept runs in the same two charts: their fits and their loss curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.export.kept import Kept
from playground.export.titles import caption, titles
from playground.figures.dashes_and_symbols import SYMBOLS
from playground.figures.replay import Entry, Panel, Replay, Trace
from playground.figures.training import fit_panel, loss_panel
from playground.losses import LOSSES

RUN_SYMBOLS = tuple(SYMBOLS)  # one for each kept run; a further one begins anew
MARKS = 5  # on each curve, which distinguish curves of one loss


def overlay(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Every kept experiment in the same charts: the colour and dash are the loss's, the marks are each one's own."""
    panels = [loss_panel(diagnoses, log=log)]
    laws = {diagnosis.run.experiment.dataset for diagnosis in diagnoses}
    if len(laws) == 1 and diagnoses[0].run.experiment.features == 1:  # one picture can hold all fits
        panels.insert(0, fit_panel(diagnoses, np.array([0], np.int32)))
    marked = [_mark_runs(panel, titles(kept)) for panel in panels]
    return Replay(marked, _write_legend(kept), caption=caption([each.experiment for each in kept]))


def _mark_runs(panel: Panel, names: Sequence[str]) -> Panel:
    """A panel of standing curves with each run's marks on its line."""
    traces = [trace for trace in panel.figure["data"] if trace.get("mode") == "lines" and "legendgroup" in trace]
    assert len(traces) == len(names)
    marks: list[Trace] = []
    for place, trace in enumerate(traces):
        trace["name"] = trace["legendgroup"] = names[place]
        trace["hovertemplate"] = "%{y:.5g}<extra>" + f"{place + 1}" + "</extra>"
        marks.append(_draw_marks(trace, place, len(traces)))
    if panel.end_markers is not None:  # a dot at each end would be the first run's mark
        ends = panel.figure["data"][panel.end_markers]
        ends["ids"] = list(names)
        ends["marker"] = {**ends["marker"], "symbol": [_choose_symbol(place) for place in range(len(traces))]}
    return Panel(panel.title, panel.description, {**panel.figure, "data": [*panel.figure["data"], *marks]})


def _choose_symbol(place: int) -> str:
    return RUN_SYMBOLS[place % len(RUN_SYMBOLS)]


def _draw_marks(trace: Trace, place: int, of: int) -> Trace:
    count = len(trace["x"])
    shift = place / of / MARKS
    at = np.unique(((np.arange(MARKS) / MARKS + shift) * max(count - 1, 0)).round().astype(int))[:count]
    return {
        "type": "scatter",
        "legendgroup": trace["legendgroup"],
        "x": np.asarray(trace["x"])[at],
        "y": np.asarray(trace["y"])[at],
        "mode": "markers",
        "marker": {"symbol": _choose_symbol(place), "size": 9, "color": trace["line"]["color"]},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _write_legend(kept: Sequence[Kept]) -> list[Entry]:
    """Stroke and mark of each: of one loss, all strokes are alike."""
    losses = [LOSSES[each.experiment.loss] for each in kept]
    return [
        Entry(words, loss.colour, loss.dash, mark=_choose_symbol(place))
        for place, (words, loss) in enumerate(zip(titles(kept), losses, strict=True))
    ]
