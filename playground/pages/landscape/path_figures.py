"""What every chart of a landscape is made of: contour lines, the ways of trainings through them, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay, RevealedTrace, Trace, plain_figure
from playground.losses import LOSSES
from playground.pages.landscape.study import Surface, Window
from playground.text.numbers import number

FAR = 1e6  # windows: how far outside a place may be drawn; its direction stays, and it is a number for a chart
MOST_FRAMES = 600  # of a way; more cannot be told apart
SHADED = 11  # steps of height that are told apart
START, BEST, TRUTH = "circle", "diamond-open", "star"

# Each step of height lies over all that are lower, so one faint grey makes it darker the higher the loss is, on white
# and on near-black alike, and leaves room for what is drawn on it.
SHADES = [[0.0, "rgba(128,128,128,0.06)"], [1.0, "rgba(128,128,128,0.06)"]]

Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The way of a training through a plane ``(frames, 2)``, the epochs of its places, and how it is drawn."""

    path: np.ndarray
    epochs: np.ndarray
    label: str
    colour: str
    dash: str

    def shown_in(self, window: Window, reach: float = FAR) -> Trajectory:
        """The way as a chart of a window shows it: all of it, or up to the first place after it left for good.

        What lies further outside than ``reach`` windows is moved towards the middle, as far as that.
        """
        end = len(self.path) if (last := last_inside(self.path, window)) is None else last + 2
        path, epochs = self.path[:end], self.epochs[:end]
        return Trajectory(window.pulled_in(path, reach), epochs, self.label, self.colour, self.dash)


def last_inside(path: np.ndarray, window: Window) -> int | None:
    """The last place of a path inside a window which it leaves for good; ``None`` if it ends inside."""
    inside = np.flatnonzero(window.holds(path))
    last = int(inside[-1]) if len(inside) else 0
    return None if last == len(path) - 1 else last


def make_trajectory(diagnosis: Diagnosis, path: np.ndarray | None = None) -> Trajectory:
    """The way of a run, or how it is seen in a plane: what is finite of it, in as many places as a screen can show."""
    run, loss = diagnosis.run, LOSSES[diagnosis.run.experiment.loss]
    path = run.path if path is None else path
    assert path is not None
    assert run.path_epochs is not None
    finite = np.isfinite(path).all(1)
    end = len(finite) if finite.all() else int(np.argmin(finite))
    # The first epochs move most: they are all kept, the later ones thinned.
    places = np.unique(np.geomspace(1, max(end, 1), MOST_FRAMES).astype(int)) - 1
    epochs = run.path_epochs[places].astype(np.int32)
    return Trajectory(path[places].astype(float), epochs, loss.label, loss.colour, loss.dash)


def leaving_epoch(diagnosis: Diagnosis, window: Window) -> int | None:
    """The epoch by which a training has left a window for good; ``None`` if it ends inside."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    last = last_inside(run.path, window)
    return None if last is None else int(run.path_epochs[last]) + 1


def excursion_words(diagnosis: Diagnosis, window: Window) -> str:
    """Whether a training leaves a window, in a few words."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    if epoch := leaving_epoch(diagnosis, window):
        return f"for good, at epoch {epoch:,}"
    outside = np.flatnonzero(~window.holds(run.path))
    return f"until epoch {int(run.path_epochs[outside[-1]]):,}" if len(outside) else "no"


def trajectory_words(diagnosis: Diagnosis, best: Place, window: Window) -> str:
    """Where a training went, in a sentence."""
    run = diagnosis.run
    assert run.path is not None
    start = f"Training starts at w = {number(float(run.path[0, 0]))}, b = {number(float(run.path[0, 1]))}"
    optimum = f"its own optimum is at w = {number(best[0])}, b = {number(best[1])}"
    if epoch := leaving_epoch(diagnosis, window):
        return f"{start} and leaves the chart for good at epoch {epoch:,}; {optimum}."
    end = f"and ends at w = {number(float(run.path[-1, 0]))}, b = {number(float(run.path[-1, 1]))}"
    return f"{start} {end}; {optimum}."


def surface_panel(
    title: str,
    description: str,
    surface: Surface,
    ways: Sequence[Trajectory],
    marks: Sequence[Trace],
    axes: tuple[str, str],
    window: Window,
) -> Panel:
    """A surface as contours, and on it ways that are revealed together, each with a dot at its tip."""
    traces = [contour(surface, axes), *map(draw_trajectory, ways), *marks, end_dots(ways)]
    x_axis, y_axis = {"range": [window.left, window.right]}, {"range": [window.bottom, window.top]}
    figure = plain_figure(traces, *axes, x_axis, y_axis)
    figure["layout"]["hovermode"] = "closest"
    reveals = [RevealedTrace(place, way.epochs) for place, way in enumerate(ways, 1)]
    return Panel(title, description, figure, revealed_traces=reveals, end_markers=len(traces) - 1)


def heights(surface: Surface) -> np.ndarray:
    """What a surface is drawn by: the logarithm of how much worse each place is than the best of the window.

    Flat where no place has a finite loss.
    """
    if not np.isfinite(surface.loss).any():
        return np.zeros_like(surface.loss)
    loss = np.where(np.isfinite(surface.loss), surface.loss, np.nan)
    low, high = np.nanmin(loss), np.nanmax(loss)
    floor = 3e-3 * (high - low) or 1e-12
    return np.log10(np.nan_to_num(loss - low, nan=high - low) + floor)


def contour(surface: Surface, axes: tuple[str, str]) -> Trace:
    """Shades, and lines at equal factors of the height; said here, since to look for both takes the browser longer."""
    ground = heights(surface)
    low, high = float(ground.min()), float(ground.max())
    step = (high - low) / SHADED or 1.0
    return {
        "type": "contour",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "zmin": low,
        "zmax": high,
        "colorscale": SHADES,
        "showscale": False,
        "autocontour": False,
        "contours": {"start": low + step, "end": high - step / 2, "size": step},
        "line": {"color": GREY, "width": 0.5, "smoothing": 0},
        "hovertemplate": f"{axes[0]} %{{x:.3g}}<br>{axes[1]} %{{y:.3g}}<extra></extra>",
    }


def draw_trajectory(way: Trajectory) -> Trace:
    return {
        "name": way.label,
        "x": way.path[:, 0].astype(np.float32),
        "y": way.path[:, 1].astype(np.float32),
        "mode": "lines",
        "line": {"color": way.colour, "width": 2.5, "dash": way.dash},
        "hoverinfo": "skip",
    }


def spots(start: Place, best: Place | None, truth: Place | None, colour: str) -> Trace:
    """Where a training started, where its loss is least and where the truth is: one trace, as every one costs time."""
    every = [(start, START, GREY, 10, "#fff"), (truth, TRUTH, GREY, 13, "#fff"), (best, BEST, colour, 18, colour)]
    places, symbols, colours, sizes, rims = zip(*(spot for spot in every if spot[0] is not None), strict=True)
    x, y = zip(*places, strict=True)
    return {
        "x": [float(value) for value in x],
        "y": [float(value) for value in y],
        "mode": "markers",
        "marker": {
            "symbol": list(symbols),
            "color": list(colours),
            "size": list(sizes),
            "line": {"width": 2, "color": list(rims)},
        },
        "hoverinfo": "skip",
    }


def end_dots(ways: Sequence[Trajectory]) -> Trace:
    """A dot at the end of each way."""
    return {
        "x": np.array([way.path[-1, 0] for way in ways], np.float32),
        "y": np.array([way.path[-1, 1] for way in ways], np.float32),
        "mode": "markers",
        "marker": {"color": [way.colour for way in ways], "size": 10, "line": {"color": "#fff", "width": 1.5}},
        "hoverinfo": "skip",
    }


def leaving_marks(diagnoses: Sequence[Diagnosis], window: Window, colours: Sequence[str]) -> list[Trace]:
    """A triangle where each path leaves a window for good, with its epoch: written beside it if it is the only one."""
    left = [
        (diagnosis, colour, epoch)
        for diagnosis, colour in zip(diagnoses, colours, strict=True)
        if (epoch := leaving_epoch(diagnosis, window)) is not None
    ]
    if not left:
        return []
    places = [_last_place(diagnosis, window) for diagnosis, _, _ in left]
    said = [f"leaves at epoch {epoch:,}" for _, _, epoch in left]
    return [
        {
            "x": [place[0] for place in places],
            "y": [place[1] for place in places],
            "mode": "markers+text" if len(diagnoses) == 1 else "markers",
            "text": said,
            "textposition": "bottom right" if places[0][0] < (window.left + window.right) / 2 else "bottom left",
            "cliponaxis": False,
            "marker": {"color": [colour for _, colour, _ in left], "size": 14, "symbol": "triangle-up"},
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _last_place(diagnosis: Diagnosis, window: Window) -> Place:
    path = diagnosis.run.path
    assert path is not None
    last = last_inside(path, window)
    assert last is not None
    return float(path[last, 0]), float(path[last, 1])


def mark_entries(truth: Place | None) -> list[Entry]:
    """The marks in a legend."""
    told = [Entry("truth", GREY, "star", 0)] if truth else []
    return [Entry("start", GREY, "circle", 0), Entry("the loss's own optimum", GREY, "diamond-open", 0), *told]


def loss_entry(diagnosis: Diagnosis) -> Entry:
    """A loss's line in a legend."""
    loss = LOSSES[diagnosis.run.experiment.loss]
    return Entry(name(diagnosis.run.experiment), loss.colour, loss.dash)


def assemble_replay(
    panels: list[Panel], diagnoses: Sequence[Diagnosis], legend: list[Entry], labels: Sequence[str] = ()
) -> Replay:
    """Panels over the epochs of several trainings, which are called by their losses unless they have ``labels``."""
    return Replay(
        panels=panels,
        legend=legend,
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        labels=list(labels) or [name(diagnosis.run.experiment) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
    )
