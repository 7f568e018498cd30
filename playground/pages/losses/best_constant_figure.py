"""The picture of "What does it fit?": the cost of every constant, the best one of each loss, and the known answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from playground.figures.replay import GREY, Entry, Panel, Trace, plain_figure
from playground.figures.traces import dots, grouped, line, loss_entry, loss_line, text_marker
from playground.losses import LOSSES, Loss
from playground.pages.losses.words import constant_words
from playground.text.language import _
from playground.text.numbers import number, plain
from playground.theory.best_constant import BestConstant, best_constant, cost_curve, statistics

CONSTANTS = 401  # at which the mean loss is drawn
ANSWER_SYMBOLS = {"mean": "line-ns-open", "median": "x-thin-open", "quantile": "asterisk-open"}
ANSWER_ROWS = {"mean": -0.2, "median": -0.3, "quantile": -0.4}  # far enough apart for words on a phone


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
    constants = np.linspace(low - margin, high + margin, CONSTANTS)
    known = {name: value for name, value in statistics(y, quantile).items() if name != "quantile" or name in best}
    labels = {
        "mean": _("mean"),
        "median": _("median"),
        "quantile": _("{quantile}-quantile").format(quantile=plain(quantile)),
    }
    figure = plain_figure(
        [
            *(_draw_costs(key, constants, y, parameters[key]) for key in best),
            *(_mark_best(LOSSES[key], constant) for key, constant in best.items()),
            dots(_("your numbers"), y, np.full(len(y), -0.1), GREY, hover="%{x:.4g}", box=_("number"), size=10),
            *(_mark_answer(name, labels[name], value, (low + high) / 2) for name, value in known.items()),
        ],
        _("constant c, the prediction for every number"),
        _("mean loss, each from its minimum to its maximum"),
        {"range": [float(constants[0]), float(constants[-1])]},
        {"range": [-0.48, 1.05], "tickvals": [0, 1], "ticktext": [_("min"), _("max")]},
        hovermode="closest",
    )
    answers = _("; ").join(f"{LOSSES[key].label} {constant_words(constant)}" for key, constant in best.items())
    words = _("The mean loss of every constant. The best constants are: {answers}.").format(answers=answers)
    return Panel(_("What does it fit?"), words, figure), [
        Entry(_("your numbers"), GREY, "circle", 0),
        *(loss_entry(LOSSES[key]) for key in best),
    ]


def _draw_costs(key: str, constants: np.ndarray, y: np.ndarray, parameters: Mapping[str, float]) -> Trace:
    loss = LOSSES[key]
    with np.errstate(invalid="ignore", divide="ignore"):
        costs = cost_curve(loss, y, constants, **parameters)
    known = np.isfinite(costs)
    costs = costs[known]
    heights = (costs - costs.min()) / (np.ptp(costs) or 1.0)
    hover = _("c %{x:.4g}<br>mean loss %{customdata:.4g}")
    return {**loss_line(loss, constants[known], heights, hover=hover), "customdata": costs}


def _mark_best(loss: Loss, best: BestConstant) -> Trace:
    """The constant that fits best, as a dot; where many do, the range between two dots."""
    hover = f"{loss.label}: {constant_words(best)}"
    bar = line("", np.array([best.low, best.high]), np.zeros(2), loss.colour, width=5, hover=hover, box=_("best"))
    return {**grouped(bar, loss.label), "mode": "lines+markers", "marker": {"color": loss.colour, "size": 11}}


def _mark_answer(name: str, label: str, value: float, middle: float) -> Trace:
    """A known answer with its words, which reach towards the middle: at the rim they would be cut."""
    text, side = f"{label} {number(value)}", "middle left" if value > middle else "middle right"
    x, y = np.array([value]), np.array([ANSWER_ROWS[name]])
    symbol, rim = ANSWER_SYMBOLS[name], {"width": 2}
    return text_marker(x, y, text, GREY, side, hover=text, size=10, symbol=symbol, line=rim)
