"""Experiments by name: short titles for kept runs, each different from the others, and a line that says it all."""

from __future__ import annotations

from collections.abc import Sequence

from playground.experiment import Experiment
from playground.experiment.names import name
from playground.experiment.relevance import is_used
from playground.experiment.setting_words import describe_mark, tell_apart
from playground.export.kept import Kept


def titles(kept: Sequence[Kept]) -> list[str]:
    """The kept experiments as charts and table call them: a number, and its name or what tells it from the others."""
    described = tell_apart([each.experiment for each in kept])
    return [
        f"{place} · {each.name or words}" for place, (each, words) in enumerate(zip(kept, described, strict=True), 1)
    ]


# What a caption always says; of the other settings it names those that are not at their default.
USUAL = ("dataset", "points", "noise", "optimizer", "learning_rate", "epochs", "seed")


def caption(experiments: Sequence[Experiment]) -> str:
    """What was trained, in one line: the losses, and what all experiments share, as the first of them has it.

    "MSE, MAE · Line · Points 21 · Noise σ 1 · SGD · Learning rate 0.01 · Epochs 1,000 · Seed 0".
    """
    first = experiments[0]
    losses = ", ".join(dict.fromkeys(name(each) for each in experiments))
    alike = {
        setting for setting in Experiment.model_fields if len({getattr(each, setting) for each in experiments}) == 1
    }
    told = [setting for setting in Experiment.model_fields if setting in alike and _is_told(setting, first)]
    return " · ".join([losses, *filter(None, (describe_mark(setting, first) for setting in told))])


def _is_told(setting: str, experiment: Experiment) -> bool:
    """Whether a caption names a setting: the loss and its parameters are in its name."""
    if setting == "loss" or setting in experiment.parameters or not is_used(setting, experiment):
        return False
    return setting in USUAL or getattr(experiment, setting) != Experiment.model_fields[setting].default
