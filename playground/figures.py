"""Arrays to Plotly figures, and the frames that replay a training in them. No widget, no training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from playground.diagnosis import Diagnosis
from playground.losses import LOSSES
from playground.words import name, number

GREY = "#808080"  # readable on white and on near-black alike
KNOTS = 41  # positions in x at which a fitted curve is drawn
MOST_POINTS = 1000  # of a loss curve; more cannot be told apart on a screen
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
    """A trace of which only what lies at or before the shown epoch is drawn; or only its last point."""

    trace: int
    x: np.ndarray
    y: np.ndarray
    last_only: bool = False


@dataclass(frozen=True)
class Panel:
    """A figure with its title, what it says in words, and what moves in it."""

    title: str
    description: str
    figure: go.Figure
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
    colours: list[str]
    readings: list[np.ndarray]


def training_replay(diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Fitted lines and loss curves of several runs on the same data, from their first epoch to their last."""
    frames, keep = _frames(diagnoses)
    return Replay(
        panels=[fit_panel(diagnoses, keep), loss_panel(diagnoses, log=log)],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=frames,
        labels=[name(diagnosis.run.experiment) for diagnosis in diagnoses],
        colours=[_loss(diagnosis).colour for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def fit_panel(diagnoses: Sequence[Diagnosis], keep: np.ndarray) -> Panel:
    """The points, the truth and what each model says; ``keep`` picks the frames of their paths."""
    data = diagnoses[0].run.data
    low, high = data.source.low, data.source.high
    grid = np.linspace(low, high, KNOTS)
    shape = np.full(len(data.x_train), "circle", dtype=object)
    shape[data.outliers] = "diamond-open"
    figure = _figure("x", "y", {"range": _span(data.y_train, data.y_test)}, {"range": _span(data.x_test)})
    figure.add_trace(
        _trace(
            name="points",
            x=data.x_train[:, 0],
            y=data.y_train[:, 0],
            mode="markers",
            marker={"color": GREY, "size": 7, "symbol": list(shape), "opacity": 0.75},
            hovertemplate="x %{x:.3g}<br>y %{y:.4g}<extra>point</extra>",
        )
    )
    figure.add_trace(
        _trace(
            name="truth",
            x=data.x_test[:, 0],
            y=data.y_test[:, 0],
            mode="lines",
            line={"color": GREY, "width": 5},
            opacity=0.45,
            hovertemplate="y %{y:.4g}<extra>truth</extra>",
        )
    )
    tracks = []
    for diagnosis in diagnoses:
        run = diagnosis.run
        ends = np.linspace(low, high, KNOTS if run.experiment.hidden else 2)
        tracks.append(Track(len(figure.data), run.predict_path(ends)[keep]))
        figure.add_trace(_fitted(diagnosis, grid))
    said = "; ".join(f"{name(each.run.experiment)} {each.verdict}" for each in diagnoses)
    return Panel(
        "Fitted lines", f"Training points, the true function and the fitted line of each loss: {said}.", figure, tracks
    )


def loss_panel(diagnoses: Sequence[Diagnosis], *, log: bool) -> Panel:
    """Each loss over the epochs: a faint curve of the whole run, the part up to the shown epoch, and its tip."""
    scale = (
        {"type": "log", "exponentformat": "power", "dtick": None} if log else {"type": "linear", "rangemode": "tozero"}
    )
    figure = _figure("epoch", "loss, each in its own unit", scale, {})
    reveals = []
    for diagnosis in diagnoses:
        x, y = _thinned(diagnosis.shown)
        start = len(figure.data)
        for trace in _loss_traces(diagnosis, x, y):
            figure.add_trace(trace)
        reveals += [Reveal(start + 1, x, y), Reveal(start + 2, x, y, last_only=True)]
    said = "; ".join(f"{name(each.run.experiment)} from {_ends(each)}" for each in diagnoses)
    return Panel("Loss curves", f"Loss at each epoch: {said}.", figure, reveals=reveals)


def _ends(diagnosis: Diagnosis) -> str:
    shown = diagnosis.shown
    if not len(shown):
        return "nothing: it was not trained"
    end = f", where it diverged at epoch {diagnosis.diverged_at}" if diagnosis.diverged_at else ""
    return f"{number(float(shown[0]))} to {number(float(shown[-1]))}{end}"


def _loss_traces(diagnosis: Diagnosis, x: np.ndarray, y: np.ndarray) -> list[go.Scatter]:
    loss, label = _loss(diagnosis), name(diagnosis.run.experiment)
    line = {"color": loss.colour, "dash": loss.dash, "width": 2}
    hidden: dict[str, Any] = {"showlegend": False, "legendgroup": loss.key, "x": x, "y": y}
    traces = [
        _trace(**hidden, mode="lines", line={**line, "width": 1}, opacity=0.3, hoverinfo="skip"),
        _trace(
            name=label,
            legendgroup=loss.key,
            x=x,
            y=y,
            mode="lines",
            line=line,
            hovertemplate="%{y:.5g}<extra>" + label + "</extra>",
        ),
        _trace(
            **{**hidden, "x": x[-1:], "y": y[-1:]},
            mode="markers",
            marker={"color": loss.colour, "size": 9},
            hoverinfo="skip",
        ),
    ]
    if diagnosis.diverged_at:
        traces.append(
            _trace(
                **{**hidden, "x": x[-1:], "y": y[-1:]},
                mode="markers+text",
                text=[f"{loss.label} diverged, epoch {diagnosis.diverged_at}"],
                textposition="middle right",
                cliponaxis=False,
                marker={"color": loss.colour, "size": 14, "symbol": "triangle-up"},
                hovertemplate=f"{label} diverged at epoch {diagnosis.diverged_at}<extra></extra>",
            )
        )
    return traces


def _fitted(diagnosis: Diagnosis, grid: np.ndarray) -> go.Scatter:
    loss, label = _loss(diagnosis), name(diagnosis.run.experiment)
    return _trace(
        name=label,
        x=grid,
        y=_drawable(diagnosis.run.predict(grid)),
        mode="lines",
        line={"color": loss.colour, "dash": loss.dash, "width": 2.5},
        hovertemplate="y %{y:.5g}<extra>" + label + "</extra>",
    )


def _loss(diagnosis: Diagnosis) -> Any:
    return LOSSES[diagnosis.run.experiment.loss]


def _drawable(values: np.ndarray) -> np.ndarray:
    """What a chart can place: numbers beyond 1e30 are drawn there, far outside, and what is no number is a gap."""
    return np.clip(values, -1e30, 1e30)


def _frames(diagnoses: Sequence[Diagnosis]) -> tuple[np.ndarray, np.ndarray]:
    """The epochs to replay, and their places in the runs' paths: all of them, or as many as may be sent."""
    epochs = diagnoses[0].run.path_epochs
    assert epochs is not None, "a replay needs runs with a path"
    per_frame = sum(KNOTS if each.run.experiment.hidden else 2 for each in diagnoses)
    most = max(2, MOST_FRAME_NUMBERS // per_frame)
    keep = np.unique(np.linspace(0, len(epochs) - 1, min(most, len(epochs))).round().astype(int))
    return epochs[keep], keep


def _thinned(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Epochs (from 1) and values, at most as many as a screen can show, the first and the last among them."""
    places = np.unique(np.linspace(0, len(values) - 1, min(MOST_POINTS, len(values))).round().astype(int))
    return places + 1, values[places]


def _span(*arrays: np.ndarray) -> list[float]:
    """An axis range round the values, a little wider, the same whatever the models say."""
    low = float(min(array.min() for array in arrays))
    high = float(max(array.max() for array in arrays))
    margin = 0.06 * (high - low) or 1.0
    return [low - margin, high + margin]


def _trace(**settings: Any) -> go.Scatter:
    # Built some dozens of times for every slider step; the tests validate the figures instead.
    return go.Scatter(settings, _validate=False)


def _figure(x_title: str, y_title: str, y_axis: dict[str, Any], x_axis: dict[str, Any]) -> go.Figure:
    layout = {
        "template": None,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 40},
        "height": 400,
        "hovermode": "x unified",
        "uirevision": "keep",
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0},
        "xaxis": {"title": {"text": x_title, "standoff": 6}, "zeroline": False, **x_axis},
        "yaxis": {"title": {"text": y_title, "standoff": 4}, "zeroline": False, **y_axis},
    }
    return go.Figure(layout=layout)
