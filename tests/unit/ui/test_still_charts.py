"""Charts that Streamlit draws where our scripts cannot be had: the very end of each replay, whole."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from playground.figures.heatmap_frames import make_heatmap_frames
from playground.figures.replay import Panel, plain_figure
from playground.figures.training import training_replay
from playground.ui.still_charts import last_figure
from tests.support.runs import several

AXIS = {"range": [0, 1]}


def test_each_panel_is_drawn_at_the_end_of_its_training() -> None:
    diagnoses = several("mse", "mae")
    fit, curves = (go.Figure(last_figure(panel)) for panel in training_replay(diagnoses, log=True).panels)
    for diagnosis, trace in zip(diagnoses, fit.data[2:], strict=True):
        np.testing.assert_allclose(trace.y, diagnosis.run.predict(np.asarray(trace.x)), rtol=1e-6)
    for diagnosis, trace in zip(diagnoses, curves.data, strict=False):
        assert (trace.x[0], trace.x[-1]) == (1, diagnosis.run.epochs)
        assert trace.y[-1] == np.float32(diagnosis.run.loss[-1])


def test_the_legend_names_what_has_a_name() -> None:
    (curves,) = [last_figure(panel) for panel in training_replay(several("mse", "mae"), log=True).panels[1:]]
    assert [trace.get("name") for trace in curves["data"] if trace["showlegend"]] == ["MSE", "MAE"]


def test_a_map_that_moves_is_drawn_as_it_ends() -> None:
    maps = np.linspace(0, 1, 12).reshape(3, 2, 2)
    figure = plain_figure([{"type": "heatmap"}], "x", "y", AXIS, AXIS)
    (trace,) = last_figure(Panel("Map", "", figure, heatmaps=[make_heatmap_frames((0,), maps)]))["data"]
    np.testing.assert_allclose(trace["z"], maps[-1], atol=1 / 255)
    assert "z" not in figure["data"][0]
