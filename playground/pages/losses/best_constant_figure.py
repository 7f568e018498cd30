"""The picture of "What does it fit?": the cost of every constant, the best one of each loss, and the known answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from playground.figures.replay import GREY, Entry, Panel, Trace, plain_figure
from playground.losses import LOSSES
from playground.text.numbers import number, plain
from playground.theory.best_constant import BestConstant, best_constant, cost_curve, statistics

POINTS = 401
SYMBOLS = {"mean": "line-ns-open", "median": "x-thin-open", "quantile": "asterisk-open"}
ROWS = {"mean": -0.2, "median": -0.3, "quantile": -0.4}  # far enough apart for words on a phone


def best_constants(
    keys: Sequence[str], y: np.ndarray, parameters: Mapping[str, Mapping[str, float]]
) -> dict[str, BestConstant]:
    """Each loss's best constant for the numbers ``y`` (n,)."""
    return {key: best_constant(LOSSES[key], y, **parameters[key]) for key in keys}


def constant_panel(
    best: Mapping[str, BestConstant], y: np.ndarray, parameters: Mapping[str, Mapping[str, float]], quantile: float
) -> tuple[Panel, list[Entry]]:
    """The mean loss against the constant, each loss stretched to the height of the chart."""
    low, high = float(y.min()), float(y.max())
    margin = 0.15 * (high - low) or 1.0
    constants = np.linspace(low - margin, high + margin, POINTS)
    lines = [_line(key, constants, y, parameters[key]) for key in best]
    ends = [_best(key, found) for key, found in best.items()]
    known = {name: value for name, value in statistics(y, quantile).items() if name != "quantile" or name in best}
    labels = {"mean": "mean", "median": "median", "quantile": f"{plain(quantile)}-quantile"}
    answers = [_answer(name, labels[name], value, (low + high) / 2) for name, value in known.items()]
    said = "; ".join(f"{LOSSES[key].label} {answer(found)}" for key, found in best.items())
    figure = plain_figure(
        [*lines, *ends, _numbers(y), *answers],
        "constant c that answers for every number",
        "mean loss, each from its least to its most",
        {"range": [float(constants[0]), float(constants[-1])]},
        {"range": [-0.48, 1.05], "tickvals": [0, 1], "ticktext": ["least", "most"]},
    )
    figure["layout"]["hovermode"] = "closest"
    legend = [
        Entry("your numbers", GREY, "circle", 0),
        *(Entry(LOSSES[key].label, LOSSES[key].colour, LOSSES[key].dash) for key in best),
    ]
    return Panel("What does it fit?", f"Mean loss of every constant. BestConstant: {said}.", figure), legend


def answer(best: BestConstant) -> str:
    """The best constant in words: a number, or all between two."""
    return number(best.low) if best.low == best.high else f"all from {number(best.low)} to {number(best.high)}"


def zero_words(keys: Sequence[str], y: np.ndarray) -> str:
    """That zeros among the numbers decide alone what a percentage error fits, if there are any; nothing else."""
    zeros = int((y == 0).sum())
    if "mape" not in keys or not zeros or zeros == len(y):
        return ""
    which = "The zero" if zeros == 1 else f"The {zeros} zeros"
    decide = "decides" if zeros == 1 else "decide"
    return (
        f"{which} among the {len(y)} numbers {decide} alone what {LOSSES['mape'].label} fits: an error is divided by"
        " the number itself, for 0 by Keras's 0.0000001, so one zero outweighs all other numbers. Leave zeros out, or"
        " choose another loss."
    )


def _line(key: str, constants: np.ndarray, y: np.ndarray, parameters: Mapping[str, float]) -> Trace:
    loss = LOSSES[key]
    with np.errstate(invalid="ignore", divide="ignore"):
        costs = cost_curve(loss, y, constants, **parameters)
    known = np.isfinite(costs)
    costs = costs[known]
    return {
        "name": loss.label,
        "x": constants[known],
        "y": (costs - costs.min()) / (np.ptp(costs) or 1.0),
        "customdata": costs,
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2.5},
        "hovertemplate": "c %{x:.4g}<br>mean loss %{customdata:.4g}<extra>" + loss.label + "</extra>",
    }


def _best(key: str, best: BestConstant) -> Trace:
    loss = LOSSES[key]
    return {
        "x": np.array([best.low, best.high]),
        "y": np.zeros(2),
        "mode": "lines+markers",
        "line": {"color": loss.colour, "width": 5},
        "marker": {"color": loss.colour, "size": 11},
        "hovertemplate": f"{loss.label}: {answer(best)}<extra>best</extra>",
    }


def _numbers(y: np.ndarray) -> Trace:
    return {
        "x": y,
        "y": np.full(len(y), -0.1),
        "mode": "markers",
        "marker": {"color": GREY, "size": 10, "opacity": 0.75},
        "hovertemplate": "%{x:.4g}<extra>number</extra>",
    }


def _answer(name: str, label: str, value: float, middle: float) -> Trace:
    """A known answer with its words, which reach towards the middle: at the rim they would be cut."""
    return {
        "x": np.array([value]),
        "y": np.array([ROWS[name]]),
        "mode": "markers+text",
        "text": [f"{label} {number(value)}"],
        "textposition": "middle left" if value > middle else "middle right",
        "marker": {"color": GREY, "size": 10, "symbol": SYMBOLS[name], "line": {"width": 2}},
        "hovertemplate": f"{label} {number(value)}<extra></extra>",
    }
