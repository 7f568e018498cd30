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
FAINT_POINTS = 200  # of the faint curve behind it
MOST_FRAME_NUMBERS = 120_000  # half a megabyte for all curves of a replay


@dataclass(frozen=True)
class Track:
    """How a trace moves: one row of values an epoch frame, evenly spaced over the trace's own x.

    Rows of two values are a straight line, which the browser draws over all of the trace's x.
    """

    trace: int
    rows: np.ndarray


@dataclass(frozen=True)
class Reveal:
    """A trace that shows what the trace ``of`` has up to the shown epoch; or only the last point of that."""

    trace: int
    of: int
    last_only: bool = False


@dataclass(frozen=True)
class Panel:
    """A figure with its title, what it says in words, and what moves in it."""

    title: str
    description: str
    figure: Figure
    tracks: list[Track] = field(default_factory=list)
    reveals: list[Reveal] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """Panels that move together.

    ``frames`` are the epochs of a track's rows; ``readings`` has one array a loss, one value an epoch.
    """

    panels: list[Panel]
    epochs: int
    frames: np.ndarray
    labels: list[str]
    readings: list[np.ndarray]


def training_replay(diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Fitted lines and loss curves of several runs on the same data, from their first epoch to their last."""
    frames, keep = _frames(diagnoses)
    return Replay(
        panels=[fit_panel(diagnoses, keep), loss_panel(diagnoses, log=log)],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=frames,
        labels=[_label(diagnosis) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def fit_panel(diagnoses: Sequence[Diagnosis], keep: np.ndarray) -> Panel:
    """The points, the truth and what each model says; ``keep`` picks the frames of their paths."""
    data = diagnoses[0].run.data
    low, high = data.source.low, data.source.high
    grid = np.linspace(low, high, KNOTS, dtype=np.float32)
    traces, tracks = [_points(data), _truth(data)], []
    for diagnosis in diagnoses:
        ends = grid if diagnosis.run.experiment.hidden else grid[[0, -1]]
        tracks.append(Track(len(traces), _drawable(diagnosis.run.predict_path(ends)[keep])))
        traces.append(_fitted(diagnosis, grid))
    said = "; ".join(f"{_label(diagnosis)} {diagnosis.verdict}" for diagnosis in diagnoses)
    return Panel(
        title="Fitted lines",
        description=f"Training points, the true function and the fitted line of each loss: {said}.",
        figure=_figure(traces, "x", "y", {"range": _span(data.x_test)}, {"range": _span(data.y_train, data.y_test)}),
        tracks=tracks,
    )


def loss_panel(diagnoses: Sequence[Diagnosis], *, log: bool) -> Panel:
    """Each loss over the epochs: a faint curve of the whole run, the part up to the shown epoch, and its tip."""
    scale = {"type": "log", "exponentformat": "power"} if log else {"type": "linear", "rangemode": "tozero"}
    traces: list[Trace] = []
    reveals: list[Reveal] = []
    for diagnosis in diagnoses:
        curve = len(traces) + 1
        traces += _loss_traces(diagnosis)
        reveals += [Reveal(curve, of=curve), Reveal(curve + 1, of=curve, last_only=True)]
    said = "; ".join(f"{_label(diagnosis)} from {_ends(diagnosis)}" for diagnosis in diagnoses)
    return Panel(
        title="Loss curves",
        description=f"Loss at each epoch: {said}.",
        figure=_figure(traces, "epoch", "loss, each in its own unit", {}, scale),
        reveals=reveals,
    )


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


def _loss_traces(diagnosis: Diagnosis) -> list[Trace]:
    """The faint curve, the curve and its tip; and where it diverged, the mark at which it is cut off."""
    loss, label = _loss(diagnosis), _label(diagnosis)
    x, y = _thinned(diagnosis.shown, MOST_POINTS)
    faint_x, faint_y = _thinned(diagnosis.shown, FAINT_POINTS)
    line = {"color": loss.colour, "dash": loss.dash, "width": 2}
    quiet = {"showlegend": False, "legendgroup": loss.key, "hoverinfo": "skip"}
    curve = {"name": label, "legendgroup": loss.key, "x": x, "y": y, "mode": "lines", "line": line}
    tip = {"x": x[-1:], "y": y[-1:], "mode": "markers", "marker": {"color": loss.colour, "size": 9}}
    return [
        {**quiet, "x": faint_x, "y": faint_y, "mode": "lines", "line": {**line, "width": 1}, "opacity": 0.3},
        {**curve, "hovertemplate": "%{y:.5g}<extra>" + label + "</extra>"},
        {**quiet, **tip},
        *([_cut(diagnosis, x, y)] if diagnosis.diverged_at else []),
    ]


def _cut(diagnosis: Diagnosis, x: np.ndarray, y: np.ndarray) -> Trace:
    loss = _loss(diagnosis)
    said = f"{loss.label} diverged, epoch {diagnosis.diverged_at}"
    early = len(x) and x[-1] < diagnosis.run.epochs / 2
    return {
        "showlegend": False,
        "legendgroup": loss.key,
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
    per_frame = sum(KNOTS if diagnosis.run.experiment.hidden else 2 for diagnosis in diagnoses)
    most = max(2, MOST_FRAME_NUMBERS // per_frame)
    keep = _places(len(epochs), most)
    return epochs[keep], keep


def _thinned(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Epochs (from 1) and values, at most so many, the first and the last among them."""
    places = _places(len(values), most)
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


def _figure(traces: list[Trace], x_title: str, y_title: str, x_axis: Figure, y_axis: Figure) -> Figure:
    layout = {
        "margin": {"l": 56, "r": 12, "t": 8, "b": 40},
        "height": 400,
        "hovermode": "x unified",
        "uirevision": "keep",
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0},
        "xaxis": {"title": {"text": x_title, "standoff": 6}, "zeroline": False, **x_axis},
        "yaxis": {"title": {"text": y_title, "standoff": 4}, "zeroline": False, **y_axis},
    }
    return {"data": [{"type": "scatter", **trace} for trace in traces], "layout": layout}
