"""Figures of landscapes: every kind is a valid figure, draws what was trained, and hides none of it."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.figures.replay import Panel, Replay
from playground.pages.landscape.figures import slices_replay, surfaces_replay
from playground.pages.landscape.path_figures import HEIGHT_STEPS, Trajectory, heights
from playground.pages.landscape.race_figures import race_replay
from playground.pages.landscape.study import (
    Window,
    cut_plane,
    plane_window,
    slice_surface,
    surface,
    true_weights,
    window_for,
)
from playground.pages.landscape.words import excursion_words
from playground.tables.optimizers import OPTIMIZERS
from playground.theory.line_loss import mean_loss
from playground.theory.optima import optimum
from tests.support.runs import diagnosed, several

LOSSES = ("mse", "mae", "tukey")


def replay_of_lines(diagnoses: list[Diagnosis], *, deep: bool = False) -> Replay:
    experiments = [each.run.experiment for each in diagnoses]
    window = window_for(experiments)
    shapes, optima = [surface(each, window) for each in experiments], [optimum(each) for each in experiments]
    return surfaces_replay(diagnoses, shapes, optima, true_weights(experiments[0]), window, deep=deep)


def replay_of_nets() -> Replay:
    diagnoses = several("mse", "mae", hidden=(2,), dataset="sine", learning_rate=0.02, epochs=60)
    planes = [cut_plane(each.run, kind) for each, kind in zip(diagnoses, ("pca", "random"), strict=True)]
    windows = [plane_window([plane]) for plane in planes]
    shapes = [slice_surface(each.run.experiment, *at) for each, *at in zip(diagnoses, planes, windows, strict=True)]
    return slices_replay(diagnoses, planes, shapes, windows)


def replay_of_race() -> Replay:
    diagnoses = [diagnosed(optimizer=key, epochs=50) for key in ("sgd", "lion")]
    first = diagnoses[0].run.experiment
    window = window_for([first])
    return race_replay(diagnoses, surface(first, window), optimum(first), true_weights(first), window)


REPLAYS = {
    "lines": lambda: replay_of_lines(several(*LOSSES, outliers=0.1)),
    "diverged": lambda: replay_of_lines(several("mse", "mae", learning_rate=0.03)),
    "hills": lambda: replay_of_lines(several(*LOSSES, outliers=0.1), deep=True),
    "diverged hills": lambda: replay_of_lines(several("mse", learning_rate=100.0), deep=True),
    "nets": replay_of_nets,
    "race": replay_of_race,
}


@pytest.mark.parametrize("kind", REPLAYS)
def test_every_landscape_is_a_valid_figure_whose_ways_are_revealed(kind: str) -> None:
    replay = REPLAYS[kind]()
    for panel in replay.panels:
        go.Figure(panel.figure)
        assert panel.description
        for reveal in panel.revealed_traces:
            trace = panel.figure["data"][reveal.trace]
            epochs = trace["x"] if reveal.epochs is None else reveal.epochs
            assert len(epochs) == len(trace["x"])
            assert (np.diff(epochs) >= 0).all()
            assert np.isfinite(np.asarray(trace["x"], float)).all()
        if panel.title != "Loss above its least":  # curves over the epochs end where they are cut
            assert len(panel.figure["data"][panel.end_markers]["x"]) == len(panel.revealed_traces)


def way_in(panel: Panel) -> dict:
    return panel.figure["data"][panel.revealed_traces[0].trace]


def test_contour_lines_stand_at_equal_factors_in_every_chart() -> None:
    for panel in REPLAYS["lines"]().panels:
        hill = panel.figure["data"][0]
        levels = hill["contours"]
        assert (hill["zmin"], hill["zmax"]) == (hill["z"].min(), hill["z"].max())
        lines = np.arange(levels["start"], levels["end"], levels["size"])
        expected = hill["zmin"] + (hill["zmax"] - hill["zmin"]) * np.arange(1, HEIGHT_STEPS) / HEIGHT_STEPS
        np.testing.assert_allclose(lines, expected)


def test_start_truth_and_own_optimum_are_marked() -> None:
    diagnoses = several(*LOSSES, outliers=0.1)
    for panel, diagnosis in zip(replay_of_lines(diagnoses).panels, diagnoses, strict=True):
        marks, best = panel.figure["data"][2], optimum(diagnosis.run.experiment)
        assert marks["marker"]["symbol"] == ["circle", "star", "diamond-open"]
        np.testing.assert_allclose(marks["x"], [diagnosis.run.path[0, 0], 2.0, best.slope])
        np.testing.assert_allclose(marks["y"], [diagnosis.run.path[0, 1], 3.0, best.intercept])


def test_a_way_that_leaves_says_when() -> None:
    diverged, stays = REPLAYS["diverged"]().panels
    (text,) = [trace["text"] for trace in diverged.figure["data"] if "text" in trace]
    assert text == ["leaves at epoch 1"]
    assert not [trace for trace in stays.figure["data"] if "text" in trace]


def test_a_way_over_hills_follows_the_ground() -> None:
    diagnosis = diagnosed(outliers=0.1)
    (panel,) = replay_of_lines([diagnosis], deep=True).panels
    shape = surface(diagnosis.run.experiment, window_for([diagnosis.run.experiment]))
    ground, way = heights(shape), way_in(panel)
    across, up = (np.ptp(each) for each in (shape.across, shape.up))
    steps = np.abs(np.diff([way["x"] / across, way["y"] / up]))
    assert steps.max() <= 1 / 50 + 1e-6  # the training's own first step goes half across
    rows, columns = (
        np.abs(axis[:, None] - way[name]).argmin(0) for axis, name in ((shape.up, "y"), (shape.across, "x"))
    )
    assert (way["z"] > ground[rows, columns]).all()
    # What was put between is reached with the place that it leads to.
    epochs = panel.revealed_traces[0].epochs
    for epoch in (0, 1, 5):
        place = np.searchsorted(epochs, epoch, side="right") - 1
        np.testing.assert_allclose([way["x"][place], way["y"][place]], diagnosis.run.path[epoch], rtol=1e-5)


def test_every_optimizer_has_a_stroke_of_its_own() -> None:
    for look in ("colour", "dash"):
        assert len({getattr(optimizer, look) for optimizer in OPTIMIZERS.values()}) == len(OPTIMIZERS)


def race_at(rate: float, *rules: str) -> tuple[Panel, list[Diagnosis], Window]:
    diagnoses = [diagnosed(optimizer=key, learning_rate=rate) for key in rules]
    first = diagnoses[0].run.experiment
    window = window_for([first])
    replay = race_replay(diagnoses, surface(first, window), optimum(first), true_weights(first), window)
    return replay.panels[0], diagnoses, window


def test_racers_that_come_back_stand_where_their_training_ended() -> None:
    panel, diagnoses, window = race_at(10.0, "sgd", "adam", "adamw")
    tips = panel.figure["data"][panel.end_markers]
    ended = [window.holds(each.run.path[-1:])[0] for each in diagnoses]
    assert ended == [False, True, True]
    for place, diagnosis in enumerate(diagnoses):
        way = panel.figure["data"][panel.revealed_traces[place].trace]
        assert len(way["x"]) > 1
        assert (tips["x"][place], tips["y"][place]) == (way["x"][-1], way["y"][-1])
        if ended[place]:
            np.testing.assert_allclose([way["x"][-1], way["y"][-1]], diagnosis.run.path[-1], rtol=1e-6)


def test_racers_that_leave_are_marked_where_they_were_last_on_the_map() -> None:
    panel, diagnoses, window = race_at(10.0, "sgd", "adam")
    (marks,) = [trace for trace in panel.figure["data"] if "text" in trace]
    assert marks["text"] == ["leaves at epoch 1"]
    assert (marks["x"], marks["y"]) == ([diagnoses[0].run.path[0, 0]], [diagnoses[0].run.path[0, 1]])
    assert next(excursion_words(each, window) for each in diagnoses) == "for good, at epoch 1"
    assert excursion_words(diagnoses[1], window).startswith("until epoch ")
    assert excursion_words(diagnosed(), window) == "no"


def test_a_way_that_leaves_goes_to_its_next_place_and_in_its_direction() -> None:
    path = np.array([[0.0, 0.0], [0.5, 0.5], [3.0, 1.0], [0.2, 0.1], [1e20, 2e20], [-1e30, 0.0]])
    way = Trajectory(path, np.arange(6), "", "", "").fit_into(Window(-1, 1, -1, 1))
    assert way.epochs.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(way.path[:4], path[:4])
    assert np.abs(way.path).max() < 1e8
    assert way.path[4, 1] / way.path[4, 0] == pytest.approx(2)
    on_edge = Trajectory(path, np.arange(6), "", "", "").fit_into(Window(-1, 1, -1, 1), reach=0)
    np.testing.assert_allclose(on_edge.path[[2, 4]], [[1, 1 / 3], [0.5, 1]])


def test_a_plane_without_any_finite_loss_is_drawn_flat_and_says_so() -> None:
    diagnosis = diagnosed(hidden=(2,), epochs=20)
    plane = cut_plane(diagnosis.run, "pca")
    window = plane_window([plane])
    shape = slice_surface(diagnosis.run.experiment, plane, window, 4)
    lost = replace(shape, loss=np.full_like(shape.loss, np.nan))
    for surface_drawn, is_lost in ((shape, False), (lost, True)):
        (panel,) = slices_replay([diagnosis], [plane], [surface_drawn], [window]).panels
        (ground,) = [trace for trace in panel.figure["data"] if trace.get("type") == "contour"]
        assert np.isfinite(ground["z"]).all()
        assert ("NaN or infinite all over this plane" in panel.description) is is_lost


@pytest.mark.parametrize("kind", ["lines", "hills", "nets", "race"])
def test_a_surface_says_its_loss_in_its_bar_and_over_each_place(kind: str) -> None:
    for panel in REPLAYS[kind]().panels[: 1 if kind == "race" else None]:
        ground, *others = panel.figure["data"]
        offset = ground["meta"]["offset"]
        assert "loss %{customdata" in ground["hovertemplate"]
        bars = [trace["marker"]["colorbar"] for trace in others if "colorbar" in trace.get("marker", {})]
        (bar,) = [ground["colorbar"]] if kind == "hills" else bars
        ticks = [float(text.replace("−", "-").replace(",", "")) for text in bar["ticktext"]]
        assert ticks == pytest.approx([10.0**at + offset for at in bar["tickvals"]], rel=0.06)
        losses = 10.0 ** np.asarray(ground["z"], float) + offset  # as the browser computes them
        assert losses.min() == pytest.approx(ticks[0], rel=0.06)


def test_the_loss_over_a_place_is_the_loss_there() -> None:
    for key, panel in zip(LOSSES, REPLAYS["lines"]().panels, strict=True):
        ground = panel.figure["data"][0]
        loss = mean_loss(Experiment(loss=key, outliers=0.1), ground["x"][7], ground["y"][30])
        assert 10.0 ** ground["z"][30, 7] + ground["meta"]["offset"] == pytest.approx(float(loss), rel=1e-9)
