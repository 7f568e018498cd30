"""The colours of tables: seen in both themes, and told apart by all eyes or by a dash or a symbol."""

from itertools import combinations

import pytest

from playground.figures.remedies import STROKES
from playground.figures.replay import GREY
from playground.pages.classify.figures import LABEL_COLOURS, LABEL_SYMBOLS
from playground.pages.gradients.layer_figures import NETWORK_COLOURS, NETWORK_DASHES
from playground.pages.landscape.stability_figures import REGIME_WORDS
from playground.pages.overfit.figures import BAR_COLOURS, FITTED, TRAIN, VALID
from playground.pages.overfit.strength_figures import BIAS_COLOUR, VARIANCE_COLOUR
from playground.tables.optimizers import OPTIMIZERS
from tests.support.colours import EYES, GROUNDS, contrast, distance

PLAIN = {
    "regimes": [colour for _, colour, _ in REGIME_WORDS.values()],
    "parts of an error": [GREY, BIAS_COLOUR, VARIANCE_COLOUR],
    "fits and errors": [TRAIN, VALID, FITTED],
    "networks": list(NETWORK_COLOURS),
    "labels": list(LABEL_COLOURS),
}
ALL = {
    **PLAIN,
    "weights": list(BAR_COLOURS),
    "optimizers": [rule.colour for rule in OPTIMIZERS.values()],
    "remedies": [colour for colour, _ in STROKES.values()],
}


@pytest.mark.parametrize("table", ALL)
def test_colours_stand_out_from_both_themes(table: str) -> None:
    faint = [colour for colour in ALL[table] if min(contrast(colour, ground) for ground in GROUNDS.values()) < 3]
    assert faint == []


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("table", PLAIN)
def test_colours_without_a_dash_are_told_apart_by_all_eyes(table: str, eye: str) -> None:
    """Ten is five times what is just noticed beside each other."""
    alike = [pair for pair in combinations(PLAIN[table], 2) if distance(*pair, eye) < 10]
    assert alike == []


def test_colours_that_eyes_may_confuse_have_a_dash_or_a_symbol() -> None:
    for marks in ([rule.dash for rule in OPTIMIZERS.values()], NETWORK_DASHES, LABEL_SYMBOLS):
        assert len(set(marks)) == len(marks)


def test_simulated_eyes_confuse_what_real_ones_do() -> None:
    """A red and a green of one lightness, which the textbook of colour blindness begins with."""
    red, green = "#c8503c", "#788c28"
    assert distance(red, green, "usual") > 60
    assert distance(red, green, "deuteranopia") < 25
    assert distance("#000000", "#ffffff", "usual") == pytest.approx(100, abs=0.1)
