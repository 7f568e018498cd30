"""The curves of the losses: no bend where there is none, and a loss alone is seen whole."""

import numpy as np
import pytest

from playground.losses import LOSSES
from playground.pages.losses.figures import CEILING, CurveAxis, curve_panels
from tests.support.losses_cases import STRAIGHT

VALUE, SLOPE, CURVATURE = range(3)
TRUTH = 3.0


def panels(*keys):
    parameters = {key: dict.fromkeys(LOSSES[key].parameters, 0.5) for key in keys}
    found, _ = curve_panels(keys, parameters, CurveAxis(LOSSES[keys[0]].target, TRUTH), {key: {} for key in keys})
    return found


def window(panel):
    return panel.figure["layout"]["yaxis"]["range"]


@pytest.mark.parametrize("key", [key for key in STRAIGHT if key != "hinge"])
def test_what_is_made_of_straight_pieces_has_no_curvature(key):
    """Second differences of straight pieces are rounding alone, 10⁻⁷ and less: a chart of it would be a scribble."""
    y = panels(key)[CURVATURE].figure["data"][0]["y"]
    assert len(y) > 150
    assert not y.any()


def test_a_parabola_has_the_curvature_2():
    np.testing.assert_allclose(panels("mse")[CURVATURE].figure["data"][0]["y"], 2.0, rtol=1e-6)


def test_a_loss_alone_is_seen_whole():
    # 100 / |y| at each point: the slope of MAPE, in per cent, for the truth 3.
    low, high = window(panels("mape")[SLOPE])
    assert low < -100 / TRUTH < 100 / TRUTH < high


def test_a_loss_that_leaps_up_does_not_press_the_others_flat():
    alone, beside = (window(panels(*keys)[VALUE])[1] for keys in (("mape",), ("mape", "msle")))
    assert alone > 100
    assert beside < 1.1 * CEILING
