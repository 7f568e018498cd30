"""What hangs on rounding is said of the runs that do, and the programs of all others print the page's numbers."""

import json

import numpy as np
import pytest

from playground.compare.script import notebook, script
from playground.experiment import Experiment
from playground.gradients.settings import Networks
from playground.rounding import NUDGE, end_of, hanging_words, hangs, nudged, nudged_ends
from playground.training import train
from tests.test_script import assert_prints_the_same, cells

STEADY = Networks().experiments
CHAOTIC = Networks(learning_rate_b=0.01).experiment("B")


@pytest.mark.parametrize("rate", [1e-6, 0.01, 1.0, 100.0])
def test_the_nudge_is_a_millionth_that_the_settings_and_single_precision_can_hold(rate: float) -> None:
    moved = nudged(Experiment(learning_rate=rate)).learning_rate
    assert abs(moved / rate - 1) == pytest.approx(NUDGE)
    assert np.float32(moved) != np.float32(rate)


@pytest.mark.parametrize(
    ("end", "nudged_end", "found"),
    [
        (1.0, 1.0005, False),  # half a thousandth apart
        (1.0, 1.002, True),
        (1.002, 1.0, True),
        (1e-7, 2e-7, False),  # both are next to nothing of a first loss of 10
        (1.0, np.inf, True),
        (np.nan, 1.0, True),
        (np.nan, np.inf, False),  # both diverge
    ],
)
def test_what_hangs_by_hand(end: float, nudged_end: float, found: bool) -> None:
    losses = np.array([10.0, 5.0, end])
    assert hangs(losses, nudged_end) == found
    assert bool(hanging_words(losses, nudged_end)) == found


def test_the_words_have_both_ends() -> None:
    told = "with a learning rate that differs by a millionth"
    assert hanging_words(np.array([10.0, 5.0, 1.0]), 1.25) == f"ends at 1.000; ends at 1.250 {told}"
    assert hanging_words(np.array([10.0, 5.0, np.nan]), 1.25) == f"diverges; ends at 1.250 {told}"
    assert hanging_words(np.array([10.0, 5.0, 1.0]), np.inf) == f"ends at 1.000; diverges {told}"


def test_a_chaotic_run_is_told_from_a_steady_one() -> None:
    experiments = [*STEADY, CHAOTIC]
    losses, ends = [run.loss for run in train(experiments)], nudged_ends(experiments)
    assert [hangs(loss, end) for loss, end in zip(losses, ends, strict=True)] == [False, False, True]
    # The end of the nudged training is that of the training with that rate.
    assert ends[1] == pytest.approx(end_of(train([nudged(STEADY[1])])[0].loss), rel=1e-6)


def test_a_stopped_training_has_no_ends() -> None:
    assert nudged_ends(STEADY, lambda share: False) == []


def test_the_programs_of_steady_runs_print_what_the_page_shows(tmp_path) -> None:
    """Whole trainings, not their first steps: a network of 20 layers, and one of a single layer."""
    bent = Experiment(
        dataset="sine", hidden=(16,), optimizer="adam", learning_rate=0.02, epochs=200, standardise=True, loss="huber"
    )
    experiments = [STEADY[1], bent]
    losses = [run.loss for run in train(experiments)]
    assert not any(map(hangs, losses, nudged_ends(experiments)))
    assert_prints_the_same(script(experiments), experiments, tmp_path, eagerly=False)


def test_a_program_says_which_of_its_numbers_hang_on_rounding() -> None:
    experiments, told = [STEADY[0], CHAOTIC], ["", "ends at 1.000; ends at 1.250"]
    code, book = script(experiments, hanging=told), notebook(experiments, hanging=told)
    for text in (code.split('"""')[1], "".join(json.loads(book)["cells"][0]["source"])):
        assert "These hang on rounding" in text
        assert "- 2 · MSE: ends at 1.000; ends at 1.250" in text
        assert "1 · MSE: ends" not in text
    assert "hang on rounding" not in script(experiments, hanging=["", ""])
    assert cells(book) == cells(notebook(experiments))
