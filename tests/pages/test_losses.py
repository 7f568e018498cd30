"""The Losses page without a browser: every loss of the table is on it, and what it says is what is computed."""

import re
from base64 import b64decode
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment import Experiment
from playground.losses import LOSSES, Target, losses_for
from playground.pages.losses.best_constant_figure import best_constants
from playground.pages.losses.settings import FIRST_SHOWN, LossesSettings, list_losses
from playground.pages.losses.words import short_words, zero_words
from playground.theory.efficiency import Spread
from playground.theory.properties import Property, check_properties, make_curve
from tests.support.app_tests import address, drawings, html, page_file, plain_text, texts
from tests.support.losses_cases import SOUND

TABS = ["Properties", "Formulas", "Four ways to one number", "What does it fit?", "Noise and its loss"]


def open_losses(query: str = "", tab: str = TABS[0]) -> AppTest:
    page = AppTest.from_file(page_file("frame"), default_timeout=120).run()
    page.switch_page("losses.py")
    for name, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[name] = values
    page.session_state["lab_tab"] = tab
    # The visit began on another page: what that page knew of the link is forgotten.
    for key in ("_losses", "_view"):
        if key in page.session_state:
            del page.session_state[key]
    page.run()
    assert not page.exception
    return page


def names(panel: dict) -> list[str]:
    return [trace["name"] for trace in panel["figure"]["data"] if trace["mode"] == "lines"]


def test_every_loss_of_a_task_is_offered() -> None:
    for task, target in [("regression", None), ("classification", Target.LABEL)]:
        options = open_losses(f"task={task}").pills(key="losses_shown").options
        labels = [LOSSES[key].label for key in list_losses(task)]
        assert [option.split(") ")[-1] for option in options] == labels
        assert target is None or all(LOSSES[key].target is target for key in list_losses(task))
    assert set(list_losses("regression")) | set(list_losses("classification")) == set(SOUND)


@pytest.mark.parametrize("task", FIRST_SHOWN)
@pytest.mark.parametrize("tab", TABS[:-1])  # the last one trains, in a test of its own
def test_every_part_can_show_every_loss(task: str, tab: str) -> None:
    page = open_losses(f"task={task}&shown={','.join(list_losses(task))}", tab)
    curves = drawings(page)[0]
    for panel in curves["panels"]:
        assert names(panel) == [LOSSES[key].label for key in list_losses(task)]
    assert not page.warning


def test_the_panel_says_what_was_found() -> None:
    page = open_losses("shown=mae,huber&delta=0.5")
    (said,) = [plain_text(text) for text in html(page) if "<table" in text]
    for key, parameters in [("mae", {}), ("huber", {"delta": 0.5})]:
        for each, finding in check_properties(make_curve(LOSSES[key], 3.0, **parameters)).items():
            assert each in said
            assert f"{'✓' if finding.holds else '✗'} {finding.reason}" in said


def crosses(page: AppTest) -> list[str]:
    traces = drawings(page)[0]["panels"][0]["figure"]["data"]
    return [said for trace in traces if trace["mode"] == "markers" for said in trace["text"]]


def test_a_cross_stands_only_where_something_fails_in_the_window() -> None:
    assert crosses(open_losses("shown=mse")) == []  # its gradient fails to be bounded at 10,000
    (said,) = crosses(open_losses("shown=mae"))
    assert said.startswith("MAE is not differentiable")


def test_the_legend_says_what_a_cross_is_where_there_is_one() -> None:
    legends = [drawings(open_losses(f"shown={key}"))[0]["legend"] for key in ("mse", "mae")]
    assert [[entry["label"] for entry in legend] for legend in legends] == [["MSE"], ["MAE", "a property fails"]]
    assert legends[1][-1]["dash"] == "x"


def test_each_property_is_put_into_words() -> None:
    said = " ".join(texts(open_losses()))
    assert "symmetric: too high costs as much as too low;" in said
    said = " ".join(texts(open_losses("task=classification")))
    assert "symmetric: swap the labels and the sign of z, and the cost is the same;" in said


def test_a_planted_kink_reaches_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    mse = LOSSES["mse"]
    kinked = lambda ops, y, p: mse.value(ops, y, p) + ops.abs(p - y - 1.5)  # noqa: E731
    monkeypatch.setitem(LOSSES, "mse", replace(mse, value=kinked))
    page = open_losses("shown=mse")
    assert any("✗ its slope goes from 2.00 to 4.00 at 1.50" in text for text in texts(page))
    marks = [trace for trace in drawings(page)[0]["panels"][0]["figure"]["data"] if trace["mode"] == "markers"]
    assert any("not differentiable" in said for mark in marks for said in mark["text"])


def test_a_classification_has_no_tabs_of_a_regression() -> None:
    assert [tab.label for tab in open_losses().tabs] == TABS
    assert [tab.label for tab in open_losses("task=classification").tabs] == TABS[:3]
    said = " ".join(texts(open_losses("task=classification", TABS[4])))  # a tab that was open under the other task
    assert "Hinge is not differentiable at its margin" in said
    assert "MAE" not in said


def test_the_corner_that_is_told_of_is_one() -> None:
    page = open_losses("task=classification&shown=hinge&y_true=1&y_pred=1", TABS[2])
    assert any("Hinge has a corner at point 1" in text for text in texts(page))


def test_a_slope_is_by_what_is_predicted() -> None:
    for task, variable in [("regression", r"\hat y"), ("classification", "z")]:
        formulas = [each.value for each in open_losses(f"task={task}", TABS[1]).get("latex")]
        slopes = [each for each in formulas if "frac{\\partial L}" in each]
        assert len(slopes) == 3
        assert all(rf"\partial {variable}}}" in each for each in slopes)


def test_a_new_loss_is_on_both_pages_without_another_line(monkeypatch: pytest.MonkeyPatch) -> None:
    cubic = lambda ops, y, p: ops.abs(p - y) ** 3  # noqa: E731
    loss = replace(LOSSES["mse"], key="cubic", name="Cubic", value=cubic, keras_name=None, colour="#123456")
    monkeypatch.setitem(LOSSES, "cubic", loss)
    assert "cubic" in losses_for("regression")
    page = open_losses("shown=cubic,mse", TABS[2])
    assert any("Cubic" in text for text in texts(page))
    train = AppTest.from_file(page_file("frame"), default_timeout=120).run()
    assert any(option.endswith("Cubic") for option in train.pills(key="losses").options)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("y_true=&y_pred=1", "0 numbers"),
        ("y_true=1,2&y_pred=1", "The batch has 2 numbers in y and 1 in ŷ"),
        ("y_true=1,two&y_pred=1,2", "two"),
        ("y_true=1,inf&y_pred=1,2", "^Among the numbers is inf;"),
        ("y_true=1,nan&y_pred=1,2", "^Among the numbers is nan;"),
        ("y_true=1,2&y_pred=1,1e99", "1e\\+99|1e99"),
        ("task=classification&y_true=1,2&y_pred=1,2", "neither 0 nor 1"),
        ("shown=poisson&y_true=1,0&y_pred=1,2", "0 or negative"),
    ],
)
def test_a_batch_that_cannot_be_is_named_and_kept(query: str, said: str) -> None:
    page = open_losses(query, TABS[2])
    (warning,) = page.warning
    assert re.search(said, warning.value.replace("\\", ""))
    given = parse_qs(query, keep_blank_values=True)
    assert page.text_input(key="losses_y_true").value == given["y_true"][0]
    page.text_input(key="losses_y_true").set_value("1, 1").run()
    page.text_input(key="losses_y_pred").set_value("1, 2").run()
    assert not page.warning


def test_mae_and_rmse_are_told_apart() -> None:
    page = open_losses("shown=mse&y_true=0,0&y_pred=1,7", TABS[2])
    # MAE (1 + 7) / 2 = 4, RMSE the root of (1 + 49) / 2 = 5.
    assert any("MAE, the mean absolute error, is 4.00 here" in text and "is 5.00" in text for text in texts(page))


def test_a_corner_is_named_with_both_its_slopes() -> None:
    page = open_losses("shown=mse,mae&y_true=1,2,3&y_pred=1.5,2,3", TABS[2])
    said = " ".join(texts(page))
    assert (
        "MAE has a corner at points 2 and 3. At point 2 its slope is −1.00 on the left and 1.00 on the right." in said
    )
    assert "MSE has a corner" not in said
    (slopes,) = [plain_text(text) for text in html(page) if "Keras's autodiff" in plain_text(text)]
    assert "≈ 0" in slopes
    assert "10⁻" not in slopes


def test_where_no_corner_is_none_is_spoken_of() -> None:
    said = " ".join(texts(open_losses("shown=mse,mae&y_true=1,2&y_pred=1.5,3", TABS[2])))
    assert "finite difference" in said
    assert "corner" not in said


def test_slopes_of_a_classification_are_by_the_logit() -> None:
    said = " ".join(texts(open_losses("task=classification", TABS[2])))
    assert "The slope at each point, by z" in said


def known_answers(query: str) -> dict[str, dict]:
    traces = drawings(open_losses(query, TABS[3]))[1]["panels"][0]["figure"]["data"]
    return {trace["text"][0]: trace for trace in traces if trace["mode"] == "markers+text"}


def test_the_known_answers_stand_in_rows_of_their_own_and_reach_inwards() -> None:
    found = known_answers("shown=mse,quantile&numbers=1,2,3,4,20&quantile=0.9")
    assert {label: trace["textposition"] for label, trace in found.items()} == {
        "mean 6.00": "middle right",
        "median 3.00": "middle right",
        "0.9-quantile 20.0": "middle left",
    }
    heights = sorted(np.frombuffer(b64decode(trace["y"]["bdata"]), trace["y"]["dtype"])[0] for trace in found.values())
    assert np.diff(heights).min() > 0.09


def test_a_quantile_is_marked_only_for_its_loss() -> None:
    assert list(known_answers("shown=mse,mae")) == ["mean 6.00", "median 3.00"]
    assert "0.75-quantile 4.00" in known_answers("shown=quantile&quantile=0.75")


def test_the_best_constants() -> None:
    page = open_losses("shown=mse,mae&numbers=1,2,3,4,20", TABS[3])
    assert any("best constant" in text and "6.00" in text and "3.00" in text for text in texts(page))


def test_the_noise_panel_trains_and_names_the_likelihood() -> None:
    page = open_losses("shown=mse,mae&noise_shape=laplace", TABS[4])
    assert any("MAE is its negative log-likelihood" in text for text in texts(page))
    assert any("MSE needs" in text and "times as many points" in text for text in texts(page))


def test_the_noise_panel_says_what_chance_does_not_part_and_why_theory_is_missed() -> None:
    said = " ".join(texts(open_losses("noise_shape=student_t", TABS[4])))
    assert "Huber has the least spread, but it is not distinguishable from MAE." in said
    assert "To estimate the slope as precisely, MSE needs" in said
    said = " ".join(texts(open_losses("noise_shape=laplace", TABS[4])))
    assert re.search(
        r"MAE reaches an efficiency of 1\.\d\d\. That is below the theoretical 2\.00 by more than chance", said
    )
    assert "Huber reaches" not in said


def test_a_loss_alone_is_held_against_none() -> None:
    said = " ".join(texts(open_losses("shown=mse", TABS[4])))
    assert "MSE is alone here. Choose other losses" in said


def test_a_link_holds_the_whole_view() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        task = str(rng.choice(list(FIRST_SHOWN)))
        keys = tuple(key for key in list_losses(task) if rng.random() < 0.4)
        axis = str(rng.choice(["logit", "probability"]))
        label = str(rng.integers(2))
        changes = {"shown": keys, "label": label, "axis": axis, "truth": 2.0, "numbers": "1 2; 3"}
        shown = LossesSettings().with_task(task).replace(**changes)
        again, notices = LossesSettings.read_link(shown.write_link())
        assert notices == []
        assert again.model_copy(update={"shown": ()}) == shown.model_copy(update={"shown": ()})
        assert again.keys == shown.keys
    assert LossesSettings().write_link() == {}


@pytest.mark.parametrize(
    ("query", "name"),
    [("task=x", "task"), ("shown=rmse", "shown"), ("truth=-1", "truth"), ("truth=abc", "truth"), ("axis=z", "axis")],
)
def test_what_is_wrong_in_a_link_is_named(query: str, name: str) -> None:
    shown, notices = LossesSettings.read_link(parse_qs(query))
    assert len(notices) == 1
    assert notices[0].startswith(f"{name} was `")
    assert shown.task in FIRST_SHOWN


def test_a_parameter_is_shared_with_the_train_page() -> None:
    page = open_losses("shown=huber&delta=0.5")
    assert page.select_slider(key="delta").value == 0.5
    assert Experiment(delta=0.5).delta == 0.5
    assert address(page) == "delta=0.5&shown=huber"


def test_every_property_has_a_row() -> None:
    (said,) = [text for text in html(open_losses()) if "<table" in text]
    assert said.count('scope="row"') == len(Property)


def test_a_reason_is_given_only_where_it_is_known() -> None:
    short = Spread("mae", np.zeros(300), 1.0, 0.1, 1.5, 0.1, 2.0)
    mae, other = short_words([short, replace(short, loss="huber")])
    assert "exact optima" in mae
    assert other.endswith("That is below the theoretical 2.00 by more than chance explains.")


def test_losses_that_cannot_be_trained_are_named_with_the_reason():
    captions = [each.value for each in open_losses("shown=mse&shown=msle&shown=poisson").caption]
    assert any("Not trained here: MSLE and Poisson. They take only positive numbers" in each for each in captions)
    assert not [each for each in open_losses("shown=mse&shown=mae").caption if "Not trained" in each.value]


@pytest.mark.parametrize("part", ["numbers", "y_true"])
def test_decimal_commas_are_asked_about(part):
    tab = {"numbers": "What does it fit?", "y_true": "Four ways to one number"}[part]
    page = open_losses(f"{part}=1,5 2,5", tab)
    said = " ".join(each.value for each in page.warning)
    assert "can be read in two ways" in said
    assert "if its commas are decimal marks, write 1.5, 2.5" in said
    read = open_losses(f"{part}=1,5", tab)
    assert "Commas separate numbers: read as 2 numbers, 1, 5." in " ".join(each.value for each in read.caption)


def slope_rows(page: AppTest, loss: str) -> dict[str, list[str]]:
    """The table of a loss's slopes by each way: a row's cells by its name."""
    (text,) = [text for text in html(page) if "finite difference" in text]
    rows = [
        [plain_text(cell).replace("\xa0", " ").strip() for cell in re.findall("<t[hd].*?>(.*?)</t[hd]>", row)]
        for row in re.findall("<tr>(.*?)</tr>", text)
    ]
    start = next(place for place, row in enumerate(rows) if row[0] == LOSSES[loss].label)
    return {name: cells for name, *cells in rows[start + 1 : start + 5]}


@pytest.mark.parametrize("gamma", ["0", "0.5", "2"])
def test_the_slope_of_a_confident_mistake_is_said_by_every_way(gamma: str) -> None:
    query = f"task=classification&shown=focal&gamma={gamma}&y_true=1,0&y_pred=-50,1000"
    rows = slope_rows(open_losses(query, TABS[2]), "focal")
    assert rows["formula"] == rows["Keras's autodiff"] == ["−1.000", "1.000"]


def test_where_keras_has_no_slope_that_is_said_and_the_formula_that_trains_stands_beside_it() -> None:
    page = open_losses("task=classification&shown=focal&gamma=0.5&y_true=1,0&y_pred=1000,1", TABS[2])
    rows = slope_rows(page, "focal")
    assert rows["formula"][0] == rows["autodiff of the formula that trains here"][0] == "0"
    assert rows["Keras's autodiff"][0] == "NaN"
    assert "Keras's own class for Focal has no slope at point 1." in " ".join(texts(page))
    healthy = " ".join(texts(open_losses("task=classification&shown=focal&gamma=2", TABS[2])))
    assert "has no slope" not in healthy


@pytest.mark.parametrize(
    ("numbers", "said"), [("0,0,0,0,74", "The 4 zeros"), ("0,74,75,76", "The zero"), ("1,2,3", "")]
)
def test_a_zero_is_said_to_decide_alone_what_a_percentage_error_fits(numbers: str, said: str) -> None:
    y = np.array([float(each) for each in numbers.split(",")])
    told = zero_words(["mse", "mape"], y)
    assert told.startswith(said)
    assert bool(told) == bool(said)
    assert zero_words(["mse"], y) == ""
    best = best_constants(["mape"], y, {"mape": {}})["mape"]
    assert (best.low == pytest.approx(0, abs=1e-6)) == bool(said)
