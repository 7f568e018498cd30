"""Which settings an experiment reads: for each one that it does not, the reason, as a page shows it.

Controls, sweeps, tables and the surfaces of the landscape all ask here. A setting is unused if the experiment trains
to the same run whatever its value is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.experiment.experiment import CLIPPINGS, Experiment, settings
from playground.losses import LOSSES, losses_for
from playground.tables.optimizers import OPTIMIZERS

Rule = Callable[[Experiment], str]

# What the data of each task are made of, besides what both tasks read.
DATA_OF = {
    "regression": ("noise", "noise_shape", "outliers", "outlier_size"),
    "classification": ("overlap", "positives", "label_noise"),
}
POLYNOMIALS = "degree"  # of numbers only


def reason_unused(setting: str, experiment: Experiment) -> str:
    """Why a setting has no effect on an experiment, in a sentence; empty if it has one."""
    if experiment.task not in tasks_of(setting):
        return f"Only {_DATA_NAMES[next(iter(tasks_of(setting)))]} use this."
    if setting in loss_parameters():
        return "" if setting in experiment.parameters else f"None of the chosen losses uses this; {_users(setting)}."
    if setting in optimizer_settings():
        rule = OPTIMIZERS[experiment.optimizer]
        return "" if setting in rule.settings else f"{rule.label} does not use this."
    return _RULES[setting](experiment) if setting in _RULES else ""


def reason_unused_by_all(setting: str, experiments: Sequence[Experiment]) -> str:
    """Why a setting has no effect on any of the experiments; empty if it has one on some, or if there are none."""
    reasons = [reason_unused(setting, experiment) for experiment in experiments]
    return reasons[0] if reasons and all(reasons) else ""


def is_used(setting: str, experiment: Experiment) -> bool:
    """Whether a setting has an effect on an experiment."""
    return not reason_unused(setting, experiment)


def tasks_of(setting: str) -> list[str]:
    """The tasks that have a use for a setting: ``regression``, ``classification`` or both."""
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
    """What the loss at given weights of a line depends on; all else is about how training gets there."""
    data = [name for names in DATA_OF.values() for name in names]
    return ["dataset", *data, "points", "standardise", "seed", "loss", *experiment.parameters, "l1", "l2"]


_DATA_NAMES = {"regression": "data sets of numbers", "classification": "data sets with labels"}


def _users(setting: str) -> str:
    labels = [loss.label for loss in LOSSES.values() if setting in loss.parameters]
    return f"{' and '.join(labels)} {'does' if len(labels) == 1 else 'do'}"


def _noise_shape(experiment: Experiment) -> str:
    return "" if experiment.noise else f"{_label('noise')} is 0, so there is no noise to shape."


def _outlier_size(experiment: Experiment) -> str:
    moved = round(experiment.outliers * experiment.points)
    return "" if moved else f"No point is an outlier. Raise {_label('outliers')} first."


def _standardise(experiment: Experiment) -> str:
    return "A polynomial's inputs are scaled already." if experiment.inputs != experiment.features else ""


def _needs_layers(experiment: Experiment) -> str:
    return "" if experiment.hidden else "Only hidden layers use this, and this model has none."


def _residual(experiment: Experiment) -> str:
    return "" if len(experiment.hidden) > 1 else "This needs two or more hidden layers."


def _needs_line(experiment: Experiment) -> str:
    return "" if _is_line(experiment) else "Only a model with one slope and one intercept uses this."


def _initialiser(experiment: Experiment) -> str:
    return f"{_label('start_slope')} is set, so no weight is drawn." if _starts_by_hand(experiment) else ""


def _shuffle(experiment: Experiment) -> str:
    whole = experiment.rows_per_batch == experiment.points
    return "Every step uses all points. Choose a smaller batch size first." if whole else ""


def _proximal(experiment: Experiment) -> str:
    if not experiment.l1:
        return f"{_label('l1')} is off."
    if experiment.replace(proximal=True).soft_threshold:
        return ""
    return f"{OPTIMIZERS[experiment.optimizer].label} takes no proximal steps. Choose SGD first."


def _clip_by(kind: str) -> Rule:
    def rule(experiment: Experiment) -> str:
        other = experiment.clipping
        if other in ("", kind):
            return ""
        return f"Keras allows one kind of clipping. Set {_label(other)} to off first."

    return rule


def _seed(experiment: Experiment) -> str:
    noisy = experiment.task == "classification" or experiment.noise or not _outlier_size(experiment)
    trains_by_chance = (experiment.dropout and experiment.hidden) or (experiment.shuffle and not _shuffle(experiment))
    if noisy or trains_by_chance or not _starts_by_hand(experiment):
        return ""
    return "Nothing is random here: there is no noise and no outlier, and the start is set."


_RULES: dict[str, Rule] = {
    "noise_shape": _noise_shape,
    "outlier_size": _outlier_size,
    "standardise": _standardise,
    "seed": _seed,
    **dict.fromkeys(("activation", "normalisation", "dropout"), _needs_layers),
    "residual": _residual,
    **dict.fromkeys(("start_slope", "start_intercept"), _needs_line),
    "initialiser": _initialiser,
    "shuffle": _shuffle,
    "proximal": _proximal,
    **{kind: _clip_by(kind) for kind in CLIPPINGS},
}


def _is_line(experiment: Experiment) -> bool:
    return experiment.widths == (1, 1)


def _starts_by_hand(experiment: Experiment) -> bool:
    return _is_line(experiment) and experiment.start_slope is not None


def _label(setting: str) -> str:
    return settings()[setting].label
