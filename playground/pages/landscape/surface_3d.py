"""The surface of a loss in three dimensions, with the path of its training on the ground."""

from __future__ import annotations

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import Figure, Panel, RevealedTrace, Trace
from playground.pages.landscape.path_figures import (
    BEST,
    LEVEL_BAR,
    TRUTH,
    Place,
    Trajectory,
    draw_end_dots,
    draw_trajectory,
    find_offset,
    heights,
    make_trajectory,
    mark_places,
    name_levels,
)
from playground.pages.landscape.study import Surface, Window
from playground.pages.landscape.words import trajectory_words

CHART_HEIGHT = 420  # pixels
LINE_LIFT, MARK_LIFT = 0.04, 0.06  # of the surface's height: how far above it lines and marks are drawn, to be seen
GROUND_STEPS = 50  # parts of the window: a path goes no further than one of them without touching the ground
TICKS = 6  # of the bar that says which loss a grey stands for
GREYS = [[0.0, "#e8e8e8"], [1.0, "#6a6a6a"]]
SYMBOLS_3D = {BEST: "diamond-open", TRUTH: "cross"}  # Plotly's 3-D has no star


def surface_3d_panel(diagnosis: Diagnosis, surface: Surface, best: Place, truth: Place | None, window: Window) -> Panel:
    """A surface as hills; the path lies on the surface, at the nearest place of its grid."""
    path = _follow_ground(make_trajectory(diagnosis).fit_into(window, reach=0), window)
    ground = heights(surface)
    places = mark_places(tuple(path.path[0]), best, truth, path.colour)
    flat = [draw_trajectory(path), places, draw_end_dots([path])]
    label = name(diagnosis.run.experiment)
    return Panel(
        title=label,
        description=f"The {label} loss as hills. {trajectory_words(diagnosis, best, window)}",
        figure={
            "data": [_draw_hills(surface, ground), *(_lay_on_ground(trace, surface, ground) for trace in flat)],
            "layout": _lay_out(ground, window),
        },
        revealed_traces=[RevealedTrace(1, path.epochs)],
        end_markers=len(flat),
    )


def _draw_hills(surface: Surface, ground: np.ndarray) -> Trace:
    ticks = np.linspace(float(ground.min()), float(ground.max()), TICKS)
    return {
        "type": "surface",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "colorscale": GREYS,
        "opacity": 0.7,
        "colorbar": {**LEVEL_BAR, "tickvals": ticks.tolist(), "ticktext": name_levels(surface, ticks), "len": 0.8},
        "meta": {"offset": find_offset(surface)},
        "hovertemplate": "slope w %{x:.3g}<br>intercept b %{y:.3g}<br>loss %{customdata:.4g}<extra></extra>",
    }


def _follow_ground(path: Trajectory, window: Window) -> Trajectory:
    """The path with places between those that are far apart, so that it follows the ground and does not cut through."""
    size = np.array([window.right - window.left, window.top - window.bottom])
    far = np.abs(np.diff(path.path, axis=0) / size).max(1)
    parts = np.ceil(far * GROUND_STEPS).clip(1).astype(int)
    # The k-th place is that far on the way from one kept place to the next, and is reached with the next.
    to = np.repeat(np.arange(1, len(path.path)), parts)
    share = np.concatenate([np.arange(1, count + 1) / count for count in parts])[:, None] if len(parts) else 0.0
    between = path.path[to - 1] + share * (path.path[to] - path.path[to - 1])
    places = np.concatenate([path.path[:1], between])
    return Trajectory(places, np.concatenate([path.epochs[:1], path.epochs[to]]), path.label, path.colour, path.dash)


def _lay_out(ground: np.ndarray, window: Window) -> Figure:
    axis = {"showbackground": False, "zeroline": False, "nticks": 5}
    low, high = float(ground.min()), float(ground.max())
    heights_range = [low, high + MARK_LIFT * (high - low)]
    scene = {
        "xaxis": {**axis, "title": {"text": "w"}, "range": [window.left, window.right]},
        "yaxis": {**axis, "title": {"text": "b"}, "range": [window.bottom, window.top]},
        "zaxis": {**axis, "title": {"text": ""}, "showticklabels": False, "range": heights_range},
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.75},
        "camera": {"eye": {"x": -0.55, "y": -1.35, "z": 1.6}, "center": {"x": 0, "y": 0, "z": -0.15}},
    }
    return {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "height": CHART_HEIGHT, "showlegend": False}


def _lay_on_ground(trace: Trace, surface: Surface, ground: np.ndarray) -> Trace:
    """A flat trace in three dimensions, a little above the ground."""
    across = np.abs(surface.across - np.asarray(trace["x"], float)[:, None]).argmin(1)
    up = np.abs(surface.up - np.asarray(trace["y"], float)[:, None]).argmin(1)
    is_line = "lines" in trace["mode"]
    lift = LINE_LIFT if is_line else MARK_LIFT  # a share of the height of the whole ground
    z = np.asarray(ground[up, across] + lift * float(ground.max() - ground.min()), np.float32)
    solid = {**trace, "type": "scatter3d", "z": z, "hoverinfo": "skip"}
    if is_line:
        return {**solid, "line": {**trace["line"], "dash": "solid"}}
    symbols = [SYMBOLS_3D.get(symbol, "circle") for symbol in trace["marker"].get("symbol", [])]
    return {**solid, "marker": {**trace["marker"], "size": 4, "symbol": symbols}}
