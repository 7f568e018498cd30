"""Settings that change nothing, and values that train alike, in the compiled programs.

``tests/unit`` goes through all of them, step by step; here are those that share a program with others, which could meet
there what is not theirs.
"""

from __future__ import annotations

import pytest

from playground.engine.stacking import Kind
from playground.experiment import Experiment
from playground.experiment.relevance import is_used
from playground.sweeps import sweepable
from playground.training import train
from tests.support.alike_cases import ALIKE_BASES, assert_alike_exactly_if_runs_are_equal, spread_values
from tests.support.relevance_cases import BASES, same_numbers, variants


def share_program(one: Experiment, other: Experiment) -> bool:
    return Kind.from_experiment(one, frozenset()) == Kind.from_experiment(other, frozenset())


@pytest.mark.parametrize("name", ["outliers", "network", "batches", "focal"])
def test_a_setting_is_used_exactly_if_it_changes_the_run_beside_which_it_trains(name: str) -> None:
    base = BASES[name]
    others = {
        setting: beside
        for setting, several in variants(base).items()
        if (beside := [each for each in several if share_program(each, base)])
    }
    flat = [(setting, each) for setting, several in others.items() for each in several]
    first, *rest = train([base, *(each for _, each in flat)])
    changed = {setting for (setting, _), run in zip(flat, rest, strict=True) if not same_numbers(run, first)}
    used = {setting for setting in others if is_used(setting, base)}
    assert changed == used
    assert len(used) >= 4
    assert len(others) - len(used) >= 4


@pytest.mark.parametrize("base", ALIKE_BASES.values(), ids=ALIKE_BASES)
def test_values_train_alike_if_and_only_if_their_runs_are_equal(base: Experiment) -> None:
    tried = 0
    for setting in sweepable():
        values = [
            value for value in spread_values(base, setting) if share_program(base.replace(**{setting: value}), base)
        ]
        if len(values) > 1:
            assert_alike_exactly_if_runs_are_equal(base, setting, values)
            tried += 1
    assert tried >= 6
