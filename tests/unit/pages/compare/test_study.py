"""Kept runs side by side: their order and their table."""

from playground.diagnosis import Diagnosis
from playground.experiment.view import FIRST
from playground.export.kept import Kept
from playground.pages.classify.study import train_classifiers
from playground.pages.compare.settings import CompareSettings
from playground.pages.compare.study import list_orders, make_table, sort_runs
from playground.pages.compare.words import notes
from playground.text.numbers import number
from playground.training import train
from tests.support.kept_runs import KEPT, kept_diagnoses


def test_the_comparison_names_what_differs():
    diagnoses = kept_diagnoses()
    head, rows = make_table(KEPT, diagnoses, CompareSettings())
    assert head == ["", "loss", "own loss", "MAE", "RMSE", "verdict", "Noise σ", "Learning rate"]
    assert rows[0][:2] == ["1 · first", "MSE"]
    assert rows[0][6:] == ["1", "0.01"]
    assert rows[1][6:] == ["4", "0.01"]
    assert rows[1][4] == number(diagnoses[1].rmse)
    assert rows[2][2:5] == ["–", "–", "–"]
    assert rows[2][5].startswith("diverged at epoch")


def test_classifiers_and_lines_are_judged_in_columns_of_their_own():
    kept = [KEPT[0], Kept(experiment=FIRST["classification"].experiment.replace(epochs=20), page="classify")]
    found = [Diagnosis(run) for run in train([each.experiment for each in kept])]
    head, rows = make_table(kept, found, CompareSettings())
    assert head[2:7] == ["own loss", "MAE", "RMSE", "accuracy", "log-loss"]
    judge = train_classifiers([kept[1].experiment])[0].judge
    assert rows[0][5:7] == ["–", "–"]
    assert rows[1][3:7] == ["–", "–", f"{judge.accuracy(0.5):.1%}", number(judge.log_loss)]
    assert sort_runs(kept, found, CompareSettings(order="rmse", reverse=True)) == [0, 1]
    assert sort_runs(kept, found, CompareSettings(order="log_loss")) == [1, 0]
    assert "log_loss" in list_orders(kept, "kept")
    assert "log_loss" not in list_orders(kept[:1], "kept")
    assert "log_loss" in list_orders(kept[:1], "log_loss")
    assert [len(notes(some)) for some in (kept, kept[:1], kept[1:])] == [3, 2, 2]


def test_the_comparison_is_sorted_and_what_has_no_number_comes_last():
    diagnoses = kept_diagnoses()
    low, high = sorted((0, 1), key=lambda place: diagnoses[place].rmse)
    assert sort_runs(KEPT, diagnoses, CompareSettings(order="rmse")) == [low, high, 2]
    assert sort_runs(KEPT, diagnoses, CompareSettings(order="rmse", reverse=True)) == [high, low, 2]
    assert sort_runs(KEPT, diagnoses, CompareSettings(order="kept", reverse=True)) == [2, 1, 0]
    assert sort_runs(KEPT, diagnoses, CompareSettings(order="loss"))[0] == 1
