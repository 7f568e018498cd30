"""Experiments, other values of their settings, and whether these change a training, as is said of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from playground.experiment import Experiment, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.setting import Choice, Switch
from playground.run import Run

SHORT = Experiment(points=7, epochs=2, noise=2.0, learning_rate=0.01)
MOONS = SHORT.replace(dataset="moons", loss="cross_entropy", learning_rate=0.1)
NETWORK = SHORT.replace(hidden=(3,))
BASES = {
    "line": SHORT,
    "no noise": SHORT.replace(noise=0.0),
    "nothing random": SHORT.replace(noise=0.0, start_slope=1.0),
    "outliers": SHORT.replace(outliers=0.3, loss="huber"),
    "fewer outliers than one": SHORT.replace(outliers=0.05),
    "start": SHORT.replace(start_slope=1.0),
    "start of the intercept": SHORT.replace(start_intercept=1.0),
    "polynomial": SHORT.replace(degree=3, dataset="sine"),
    "batches": SHORT.replace(batch_size=2),
    "momentum": SHORT.replace(optimizer="momentum"),
    "proximal": SHORT.replace(l1=5.0, learning_rate=0.02),
    "adam": SHORT.replace(l1=0.5, optimizer="adam", learning_rate=0.1),
    "clipped": SHORT.replace(global_clipnorm=0.5),
    "cut": SHORT.replace(clipvalue=0.5),
    "network": NETWORK,
    "two layers": NETWORK.replace(hidden=(3, 3), dropout=0.3),
    "moons": MOONS,
    "logistic": MOONS.replace(dataset="two_groups"),
    "weighted": MOONS.replace(loss="weighted"),
    "focal": MOONS.replace(loss="focal"),
    "general": SHORT.replace(loss="general"),
    "quantile": SHORT.replace(loss="quantile"),
    "insensitive": SHORT.replace(loss="epsilon_insensitive"),
}
FIXED = ("loss", "dataset", "hidden", "epochs")  # these are always used
FELT = {
    "batch_size": [3],
    "global_clipnorm": [0.01],
    "clipnorm": [0.01],
    "clipvalue": [0.01],
}  # most values of these are too large to be felt
SETTINGS = [name for name in settings() if name not in FIXED]


def other_values(name: str, experiment: Experiment) -> list[Any]:
    """A few allowed values of a setting that are not the experiment's own."""
    setting, own = settings()[name], getattr(experiment, name)
    if name in FELT:
        return FELT[name]
    if isinstance(setting, Choice):
        return [key for key in setting.options if key != own][:2]
    if isinstance(setting, Switch):
        return [not own]
    low, high = max(setting.low, -50), min(setting.high, 50)
    kind = type(getattr(Experiment(), name)) if getattr(Experiment(), name) is not None else float
    return [value for value in (kind(low), kind(round((low + high) / 3, 2)), kind(high)) if value != own]


def variants(experiment: Experiment) -> dict[str, list[Experiment]]:
    """For each setting, the experiment with other values of it, as far as the model allows them."""
    found: dict[str, list[Experiment]] = {name: [] for name in SETTINGS}
    for name in SETTINGS:
        for value in other_values(name, experiment):
            try:
                found[name].append(experiment.replace(**{name: value}))
            except ValidationError:
                assert name in (*CLIPPINGS, "normalisation", "residual")
    return found


def same_numbers(one: Run, other: Run) -> bool:
    """Whether two runs have the same losses and weights, up to rounding."""
    if [array.shape for array in one.weights] != [array.shape for array in other.weights]:
        return False
    pairs = zip([one.loss, *one.weights], [other.loss, *other.weights], strict=True)
    return all(np.allclose(mine, theirs, 1e-4, 1e-6, equal_nan=True) for mine, theirs in pairs)
