"""Files: what is written can be read back and comes to the same numbers; what is mangled is named, never run."""

import csv
import json
import re
from io import StringIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.classifier import score_classifier
from playground.experiment import Experiment
from playground.export.kept import Kept
from playground.export.record import (
    MOST_BYTES,
    Results,
    history_csv,
    keras_file,
    predictions_csv,
    read_record,
    write_record,
)
from playground.text.numbers import number
from playground.training import train

BASE = Experiment(epochs=5, noise=2.0)
KEPT = (
    Kept(experiment=BASE, name="as it was"),
    Kept(experiment=BASE.replace(loss="huber", delta=0.5, hidden=(4, 2), seed=7)),
    Kept(experiment=BASE.replace(learning_rate=100.0), name="=1+1"),
)


@pytest.fixture(scope="module")
def diagnoses():
    return [Diagnosis(run) for run in train([each.experiment for each in KEPT])]


@pytest.fixture(scope="module")
def text(diagnoses):
    return write_record(KEPT, diagnoses)


def test_a_file_comes_back_as_it_was(text):
    record = read_record(text.encode())
    assert record.kept == KEPT
    assert set(record.made_with) == {"numpy", "tensorflow", "keras"}


def test_what_comes_back_runs_to_the_same_numbers(text):
    record = read_record(text.encode())
    again = [Diagnosis(run) for run in train([each.experiment for each in record.kept])]
    assert all(
        not told.describe_differences(Results.of(found)) for told, found in zip(record.results, again, strict=True)
    )
    assert record.results[0].rmse == pytest.approx(again[0].rmse)
    other = Diagnosis(train([BASE.replace(seed=1)])[0])
    assert record.results[0].describe_differences(Results.of(other))


def test_what_did_not_come_again_is_named_with_both_numbers(text):
    told = read_record(text.encode()).results[0]
    here = told.model_copy(update={"rmse": 9.0, "epochs": told.epochs})
    assert told.describe_differences(told) == ""
    assert told.describe_differences(here) == f"RMSE {number(told.rmse, 5)} in the file, 9.0000 here"
    gone = read_record(text.encode()).results[2]
    assert "RMSE 9.0000 in the file, none here" in here.describe_differences(gone)
    assert told.describe_differences(told.model_copy(update={"epochs": 1})) == "5 epochs in the file, 1 here"


def test_how_much_else_is_wrong_is_said_in_a_sentence(text):
    one, two = ({"noise": -1, "points": 1}, {"noise": -1, "points": 1, "spin": 1})
    for changes, said in ((one, " One more entry is wrong, too."), (two, " 2 more entries are wrong, too.")):
        with pytest.raises(ValueError, match=re.escape(said)):
            read_record(changed(text, lambda data, changes=changes: data["experiments"][0]["settings"].update(changes)))


def test_a_diverged_run_has_no_numbers(text):
    results = read_record(text.encode()).results[2]
    assert results.verdict is Verdict.DIVERGED
    assert results.rmse is results.mae is results.final_loss is None


def changed(text, change):
    data = json.loads(text)
    change(data)
    return json.dumps(data).encode()


def _set(*path):
    *way, last, value = path

    def change(data):
        for step in way:
            data = data[step]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("format", "csv"), 'begin with "format": "loss-playground"'),
        (_set("version", 2), "version is 2; this playground reads version 1"),
        (_set("experiments", 1, "settings", "learning_rate", "fast"), "run 2: settings.learning_rate: "),
        (_set("experiments", 0, "settings", "noise", -1), "greater than or equal to 0. It is -1."),
        (_set("experiments", 0, "settings", "loss", "msee"), "loss is 'msee'; allowed are mse"),
        (_set("experiments", 0, "settings", "spin", 1), "run 1: settings.spin: Extra inputs"),
        (_set("experiments", 2, "page", "__import__('os')"), "run 3: page is "),
        (_set("experiments", 2, "name", "x" * 41), "run 3: name: String should have at most 40"),
        (_set("experiments", {}), "experiments: Input should be a valid list"),
        (_set("experiments", [{}] * 201), "experiments: List should have at most 200 items"),
        (_set("experiments", 0, "results", "rmse", "1e999"), "run 1: results.rmse: "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_named_with_its_place(text, change, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read_record(changed(text, change))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1, column 1"),
        (b'{"format": "loss-playground",\n "version": 1,,}', "line 2, column 15"),
        (b"\xff\xfe", "byte 1 of the file"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[NaN]", "holds NaN"),
        (b"9" * 5000, "is no JSON"),
        (b" " * (MOST_BYTES + 1), "1,000,001 bytes; allowed are 1,000,000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_file_of_ours_is_named(content, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read_record(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def _places(data, here=()):
    yield here
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from _places(data[key], (*here, key))


@given(draw=st.data())
@settings(max_examples=250, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_files_with_other_values_give_experiments_or_a_sentence(text, draw):
    data = json.loads(text)
    for _ in range(draw.draw(st.integers(1, 3))):
        *way, last = draw.draw(st.sampled_from([place for place in _places(data) if place]))
        inside = data
        for step in way:
            inside = inside[step]
        if isinstance(inside, dict) and draw.draw(st.booleans()):
            inside[draw.draw(st.text(max_size=8))] = inside.pop(last)
        else:
            inside[last] = draw.draw(VALUES)
    _read_or_refuse(json.dumps(data).encode())


@given(draw=st.data())
@settings(max_examples=250, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_files_with_other_bytes_give_experiments_or_a_sentence(text, draw):
    content = bytearray(text.encode())
    for _ in range(draw.draw(st.integers(1, 4))):
        place = draw.draw(st.integers(0, len(content) - 1))
        content[place : place + draw.draw(st.integers(0, 30))] = draw.draw(st.binary(max_size=10))
    _read_or_refuse(bytes(content))


def _read_or_refuse(content):
    try:
        record = read_record(content)
    except ValueError as error:
        said = str(error)
        assert 5 < len(said) < 1000
        assert re.match(r"run [1-3]: |experiments|made_with|format|version|\[|\w+: |line|byte|the file", said), said
    else:
        assert all(isinstance(each.experiment, Experiment) for each in record.kept)


def rows(text):
    return list(csv.reader(StringIO(text)))


def test_the_history_holds_every_loss(diagnoses):
    head, *told = rows(history_csv(diagnoses))
    assert head == ["epoch", "1 MSE", "2 Huber (δ = 0.5)", "3 MSE"]
    np.testing.assert_array_equal(np.array([row[1] for row in told], np.float32), diagnoses[0].run.loss)
    assert [row[0] for row in told] == ["1", "2", "3", "4", "5"]


def test_the_predictions_are_the_models(diagnoses):
    head, *told = rows(predictions_csv(diagnoses[:2]))
    assert head == ["run", "points", "x", "y", "prediction"]
    assert len(told) == 2 * (21 + 201)
    train_rows = [row for row in told if row[0] == "2 Huber (δ = 0.5)" and row[1] == "train"]
    run = diagnoses[1].run
    np.testing.assert_array_equal(np.array([row[3] for row in train_rows], np.float32), run.data.y_train[:, 0])
    np.testing.assert_array_equal(
        np.array([row[4] for row in train_rows], np.float32), run.predict(run.data.x_train)[:, 0]
    )


def test_a_visitors_words_do_not_reach_a_spreadsheet(diagnoses):
    assert "=1+1" not in history_csv(diagnoses) + predictions_csv(diagnoses)


def test_a_classifier_is_recorded_with_its_own_judges():
    run = train([BASE.replace(dataset="moons", loss="weighted", hidden=(4,), l2=0.1)])[0]
    results = Results.of(Diagnosis(run))
    judge = score_classifier(run)
    assert (results.mae, results.rmse) == (None, None)
    assert results.accuracy == pytest.approx(judge.accuracy(0.5))
    assert results.log_loss == pytest.approx(judge.log_loss)
    assert (
        results.model_copy(update={"log_loss": 9.0})
        .describe_differences(results)
        .startswith("log-loss 9.0000 in the file")
    )


def test_a_run_whose_last_step_leaves_all_numbers_is_recorded_without_judges():
    burst = Experiment(hidden=(64,) * 30, activation="relu", initialiser="large", epochs=1, standardise=True)
    for experiment in (burst, burst.replace(dataset="moons", loss="hinge", learning_rate=1.0)):
        run = train([experiment])[0]
        results = Results.of(Diagnosis(run))
        assert results.final_loss == pytest.approx(float(run.loss[-1]))
        assert {results.mae, results.rmse, results.accuracy, results.log_loss} == {None}


def test_a_stopped_training_gives_no_model():
    assert keras_file(BASE.replace(epochs=5000), on_progress=lambda share: False) is None
