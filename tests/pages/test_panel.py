"""The side panel of all pages: four knobs, folds that name their values, typed values, marks, and new seeds."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment import settings
from playground.losses import LOSSES
from playground.pages.losses.settings import LossesSettings
from playground.ui import furnishing
from playground.ui.folds import STATE
from playground.ui.furnishing import NO_MARK
from tests.support.app_tests import address, html, open_page, page_file, plain_text, texts

SHORT = "epochs=10"
KNOBS = {
    "train": ("noise", "epochs", "learning_rate", "losses"),
    "landscape": ("noise", "epochs", "learning_rate", "losses"),
    "compare": ("noise", "epochs", "learning_rate", "losses"),
    "classify": ("overlap", "epochs", "learning_rate", "losses"),
    "overfit": ("overfit_noise", "overfit_epochs", "overfit_learning_rate", "overfit_ways"),
    "gradients": ("gradients_epochs", "gradients_learning_rate_a", "gradients_loss_a"),
    "losses": ("losses_shown", "delta"),
}
FOLDS = {
    "train": ["data", "odd_points", "parameters", "model", "optimizer", "penalties"],
    "classify": ["data", "odd_points", "model", "optimizer", "penalties"],
    "overfit": ["overfit_data", "overfit_model", "remedies"],
    "gradients": ["layers", "clipping", "shared"],
    "losses": [],
}


def open_closed(page: str, query: str = SHORT) -> AppTest:
    """A page whose folds are as a visitor finds them."""
    return open_page(page, query, **{STATE.format(key=key): False for keys in FOLDS.values() for key in keys})


def keys_in(page: AppTest) -> list[str]:
    """The keys of the side panel's controls, in the order of the screen."""
    found = [element.key for element in page.sidebar if getattr(element, "key", None)]
    return [key for key in found if key not in ("furnishing", "folds") and not key.endswith("_body")]


def folds(page: AppTest) -> dict[str, str]:
    return {key.removeprefix("fold_"): page.button(key=key).label for key in keys_in(page) if key.startswith("fold_")}


@pytest.mark.parametrize("name", KNOBS)
def test_the_knobs_come_first_and_the_rest_is_folded(name: str) -> None:
    page = open_closed(name)
    keys = keys_in(page)
    assert [key for key in keys if key in KNOBS[name]] == [*KNOBS[name]]
    expected = FOLDS.get(name, FOLDS["train"])
    assert [*folds(page)] == expected
    assert keys[len(keys) - len(expected) :] == [f"fold_{key}" for key in expected]  # nothing is drawn in them
    assert all(": " in label for label in folds(page).values())


def test_a_closed_fold_names_what_is_not_usual() -> None:
    query = "outliers=0.1&outlier_size=60&l1=0.5&hidden=8&standardise=true&noise_shape=laplace&momentum=0.5"
    page = open_closed("train", f"{SHORT}&loss=huber&delta=2&optimizer=momentum&{query}")
    assert folds(page) == {
        "data": "Data: Line · Points 21 · Seed 0 · Laplace · Standardise x on",
        "odd_points": "Outliers: 10% · Outlier size 60",
        "parameters": "Loss parameters: Huber δ 2",
        "model": "Model: hidden layers 8 · tanh",
        "optimizer": "Optimizer and batches: Momentum · Momentum β 0.5 · Batch size all points",
        "penalties": "Penalties and clipping: L1 penalty 0.5",
    }
    assert folds(open_closed("train"))["penalties"] == "Penalties and clipping: off"
    page.button(key="fold_odd_points").click().run()
    assert folds(page)["odd_points"] == "Outliers"
    assert page.select_slider(key="outlier_size").value == 60
    page.button(key="fold_odd_points").click().run()
    assert "outlier_size" not in keys_in(page)
    assert "outliers=0.1" in address(page)


def test_each_chosen_loss_says_its_line() -> None:
    page = open_closed("train", f"{SHORT}&loss=mse&loss=tukey")
    (said,) = [text for text in texts(page) if LOSSES["tukey"].summary in text]
    assert LOSSES["mse"].summary in said
    assert LOSSES["mae"].summary not in said
    assert LOSSES["mae"].summary in " ".join(texts(open_closed("losses", "shown=mae")))


def marks(page: AppTest) -> dict[str, Any]:
    found = [re.search('data-marks="(.*?)"', text) for text in html(page)]
    return next((json.loads(unescape(match[1])) for match in found if match), {})


def test_the_largest_stable_rates_are_marks_that_follow_the_data() -> None:
    page = open_closed("train", "epochs=10&scene=article&loss=mse&loss=mae&loss=huber")
    told = marks(page)
    # Points −10 … 10: the mean of x² is 770/21, so MSE is stable up to 21/770 and Huber up to twice that at least.
    assert told["key"] == "learning_rate"
    assert [mark["text"] for mark in told["marks"]] == [
        "MSE: stable up to 0.02727",
        "Huber: surely stable up to 0.05454",
    ]
    assert told["notes"] == [NO_MARK.format(losses="MAE")]
    assert told["marks"][0]["steps"] == [["just below", "0.027"], ["just above", "0.0276"]]
    stops = settings()["learning_rate"].stops  # type: ignore[union-attr]
    place = told["marks"][0]["place"] * (len(stops) - 1)
    assert stops[int(place)] < 21 / 770 < stops[int(place) + 1]
    page.session_state["standardise"] = True
    page.run()
    assert marks(page)["marks"][0]["text"] == "MSE: stable up to 1"
    assert marks(open_closed("train", f"{SHORT}&hidden=4")) == {}
    assert marks(open_closed("train", f"{SHORT}&optimizer=adam")) == {}
    assert marks(open_closed("train", f"{SHORT}&loss=mae&l2=0.1"))["notes"] == []  # the penalty has a limit
    assert marks(open_closed("landscape", f"{SHORT}&story=race")) == {}
    assert marks(open_closed("overfit", SHORT))["key"] == "overfit_learning_rate"


def slider_and_box() -> None:
    """A page of one slider, and a button in the place of the box, which only a browser has."""
    import streamlit as st

    from playground.experiment import settings
    from playground.experiment.setting import Number
    from playground.ui.furnishing import take_typed_value
    from playground.ui.widgets import number_stops

    setting = settings()["learning_rate"]
    assert isinstance(setting, Number)
    number_stops(setting, "learning_rate", 0.01)
    st.button("type", on_click=lambda: take_typed_value(*st.session_state["typed"]))


def refusals(page: AppTest) -> list[str]:
    return [plain_text(markup) for markup in html(page) if "typed-refusal" in markup]


def type_value(page: AppTest, key: str, text: str) -> None:
    page.session_state["typed"] = (key, text)
    page.button[0].click().run()


def test_a_typed_value_is_kept_exactly_and_a_wrong_one_is_explained() -> None:
    page = AppTest.from_function(slider_and_box, default_timeout=120).run()
    type_value(page, "learning_rate", "0.02727")
    assert page.select_slider(key="learning_rate").value == 0.02727
    assert "0.02727" in page.select_slider(key="learning_rate").options
    type_value(page, "learning_rate", "500")
    assert refusals(page)[0].startswith("500 is not allowed for Learning rate; allowed are numbers from 0.000001 to")
    assert page.select_slider(key="learning_rate").value == 0.02727
    type_value(page, "unknown", "5")  # from a browser that says what it likes
    assert refusals(page) == []
    assert "unknown" not in page.session_state


@pytest.mark.parametrize(("name", "key"), [("overfit", "overfit_seed"), ("gradients", "gradients_seed")])
def test_every_page_with_a_seed_draws_new_ones(name: str, key: str) -> None:
    page = open_page(name, SHORT)
    before = page.number_input(key=key).value
    page.button(key="new_seed").click().run()
    assert page.number_input(key=key).value != before


def test_train_with_these_keeps_every_setting() -> None:
    page = AppTest.from_file(page_file("frame"), default_timeout=120)
    for name, value in {"epochs": "10", "noise": "2.5", "learning_rate": "0.004", "l2": "0.1", "delta": "3"}.items():
        page.query_params[name] = value
    page.run()
    before = page.session_state["_view"].experiment
    page.switch_page("losses.py").run()
    page.session_state["losses_shown"] = ["huber"]
    page.select_slider(key="delta").set_value(2.0).run()
    (button,) = [each for each in page.button if each.label == "Train with these"]
    button.click().run()
    view = page.session_state["_view"]
    assert view.losses == ("huber",)
    assert view.experiment == before.replace(delta=2.0)


def test_train_with_these_takes_the_parameters_of_classifiers_along() -> None:
    page = open_page("losses", "task=classification&shown=focal")
    page.select_slider(key="gamma").set_value(4.0).run()
    (button,) = [each for each in page.button if each.label == "Train with these"]
    button.click().run()
    assert page.session_state["_view"].task == "classification"
    assert page.session_state["_view"].experiment.gamma == 4.0


def test_the_help_of_every_control_goes_to_the_browser() -> None:
    found = furnishing.list_settings(LossesSettings)
    assert {*settings(), "losses", "layer_1", "losses_shown", "losses_truth"} <= {*found}
    assert furnishing.read_plainly(furnishing.describe_help(found["losses_shown"])).splitlines()[1].startswith("MSE: ")
