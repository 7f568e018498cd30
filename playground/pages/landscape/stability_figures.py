"""Figures of why a training settles or not: curves over the epochs, over the learning rate, and the map of regimes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import (
    GREY,
    Entry,
    Panel,
    RevealedTrace,
    Trace,
    log_axis,
    plain_figure,
    plain_log_axis,
)
from playground.figures.traces import dots, epoch_axis, grouped, line, loss_line, thin_by_factors
from playground.losses import LOSSES, Loss
from playground.pages.landscape.regimes import Regime, RegimeMap
from playground.text.numbers import limit_number, number, plain
from playground.theory.optima import Optimum

MOST_CURVE_POINTS = 600  # more cannot be told apart on a screen

REGIME_WORDS = {
    Regime.MONOTONE: ("monotone", "#0072B2", "walks down one side of the valley"),
    Regime.OSCILLATING: ("oscillating", "#7733FF", "jumps from side to side and settles"),
    Regime.RESTLESS: ("never settles", "#9C961F", "keeps jumping over the optimum, in jumps that no longer shrink"),
    Regime.DIVERGING: ("diverging", "#CC7366", "moves further and further away"),
}


def excess_panel(
    diagnoses: Sequence[Diagnosis], best: Optimum, labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """How far each loss is above the least possible, epoch by epoch; ``strokes`` are colours and dashes."""
    floor = 1e-7 * max((float(each.shown[0]) for each in diagnoses if len(each.shown)), default=1e-9) or 1e-16
    curves = [np.maximum(diagnosis.shown.astype(float) - best.loss, floor) for diagnosis in diagnoses]
    return _curves_panel("Loss above its least", "loss − least loss", curves, labels, strokes)


def _curves_panel(
    title: str, unit: str, curves: Sequence[np.ndarray], labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """Curves over the epochs on a logarithmic scale, revealed as the training is replayed."""
    traces = [_draw_curve(*each) for each in zip(curves, labels, strokes, strict=True)]
    epochs = max(1, *(len(curve) for curve in curves))
    positive = np.concatenate([np.ones(0), *(curve[curve > 0] for curve in curves)])
    low, high = np.log10([positive.min(), positive.max()]) if len(positive) else (0.0, 0.0)
    y_axis = log_axis(float(low) - 0.2, float(high) + 0.2)
    figure = plain_figure(traces, "epoch", unit, epoch_axis(epochs), y_axis)
    courses = "; ".join(_course_words(label, curve) for label, curve in zip(labels, curves, strict=True))
    revealed = [RevealedTrace(trace) for trace in range(len(traces))]
    return Panel(title, f"{title}: {courses}.", figure, revealed_traces=revealed)


def _draw_curve(curve: np.ndarray, label: str, stroke: tuple[str, str]) -> Trace:
    places = thin_by_factors(len(curve), MOST_CURVE_POINTS)
    x, y = (places + 1).astype(np.int32), np.asarray(curve, float)[places].astype(np.float32)
    colour, dash = stroke
    return line(label, x, y, colour, dash=dash, width=2, hover="%{y:.4g}")


def _course_words(label: str, curve: np.ndarray) -> str:
    if not len(curve):
        return f"{label} diverged in its first epoch"
    return f"{label} from {number(float(curve[0]))} to {number(float(curve[-1]))}"


def distance_panel(
    diagnoses: Sequence[Diagnosis], distances: Sequence[np.ndarray], bounces: Sequence[float | None]
) -> Panel:
    """How far each training is from its own optimum, and how long a step is there whose gradient never fades."""
    shown = [distance[1 : len(diagnosis.shown) + 1] for diagnosis, distance in zip(diagnoses, distances, strict=True)]
    losses = [LOSSES[diagnosis.run.experiment.loss] for diagnosis in diagnoses]
    panel = _curves_panel(
        "Distance to the loss's own optimum",
        "distance in (w, b)",
        [np.maximum(each, 1e-7) for each in shown],
        [name(diagnosis.run.experiment) for diagnosis in diagnoses],
        [(loss.colour, loss.dash) for loss in losses],
    )
    epochs = max(diagnosis.run.epochs for diagnosis in diagnoses)
    for loss, height in zip(losses, bounces, strict=True):
        if height is not None:
            label, hover = f"{loss.label}: one step", f"one step of {loss.label}: {number(height)}"
            x, y = [1, epochs], [height, height]
            step = line(label, x, y, loss.colour, dash="dot", width=1, hover=hover, box="")
            panel.figure["data"].append({"type": "scatter", **grouped(step, loss.label)})
    for trace, loss in zip(panel.figure["data"], losses, strict=False):
        trace["legendgroup"] = loss.label
    return panel


def rate_panel(
    rates: np.ndarray,
    last: np.ndarray,
    keys: Sequence[str],
    optima: Sequence[Optimum],
    limits: Sequence[float | None],
    today: float,
) -> Panel:
    """Where each learning rate ends: real runs, with the largest stable rate of each loss and today's.

    ``rates`` ``(r,)``; ``last`` ``(losses, r)`` are the last losses of the runs, infinite where they diverged.
    """
    excess = [
        np.where(np.isfinite(row), np.maximum(row - best.loss, 1e-7), np.nan)
        for row, best in zip(last, optima, strict=True)
    ]
    low, top = min(float(np.nanmin(row)) for row in excess), 10 * max(float(np.nanmax(row[:1])) for row in excess)
    curves = [_draw_rates(rates, row, LOSSES[key], top) for key, row in zip(keys, excess, strict=True)]
    figure = plain_figure(
        [*curves, *_draw_limits(keys, limits, today, (low / 2, top))],
        "learning rate",
        "last loss − least loss",
        plain_log_axis(float(np.log10(rates[0])), float(np.log10(rates[-1]))),
        log_axis(float(np.log10(low)) - 0.3, float(np.log10(top))),
        hovermode="closest",
    )
    runs = f"The last loss of {len(rates)} real runs a loss, over the learning rate"
    stable = "; ".join(
        f"{LOSSES[key].label} is stable up to {limit_number(limit, today)}"
        if limit
        else f"{LOSSES[key].label} has no such limit"
        for key, limit in zip(keys, limits, strict=True)
    )
    description = f"{runs}. {stable}. Today's rate is {plain(today)}."
    return Panel("Where each learning rate ends", description, figure)


def _draw_rates(rates: np.ndarray, row: np.ndarray, loss: Loss, top: float) -> Trace:
    """What each rate leaves of a loss, up to the first at which it diverges: there the curve ends, with a mark."""
    lost = ~(row < top)
    last = int(lost.argmax()) + 1 if lost.any() else len(row)
    symbols = np.where(lost, "triangle-up", "circle")[:last].tolist()
    curve = loss_line(
        loss, rates[:last], np.where(lost, 0.7 * top, row)[:last], width=2, hover="rate %{x:.3g}: %{text}"
    )
    return {
        **curve,
        "mode": "lines+markers",
        "marker": {"size": np.where(lost, 12, 4)[:last], "symbol": symbols},
        "text": [
            "diverged" if gone else number(float(value)) for gone, value in zip(lost[:last], row[:last], strict=True)
        ],
    }


def _draw_limits(
    keys: Sequence[str], limits: Sequence[float | None], today: float, height: tuple[float, float]
) -> list[Trace]:
    """An upright line at the largest stable rate of each loss that has one, and at today's rate."""
    uprights = [
        (limit, LOSSES[key].colour, "dot", f"{LOSSES[key].label}: largest stable rate {limit_number(limit, today)}")
        for key, limit in zip(keys, limits, strict=True)
        if limit is not None
    ]
    uprights.append((today, GREY, "solid", f"today's rate {plain(today)}"))
    return [
        line(label, [rate, rate], height, colour, dash=dash, width=1.5, hover=label, box="")
        for rate, colour, dash, label in uprights
    ]


def limit_entries(optimizer: str, limits: Sequence[float | None]) -> list[Entry]:
    """What the upright lines and the marks of the rates are, in a legend."""
    today, lost = Entry("today's rate", GREY, width=1.5), Entry("diverged", GREY, "triangle-up", 0)
    if not any(limits):
        return [today, lost]
    formula = {"sgd": ", 2/λmax", "momentum": ", 2(1 + β)/λmax"}.get(optimizer, "")
    return [today, Entry(f"largest stable rate{formula}", GREY, "dot", 1.5), lost]


def regime_panel(
    found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None, today: tuple[float, float] | None, title: str
) -> Panel:
    """The map of regimes, each cell a run; the lines are where theory puts the borders, the cross is ``today``."""
    logs = np.log10(found.rates)
    cross = []
    if today:
        rim, hover = {"color": "#000000", "width": 1.5}, f"today: rate {plain(today[0])}, β {plain(today[1])}"
        cross = [dots("", [today[0]], [today[1]], "#ffffff", hover=hover, symbol="x", size=12, line=rim)]
    half_rate, half_momentum = (logs[1] - logs[0]) / 2, (found.momenta[1] - found.momenta[0]) / 2
    figure = plain_figure(
        [_draw_regimes(found, edges), *_draw_borders(found, edges), *cross],
        "learning rate",
        "momentum β",
        plain_log_axis(float(logs[0] - half_rate), float(logs[-1] + half_rate)),
        {"range": [float(-half_momentum), float(found.momenta[-1] + half_momentum)]},
        hovermode="closest",
    )
    counts = {regime: int((found.regimes == regime).sum()) for regime in Regime}
    parts = ", ".join(f"{count:,} {REGIME_WORDS[regime][0]}" for regime, count in counts.items() if count)
    return Panel(title, f"{found.regimes.size:,} real runs over learning rate and momentum: {parts}.", figure)


def _draw_regimes(found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None) -> Trace:
    return {
        "type": "heatmap",
        "x": found.rates,
        "y": found.momenta,
        "z": found.regimes.astype(np.int32),
        "zmin": -0.5,
        "zmax": 3.5,
        "colorscale": [[edge, REGIME_WORDS[regime][1]] for regime in Regime for edge in (regime / 4, (regime + 1) / 4)],
        "showscale": False,
        "text": _cell_words(found, edges),
        "hovertemplate": "rate %{x:.3g}, β %{y:.2f}: %{text}<extra></extra>",
    }


def _draw_borders(found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None) -> list[Trace]:
    """Where theory puts the two borders, as far as they are on the map."""
    traces = []
    for edge, dash, words in zip(edges or (), ("dash", "solid"), ("monotone", "stable"), strict=False):
        inside = (edge >= found.rates[0]) & (edge <= found.rates[-1])
        label = f"theory: {words} up to here"
        traces.append(line(label, edge[inside], found.momenta[inside], "#ffffff", dash=dash, hover=label, box=""))
    return traces


def _cell_words(found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None) -> list[list[str]]:
    """What each cell says: its regime, and up to which rate its momentum is stable where theory knows it."""
    limits = [f"; this β is stable up to {limit_number(float(limit))}" for limit in edges[1]] if edges else None
    return [
        [REGIME_WORDS[Regime(regime)][0] + (limits[row] if limits else "") for regime in regimes]
        for row, regimes in enumerate(found.regimes)
    ]


def regime_legend(found: RegimeMap) -> list[Entry]:
    """The colours of the regimes that occur, with what they mean."""
    seen = [regime for regime in Regime if (found.regimes == regime).any()]
    return [
        Entry(f"{REGIME_WORDS[regime][0]}: {REGIME_WORDS[regime][2]}", REGIME_WORDS[regime][1], "square", 0)
        for regime in seen
    ]
