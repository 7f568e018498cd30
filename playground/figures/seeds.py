"""The losses under several seeds: a dot a seed, the mean, and the band where the mean of many more would lie."""

from __future__ import annotations

import numpy as np

from playground.export.titles import caption
from playground.figures.replay import Figure, Panel, Replay, Trace, log_axis, plain_figure
from playground.figures.traces import dots, line, rgba, span
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Swept
from playground.sweeps.bands import Band, band
from playground.sweeps.luck import describe_chart
from playground.text.language import N_, _
from playground.text.numbers import number

WIDE_FACTOR = 8.0  # means that span more than this factor are drawn on a logarithmic scale
ROW, HEAD = 56, 70  # pixels of a loss, and of what is above and below them
LEAST_HEIGHT = 330  # pixels, which the page keeps free for any chart
HALF_BAND, SPREAD = 0.3, 0.18  # of a row: half the height of a band, and how far its dots are moved apart
LETTER, EDGE = 7, 24  # pixels of a letter of a name, and beside it
TRACES = 4  # of each loss
TITLE = N_("{judge} under {seeds} seeds")
BAND = N_("{loss}: mean {mean} ± {half}")
SEED = N_("seed {seed}: {value}")
GONE = N_("seed {seed}: diverged")


def seeds_replay(swept: Swept, judge: str) -> Replay:
    """One row a loss, the first at the top."""
    first = [swept.sweep.at(0, loss) for loss in swept.sweep.losses]
    return Replay([seeds_panel(swept, judge)], [], caption=caption(first))


def seeds_panel(swept: Swept, judge: str) -> Panel:
    losses = swept.sweep.losses
    values = np.stack([swept.judge_values(judge, loss) for loss in losses])
    axis, end = _judge_axis(values)
    traces: list[Trace] = []
    for row, loss in enumerate(losses):
        traces += _draw_row(swept, loss, values[row], row, end, bool(axis.get("type")))
    labels = [LOSSES[loss].label for loss in losses]
    y_axis = {
        "range": [len(losses) - 0.5, -0.5],
        "tickvals": list(range(len(losses))),
        "ticktext": labels,
        "showgrid": False,
    }
    figure = plain_figure(
        traces,
        _(JUDGES[judge].label),
        "",
        axis,
        y_axis,
        hovermode="closest",
        height=max(LEAST_HEIGHT, HEAD + ROW * len(losses)),
        margin={"l": EDGE + LETTER * max(map(len, labels)), "r": 12, "t": 8, "b": 46},
    )
    title = _(TITLE).format(judge=_(JUDGES[judge].label), seeds=swept.sweep.seeds)
    return Panel(f"{title[:1].upper()}{title[1:]}", describe_chart(swept, judge), figure)


def find_seed(swept: Swept, trace: int, point: int) -> tuple[str, int] | None:
    """The loss of a trace of ``seeds_panel`` and the seed of one of its dots, counted from 0; ``None`` of a band."""
    loss, kind = swept.sweep.losses[trace // TRACES], trace % TRACES
    gone = swept.diverged[:, swept.sweep.losses.index(loss)]
    if kind == 1:
        return loss, int(np.flatnonzero(~gone)[point])
    return (loss, int(np.flatnonzero(gone)[point])) if kind == 2 else None


def _judge_axis(values: np.ndarray) -> tuple[Figure, float]:
    """An axis that holds all values and bands, and where what diverged is marked: at its end."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return {"range": [0.0, 1.0]}, 0.98
    bands = [band(row) for row in values]
    ends = np.array([float(each.mean) + sign * float(np.nan_to_num(each.half)) for each in bands for sign in (-1, 1)])
    ends = ends[np.isfinite(ends)]
    low, high = float(kept.min()), float(max(kept.max(), ends.max()))
    means = np.array([float(each.mean) for each in bands if each.count > 0])
    if low > 0 and means.max() > WIDE_FACTOR * means.min():
        axis = log_axis(float(np.log10(low)) - 0.1, float(np.log10(high)) + 0.15)
        return axis, high * 10**0.1
    low = min(low, float(ends.min()))
    low = 0.0 if 0 <= low < 0.5 * high else low
    axis = {"range": span(low, high, 0.05, abs(high) * 0.1 or 1.0)}
    return axis, high


def _draw_row(swept: Swept, loss: str, values: np.ndarray, row: int, end: float, log: bool) -> list[Trace]:
    """The band, a dot a seed, a triangle for each that diverged, and the mean."""
    entry, found = LOSSES[loss], band(values)
    gone = swept.diverged[:, swept.sweep.losses.index(loss)]
    seeds = [swept.sweep.seed(place) for place in range(swept.sweep.seeds)]
    heights = row + SPREAD * (np.arange(len(values)) % 5 - 2) / 2  # seeds of equal values do not hide each other
    left, lost = np.flatnonzero(~gone), np.flatnonzero(gone)
    alive = dots(
        entry.label,
        values[left],
        heights[left],
        entry.colour,
        hover="%{text}",
        size=9,
        symbol="circle-open",
        line={"width": 2},
    )
    dead = dots(
        _("{loss} diverged").format(loss=entry.label),
        np.full(len(lost), end),
        heights[lost],
        entry.colour,
        hover="%{text}",
        box=entry.label,
        size=13,
        symbol="triangle-up-open",
        line={"width": 2},
    )
    alive_words, dead_words = _(SEED), _(GONE)
    return [
        _draw_band(loss, found, row, float(values[left].min()) if log and len(left) else None),
        {
            **alive,
            "text": [alive_words.format(seed=seeds[place], value=number(float(values[place]))) for place in left],
        },
        {**dead, "text": [dead_words.format(seed=seeds[place]) for place in lost]},
        _draw_mean(loss, found, row),
    ]


def _draw_band(loss: str, found: Band, row: int, least: float | None) -> Trace:
    """The 95% band as a filled box; on a logarithmic axis, which has no 0, it begins at the least value at least."""
    low, high = float(found.mean - found.half), float(found.mean + found.half)
    if least is not None and low <= 0:
        low = least
    known = np.isfinite(low) and np.isfinite(high)
    x = np.array([low, high, high, low, low] if known else [])
    y = row + HALF_BAND * np.array([-1.0, -1.0, 1.0, 1.0, -1.0] if known else [])
    box = line(_("{loss}, 95% band").format(loss=LOSSES[loss].label), x, y, LOSSES[loss].colour, width=0)
    return {**box, "fill": "toself", "fillcolor": rgba(LOSSES[loss].colour, 0.18), "showlegend": False}


def _draw_mean(loss: str, found: Band, row: int) -> Trace:
    known = found.count > 0
    x = np.repeat(float(found.mean), 2) if known else np.zeros(0)
    y = row + HALF_BAND * np.array([-1.0, 1.0]) if known else np.zeros(0)
    entry = LOSSES[loss]
    words = (
        _(BAND).format(loss=entry.label, mean=number(float(found.mean)), half=number(float(found.half), 2))
        if known
        else ""
    )
    return line(_("{loss}, mean").format(loss=entry.label), x, y, entry.colour, width=4, hover=words, box="")
