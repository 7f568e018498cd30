"""Figures of landscapes: surfaces with the paths of trainings, regimes, distances, and one step in slow motion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.figures import GREY, Entry, Figure, Panel, Replay, Reveal, Trace, plain_figure
from playground.landscape import Plane, Surface, Window
from playground.losses import LOSSES
from playground.numerals import number, plain
from playground.optima import Optimum
from playground.optimizers import OPTIMIZERS
from playground.regimes import Regime, RegimeMap
from playground.slow_motion import Step
from playground.words import name

FAR = 1.0  # windows beyond the window up to which a path is drawn
MOST_FRAMES = 600  # of a path; more cannot be told apart
HEIGHT_3D = 420
START, BEST, TRUTH = "circle", "diamond-open", "star"

# Light where the loss is low, darker the higher it is, on white and on near-black alike.
SHADES = [[0.0, "rgba(128,128,128,0.03)"], [1.0, "rgba(128,128,128,0.4)"]]
SOLID_SHADES = [[0.0, "#e8e8e8"], [1.0, "#6a6a6a"]]

# One colour and one dash an optimizer, in the order of the table.
_COLOURS = [
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#C0619A",
    "#A07A00",
    "#8877FF",
    "#998877",
    "#FF0033",
    "#8800FF",
    "#00AA00",
    "#E73F74",
]
_DASHES = [
    "solid",
    "dash",
    "dot",
    "dashdot",
    "longdash",
    "12px,3px,2px,3px",
    "1px,4px",
    "8px,2px",
    "14px,4px,4px,4px",
    "5px,5px",
    "2px,2px,8px,2px",
]
OPTIMIZER_STROKES = dict(zip(OPTIMIZERS, zip(_COLOURS, _DASHES, strict=True), strict=True))

REGIME_WORDS = {
    Regime.MONOTONE: ("monotone", "#0072B2", "walks down one side of the valley"),
    Regime.OSCILLATING: ("oscillating", "#56B4E9", "jumps from side to side and settles"),
    Regime.RESTLESS: ("never settles", "#E69F00", "keeps jumping over the optimum"),
    Regime.DIVERGING: ("diverging", "#D55E00", "ends further away than it began"),
}


def surfaces_replay(
    diagnoses: Sequence[Diagnosis],
    surfaces: Sequence[Surface],
    optima: Sequence[Optimum],
    truth: tuple[float, float] | None,
    window: Window,
    *,
    deep: bool,
) -> Replay:
    """A panel a loss: its surface, the way its training took, its start, its optimum and the truth."""
    make = _deep_panel if deep else _flat_panel
    panels = [
        make(diagnosis, surface, (best.slope, best.intercept), truth, window)
        for diagnosis, surface, best in zip(diagnoses, surfaces, optima, strict=True)
    ]
    return Replay(
        panels=panels,
        legend=[*_marks(truth), *(loss_entry(diagnosis) for diagnosis in diagnoses)],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        labels=[name(diagnosis.run.experiment) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def _marks(truth: tuple[float, float] | None) -> list[Entry]:
    told = [Entry("truth", GREY, "star", 0)] if truth else []
    return [Entry("start", GREY, "circle", 0), Entry("the loss's own optimum", GREY, "diamond", 0), *told]


def loss_entry(diagnosis: Diagnosis) -> Entry:
    """A loss's line in a legend."""
    loss = LOSSES[diagnosis.run.experiment.loss]
    return Entry(name(diagnosis.run.experiment), loss.colour, loss.dash)


def _kept(diagnosis: Diagnosis) -> tuple[np.ndarray, np.ndarray]:
    """The places of a path that can be drawn, and their epochs: the finite ones, as many as a screen can show."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    finite = np.isfinite(run.path).all(1)
    end = len(finite) if finite.all() else int(np.argmin(finite))
    # The first epochs move most: they are all kept, the later ones thinned.
    places = np.unique(np.geomspace(1, max(end, 1), MOST_FRAMES).astype(int)) - 1
    return run.path[places].astype(float), run.path_epochs[places].astype(np.int32)


def _flat_panel(
    diagnosis: Diagnosis,
    surface: Surface,
    best: tuple[float, float],
    truth: tuple[float, float] | None,
    window: Window,
) -> Panel:
    loss = LOSSES[diagnosis.run.experiment.loss]
    path, epochs = _within(*_kept(diagnosis), window)
    traces = [
        contour(surface),
        way(path, loss.colour, loss.dash, loss.label),
        *_spots(path[0], best, truth, loss.colour),
        *_leaves(diagnosis, window, loss.colour),
        _tip(path[-1], loss.colour),
    ]
    axes = ("slope w", "intercept b")
    return Panel(
        title=name(diagnosis.run.experiment),
        description=f"The {loss.label} loss over slope and intercept. {way_words(diagnosis, best, window)}",
        figure=_map_figure(traces, *axes, window),
        reveals=[Reveal(1, epochs)],
        tips=len(traces) - 1,
    )


def _within(path: np.ndarray, epochs: np.ndarray, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """A path up to where it goes far beyond the window: what comes later would only hatch the chart."""
    across, up = FAR * (window.right - window.left), FAR * (window.top - window.bottom)
    wide = Window(window.left - across, window.right + across, window.bottom - up, window.top + up)
    inside = wide.holds(path)
    end = len(path) if inside.all() else max(1, int(np.argmin(inside)))
    return path[:end], epochs[:end]


def _leaves(diagnosis: Diagnosis, window: Window, colour: str) -> list[Trace]:
    """A mark where a path leaves the window for good, with its epoch."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    inside = window.holds(run.path)
    if inside[-1] or not inside.any():
        return []
    last = len(inside) - 1 - int(np.argmax(inside[::-1]))
    said = f"leaves at epoch {int(run.path_epochs[last]) + 1:,}"
    return [
        {
            "x": [float(run.path[last, 0])],
            "y": [float(run.path[last, 1])],
            "mode": "markers+text",
            "text": [said],
            "textposition": "top center",
            "cliponaxis": False,
            "marker": {"color": colour, "size": 14, "symbol": "triangle-up"},
            "hovertemplate": said + "<extra></extra>",
        }
    ]


def way_words(diagnosis: Diagnosis, best: tuple[float, float], window: Window) -> str:
    """Where a training went, in a sentence."""
    run = diagnosis.run
    assert run.path is not None
    start = f"Training starts at w = {number(float(run.path[0, 0]))}, b = {number(float(run.path[0, 1]))}"
    optimum = f"its own optimum is at w = {number(best[0])}, b = {number(best[1])}"
    left = np.flatnonzero(~window.holds(run.path))
    if len(left) and not window.holds(run.path[-1:])[0]:
        return f"{start} and leaves the window at epoch {int(left[0]):,}; {optimum}."
    end = f"and ends at w = {number(float(run.path[-1, 0]))}, b = {number(float(run.path[-1, 1]))}"
    return f"{start} {end}; {optimum}."


def heights(surface: Surface) -> np.ndarray:
    """What a surface is drawn by: the logarithm of how much worse each place is than the best of the window."""
    loss = np.where(np.isfinite(surface.loss), surface.loss, np.nan)
    low, high = np.nanmin(loss), np.nanmax(loss)
    floor = 3e-3 * (high - low) or 1e-12
    return np.log10(np.nan_to_num(loss - low, nan=high - low) + floor)


def contour(surface: Surface) -> Trace:
    return {
        "type": "contour",
        "x": surface.across,
        "y": surface.up,
        "z": heights(surface),
        "colorscale": SHADES,
        "showscale": False,
        "ncontours": 18,
        "line": {"color": GREY, "width": 0.5},
        "hovertemplate": "w %{x:.3g}, b %{y:.3g}<extra></extra>",
    }


def way(path: np.ndarray, colour: str, dash: str, label: str) -> Trace:
    """The way of a training through the plane."""
    return {
        "name": label,
        "x": path[:, 0].astype(np.float32),
        "y": path[:, 1].astype(np.float32),
        "mode": "lines",
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "hoverinfo": "skip",
    }


def _spots(
    start: np.ndarray, best: tuple[float, float] | None, truth: tuple[float, float] | None, colour: str
) -> list[Trace]:
    places = [(start, START, GREY, 10), (truth, TRUTH, GREY, 13), (best, BEST, colour, 18)]
    return [
        {
            "x": [float(place[0])],
            "y": [float(place[1])],
            "mode": "markers",
            "marker": {
                "symbol": symbol,
                "color": ink,
                "size": size,
                "line": {"width": 2, "color": ink if symbol == BEST else "#fff"},
            },
            "hoverinfo": "skip",
        }
        for place, symbol, ink, size in places
        if place is not None
    ]


def _tip(place: np.ndarray, *colours: str) -> Trace:
    return {
        "x": np.atleast_2d(place)[:, 0].astype(np.float32),
        "y": np.atleast_2d(place)[:, 1].astype(np.float32),
        "mode": "markers",
        "marker": {"color": list(colours), "size": 10, "line": {"color": "#fff", "width": 1.5}},
        "hoverinfo": "skip",
    }


def _map_figure(traces: list[Trace], x_title: str, y_title: str, window: Window) -> Figure:
    x_axis, y_axis = {"range": [window.left, window.right]}, {"range": [window.bottom, window.top]}
    figure = plain_figure(traces, x_title, y_title, x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    return figure


def _deep_panel(
    diagnosis: Diagnosis,
    surface: Surface,
    best: tuple[float, float],
    truth: tuple[float, float] | None,
    window: Window,
) -> Panel:
    """The same in three dimensions; the path lies on the surface, at the nearest place of its grid."""
    loss = LOSSES[diagnosis.run.experiment.loss]
    path, epochs = _kept(diagnosis)
    inside = window.holds(path)
    end = len(inside) if inside.all() else max(1, int(np.argmin(inside)))
    path, epochs = path[:end], epochs[:end]
    ground = heights(surface)
    lift = 0.04 * float(ground.max() - ground.min())

    def raised(places: np.ndarray) -> np.ndarray:
        across = np.abs(surface.across - places[:, :1]).argmin(1)
        up = np.abs(surface.up - places[:, 1:]).argmin(1)
        return np.asarray(ground[up, across] + lift, np.float32)

    hill = {
        "type": "surface",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "colorscale": SOLID_SHADES,
        "showscale": False,
        "hovertemplate": "w %{x:.3g}, b %{y:.3g}<extra></extra>",
    }
    flat = [
        way(path, loss.colour, "solid", loss.label),
        *_spots(path[0], best, truth, loss.colour),
        _tip(path[-1], loss.colour),
    ]
    traces = [hill, *(_solid(trace, raised) for trace in flat)]
    axis = {"showbackground": False, "zeroline": False}
    scene = {
        "xaxis": {**axis, "title": {"text": "w"}, "range": [window.left, window.right]},
        "yaxis": {**axis, "title": {"text": "b"}, "range": [window.bottom, window.top]},
        "zaxis": {
            **axis,
            "title": {"text": "log loss"},
            "range": [float(ground.min()), float(ground.max()) + 2 * lift],
        },
        "aspectmode": "cube",
        "camera": {"eye": {"x": -1.5, "y": -1.6, "z": 1.1}},
    }
    layout = {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": HEIGHT_3D, "showlegend": False}
    return Panel(
        title=name(diagnosis.run.experiment),
        description=f"The {name(diagnosis.run.experiment)} loss as hills. {way_words(diagnosis, best, window)}",
        figure={"data": traces, "layout": layout},
        reveals=[Reveal(1, epochs)],
        tips=len(traces) - 1,
    )


def _solid(trace: Trace, raised) -> Trace:  # type: ignore[no-untyped-def]
    places = np.stack([np.asarray(trace["x"], float), np.asarray(trace["y"], float)], 1)
    marker = {key: value for key, value in trace.get("marker", {}).items() if key != "symbol"} | {"size": 5}
    symbol = {"diamond-open": "diamond-open", "star": "cross"}.get(trace.get("marker", {}).get("symbol"), "circle")
    drawn = {"marker": {**marker, "symbol": symbol}} if "markers" in trace["mode"] else {}
    return {**trace, **drawn, "type": "scatter3d", "z": raised(places), "hoverinfo": "skip"}


def race_replay(
    diagnoses: Sequence[Diagnosis], surface: Surface, best: Optimum, truth: tuple[float, float] | None, window: Window
) -> Replay:
    """The ways of several optimizers over one loss, and their losses."""
    traces, reveals, tips = [contour(surface)], [], []
    for diagnosis in diagnoses:
        path, epochs = _within(*_kept(diagnosis), window)
        rule = OPTIMIZERS[diagnosis.run.experiment.optimizer]
        reveals.append(Reveal(len(traces), epochs))
        traces.append(way(path, *OPTIMIZER_STROKES[rule.key], rule.label))
        tips.append(path[-1])
    start = path[0]
    traces += _spots(start, (best.slope, best.intercept), truth, GREY)
    colours = [OPTIMIZER_STROKES[diagnosis.run.experiment.optimizer][0] for diagnosis in diagnoses]
    traces.append(_tip(np.array(tips), *colours))
    labels = [OPTIMIZERS[diagnosis.run.experiment.optimizer].label for diagnosis in diagnoses]
    said = "; ".join(
        f"{label}: {way_words(diagnosis, (best.slope, best.intercept), window)}"
        for label, diagnosis in zip(labels, diagnoses, strict=True)
    )
    race = Panel(
        title=f"{name(diagnoses[0].run.experiment)}: one start, one loss, {len(diagnoses)} optimizers",
        description=said,
        figure=_map_figure(traces, "slope w", "intercept b", window),
        reveals=reveals,
        tips=len(traces) - 1,
    )
    entries = [
        Entry(
            f"{label} at {plain(diagnosis.run.experiment.learning_rate)}",
            *OPTIMIZER_STROKES[diagnosis.run.experiment.optimizer],
        )
        for label, diagnosis in zip(labels, diagnoses, strict=True)
    ]
    return Replay(
        panels=[
            race,
            excess_panel(
                diagnoses, best, labels, [OPTIMIZER_STROKES[each.run.experiment.optimizer] for each in diagnoses]
            ),
        ],
        legend=[*_marks(truth), *entries],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        labels=labels,
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def excess_panel(
    diagnoses: Sequence[Diagnosis], best: Optimum, labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """How far each loss is above the least possible, epoch by epoch."""
    floor = 1e-7 * max(float(diagnoses[0].run.loss[0]), 1e-9)
    curves = [np.maximum(diagnosis.shown.astype(float) - best.loss, floor) for diagnosis in diagnoses]
    return curves_panel("Loss above the optimum's", "loss − least loss", curves, labels, strokes)


def curves_panel(
    title: str, unit: str, curves: Sequence[np.ndarray], labels: Sequence[str], strokes: Sequence[tuple[str, str]]
) -> Panel:
    """Curves over the epochs on a logarithmic scale, revealed as the training is replayed."""
    traces: list[Trace] = []
    reveals = []
    for curve, label, (colour, dash) in zip(curves, labels, strokes, strict=True):
        places = np.unique(np.geomspace(1, max(len(curve), 1), MOST_FRAMES).astype(int)) - 1
        values = np.asarray(curve, float)[places]
        reveals.append(Reveal(len(traces)))
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
    epochs = max(len(curve) for curve in curves)
    said = "; ".join(
        f"{label} from {number(float(curve[0]))} to {number(float(curve[-1]))}"
        for label, curve in zip(labels, curves, strict=True)
    )
    every = np.concatenate([curve[curve > 0] for curve in curves])
    low, high = (float(np.log10(value)) for value in (every.min(initial=1e30), every.max(initial=1e-30)))
    y_axis = {"type": "log", "exponentformat": "power", "range": [low - 0.2, high + 0.2]}
    figure = plain_figure(traces, "epoch", unit, {"range": [1 - 0.02 * epochs, 1.02 * epochs + 1]}, y_axis)
    return Panel(title, f"{title}: {said}.", figure, reveals=reveals)


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
    for key, row in zip(keys, excess, strict=True):
        loss, seen = LOSSES[key], np.isfinite(row) & (row < top)
        traces.append(
            {
                "name": loss.label,
                "x": rates[seen],
                "y": row[seen],
                "mode": "lines+markers",
                "marker": {"size": 4},
                "line": {"color": loss.colour, "dash": loss.dash, "width": 2},
                "hovertemplate": "rate %{x:.3g}: %{y:.3g}<extra>" + loss.label + "</extra>",
            }
        )
    for key, limit in zip(keys, limits, strict=True):
        if limit is not None:
            traces.append(
                _upright(
                    limit,
                    low,
                    top,
                    LOSSES[key].colour,
                    "dot",
                    f"{LOSSES[key].label}: largest stable rate {number(limit)}",
                )
            )
    traces.append(_upright(today, low, top, GREY, "solid", f"today's rate {plain(today)}"))
    said = "; ".join(
        f"{LOSSES[key].label} is stable up to {number(limit)}" if limit else f"{LOSSES[key].label} has no such limit"
        for key, limit in zip(keys, limits, strict=True)
    )
    x_axis = {
        "type": "log",
        "exponentformat": "power",
        "range": [float(np.log10(rates[0])), float(np.log10(rates[-1]))],
    }
    y_axis = {"type": "log", "exponentformat": "power", "range": [float(np.log10(low)) - 0.3, float(np.log10(top))]}
    figure = plain_figure(traces, "learning rate", "last loss − least loss", x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    runs = f"The last loss of {len(rates)} real runs a loss, over the learning rate"
    description = f"{runs}. {said}. Today's rate is {plain(today)}."
    return Panel("Where each learning rate ends", description, figure)


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
    found: RegimeMap, edges: tuple[np.ndarray, np.ndarray] | None, today: tuple[float, float], title: str
) -> Panel:
    """The map of regimes, each cell a run; the lines are where theory puts the borders, the cross is today."""
    shades = [[edge, REGIME_WORDS[regime][1]] for regime in Regime for edge in (regime / 4, (regime + 1) / 4)]
    text = np.array([REGIME_WORDS[regime][0] for regime in Regime])[found.regimes]
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
            "text": text.tolist(),
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
    traces.append(
        {
            "x": [today[0]],
            "y": [today[1]],
            "mode": "markers",
            "marker": {"symbol": "x", "size": 12, "color": "#ffffff", "line": {"color": "#000000", "width": 1.5}},
            "hovertemplate": f"today: rate {plain(today[0])}, β {plain(today[1])}<extra></extra>",
        }
    )
    step = (logs[1] - logs[0]) / 2
    counts = {regime: int((found.regimes == regime).sum()) for regime in Regime}
    said = ", ".join(f"{count:,} {REGIME_WORDS[regime][0]}" for regime, count in counts.items() if count)
    x_axis = {"type": "log", "exponentformat": "power", "range": [float(logs[0] - step), float(logs[-1] + step)]}
    half = (found.momenta[1] - found.momenta[0]) / 2
    y_axis = {"range": [float(-half), float(found.momenta[-1] + half)]}
    figure = plain_figure(traces, "learning rate", "momentum β", x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    return Panel(title, f"{found.regimes.size:,} real runs over learning rate and momentum: {said}.", figure)


def regime_legend(found: RegimeMap) -> list[Entry]:
    seen = [regime for regime in Regime if (found.regimes == regime).any()]
    return [
        Entry(f"{REGIME_WORDS[regime][0]}: {REGIME_WORDS[regime][2]}", REGIME_WORDS[regime][1], "square", 0)
        for regime in seen
    ]


def slice_panel(diagnosis: Diagnosis, surface: Surface, plane: Plane, window: Window) -> Panel:
    """A plane through the weights of a network, with the way of its training seen in it."""
    loss = LOSSES[diagnosis.run.experiment.loss]
    assert diagnosis.run.path_epochs is not None
    finite = np.isfinite(plane.path).all(1)
    keep = np.unique(np.geomspace(1, len(finite), MOST_FRAMES).astype(int)) - 1
    keep = keep[finite[keep]]
    path, epochs = plane.path[keep], diagnosis.run.path_epochs[keep].astype(np.int32)
    traces = [
        contour(surface),
        way(path, loss.colour, loss.dash, loss.label),
        *_spots(path[0], None, None, GREY),
        _tip(path[-1], loss.colour),
    ]
    first, second = (f"{share:.1%}".replace("%", " %") for share in plane.explained)
    figure = _map_figure(traces, f"direction 1 ({first})", f"direction 2 ({second})", window)
    traces[0]["hovertemplate"] = "%{x:.3g}, %{y:.3g}<extra></extra>"
    total = f"{sum(plane.explained):.1%}".replace("%", " %")
    description = (
        f"The {loss.label} loss over a plane of the weights ({plane.kind}), which holds {total} of the path's way."
    )
    return Panel(
        f"{name(diagnosis.run.experiment)} · {total} of the way",
        description,
        figure,
        reveals=[Reveal(1, epochs)],
        tips=len(traces) - 1,
    )


def slices_replay(diagnoses: Sequence[Diagnosis], panels: list[Panel]) -> Replay:
    return Replay(
        panels=panels,
        legend=[Entry("start", GREY, "circle", 0), *(loss_entry(diagnosis) for diagnosis in diagnoses)],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        labels=[name(diagnosis.run.experiment) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )


def pull_panel(step: Step) -> Panel:
    """The points, the line before and after the step, and an arrow at each point: how hard it pulls on the line."""
    loss = LOSSES[step.experiment.loss]
    span = float(np.ptp(step.y)) or 1.0
    strongest = float(np.abs(step.pulls).max()) or 1.0
    # The strongest arrow is a third of the chart, the others to its scale. It points to where its point wants the line.
    lengths = -step.pulls / strongest * span / 3
    tips = step.predicted + lengths
    x = np.repeat(step.x, 3).astype(float)
    y = np.stack([step.predicted, tips, np.full(len(tips), np.nan)], 1).ravel()
    ends = np.array([step.x.min(), step.x.max()])
    arrows = [
        {
            "name": "pull",
            "x": [float(v) for v in x],
            "y": [None if np.isnan(v) else float(v) for v in y],
            "mode": "lines",
            "line": {"color": loss.colour, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "name": "pull of a point",
            "x": step.x,
            "y": tips,
            "mode": "markers",
            "marker": {
                "color": loss.colour,
                "size": 8,
                "symbol": ["triangle-up" if length > 0 else "triangle-down" for length in lengths],
            },
            "customdata": step.pulls.astype(np.float32),
            "hovertemplate": "pull %{customdata:.4g}<extra></extra>",
        },
    ]
    lines = [
        {
            "name": label,
            "x": ends,
            "y": slope * ends + intercept,
            "mode": "lines",
            "line": {"color": loss.colour, "dash": dash, "width": width},
            "hoverinfo": "skip",
        }
        for label, (slope, intercept), dash, width in (
            ("before", step.before, "dot", 2),
            ("after", step.after, "solid", 2.5),
        )
    ]
    points: Trace = {
        "name": "points",
        "x": step.x,
        "y": step.y,
        "mode": "markers",
        "marker": {"color": GREY, "size": 7},
        "hovertemplate": "x %{x:.3g}<br>y %{y:.4g}<extra>point</extra>",
    }
    every = np.concatenate([step.y, tips, step.predicted])
    every = every[np.isfinite(every)]
    margin = 0.06 * float(np.ptp(every)) or 1.0
    x_range = [float(ends[0] - 0.05 * np.ptp(ends)), float(ends[1] + 0.05 * np.ptp(ends))]
    figure = plain_figure(
        [points, *lines, *arrows],
        "x, as the model sees it",
        "y",
        {"range": x_range},
        {"range": [float(every.min() - margin), float(every.max() + margin)]},
    )
    figure["layout"]["hovermode"] = "closest"
    place = int(np.abs(step.pulls).argmax())
    said = f"The point at x = {number(float(step.x[place]))} pulls hardest, with {number(float(step.pulls[place]))}."
    return Panel(
        f"Step {step.number:,}: how hard each point pulls under {name(step.experiment)}",
        f"Points, the line before and after the step, and the pull of each point. {said}",
        figure,
    )


def pull_legend(step: Step) -> list[Entry]:
    loss = LOSSES[step.experiment.loss]
    return [
        Entry("points", GREY, "circle", 0),
        Entry("line before", loss.colour, "dot", 2),
        Entry("line after", loss.colour, "solid", 2.5),
        Entry("pull on the line", loss.colour, "solid", 1.5),
    ]
