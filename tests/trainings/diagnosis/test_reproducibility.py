"""Sensitivity to rounding: two probes find the runs that have it, and pages and programs say so of no others."""

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, root_mean_squared_error

from playground.diagnosis import Diagnosis
from playground.diagnosis.reproducibility import (
    BESIDE,
    NUDGE,
    REVERSED,
    FinalNumbers,
    describe_sensitivity,
    final_loss,
    is_sensitive,
    measure_errors,
    perturb_rate,
    train_perturbed,
    train_probes,
    train_reversed,
)
from playground.experiment import Experiment
from playground.export.script import notebook, script
from playground.models.keras_model import build_model
from playground.pages.gradients.settings import GradientsSettings
from playground.text.numbers import number
from playground.training import train
from tests.support.programs import cells
from tests.support.runs import with_losses

STEADY = GradientsSettings().experiments
CHAOTIC = GradientsSettings().replace(learning_rate_b=0.01).experiment("B")


@pytest.mark.parametrize("rate", [1e-6, 0.01, 1.0, 100.0])
def test_the_nudge_is_a_millionth_that_the_settings_and_single_precision_can_hold(rate: float) -> None:
    moved = perturb_rate(Experiment(learning_rate=rate)).learning_rate
    assert abs(moved / rate - 1) == pytest.approx(NUDGE)
    assert np.float32(moved) != np.float32(rate)


@pytest.mark.parametrize(
    ("end", "perturbed_loss", "found"),
    [
        (1.0, 1.00005, False),  # half a ten-thousandth apart
        (1.0, 1.0002, True),
        (1.0002, 1.0, True),
        (1e-7, 2e-7, False),  # both are next to nothing of a first loss of 10
        (1.0, np.inf, True),
        (np.nan, 1.0, True),
        (np.nan, np.inf, False),  # both diverge
    ],
)
def test_what_is_sensitive_by_hand(end: float, perturbed_loss: float, found: bool) -> None:
    assert is_sensitive(np.array([10.0, 5.0, end]), perturbed_loss) == found


def test_the_words_have_both_numbers() -> None:
    beside = "with a learning rate that differs by a millionth"
    steady, lost = (with_losses(10.0, 5.0, end).run for end in (1.0, np.nan))
    rmse = Diagnosis(steady).rmse
    assert (
        describe_sensitivity(steady, [FinalNumbers(1.25, rmse, "RMSE")]) == f"ends at 1.0000; ends at 1.2500 {beside}"
    )
    assert describe_sensitivity(lost, [FinalNumbers(1.25, rmse, "RMSE")]) == f"diverges; ends at 1.2500 {beside}"
    assert describe_sensitivity(steady, [FinalNumbers(np.inf, rmse, "RMSE")]) == f"ends at 1.0000; diverges {beside}"
    # The loss of the last epoch is taken before its step, so the judges may hang where it does not.
    told = f"its RMSE is {number(rmse, 5)}; {number(2 * rmse, 5)} {beside}"
    assert describe_sensitivity(steady, [FinalNumbers(1.0, 2 * rmse, "RMSE")]) == told
    assert describe_sensitivity(steady, [FinalNumbers(1.0, rmse, "RMSE")]) == ""


def test_the_judges_are_those_of_scikit_learn() -> None:
    labels = Experiment(dataset="moons", points=40, loss="hinge", learning_rate=0.03, epochs=30)
    run, line = train([labels, Experiment(epochs=30)])
    z = run.predict(run.data.x_test)[:, 0].astype(float)
    y = run.data.y_test[:, 0]
    assert measure_errors(run)["accuracy"] == pytest.approx(accuracy_score(y, z > 0))
    assert measure_errors(run)["log_loss"] == pytest.approx(log_loss(y, 1 / (1 + np.exp(-z))), rel=1e-6)
    assert FinalNumbers.from_run(run).error == measure_errors(run)["log_loss"]
    y_pred = line.predict(line.data.x_test)
    assert FinalNumbers.from_run(line).error == pytest.approx(
        root_mean_squared_error(line.data.y_test, y_pred), rel=1e-5
    )


def test_a_chaotic_run_is_told_from_a_steady_one() -> None:
    experiments = [*STEADY, CHAOTIC]
    losses, ends = [run.loss for run in train(experiments)], train_perturbed(experiments)
    assert [is_sensitive(loss, end.loss) for loss, end in zip(losses, ends, strict=True)] == [False, False, True]
    # The end of the nudged training is that of the training with that rate.
    assert ends[1].loss == pytest.approx(final_loss(train([perturb_rate(STEADY[1])])[0].loss), rel=1e-6)


def test_a_stopped_training_has_no_ends() -> None:
    assert train_perturbed(STEADY, lambda share: False) == []


def test_a_program_says_which_of_its_numbers_hang_on_rounding() -> None:
    experiments, told = [STEADY[0], CHAOTIC], ["", "ends at 1.000; ends at 1.250"]
    code, book = script(experiments, sensitive=told), notebook(experiments, sensitive=told)
    for text in (code.split('"""')[1], "".join(json.loads(book)["cells"][0]["source"])):
        assert "These hang on rounding" in text
        assert "- 2 · MSE: ends at 1.000; ends at 1.250" in text
        assert "1 · MSE: ends" not in text
    assert "hang on rounding" not in script(experiments, sensitive=["", ""])
    assert cells(book) == cells(notebook(experiments))


HINGED = Experiment(dataset="moons", points=200, hidden=(8,), learning_rate=0.03, optimizer="adam", loss="hinge")


def test_another_order_of_sums_shows_what_the_nudge_does_not() -> None:
    """A point that meets the hinge's corner in one order of sums and not in the other: Keras and the page part."""
    experiment = HINGED.replace(epochs=300)
    run, beside = train([experiment])[0], train_probes([experiment])[0]
    assert not describe_sensitivity(run, train_perturbed([experiment]))
    assert describe_sensitivity(run, beside).endswith("with the points of each step added up in reverse order")
    plain = build_model(experiment)
    history = plain.fit(run.data.x_train, run.data.y_train, epochs=12, batch_size=200, shuffle=False, verbose=0)
    apart = np.abs(run.loss[:12] / history.history["loss"] - 1)
    assert apart[:4].max() < 1e-6 < 1e-5 < apart[4:].max()  # they part at the fifth epoch


@pytest.mark.parametrize(
    "changes",
    [{}, {"batch_size": 4}, {"batch_size": 5, "shuffle": False}, {"hidden": (4,)}, {"hidden": (8,) * 8}, {"points": 6}],
    ids=str,
)
def test_reversed_rows_are_the_same_training_but_for_rounding(changes: dict) -> None:
    experiment = Experiment(epochs=30, learning_rate=0.005, **changes)
    run, other = train([experiment])[0], train([experiment], reverse_rows=True)[0]
    np.testing.assert_allclose(run.loss, other.loss, rtol=1e-4)
    for mine, theirs in zip(run.weights, other.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)


def test_a_training_with_dropout_has_one_probe() -> None:
    both = [Experiment(epochs=10), Experiment(epochs=10, hidden=(8,), dropout=0.2)]
    whole, single = train_probes(both)
    assert [end.probe for end in whole] == [BESIDE, REVERSED]
    assert whole[1] == train_reversed(both[:1])[0]
    assert [end.probe for end in single] == [BESIDE]
    assert train_probes(both, lambda share: False) == []
