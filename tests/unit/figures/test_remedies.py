"""The charts of the doctor's remedies: before and after in the same axes, and nothing compared that cannot be."""

from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.diagnosis.remedies import _MAKERS, propose_remedies
from playground.diagnosis.trials import Trial, try_remedies
from playground.experiment import Experiment
from playground.figures.remedies import LOWEST, NOW, STROKES, left_out_words, remedies_replay
from playground.figures.replay import Panel
from tests.support.runs import diagnosed

ILL = {
    "diverged": {"learning_rate": 0.03},
    "oscillating": {"loss": "mae", "learning_rate": 0.01},
    "improving": {"learning_rate": 0.0003},
    "stuck": {"loss": "tukey"},
    "network": {"hidden": (16,), "learning_rate": 1.0, "epochs": 100},
}


@cache
def trials(case: str) -> list[Trial]:
    return try_remedies(Experiment(**ILL[case]))


def named(panel: Panel) -> dict[str, dict]:
    return {trace["name"]: trace for trace in panel.figure["data"] if "name" in trace}


@pytest.mark.parametrize("case", ILL)
def test_every_remedy_stands_beside_the_run_as_it_is_now(case: str) -> None:
    replay = remedies_replay(trials(case))
    labels = [NOW.label, *(trial.remedy.label for trial in trials(case))]
    assert [entry.label for entry in replay.legend] == labels
    for panel in replay.panels:
        go.Figure(panel.figure)
        assert "nan" not in panel.description
        assert all(np.isfinite(trace["y"]).all() for trace in panel.figure["data"])
        assert all(np.isfinite(panel.figure["layout"][axis]["range"]).all() for axis in ("xaxis", "yaxis"))
    assert list(named(replay.panels[-1])) == labels  # the common judge shows all of them
    assert all(label in replay.panels[-1].description for label in labels)


def test_the_curves_are_the_losses_and_the_errors_of_the_runs() -> None:
    ill, mended = diagnosed(learning_rate=0.03), diagnosed(learning_rate=0.03, standardise=True)
    losses, errors = map(named, remedies_replay(trials("diverged")).panels)
    np.testing.assert_array_equal(losses["now"]["x"][[0, -1]], [1, ill.diverged_at])
    np.testing.assert_allclose(losses["now"]["y"], ill.shown[losses["now"]["x"] - 1])
    curve = losses["Standardise x"]
    np.testing.assert_allclose(curve["y"], mended.run.loss[curve["x"] - 1])
    assert curve["x"][-1] == 1000
    assert errors["Standardise x"]["y"][-1] == pytest.approx(mended.rmse, rel=1e-5)
    said = mended.run.predict_path(mended.run.data.x_test)[:, :, 0]
    by_hand = np.sqrt(((said - mended.run.data.y_test[:, 0]) ** 2).mean(1))
    np.testing.assert_allclose(errors["Standardise x"]["y"], by_hand[errors["Standardise x"]["x"]], rtol=1e-4)


def test_where_it_diverged_is_marked() -> None:
    (mark,) = [trace for trace in remedies_replay(trials("diverged")).panels[0].figure["data"] if "text" in trace]
    assert mark["text"] == [f"diverged, epoch {diagnosed(learning_rate=0.03).diverged_at}"]
    assert not [trace for trace in remedies_replay(trials("improving")).panels[0].figure["data"] if "text" in trace]


def test_another_loss_is_judged_by_the_errors_only() -> None:
    losses, errors = map(named, remedies_replay(trials("diverged")).panels)
    assert "Train on Huber instead" not in losses
    assert "Train on Huber instead" in errors
    assert "“Train on Huber instead” changes the loss itself" in left_out_words(trials("diverged"))
    assert left_out_words(trials("improving")) == ""


def test_another_parameter_is_another_loss() -> None:
    (scale,) = [trial for trial in trials("stuck") if trial.remedy.key == "scale"]
    alone = remedies_replay([scale])
    assert [panel.title for panel in alone.panels] == ["Error on clean points"]
    assert scale.remedy.label in left_out_words([scale])


def test_a_classifier_is_shown_by_its_loss_only() -> None:
    tried = try_remedies(Experiment(dataset="moons", loss="cross_entropy", epochs=20, learning_rate=0.01))
    assert [panel.title for panel in remedies_replay(tried).panels] == ["Training loss"]


def test_a_perfect_fit_has_a_place_on_the_chart() -> None:
    tried = try_remedies(Experiment(noise=0.0, learning_rate=0.03))
    for panel in remedies_replay(tried).panels:
        assert min(trace["y"].min() for trace in panel.figure["data"]) >= LOWEST


def test_no_two_remedies_of_a_case_look_alike() -> None:
    every = {maker for makers in _MAKERS.values() for maker in makers}
    assert len(every) >= len(STROKES) - 1
    for trial in (trial for case in ILL for trial in trials(case)):
        assert trial.remedy.key in STROKES
    for case in ILL:
        before = trials(case)[0].before
        keys = list(dict.fromkeys(remedy.key for remedy in propose_remedies(before.verdict, before.experiment)))
        for part in range(2):
            strokes = [STROKES[key][part] for key in keys]
            assert len(set(strokes)) == len(strokes)


@pytest.mark.parametrize(("rate", "place"), [(0.0273, "middle left"), (10.0, "middle right")], ids=["late", "early"])
def test_a_divergence_is_named_where_the_chart_has_room(rate: float, place: str) -> None:
    tried = try_remedies(Experiment(learning_rate=rate, epochs=400))
    for panel in remedies_replay(tried).panels:
        (mark,) = [trace for trace in panel.figure["data"] if trace.get("text")]
        assert mark["textposition"] == place
