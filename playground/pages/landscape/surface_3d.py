"""The landscape of a loss in three dimensions, with the way of its training on the ground."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import Figure, Panel, RevealedTrace, Trace
from playground.pages.landscape.path_figures import (
    BEST,
    TRUTH,
    Place,
    Trajectory,
    draw_trajectory,
    end_dots,
    heights,
    make_trajectory,
    spots,
    trajectory_words,
)
from playground.pages.landscape.study import Surface, Window

HEIGHT = 420
LIFT, HOVER = 0.04, 0.06  # of the surface's height: how far above it the way runs, and marks stand, to be seen
FINE = 50  # parts of the window: a way goes no further than one of them without touching the ground
SHADES = [[0.0, "#e8e8e8"], [1.0, "#6a6a6a"]]
SYMBOLS = {BEST: "diamond-open", TRUTH: "cross"}  # Plotly's 3-D has no star


def surface_3d_panel(diagnosis: Diagnosis, surface: Surface, best: Place, truth: Place | None, window: Window) -> Panel:
    """A surface as hills; the way lies on the surface, at the nearest place of its grid."""
    way = _followed(make_trajectory(diagnosis).shown_in(window, reach=0), window)
    ground = heights(surface)
    tall = float(ground.max() - ground.min())

    def raised(places: np.ndarray, share: float) -> np.ndarray:
        across = np.abs(surface.across - places[:, :1]).argmin(1)
        up = np.abs(surface.up - places[:, 1:]).argmin(1)
        return np.asarray(ground[up, across] + share * tall, np.float32)

    flat = [draw_trajectory(way), spots(tuple(way.path[0]), best, truth, way.colour), end_dots([way])]
    hill = {
        "type": "surface",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "colorscale": SHADES,
        "opacity": 0.7,
        "showscale": False,
        "hovertemplate": "w %{x:.3g}, b %{y:.3g}<extra></extra>",
    }
    return Panel(
        title=name(diagnosis.run.experiment),
        description=f"The {name(diagnosis.run.experiment)} loss as hills. {trajectory_words(diagnosis, best, window)}",
        figure={"data": [hill, *(_solid(trace, raised) for trace in flat)], "layout": _layout(ground, window)},
        revealed_traces=[RevealedTrace(1, way.epochs)],
        end_markers=len(flat),
    )


def _followed(way: Trajectory, window: Window) -> Trajectory:
    """The way with places between those that are far apart, so that it follows the ground and does not cut through."""
    size = np.array([window.right - window.left, window.top - window.bottom])
    far = np.abs(np.diff(way.path, axis=0) / size).max(1)
    parts = np.ceil(far * FINE).clip(1).astype(int)
    # The k-th place is that far on the way from one kept place to the next, and is reached with the next.
    to = np.repeat(np.arange(1, len(way.path)), parts)
    share = np.concatenate([np.arange(1, count + 1) / count for count in parts])[:, None] if len(parts) else 0.0
    between = way.path[to - 1] + share * (way.path[to] - way.path[to - 1])
    path = np.concatenate([way.path[:1], between])
    return Trajectory(path, np.concatenate([way.epochs[:1], way.epochs[to]]), way.label, way.colour, way.dash)


def _layout(ground: np.ndarray, window: Window) -> Figure:
    axis = {"showbackground": False, "zeroline": False, "nticks": 5}
    low, high = float(ground.min()), float(ground.max())
    scene = {
        "xaxis": {**axis, "title": {"text": "w"}, "range": [window.left, window.right]},
        "yaxis": {**axis, "title": {"text": "b"}, "range": [window.bottom, window.top]},
        "zaxis": {**axis, "title": {"text": ""}, "showticklabels": False, "range": [low, high + HOVER * (high - low)]},
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.75},
        "camera": {"eye": {"x": -0.55, "y": -1.35, "z": 1.6}, "center": {"x": 0, "y": 0, "z": -0.15}},
    }
    return {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": HEIGHT, "showlegend": False}


def _solid(trace: Trace, raised: Callable[[np.ndarray, float], np.ndarray]) -> Trace:
    """A flat trace laid on the ground."""
    places = np.stack([np.asarray(trace["x"], float), np.asarray(trace["y"], float)], 1)
    is_line = "lines" in trace["mode"]
    solid = {**trace, "type": "scatter3d", "z": raised(places, LIFT if is_line else HOVER), "hoverinfo": "skip"}
    if is_line:
        return {**solid, "line": {**trace["line"], "dash": "solid"}}
    symbols = trace["marker"].get("symbol", [])
    return {**solid, "marker": {**trace["marker"], "size": 4, "symbol": [SYMBOLS.get(s, "circle") for s in symbols]}}
