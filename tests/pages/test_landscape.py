"""The Landscape page as a visitor meets it: every story opens, says its numbers, and is in the link."""

import base64
import re
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment import Experiment
from playground.experiment.names import line
from playground.experiment.query import read_settings, write_settings
from playground.experiment.view import View, read_link, write_link
from playground.pages.landscape.limits_view import changes_of_cell
from playground.pages.landscape.regimes import RegimeMap, nearest_cell
from playground.pages.landscape.settings import STORIES, LandscapeSettings
from playground.pages.landscape.single_step import step_lengths
from playground.pages.landscape.study import window_for
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import limit_number, number
from playground.theory.optima import optimum
from playground.theory.stable_rate import largest_stable_rate
from playground.ui import doctor
from tests.support.app_tests import address, drawings, html, open_folds, page_file, plain_text, texts
from tests.support.runs import diagnosed


def open_landscape(query: str = "") -> AppTest:
    page = AppTest.from_file(page_file("landscape"), default_timeout=120)
    open_folds(page)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[name] = values
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return " ".join(map(plain_text, [*texts(page), *html(page)]))


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "hidden=4&dataset=sine&epochs=50",
        "learning_rate=0.5",
        "batch_size=4&epochs=30&racers=sgd,adam",
        "standardise=true&loss=tukey",
    ],
)
def test_every_story_opens_on_every_model(story: str, query: str) -> None:
    page = open_landscape(f"story={story}&{query}")
    for drawing in drawings(page):
        assert all(panel["description"] and "nan" not in panel["description"] for panel in drawing["panels"])
    assert not re.search(r"\bnan\b|\binf\b", said(page))


def test_all_losses_share_one_window_and_say_their_optimum() -> None:
    page = open_landscape("outliers=0.1&loss=mse,mae,tukey")
    drawing = drawings(page)[0]
    experiments = [Experiment(loss=loss, outliers=0.1) for loss in ("mse", "mae", "tukey")]
    window = window_for(experiments)
    assert [panel["title"].split(" (")[0] for panel in drawing["panels"]] == ["MSE", "MAE", "Tukey"]
    for panel, experiment in zip(drawing["panels"], experiments, strict=True):
        layout, best = panel["figure"]["layout"], optimum(experiment)
        assert layout["xaxis"]["range"] == [window.left, window.right]
        assert layout["yaxis"]["range"] == [window.bottom, window.top]
        assert panel["figure"]["data"][0]["z"]["shape"] == "100,100"
        assert line(best.slope, best.intercept) in said(page)
        assert number(best.loss) in said(page)


def test_a_start_is_set_by_numbers_and_kept_in_the_link() -> None:
    page = open_landscape()
    page.number_input(key="start_slope").set_value(-3.0).run()
    page.number_input(key="start_intercept").set_value(7.5).run()
    drawing = drawings(page)[0]
    assert "start_slope=-3.0&start_intercept=7.5" in address(page)
    assert "Training starts at w = −3.00, b = 7.50" in drawing["panels"][0]["description"]
    next(button for button in page.button if button.label == "Start from the seed").click().run()
    assert address(page) == ""


def test_the_race_has_a_way_for_each_optimizer() -> None:
    page = open_landscape("story=race&focus=mae&racers=sgd,adam,lion&epochs=40")
    names = [trace["name"] for trace in drawings(page)[0]["panels"][0]["figure"]["data"] if "name" in trace]
    assert names == ["SGD", "Adam", "Lion"]
    page.pills(key="landscape_racers").set_value(["adagrad"]).run()
    assert "racers=adagrad" in address(page)
    page.pills(key="landscape_racers").set_value([]).run()
    assert any("Choose at least one optimizer" in info.value for info in page.info)


def test_the_limits_are_named_with_and_without_standardised_x() -> None:
    page = open_landscape("story=limits&loss=mse&epochs=50")
    for standardise in (False, True):
        assert limit_number(largest_stable_rate(Experiment(standardise=standardise))) in said(page)
    assert "36.7" in said(page)  # the condition number 770/21
    rates, regimes = drawings(page)
    assert "MSE is stable up to 0.02727" in rates["panels"][0]["description"]
    assert "4,096 real runs" in regimes["panels"][0]["description"]


def test_keep_stands_before_the_doctor_as_on_other_pages() -> None:
    keys = [button.key for button in open_landscape("learning_rate=1.0&loss=mse&epochs=50").button if button.key]
    assert keys.index("keep") < keys.index("remedy_mse_rate")


def test_a_race_keeps_the_runs_that_it_shows() -> None:
    page = open_landscape("story=race&racers=sgd&racers=adam&racers=lion&epochs=50")
    page.button(key="keep").click().run()
    kept = [each.experiment for each in page.session_state["_kept_experiments"]]
    assert [(each.optimizer, each.learning_rate) for each in kept] == [
        (key, OPTIMIZERS[key].typical_rate) for key in ("sgd", "adam", "lion")
    ]
    assert {each.loss for each in kept} == {"mse"}


def test_a_rate_that_is_too_large_is_marked_where_it_leaves_the_chart() -> None:
    page = open_landscape("story=limits&loss=mse&epochs=200")
    (curve,) = [trace for trace in drawings(page)[0]["panels"][0]["figure"]["data"] if trace["name"] == "MSE"]
    assert curve["marker"]["symbol"][-1] == "triangle-up"
    assert curve["text"][-1] == "diverged"
    assert set(curve["marker"]["symbol"][:-1]) == {"circle"}
    rates = np.frombuffer(base64.b64decode(curve["x"]["bdata"]), np.float32)
    assert rates[-2] < largest_stable_rate(Experiment()) < 1.2 * rates[-1]


@pytest.mark.parametrize(
    ("query", "formula"), [("", "2/λmax"), ("&optimizer=momentum", "2(1 + β)/λmax"), ("&optimizer=adam", None)]
)
def test_the_limit_is_called_by_its_formula(query: str, formula: str | None) -> None:
    page = open_landscape(f"story=limits&epochs=50{query}")
    labels = [entry["label"] for entry in drawings(page)[0]["legend"]]
    assert [label for label in labels if "stable" in label] == ([f"largest stable rate, {formula}"] if formula else [])


@pytest.mark.parametrize(
    ("query", "rule", "today"),
    [
        ("optimizer=sgd&momentum=0.5", "SGD with momentum", [0.0]),
        ("optimizer=momentum&momentum=0.5", "SGD with momentum", [0.5]),
        ("optimizer=nesterov&momentum=0.5", "SGD with Nesterov momentum", [0.5]),
        ("optimizer=adam", "SGD with momentum", []),
    ],
)
def test_the_map_says_whose_runs_it_shows(query: str, rule: str, today: list[float]) -> None:
    page = open_landscape(f"story=limits&epochs=50&loss=mse&{query}")
    (panel,) = drawings(page)[1]["panels"]
    assert panel["title"].endswith(f"by {rule}")
    crosses = [trace for trace in panel["figure"]["data"] if trace.get("marker", {}).get("symbol") == "x"]
    assert [beta for cross in crosses for beta in cross["y"]] == today
    assert ("Adam is another rule" in said(page)) == (not today)


def test_a_loss_that_is_no_bowl_is_not_held_to_the_theory_of_bowls() -> None:
    assert "no bowl" in said(open_landscape("story=limits&epochs=50&loss=tukey&focus=tukey"))
    assert "no bowl" not in said(open_landscape("story=limits&epochs=50&loss=mse"))


def test_a_step_beyond_the_training_is_its_last() -> None:
    page = open_landscape("story=step&step=10000&epochs=50&loss=mse&loss=mae")
    assert "The training has 50 steps: the last one is shown." in said(page)
    assert "Under MAE all 21 points pull alike" in said(page)
    assert "Under MSE" not in said(page)


def test_a_step_shows_the_numbers_of_the_training() -> None:
    page = open_landscape("story=step&step=2&noise=0&start_slope=1&start_intercept=0&loss=mse")
    shown = " ".join(latex.value for latex in page.latex)
    # By hand: the first step moves (1, 0) by 0.01 · (2 · 770/21, 6) to (1.733, 0.06).
    assert "1.733" in shown
    assert "0.0600" in shown


def test_the_doctor_shows_what_each_remedy_leads_to_and_mends() -> None:
    page = open_landscape("learning_rate=0.03")
    offered = [button.label for button in page.button if (button.key or "").startswith("remedy_mse")]
    assert "Standardise x" in offered
    cure = drawings(page)[1]
    assert [entry["label"] for entry in cure["legend"]] == ["now", *offered]
    assert [panel["title"] for panel in cure["panels"]] == ["Training loss", "Error on clean points"]
    assert cure["visit"] is None
    page.button(key="remedy_mse_standardise").click().run()
    assert page.toggle(key="standardise").value is True
    page = open_landscape("learning_rate=0.03&loss=mse")
    page.button(key="remedy_mse_loss").click().run()
    assert page.pills(key="losses").value == ["huber"]


def test_a_closed_doctor_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(doctor, "try_remedies", lambda experiment, on_progress=None: tried.append(experiment) or [])
    page = open_landscape("loss=mae&learning_rate=0.0123")  # swings: the doctor waits to be asked
    assert [expander.label for expander in page.expander if "doctor" in expander.label]
    assert len(drawings(page)) == 1
    assert tried == []


def test_the_page_is_one_of_the_app() -> None:
    page = AppTest.from_file(page_file("frame"), default_timeout=120).run()
    page.switch_page("landscape.py").run()
    assert not page.exception
    assert [title.value for title in page.title] == ["Landscape"]
    assert len(drawings(page)[0]["panels"]) == len(View().losses)


@pytest.mark.parametrize(
    ("query", "name"), [("story=x", "story"), ("step=0", "step"), ("racers=sgd,foo", "racers"), ("deep=maybe", "deep")]
)
def test_what_is_wrong_in_the_link_is_named(query: str, name: str) -> None:
    page = open_landscape(query)
    (warning,) = page.warning
    assert f"{name} was `" in warning.value


def test_the_whole_view_survives_its_link() -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        sights = LandscapeSettings(
            story=str(rng.choice(list(STORIES))),
            focus=str(rng.choice(["mse", "mae", "tukey"])),
            deep=bool(rng.random() < 0.5),
            plane=str(rng.choice(["pca", "random"])),
            racers=tuple(key for key in ("sgd", "adam", "lion") if rng.random() < 0.5),
            usual=bool(rng.random() < 0.5),
            step=int(rng.integers(1, 10_001)),
        )
        view = View(Experiment(start_slope=float(rng.normal()), momentum=0.5, standardise=True))
        query = {**write_link(view), **write_settings(sights)}
        assert read_settings(LandscapeSettings, query) == (sights, [])
        assert read_link(query) == (view, [])


@pytest.mark.parametrize(
    "query", ["learning_rate=10&step=500", "step=500", "loss=mae,huber&step=300&learning_rate=0.1"]
)
def test_the_worked_point_is_in_the_table(query: str) -> None:
    page = open_landscape(f"story=step&{query}")
    forward = page.latex[0].value.split(" = ")
    worked = re.findall(r"\\cdot \(?(-?[\d.]+)\)? \+", forward[2])[0].replace("-", "−")
    (table,) = [text for text in map(plain_text, html(page)) if "hardest pulls" in text]
    assert f"x = {float(worked.replace('−', '-')):.3g}"[:6].replace("-", "−") in table


def test_a_loss_that_has_diverged_by_a_step_is_named() -> None:
    page = open_landscape("story=step&learning_rate=10&step=500")
    assert "MSE: not shown, since the weights have diverged" in said(page)
    assert len(drawings(page)[0]["panels"]) == 2


def test_steps_that_never_fade_are_said_with_their_range() -> None:
    page = open_landscape("story=limits&loss=mae")
    shortest, longest = step_lengths(diagnosed(loss="mae").run, 20)
    assert f"The last 20 are {number(shortest)} to {number(longest)} long" in said(page)
    assert "every step" not in said(page)


def test_the_limit_of_batches_stands_beside_that_of_all_points() -> None:
    page = open_landscape("story=limits&loss=mse&epochs=20&batch_size=1")
    for part in (
        "0.0099",
        "0.02727",
        "the same with all points in every step",
        "every batch has a curvature of its own",
    ):
        assert part in said(page)


def test_a_click_on_the_map_trains_the_run_of_its_cell() -> None:
    momenta = np.linspace(0.0, 0.99, 64)
    found = RegimeMap(np.geomspace(1e-4, 1.0, 64), momenta, np.zeros((64, 64), int))
    rate, momentum = nearest_cell(found, 0.0272, 0.02)
    assert (rate, momentum) == (pytest.approx(found.rates[38]), pytest.approx(momenta[1]))
    assert changes_of_cell("momentum", "sgd", 0.027221, 0.0) == {"learning_rate": 0.02722}
    cell = {"optimizer": "momentum", "learning_rate": 0.02722, "momentum": 0.0157}
    assert changes_of_cell("momentum", "sgd", 0.027221, float(momenta[1])) == cell
    assert changes_of_cell("momentum", "momentum", 0.027221, 0.0) == cell | {"momentum": 0.0}
    page = open_landscape("story=limits&loss=mse&epochs=20")
    assert "A click sets the learning rate and momentum β of the cell" in said(page)
    (cells,) = [each for each in drawings(page)[1]["panels"][0]["figure"]["data"] if each["type"] == "heatmap"]
    assert cells["text"][0][0] == "monotone; this β is stable up to 0.02727"
    assert cells["text"][1][0] == "monotone; this β is stable up to 0.0277"  # (1 + 0.0157) × 0.02727
