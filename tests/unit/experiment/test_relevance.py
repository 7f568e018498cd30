"""Settings that an experiment does not use, held against training itself: their value must not change the run."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment import Experiment, settings
from playground.experiment.relevance import is_used, list_tasks, loss_parameters, reason_unused, reason_unused_by_all
from playground.losses import LOSSES, losses_for
from playground.run import Run
from playground.theory.line_loss import mean_loss, surface_key
from playground.training import train
from tests.support.eager import run_step_by_step
from tests.support.relevance_cases import BASES, SETTINGS, SHORT, same_numbers, variants


@pytest.fixture(scope="module")
def runs() -> dict[Experiment, Run]:
    """The run of every base and of all its variants, trained together: those of one kind share a stack."""
    changed = [each for base in BASES.values() for several in variants(base).values() for each in several]
    experiments = list(dict.fromkeys([*BASES.values(), *changed]))
    with run_step_by_step():
        return dict(zip(experiments, train(experiments), strict=True))


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
    assert reason_unused_by_all("scale", both) == "None of the chosen losses uses this; Cauchy, Tukey and Barron do."
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
