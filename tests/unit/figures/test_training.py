"""The figures: what they draw, that they agree with each other and with the runs, and that Plotly accepts them."""

import json
from base64 import b64decode
from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.figures.replay import Panel, Replay, log_axis
from playground.figures.training import FITTED_KNOTS, MOST_LOSS_POINTS, training_replay
from playground.losses import LOSSES, losses_for
from playground.text.numbers import number
from tests.support.runs import several

SITUATIONS = {
    "default": {},
    "diverged": {"learning_rate": 0.03},
    "exploded": {"learning_rate": 100.0},
    "network": {"dataset": "sine", "hidden": (8,), "optimizer": "adam", "learning_rate": 0.02},
    "network exploded": {"hidden": (16,), "learning_rate": 1.0},
    "one epoch": {"epochs": 1},
    "long": {"epochs": 5000, "learning_rate": 0.001},
    "two points": {"points": 2},
    "outliers": {"outliers": 0.2},
}


@pytest.fixture(params=SITUATIONS)
def diagnoses(request: pytest.FixtureRequest) -> list[Diagnosis]:
    return several(*losses_for("regression"), **SITUATIONS[request.param])


def figure(panel: Panel) -> go.Figure:
    """The figure as Plotly's own object, which refuses unknown names and wrong values."""
    return go.Figure(panel.figure)


def lines(panel: Panel) -> list[go.Scatter]:
    """The traces of the losses."""
    return [trace for trace in figure(panel).data if trace.mode == "lines" and trace.name != "truth"]


def arrays(value: object) -> Iterator[np.ndarray]:
    """Every number in a figure as it is sent, packed arrays included."""
    if isinstance(value, dict) and "bdata" in value:
        yield np.frombuffer(b64decode(value["bdata"]), value["dtype"])
    elif isinstance(value, dict):
        for each in value.values():
            yield from arrays(each)
    elif isinstance(value, list):
        for each in value:
            yield from arrays(each)
    elif isinstance(value, float):
        yield np.array([value])


def test_plotly_accepts_the_figures(diagnoses: list[Diagnosis]) -> None:
    for log in (True, False):
        for panel in training_replay(diagnoses, log=log).panels:
            assert figure(panel).data


def test_everything_sent_is_a_number(diagnoses: list[Diagnosis]) -> None:
    replay = training_replay(diagnoses, log=True)
    for panel in replay.panels:
        sent = json.loads(figure(panel).to_json(), parse_constant=pytest.fail)
        moving = [track.rows for track in panel.moving_traces]
        for numbers in [*arrays(sent), *moving, *replay.readings]:
            if numbers.dtype.kind == "f":
                assert np.isfinite(numbers).all()


def test_a_loss_looks_the_same_in_both_panels_and_the_legend(diagnoses: list[Diagnosis]) -> None:
    replay = training_replay(diagnoses, log=True)
    fit, curves = map(lines, replay.panels)
    legend = [entry for entry in replay.legend if entry.label not in ("points", "outliers", "truth")]
    names = [name(each.run.experiment) for each in diagnoses]
    assert [trace.name for trace in fit] == [trace.name for trace in curves] == names
    assert [entry.label for entry in legend] == replay.labels == names
    for key, ours, other, entry in zip(losses_for("regression"), fit, curves, legend, strict=True):
        looks = {(ours.line.color, ours.line.dash), (other.line.color, other.line.dash), (entry.colour, entry.dash)}
        assert looks == {(LOSSES[key].colour, LOSSES[key].dash)}


def test_the_legend_names_the_outliers_only_where_there_are_any() -> None:
    with_outliers, without = (
        [entry.label for entry in training_replay(several("mse", outliers=share), log=True).legend]
        for share in (0.2, 0.0)
    )
    assert with_outliers == ["points", "outliers", "truth", "MSE"]
    assert without == ["points", "truth", "MSE"]


def test_no_two_losses_look_alike() -> None:
    losses = [LOSSES[key] for key in losses_for("regression")]
    assert len({loss.colour for loss in losses}) == len({loss.dash for loss in losses}) == len(losses)


def test_the_points_and_the_truth_are_drawn() -> None:
    diagnoses = several("mse", "mae", outliers=0.2)
    data = diagnoses[0].run.data
    replay = training_replay(diagnoses, log=True)
    truth, points, outliers = figure(replay.panels[0]).data[:3]
    np.testing.assert_array_equal(outliers.y, data.y_train[data.outliers, 0])
    assert sorted([*points.y, *outliers.y]) == sorted(data.y_train[:, 0])
    np.testing.assert_array_equal(truth.y, data.y_test[:, 0])
    # At a glance: larger, with a symbol of their own that the legend names.
    assert outliers.marker.size >= 1.5 * points.marker.size
    assert [entry.dash for entry in replay.legend if entry.label == "outliers"] == [outliers.marker.symbol]


def test_a_frame_of_a_line_is_its_weights_at_that_epoch() -> None:
    diagnoses = several("mse", "huber", epochs=200)
    replay = training_replay(diagnoses, log=True)
    assert list(replay.frames) == list(range(201))
    for each, track in zip(diagnoses, replay.panels[0].moving_traces, strict=True):
        slope, intercept = each.run.path.T
        np.testing.assert_allclose(track.rows[:, 0], intercept - 10 * slope, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(track.rows[:, 1], intercept + 10 * slope, rtol=1e-5, atol=1e-5)
        assert figure(replay.panels[0]).data[track.trace].name == name(each.run.experiment)


def test_a_frame_of_a_network_is_its_prediction_at_that_epoch() -> None:
    (each,) = several("mse", **SITUATIONS["network"])
    replay = training_replay([each], log=True)
    (track,) = replay.panels[0].moving_traces
    assert track.rows.shape == (len(replay.frames), FITTED_KNOTS)
    assert (replay.frames[0], replay.frames[-1]) == (0, 1000)
    trace = figure(replay.panels[0]).data[track.trace]
    np.testing.assert_allclose(track.rows[-1], trace.y, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(track.rows[-1], each.run.predict(trace.x), rtol=1e-5, atol=1e-5)
    half = len(replay.frames) // 2
    place = int(np.flatnonzero(each.run.path_epochs == replay.frames[half])[0])
    np.testing.assert_array_equal(track.rows[half], each.run.predict_path(trace.x)[place])


def test_the_curves_are_the_losses_of_each_epoch(diagnoses: list[Diagnosis]) -> None:
    replay = training_replay(diagnoses, log=True)
    for each, trace, readings in zip(diagnoses, lines(replay.panels[1]), replay.readings, strict=True):
        np.testing.assert_array_equal(trace.y, each.run.loss[np.asarray(trace.x) - 1])
        np.testing.assert_array_equal(readings, each.run.loss[: len(readings)])
        assert (trace.x[0], trace.x[-1]) == (1, len(readings))
        assert len(trace.x) <= MOST_LOSS_POINTS


def test_a_dot_stands_at_the_tip_of_every_curve(diagnoses: list[Diagnosis]) -> None:
    panel = training_replay(diagnoses, log=True).panels[1]
    tips = figure(panel).data[panel.end_markers]
    assert list(zip(tips.x, tips.y, strict=True)) == [(trace.x[-1], trace.y[-1]) for trace in lines(panel)]
    assert [reveal.trace for reveal in panel.revealed_traces] == list(range(panel.end_markers))


def test_a_diverged_curve_ends_at_a_marker_with_its_epoch() -> None:
    diagnoses = several("mse", "mae", learning_rate=0.03)
    traces = figure(training_replay(diagnoses, log=True).panels[1]).data
    (marker,) = [trace for trace in traces if trace.marker.symbol == "triangle-up"]
    assert list(marker.x) == [14]
    assert marker.text == ("MSE diverged, epoch 14",)
    assert marker.y[0] == diagnoses[0].run.loss[13]


def test_the_description_says_what_the_picture_shows(diagnoses: list[Diagnosis]) -> None:
    fit, curves = training_replay(diagnoses, log=True).panels
    for each in diagnoses:
        assert f"{name(each.run.experiment)} {each.verdict}" in fit.description
        assert (
            f"{name(each.run.experiment)} from {number(each.shown[0])} to {number(each.shown[-1])}"
            in curves.description
        )


def test_the_axes_show_the_data_whatever_the_models_say() -> None:
    calm, wild = (training_replay(several("mse", learning_rate=rate), log=True) for rate in (0.01, 0.03))
    assert figure(calm.panels[0]).layout.yaxis.range == figure(wild.panels[0]).layout.yaxis.range


def test_the_scale_of_the_loss() -> None:
    diagnoses = several("mse")
    for log, kind in [(True, "log"), (False, "linear")]:
        replay: Replay = training_replay(diagnoses, log=log)
        assert figure(replay.panels[1]).layout.yaxis.type == kind
        assert figure(replay.panels[0]).layout.yaxis.type in (None, "linear")


@pytest.mark.parametrize(
    ("low", "high", "every"), [(0.0, 0.5, None), (-1.0, 1.0, "D2"), (0.0, 2.1, 1), (-4.0, 4.0, 1), (-30.0, 10.0, 5)]
)
def test_a_logarithmic_axis_names_few_numbers_and_none_over_another(low: float, high: float, every: object) -> None:
    assert log_axis(low, high).get("dtick") == every
