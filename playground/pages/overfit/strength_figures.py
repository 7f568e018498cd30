"""Charts of how strong a penalty should be: the U-curve with its band, and bias², variance and noise."""

from __future__ import annotations

import numpy as np

from playground.figures.replay import GREY, Entry, Figure, Panel, Replay, Trace, plain_figure
from playground.figures.traces import dots, grouped, line, shade_to_previous, text_marker
from playground.pages.overfit.figures import FITTED, TRAIN, VALID
from playground.pages.overfit.strengths import Decomposition, Strengths
from playground.text.numbers import number

SMALLEST_STRENGTH = 1e-4  # where a strength of 0 is drawn on a logarithmic axis
POINT_HOVER = "x %{x:.3g}<br>y %{y:.4g}"
BIAS_COLOUR, VARIANCE_COLOUR = "#3090C7", "#B98300"


def strength_replay(found: Strengths, parts: Decomposition, chosen: float, trained: str) -> Replay:
    """The U-curve with its band, and bias², variance and noise stacked under the measured error.

    Both leave out the strengths at which a training diverged; without any other there is nothing to draw.
    """
    if found.best is None:
        return Replay([], [])
    x = np.maximum(np.array(found.values), SMALLEST_STRENGTH)
    return Replay(
        [_error_panel(found, x, chosen), _parts_panel(parts, x, found)],
        [
            Entry("error on validation", VALID, "dash", group="validation"),
            Entry("error in training", TRAIN, group="training"),
            Entry("noise", GREY),
            Entry("bias²", BIAS_COLOUR),
            Entry("variance", VARIANCE_COLOUR),
            Entry("measured on new points", FITTED, "circle", 0, group="measured"),
        ],
        caption=trained,
    )


def _strength_axis(x: np.ndarray, chosen: float = 0.0) -> Figure:
    ticks = [SMALLEST_STRENGTH, 1e-3, 1e-2, 1e-1, 1.0, 10.0]
    return {
        "type": "log",
        "range": [float(np.log10(x[0])) - 0.1, float(np.log10(max(x[-1], chosen))) + 0.1],
        "tickvals": ticks,
        "ticktext": ["0", "0.001", "0.01", "0.1", "1", "10"],
    }


def _error_panel(found: Strengths, x: np.ndarray, chosen: float) -> Panel:
    """The U-curve of the error on validation points with its band, beside the error in training."""
    mean, error = found.mean[found.stable], found.standard_error[found.stable]
    top = 1.05 * float((mean + error).max())
    best = int(mean.argmin())
    at = max(chosen, SMALLEST_STRENGTH)
    stable = x[found.stable]
    training = found.errors[found.stable].mean(axis=1)
    traces = [
        grouped(line("low", stable, mean - error, VALID, width=0), "validation"),
        grouped(shade_to_previous(line("high", stable, mean + error, VALID, width=0), VALID, 0.2), "validation"),
        line("validation", stable, mean, VALID, dash="dash", hover="%{y:.4g}"),
        line("training", stable, training, TRAIN, hover="%{y:.4g}"),
        _mark_best(stable[best : best + 1], mean[best : best + 1]),
        line("chosen", np.array([at, at]), np.array([0.0, top]), GREY, dash="dot", width=2, hover="chosen", box=""),
    ]
    x_title, x_axis = f"strength of {found.setting.upper()}", _strength_axis(x, chosen)
    figure = plain_figure(traces, x_title, "error, without penalty", x_axis, {"range": [0.0, top]})
    words = f"Lowest error on validation, {number(float(mean[best]))}, at {found.best:g}; chosen: {chosen:g}."
    return Panel("How strong?", words, figure)


def _mark_best(x: np.ndarray, y: np.ndarray) -> Trace:
    best = text_marker(
        x, y, "best", VALID, "top center", label="best", hover=POINT_HOVER, size=7, symbol="star", opacity=1.0
    )
    return grouped(best, "validation")


def _parts_panel(parts: Decomposition, x: np.ndarray, found: Strengths) -> Panel:
    """Noise, bias² and variance on top of each other, beside the squared error as measured."""
    assert found.best is not None
    stable = found.stable
    test, test_error = parts.test[stable], parts.test_error[stable]
    measured = dots("measured", x[stable], test, FITTED, hover=POINT_HOVER, size=7, symbol="circle", opacity=1.0)
    bars = {"error_y": {"array": test_error, "color": FITTED, "thickness": 2}}
    figure = plain_figure(
        [*_stack_parts(parts, x, stable), {**measured, **bars}],
        f"strength of {parts.setting.upper()}",
        "squared error on new points",
        _strength_axis(x),
        {"range": [0.0, 1.1 * float((test + test_error).max())]},
    )
    place = parts.values.index(found.best)
    total = f"At the best, {found.best:g}, bias² + variance + noise is {number(float(parts.total[place]))}, measured"
    return Panel("Bias², variance, noise", f"{total} {number(float(parts.test[place]))}.", figure)


def _stack_parts(parts: Decomposition, x: np.ndarray, stable: np.ndarray) -> list[Trace]:
    base = np.zeros(int(stable.sum()))
    traces: list[Trace] = []
    for name, values, colour in (
        ("noise", parts.noise[stable], GREY),
        ("bias²", np.maximum(parts.bias[stable], 0.0), BIAS_COLOUR),
        ("variance", parts.variance[stable], VARIANCE_COLOUR),
    ):
        base = base + values
        area = line(name, x[stable], base, colour, width=1, hover="%{customdata:.4g}")
        traces.append({**area, "fill": "tonexty" if traces else "tozeroy", "customdata": values})
    return traces
