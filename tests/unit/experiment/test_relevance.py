"""Settings that an experiment does not use, held against training itself: their value must not change the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from playground.experiment import Experiment, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.relevance import is_used, list_tasks, loss_parameters, reason_unused, reason_unused_by_all
from playground.experiment.setting import Choice, Switch
from playground.losses import LOSSES, losses_for
from playground.run import Run
from playground.theory.line_loss import mean_loss, surface_key
from playground.training import train
from tests.support.eager import run_step_by_step

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


@pytest.fixture(scope="module")
def runs() -> dict[Experiment, Run]:
    """The run of every base and of all its variants, trained together: those of one kind share a stack."""
    changed = [each for base in BASES.values() for several in variants(base).values() for each in several]
    experiments = list(dict.fromkeys([*BASES.values(), *changed]))
    with run_step_by_step():
        return dict(zip(experiments, train(experiments), strict=True))


def same_numbers(one: Run, other: Run) -> bool:
    """Whether two runs have the same losses and weights, up to rounding."""
    if [array.shape for array in one.weights] != [array.shape for array in other.weights]:
        return False
    pairs = zip([one.loss, *one.weights], [other.loss, *other.weights], strict=True)
    return all(np.allclose(mine, theirs, 1e-4, 1e-6, equal_nan=True) for mine, theirs in pairs)


@pytest.mark.parametrize("name", BASES)
def test_a_setting_is_used_exactly_if_it_changes_the_run(name: str, runs: dict[Experiment, Run]) -> None:
    base = BASES[name]
    effect = {
        setting: [not same_numbers(runs[each], runs[base]) for each in several]
        for setting, several in variants(base).items()
    }
    wrong = {
        setting: reason_unused(setting, base) for setting in SETTINGS if any(effect[setting]) != is_used(setting, base)
    }
    assert wrong == {}


def test_every_base_leaves_something_unused_and_says_why() -> None:
    for base in BASES.values():
        reasons = [reason_unused(name, base) for name in settings()]
        assert any(reasons)
        assert all(reason.endswith(".") and reason[0].isupper() for reason in reasons if reason)


def test_what_one_experiment_uses_is_used() -> None:
    both = [SHORT, SHORT.replace(loss="huber")]
    assert reason_unused_by_all("delta", both) == ""
    assert reason_unused_by_all("delta", both[:1]) == "None of the chosen losses uses this; Huber does."
    assert reason_unused_by_all("delta", []) == ""


def test_each_parameter_of_a_loss_belongs_to_the_tasks_of_that_loss() -> None:
    assert set(loss_parameters()) == {name for loss in LOSSES.values() for name in loss.parameters}
    for task in ("regression", "classification"):
        read = {name for key in losses_for(task) for name in LOSSES[key].parameters}
        assert {name for name in loss_parameters() if task in list_tasks(name)} == read


def test_the_surface_of_a_line_changes_with_what_its_key_holds_and_with_nothing_else() -> None:
    slopes, intercepts = np.array([0.3, -4.0, 9.0]), np.array([-2.0, 1.0, 5.0])
    bases = [
        BASES[name]
        for name in ("line", "outliers", "general", "quantile", "insensitive", "weighted", "logistic", "focal")
    ]
    for base in bases:
        base = base.replace(dataset="two_groups") if base.task == "classification" else base
        heights = mean_loss(base, slopes, intercepts)
        for name, several in variants(base).items():
            same_key = [surface_key(each) == surface_key(base) for each in several if each.widths == (1, 1)]
            same = [
                np.allclose(mean_loss(each, slopes, intercepts), heights) for each in several if each.widths == (1, 1)
            ]
            assert all(height for height, key in zip(same, same_key, strict=True) if key), (base, name)
            if not any(same_key) and same and is_used(name, base):
                assert not all(same), (base, name)
