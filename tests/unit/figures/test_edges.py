"""What leaves a chart is said in it: where a line has gone, and when."""

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.data import make_data
from playground.figures.edges import edge_words, zero_words
from playground.figures.replay import FAR
from playground.figures.training import training_replay
from playground.text.numbers import number
from tests.support.runs import several

EPOCHS = np.array([0, 1, 2, 5])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0, 1], [2, 3], [4, 5], [9, 10]], ""),
        ([[0, 1], [11, 12], [4, 5], [9, 10]], ""),
        ([[0, 1], [2, 3], [11, 12], [30, 40]], "▲ MSE left this chart at epoch 2"),
        ([[0, 1], [2, 3], [4, 5], [-30, -1]], "▼ MSE left this chart at epoch 5"),
        ([[20, 20], [20, 20], [20, 20], [FAR, FAR]], "▲ MSE left this chart at epoch 0"),
        ([[0, 1], [2, 3], [4, 5], [5, 12.5]], "▲ MSE at the end: up to 12.5, above this chart"),
        ([[0, 1], [2, 3], [4, 5], [-5, 5]], "▼ MSE at the end: down to −5.00, below this chart"),
        ([[0, 1], [2, 3], [4, 5], [-5, 12.5]], "▲▼ MSE at the end: down to −5.00 and up to 12.5, outside this chart"),
        ([[0, 1], [2, 3], [4, 5], [-FAR, FAR]], "▲▼ MSE at the end: far below and far above this chart"),
    ],
)
def test_a_curve_that_leaves_its_chart_says_where_and_when(rows: list, said: str) -> None:
    assert edge_words("MSE", np.array(rows, float), EPOCHS, 0.0, 10.0) == said


def notes_of(panel) -> list[str]:
    figure = go.Figure(panel.figure)
    return [note.text for note in figure.layout.annotations]


def test_a_diverged_line_is_named_in_the_chart_that_it_left() -> None:
    diagnoses = several("mse", "mae", learning_rate=0.03)
    fit, losses = training_replay(diagnoses, log=False).panels
    (note,) = notes_of(fit)
    assert note[0] in "▲▼"
    assert note[2:] == f"MSE diverged at epoch {diagnoses[0].diverged_at}; its line has left this chart"
    assert note[2:] in fit.description
    assert not notes_of(losses)


@pytest.mark.parametrize(("rate", "said"), [(0.03, "has left this chart"), (0.0275, "is too steep for this chart")])
def test_a_diverged_line_that_still_crosses_its_chart_is_not_said_to_have_left(rate: float, said: str) -> None:
    diagnoses = several("mse", learning_rate=rate)
    fit = training_replay(diagnoses, log=False).panels[0]
    (note,) = notes_of(fit)
    assert note.endswith(said)
    run = diagnoses[0].run
    low, high = fit.figure["layout"]["yaxis"]["range"]
    ends = run.predict_path(np.array([-10.0, 10.0], np.float32))[-1]
    assert (said == "has left this chart") == (not (ends.min() <= high and ends.max() >= low))


def test_a_line_that_is_cut_at_the_top_says_how_far_it_goes() -> None:
    diagnoses = several("quantile", quantile=0.9, start_slope=3.0, start_intercept=9.0, learning_rate=1e-3, epochs=50)
    (fit, _) = training_replay(diagnoses, log=False).panels
    data = make_data(diagnoses[0].run.experiment)
    highest = float(diagnoses[0].run.predict(data.x_test).max())
    _low, high = fit.figure["layout"]["yaxis"]["range"]
    assert highest > high
    (note,) = notes_of(fit)
    assert f"up to {number(highest)}" in note


def test_lines_inside_their_chart_have_no_note() -> None:
    for panel in training_replay(several("mse", "mae", "huber"), log=True).panels:
        assert not notes_of(panel)


def test_a_loss_of_0_is_named_where_the_axis_has_none() -> None:
    assert zero_words("MSE", np.array([1.0, 0.5])) == ""
    assert zero_words("MSE", np.array([1.0, 0.0, 0.0])).startswith("▼ MSE is 0 from epoch 2")
    changes = {"noise": 0.0, "loss": "epsilon_insensitive", "start_slope": 2.5, "start_intercept": 3.0, "epsilon": 1.0}
    diagnoses = several("epsilon_insensitive", **{key: value for key, value in changes.items() if key != "loss"})
    assert diagnoses[0].run.loss[-1] == 0
    assert notes_of(training_replay(diagnoses, log=True).panels[1])
    assert not notes_of(training_replay(diagnoses, log=False).panels[1])
