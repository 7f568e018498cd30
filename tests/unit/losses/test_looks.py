"""How the losses look and what they are called: no two alike, and seen on white and on black."""

from collections import Counter

import numpy as np
import pytest

from playground.losses import LOSSES, Target
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


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"], ids=["light", "dark"])
@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_a_curve_stands_out_from_both_themes(loss, background):
    # 3 : 1 is what WCAG 2.2 asks of graphical objects (criterion 1.4.11).
    low, high = sorted([luminance(loss.colour), luminance(background)])
    assert (high + 0.05) / (low + 0.05) >= 3
