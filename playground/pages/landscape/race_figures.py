"""The figure of a race: one loss, one start, several optimizers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay
from playground.pages.landscape.path_figures import (
    Place,
    assemble_replay,
    leaving_marks,
    make_trajectory,
    mark_entries,
    mark_places,
    surface_panel,
)
from playground.pages.landscape.stability_figures import excess_panel
from playground.pages.landscape.study import Surface, Window
from playground.pages.landscape.words import trajectory_words
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import plain
from playground.theory.optima import Optimum


def race_replay(
    diagnoses: Sequence[Diagnosis], surface: Surface, best: Optimum, truth: Place | None, window: Window
) -> Replay:
    """The paths of several optimizers over one loss, and how far each is above the least loss."""
    rules = [OPTIMIZERS[each.run.experiment.optimizer] for each in diagnoses]
    labels = [rule.label for rule in rules]
    strokes = [(rule.colour, rule.dash) for rule in rules]
    entries = [
        Entry(f"{label} at {plain(each.run.experiment.learning_rate)}", *stroke, group=label)
        for label, each, stroke in zip(labels, diagnoses, strokes, strict=True)
    ]
    panels = [
        _race_panel(diagnoses, labels, surface, best, truth, window),
        excess_panel(diagnoses, best, labels, strokes),
    ]
    return assemble_replay(panels, diagnoses, [*mark_entries(truth), *entries], labels)


def _race_panel(
    diagnoses: Sequence[Diagnosis],
    labels: Sequence[str],
    surface: Surface,
    best: Optimum,
    truth: Place | None,
    window: Window,
) -> Panel:
    rules = [OPTIMIZERS[each.run.experiment.optimizer] for each in diagnoses]
    paths = [
        replace(make_trajectory(each), label=rule.label, colour=rule.colour, dash=rule.dash).fit_into(window)
        for each, rule in zip(diagnoses, rules, strict=True)
    ]
    place = (best.slope, best.intercept)
    courses = [
        f"{label}: {trajectory_words(each, place, window)}" for label, each in zip(labels, diagnoses, strict=True)
    ]
    leaving = leaving_marks(diagnoses, window, [path.colour for path in paths])
    return surface_panel(
        f"{name(diagnoses[0].run.experiment)}: one start, one loss, {len(diagnoses)} optimizers",
        "; ".join(courses),
        surface,
        paths,
        [mark_places(tuple(paths[0].path[0]), place, truth, GREY), *leaving],
        ("slope w", "intercept b"),
        window,
    )
