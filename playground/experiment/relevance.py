"""Which settings an experiment reads: for each one that it does not, the reason, as a page shows it.

Controls, sweeps, tables and the surfaces of the landscape all ask here. A setting is unused if the experiment trains
to the same run whatever its value is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

from playground.experiment.experiment import CLIPPINGS, Experiment, settings
from playground.losses import LOSSES, losses_for
from playground.tables.optimizers import OPTIMIZERS
from playground.text.phrases import listed

# What the data of each task are made of, besides what both tasks read.
DATA_OF = {
    "regression": ("noise", "noise_shape", "outliers", "outlier_size"),
    "classification": ("overlap", "positives", "label_noise"),
}
POLYNOMIALS = "degree"  # of numbers only

USED_BY_ONE = "None of the chosen losses uses this; {losses} does."
USED_BY_SEVERAL = "None of the chosen losses uses this; {losses} do."


def reason_unused(setting: str, experiment: Experiment) -> str:
    """Why a setting has no effect on an experiment, in a sentence; empty if it has one."""
    tasks = list_tasks(setting)
    if experiment.task not in tasks:
        return f"Only {_DATA_NAMES[tasks[0]]} use this."
    if setting in loss_parameters():
        return "" if setting in experiment.parameters else _explain_parameter(setting)
    if setting in optimizer_settings():
        optimizer = OPTIMIZERS[experiment.optimizer]
        return "" if setting in optimizer.settings else f"{optimizer.label} does not use this."
    if setting in _RULES:
        return _RULES[setting](experiment)
    need = _NEEDS.get(setting)
    return "" if need is None or need.is_met(experiment) else need.otherwise.format_map(_list_labels())


def reason_unused_by_all(setting: str, experiments: Sequence[Experiment]) -> str:
    """Why a setting has no effect on any of the experiments; empty if it has one on some, or if there are none."""
    reasons = [reason_unused(setting, experiment) for experiment in experiments]
    return reasons[0] if reasons and all(reasons) else ""


def is_used(setting: str, experiment: Experiment) -> bool:
    """Whether a setting has an effect on an experiment."""
    return not reason_unused(setting, experiment)


def list_tasks(setting: str) -> list[str]:
    """The tasks that use a setting: ``regression``, ``classification`` or both."""
    if setting == POLYNOMIALS:
        return ["regression"]
    if setting in loss_parameters():
        return [task for task in DATA_OF if any(setting in LOSSES[key].parameters for key in losses_for(task))]
    return [task for task in DATA_OF if not any(setting in DATA_OF[other] for other in DATA_OF if other != task)]


def loss_parameters() -> list[str]:
    """The settings that are parameters of a loss, each once."""
    return list(dict.fromkeys(name for loss in LOSSES.values() for name in loss.parameters))


def optimizer_settings() -> list[str]:
    """The settings that only some optimizers take, each once."""
    return list(dict.fromkeys(name for rule in OPTIMIZERS.values() for name in rule.settings))


def surface_settings(experiment: Experiment) -> list[str]:
    """The settings that the loss of a line with given weights depends on; the others only change how training moves."""
    data = [name for names in DATA_OF.values() for name in names]
    return ["dataset", *data, "points", "standardise", "seed", "loss", *experiment.parameters, "l1", "l2"]


_DATA_NAMES = {"regression": "data sets of numbers", "classification": "data sets with labels"}


def _explain_parameter(setting: str) -> str:
    labels = [loss.label for loss in LOSSES.values() if setting in loss.parameters]
    template = USED_BY_ONE if len(labels) == 1 else USED_BY_SEVERAL
    return template.format(losses=listed(labels))


def _explain_proximal(experiment: Experiment) -> str:
    if not experiment.l1:
        return f"{_list_labels()['l1']} is off."
    if experiment.replace(proximal=True).soft_threshold:
        return ""
    return f"{OPTIMIZERS[experiment.optimizer].label} takes no proximal steps. Choose SGD first."


def _explain_clipping(setting: str, experiment: Experiment) -> str:
    other = experiment.clipping
    if other in ("", setting):
        return ""
    return f"Keras allows one kind of clipping. Set {_list_labels()[other]} to off first."


def _has_outliers(experiment: Experiment) -> bool:
    return round(experiment.outliers * experiment.points) > 0


def _has_small_batches(experiment: Experiment) -> bool:
    return experiment.rows_per_batch < experiment.points


def _starts_by_hand(experiment: Experiment) -> bool:
    return experiment.is_line and experiment.start_slope is not None


def _is_random(experiment: Experiment) -> bool:
    has_random_data = experiment.task == "classification" or experiment.noise > 0 or _has_outliers(experiment)
    drops_units = experiment.dropout > 0 and bool(experiment.hidden)
    shuffles = experiment.shuffle and _has_small_batches(experiment)
    return has_random_data or drops_units or shuffles or not _starts_by_hand(experiment)


@cache
def _list_labels() -> dict[str, str]:
    return {name: setting.label for name, setting in settings().items()}


class _Need(NamedTuple):
    """What an experiment must have for a setting to act, and the reason that is shown if it does not.

    A name in braces stands for the label of that setting.
    """

    is_met: Callable[[Experiment], object]
    otherwise: str


_NEEDS_LAYERS = _Need(lambda experiment: experiment.hidden, "Only hidden layers use this, and this model has none.")
_NEEDS_LINE = _Need(lambda experiment: experiment.is_line, "Only a model with one slope and one intercept uses this.")

_NEEDS: dict[str, _Need] = {
    "noise_shape": _Need(lambda experiment: experiment.noise, "{noise} is 0, so there is no noise to shape."),
    "outlier_size": _Need(_has_outliers, "No point is an outlier. Raise {outliers} first."),
    "standardise": _Need(
        lambda experiment: experiment.inputs == experiment.features, "A polynomial's inputs are scaled already."
    ),
    "seed": _Need(_is_random, "Nothing is random here: there is no noise and no outlier, and the start is set."),
    **dict.fromkeys(("activation", "normalisation", "dropout"), _NEEDS_LAYERS),
    "residual": _Need(lambda experiment: len(experiment.hidden) > 1, "This needs two or more hidden layers."),
    **dict.fromkeys(("start_slope", "start_intercept"), _NEEDS_LINE),
    "initialiser": _Need(
        lambda experiment: not _starts_by_hand(experiment), "{start_slope} is set, so no weight is drawn."
    ),
    "shuffle": _Need(_has_small_batches, "Every step uses all points. Choose a smaller batch size first."),
}

# Settings that may be unused for several reasons: each function gives the one that holds, or an empty text.
_RULES: dict[str, Callable[[Experiment], str]] = {
    "proximal": _explain_proximal,
    **{setting: partial(_explain_clipping, setting) for setting in CLIPPINGS},
}
