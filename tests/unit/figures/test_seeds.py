"""The chart of losses under several seeds: every number in it is computed here a second time."""

import numpy as np
import plotly.graph_objects as go
from scipy import stats

from playground.figures.seeds import TRACES, find_seed, seeds_replay
from tests.support.sweeps_by_hand import NAN, by_hand

VALUES = np.array([[1.0, 2.0], [1.2, NAN], [1.4, 2.6]])


def test_each_loss_has_a_dot_a_seed_its_mean_and_its_band():
    found = by_hand(VALUES, axes=())
    panel = seeds_replay(found, "rmse").panels[0]
    traces = go.Figure(panel.figure).data
    for row in range(2):
        band, dots, lost, mean = traces[TRACES * row : TRACES * (row + 1)]
        values = VALUES[:, row][np.isfinite(VALUES[:, row])]
        half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
        np.testing.assert_allclose(dots.x, values)
        np.testing.assert_allclose(mean.x, [values.mean()] * 2)
        np.testing.assert_allclose([min(band.x), max(band.x)], [values.mean() - half, values.mean() + half], rtol=1e-6)
        assert len(lost.x) == np.isnan(VALUES[:, row]).sum()
        assert all(abs(y - row) < 0.5 for y in [*dots.y, *lost.y, *mean.y, *band.y])
    assert traces[5].text == ("seed 0: 2.00", "seed 2: 2.60")
    assert traces[6].text == ("seed 1: diverged",)
    assert panel.figure["layout"]["yaxis"]["ticktext"] == ["MSE", "MAE"]
    low, high = panel.figure["layout"]["xaxis"]["range"]
    assert low < 1.0 < 2.6 < high


def test_a_click_finds_the_loss_and_the_seed():
    found = by_hand(VALUES, axes=())
    assert find_seed(found, 5, 1) == ("mae", 2)
    assert find_seed(found, 6, 0) == ("mae", 1)
    assert find_seed(found, 0, 0) is None


def test_means_that_lie_far_apart_are_drawn_by_powers_of_ten():
    near, far = (
        seeds_replay(by_hand([[1.0, high], [1.1, high]], axes=()), "rmse").panels[0].figure["layout"]["xaxis"]
        for high in (2.0, 20.0)
    )
    assert "type" not in near
    assert far["type"] == "log"
