"""The side panel: what a link can set, a control shows; a control that has no effect is disabled and says why."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment import Experiment, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.relevance import list_tasks
from playground.experiment.setting import Choice, Switch
from tests.support.app_tests import open_folds, page_file

SHORT = "epochs=2&loss=mse"
KINDS = ("select_slider", "toggle", "number_input", "pills", "segmented_control")
PAGES = {"train": "regression", "landscape": "regression", "compare": "regression", "classify": "classification"}
OFF_DEFAULT = {  # where an end of the range would take long, or be the usual value of a page
    "points": "7",
    "epochs": "3",
    "hidden": "4",
    "dataset": {"regression": "sine", "classification": "xor"},
    "optimizer": "nadam",
}


def open_page(page: str, query: str) -> AppTest:
    opened = AppTest.from_file(page_file(page), default_timeout=120)
    open_folds(opened)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        opened.query_params[name] = values
    opened.run()
    assert not opened.exception
    return opened


def controls(page: AppTest) -> dict[str, Any]:
    """The page's widgets by key."""
    return {widget.key: widget for kind in KINDS for widget in page.get(kind)}


def captions(page: AppTest) -> list[str]:
    return [caption.value for caption in page.caption]


def other_value(name: str, task: str) -> str:
    """A value that is not the usual one, as a link says it."""
    if name in OFF_DEFAULT:
        found = OFF_DEFAULT[name]
        return found if isinstance(found, str) else found[task]
    setting = settings()[name]
    if isinstance(setting, Choice):
        return list(setting.options)[-1]
    if isinstance(setting, Switch):
        return "false" if name == "shuffle" else "true"
    whole = isinstance(getattr(Experiment(), name), int)
    value = setting.low + (setting.high - setting.low) / 4
    return repr(round(value) if whole else value)


def assert_has_control(opened: AppTest, page: str, name: str) -> None:
    """What the link sets is the value of a control, which is disabled where no such page uses the setting."""
    text = other_value(name, PAGES[page])
    widget = controls(opened).get("layer_1" if name == "hidden" else name)
    assert widget is not None, f"{name} is set by the link and shown nowhere"
    shown = widget.value
    assert str(shown).lower() == text or float(shown) == float(text), name
    if PAGES[page] not in list_tasks(name):
        assert widget.disabled, name


def open_with(page: str, names: list[str]) -> AppTest:
    return open_page(page, "&".join([SHORT, *(f"{name}={other_value(name, PAGES[page])}" for name in names)]))


NAMES = [name for name in settings() if name != "loss"]
TURNS = 4  # so that the kinds of clipping, which exclude each other, never come together


def test_no_link_sets_two_kinds_of_clipping() -> None:
    assert all(len({*NAMES[turn::TURNS]} & {*CLIPPINGS}) <= 1 for turn in range(TURNS))
    assert sorted(name for turn in range(TURNS) for name in NAMES[turn::TURNS]) == sorted(NAMES)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("turn", range(TURNS))
def test_each_value_that_a_link_sets_has_a_control(page: str, turn: int) -> None:
    names = NAMES[turn::TURNS]
    opened = open_with(page, names)
    for name in names:
        assert_has_control(opened, page, name)


@pytest.mark.exhaustive
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_value_that_a_link_sets_alone_has_a_control(page: str, name: str) -> None:
    assert_has_control(open_with(page, [name]), page, name)


@pytest.mark.parametrize(
    ("page", "query", "name", "reason"),
    [
        ("train", "l1=1&optimizer=adam&proximal=true", "proximal", "Adam takes no proximal steps. Choose SGD first."),
        ("train", "proximal=true", "proximal", "L1 penalty is off."),
        ("train", "", "outlier_size", "No point is an outlier. Raise Outliers first."),
        ("train", "noise=0", "noise_shape", "Noise σ is 0, so there is no noise to shape."),
        ("train", "delta=3", "delta", "None of the chosen losses uses this; Huber does."),
        ("train", "quantile=0.3&loss=mae", "quantile", "None of the chosen losses uses this; Quantile does."),
        ("train", "momentum=0.5", "momentum", "SGD does not use this."),
        ("train", "shuffle=false", "shuffle", "Every step uses all points. Choose a smaller batch size first."),
        ("train", "activation=relu", "activation", "Only hidden layers use this, and this model has none."),
        ("train", "dropout=0.5", "dropout", "Only hidden layers use this, and this model has none."),
        ("train", "overlap=1", "overlap", "Only data sets with labels use this."),
        ("train", "hidden=3&start_slope=2", "start_slope", "Only a model with one slope and one intercept uses this."),
        ("train", "start_slope=2&initialiser=he", "initialiser", "Start slope is set, so no weight is drawn."),
        (
            "train",
            "clipvalue=2",
            "global_clipnorm",
            "Keras allows one kind of clipping. Set Clip by value to off first.",
        ),
        ("train", "degree=3&dataset=sine&standardise=true", "standardise", "A polynomial's inputs are scaled already."),
        ("classify", "noise=5", "noise", "Only data sets of numbers use this."),
        ("landscape", "story=race", "learning_rate", "Each optimizer races at its usual rate."),
        ("landscape", "story=race", "optimizer", "The race has optimizers of its own."),
        ("landscape", "story=race", "losses", "The race is about one loss."),
    ],
)
def test_a_control_without_effect_is_disabled_and_says_why(page: str, query: str, name: str, reason: str) -> None:
    opened = open_page(page, f"{SHORT}&{query}")
    assert controls(opened)[name].disabled
    assert any(text.startswith(f"No effect here: {reason}") for text in captions(opened)), captions(opened)


@pytest.mark.parametrize(
    ("page", "query", "name"),
    [
        ("train", "l1=1&proximal=true", "proximal"),
        ("train", "outliers=0.1", "outlier_size"),
        ("train", "loss=mse,huber&delta=3", "delta"),
        ("train", "batch_size=4&shuffle=false", "shuffle"),
        ("landscape", "story=race&usual=false", "learning_rate"),
        ("landscape", "story=race&focus=huber", "delta"),
        ("landscape", "story=limits&focus=huber", "delta"),
        ("landscape", "story=race&racers=momentum", "momentum"),
        ("landscape", "", "losses"),
        ("landscape", "story=step&start_slope=1", "start_slope"),
    ],
)
def test_a_control_with_an_effect_is_enabled(page: str, query: str, name: str) -> None:
    query = query if "loss=" in query else f"loss=mse&{query}"
    assert not controls(open_page(page, f"epochs=2&{query}"))[name].disabled


def test_a_control_is_enabled_as_soon_as_it_has_an_effect() -> None:
    page = open_page("train", SHORT)
    assert controls(page)["outlier_size"].disabled
    controls(page)["outliers"].set_value(0.1).run()
    assert not controls(page)["outlier_size"].disabled
    controls(page)["outliers"].set_value(0.0).run()
    assert controls(page)["outlier_size"].disabled


def test_what_has_no_effect_can_be_reset_with_one_click() -> None:
    page = open_page("train", f"{SHORT}&delta=3&overlap=1&noise=2")
    (button,) = [button for button in page.button if button.label == "Set these to their usual values"]
    button.click().run()
    assert not {"delta", "overlap"} & set(controls(page))
    assert controls(page)["noise"].value == 2
