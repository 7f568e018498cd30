"""The page without a browser: every control reaches the training, and every number on the page is the training's."""

import re
import secrets
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from playground.diagnosis.fit import judge_fits
from playground.diagnosis.fit_words import describe_fits
from playground.experiment import Experiment
from playground.experiment.presets import FIRST_SCENE
from playground.experiment.view import View, read_link
from playground.export.kept import Kept, count_fitting
from playground.losses import LOSSES
from playground.pages.train.situations import SITUATIONS
from playground.text.numbers import number
from playground.ui.jobs import MOST_STEPS
from tests.support.app_tests import address, choose, components, html, open_folds, page_file, plain_text, texts
from tests.support.runs import diagnosed

# A page on which every control is drawn. The rate is so small that no rounding grows into another verdict.
EVERYTHING = "loss=mse,huber,quantile&batch_size=7&hidden=4&epochs=100&outliers=0.1&learning_rate=0.001"

TOO_FAST = next(situation for situation in SITUATIONS.choices if situation.label == "Too fast")


def open_page(query: str = "scene=article", **state: object) -> AppTest:
    page = AppTest.from_file(page_file("frame"), default_timeout=120)
    open_folds(page)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[name] = values
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def table(page: AppTest) -> dict[str, list[str]]:
    """The numbers on the page: a row's cells by its question; ``""`` is the head."""
    (text,) = [text for text in html(page) if "own loss at the end" in text]
    rows = [re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", text)]
    return {unescape(question): [plain_text(cell) for cell in cells] for question, *cells in rows}


def drawing(page: AppTest) -> dict[str, Any]:
    """What the live figure was given; that it is JSON without NaN is part of reading it. The doctor's come after it."""
    first, *others = components(page, "live")
    assert [other["visit"] for other in others] == [None] * len(others)
    return first


def view_of(page: AppTest) -> View:
    """The view that the address bar will hold."""
    view, notices = read_link(parse_qs(address(page), keep_blank_values=True))
    assert notices == []
    return view


def assert_shows(page: AppTest, *losses: str, **changes: Any) -> None:
    """The page shows these losses on this experiment, with the numbers of their training."""
    assert not page.exception
    assert view_of(page) == View(Experiment(**changes), losses)
    shown = table(page)
    assert shown[""] == [LOSSES[loss].label for loss in losses]
    for column, loss in enumerate(losses):
        diagnosis = diagnosed(**{**changes, "loss": loss})
        assert shown["own loss at the end"][column] == number(float(diagnosis.run.loss[-1]))
        assert shown["RMSE on clean points"][column] == number(diagnosis.rmse)
        assert shown["verdict"][column] == diagnosis.verdict
    for text in texts(page):
        assert not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE)


def test_the_article_has_an_address_of_its_own() -> None:
    page = open_page("scene=article")
    assert_shows(page, "mse", "mae", "huber")
    slope, intercept = diagnosed().run.line
    assert table(page)["slope (true 2)"][0] == number(slope)
    assert table(page)["intercept (true 3)"][0] == number(intercept)
    assert not page.warning
    assert drawing(page)["epochs"] == 1000


def test_an_address_without_settings_opens_losses_that_disagree() -> None:
    page = open_page("")
    assert_shows(page, "mse", "mae", "huber", outliers=0.1, outlier_size=60.0)
    assert drawing(page)["autoplay"]
    assert not page.warning
    assert [text.value for text in page.markdown if "points lie" in text.value] == [
        "**To look at:** Two points lie far too high. The line of MSE follows them; the lines of MAE and Huber do not."
    ]
    assert diagnosed(outliers=0.1, outlier_size=60.0).run.data.outliers.size == 2
    ends = [diagnosed(outliers=0.1, outlier_size=60.0, loss=loss).rmse for loss in ("mse", "mae", "huber")]
    assert ends[0] > 50 * max(ends[1:])
    assert not {"diverged", "not trained enough"} & set(table(page)["verdict"])
    page.select_slider(key="noise").set_value(2.0).run()
    assert_shows(page, "mse", "mae", "huber", outliers=0.1, outlier_size=60.0, noise=2.0)
    assert not drawing(page)["autoplay"]


@pytest.mark.parametrize("query", ["scene=article", "epoch=40", "log=false", "seed=0", "kept=train~epochs~20"])
def test_a_link_with_any_setting_leaves_the_others_as_they_were(query: str) -> None:
    page = open_page(query)
    assert view_of(page).experiment == Experiment()
    assert address(page)
    assert not drawing(page)["autoplay"]
    assert not page.warning


def test_the_first_scene_has_an_address_that_does_not_play() -> None:
    page = open_page(address(open_page("")))
    assert view_of(page) == FIRST_SCENE
    assert not drawing(page)["autoplay"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("noise", 5.0),
        ("points", 40),
        ("outliers", 0.2),
        ("outlier_size", -50.0),
        ("delta", 0.1),
        ("quantile", 0.5),
        ("learning_rate", 0.003),
        ("epochs", 50),
        ("batch_size", 4),
    ],
)
def test_every_slider_reaches_the_training(name: str, value: float) -> None:
    page = open_page(EVERYTHING)
    page.select_slider(key=name).set_value(value).run()
    settings = {"batch_size": 7, "hidden": (4,), "epochs": 100, "outliers": 0.1, "learning_rate": 0.001, name: value}
    assert_shows(page, "mse", "huber", "quantile", **settings)


@pytest.mark.parametrize(("name", "value"), [("epsilon", 1.0), ("scale", 10.0), ("alpha", -2.0)])
def test_every_parameter_of_a_rarer_loss_reaches_the_training(name: str, value: float) -> None:
    page = open_page("loss=epsilon_insensitive,tukey,general&epochs=50")
    page.select_slider(key=name).set_value(value).run()
    assert_shows(page, "epsilon_insensitive", "tukey", "general", epochs=50, **{name: value})


@pytest.mark.parametrize("name", ["l1", "l2", "global_clipnorm", "clipnorm", "clipvalue"])
def test_every_penalty_and_clipping_reaches_the_training(name: str) -> None:
    page = open_page(f"loss=mse&epochs=100&{name}=0.05")  # the expander is open when there is one
    assert_shows(page, "mse", epochs=100, **{name: 0.05})
    page.select_slider(key=name).set_value(0.1).run()
    assert_shows(page, "mse", epochs=100, **{name: 0.1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("dataset", key) for key in ("sine", "step", "quadratic", "heteroscedastic")],
        *[("noise_shape", key) for key in ("laplace", "student_t", "uniform", "skewed")],
        *[("optimizer", key) for key in ("momentum", "rmsprop", "adam")],
        *[("activation", key) for key in ("relu", "sigmoid", "gelu")],
    ],
)
def test_every_choice_reaches_the_training(name: str, value: str) -> None:
    page = open_page("hidden=4&epochs=50&loss=mse")
    page.pills(key=name).set_value(value).run()
    assert_shows(page, "mse", hidden=(4,), epochs=50, **{name: value})


def test_the_other_controls_reach_the_training() -> None:
    page = open_page("epochs=50&batch_size=7&loss=mse")
    choose(page.number_input(key="seed"), 3)
    assert_shows(page, "mse", epochs=50, batch_size=7, seed=3)
    choose(page.toggle(key="shuffle"), False)
    assert_shows(page, "mse", epochs=50, batch_size=7, seed=3, shuffle=False)
    choose(page.segmented_control(key="layers"), 2)
    choose(page.select_slider(key="layer_2"), 4)
    assert_shows(page, "mse", epochs=50, batch_size=7, seed=3, shuffle=False, hidden=(16, 4))
    choose(page.pills(key="losses"), ["huber", "mae"])
    assert_shows(page, "mae", "huber", epochs=50, batch_size=7, seed=3, shuffle=False, hidden=(16, 4))


def test_the_scale_is_the_curves() -> None:
    page = open_page()
    kinds = []
    for log in (True, False):
        page.toggle(key="log").set_value(log).run()
        kinds.append(drawing(page)["panels"][1]["figure"]["layout"]["yaxis"]["type"])
        assert view_of(page).log == log
    assert kinds == ["log", "linear"]


def test_a_link_sets_the_experiment() -> None:
    page = open_page("loss=mae&noise=2.34&learning_rate=0.00123&points=33&epoch=77")
    assert_shows(page, "mae", noise=2.34, learning_rate=0.00123, points=33)
    assert page.select_slider(key="noise").value == 2.34  # between two stops
    assert drawing(page)["epoch"] == 77
    assert not page.warning


def test_what_is_wrong_in_a_link_is_named_until_something_is_changed() -> None:
    page = open_page("noise=abc&points=1e9&loss=rmse&epoch=-1")
    assert_shows(page, "mse", "mae", "huber", points=500)
    assert [each.value.split()[3] for each in page.warning] == ["noise", "points", "loss", "epoch"]
    page.select_slider(key="noise").set_value(2.0).run()
    assert not page.warning


def test_what_was_wrong_in_a_link_is_forgotten_with_another_situation() -> None:
    page = open_page("noise=abc")
    page.button[1].click().run()
    assert not page.warning


@pytest.mark.parametrize("query", ["loss=", "loss=&noise=2.0"])
def test_without_a_loss_the_page_asks_for_one(query: str) -> None:
    page = open_page(query)
    assert not page.exception
    assert "Choose at least one loss" in page.info[0].value
    page.pills(key="losses").set_value(["mae"]).run()
    assert view_of(page).losses == ("mae",)


def test_a_diverged_run_is_explained_and_mended() -> None:
    page = open_page("learning_rate=0.03")
    assert table(page)["verdict"] == ["diverged at epoch 14", "oscillating", "exactly optimal"]
    assert any("0.03 is above 0.02727" in text for text in texts(page))
    page.button(key="remedy_mse_rate").click().run()
    assert page.select_slider(key="learning_rate").value == 0.024  # nine tenths of 0.0273
    assert_shows(page, "mse", "mae", "huber", learning_rate=0.024)
    assert table(page)["verdict"][0] == "exactly optimal"
    assert not [button for button in page.button if str(button.key).startswith("remedy")]


def test_the_doctor_says_what_a_remedy_did_where_it_was_pressed() -> None:
    page = open_page("learning_rate=0.03&loss=mse&loss=mae&epoch=40&log=false")
    before = page.session_state["_view"]
    page.button(key="remedy_mse_rate").click().run()
    (said,) = page.success
    assert said.value == (
        "Applied: Set the learning rate to 0.024. Before, MSE: diverged at epoch 14. Now, MSE: exactly optimal."
    )
    after = page.session_state["_view"]  # nothing but the rate has changed
    assert after == before.with_experiment(before.experiment.replace(learning_rate=0.024))
    page.select_slider(key="noise").set_value(2.0).run()
    assert not page.success


def test_the_doctor_says_which_loss_followed_the_outliers() -> None:
    query = "outliers=0.1&outlier_size=60"
    page = open_page(query)
    diagnoses = [diagnosed(loss=loss, outliers=0.1, outlier_size=60.0) for loss in ("mse", "mae", "huber")]
    assert [each.value for each in page.info] == describe_fits(judge_fits(diagnoses))
    assert len(components(page, "live")) == 1  # the closed fold draws nothing
    page = open_page(query, doctor_pulls=True)
    assert not page.exception
    pulls = components(page, "live")[1]
    assert [panel["title"] for panel in pulls["panels"]] == ["MSE", "MAE", "Huber (δ = 1)"]
    assert not open_page().info


def test_a_loss_that_would_have_withstood_is_added_in_one_click() -> None:
    page = open_page("outliers=0.1&outlier_size=60&loss=mse")
    (button,) = [button for button in page.button if button.key == "add_companion"]
    rmse = diagnosed(loss="huber", outliers=0.1, outlier_size=60.0).rmse
    assert button.label == f"Add Huber (δ = 1): on these points it comes as near as {number(rmse)}"
    button.click().run()
    assert_shows(page, "mse", "huber", outliers=0.1, outlier_size=60.0)
    assert "add_companion" not in [button.key for button in page.button]


def test_only_remedies_that_helped_are_offered() -> None:
    page = open_page("learning_rate=1&hidden=16&loss=mse")
    # Standardised x still diverges, so it is no remedy here; nor is a tenth of the rate, but a hundredth is.
    assert [str(button.key) for button in page.button if str(button.key).startswith("remedy")] == [
        "remedy_mse_rate",
        "remedy_mse_clip",
        "remedy_mse_adam",
        "remedy_mse_loss",
    ]
    page.button(key="remedy_mse_clip").click().run()
    assert view_of(page).experiment == Experiment(learning_rate=1.0, hidden=(16,), global_clipnorm=1.0)


def test_what_to_look_at_stands_with_a_situation_until_it_is_another() -> None:
    page = open_page("noise=2")
    asked = f"**To look at:** {TOO_FAST.look}"
    assert asked not in [text.value for text in page.markdown]
    next(button for button in page.button if button.label == TOO_FAST.label).click().run()
    assert asked in [text.value for text in page.markdown]
    page.select_slider(key="noise").set_value(2.0).run()
    assert asked not in [text.value for text in page.markdown]


def test_a_situation_opens_from_anywhere_and_leaves_how_it_is_looked_at() -> None:
    page = open_page("noise=9&hidden=4,4&l1=0.5&log=false&loss=log_cosh&epochs=10")
    next(button for button in page.button if button.label == TOO_FAST.label).click().run()
    assert not page.exception
    assert view_of(page) == View(Experiment(learning_rate=0.03, outliers=0.1, outlier_size=60.0), log=False)


def test_a_new_seed_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)
    page = open_page()
    next(button for button in page.button if button.label == "New seed").click().run()
    assert_shows(page, "mse", "mae", "huber", seed=9999)


def test_too_long_a_training_is_refused_with_its_length() -> None:
    page = open_page("epochs=10000&batch_size=1&points=500")
    assert not page.exception
    assert "15,000,000" in page.error[0].value
    assert f"{MOST_STEPS:,}" in page.error[0].value
    page.select_slider(key="batch_size").set_value(0).run()
    assert_shows(page, "mse", "mae", "huber", epochs=10_000, points=500)


def test_settings_outlive_their_widgets() -> None:
    page = open_page("batch_size=8&hidden=4&epochs=50")
    choose(page.select_slider(key="delta"), 0.1)
    choose(page.toggle(key="shuffle"), False)
    choose(page.pills(key="activation"), "relu")
    choose(page.select_slider(key="layer_1"), 32)
    for losses, layers, batch_size in [(["mse"], 0, 0), (["huber"], 1, 8)]:
        choose(page.pills(key="losses"), losses)
        choose(page.segmented_control(key="layers"), layers)
        choose(page.select_slider(key="batch_size"), batch_size)
    assert_shows(page, "huber", batch_size=8, hidden=(32,), epochs=50, delta=0.1, shuffle=False, activation="relu")


def test_a_page_that_keeps_more_than_a_link_holds_says_so():
    query = "&".join(f"kept=train~seed~{seed}~epochs~20~name~{'n' * 40}" for seed in range(200))
    page = open_page(f"epochs=20&loss=mse&{query}")
    held = count_fitting([Kept(experiment=Experiment(seed=seed, epochs=20), name="n" * 40) for seed in range(200)])
    assert 0 < held < 200
    (said,) = [each.value for each in page.warning if "kept runs" in each.value]
    assert f"the link has the first {held} of 200 kept runs" in said
    assert not open_page("epochs=20&loss=mse&kept=train~epochs~20").warning


def test_ten_seeds_are_one_click_away() -> None:
    page = open_page("loss=mse&loss=mae&outliers=0.1&outlier_size=60&noise=2")
    assert any("This is one draw of the noise" in text for text in texts(page))
    page.button(key="ten_seeds").click().run()
    assert not page.exception
    asked, view = page.session_state["_sweep"], page.session_state["_view"]
    assert (asked.vary, asked.seeds) == ("none", 10)
    assert view.experiment == Experiment(outliers=0.1, outlier_size=60.0, noise=2.0)
    assert "Compare" in page.title[0].value
    assert any("MAE is better here: it beats MSE in 10 of 10 seeds" in text for text in texts(page))
