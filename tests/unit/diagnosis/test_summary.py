"""The words: how numbers are written, and that every sentence holds the numbers of its run."""

from math import inf, nan

import numpy as np
import pytest

from playground.diagnosis import diagnose
from playground.diagnosis import summary as words
from playground.diagnosis.result_table import NOTHING, build_result_rows
from playground.experiment import Experiment
from playground.tables.functions import TRUE_FUNCTIONS
from playground.theory.line_loss import mean_loss
from playground.training import train
from tests.support.runs import diagnosed, several, with_losses


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.00"),
        (2.004, "2.00"),
        (-1.5, "−1.50"),
        (12.34, "12.3"),
        (9.996, "10.0"),
        (123.4, "123"),
        (999.6, "1,000"),
        (1234.6, "1,235"),
        (999_999.0, "999,999"),
        (1e6, "1.00 × 10⁶"),
        (-2.5e12, "−2.50 × 10¹²"),
        (0.5, "0.500"),
        (0.02727, "0.0273"),
        (1e-4, "0.000100"),
        (9.99e-5, "9.99 × 10⁻⁵"),
        (-3.4e38, "−3.40 × 10³⁸"),
        (nan, "beyond all bounds"),
        (inf, "beyond all bounds"),
        (-inf, "beyond all bounds"),
    ],
)
def test_a_number_has_three_digits_that_count(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1.0, "1"),
        (21, "21"),
        (1000, "1,000"),
        (-30.0, "−30"),
        (0.003, "0.003"),
        (2**31, "2,147,483,648"),
        (1e-6, "0.000001"),
        (2.5e10, "25,000,000,000"),
    ],
)
def test_a_setting_has_all_its_digits(value: float, text: str) -> None:
    assert words.plain(value) == text


def test_lists_and_counts() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.count(1, "epoch") == "1 epoch"
    assert words.count(1000, "point") == "1,000 points"


def test_a_line() -> None:
    assert words.line(2.0, 3.0, words.plain) == "y = 2x + 3"
    assert words.line(-2.0, -3.5) == "y = −2.00x − 3.50"
    assert words.line(1.0, 0.0) == "y = 1.00x + 0"


def test_a_loss_is_named_with_its_parameter() -> None:
    assert words.name(Experiment()) == "MSE"
    assert words.name(Experiment(loss="huber", delta=0.5)) == "Huber (δ = 0.5)"
    assert words.name(Experiment(loss="quantile")) == "Quantile (τ = 0.9)"
    assert words.name(Experiment(loss="epsilon_insensitive", epsilon=0.1)) == "ε-insensitive (ε = 0.1)"
    assert words.name(Experiment(loss="tukey", scale=4.0)) == "Tukey (c = 4)"
    assert words.name(Experiment(loss="general", alpha=-2.0)) == "Barron (α = −2, c = 2)"
    assert words.name(Experiment(loss="focal")) == "Focal (γ = 2)"


def test_what_is_held_equal_is_said() -> None:
    said = words.describe_equal_settings(
        Experiment(seed=7, points=30, epochs=1, batch_size=8, optimizer="adam", learning_rate=0.02)
    )
    for part in ("30 points", "seed 7", "batches of 8 points", "Adam", "learning rate 0.02", "1 epoch"):
        assert part in said
    assert "all points in every step" in words.describe_equal_settings(Experiment())
    assert "the same batches of 1 point," in words.describe_equal_settings(Experiment(batch_size=1))
    assert "all points in every step" in words.describe_equal_settings(Experiment(batch_size=500))


@pytest.mark.parametrize(
    "changes",
    [{}, {"dataset": "sine"}, {"dataset": "heteroscedastic", "noise": 5.0}, {"points": 100, "epochs": 50}],
    ids=str,
)
def test_the_summary_holds_the_numbers_of_every_run(changes: dict) -> None:
    diagnoses = several("mse", "mae", "huber", **changes)
    said = words.summarise_runs(diagnoses)
    for each in diagnoses:
        slope, intercept = each.run.line
        assert f"{words.name(each.run.experiment)} found {words.line(slope, intercept)}" in said
    assert words.number(min(each.rmse for each in diagnoses)) in said
    truth = TRUE_FUNCTIONS[diagnoses[0].run.experiment.dataset].line
    assert ("The truth is y = 2x + 3" if truth else "No straight line is the truth") in said


def test_the_summary_names_the_best_and_the_worst() -> None:
    mse, mae = several("mse", "mae", outliers=0.1, outlier_size=60.0)
    against = f"RMSE {words.number(mae.rmse)}, against {words.number(mse.rmse)} for MSE"
    assert f"MAE is nearest to the truth: {against}" in words.summarise_runs([mse, mae])


def test_the_summary_of_equals_names_no_winner() -> None:
    twice = several("mse", "mse")
    rmse = words.number(twice[0].rmse)
    assert f"they are within 2% of each other: RMSE {rmse} to {rmse}." in words.summarise_runs(twice)
    assert f"off by {words.number(twice[0].rmse)}" in words.summarise_runs(twice[:1])


def test_the_summary_says_what_is_not_finished() -> None:
    said = words.summarise_runs(several("mse", "mae", epochs=20))
    assert "MSE and MAE are still improving" in said
    said = words.summarise_runs(several("mse", "mae"))
    assert "MAE is oscillating, since the gradient of this loss does not fade" in said
    assert "smaller, but does not end them" in said


def test_a_quantile_is_judged_by_what_it_is_for() -> None:
    nine_in_ten = {"noise": 5.0, "points": 60, "optimizer": "adam", "learning_rate": 0.05}
    mae, quantile = several("mae", "quantile", **nine_in_ten)
    data = quantile.run.data
    slope, intercept = quantile.run.line
    below = np.mean(data.y_train[:, 0] < slope * data.x_train[:, 0] + intercept)
    said = words.summarise_runs([mae, quantile])
    assert f"90% of the training points are to lie below its line, and {100 * below:.0f}% do" in said
    assert "nearest to the truth" not in said
    assert f"off by {words.number(mae.rmse)}" in said
    median = diagnosed(loss="quantile", quantile=0.5)
    assert "not meant" not in words.summarise_runs([median])


def test_one_run_has_one_verdict() -> None:
    tukey = diagnosed(loss="tukey", outliers=0.2)
    assert tukey.verdict == diagnose(tukey.run).verdict == "stuck"
    assert build_result_rows([tukey])[-1][1] == "stuck"
    assert "Tukey (c = 2) is stuck" in words.summarise_runs([tukey])


def test_the_summary_of_a_network_speaks_of_no_line() -> None:
    assert "found y" not in words.summarise_runs(several("mse", "mae", hidden=(4,), learning_rate=0.001))


def test_a_diverged_run_is_explained_with_its_limit() -> None:
    diagnosis = diagnosed(learning_rate=0.03)
    said = " ".join(diagnose(diagnosis.run).evidence)
    for part in ("by epoch 14", "0.03 is above 0.02727", words.number(float(diagnosis.run.loss[0]))):
        assert part in said
    assert "MSE diverged at epoch 14" in words.summarise_runs(several("mse", "mae", learning_rate=0.03))


def test_a_diverged_run_without_a_known_limit_is_told_none() -> None:
    said = " ".join(diagnose(diagnosed(hidden=(16,), learning_rate=1.0).run).evidence)
    assert "too large for this model" in said
    assert "largest stable rate" not in said


@pytest.mark.parametrize(
    "changes", [{}, {"learning_rate": 0.03}, {"learning_rate": 100.0}, {"hidden": (16,), "learning_rate": 1.0}], ids=str
)
def test_no_sentence_and_no_cell_shows_what_is_no_number(changes: dict) -> None:
    diagnoses = several("mse", "mae", "huber", **changes)
    said = [words.summarise_runs(diagnoses), *(cell for row in build_result_rows(diagnoses) for cell in row)]
    said += [text for each in diagnoses for text in diagnose(each.run).evidence]
    assert not [text for text in said if "nan" in text.lower() or "inf" in text.lower()]


def test_the_table_has_a_column_for_each_run() -> None:
    mse, mae = diagnoses = several("mse", "mae")
    table = {question: cells for question, *cells in build_result_rows(diagnoses)}
    assert table["slope (true 2)"] == [words.number(each.run.line[0]) for each in (mse, mae)]
    assert table["own loss at the end"] == [words.number(each.run.loss[-1]) for each in (mse, mae)]
    assert table["RMSE on clean points"] == [words.number(each.rmse) for each in (mse, mae)]
    assert table["verdict"] == ["exactly optimal", "oscillating"]


def test_the_table_has_no_numbers_for_a_diverged_or_untrained_run() -> None:
    for column, verdict in [(diagnosed(learning_rate=0.03), "diverged at epoch 14"), (with_losses(), "not trained")]:
        *numbers, last = [cell for _, cell in build_result_rows([column])]
        assert set(numbers) == {NOTHING}
        assert last == verdict


def test_one_seed_is_said_to_be_one_draw() -> None:
    said = words.summarise_runs(several("mse", "mae", outliers=0.1, outlier_size=60.0))
    assert "This is one draw of the noise: another seed may order the losses differently." in said
    # And so it may: over forty seeds of equal noise without outliers either of the two is nearer at times.
    runs = train([Experiment(loss=loss, seed=seed) for seed in range(40) for loss in ("mse", "mae")])
    errors = np.array([diagnose(run).rmse for run in runs]).reshape(40, 2)
    assert 0 < (errors[:, 0] < errors[:, 1]).sum() < 40


@pytest.mark.parametrize(("penalty", "said"), [({"l2": 1.0}, True), ({"l1": 1.0}, True), ({}, False)], ids=str)
def test_a_penalty_is_said_to_be_in_the_loss_and_is(penalty: dict, said: bool) -> None:
    run = diagnosed(noise=1.0, **penalty).run
    assert ("penalty of its weights is in each loss" in words.describe_equal_settings(run.experiment)) is said
    slope, intercept = run.line
    plain_mse = np.square(slope * run.data.x_train + intercept - run.data.y_train).mean()
    size = run.experiment.l1 * abs(slope) + run.experiment.l2 * slope**2
    assert run.loss[-1] == pytest.approx(plain_mse + size, rel=1e-4)
    assert (size > 0) is said


@pytest.mark.parametrize("changes", [{"epochs": 1, "learning_rate": 0.02}, {"batch_size": 4, "epochs": 10}], ids=str)
def test_the_last_loss_is_that_before_its_steps(changes: dict) -> None:
    run = diagnosed(**changes).run
    after = run.to_keras().evaluate(run.data.x_train, run.data.y_train, verbose=0)
    assert after == pytest.approx(float(mean_loss(run.experiment, *run.line)), rel=1e-4)
    assert abs(run.loss[-1] - after) > 1e-3 * after
    assert "before each step" in words.describe_equal_settings(run.experiment)
    longer = diagnosed(**{**changes, "epochs": run.epochs + 1}).run
    if "batch_size" not in changes:
        assert longer.loss[-1] == pytest.approx(after, rel=1e-5)


@pytest.mark.parametrize(("fresh", "explained"), [(0.85, True), (0.91, False)])
def test_fewer_fresh_points_below_a_quantile_are_explained_and_more_are_not(
    monkeypatch: pytest.MonkeyPatch, fresh: float, explained: bool
) -> None:
    monkeypatch.setattr(words, "share_below_fresh", lambda run: (fresh, 2000))
    monkeypatch.setattr(words, "share_below_training", lambda run: 0.9)
    said = words._describe_share_below(diagnosed(loss="quantile", quantile=0.9))
    assert f"Of 2,000 fresh points of the same law {100 * fresh:.0f}% do" in said
    assert ("fitted to its own points" in said) is explained
