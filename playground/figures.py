"""Arrays to Plotly figures, and the frames that replay a training in them. No widget, no training.

A figure is the dictionary that Plotly draws, ``{"data": [...], "layout": {...}}`` with arrays in it:
building Plotly's Python objects takes longer than training the models. ``go.Figure(figure)`` makes
such an object of it; the tests do, which checks every name and value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.classify.films import Film
from playground.data import Dataset
from playground.diagnosis import Diagnosis
from playground.losses import LOSSES, Loss
from playground.words import name, number

Trace = dict[str, Any]
Figure = dict[str, Any]

GREY = "#808080"  # readable on white and on near-black alike
FAR = 1e30  # where what is beyond all numbers is drawn
KNOTS = 41  # positions in x at which a fitted curve is drawn
MOST_POINTS = 1000  # of a loss curve; more cannot be told apart on a screen
MOST_FRAME_NUMBERS = 120_000  # half a megabyte for all curves of a replay


@dataclass(frozen=True)
class Track:
    """How a trace moves: one row of values an epoch frame, evenly spaced over the trace's own x.

    Rows of two values are a straight line, which the browser draws over all of the trace's x. ``across`` are rows of
    x, for a trace that moves sideways, too.
    """

    trace: int
    rows: np.ndarray
    across: np.ndarray | None = None


@dataclass(frozen=True)
class Reveal:
    """A trace of which only what lies at or before the shown epoch is drawn.

    ``epochs`` says when each of its points is reached; without it, the trace's x is the epoch.
    """

    trace: int
    epochs: np.ndarray | None = None


@dataclass(frozen=True)
class Panel:
    """A figure with its title, what it says in words, and what moves in it.

    ``tips`` is the trace with a dot at the end of each revealed one.
    """

    title: str
    description: str
    figure: Figure
    tracks: list[Track] = field(default_factory=list)
    reveals: list[Reveal] = field(default_factory=list)
    tips: int | None = None
    films: list[Film] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A line of the legend that the panels share: a stroke in a colour and dash; with no width, ``dash`` is a symbol.

    Symbols are called as Plotly calls them; ``mark`` is one that stands on the stroke.
    """

    label: str
    colour: str
    dash: str = "solid"
    width: float = 2.5
    mark: str = ""


@dataclass(frozen=True)
class Replay:
    """Panels that share a legend and move together; with no ``epochs`` they stand still.

    ``frames`` are the epochs of a track's rows; ``readings`` has one array a loss, one value an epoch. ``small``
    panels stand three in a row where there is room; at most ``columns`` stand in one, under each other, if it is set.
    """

    panels: list[Panel]
    legend: list[Entry]
    epochs: int = 0
    frames: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int32))
    labels: list[str] = field(default_factory=list)
    readings: list[np.ndarray] = field(default_factory=list)
    small: bool = False
    columns: int = 0


def training_replay(diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Fitted lines and loss curves of several runs on the same data, from their first epoch to their last."""
    frames, keep = _frames(diagnoses)
    return Replay(
        panels=[fit_panel(diagnoses, keep), loss_panel(diagnoses, log=log)],
        legend=_legend(diagnoses),
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=frames,
        labels=[_label(diagnosis) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def _legend(diagnoses: Sequence[Diagnosis]) -> list[Entry]:
    outliers = [Entry("outliers", GREY, "diamond-open", 0)] if len(diagnoses[0].run.data.outliers) else []
    losses = [Entry(_label(diagnosis), _loss(diagnosis).colour, _loss(diagnosis).dash) for diagnosis in diagnoses]
    return [Entry("points", GREY, "circle", 0), *outliers, Entry("truth", GREY, width=5), *losses]


def fit_panel(diagnoses: Sequence[Diagnosis], keep: np.ndarray) -> Panel:
    """The points, the truth and what each model says; ``keep`` picks the frames of their paths."""
    data = diagnoses[0].run.data
    low, high = data.source.low, data.source.high
    grid = np.linspace(low, high, KNOTS, dtype=np.float32)
    traces, tracks = [_points(data), _truth(data)], []
    for diagnosis in diagnoses:
        ends = grid[[0, -1]] if diagnosis.run.line else grid
        tracks.append(Track(len(traces), _drawable(diagnosis.run.predict_path(ends)[keep])))
        traces.append(_fitted(diagnosis, grid))
    said = "; ".join(f"{_label(diagnosis)} {diagnosis.told}" for diagnosis in diagnoses)
    return Panel(
        title="Fitted lines",
        description=f"Training points, the true function and the fitted line of each loss: {said}.",
        figure=plain_figure(
            traces, "x", "y", {"range": _span(data.x_test)}, {"range": _span(data.y_train, data.y_test)}
        ),
        tracks=tracks,
    )


def loss_panel(diagnoses: Sequence[Diagnosis], *, log: bool) -> Panel:
    """Each loss over the epochs, up to the shown one, with a dot at its tip and a mark where it diverged."""
    drawn = [(diagnosis, *_thinned(diagnosis.shown)) for diagnosis in diagnoses]
    curves = [_curve(diagnosis, x, y) for diagnosis, x, y in drawn]
    cuts = [_cut(diagnosis, x, y) for diagnosis, x, y in drawn if diagnosis.diverged_at]
    reveals = [Reveal(place) for place in range(len(curves))]
    epochs = max(diagnosis.run.epochs for diagnosis in diagnoses)
    x_axis = {"range": [1 - 0.02 * epochs, 1.02 * epochs + 1]}
    said = "; ".join(f"{_label(diagnosis)} from {_ends(diagnosis)}" for diagnosis in diagnoses)
    return Panel(
        title="Loss curves",
        description=f"Loss at each epoch: {said}.",
        figure=plain_figure(
            [*curves, _tips(drawn), *cuts],
            "epoch",
            "loss, each in its own unit",
            x_axis,
            _loss_axis([y for _, _, y in drawn], log=log),
        ),
        reveals=reveals,
        tips=len(curves),
    )


def _loss_axis(curves: Sequence[np.ndarray], *, log: bool) -> Figure:
    """An axis that holds every curve whole, so that it stands still while they are replayed."""
    values = np.concatenate([np.zeros(0), *curves])
    if not log:
        return {"type": "linear", "range": [0.0, 1.05 * float(values.max(initial=0.0)) or 1.0]}
    positive = values[values > 0]
    low, high = np.log10([positive.min(), positive.max()]) if len(positive) else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.5
    return {"type": "log", "exponentformat": "power", "range": [float(low - margin), float(high + margin)]}


def _points(data: Dataset) -> Trace:
    symbols = np.full(len(data.x_train), "circle", dtype=object)
    symbols[data.outliers] = "diamond-open"
    return {
        "name": "points",
        "x": data.x_train[:, 0],
        "y": data.y_train[:, 0],
        "mode": "markers",
        "marker": {"color": GREY, "size": 7, "symbol": symbols.tolist(), "opacity": 0.75},
        "hovertemplate": "x %{x:.3g}<br>y %{y:.4g}<extra>point</extra>",
    }


def _truth(data: Dataset) -> Trace:
    return {
        "name": "truth",
        "x": data.x_test[:, 0],
        "y": data.y_test[:, 0],
        "mode": "lines",
        "line": {"color": GREY, "width": 5},
        "opacity": 0.45,
        "hovertemplate": "y %{y:.4g}<extra>truth</extra>",
    }


def _fitted(diagnosis: Diagnosis, grid: np.ndarray) -> Trace:
    loss, label = _loss(diagnosis), _label(diagnosis)
    return {
        "name": label,
        "x": grid,
        "y": _drawable(diagnosis.run.predict(grid)),
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2.5},
        "hovertemplate": "y %{y:.5g}<extra>" + label + "</extra>",
    }


def _curve(diagnosis: Diagnosis, x: np.ndarray, y: np.ndarray) -> Trace:
    loss, label = _loss(diagnosis), _label(diagnosis)
    return {
        "name": label,
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2},
        "hovertemplate": "%{y:.5g}<extra>" + label + "</extra>",
    }


def _tips(drawn: Sequence[tuple[Diagnosis, np.ndarray, np.ndarray]]) -> Trace:
    """One dot a loss, at the shown epoch: one trace for all, since every trace costs the browser time."""
    return {
        "x": np.array([x[-1] if len(x) else 0 for _, x, _ in drawn], np.int32),
        "y": np.array([y[-1] if len(y) else 0 for _, _, y in drawn], np.float32),
        "mode": "markers",
        "marker": {"color": [_loss(diagnosis).colour for diagnosis, _, _ in drawn], "size": 9},
        "hoverinfo": "skip",
    }


def _cut(diagnosis: Diagnosis, x: np.ndarray, y: np.ndarray) -> Trace:
    loss = _loss(diagnosis)
    said = f"{loss.label} diverged, epoch {diagnosis.diverged_at}"
    early = len(x) and x[-1] < diagnosis.run.epochs / 2
    return {
        "x": x[-1:],
        "y": y[-1:],
        "mode": "markers+text",
        "text": [said],
        "textposition": "middle right" if early else "middle left",
        "cliponaxis": False,
        "marker": {"color": loss.colour, "size": 14, "symbol": "triangle-up"},
        "hovertemplate": said + "<extra></extra>",
    }


def _ends(diagnosis: Diagnosis) -> str:
    shown = diagnosis.shown
    if not len(shown):
        return "nothing: it was not trained"
    end = f", where it diverged at epoch {diagnosis.diverged_at}" if diagnosis.diverged_at else ""
    return f"{number(float(shown[0]))} to {number(float(shown[-1]))}{end}"


def _loss(diagnosis: Diagnosis) -> Loss:
    return LOSSES[diagnosis.run.experiment.loss]


def _label(diagnosis: Diagnosis) -> str:
    return name(diagnosis.run.experiment)


def _drawable(values: np.ndarray) -> np.ndarray:
    """What a chart can place: a model beyond all numbers is drawn far above the chart, where it has gone."""
    return np.nan_to_num(values, nan=FAR, posinf=FAR, neginf=-FAR).clip(-FAR, FAR)


def _frames(diagnoses: Sequence[Diagnosis]) -> tuple[np.ndarray, np.ndarray]:
    """The epochs to replay, and their places in the runs' paths: all of them, or as many as may be sent."""
    epochs = diagnoses[0].run.path_epochs
    assert epochs is not None, "a replay needs runs with a path"
    per_frame = sum(2 if diagnosis.run.line else KNOTS for diagnosis in diagnoses)
    most = max(2, MOST_FRAME_NUMBERS // per_frame)
    keep = _places(len(epochs), most)
    return epochs[keep], keep


def _thinned(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Epochs (from 1) and values, as many as a screen can show, the first and the last among them."""
    places = _places(len(values), MOST_POINTS)
    return places + 1, values[places]


def _places(count: int, most: int) -> np.ndarray:
    """At most so many of ``count`` places, evenly spread, with both ends."""
    if count <= most:
        return np.arange(count, dtype=np.int32)
    return np.linspace(0, count - 1, most).round().astype(np.int32)


def _span(*arrays: np.ndarray) -> list[float]:
    """An axis range round the values, a little wider, the same whatever the models say."""
    low = float(min(array.min() for array in arrays))
    high = float(max(array.max() for array in arrays))
    margin = 0.06 * (high - low) or 1.0
    return [low - margin, high + margin]


def plain_figure(traces: list[Trace], x_title: str, y_title: str, x_axis: Figure, y_axis: Figure) -> Figure:
    """A figure in the look of all: quick to draw, its legend outside. Both axes need a ``range``, for the zoom."""
    # Measuring tick labels, for overflow or to stand titles off, would take longer than drawing the lines.
    quick = {"zeroline": False, "ticklabeloverflow": "allow"}
    layout = {
        "margin": {"l": 60, "r": 12, "t": 8, "b": 46},
        "height": 400,
        "hovermode": "x unified",
        "showlegend": False,
        "xaxis": {"title": {"text": x_title}, **quick, **x_axis},
        "yaxis": {"title": {"text": y_title}, **quick, **y_axis},
    }
    return {"data": [{"type": "scatter", **trace} for trace in traces], "layout": layout}


def log_axis(low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis from 10^low to 10^high: powers of ten, and where these would be too few 1, 2 and 5."""
    return {
        "type": "log",
        "exponentformat": "power",
        "range": [low, high],
        "dtick": 1 if high - low > 2.0 else "D2",
    }
