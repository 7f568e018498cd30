"""What the Losses page says in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from playground.figures.replay import Panel
from playground.losses import LOSSES, Target
from playground.pages.losses.best_constant_figure import best_constants, constant_panel
from playground.pages.losses.cross_check import check_batch, cross_check_loss
from playground.pages.losses.figures import CurveAxis, curve_panels
from playground.pages.losses.noise_figure import slopes_replay
from playground.pages.losses.situations import SITUATIONS
from playground.pages.losses.words import (
    corner_words,
    fresh_words,
    keras_words,
    likelihood_words,
    meaning_words,
    ranking_words,
    rmse_words,
    short_words,
    spread_rows,
    zero_words,
)
from playground.text.language import _, spoken_language
from playground.theory.efficiency import Spread
from tests.support.chinese import find_english

NUMBERS = np.array([0.0, 1.0, 2.0, 20.0])
KEYS = ["mse", "mae", "quantile"]
PARAMETERS = {key: dict.fromkeys(LOSSES[key].parameters, 0.9) for key in KEYS}


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    with spoken_language("zh"):
        yield


def make_spread(loss: str, width: float, theory: float | None) -> Spread:
    slopes = 2 + width * np.random.default_rng(0).standard_normal(50)
    return Spread(loss, slopes, width, 0.1 * width, 1.2, 0.01, theory)


def list_panel_texts(panel: Panel) -> list[str]:
    layout = panel.figure["layout"]
    traces = [
        text for trace in panel.figure["data"] for text in (trace.get("name", ""), trace.get("hovertemplate", ""))
    ]
    return [panel.title, panel.description, *(layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")), *traces]


def check_texts(texts: list[str]) -> None:
    assert texts
    assert [text for text in texts if find_english(text)] == []


def test_the_sentences_hold_no_english() -> None:
    y_true, y_pred = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 8.0])
    way = cross_check_loss(LOSSES["mae"], y_true, y_pred, keras=False)
    alike, apart = [make_spread("mse", 1.0, 1.0), make_spread("mae", 1.0, 2.0)], make_spread("huber", 0.5, 2.0)
    texts = [
        *(meaning_words(task) for task in ("regression", "classification")),
        zero_words(["mape"], NUMBERS),
        *fresh_words(["quantile"], 0.9, 4),
        *corner_words({"mae": way}),
        rmse_words(y_true, y_pred),
        *(likelihood_words(noise) for noise in ("laplace", "uniform")),
        *(text for each in (alike, [*alike, apart], alike[:1]) for text in ranking_words(each)),
        *short_words([*alike, apart]),
        *(row[0] for row in spread_rows(alike)),
        *(_(text) for each in SITUATIONS.choices for text in (each.label, each.look)),
    ]
    assert keras_words({"mae": way}) == []
    check_texts(texts)


def test_the_charts_hold_no_english() -> None:
    best = best_constants(KEYS, NUMBERS, PARAMETERS)
    panels = [constant_panel(best, NUMBERS, PARAMETERS, 0.9)[0]]
    panels += curve_panels(KEYS, PARAMETERS, CurveAxis(Target.REAL, 0.0), {key: {} for key in KEYS})[0]
    panels += curve_panels(["hinge"], {"hinge": {}}, CurveAxis(Target.LABEL, 1.0, True), {"hinge": {}})[0]
    panels += slopes_replay([make_spread("mse", 1.0, None)], "laplace").panels
    check_texts([text for panel in panels for text in list_panel_texts(panel)])


@pytest.mark.parametrize(
    ("y_true", "y_pred", "target"),
    [
        ([1.0, 2.0], [1.0], Target.REAL),
        ([1.0] * 51, [1.0] * 51, Target.REAL),
        ([2.0], [1.0], Target.LABEL),
        ([0.0], [1.0], Target.POSITIVE),
    ],
)
def test_what_is_wrong_with_a_batch_is_said_in_chinese(
    y_true: list[float], y_pred: list[float], target: Target
) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]") as caught:
        check_batch(np.array(y_true), np.array(y_pred), target)
    assert find_english(str(caught.value)) == []
