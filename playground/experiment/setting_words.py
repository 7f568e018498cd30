"""Settings in words: what they are called, and what an experiment says of those that it uses."""

from __future__ import annotations

from collections.abc import Sequence

from playground.experiment.experiment import Experiment, settings
from playground.experiment.names import name
from playground.experiment.relevance import is_used
from playground.experiment.setting import Choice, Number
from playground.experiment.sweepable import sweepable
from playground.text.phrases import count

NOTHING = "–"
SHARES_OF_POINTS = ("outliers", "positives", "label_noise")
LAYERS = "Hidden layers"  # as in the panel: the setting itself is called after the width of a layer


def differing(experiments: Sequence[Experiment]) -> list[str]:
    """The settings in which experiments differ, as far as they matter to one of them."""
    return [
        setting
        for setting in Experiment.model_fields
        if len({getattr(experiment, setting) for experiment in experiments}) > 1
        and any(is_used(setting, experiment) for experiment in experiments)
    ]


def setting_name(setting: str) -> str:
    return LAYERS if setting == "hidden" else settings()[setting].label


def value_words(setting: str, value: float) -> str:
    """A value of a setting that can be swept, as the panel writes it."""
    number: Number = sweepable()[setting]
    return number.words(value)


def amount_words(setting: str, value: float, experiment: Experiment) -> str:
    """The same with the points that it comes to: "5% (1 of 21 points)"."""
    told, points = value_words(setting, value), experiment.points
    if setting in SHARES_OF_POINTS:
        return f"{told} ({round(value * points)} of {count(points, 'point')})"
    if setting == "batch_size" and value >= points:
        return f"{told} (all {count(points, 'point')})"
    return told


def said(setting: str, experiment: Experiment) -> str:
    """The value of a setting in words; nothing where the experiment does not use it."""
    value = getattr(experiment, setting)
    if value is None or not is_used(setting, experiment):
        return NOTHING
    if setting == "hidden":
        return _layers(value, experiment)
    declared = settings()[setting]
    if isinstance(declared, Choice):
        entry = declared.options[value]
        return str(getattr(entry, "label", entry))
    if isinstance(value, bool):
        return "on" if value else "off"
    return value_words(setting, value) if setting in sweepable() else str(value)


def _layers(widths: tuple[int, ...], experiment: Experiment) -> str:
    """The widths of the layers, short where all are equal: "20 × 16"."""
    if not widths:
        return f"none: {_straight(experiment)}"
    if len(widths) > 1 and len(set(widths)) == 1:
        return f"{len(widths)} × {widths[0]}"
    return ", ".join(map(str, widths))


def _straight(experiment: Experiment) -> str:
    """What a model without hidden layers is."""
    if experiment.task == "classification":
        return "logistic"
    return "a polynomial" if experiment.degree > 1 else "a line"


def told_apart(experiments: Sequence[Experiment]) -> list[str]:
    """Each by its loss; those of one loss with as many of their settings as it takes to tell them apart."""
    names = [name(experiment) for experiment in experiments]
    found = list(names)
    for each in set(names):
        places = [place for place, known in enumerate(names) if known == each]
        for place, more in zip(places, _marks_of([experiments[place] for place in places]), strict=True):
            found[place] = ", ".join([each, *more])
    return found


def _marks_of(experiments: Sequence[Experiment]) -> list[list[str]]:
    """The first settings in which experiments differ, until no two are alike."""
    marks: list[list[str]] = [[] for _ in experiments]
    for setting in differing(experiments):
        longer = [[*mark, _mark(setting, each)] for mark, each in zip(marks, experiments, strict=True)]
        if _kinds(longer) > _kinds(marks):
            marks = longer
    return [[part for part in mark if part] for mark in marks]


def _kinds(marks: Sequence[Sequence[str]]) -> int:
    return len(set(map(tuple, marks)))


def _mark(setting: str, experiment: Experiment) -> str:
    """A setting in a name: what is chosen from a table speaks for itself, a number does not."""
    if setting == "hidden" and not experiment.hidden:
        return "no hidden layers"
    told = said(setting, experiment)
    if told == NOTHING:
        return ""
    return told if isinstance(settings()[setting], Choice) else f"{setting_name(setting)} {told}"
