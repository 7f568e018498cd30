"""Figures of landscapes: surfaces with the ways that trainings took across them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.figures import GREY, Entry, Figure, Panel, Replay, Reveal, Trace, plain_figure
from playground.landscape.optima import Optimum
from playground.landscape.stability import excess_panel
from playground.landscape.surfaces import Plane, Surface, Window
from playground.losses import LOSSES
from playground.numerals import number, plain
from playground.tables.optimizers import OPTIMIZERS
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
        "ncontours": 15,
        "line": {"color": GREY, "width": 0.5, "smoothing": 0},
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
