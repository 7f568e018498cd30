"""The Classify page without a browser: its numbers are those of its trainings, and odd settings get words."""

import re
from html import unescape
from urllib.parse import parse_qs

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment.view import FIRST, read_link
from playground.losses import LOSSES, losses_for
from playground.pages.classify.demonstration_figures import growth_replay, recovery_replay, rounding_replay
from playground.pages.classify.demonstrations import train_growths, train_recoveries, train_rounding
from playground.pages.classify.figures import decision_replay, reliability_replay
from playground.pages.classify.study import best_judge, train_classifiers
from playground.pages.classify.words import score_rows, study_words
from playground.sweeps import Sweep, train_sweep
from playground.sweeps.luck import answer_words
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from tests.support.app_tests import address, choose, drawings, html, open_page, plain_text, texts

TABS = ["Why cross-entropy", "Calibration", "From formula to logits", "Separable data"]
QUICK = "epochs=30&points=40&hidden=4"


def open_classify(query: str = "", tab: str = TABS[0]) -> AppTest:
    return open_page("classify", query, classify_tab=tab)


def scores(page: AppTest) -> list[list[str]]:
    """The first table's rows of cells."""
    (text,) = [text for text in html(page) if "On new points" in text]
    rows = [re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", text)]
    return [[unescape(plain_text(cell)) for cell in row] for row in rows]


def view_of(page: AppTest):
    link = parse_qs(address(page), keep_blank_values=True)
    return read_link(link, "classification")


def assert_shows(page: AppTest, query: str, threshold: float = 0.5) -> None:
    """The link and the table are those of the query: the numbers are computed here, by training it."""
    view, notices = read_link(parse_qs(query, keep_blank_values=True), "classification")
    assert notices == []
    assert view_of(page) == (view, [])
    results = train_classifiers(view.experiments)
    head, *rows = scores(page)
    assert head[1:-1] == [LOSSES[each.experiment.loss].label for each in results]
    assert rows == score_rows(results, best_judge(view.experiment), threshold)
    for text in texts(page):
        assert not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE)


def test_the_page_opens_on_three_trained_losses() -> None:
    page = open_classify()
    assert_shows(page, "")
    assert [len(live["panels"]) for live in drawings(page)] == [4, 2]
    assert drawings(page)[1]["visit"] is None  # the address holds the epoch of the first


@pytest.mark.parametrize("dataset", LABELLED_DISTRIBUTIONS)
def test_every_dataset_with_every_loss(dataset: str) -> None:
    query = f"dataset={dataset}&{QUICK}&label_noise=0.1&class_weight=3&" + "&".join(
        f"loss={key}" for key in losses_for("classification")
    )
    assert_shows(open_classify(query), query)


def test_controls_reach_the_training() -> None:
    page = open_classify(QUICK)
    choose(page.select_slider(key="overlap"), 0.8)
    choose(page.select_slider(key="positives"), 0.3)
    choose(page.pills(key="losses"), ["cross_entropy", "focal"])
    choose(page.select_slider(key="gamma"), 5.0)
    choose(page.select_slider(key="classify_threshold"), 0.25)
    assert_shows(page, f"{QUICK}&overlap=0.8&positives=0.3&loss=cross_entropy&loss=focal&gamma=5.0", 0.25)
    assert "threshold=0.25" in address(page)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_tells_its_story(tab: str) -> None:
    said = " ".join(texts(open_classify(QUICK, tab)))
    told = {
        TABS[0]: f"{train_recoveries(6.0)[0].turned} epochs to change its mind",
        TABS[1]: "From 0% to 30% wrong labels, Cross-entropy goes from",
        TABS[2]: f"At epoch {train_rounding().failed} the naive formula's loss is not a number",
        TABS[3]: "It never settles",
    }
    for each, words in told.items():
        assert (words in said) == (each == tab)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("positives=1", "All 40 training points have label 1"),
        ("positives=0", "All 40 training points have label 0"),
        ("points=2", "2 points are hardly a law"),
        ("label_noise=1", "Every label is wrong"),
        ("label_noise=0.5", "a label says nothing"),
        ("label_noise=0.7", "More labels are wrong than right"),
        ("threshold=0", "every point is called 1"),
        ("threshold=1", "no point is called 1"),
    ],
)
def test_odd_settings_get_words(query: str, said: str) -> None:
    name = query.split("=")[0]
    rest = [part for part in QUICK.split("&") if not part.startswith(f"{name}=")]
    page = open_classify("&".join([*rest, query]), TABS[1])
    assert not page.warning
    assert any(said in text for text in texts(page))


def test_a_broken_link_is_mended_and_named() -> None:
    page = open_classify("dataset=line&loss=mse&overlap=99&threshold=2&wrong=x")
    assert [each.value.split()[3] for each in page.warning] == ["dataset", "overlap", "loss", "threshold", "wrong"]
    assert view_of(page)[0].losses == FIRST["classification"].losses


def test_without_a_loss_the_page_asks_for_one() -> None:
    page = open_classify("loss=")
    assert "Choose at least one loss" in page.info[0].value


def test_too_long_a_training_is_refused() -> None:
    page = open_classify("epochs=10000&batch_size=1&points=200")
    assert "one page may ask for" in page.error[0].value


def test_a_diverged_classifier_is_explained_and_mended() -> None:
    page = open_classify(
        "hidden=&optimizer=sgd&learning_rate=50&loss=squared_hinge&points=40&label_noise=0.2&epochs=50"
    )
    before = view_of(page)[0].experiment
    assert any("Squared hinge: diverged" in text for text in texts(page))
    offered = next(button for button in page.button if str(button.key).startswith("remedy_squared_hinge_"))
    offered.click().run()
    assert view_of(page)[0].experiment != before
    assert not any("Squared hinge: diverged" in text for text in texts(page))


def test_each_task_keeps_its_own_settings() -> None:
    page = open_classify(QUICK)
    page.select_slider(key="overlap").set_value(1.0).run()
    page.switch_page("train.py").run()
    assert not page.exception
    assert page.pills(key="dataset").options[0].endswith("Line")
    page.select_slider(key="noise").set_value(3.0).run()
    page.switch_page("classify.py").run()
    assert page.select_slider(key="overlap").value == 1.0
    assert_shows(page, f"{QUICK}&overlap=1.0")
    page.switch_page("train.py").run()
    assert page.select_slider(key="noise").value == 3.0


def test_plotly_accepts_the_figures() -> None:
    noisy = FIRST["classification"].experiment.replace(epochs=20, label_noise=0.2)
    line, one_label = noisy.replace(dataset="two_groups"), noisy.replace(positives=1.0)
    replays = [decision_replay(train_classifiers([each]), 0.3, log=False) for each in (noisy, line, one_label)]
    replays += [reliability_replay(train_classifiers([noisy]), best_judge(noisy))]
    replays += [
        recovery_replay(train_recoveries(3.0)),
        rounding_replay(train_rounding()),
        growth_replay(train_growths()),
    ]
    for replay in replays:
        for panel in replay.panels:
            figure = go.Figure(panel.figure)
            assert figure.layout.xaxis.range is not None
            assert figure.layout.yaxis.range is not None
            assert panel.description
            for moved in (*panel.moving_traces, *panel.heatmaps):
                frames = moved.rows if hasattr(moved, "rows") else moved.maps
                assert len(frames) == len(replay.frames)


def test_a_study_of_models_that_are_lost_has_no_words() -> None:
    assert study_words([[None, 0.1]], ["focal"], (0.0, 0.3)) == ""


def test_classifiers_are_compared_under_several_seeds() -> None:
    page = open_classify(f"{QUICK}&loss=hinge&loss=cross_entropy&vary=none&seeds=3", "Sweep")
    plan = Sweep(page.session_state["_view"].experiment, (), ("cross_entropy", "hinge"), 3)
    assert answer_words(train_sweep(plan), "error_rate") in " ".join(texts(page)).replace("\xa0", " ")


def test_classifiers_are_kept_swept_and_taken_away() -> None:
    page = open_classify(f"{QUICK}&loss=hinge&vary=label_noise&vary_steps=2&seeds=2&swept=true", "Sweep")
    assert any("2 values × 1 loss × 2 seeds = **4 trainings**" in text for text in texts(page))
    assert page.selectbox(key="sweep_vary").value == "label_noise"
    assert "noise" not in page.selectbox(key="sweep_vary").options
    assert page.selectbox(key="sweep_judge").value == "error_rate"
    assert page.button(key="pick_open").label == "Open on Classify"
    page.button(key="keep").click().run()
    assert [each.page for each in page.session_state["_kept_experiments"]] == ["classify"]
    page = open_classify(QUICK, "Take away")
    assert any("Of what the page Classify shows: 3 runs" in text for text in texts(page))
