"""What the charts that pages share say in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from playground.diagnosis.fit import measure_fits
from playground.figures.edges import ENDS, FAR_OFF, NEAR, NOWHERE, edge_words, zero_words
from playground.figures.pull import pull_replay
from playground.figures.replay import FAR, Replay
from playground.figures.seeds import seeds_replay
from playground.figures.sweeps import sweep_replay
from playground.figures.training import training_replay
from playground.sweeps import JUDGES
from playground.text.language import spoken_language
from tests.support.chinese import find_english
from tests.support.runs import several
from tests.support.sweeps_by_hand import NAN, NOISES, RATES, by_hand


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    with spoken_language("zh"):
        yield


def check_replay(replay: Replay) -> None:
    texts = [entry.label for entry in replay.legend]
    for panel in replay.panels:
        layout = panel.figure["layout"]
        texts += [panel.title, panel.description, *(layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis"))]
        texts += [note["text"] for note in layout.get("annotations", [])]
        for trace in panel.figure["data"]:
            texts += [trace.get("name", ""), trace.get("hovertemplate", ""), *np.ravel(trace.get("text", [])).tolist()]
    assert [text for text in texts if find_english(text)] == []


def test_the_charts_of_a_training_hold_no_english() -> None:
    diagnoses = several("mse", "mae", outliers=0.2, learning_rate=0.03)
    check_replay(training_replay(diagnoses, log=True))
    check_replay(pull_replay(measure_fits(diagnoses)))


def test_the_charts_of_sweeps_hold_no_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JUDGES, "rmse", replace(JUDGES["rmse"], label="RMSE"))  # the judges' own words are not these
    one = by_hand([[[1.0, NAN, 3.0]]], ("mse",))
    two = by_hand([[[[3.0, 1.0], [2.0, NAN], [4e5, 5.0]]]], ("mse",), (RATES, NOISES))
    check_replay(sweep_replay(one, "rmse", log=False))
    maps = sweep_replay(two, "rmse", log=False)
    check_replay(maps)
    assert maps.panels[0].figure["data"][0]["colorbar"]["title"]["text"] == "RMSE（对数）"
    seeds = seeds_replay(by_hand([[1.0, 2.0], [1.2, NAN], [1.4, 2.6]], axes=()), "rmse")
    traces = seeds.panels[0].figure["data"]
    assert traces[5]["text"] == ["种子 0：2.00", "种子 2：2.60"]
    assert seeds.panels[0].title == "3 个种子下的RMSE"


def test_what_leaves_a_chart_is_said_in_chinese_in_every_case() -> None:
    places = {NOWHERE: 5.0, NEAR: 20.0, FAR_OFF: FAR}
    epochs = np.arange(2)
    assert len(ENDS) == len(places) ** 2 - 1
    for below, above in ENDS:
        end = [10 - places[below], places[above]]
        note = edge_words("MSE", np.array([[5.0, 5.0], end]), epochs, 0.0, 10.0)
        assert "MSE" in note
        assert find_english(note) == []
    assert find_english(zero_words("MSE", np.zeros(2))) == []
    assert find_english(edge_words("MSE", np.full((2, 2), 20.0), epochs, 0.0, 10.0)) == []
