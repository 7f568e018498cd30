"""The landscape of a loss in three dimensions, with the way of its training on the ground."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from playground.diagnosis import Diagnosis
from playground.figures import Figure, Panel, Reveal, Trace
from playground.landscape.surfaces import Surface, Window
from playground.landscape.ways import BEST, TRUTH, Place, heights, spots, tips, way_line, way_of, way_words
from playground.words import name

HEIGHT = 420
LIFT = 0.04  # of the surface's height: how far above it the way runs, so that it is not half hidden
SHADES = [[0.0, "#e8e8e8"], [1.0, "#6a6a6a"]]
SYMBOLS = {BEST: "diamond-open", TRUTH: "cross"}  # Plotly's 3-D has no star


def hill_panel(diagnosis: Diagnosis, surface: Surface, best: Place, truth: Place | None, window: Window) -> Panel:
    """A surface as hills; the way lies on the surface, at the nearest place of its grid."""
    way = way_of(diagnosis).inside(window)
    ground = heights(surface)
    lift = LIFT * float(ground.max() - ground.min())

    def raised(places: np.ndarray) -> np.ndarray:
        across = np.abs(surface.across - places[:, :1]).argmin(1)
        up = np.abs(surface.up - places[:, 1:]).argmin(1)
        return np.asarray(ground[up, across] + lift, np.float32)

    flat = [way_line(way), spots(tuple(way.path[0]), best, truth, way.colour), tips([way])]
    hill = {
        "type": "surface",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "colorscale": SHADES,
        "showscale": False,
        "hovertemplate": "w %{x:.3g}, b %{y:.3g}<extra></extra>",
    }
    return Panel(
        title=name(diagnosis.run.experiment),
        description=f"The {name(diagnosis.run.experiment)} loss as hills. {way_words(diagnosis, best, window)}",
        figure={"data": [hill, *(_solid(trace, raised) for trace in flat)], "layout": _layout(ground, lift, window)},
        reveals=[Reveal(1, way.epochs)],
        tips=len(flat),
    )


def _layout(ground: np.ndarray, lift: float, window: Window) -> Figure:
    axis = {"showbackground": False, "zeroline": False}
    top = float(ground.max()) + 2 * lift
    scene = {
        "xaxis": {**axis, "title": {"text": "w"}, "range": [window.left, window.right]},
        "yaxis": {**axis, "title": {"text": "b"}, "range": [window.bottom, window.top]},
        "zaxis": {**axis, "title": {"text": "log loss"}, "range": [float(ground.min()), top]},
        "aspectmode": "cube",
        "camera": {"eye": {"x": -1.5, "y": -1.6, "z": 1.1}},
    }
    return {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": HEIGHT, "showlegend": False}


def _solid(trace: Trace, raised: Callable[[np.ndarray], np.ndarray]) -> Trace:
    """A flat trace laid on the ground."""
    places = np.stack([np.asarray(trace["x"], float), np.asarray(trace["y"], float)], 1)
    solid = {**trace, "type": "scatter3d", "z": raised(places), "hoverinfo": "skip"}
    if "lines" in trace["mode"]:
        return {**solid, "line": {**trace["line"], "dash": "solid"}}
    symbols = trace["marker"].get("symbol", [])
    return {**solid, "marker": {**trace["marker"], "size": 5, "symbol": [SYMBOLS.get(s, "circle") for s in symbols]}}
