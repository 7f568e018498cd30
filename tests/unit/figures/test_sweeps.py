"""The charts of sweeps: every number in them is computed here a second time."""

import numpy as np
import plotly.graph_objects as go

from playground.figures.sweeps import find_point, sweep_replay
from playground.sweeps import Axis
from playground.text.numbers import number, plain
from tests.support.sweeps_by_hand import NAN, NOISES, RATES, SWEPT, by_hand


def test_the_curves_are_the_means_and_their_bands():
    panel = sweep_replay(SWEPT, "rmse", log=True).panels[0]
    figure = go.Figure(panel.figure)
    band, mean, lost, *_ = figure.data
    np.testing.assert_allclose(mean.y, [1.1, 2.1, 5.0])
    np.testing.assert_allclose(np.array(band.y[:2]) - mean.y[:2], [0.2484, 0.2484], rtol=1e-3)
    np.testing.assert_array_equal(lost.x, [0.1])
    assert figure.layout.xaxis.type == "log"
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(0.01, 0.01)]  # today's rate
    # A click on the triangle, the fourth trace of MAE's, is the third rate.
    assert find_point(SWEPT, 5, 0) == ("mae", 2)
    assert find_point(SWEPT, 1, 1) == ("mse", 1)


def test_maps_share_their_colours_and_hatch_what_diverged():
    values = [[[[3.0, 1.0], [2.0, NAN], [4.0, 5.0]], [[0.5, 1.0], [2.0, 1.0], [4.0, 9.0]]]]
    found = by_hand(values, axes=(RATES, NOISES))
    figures = [go.Figure(panel.figure) for panel in sweep_replay(found, "rmse", log=False).panels]
    assert [(figure.data[0].zmin, figure.data[0].zmax) for figure in figures] == [(0.5, 9.0)] * 2
    np.testing.assert_array_equal(np.array(figures[0].data[0].z), np.array(values[0][0]).T)
    assert [shape.path for shape in figures[0].layout.shapes] == ["M0.7,0.7L1.3,1.3"]  # the second rate and noise
    assert not figures[1].layout.shapes
    assert figures[0].data[0].text[1][1] == "Learning rate 0.01, Noise σ 1<br>1 of 1 diverged"


def drawn_map(values, *axes):
    """The map of one loss whose values are given: ``(across, up)``."""
    replay = sweep_replay(by_hand([[values]], ("mse",), axes), "rmse", log=False)
    return go.Figure(replay.panels[0].figure)


def test_the_names_of_whole_values_stand_at_their_own_cells():
    """A tick at cell 1 once stood under the value that is written "1"."""
    rates = Axis("learning_rate", (0.01, 0.1, 1.0, 10.0))
    noises = Axis("noise", tuple(map(float, range(11))))
    figure = drawn_map(np.ones((4, 11)), rates, noises)
    for axis, values, cells in (
        (figure.layout.xaxis, rates.values, figure.data[0].x),
        (figure.layout.yaxis, noises.values, figure.data[0].y),
    ):
        assert axis.type == "linear"  # on an axis of names, Plotly reads the number 1 as the name "1"
        assert list(cells) == list(range(len(values)))
        assert list(axis.ticktext) == [plain(values[place]) for place in axis.tickvals]


def test_a_map_says_what_its_colours_measure():
    one = Axis("noise", (0.0,))
    narrow, broad = (drawn_map([[low, high]], one, NOISES) for low, high in ((1.0, 2.0), (0.001, 1e7)))
    assert narrow.data[0].colorbar.title.text == "RMSE on clean points"
    assert broad.data[0].colorbar.title.text == "RMSE on clean points, logarithmic"
    assert [broad.data[0].colorbar.ticktext[place] for place in (0, -1)] == [number(0.001), number(1e7)]


def test_a_wide_map_is_coloured_by_powers():
    found = by_hand([[[[0.01, 1.0], [2.0, 3.0], [4.0, 100.0]]]], losses=("mse",), axes=(RATES, NOISES))
    cells = go.Figure(sweep_replay(found, "rmse", log=False).panels[0].figure).data[0]
    assert (cells.zmin, cells.zmax) == (-2.0, 2.0)
    assert cells.colorbar.ticktext[0] == "0.0100"
