"""Charts of the Overfit page: fits and errors side by side, and weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.data import make_data, make_validation
from playground.experiment import Experiment
from playground.export.titles import caption
from playground.figures.edges import edge_words, write_notes
from playground.figures.replay import FAR, GREY, Entry, MovingTrace, Panel, Replay, Trace, log_axis, plain_figure
from playground.figures.traces import dots, grouped, line, move_upright, reference_line, shade_to_previous, text_marker
from playground.pages.overfit.study import CUT_SHORT, Fit
from playground.text.numbers import number

TRAIN, VALID, FITTED = "#0072B2", "#D55E00", "#8811FF"
FEW_BARS = 8  # each has its own tick: there is none between two
SHOWN_EPOCH = 3  # the place of its line among the traces of a chart of errors
LOWEST_ERROR = 1e-4  # smaller errors are drawn there


def fit_replay(fits: Sequence[Fit]) -> Replay:
    """Fitted curves side by side, and below each its training and validation error with the gap shaded."""
    longest = max(fits, key=lambda fit: fit.frames[-1])
    frames = longest.frames.astype(np.int32)
    powers = _span_errors(fits)
    curves, errors = [_curve_panel(fit, frames) for fit in fits], [_error_panel(fit, frames, powers) for fit in fits]
    return Replay(
        [*curves, *errors] if len(fits) < 4 else [*curves[:2], *errors[:2], *curves[2:], *errors[2:]],
        [
            Entry("training points", GREY, "circle", 0, group="point"),
            Entry("validation points", VALID, "diamond-open", 0, group="validation point"),
            Entry("truth", GREY, width=4),
            Entry("fitted", FITTED),
            Entry("error in training", TRAIN, group="training"),
            Entry("error on validation", VALID, "dash", group="validation"),
        ],
        epochs=int(frames[-1]),
        frames=frames,
        labels=[_loss_label(fit) for fit in fits],
        # A run that was stopped stays where it stopped.
        readings=[np.pad(fit.loss, (0, int(frames[-1]) - len(fit.loss)), mode="edge") for fit in fits],
        columns=2 if len(fits) == 4 else max(2, len(fits)),
        caption=caption([fit.experiment for fit in fits]),
    )


def _span_errors(fits: Sequence[Fit]) -> list[float]:
    """The powers of ten between which the errors of all fits lie."""
    errors = np.concatenate([np.concatenate([fit.errors, fit.val_errors]) for fit in fits])
    known = errors[np.isfinite(errors)]
    return [float(np.log10(max(known.min(), LOWEST_ERROR))) - 0.1, float(np.log10(min(known.max(), 1e6))) + 0.1]


def _loss_label(fit: Fit) -> str:
    """The reading is the loss that is trained; the errors beside it are without penalty. A stopped run's stays."""
    if fit.experiment.l1 or fit.experiment.l2:
        return f"{fit.label}, with its penalty:"
    if fit.stop and fit.verdict == CUT_SHORT:
        return f"{fit.label}, until epoch {fit.stop.stopped:,}:"
    return fit.label


def _curve_panel(fit: Fit, frames: np.ndarray) -> Panel:
    data = make_data(fit.experiment)
    heights = np.concatenate([data.y_train[:, 0], data.y_test[:, 0]])
    margin = 0.25 * float(np.ptp(heights))
    window = [float(heights.min()) - margin, float(heights.max()) + margin]
    shown = (np.searchsorted(fit.frames, frames, side="right") - 1).clip(0)  # its last frame, where it had stopped
    rows, last = fit.curves[shown].clip(-FAR, FAR), fit.curve.clip(-FAR, FAR)
    note = edge_words(fit.label, np.vstack([rows, last]), np.append(frames, frames[-1]), *window)
    x_axis = {"range": [data.source.low - 0.2, data.source.high + 0.2]}
    curve = grouped(line(fit.label, fit.grid, last, FITTED, hover="%{y:.4g}"), "fitted")
    traces = [*_draw_data(fit.experiment), curve]
    figure = plain_figure(traces, "x", "y", x_axis, {"range": window})
    error = f"its squared error on the truth is {number(fit.test)}."
    return Panel(
        f"{fit.label}: fit",
        f"{fit.label}: {len(data.x_train)} points and the fitted curve; {error}{f' {note[2:]}.' if note else ''}",
        write_notes(figure, [(note, FITTED)]),
        moving_traces=[MovingTrace(len(traces) - 1, rows)],
    )


def _draw_data(experiment: Experiment) -> list[Trace]:
    """Validation points, training points and the truth."""
    data, (x_val, y_val) = make_data(experiment), make_validation(experiment)
    return [
        _mark_points("validation point", x_val[:, 0], y_val[:, 0], VALID, symbol="diamond-open", opacity=0.9),
        _mark_points("point", data.x_train[:, 0], data.y_train[:, 0], GREY, symbol="circle", opacity=0.9),
        reference_line("truth", data.x_test[:, 0], data.y_test[:, 0], "%{y:.4g}"),
    ]


def _mark_points(label: str, x: np.ndarray, y: np.ndarray, colour: str, *, symbol: str, opacity: float) -> Trace:
    hover = "x %{x:.3g}<br>y %{y:.4g}"
    return dots(label, x, y, colour, hover=hover, size=7, symbol=symbol, opacity=opacity)


def _error_panel(fit: Fit, frames: np.ndarray, powers: list[float]) -> Panel:
    end = float(frames[-1])
    height = (10 ** powers[0], 10 ** powers[1])
    shown_epoch = line("shown epoch", np.array([end, end], np.float32), np.array(height, np.float32), GREY, width=1.5)
    traces = [*_draw_errors(fit), _mark_best(fit, end), shown_epoch, *_draw_stop(fit, height)]
    x_axis = {"type": "log", "range": [0.0, float(np.log10(end)) + 0.05]}
    figure = plain_figure(traces, "epoch", "error, without penalty", x_axis, log_axis(*powers))
    words = (
        f"{fit.label}: error {number(fit.error)} in training, {number(fit.val_error)} on validation points, lowest"
        f" there at epoch {fit.best_epoch:,} with {number(fit.best_error)}."
    )
    upright = move_upright(SHOWN_EPOCH, np.maximum(frames, 1), height)
    return Panel(f"{fit.label}: errors", words, figure, moving_traces=[upright])


def _draw_errors(fit: Fit) -> list[Trace]:
    """The error in training and that on validation points, with the gap between them shaded."""
    later = fit.frames >= 1  # a logarithmic axis has no 0
    x, hover = fit.frames[later].astype(np.int32), "%{y:.4g}"
    train, valid = (
        np.maximum(errors[later], LOWEST_ERROR).astype(np.float32) for errors in (fit.errors, fit.val_errors)
    )
    validation = line("validation", x, valid, VALID, dash="dash", width=2, hover=hover)
    return [line("training", x, train, TRAIN, width=2, hover=hover), shade_to_previous(validation, VALID, 0.15)]


def _mark_best(fit: Fit, end: float) -> Trace:
    """A star at the lowest error on validation points; ``end`` is the last epoch of the chart."""
    x, y = np.array([fit.best_epoch], np.int32), np.array([max(fit.best_error, LOWEST_ERROR)], np.float32)
    side = "bottom left" if fit.best_epoch > end**0.5 else "bottom right"
    star = text_marker(x, y, f"best, epoch {fit.best_epoch:,}", VALID, side, size=11, symbol="star")
    return {**grouped(star, "validation"), "cliponaxis": False}


def _draw_stop(fit: Fit, height: tuple[float, float]) -> list[Trace]:
    if not fit.stop:
        return []
    x = np.array([fit.stop.stopped] * 2, np.float32)
    y = np.array(height, np.float32)
    return [line("stopped", x, y, FITTED, dash="dot", width=2, hover="stopped", box="")]


BAR_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#8811FF")


def weight_replay(fits: Sequence[Fit]) -> Replay:
    """Every fit's weights as bars: by degree for a polynomial, sorted by size for a network."""
    reach = 1.1 * max(float(np.abs(fit.weights).max()) for fit in fits) or 1.0
    panels = [_bar_panel(fit, BAR_COLOURS[place], reach) for place, fit in enumerate(fits)]
    entries = [Entry(fit.label, BAR_COLOURS[place]) for place, fit in enumerate(fits)]
    return Replay(panels, entries, caption=caption([fit.experiment for fit in fits]))


def _bar_panel(fit: Fit, colour: str, reach: float) -> Panel:
    is_polynomial = not fit.experiment.hidden
    values = fit.weights if is_polynomial else np.sort(np.abs(fit.weights))[::-1]
    low = -reach if values.min() < 0 else 0.0
    figure = plain_figure(
        [grouped(trace, fit.label) for trace in _draw_bars(values, colour)],
        "degree of the polynomial" if is_polynomial else "weights, largest first",
        "weight" if is_polynomial else "|weight|",
        {"range": [0.3, len(values) + 0.7], **({"dtick": 1} if len(values) <= FEW_BARS else {})},
        {"range": [low - 0.02 * reach, reach]},
    )
    words = f"{fit.label}: {fit.zeros} of {len(values)} weights are 0 exactly; Σ|w| is {number(fit.absolute)}."
    return Panel(f"{fit.label}: weights", words, figure)


def _draw_bars(values: np.ndarray, colour: str) -> list[Trace]:
    """A bar for each weight, and a cross at each that is 0 exactly."""
    places = np.arange(1, len(values) + 1, dtype=np.int32)
    zero, label = values == 0.0, "0 exactly"
    heights = values[zero].astype(np.float32)
    crosses = dots(label, places[zero], heights, GREY, hover=label, box="", size=7, symbol="x", opacity=1.0)
    hover = "%{y:.4g}<extra></extra>"
    return [{"type": "bar", "x": places, "y": values, "marker": {"color": colour}, "hovertemplate": hover}, crosses]
