"""How the losses look and what they are called: no two alike, and seen on white and on black."""

from collections import Counter

import pytest

from playground.losses import LOSSES, Target
from tests.support.colours import contrast
from tests.support.losses_cases import SOUND

# How Plotly draws the dashes that have a name, up to a line width of 3 (Drawing.dashStyle in plotly.js).
NAMED_DASHES = {
    "dot": "3px,3px",
    "dash": "9px,9px",
    "longdash": "15px,15px",
    "dashdot": "9px,3px,3px,3px",
    "longdashdot": "15px,6px,3px,6px",
}


def repeated(values):
    """Those that are there more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def test_no_two_losses_of_one_chart_look_alike():
    # Losses of labels and of numbers never share a chart.
    for of_labels in (False, True):
        together = [loss for loss in SOUND.values() if (loss.target is Target.LABEL) == of_labels]
        assert len(together) >= 6
        assert repeated(loss.colour.lower() for loss in together) == []
        assert repeated(NAMED_DASHES.get(loss.dash, loss.dash) for loss in together) == []


def test_no_two_losses_share_a_name():
    assert repeated(loss.label for loss in LOSSES.values()) == []


@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"], ids=["light", "dark"])
@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_a_curve_stands_out_from_both_themes(loss, background):
    # 3 : 1 is what WCAG 2.2 asks of graphical objects (criterion 1.4.11).
    assert contrast(loss.colour, background) >= 3
