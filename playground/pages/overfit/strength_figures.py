"""Charts of how strong a penalty should be: the U-curve with its band, and bias², variance and noise."""

from __future__ import annotations

import numpy as np

from playground.figures.replay import GREY, Entry, Panel, Replay, Trace, plain_figure
from playground.pages.overfit.figures import FITTED, TRAIN, VALID, dots, line
from playground.pages.overfit.strengths import Decomposition, Strengths
from playground.text.numbers import number

SMALLEST = 1e-4  # where a strength of 0 is drawn on a logarithmic axis


def strength_replay(found: Strengths, parts: Decomposition, chosen: float) -> Replay:
    """The U-curve with its band, and bias², variance and noise stacked under the measured error.

    Both leave out the strengths at which a training diverged; without any other there is nothing to draw.
    """
    if found.best is None:
        return Replay([], [])
    x = np.maximum(np.array(found.values), SMALLEST)
    return Replay(
        [_u_curve(found, x, chosen), _parts(parts, x, found)],
        [
            Entry("error on validation", VALID, "dash"),
            Entry("error in training", TRAIN),
            Entry("noise", GREY),
            Entry("bias²", "#56B4E9"),
            Entry("variance", "#E69F00"),
            Entry("measured on new points", FITTED, "circle", 0),
        ],
    )


def _strength_axis(x: np.ndarray, chosen: float = 0.0) -> dict[str, object]:
    ticks = [SMALLEST, 1e-3, 1e-2, 1e-1, 1.0, 10.0]
    return {
        "type": "log",
        "range": [float(np.log10(x[0])) - 0.1, float(np.log10(max(x[-1], chosen))) + 0.1],
        "tickvals": ticks,
        "ticktext": ["0", "0.001", "0.01", "0.1", "1", "10"],
    }


def _u_curve(found: Strengths, x: np.ndarray, chosen: float) -> Panel:
    stable = found.stable
    axis, x = _strength_axis(x, chosen), x[stable]
    mean, error = found.mean[stable], found.standard_error[stable]
    train = found.errors[stable].mean(axis=1)
    best = int(mean.argmin())
    reach = float((mean + error).max())
    at = max(chosen, SMALLEST)
    traces: list[Trace] = [
        {**line("low", x, mean - error, VALID, 0), "hoverinfo": "skip"},
        {
            **line("high", x, mean + error, VALID, 0),
            "fill": "tonexty",
            "fillcolor": "rgba(213, 94, 0, 0.2)",
            "hoverinfo": "skip",
        },
        line("validation", x, mean, VALID, 2.5, "dash"),
        line("training", x, train, TRAIN, 2.5),
        {
            **dots("best", x[best : best + 1], mean[best : best + 1], VALID, "star", 1.0),
            "mode": "markers+text",
            "text": ["best"],
            "textposition": "top center",
        },
        {
            **line("chosen", np.array([at, at]), np.array([0.0, 1.05 * reach]), GREY, 2, "dot"),
            "hovertemplate": "chosen",
        },
    ]
    figure = plain_figure(
        traces,
        f"strength of {found.setting.upper()}",
        "error, without penalty",
        axis,
        {"range": [0.0, 1.05 * reach]},
    )
    said = f"Lowest error on validation, {number(float(mean[best]))}, at {found.best:g}; chosen: {chosen:g}."
    return Panel("How strong?", said, figure)


def _parts(parts: Decomposition, x: np.ndarray, found: Strengths) -> Panel:
    axis, stable = _strength_axis(x), found.stable
    x, test, test_error = x[stable], parts.test[stable], parts.test_error[stable]
    base = np.zeros(len(x))
    traces: list[Trace] = []
    for name, values, colour in (
        ("noise", parts.noise[stable], GREY),
        ("bias²", np.maximum(parts.bias[stable], 0.0), "#56B4E9"),
        ("variance", parts.variance[stable], "#E69F00"),
    ):
        base = base + values
        traces.append(
            {
                **line(name, x, base, colour, 1),
                "fill": "tonexty" if traces else "tozeroy",
                "customdata": values,
                "hovertemplate": "%{customdata:.4g}<extra>" + name + "</extra>",
            }
        )
    measured = dots("measured", x, test, FITTED, "circle", 1.0)
    traces.append({**measured, "error_y": {"array": test_error, "color": FITTED, "thickness": 2}})
    figure = plain_figure(
        traces,
        f"strength of {parts.setting.upper()}",
        "squared error on new points",
        axis,
        {"range": [0.0, 1.1 * float((test + test_error).max())]},
    )
    assert found.best is not None
    place = parts.values.index(found.best)
    said = f"At the best, {found.best:g}, bias² + variance + noise is {number(float(parts.total[place]))}, measured"
    return Panel("Bias², variance, noise", f"{said} {number(float(parts.test[place]))}.", figure)
