"""Figures of why a training settles or not: curves over the epochs, over the learning rate, and the map of regimes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, RevealedTrace, Trace, log_axis, plain_figure
from playground.losses import LOSSES, Loss
from playground.pages.landscape.regimes import Regime, RegimeMap
from playground.text.numbers import limit_number, number, plain
from playground.theory.optima import Optimum

MOST_FRAMES = 600  # of a curve; more cannot be told apart

REGIME_WORDS = {
    Regime.MONOTONE: ("monotone", "#0072B2", "walks down one side of the valley"),
    Regime.OSCILLATING: ("oscillating", "#56B4E9", "jumps from side to side and settles"),
    Regime.RESTLESS: ("never settles", "#E69F00", "keeps jumping over the optimum, in jumps that no longer shrink"),
    Regime.DIVERGING: ("diverging", "#D55E00", "moves further and further away"),
}


def excess_panel(
    diagnoses: Sequence[Diagnosis], best: Optimum, labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """How far each loss is above the least possible, epoch by epoch."""
    floor = 1e-7 * max((float(each.shown[0]) for each in diagnoses if len(each.shown)), default=1e-9) or 1e-16
    curves = [np.maximum(diagnosis.shown.astype(float) - best.loss, floor) for diagnosis in diagnoses]
    return curves_panel("Loss above its least", "loss − least loss", curves, labels, strokes)


def curves_panel(
    title: str, unit: str, curves: Sequence[np.ndarray], labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """Curves over the epochs on a logarithmic scale, revealed as the training is replayed."""
    traces: list[Trace] = []
    reveals = []
    for curve, label, (colour, dash) in zip(curves, labels, strokes, strict=True):
        places = np.unique(np.geomspace(1, max(len(curve), 1), MOST_FRAMES).astype(int))[: len(curve)] - 1
        values = np.asarray(curve, float)[places]
        reveals.append(RevealedTrace(len(traces)))
        traces.append(
            {
                "name": label,
                "x": (places + 1).astype(np.int32),
                "y": values.astype(np.float32),
                "mode": "lines",
                "line": {"color": colour, "dash": dash, "width": 2},
                "hovertemplate": "%{y:.4g}<extra>" + label + "</extra>",
            }
        )
    epochs = max(1, *(len(curve) for curve in curves))
    said = "; ".join(_curve_words(label, curve) for label, curve in zip(labels, curves, strict=True))
    every = np.concatenate([np.ones(0), *(curve[curve > 0] for curve in curves)])
    if not len(every):
        every = np.ones(1)
    low, high = (float(np.log10(value)) for value in (every.min(initial=1e30), every.max(initial=1e-30)))
    y_axis = log_axis(low - 0.2, high + 0.2)
    figure = plain_figure(traces, "epoch", unit, {"range": [1 - 0.02 * epochs, 1.02 * epochs + 1]}, y_axis)
    return Panel(title, f"{title}: {said}.", figure, revealed_traces=reveals)


def _curve_words(label: str, curve: np.ndarray) -> str:
    if not len(curve):
        return f"{label} diverged in its first epoch"
    return f"{label} from {number(float(curve[0]))} to {number(float(curve[-1]))}"


def distance_panel(
    diagnoses: Sequence[Diagnosis], distances: Sequence[np.ndarray], bounces: Sequence[float | None]
) -> Panel:
    """How far each training is from its own optimum, and how long a step is there whose gradient never fades."""
    shown = [distance[1 : len(diagnosis.shown) + 1] for diagnosis, distance in zip(diagnoses, distances, strict=True)]
    labels = [name(diagnosis.run.experiment) for diagnosis in diagnoses]
    losses = [LOSSES[diagnosis.run.experiment.loss] for diagnosis in diagnoses]
    panel = curves_panel(
        "Distance to the loss's own optimum",
        "distance in (w, b)",
        [np.maximum(each, 1e-7) for each in shown],
        labels,
        [(loss.colour, loss.dash) for loss in losses],
    )
    epochs = max(diagnosis.run.epochs for diagnosis in diagnoses)
    for loss, height in zip(losses, bounces, strict=True):
        if height is not None:
            panel.figure["data"].append(
                {
                    "type": "scatter",
                    "name": f"{loss.label}: one step",
                    "x": [1, epochs],
                    "y": [height, height],
                    "mode": "lines",
                    "line": {"color": loss.colour, "width": 1, "dash": "dot"},
                    "hovertemplate": f"one step of {loss.label}: {number(height)}<extra></extra>",
                }
            )
    return panel


def rate_panel(
    rates: np.ndarray,
    last: np.ndarray,
    keys: Sequence[str],
    optima: Sequence[Optimum],
    limits: Sequence[float | None],
    today: float,
) -> Panel:
    """Where each learning rate ends: real runs, with the largest stable rate of each loss and today's."""
    traces: list[Trace] = []
    excess = [
        np.where(np.isfinite(row), np.maximum(row - best.loss, 1e-7), np.nan)
        for row, best in zip(last, optima, strict=True)
    ]
    top = 10 * max(float(np.nanmax(row[:1])) for row in excess)
    low = min(float(np.nanmin(row)) for row in excess)
    traces += [_rate_curve(rates, row, LOSSES[key], top) for key, row in zip(keys, excess, strict=True)]
    for key, limit in zip(keys, limits, strict=True):
        if limit is not None:
            traces.append(
                _upright(
                    limit,
                    low,
                    top,
                    LOSSES[key].colour,
                    "dot",
                    f"{LOSSES[key].label}: largest stable rate {limit_number(limit, today)}",
                )
            )
    traces.append(_upright(today, low, top, GREY, "solid", f"today's rate {plain(today)}"))
    said = "; ".join(
        f"{LOSSES[key].label} is stable up to {limit_number(limit, today)}"
        if limit
        else f"{LOSSES[key].label} has no such limit"
        for key, limit in zip(keys, limits, strict=True)
    )
    x_axis = {
        "type": "log",
        "exponentformat": "power",
        "range": [float(np.log10(rates[0])), float(np.log10(rates[-1]))],
    }
    y_axis = log_axis(float(np.log10(low)) - 0.3, float(np.log10(top)))
    figure = plain_figure(traces, "learning rate", "last loss − least loss", x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    runs = f"The last loss of {len(rates)} real runs a loss, over the learning rate"
    description = f"{runs}. {said}. Today's rate is {plain(today)}."
    return Panel("Where each learning rate ends", description, figure)


def _rate_curve(rates: np.ndarray, row: np.ndarray, loss: Loss, top: float) -> Trace:
    """What each rate leaves of a loss, up to the first at which it is lost: there the curve leaves, with a mark."""
    lost = ~(row < top)
    last = int(lost.argmax()) + 1 if lost.any() else len(row)
    symbols = np.where(lost, "triangle-up", "circle")
    said = ["diverged" if gone else number(float(value)) for gone, value in zip(lost[:last], row[:last], strict=True)]
    return {
        "name": loss.label,
        "x": rates[:last],
        "y": np.where(lost, 0.7 * top, row)[:last],
        "mode": "lines+markers",
        "marker": {
            "size": np.where(lost, 12, 4)[:last],
            "symbol": symbols[:last].tolist(),
        },
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2},
        "text": said,
        "hovertemplate": "rate %{x:.3g}: %{text}<extra>" + loss.label + "</extra>",
    }


def limit_entries(optimizer: str, limits: Sequence[float | None]) -> list[Entry]:
    """What the upright lines and the marks of the rates are, in a legend."""
    today, lost = Entry("today's rate", GREY, width=1.5), Entry("diverged", GREY, "triangle-up", 0)
    if not any(limits):
        return [today, lost]
    formula = {"sgd": ", 2/λmax", "momentum": ", 2(1 + β)/λmax"}.get(optimizer, "")
    return [today, Entry(f"largest stable rate{formula}", GREY, "dot", 1.5), lost]


def _upright(place: float, low: float, high: float, colour: str, dash: str, said: str) -> Trace:
    return {
        "name": said,
        "x": [place, place],
        "y": [low / 2, high],
        "mode": "lines",
        "line": {"color": colour, "width": 1.5, "dash": dash},
        "hovertemplate": f"{said}<extra></extra>",
    }


def regime_panel(
    found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None, today: tuple[float, float] | None, title: str
) -> Panel:
    """The map of regimes, each cell a run; the lines are where theory puts the borders, the cross is ``today``."""
    shades = [[edge, REGIME_WORDS[regime][1]] for regime in Regime for edge in (regime / 4, (regime + 1) / 4)]
    logs = np.log10(found.rates)
    traces: list[Trace] = [
        {
            "type": "heatmap",
            "x": found.rates,
            "y": found.momenta,
            "z": found.regimes.astype(np.int32),
            "zmin": -0.5,
            "zmax": 3.5,
            "colorscale": shades,
            "showscale": False,
            "text": _cell_words(found, edges),
            "hovertemplate": "rate %{x:.3g}, β %{y:.2f}: %{text}<extra></extra>",
        }
    ]
    for edge, dash, said in zip(
        edges or (), ("dash", "solid"), ("monotone up to here", "stable up to here"), strict=False
    ):
        inside = (edge >= found.rates[0]) & (edge <= found.rates[-1])
        traces.append(
            {
                "name": f"theory: {said}",
                "x": edge[inside],
                "y": found.momenta[inside],
                "mode": "lines",
                "line": {"color": "#ffffff", "width": 2.5, "dash": dash},
                "hovertemplate": f"theory: {said}<extra></extra>",
            }
        )
    traces += [_cross(*today)] if today else []
    step = (logs[1] - logs[0]) / 2
    counts = {regime: int((found.regimes == regime).sum()) for regime in Regime}
    said = ", ".join(f"{count:,} {REGIME_WORDS[regime][0]}" for regime, count in counts.items() if count)
    x_axis = {"type": "log", "exponentformat": "power", "range": [float(logs[0] - step), float(logs[-1] + step)]}
    half = (found.momenta[1] - found.momenta[0]) / 2
    y_axis = {"range": [float(-half), float(found.momenta[-1] + half)]}
    figure = plain_figure(traces, "learning rate", "momentum β", x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    return Panel(title, f"{found.regimes.size:,} real runs over learning rate and momentum: {said}.", figure)


def _cell_words(found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None) -> list[list[str]]:
    """What is said of each cell: its regime, and up to which rate its momentum is stable where theory knows it."""
    limits = [f"; this β is stable up to {limit_number(float(limit))}" for limit in edges[1]] if edges else None
    return [
        [REGIME_WORDS[Regime(regime)][0] + (limits[row] if limits else "") for regime in regimes]
        for row, regimes in enumerate(found.regimes)
    ]


def _cross(rate: float, momentum: float) -> Trace:
    return {
        "x": [rate],
        "y": [momentum],
        "mode": "markers",
        "marker": {"symbol": "x", "size": 12, "color": "#ffffff", "line": {"color": "#000000", "width": 1.5}},
        "hovertemplate": f"today: rate {plain(rate)}, β {plain(momentum)}<extra></extra>",
    }


def regime_legend(found: RegimeMap) -> list[Entry]:
    seen = [regime for regime in Regime if (found.regimes == regime).any()]
    return [
        Entry(f"{REGIME_WORDS[regime][0]}: {REGIME_WORDS[regime][2]}", REGIME_WORDS[regime][1], "square", 0)
        for regime in seen
    ]
