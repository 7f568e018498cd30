"""The figure of a race: one loss, one start, several optimizers."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay
from playground.pages.landscape.path_figures import (
    Place,
    Way,
    flat_panel,
    leaving_marks,
    mark_entries,
    replay_of,
    spots,
    way_of,
    way_words,
)
from playground.pages.landscape.stability_figures import excess_panel
from playground.pages.landscape.study import Surface, Window
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import plain
from playground.theory.optima import Optimum

# One colour and one dash an optimizer.
STROKES = {
    "sgd": ("#0072B2", "solid"),
    "momentum": ("#D55E00", "dash"),
    "rmsprop": ("#009E73", "dot"),
    "adam": ("#C0619A", "dashdot"),
    "nesterov": ("#A07A00", "longdash"),
    "adamw": ("#8877FF", "12px,3px,2px,3px"),
    "nadam": ("#998877", "1px,4px"),
    "adamax": ("#FF0033", "8px,2px"),
    "lion": ("#8800FF", "14px,4px,4px,4px"),
    "adagrad": ("#00AA00", "5px,5px"),
    "adadelta": ("#E73F74", "2px,2px,8px,2px"),
}


def race_replay(
    diagnoses: Sequence[Diagnosis], surface: Surface, best: Optimum, truth: Place | None, window: Window
) -> Replay:
    """The ways of several optimizers over one loss, and how far each is above the least loss."""
    labels = [OPTIMIZERS[each.run.experiment.optimizer].label for each in diagnoses]
    strokes = [STROKES[each.run.experiment.optimizer] for each in diagnoses]
    entries = [
        Entry(f"{label} at {plain(each.run.experiment.learning_rate)}", *stroke)
        for label, each, stroke in zip(labels, diagnoses, strokes, strict=True)
    ]
    panels = [
        _race_panel(diagnoses, labels, surface, best, truth, window),
        excess_panel(diagnoses, best, labels, strokes),
    ]
    return replay_of(panels, diagnoses, [*mark_entries(truth), *entries], labels)


def _race_panel(
    diagnoses: Sequence[Diagnosis],
    labels: Sequence[str],
    surface: Surface,
    best: Optimum,
    truth: Place | None,
    window: Window,
) -> Panel:
    ways = [_racer(each).shown_in(window) for each in diagnoses]
    place = (best.slope, best.intercept)
    said = [f"{label}: {way_words(each, place, window)}" for label, each in zip(labels, diagnoses, strict=True)]
    return flat_panel(
        f"{name(diagnoses[0].run.experiment)}: one start, one loss, {len(diagnoses)} optimizers",
        "; ".join(said),
        surface,
        ways,
        [
            spots(tuple(ways[0].path[0]), place, truth, GREY),
            *leaving_marks(diagnoses, window, [way.colour for way in ways]),
        ],
        ("slope w", "intercept b"),
        window,
    )


def _racer(diagnosis: Diagnosis) -> Way:
    way, rule = way_of(diagnosis), OPTIMIZERS[diagnosis.run.experiment.optimizer]
    return Way(way.path, way.epochs, rule.label, *STROKES[rule.key])
