"""The chart of how hard each point pulls: every slope in it is computed here a second time."""

import numpy as np
import plotly.graph_objects as go

from playground.data import make_data
from playground.diagnosis import train_and_diagnose
from playground.diagnosis.fit import measure_fits
from playground.experiment.view import FIRST
from playground.figures.pull import pull_replay
from tests.support.runs import several


def test_each_loss_has_its_slope_and_the_points_of_its_own_run() -> None:
    diagnoses = several("mse", "huber", "quantile", outliers=0.1, outlier_size=60.0, epochs=100)
    replay = pull_replay(measure_fits(diagnoses))
    assert [entry.label for entry in replay.legend[:2]] == ["points", "points far off"]
    for panel, diagnosis in zip(replay.panels, diagnoses, strict=True):
        curve, near, far = go.Figure(panel.figure).data
        data = diagnosis.run.data
        residuals = (diagnosis.run.predict(data.x_train) - data.y_train)[:, 0].astype(float)
        kept = np.delete(np.arange(21), data.outliers)
        slope = {
            "mse": lambda r: 2 * r,
            "huber": lambda r: np.clip(r, -1, 1),
            "quantile": lambda r: np.where(r > 0, 0.1, -0.9),
        }[diagnosis.experiment.loss]
        np.testing.assert_allclose(far.x, residuals[data.outliers], rtol=1e-5)
        np.testing.assert_allclose(far.y, slope(residuals[data.outliers]), rtol=1e-5)
        np.testing.assert_allclose(near.y, slope(residuals[kept]), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(curve.y, slope(np.array(curve.x)), rtol=1e-5)
        assert (far.marker.symbol, near.marker.symbol) == ("diamond", "circle-open")
        low, high = panel.figure["layout"]["xaxis"]["range"]
        assert low < min(residuals) < max(residuals) < high
    assert "2 of them lie far off and carry" in replay.panels[0].description


def test_labelled_points_lie_right_of_zero_where_they_are_on_the_wrong_side() -> None:
    base = FIRST["classification"].experiment.replace(hidden=(), label_noise=0.1, loss="hinge", epochs=50)
    diagnoses = train_and_diagnose([base])
    replay = pull_replay(measure_fits(diagnoses))
    _, near, far = go.Figure(replay.panels[0].figure).data
    data = make_data(base)
    signed = (1 - 2 * data.y_train[:, 0]) * diagnoses[0].run.predict(data.x_train)[:, 0]
    np.testing.assert_allclose(far.x, signed[data.outliers], rtol=1e-5)
    np.testing.assert_array_equal(near.y, np.array(near.x) > -1)  # the hinge pulls within its margin
    assert replay.legend[1].label == "wrong labels"
