"""Figures of landscapes: the surface of each loss over a line's weights, and planes through the weights of networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay
from playground.losses import LOSSES
from playground.pages.landscape.path_figures import (
    Place,
    assemble_replay,
    leaving_marks,
    loss_entry,
    make_trajectory,
    mark_entries,
    spots,
    surface_panel,
    trajectory_words,
)
from playground.pages.landscape.study import Plane, Surface, Window
from playground.pages.landscape.surface_3d import surface_3d_panel
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
    """A panel a loss: its surface, the way its training took, its start, its optimum and the truth."""
    make = surface_3d_panel if deep else _surface_panel
    panels = [
        make(diagnosis, surface, (best.slope, best.intercept), truth, window)
        for diagnosis, surface, best in zip(diagnoses, surfaces, optima, strict=True)
    ]
    return assemble_replay(panels, diagnoses, [*mark_entries(truth), *map(loss_entry, diagnoses)])


def _surface_panel(diagnosis: Diagnosis, surface: Surface, best: Place, truth: Place | None, window: Window) -> Panel:
    way = make_trajectory(diagnosis).shown_in(window)
    marks = [spots(tuple(way.path[0]), best, truth, way.colour), *leaving_marks([diagnosis], window, [way.colour])]
    description = f"The {way.label} loss over slope and intercept. {trajectory_words(diagnosis, best, window)}"
    axes = ("slope w", "intercept b")
    return surface_panel(name(diagnosis.run.experiment), description, surface, [way], marks, axes, window)


def slices_replay(
    diagnoses: Sequence[Diagnosis], planes: Sequence[Plane], surfaces: Sequence[Surface], windows: Sequence[Window]
) -> Replay:
    """A panel a network: a plane through its weights, with the way of its training seen in it."""
    panels = [_slice_panel(*each) for each in zip(diagnoses, planes, surfaces, windows, strict=True)]
    return assemble_replay(panels, diagnoses, [Entry("start", GREY, "circle", 0), *map(loss_entry, diagnoses)])


def _slice_panel(diagnosis: Diagnosis, plane: Plane, surface: Surface, window: Window) -> Panel:
    way = make_trajectory(diagnosis, plane.path)
    total = _percent(sum(plane.explained))
    label = LOSSES[diagnosis.run.experiment.loss].label
    flat = "" if np.isfinite(surface.loss).any() else " It is NaN or infinite all over this plane, which is drawn flat."
    first, second = (f"direction {place} ({_percent(share)})" for place, share in enumerate(plane.explained, 1))
    return surface_panel(
        f"{name(diagnosis.run.experiment)} · {total} of the way",
        f"The {label} loss over a plane of the weights ({plane.kind}), which holds {total} of the path's way.{flat}",
        surface,
        [way],
        [spots(tuple(way.path[0]), None, None, GREY)],
        (first, second),
        window,
    )


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
