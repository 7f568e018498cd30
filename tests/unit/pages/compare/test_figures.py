"""Kept runs in the same two charts."""

import plotly.graph_objects as go

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.export.kept import Kept
from playground.pages.compare.figures import overlay
from playground.training import train
from tests.support.kept_runs import KEPT, kept_diagnoses


def test_the_overlay_tells_runs_of_one_loss_apart():
    diagnoses = kept_diagnoses()
    replay = overlay(KEPT, diagnoses, log=True)
    assert [panel.title for panel in replay.panels] == ["Fitted lines", "Loss curves"]
    figure = go.Figure(replay.panels[1].figure)
    symbols = [trace.marker.symbol for trace in figure.data[-3:]]
    assert len(set(symbols)) == 3
    assert [entry.mark for entry in replay.legend] == symbols
    assert list(figure.data[3].marker.symbol) == symbols  # at the ends of the curves, too
    assert [entry.label for entry in replay.legend] == ["1 · first", "2 · MAE", "3 · MSE, Learning rate 50"]


def test_different_laws_do_not_share_a_picture():
    kept = [Kept(experiment=Experiment(epochs=3, dataset=key)) for key in ("line", "sine")]
    found = [Diagnosis(run) for run in train([each.experiment for each in kept], record=("weights",))]
    assert [panel.title for panel in overlay(kept, found, log=False).panels] == ["Loss curves"]
