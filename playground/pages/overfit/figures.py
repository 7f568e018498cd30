"""Charts of the Overfit page: fits and errors side by side, and weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.data import make_data, make_validation
from playground.figures.edges import edge_words, write_notes
from playground.figures.replay import FAR, GREY, Entry, MovingTrace, Panel, Replay, Trace, log_axis, plain_figure
from playground.pages.overfit.study import CUT_SHORT, Fit
from playground.text.numbers import number

TRAIN, VALID, FITTED = "#0072B2", "#D55E00", "#7B3FA0"
FEW = 8  # bars, each of which has its own tick: there is none between two
LOWEST = 1e-4  # errors below it are drawn there


def fit_replay(fits: Sequence[Fit]) -> Replay:
    """Fitted curves side by side, and below each its training and validation error with the gap shaded."""
    longest = max(fits, key=lambda fit: fit.frames[-1])
    frames = longest.frames.astype(np.int32)
    errors = np.concatenate([np.concatenate([fit.errors, fit.val_errors]) for fit in fits])
    known = errors[np.isfinite(errors)]
    span = [float(np.log10(max(known.min(), LOWEST))) - 0.1, float(np.log10(min(known.max(), 1e6))) + 0.1]
    curves = [_curve_panel(fit, frames) for fit in fits]
    gaps = [_error_panel(fit, frames, span) for fit in fits]
    panels = [*curves, *gaps] if len(fits) < 4 else [*curves[:2], *gaps[:2], *curves[2:], *gaps[2:]]
    return Replay(
        panels,
        [
            Entry("training points", GREY, "circle", 0),
            Entry("validation points", VALID, "diamond-open", 0),
            Entry("truth", GREY, width=5),
            Entry("fitted", FITTED),
            Entry("error in training", TRAIN),
            Entry("error on validation", VALID, "dash"),
        ],
        epochs=int(frames[-1]),
        frames=frames,
        labels=[_loss_label(fit) for fit in fits],
        # A run that was stopped stays where it stopped.
        readings=[np.pad(fit.loss, (0, int(frames[-1]) - len(fit.loss)), mode="edge") for fit in fits],
        columns=2 if len(fits) == 4 else max(2, len(fits)),
    )


def _loss_label(fit: Fit) -> str:
    """The reading is the loss that is trained; the errors beside it are without penalty. A stopped run's stays."""
    if fit.experiment.l1 or fit.experiment.l2:
        return f"{fit.label}, with its penalty:"
    if fit.stop and fit.verdict == CUT_SHORT:
        return f"{fit.label}, until epoch {fit.stop.stopped:,}:"
    return fit.label


def _at(fit: Fit, frames: np.ndarray) -> np.ndarray:
    """The fit's own frames that stand for these epochs; where it had stopped, its last."""
    return (np.searchsorted(fit.frames, frames, side="right") - 1).clip(0)


def _curve_panel(fit: Fit, frames: np.ndarray) -> Panel:
    data = make_data(fit.experiment)
    x_val, y_val = make_validation(fit.experiment)
    ys = np.concatenate([data.y_train[:, 0], data.y_test[:, 0]])
    margin = 0.25 * float(np.ptp(ys))
    traces: list[Trace] = [
        dots("validation point", x_val[:, 0], y_val[:, 0], VALID, "diamond-open", 0.45),
        dots("point", data.x_train[:, 0], data.y_train[:, 0], GREY, "circle", 0.9),
        {**line("truth", data.x_test[:, 0], data.y_test[:, 0], GREY, 5), "opacity": 0.45},
        line(fit.label, fit.grid, fit.curve.clip(-FAR, FAR), FITTED, 2.5),
    ]
    source = data.source
    x_axis = {"range": [source.low - 0.2, source.high + 0.2]}
    span = [float(ys.min()) - margin, float(ys.max()) + margin]
    figure = plain_figure(traces, "x", "y", x_axis, {"range": span})
    said = f"{fit.label}: {len(data.x_train)} points and the fitted curve; its squared error on the truth is"
    rows = fit.curves[_at(fit, frames)].clip(-FAR, FAR)
    note = edge_words(fit.label, np.vstack([rows, fit.curve.clip(-FAR, FAR)]), np.append(frames, frames[-1]), *span)
    left = f" {note[2:]}." if note else ""
    return Panel(
        f"{fit.label}: fit",
        f"{said} {number(fit.test)}.{left}",
        write_notes(figure, [(note, FITTED)]),
        moving_traces=[MovingTrace(3, rows)],
    )


def _error_panel(fit: Fit, frames: np.ndarray, span: list[float]) -> Panel:
    later = fit.frames >= 1  # a logarithmic axis has no 0
    x = fit.frames[later].astype(np.int32)
    train, valid = (np.maximum(values[later], LOWEST).astype(np.float32) for values in (fit.errors, fit.val_errors))
    height = [10 ** span[0], 10 ** span[1]]
    end = float(frames[-1])
    traces: list[Trace] = [
        line("training", x, train, TRAIN, 2),
        {**line("validation", x, valid, VALID, 2, "dash"), "fill": "tonexty", "fillcolor": "rgba(213, 94, 0, 0.15)"},
        {
            "x": np.array([fit.best_epoch], np.int32),
            "y": np.array([max(fit.best_error, LOWEST)], np.float32),
            "mode": "markers+text",
            "text": [f"best, epoch {fit.best_epoch:,}"],
            "textposition": "bottom left" if fit.best_epoch > end**0.5 else "bottom right",
            "cliponaxis": False,
            "marker": {"color": VALID, "size": 11, "symbol": "star"},
            "hoverinfo": "skip",
        },
        {
            **line("shown epoch", np.array([end, end], np.float32), np.array(height, np.float32), GREY, 1.5),
            "hoverinfo": "skip",
        },
    ]
    if fit.stop:
        at = np.array([fit.stop.stopped] * 2, np.float32)
        traces.append(
            {**line("stopped", at, np.array(height, np.float32), FITTED, 2, "dot"), "hovertemplate": "stopped"}
        )
    across = np.repeat(np.maximum(frames, 1).astype(np.float32)[:, None], 2, axis=1)
    rows = np.tile(np.array(height, np.float32), (len(frames), 1))
    x_axis = {"type": "log", "range": [0.0, float(np.log10(end)) + 0.05]}
    figure = plain_figure(traces, "epoch", "error, without penalty", x_axis, log_axis(*span))
    said = (
        f"{fit.label}: error {number(fit.error)} in training, {number(fit.val_error)} on validation points, lowest"
        f" there at epoch {fit.best_epoch:,} with {number(fit.best_error)}."
    )
    return Panel(f"{fit.label}: errors", said, figure, moving_traces=[MovingTrace(3, rows, across)])


def dots(name: str, x: np.ndarray, y: np.ndarray, colour: str, symbol: str, opacity: float) -> Trace:
    return {
        "name": name,
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"color": colour, "size": 7, "symbol": symbol, "opacity": opacity},
        "hovertemplate": "x %{x:.3g}<br>y %{y:.4g}<extra>" + name + "</extra>",
    }


def line(name: str, x: np.ndarray, y: np.ndarray, colour: str, width: float, dash: str = "solid") -> Trace:
    return {
        "name": name,
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": "%{y:.4g}<extra>" + name + "</extra>",
    }


BARS = ("#0072B2", "#D55E00", "#009E73", "#7B3FA0")


def weight_replay(fits: Sequence[Fit]) -> Replay:
    """Every fit's weights as bars: by degree for a polynomial, sorted by size for a network."""
    reach = 1.1 * max(float(np.abs(fit.weights).max()) for fit in fits) or 1.0
    panels = [_bars(fit, BARS[place], reach) for place, fit in enumerate(fits)]
    return Replay(panels, [Entry(fit.label, BARS[place]) for place, fit in enumerate(fits)])


def _bars(fit: Fit, colour: str, reach: float) -> Panel:
    polynomial = not fit.experiment.hidden
    values = fit.weights if polynomial else np.sort(np.abs(fit.weights))[::-1]
    places = np.arange(1, len(values) + 1, dtype=np.int32)
    gone = values == 0.0
    traces: list[Trace] = [
        {
            "type": "bar",
            "x": places,
            "y": values,
            "marker": {"color": colour},
            "hovertemplate": "%{y:.4g}<extra></extra>",
        },
        {
            **dots("0 exactly", places[gone], values[gone].astype(np.float32), GREY, "x", 1.0),
            "hovertemplate": "0 exactly<extra></extra>",
        },
    ]
    low = -reach if values.min() < 0 else 0.0
    figure = plain_figure(
        traces,
        "degree of the polynomial" if polynomial else "weights, largest first",
        "weight" if polynomial else "|weight|",
        {"range": [0.3, len(values) + 0.7], **({"dtick": 1} if len(values) <= FEW else {})},
        {"range": [low - 0.02 * reach, reach]},
    )
    said = f"{fit.label}: {fit.zeros} of {len(values)} weights are 0 exactly; Σ|w| is {number(fit.absolute)}."
    return Panel(f"{fit.label}: weights", said, figure)
