"""What every chart of a landscape is made of: contour lines, trajectories of trainings over them, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.export.titles import caption
from playground.figures.replay import GREY, Entry, Figure, Panel, Replay, RevealedTrace, Trace, plain_figure
from playground.figures.traces import dots, line, loss_entry, rgba, thin_by_factors
from playground.losses import LOSSES
from playground.pages.landscape.study import Surface, Window, last_inside, leaving_epoch
from playground.text.numbers import number

FARTHEST = 1e6  # windows: how far outside a place may be drawn; its direction stays, and it is a number for a chart
MOST_PATH_POINTS = 600  # of a trajectory; more cannot be told apart on a screen
HEIGHT_STEPS = 11  # shades of the surface
OPTIMUM = "the loss's own optimum"
START, BEST, TRUTH = "circle", "diamond-open", "star"

# Each step of height lies over all that are lower, so one faint grey makes it darker the higher the loss is, on white
# and on near-black alike, and leaves room for what is drawn on it.
FAINT = 0.06
FAINT_GREY = [[0.0, rgba(GREY, FAINT)], [1.0, rgba(GREY, FAINT)]]
LEVELS_PER_TICK = 2  # of the steps
LEVEL_BAR: Figure = {"title": {"text": "loss"}, "thickness": 10, "outlinewidth": 1, "outlinecolor": GREY, "xpad": 4}
WITH_BAR = {"l": 60, "r": 74, "t": 8, "b": 46}  # a margin with room for the bar

Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The path of a training through a plane ``(frames, 2)``, the epoch of each place, and how it is drawn."""

    path: np.ndarray
    epochs: np.ndarray
    label: str
    colour: str
    dash: str

    def fit_into(self, window: Window, reach: float = FARTHEST) -> Trajectory:
        """The trajectory as a chart of a window shows it: all of it, or up to the first place after it left for good.

        What lies further outside than ``reach`` windows is moved towards the middle, as far as that.
        """
        end = len(self.path) if (last := last_inside(self.path, window)) is None else last + 2
        path, epochs = self.path[:end], self.epochs[:end]
        return Trajectory(window.pull_in(path, reach), epochs, self.label, self.colour, self.dash)


def make_trajectory(diagnosis: Diagnosis, path: np.ndarray | None = None) -> Trajectory:
    """The finite part of a run's path, in as many places as a screen can show.

    ``path`` ``(frames, 2)`` is how a network's path is seen in a plane; without it, that of the run itself is taken.
    """
    run, loss = diagnosis.run, LOSSES[diagnosis.run.experiment.loss]
    path = run.path if path is None else path
    assert path is not None
    assert run.path_epochs is not None
    finite = np.isfinite(path).all(1)
    end = len(finite) if finite.all() else int(np.argmin(finite))
    # The first epochs move most: they are all kept, the later ones thinned.
    places = thin_by_factors(max(end, 1), MOST_PATH_POINTS)
    epochs = run.path_epochs[places].astype(np.int32)
    return Trajectory(path[places].astype(float), epochs, loss.label, loss.colour, loss.dash)


def surface_panel(
    title: str,
    description: str,
    surface: Surface,
    trajectories: Sequence[Trajectory],
    marks: Sequence[Trace],
    axes: tuple[str, str],
    window: Window,
) -> Panel:
    """A surface as contours, and on it trajectories that are revealed together, each with a dot at its end."""
    traces = [draw_contours(surface, axes), *map(draw_trajectory, trajectories), *marks, draw_end_dots(trajectories)]
    ends = len(traces) - 1
    traces.append(draw_levels(surface))
    x_axis, y_axis = {"range": [window.left, window.right]}, {"range": [window.bottom, window.top]}
    return Panel(
        title,
        description,
        plain_figure(traces, *axes, x_axis, y_axis, hovermode="closest", margin=WITH_BAR),
        revealed_traces=[RevealedTrace(trace, each.epochs) for trace, each in enumerate(trajectories, 1)],
        end_markers=ends,
    )


def heights(surface: Surface) -> np.ndarray:
    """What a surface is drawn by: the logarithm of how much worse each place is than the best of the window.

    Flat where no place has a finite loss.
    """
    if not np.isfinite(surface.loss).any():
        return np.zeros_like(surface.loss)
    loss = np.where(np.isfinite(surface.loss), surface.loss, np.nan)
    low, high = np.nanmin(loss), np.nanmax(loss)
    return np.log10(np.nan_to_num(loss - low, nan=high - low) + _find_floor(low, high))


def _find_floor(low: float, high: float) -> float:
    return 3e-3 * (high - low) or 1e-12


def find_offset(surface: Surface) -> float:
    """What a loss is more than 10 to the power of its height."""
    finite = surface.loss[np.isfinite(surface.loss)]
    return float(finite.min() - _find_floor(finite.min(), finite.max())) if len(finite) else 0.0


def name_levels(surface: Surface, levels: np.ndarray) -> list[str]:
    """The loss at each of these heights."""
    return [number(float(10.0**level) + find_offset(surface), 2) for level in levels]


def draw_contours(surface: Surface, axes: tuple[str, str]) -> Trace:
    """Shades, and lines at equal factors of the height. Their levels are given, which is quicker than finding them."""
    ground = heights(surface)
    low, high = float(ground.min()), float(ground.max())
    step = (high - low) / HEIGHT_STEPS or 1.0
    return {
        "type": "contour",
        "x": surface.across,
        "y": surface.up,
        "z": ground,
        "zmin": low,
        "zmax": high,
        "colorscale": FAINT_GREY,
        "showscale": False,
        "autocontour": False,
        "contours": {"start": low + step, "end": high - step / 2, "size": step},
        "line": {"color": GREY, "width": 0.5, "smoothing": 0},
        "meta": {"offset": find_offset(surface)},
        "hovertemplate": f"{axes[0]} %{{x:.3g}}<br>{axes[1]} %{{y:.3g}}<br>loss %{{customdata:.4g}}<extra></extra>",
    }


def draw_levels(surface: Surface) -> Trace:
    """A bar that says which loss a shade stands for. It is a marker's: that of the contours has one colour."""
    ground = heights(surface)
    low, high = float(ground.min()), float(ground.max())
    opacity = 1.0 - (1.0 - FAINT) ** np.arange(HEIGHT_STEPS)  # of the shades that lie over each other
    edges = np.linspace(0.0, 1.0, HEIGHT_STEPS + 1).tolist()
    steps = [[edge, rgba(GREY, shade)] for at, shade in enumerate(opacity) for edge in edges[at : at + 2]]
    ticks = np.linspace(low, high, HEIGHT_STEPS + 1)[::LEVELS_PER_TICK]
    bar = {**LEVEL_BAR, "tickvals": ticks.tolist(), "ticktext": name_levels(surface, ticks)}
    marker = {"color": [low], "cmin": low, "cmax": high or 1.0, "colorscale": steps, "showscale": True, "colorbar": bar}
    return {"x": [None], "y": [None], "mode": "markers", "marker": marker, "hoverinfo": "skip"}


def draw_trajectory(trajectory: Trajectory) -> Trace:
    """The whole path as a line."""
    x, y = trajectory.path.T.astype(np.float32)
    return line(trajectory.label, x, y, trajectory.colour, dash=trajectory.dash)


def mark_places(start: Place, best: Place | None, truth: Place | None, colour: str) -> Trace:
    """Where a training started, where its loss is least and where the truth is: one trace, as every one costs time."""
    every = [
        (start, START, GREY, 10, "#fff", "start"),
        (truth, TRUTH, GREY, 17, "#fff", "truth"),
        (best, BEST, colour, 18, colour, OPTIMUM),
    ]
    places, symbols, colours, sizes, rims, ids = zip(*(mark for mark in every if mark[0] is not None), strict=True)
    x, y = ([float(value) for value in values] for values in zip(*places, strict=True))
    rim = {"width": 2, "color": list(rims)}
    marks = dots("", x, y, list(colours), symbol=list(symbols), size=list(sizes), line=rim)
    return {**marks, "ids": list(ids)}


def draw_end_dots(trajectories: Sequence[Trajectory]) -> Trace:
    """A dot at the end of each trajectory."""
    x, y = np.array([each.path[-1] for each in trajectories], np.float32).T
    ends = dots("", x, y, [each.colour for each in trajectories], size=10, line={"color": "#fff", "width": 1.5})
    return {**ends, "ids": [each.label for each in trajectories]}


def leaving_marks(diagnoses: Sequence[Diagnosis], window: Window, colours: Sequence[str]) -> list[Trace]:
    """A triangle where each path leaves a window for good, with its epoch: written beside it if it is the only one."""
    left = [
        (diagnosis, colour, epoch)
        for diagnosis, colour in zip(diagnoses, colours, strict=True)
        if (epoch := leaving_epoch(diagnosis, window)) is not None
    ]
    if not left:
        return []
    x, y = zip(*(_last_place(diagnosis, window) for diagnosis, _, _ in left), strict=True)
    triangles = dots(
        "", list(x), list(y), [colour for _, colour, _ in left], hover="%{text}", size=14, symbol="triangle-up"
    )
    return [
        {
            **triangles,
            "mode": "markers+text" if len(diagnoses) == 1 else "markers",
            "text": [f"leaves at epoch {epoch:,}" for _, _, epoch in left],
            "textposition": "bottom right" if x[0] < (window.left + window.right) / 2 else "bottom left",
            "cliponaxis": False,
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
    truth_entry = [Entry("truth", GREY, TRUTH, 0)] if truth else []
    return [Entry("start", GREY, START, 0), Entry(OPTIMUM, GREY, BEST, 0), *truth_entry]


def run_entry(diagnosis: Diagnosis) -> Entry:
    """A run's line in a legend, in the colour of its loss."""
    return loss_entry(LOSSES[diagnosis.run.experiment.loss], name(diagnosis.run.experiment))


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
        caption=caption([diagnosis.run.experiment for diagnosis in diagnoses]),
    )
