"""Charts of trained runs: what each model says beside the points, and its loss over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.data import Dataset
from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.edges import edge_words, text_side, write_notes, zero_words
from playground.figures.replay import (
    FAR,
    GREY,
    Entry,
    Figure,
    MovingTrace,
    Panel,
    Replay,
    RevealedTrace,
    Trace,
    log_axis,
    plain_figure,
)
from playground.losses import LOSSES, Loss
from playground.text.numbers import number

KNOTS = 41  # positions in x at which a fitted curve is drawn
MOST_POINTS = 1000  # of a loss curve; more cannot be told apart on a screen
FEW = 5  # epochs, each of which has its own tick: there is none between two
MOST_FRAME_NUMBERS = 120_000  # half a megabyte for all curves of a replay


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
    traces, tracks, notes = [_points(data), _truth(data)], [], []
    span = _span(data.y_train, data.y_test)
    for diagnosis in diagnoses:
        ends = grid[[0, -1]] if diagnosis.run.line else grid
        rows = _drawable(diagnosis.run.predict_path(ends))
        notes.append((_edge_note(diagnosis, rows, span), _loss(diagnosis).colour))
        tracks.append(MovingTrace(len(traces), rows[keep]))
        traces.append(_fitted(diagnosis, grid))
    said = "; ".join(f"{_label(diagnosis)} {diagnosis.verdict}" for diagnosis in diagnoses)
    left = "".join(f" {note[2:]}." for note, _ in notes if note)
    figure = plain_figure(traces, "x", "y", {"range": _span(data.x_test)}, {"range": span})
    return Panel(
        title="Fitted lines",
        description=f"Training points, the true function and the fitted line of each loss: {said}.{left}",
        figure=write_notes(figure, notes),
        moving_traces=tracks,
    )


def _edge_note(diagnosis: Diagnosis, rows: np.ndarray, span: Sequence[float]) -> str:
    """What left the chart of fits; of a run that diverged, when it did: its line may stand upright in it for longer."""
    epochs = diagnosis.run.path_epochs
    assert epochs is not None
    note = edge_words(_label(diagnosis), rows, epochs, *span)
    if not note or diagnosis.diverged_at is None:
        return note
    return f"{note[0]} {_label(diagnosis)} diverged at epoch {diagnosis.diverged_at:,}; its line has left this chart"


def loss_panel(diagnoses: Sequence[Diagnosis], *, log: bool) -> Panel:
    """Each loss over the epochs, up to the shown one, with a dot at its tip and a mark where it diverged."""
    drawn = [(diagnosis, *_thinned(diagnosis.shown)) for diagnosis in diagnoses]
    curves = [_curve(diagnosis, x, y) for diagnosis, x, y in drawn]
    cuts = [_cut(diagnosis, x, y) for diagnosis, x, y in drawn if diagnosis.diverged_at]
    reveals = [RevealedTrace(place) for place in range(len(curves))]
    epochs = max(diagnosis.run.epochs for diagnosis in diagnoses)
    x_axis = {"range": [1 - 0.02 * epochs, 1.02 * epochs + 1], **({"dtick": 1} if epochs <= FEW else {})}
    said = "; ".join(f"{_label(diagnosis)} from {_ends(diagnosis)}" for diagnosis in diagnoses)
    notes = [(zero_words(_label(each), each.shown), _loss(each).colour) for each in diagnoses] if log else []
    figure = plain_figure(
        [*curves, _tips(drawn), *cuts],
        "epoch",
        "loss, each in its own unit",
        x_axis,
        _loss_axis([y for _, _, y in drawn], log=log),
    )
    return Panel(
        title="Loss curves",
        description=f"Loss at each epoch: {said}.",
        figure=write_notes(figure, notes, top=False),
        revealed_traces=reveals,
        end_markers=len(curves),
    )


def _loss_axis(curves: Sequence[np.ndarray], *, log: bool) -> Figure:
    """An axis that holds every curve whole, so that it stands still while they are replayed."""
    values = np.concatenate([np.zeros(0), *curves])
    if not log:
        return {"type": "linear", "range": [0.0, 1.05 * float(values.max(initial=0.0)) or 1.0]}
    positive = values[values > 0]
    low, high = np.log10([positive.min(), positive.max()]) if len(positive) else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.5
    return log_axis(float(low - margin), float(high + margin))


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
    return {
        "x": x[-1:],
        "y": y[-1:],
        "mode": "markers+text",
        "text": [said],
        "textposition": text_side(float(x[-1]) / diagnosis.run.epochs if len(x) else 1.0),
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
