"""Sweeps as charts: curves with their bands, and maps on one colour scale.

What diverged is marked, never drawn as a number.
"""

from __future__ import annotations

import numpy as np

from playground.experiment.setting_words import setting_name, value_words
from playground.figures.replay import GREY, Entry, Panel, Replay, Trace, log_axis, plain_figure
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Axis, Swept, sweepable
from playground.sweeps.axis_words import place_words
from playground.sweeps.bands import Band
from playground.sweeps.verdicts import is_contest
from playground.sweeps.words import count_diverged, judge_cell, measure_bands, summarise_axis
from playground.text.numbers import number

WIDE = 50.0  # a judge that spans more than this factor is drawn on a logarithmic scale
TICKS = 6
MOST_TICKS = (3, TICKS)  # across, where words need room, and up
STROKE = 0.6  # of the side of a cell
COLOURS = "Viridis"  # told apart by all eyes, and in grey


def sweep_replay(swept: Swept, judge: str, *, log: bool) -> Replay:
    """Curves for one axis, a map a loss for two."""
    if len(swept.sweep.axes) == 1:
        return Replay([curve_panel(swept, judge, log=log)], _legend(swept))
    return Replay([map_panel(swept, judge, loss) for loss in swept.sweep.losses], [])


def _legend(swept: Swept) -> list[Entry]:
    losses = [LOSSES[key] for key in swept.sweep.losses]
    return [Entry(loss.label, loss.colour, loss.dash) for loss in losses]


def curve_panel(swept: Swept, judge: str, *, log: bool) -> Panel:
    """The judge along the axis: the mean of each loss with its 95 % band, and triangles where trainings diverged."""
    axis, found = swept.sweep.axes[0], measure_bands(swept, judge)
    x = np.array(axis.values, float)
    y_axis, top = _judge_axis(list(found.values()))
    traces: list[Trace] = []
    for loss, each in found.items():
        traces += [_band(loss, x, each, y_axis), _mean(swept, loss, x, each), _lost(swept, loss, x, each, top)]
    margin = 0.03
    low, high = (np.log10(x[[0, -1]]) if log else x[[0, -1]]).tolist()
    width = (high - low) or 1.0
    x_axis = {"type": "log" if log else "linear", "range": [low - margin * width, high + margin * width]}
    if sweepable()[axis.setting].share:
        x_axis["tickformat"] = "~%"
    figure = plain_figure(traces, setting_name(axis.setting), JUDGES[judge].label, x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"  # a click is on one point
    said = summarise_axis(swept, judge) if is_contest(swept, judge) else f"{JUDGES[judge].label} of {', '.join(found)}."
    return Panel(f"{JUDGES[judge].label} over {setting_name(axis.setting)}", said, figure)


def find_point(swept: Swept, trace: int, point: int) -> tuple[str, int]:
    """The loss of a trace of ``curve_panel``, and the place on the axis of one of its points."""
    loss, kind = swept.sweep.losses[trace // 3], trace % 3
    return loss, point if kind == 1 else int(np.flatnonzero(count_diverged(swept, loss))[point])


def _judge_axis(found: list[Band]) -> tuple[dict[str, object], float]:
    """An axis that holds every mean and band, and the height at which what has no mean is marked."""
    means = np.concatenate([each.mean for each in found])
    halves = np.concatenate([np.nan_to_num(each.half) for each in found])
    kept = np.isfinite(means)
    if not kept.any():
        return {"range": [0.0, 1.0]}, 1.0
    low, high = float((means - halves)[kept].min()), float((means + halves)[kept].max())
    least, most = float(means[kept].min()), float(means[kept].max())
    if least > 0 and most > WIDE * least:
        high = max(high, most)
        return log_axis(float(np.log10(least)) - 0.15, float(np.log10(high)) + 0.15), high
    margin = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return {"range": [low - margin, high + margin]}, high


def _band(loss: str, x: np.ndarray, found: Band, y_axis: dict[str, object]) -> Trace:
    """The band as one filled shape for each stretch of the axis that has one."""
    known = np.isfinite(found.mean) & np.isfinite(found.half)
    xs: list[np.ndarray] = []
    ys: list[np.ndarray] = []
    for stretch in _stretches(known):
        lower, upper = (found.mean - found.half)[stretch], (found.mean + found.half)[stretch]
        if y_axis.get("type") == "log":
            lower = np.maximum(lower, found.mean[stretch] / 10)  # a logarithm has no place for less than 0
        xs += [x[stretch], x[stretch][::-1], np.array([np.nan])]
        ys += [upper, lower[::-1], np.array([np.nan])]
    colour = LOSSES[loss].colour
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return {
        "name": f"{LOSSES[loss].label}, 95 % band",
        "x": np.concatenate([*xs, np.zeros(0)]),
        "y": np.concatenate([*ys, np.zeros(0)]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": f"rgba({red}, {green}, {blue}, 0.18)",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _stretches(known: np.ndarray) -> list[slice]:
    """Where a row of flags is on, without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [slice(first, last) for first, last in edges.reshape(-1, 2)]


def _mean(swept: Swept, loss: str, x: np.ndarray, found: Band) -> Trace:
    entry, lost = LOSSES[loss], count_diverged(swept, loss)
    return {
        "name": entry.label,
        "x": x,
        "y": np.where(np.isfinite(found.mean), found.mean, np.nan),
        "mode": "lines+markers",
        "line": {"color": entry.colour, "dash": entry.dash, "width": 2},
        "marker": {"color": entry.colour, "size": 7},
        "text": [judge_cell(found, lost, place) for place in range(len(x))],
        "hovertemplate": "%{text}<extra>" + entry.label + "</extra>",
    }


def _lost(swept: Swept, loss: str, x: np.ndarray, found: Band, top: float) -> Trace:
    """A triangle where trainings diverged: above the mean of the others, or at the top if there are none."""
    lost = count_diverged(swept, loss)
    where = np.flatnonzero(lost)
    entry = LOSSES[loss]
    return {
        "name": f"{entry.label} diverged",
        "x": x[where],
        "y": np.where(np.isfinite(found.mean), found.mean, top)[where],
        "mode": "markers",
        "marker": {"color": entry.colour, "size": 13, "symbol": "triangle-up-open", "line": {"width": 2}},
        "text": [judge_cell(found, lost, int(place)) for place in where],
        "hovertemplate": "%{text}<extra>" + entry.label + "</extra>",
        "showlegend": False,
    }


def map_panel(swept: Swept, judge: str, loss: str) -> Panel:
    """One loss over both axes. All maps of a sweep share the range of their colours."""
    sweep, found = swept.sweep, measure_bands(swept, judge)
    low, high, wide = _colour_range(list(found.values()))
    means, lost = found[loss].mean.T, count_diverged(swept, loss)  # rows go up, columns to the right
    cells = {
        **_cells(np.log10(means) if wide else means, _cell_words(swept, found[loss], lost)),
        **_colours(JUDGES[judge].label, low, high, wide),
    }
    x_title, y_title = (setting_name(axis.setting) for axis in sweep.axes)
    figure = plain_figure([cells], x_title, y_title, *map(_names, sweep.axes, MOST_TICKS))
    figure["layout"]["hovermode"] = "closest"
    figure["layout"]["shapes"] = _hatching(lost.T)
    figure["layout"]["margin"] = {"l": 70, "r": 12, "t": 8, "b": 60}
    gone = int((lost > 0).sum())
    said = (
        f"{JUDGES[judge].label} of {LOSSES[loss].label} over {len(means[0])} × {len(means)} cells;"
        f" in {gone} of them trainings diverged."
    )
    return Panel(LOSSES[loss].label, said, figure)


def _cell_words(swept: Swept, found: Band, lost: np.ndarray) -> list[list[str]]:
    """What each cell says when it is pointed at: where it is, and what came of it."""
    across, up = (_places(swept, axis) for axis in (0, 1))
    return [
        [f"{column}, {row}<br>{judge_cell(found, lost, x, y)}" for x, column in enumerate(across)]
        for y, row in enumerate(up)
    ]


def _places(swept: Swept, axis: int) -> list[str]:
    """Each value of an axis with the name of its setting."""
    found = swept.sweep.axes[axis]
    return [
        f"{setting_name(found.setting)} {place_words(swept.sweep, axis, place)}" for place in range(len(found.values))
    ]


def _colour_range(found: list[Band]) -> tuple[float, float, bool]:
    means = np.concatenate([each.mean.ravel() for each in found])
    means = means[np.isfinite(means)]
    if not len(means):
        return 0.0, 1.0, False
    low, high = float(means.min()), float(means.max())
    if low > 0 and high > WIDE * low:
        return float(np.log10(low)), float(np.log10(high)), True
    return low, high, False


def _cells(z: np.ndarray, text: list[list[str]]) -> Trace:
    """Cells by their numbers: Plotly reads a number on an axis of names as the name, if one is written like it."""
    rows, columns = z.shape
    return {
        "type": "heatmap",
        "x": list(range(columns)),
        "y": list(range(rows)),
        "z": z,
        "text": text,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _colours(label: str, low: float, high: float, wide: bool) -> Trace:
    """One scale of colours for all maps, and what it measures."""
    ticks = np.linspace(low, high, TICKS)
    return {
        "zmin": low,
        "zmax": high,
        "colorscale": COLOURS,
        "colorbar": {
            "title": {"text": label + (", logarithmic" if wide else ""), "side": "right"},
            "tickvals": ticks.tolist(),
            "ticktext": [number(float(10**tick if wide else tick)) for tick in ticks],
            "thickness": 12,
            "outlinewidth": 0,
        },
    }


def _hatching(lost: np.ndarray) -> list[dict[str, object]]:
    """A stroke through every cell in which trainings diverged, all in one shape: a mark each takes the browser long."""
    rows, columns = np.nonzero(lost)
    if not len(rows):
        return []
    half = STROKE / 2
    strokes = [
        f"M{column - half:.1f},{row - half:.1f}L{column + half:.1f},{row + half:.1f}"
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return [{"type": "path", "path": "".join(strokes), "line": {"color": GREY, "width": 2}}]


def _names(axis: Axis, ticks: int) -> dict[str, object]:
    """An axis of equally wide cells, numbered from 0, with their values as names."""
    count = len(axis.values)
    shown = np.unique(np.linspace(0, count - 1, min(ticks, count)).round().astype(int)).tolist()
    return {
        "type": "linear",
        "range": [-0.5, count - 0.5],
        "tickmode": "array",
        "tickangle": 0,
        "tickvals": shown,
        "ticktext": [value_words(axis.setting, axis.values[place]) for place in shown],
    }
