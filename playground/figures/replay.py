"""What charts are made of: figures, the frames that replay a training in them, and their legend. No widget.

A figure is the dictionary that Plotly draws, ``{"data": [...], "layout": {...}}`` with arrays in it:
building Plotly's Python objects takes longer than training the models. ``go.Figure(figure)`` makes
such an object of it; the tests do, which checks every name and value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np

from playground.figures.heatmap_frames import HeatmapFrames

Trace = dict[str, Any]
Figure = dict[str, Any]

GREY = "#808080"  # readable on white and on near-black alike
FAR = 1e30  # where what is NaN or infinite is drawn
MOST_POWERS = 8  # of ten that a logarithmic axis names
NARROW = 0.7  # powers of ten, over which Plotly finds round numbers itself


@dataclass(frozen=True)
class MovingTrace:
    """How a trace moves: one row of values per epoch frame, evenly spaced over the trace's own x.

    Rows of two values are a straight line, which the browser draws over all of the trace's x. ``across`` are rows of
    x, for a trace that also moves sideways.
    """

    trace: int
    rows: np.ndarray
    across: np.ndarray | None = None


@dataclass(frozen=True)
class RevealedTrace:
    """A trace of which only what lies at or before the shown epoch is drawn.

    ``epochs`` says when each of its points is reached; without it, the trace's x is the epoch.
    """

    trace: int
    epochs: np.ndarray | None = None


@dataclass(frozen=True)
class Panel:
    """A figure with its title, what it says in words, and what moves in it.

    ``end_markers`` is the trace with a dot at the end of each revealed one.
    """

    title: str
    description: str
    figure: Figure
    moving_traces: list[MovingTrace] = field(default_factory=list)
    revealed_traces: list[RevealedTrace] = field(default_factory=list)
    end_markers: int | None = None
    heatmaps: list[HeatmapFrames] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A line of the legend that the panels share: a stroke in a colour and dash; with no width, ``dash`` is a symbol.

    Symbols are called as Plotly calls them; ``mark`` is one that stands on the stroke. The entry hides and shows the
    traces whose ``legendgroup`` (or, without one, name) is its ``group``, and points with that among their ``ids``; the
    group is the label unless another is given.
    """

    label: str
    colour: str
    dash: str = "solid"
    width: float = 2.5
    mark: str = ""
    group: str = ""


@dataclass(frozen=True)
class Replay:
    """Panels that share a legend and move together; with no ``epochs`` they stand still.

    ``frames`` are the epochs of a moving trace's rows; ``readings`` has an array ``(epochs,)`` for each loss. ``small``
    panels stand three in a row where there is room; at most ``columns`` stand in one, under each other, if it is set.
    ``caption`` says in a line what was trained: a picture of a chart has it under its title.
    """

    panels: list[Panel]
    legend: list[Entry]
    epochs: int = 0
    frames: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int32))
    labels: list[str] = field(default_factory=list)
    readings: list[np.ndarray] = field(default_factory=list)
    small: bool = False
    columns: int = 0
    caption: str = ""


def plain_figure(
    traces: list[Trace], x_title: str, y_title: str, x_axis: Figure, y_axis: Figure, **layout: object
) -> Figure:
    """A figure in the look of all: quick to draw, its legend outside. Both axes need a ``range``, for the zoom.

    ``layout`` adds to the layout that all figures share, or replaces parts of it.
    """
    # Measuring tick labels, for overflow or to stand titles off, would take longer than drawing the lines.
    quick = {"zeroline": False, "ticklabeloverflow": "allow"}
    shared = {
        "margin": {"l": 60, "r": 12, "t": 8, "b": 46},
        "height": 400,
        "hovermode": "x unified",
        "showlegend": False,
        "xaxis": {"title": {"text": x_title}, **quick, **x_axis},
        "yaxis": {"title": {"text": y_title}, **quick, **y_axis},
    }
    return {"data": [{"type": "scatter", **trace} for trace in traces], "layout": {**shared, **layout}}


def plain_log_axis(low: float, high: float) -> Figure:
    """A logarithmic axis from 10^low to 10^high, whose ticks Plotly chooses."""
    return {"type": "log", "exponentformat": "power", "range": [low, high]}


def log_axis(low: float, high: float) -> Figure:
    """A logarithmic axis from 10^low to 10^high: powers of ten, where these would be too few 1, 2 and 5.

    Left to itself, Plotly would write every digit from 1 to 9 over two decades, one over the other.
    """
    span = high - low
    every = "D2" if span <= 2.0 else max(1, ceil(span / MOST_POWERS))
    ticks = {"dtick": every} if span > NARROW else {}
    return {**plain_log_axis(low, high), **ticks}
