"""Settings in words: what they are called, and what an experiment says of those that it uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.experiment.experiment import Experiment, settings
from playground.experiment.names import name
from playground.experiment.relevance import is_used
from playground.experiment.setting import Choice, Number, Setting, Switch
from playground.experiment.sweepable import sweepable
from playground.text.phrases import count

NOTHING = "–"
SHARES_OF_POINTS = ("outliers", "positives", "label_noise")
SWITCHED_ON, SWITCHED_OFF = "{label} on", "{label} off"
NAMED_VALUE = "{label} {value}"
NO_LAYERS = "no hidden layers"
LAYERS_AND_WIDTHS = "hidden layers {layers}"
LAYERS = "Hidden layers"  # as in the panel: the setting itself is called after the width of a layer


def find_differences(experiments: Sequence[Experiment]) -> list[str]:
    """The settings in which experiments differ, as far as they matter to one of them."""
    return [
        setting
        for setting in Experiment.model_fields
        if len({getattr(experiment, setting) for experiment in experiments}) > 1
        and any(is_used(setting, experiment) for experiment in experiments)
    ]


def setting_name(setting: str) -> str:
    """The label of a setting, as the panel shows it."""
    return LAYERS if setting == "hidden" else settings()[setting].label


def value_words(setting: str, value: float) -> str:
    """A value of a setting that can be swept, as the panel writes it."""
    number: Number = sweepable()[setting]
    return number.words(value)


def amount_words(setting: str, value: float, experiment: Experiment) -> str:
    """The same with the points that it comes to: "5% (1 of 21 points)"."""
    words, points = value_words(setting, value), experiment.points
    if setting in SHARES_OF_POINTS:
        return f"{words} ({round(value * points)} of {count(points, 'point')})"
    if setting == "batch_size" and value >= points:
        return f"{words} (all {count(points, 'point')})"
    return words


def describe_setting(setting: str, experiment: Experiment) -> str:
    """The value of a setting in words; nothing where the experiment does not use it."""
    value = getattr(experiment, setting)
    if value is None or not is_used(setting, experiment):
        return NOTHING
    if setting == "hidden":
        return _describe_layers(value, experiment)
    declared = settings()[setting]
    if isinstance(declared, Choice):
        entry = declared.options[value]
        return str(getattr(entry, "label", entry))
    if isinstance(value, bool):
        return "on" if value else "off"
    return value_words(setting, value) if setting in sweepable() else str(value)


def brief_words(setting: Setting, value: Any) -> str:
    """A setting and its value in a few words: what is chosen from a table speaks for itself, a number does not."""
    if isinstance(setting, Number):
        words = setting.zero if value is None else setting.words(value)
        return NAMED_VALUE.format(label=setting.label, value=words)
    if isinstance(setting, Choice):
        entry = setting.options[value]
        words = str(getattr(entry, "label", entry))
        return NAMED_VALUE.format(label=setting.label, value=words) if words == "None" else words
    if isinstance(setting, Switch):
        return (SWITCHED_ON if value else SWITCHED_OFF).format(label=setting.label)
    return str(value)


def describe_layers(experiment: Experiment) -> str:
    """The hidden layers of a model in a few words."""
    layers = _describe_layers(experiment.hidden, experiment)
    return LAYERS_AND_WIDTHS.format(layers=layers) if experiment.hidden else NO_LAYERS


def _describe_layers(widths: tuple[int, ...], experiment: Experiment) -> str:
    """The widths of the layers, short where all are equal: "20 × 16"; without layers, what the model is."""
    if not widths:
        polynomial = "a polynomial" if experiment.degree > 1 else "a line"
        return f"none: {'logistic' if experiment.task == 'classification' else polynomial}"
    if len(widths) > 1 and len(set(widths)) == 1:
        return f"{len(widths)} × {widths[0]}"
    return ", ".join(map(str, widths))


def tell_apart(experiments: Sequence[Experiment]) -> list[str]:
    """Each by its loss; those of one loss with as many of their settings as it takes to tell them apart."""
    losses = [name(experiment) for experiment in experiments]
    names = list(losses)
    for loss in set(losses):
        alike = [index for index, other in enumerate(losses) if other == loss]
        for index, marks in zip(alike, _find_marks([experiments[index] for index in alike]), strict=True):
            names[index] = ", ".join([loss, *marks])
    return names


def _find_marks(experiments: Sequence[Experiment]) -> list[list[str]]:
    """The first settings in which experiments differ, until no two are alike."""
    marks: list[list[str]] = [[] for _ in experiments]
    for setting in find_differences(experiments):
        longer = [[*mark, describe_mark(setting, each)] for mark, each in zip(marks, experiments, strict=True)]
        if len(set(map(tuple, longer))) > len(set(map(tuple, marks))):
            marks = longer
    return [[part for part in mark if part] for mark in marks]


def describe_mark(setting: str, experiment: Experiment) -> str:
    """A setting in a name: what is chosen from a table speaks for itself, a number does not."""
    if setting == "hidden" and not experiment.hidden:
        return "no hidden layers"
    words = describe_setting(setting, experiment)
    if words == NOTHING:
        return ""
    return words if isinstance(settings()[setting], Choice) else f"{setting_name(setting)} {words}"
