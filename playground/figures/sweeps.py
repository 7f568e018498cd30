"""Sweeps as charts: curves with their bands, and maps on one colour scale.

What diverged is marked, never drawn as a number.
"""

from __future__ import annotations

import numpy as np

from playground.experiment.setting_words import setting_name, value_words
from playground.export.titles import caption
from playground.figures.replay import GREY, Figure, Panel, Replay, Trace, log_axis, plain_figure
from playground.figures.traces import dots, grouped, loss_entry, loss_line, rgba, span, thin_evenly
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Axis, Swept, sweepable
from playground.sweeps.axis_words import place_words
from playground.sweeps.bands import Band
from playground.sweeps.stretches import find_today
from playground.sweeps.survivors import count_diverged, measure_bands
from playground.sweeps.verdicts import is_contest
from playground.sweeps.words import judge_cell, summarise_axis
from playground.text.language import _
from playground.text.numbers import number
from playground.text.phrases import listed

WIDE_FACTOR = 50.0  # a judge that spans more than this factor is drawn on a logarithmic scale
COLOUR_TICKS = 6
MOST_TICKS = (3, COLOUR_TICKS)  # across, where words need room, and up
HATCH_LENGTH = 0.6  # of the side of a cell
COLOUR_SCALE = "Viridis"  # told apart by all eyes, and in grey


def sweep_replay(swept: Swept, judge: str, *, log: bool) -> Replay:
    """Curves for one axis, a map a loss for two."""
    sweep = swept.sweep
    trained = caption([sweep.base.replace(loss=loss) for loss in sweep.losses])
    if len(sweep.axes) == 1:
        entries = [loss_entry(LOSSES[key]) for key in sweep.losses]
        return Replay([curve_panel(swept, judge, log=log)], entries, caption=trained)
    return Replay([map_panel(swept, judge, loss) for loss in sweep.losses], [], caption=trained)


def curve_panel(swept: Swept, judge: str, *, log: bool) -> Panel:
    """The judge along the axis: the mean of each loss with its 95% band, and triangles where trainings diverged."""
    axis, bands = swept.sweep.axes[0], measure_bands(swept, judge)
    x = np.array(axis.values, float)
    y_axis, top = _judge_axis(list(bands.values()))
    traces: list[Trace] = []
    for loss, band in bands.items():
        traces += [
            _draw_band(loss, x, band, y_axis),
            _draw_means(swept, loss, x, band),
            _mark_diverged(swept, loss, x, band, top),
        ]
    labels = setting_name(axis.setting), _(JUDGES[judge].label)
    shapes = _mark_today(swept)
    figure = plain_figure(traces, *labels, _setting_axis(axis, log), y_axis, hovermode="closest", shapes=shapes)
    words = summarise_axis(swept, judge) if is_contest(swept, judge) else _name_curves(judge, list(bands))
    title = _("{judge} over {setting}").format(judge=labels[1], setting=labels[0])
    return Panel(title, words, figure)


def _name_curves(judge: str, losses: list[str]) -> str:
    names = listed([LOSSES[loss].label for loss in losses])
    return _("{judge} of {losses}.").format(judge=_(JUDGES[judge].label), losses=names)


def _mark_today(swept: Swept) -> list[dict[str, object]]:
    """An upright line at today's value, if the axis holds it."""
    place = find_today(swept.sweep)
    if place is None:
        return []
    x = float(swept.sweep.axes[0].values[place])
    return [
        {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": GREY, "dash": "dot"}}
    ]


def _setting_axis(axis: Axis, log: bool) -> Figure:
    ends = np.array([axis.values[0], axis.values[-1]], float)
    low, high = (np.log10(ends) if log else ends).tolist()
    ticks = {"tickformat": "~%"} if sweepable()[axis.setting].share else {}
    return {"type": "log" if log else "linear", "range": span(low, high, 0.03, 0.03), **ticks}


def find_point(swept: Swept, trace: int, point: int) -> tuple[str, int]:
    """The loss of a trace of ``curve_panel``, and the place on the axis of one of its points."""
    loss, kind = swept.sweep.losses[trace // 3], trace % 3
    return loss, point if kind == 1 else int(np.flatnonzero(count_diverged(swept, loss))[point])


def _judge_axis(bands: list[Band]) -> tuple[Figure, float]:
    """An axis that holds every mean and band, and the height at which what has no mean is marked."""
    means = np.concatenate([band.mean for band in bands])
    halves = np.concatenate([np.nan_to_num(band.half) for band in bands])
    kept = np.isfinite(means)
    if not kept.any():
        return {"range": [0.0, 1.0]}, 1.0
    low, high = float((means - halves)[kept].min()), float((means + halves)[kept].max())
    least, most = float(means[kept].min()), float(means[kept].max())
    if least > 0 and most > WIDE_FACTOR * least:
        high = max(high, most)
        return log_axis(float(np.log10(least)) - 0.15, float(np.log10(high)) + 0.15), high
    return {"range": span(low, high, 0.06, abs(high) * 0.1 or 1.0)}, high


def _draw_band(loss: str, x: np.ndarray, band: Band, y_axis: Figure) -> Trace:
    """The band as one filled shape for each stretch of the axis that has one."""
    xs: list[np.ndarray] = []
    ys: list[np.ndarray] = []
    known = np.isfinite(band.mean) & np.isfinite(band.half)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    for first, last in edges.reshape(-1, 2):
        stretch = slice(first, last)
        lower, upper = (band.mean - band.half)[stretch], (band.mean + band.half)[stretch]
        if y_axis.get("type") == "log":
            lower = np.maximum(lower, band.mean[stretch] / 10)  # a logarithm has no place for less than 0
        xs += [x[stretch], x[stretch][::-1], np.array([np.nan])]
        ys += [upper, lower[::-1], np.array([np.nan])]
    return {
        "name": _("{loss}, 95% band").format(loss=LOSSES[loss].label),
        "legendgroup": LOSSES[loss].label,
        "x": np.concatenate([*xs, np.zeros(0)]),
        "y": np.concatenate([*ys, np.zeros(0)]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": rgba(LOSSES[loss].colour, 0.18),
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _draw_means(swept: Swept, loss: str, x: np.ndarray, band: Band) -> Trace:
    entry, lost = LOSSES[loss], count_diverged(swept, loss)
    curve = loss_line(entry, x, np.where(np.isfinite(band.mean), band.mean, np.nan), width=2, hover="%{text}")
    points = {"mode": "lines+markers", "marker": {"color": entry.colour, "size": 7}}
    return {**curve, **points, "text": [judge_cell(band, lost, place) for place in range(len(x))]}


def _mark_diverged(swept: Swept, loss: str, x: np.ndarray, band: Band, top: float) -> Trace:
    """A triangle where trainings diverged: above the mean of the others, or at the top if there are none."""
    entry, lost = LOSSES[loss], count_diverged(swept, loss)
    places = np.flatnonzero(lost)
    heights = np.where(np.isfinite(band.mean), band.mean, top)[places]
    label = _("{loss} diverged").format(loss=entry.label)
    triangles = dots(
        label,
        x[places],
        heights,
        entry.colour,
        hover="%{text}",
        box=entry.label,
        size=13,
        symbol="triangle-up-open",
        line={"width": 2},
    )
    texts = [judge_cell(band, lost, int(place)) for place in places]
    return {**grouped(triangles, entry.label), "text": texts, "showlegend": False}


def map_panel(swept: Swept, judge: str, loss: str) -> Panel:
    """One loss over both axes. All maps of a sweep share the range of their colours."""
    sweep, bands = swept.sweep, measure_bands(swept, judge)
    low, high, is_log = _colour_range(list(bands.values()))
    means, lost = bands[loss].mean.T, count_diverged(swept, loss)  # rows go up, columns to the right
    cells = _draw_cells(np.log10(means) if is_log else means, _cell_words(swept, bands[loss], lost))
    x_title, y_title = (setting_name(axis.setting) for axis in sweep.axes)
    figure = plain_figure(
        [{**cells, **_colour_scale(_(JUDGES[judge].label), low, high, is_log)}],
        x_title,
        y_title,
        *map(_named_axis, sweep.axes, MOST_TICKS),
        hovermode="closest",
        shapes=_hatch_cells(lost.T),
        margin={"l": 70, "r": 12, "t": 8, "b": 60},
    )
    words = _("{judge} of {loss} over {columns} × {rows} cells. Cells with trainings that diverged: {count}.").format(
        judge=_(JUDGES[judge].label),
        loss=LOSSES[loss].label,
        columns=len(means[0]),
        rows=len(means),
        count=int((lost > 0).sum()),
    )
    return Panel(LOSSES[loss].label, words, figure)


def _cell_words(swept: Swept, band: Band, lost: np.ndarray) -> list[list[str]]:
    """What each cell says when it is pointed at: where it is, and what came of it."""
    across, up = (
        [f"{setting_name(axis.setting)} {place_words(swept.sweep, which, place)}" for place in range(len(axis.values))]
        for which, axis in enumerate(swept.sweep.axes)
    )
    cell = _("{column}, {row}<br>{value}")
    return [
        [cell.format(column=column, row=row, value=judge_cell(band, lost, x, y)) for x, column in enumerate(across)]
        for y, row in enumerate(up)
    ]


def _colour_range(bands: list[Band]) -> tuple[float, float, bool]:
    means = np.concatenate([band.mean.ravel() for band in bands])
    means = means[np.isfinite(means)]
    if not len(means):
        return 0.0, 1.0, False
    low, high = float(means.min()), float(means.max())
    if low > 0 and high > WIDE_FACTOR * low:
        return float(np.log10(low)), float(np.log10(high)), True
    return low, high, False


def _draw_cells(z: np.ndarray, text: list[list[str]]) -> Trace:
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


def _colour_scale(label: str, low: float, high: float, is_log: bool) -> Trace:
    """One scale of colours for all maps, and what it measures."""
    ticks = np.linspace(low, high, COLOUR_TICKS)
    return {
        "zmin": low,
        "zmax": high,
        "colorscale": COLOUR_SCALE,
        "colorbar": {
            "title": {"text": _("{judge}, logarithmic").format(judge=label) if is_log else label, "side": "right"},
            "tickvals": ticks.tolist(),
            "ticktext": [number(float(10**tick if is_log else tick)) for tick in ticks],
            "thickness": 12,
            "outlinewidth": 0,
        },
    }


def _hatch_cells(lost: np.ndarray) -> list[dict[str, object]]:
    """A stroke through every cell in which trainings diverged, all in one shape: a mark each takes the browser long."""
    rows, columns = np.nonzero(lost)
    if not len(rows):
        return []
    half = HATCH_LENGTH / 2
    strokes = [
        f"M{column - half:.1f},{row - half:.1f}L{column + half:.1f},{row + half:.1f}"
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return [{"type": "path", "path": "".join(strokes), "line": {"color": GREY, "width": 2}}]


def _named_axis(axis: Axis, ticks: int) -> Figure:
    """An axis of equally wide cells, numbered from 0, with their values as names."""
    count = len(axis.values)
    shown = thin_evenly(count, ticks).tolist()
    return {
        "type": "linear",
        "range": [-0.5, count - 0.5],
        "tickmode": "array",
        "tickangle": 0,
        "tickvals": shown,
        "ticktext": [value_words(axis.setting, axis.values[place]) for place in shown],
    }
