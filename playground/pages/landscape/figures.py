"""Figures of landscapes: the surface of each loss over a line's weights, and planes through the weights of networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay
from playground.losses import LOSSES
from playground.pages.landscape.path_figures import (
    START,
    Place,
    assemble_replay,
    leaving_marks,
    make_trajectory,
    mark_entries,
    mark_places,
    run_entry,
    surface_panel,
)
from playground.pages.landscape.study import Plane, Surface, Window
from playground.pages.landscape.surface_3d import surface_3d_panel
from playground.pages.landscape.words import trajectory_words
from playground.theory.optima import Optimum


def surfaces_replay(
    diagnoses: Sequence[Diagnosis],
    surfaces: Sequence[Surface],
    optima: Sequence[Optimum],
    truth: Place | None,
    window: Window,
    *,
    deep: bool,
) -> Replay:
    """One panel per loss: its surface, the path of its training, its start, its optimum and the truth."""
    make = surface_3d_panel if deep else _surface_panel
    panels = [
        make(diagnosis, surface, (best.slope, best.intercept), truth, window)
        for diagnosis, surface, best in zip(diagnoses, surfaces, optima, strict=True)
    ]
    return assemble_replay(panels, diagnoses, [*mark_entries(truth), *map(run_entry, diagnoses)])


def _surface_panel(diagnosis: Diagnosis, surface: Surface, best: Place, truth: Place | None, window: Window) -> Panel:
    path = make_trajectory(diagnosis).fit_into(window)
    places = mark_places(tuple(path.path[0]), best, truth, path.colour)
    marks = [places, *leaving_marks([diagnosis], window, [path.colour])]
    description = f"The {path.label} loss over slope and intercept. {trajectory_words(diagnosis, best, window)}"
    axes = ("slope w", "intercept b")
    return surface_panel(name(diagnosis.run.experiment), description, surface, [path], marks, axes, window)


def slices_replay(
    diagnoses: Sequence[Diagnosis], planes: Sequence[Plane], surfaces: Sequence[Surface], windows: Sequence[Window]
) -> Replay:
    """One panel per network: a plane through its weights, with the path of its training as seen in it."""
    panels = [_slice_panel(*each) for each in zip(diagnoses, planes, surfaces, windows, strict=True)]
    return assemble_replay(panels, diagnoses, [Entry("start", GREY, START, 0), *map(run_entry, diagnoses)])


def _slice_panel(diagnosis: Diagnosis, plane: Plane, surface: Surface, window: Window) -> Panel:
    path = make_trajectory(diagnosis, plane.path)
    total = _percent_words(sum(plane.explained))
    label = LOSSES[diagnosis.run.experiment.loss].label
    flat = "" if np.isfinite(surface.loss).any() else " It is NaN or infinite all over this plane, which is drawn flat."
    first, second = (f"direction {place} ({_percent_words(share)})" for place, share in enumerate(plane.explained, 1))
    return surface_panel(
        f"{name(diagnosis.run.experiment)} · {total} of the way",
        f"The {label} loss over a plane of the weights ({plane.kind}), which holds {total} of the path's way.{flat}",
        surface,
        [path],
        [mark_places(tuple(path.path[0]), None, None, GREY)],
        (first, second),
        window,
    )


def _percent_words(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
