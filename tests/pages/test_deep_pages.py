"""The Overfit and Gradients pages without a browser: their numbers are those of their trainings."""

import json
from urllib.parse import parse_qs

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from playground.diagnosis.reproducibility import train_perturbed
from playground.experiment.query import read_settings
from playground.pages.gradients import view as gradient_lab
from playground.pages.gradients.remedies import try_remedies
from playground.pages.gradients.settings import Networks
from playground.pages.gradients.study import SHARES, train_and_study
from playground.pages.gradients.words import chart_words, rows, steadiness_row, verdict
from playground.pages.overfit import view as overfit_lab
from playground.pages.overfit.settings import OUTLIERS, SEEDS, STRENGTHS, Overfitting
from playground.pages.overfit.strengths import strengths
from playground.pages.overfit.study import train_and_fit
from playground.pages.overfit.words import fit_rows
from playground.text.numbers import number
from playground.ui.jobs import MOST_STEPS
from tests.pages.test_train import choose, html, plain_text, texts

OVERFIT_TABS = ["Weights", "How strong?", "Outliers", "What is a loss here?"]
GRADIENT_TABS = ["What is a loss here?", "Remedies, tried", "Clipping, step by step", "Steady or chaotic?"]
QUICK = "passes=60&depth_a=4&depth_b=3"


def open_page(name: str, query: str = "", **state: object) -> AppTest:
    page = AppTest.from_file("../pages/frame.py", default_timeout=120)
    page.switch_page(f"{name}.py")
    for key, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[key] = values
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    return page


def drawings(page: AppTest) -> list[dict]:
    found = [json.loads(live.proto.bytes, parse_constant=pytest.fail) for live in page.get("bidi_component")]
    for drawing in found:
        for panel in drawing["panels"]:
            go.Figure(panel["figure"])  # checks every name and value
            assert all("range" in panel["figure"]["layout"][axis] for axis in ("xaxis", "yaxis"))
            assert panel["description"].strip().endswith((".", ")"))
    return found


def words(page: AppTest) -> str:
    return " ".join(plain_text(text) for text in [*html(page), *texts(page)])


def link_of(page: AppTest, model: type) -> object:
    value, notices = read_settings(model, parse_qs(drawings(page)[0]["link"], keep_blank_values=True))
    assert notices == []
    return value


def test_the_overfit_page_shows_what_was_trained() -> None:
    page = open_page("overfit", "ways=none&ways=l1_proximal&ways=early&few=12&passes=300&l1_strength=0.3&patience=20")
    settings = Overfitting(
        ways=("none", "l1_proximal", "early"), few=12, passes=300, l1_strength=0.3, patience=20
    )  # fmt: skip
    assert link_of(page, Overfitting) == settings
    said = words(page)
    for row in fit_rows(train_and_fit(settings.jobs)):
        assert all(cell in said for cell in row)
    titles = [panel["title"] for panel in drawings(page)[0]["panels"]]
    assert titles == [
        f"{label}: {what}" for what in ("fit", "errors") for label in ("Nothing", "L1, proximal", "Early stopping")
    ]
    choose(page.select_slider(key="overfitting_l1_strength"), 1.0)
    assert "l1_strength=1.0" in drawings(page)[0]["link"]


@pytest.mark.parametrize("tab", OVERFIT_TABS[2:])
def test_every_overfit_tab(tab: str) -> None:
    page = open_page("overfit", "passes=50", overfit_tab=tab)
    drawings(page)
    said = words(page)
    if tab == "Outliers":
        assert "Huber, no penalty" in said
        assert f"settings of its own and takes only the seed from the sidebar: {OUTLIERS.points} points" in said
    else:
        for thing, what in overfit_lab.WHAT:
            assert f"{thing}{what}" in said


def test_the_best_strength_is_one_click() -> None:
    page = open_page("overfit", "passes=300&few=12", overfit_tab="How strong?")
    settings = Overfitting(passes=300, few=12)
    curve, parts = strengths(settings.varied, "l2", STRENGTHS, 40)
    said = words(page)
    assert f"lowest at L2 = {curve.best:g}" in said
    assert number(float(parts.variance[0])) in said
    # The best on average is not that of each seed: both errors of this one are said, as its own fits have them.
    best, chosen = train_and_fit(settings.at_strengths(curve.best, settings.l2_strength))
    assert chosen.val_error == pytest.approx(train_and_fit(settings.jobs)[1].val_error, rel=1e-5)
    assert f"on this seed it gives {number(best.val_error)}" in said
    assert f"the {number(chosen.val_error)} of the chosen one" in said
    (button,) = [button for button in page.button if button.label == "Use the best"]
    button.click().run()
    assert not page.exception
    assert link_of(page, Overfitting).l2_strength == curve.best
    assert page.session_state["overfitting_l2_strength"] == curve.best


def test_remedies_that_do_not_fit_are_named_and_have_no_slider() -> None:
    chosen = ("none", "l1_proximal", "l2", "early", "fewer", "more")
    page = open_page("overfit", "passes=50&" + "&".join(f"ways={way}" for way in chosen))
    assert "4 fit side by side. Not shown: Fewer parameters and More data." in words(page)
    labels = {slider.label for slider in page.select_slider}
    assert {"L1 strength", "L2 strength", "Patience"} <= labels
    assert not {"Smaller model", "More points"} & labels


def test_a_smaller_model_that_is_not_smaller_is_told() -> None:
    told = "“Fewer parameters” has no fewer"
    assert told in words(open_page("overfit", "passes=50&ways=none&ways=fewer&degrees=3&smaller=4"))
    assert told not in words(open_page("overfit", "passes=50&ways=none&ways=fewer&degrees=5&smaller=4"))


def test_a_networks_best_strength_is_found_over_fewer_seeds() -> None:
    page = open_page("overfit", "model=network&units=2", overfit_tab="How strong?")
    assert not page.error
    seeds = Overfitting(model="network").seeds
    assert 2 < seeds < SEEDS
    assert f"Over {seeds} seeds" in words(page)
    assert f"A polynomial gets {SEEDS}" in words(page)


def test_no_number_of_epochs_asks_for_too_many_steps_of_networks() -> None:
    for passes in (10, 100, 3000, 10_000):
        page = Overfitting(model="network", passes=passes)
        assert page.seeds >= 5
        assert page.seeds * len(STRENGTHS) * passes <= MOST_STEPS
    assert Overfitting(passes=10_000).seeds == SEEDS


def test_a_diverging_fit_is_said_in_words() -> None:
    page = open_page("overfit", "rate=1.0&passes=1000", overfit_tab="Weights")
    assert any("diverged" in warning.value for warning in page.warning)
    assert [drawing["panels"] for drawing in drawings(page)] == [[]]  # nothing to draw, and the address follows
    assert link_of(page, Overfitting).rate == 1.0
    assert "No training came to weights" in page.info[0].value


def test_a_fit_that_diverges_takes_no_other_with_it() -> None:
    jobs = Overfitting(rate=0.2, ways=("none", "fewer")).jobs
    sound = [fit.label for fit in train_and_fit(jobs) if fit.finite]
    assert len(sound) == 1
    page = open_page("overfit", "rate=0.2&ways=none,fewer", overfit_tab="Weights")
    assert any("Nothing" in warning.value and sound[0] not in warning.value for warning in page.warning)
    assert [panel["title"] for panel in drawings(page)[1]["panels"]] == [f"{sound[0]}: weights"]
    assert len(drawings(page)[0]["panels"]) == 2


def test_the_gradients_page_shows_what_was_trained() -> None:
    page = open_page("gradients", f"{QUICK}&networks=3&depth_c=2&epoch=5")
    networks = Networks(passes=60, depth_a=4, depth_b=3, networks="3", depth_c=2)
    assert link_of(page, Networks) == networks
    studies = train_and_study(networks.experiments)
    said = words(page)
    for study in studies:
        assert verdict(study) in said
    for row in rows(studies):
        assert all(cell in said for cell in row)
    for share in SHARES:
        assert f"{100 * share:.0f}" in chart_words()
    assert plain_text(chart_words()) in said
    (drawing,) = drawings(page)
    assert drawing["epoch"] == 5
    titles = [panel["title"] for panel in drawing["panels"]]
    assert titles[:3] == [f"{letter}: gradient norm, layer × epoch" for letter in "ABC"]


def test_a_remedy_that_helps_is_one_click() -> None:
    page = open_page("gradients", "passes=60&depth_a=12&depth_b=3", gradients_tab=GRADIENT_TABS[1])
    networks = Networks(passes=60, depth_a=12, depth_b=3)
    helping = [trial for trial in try_remedies(networks.experiment("A")) if trial.helps]
    offered = [button.label for button in page.button]
    for trial in try_remedies(networks.experiment("A")):
        assert (trial.remedy.label in offered) == trial.helps
    (button,) = [button for button in page.button if button.label == helping[0].remedy.label]
    button.click().run()
    assert not page.exception
    assert link_of(page, Networks).experiment("A") == helping[0].after.experiment


@pytest.mark.parametrize("tab", [GRADIENT_TABS[0], GRADIENT_TABS[2]])
def test_every_gradients_tab(tab: str) -> None:
    page = open_page("gradients", QUICK, gradients_tab=tab)
    said = words(page)
    if tab == GRADIENT_TABS[2]:
        assert "Without clipping the loss is NaN or infinite from epoch" in said
    else:
        assert all(f"{thing}{what}" in said for thing, what in gradient_lab.WHAT)


def test_a_network_is_said_to_be_steady_or_chaotic() -> None:
    page = open_page("gradients", "passes=60&depth_a=6&learning_rate_b=0.01", gradients_tab=GRADIENT_TABS[3])
    networks = link_of(page, Networks)
    studies, ends = train_and_study(networks.experiments), train_perturbed(networks.experiments)
    found = [steadiness_row(study, end.loss) for study, end in zip(studies, ends, strict=True)]
    assert [row[-1] for row in found] == ["steady", "sensitive to rounding"]
    said = words(page)
    assert all("".join(row) in said for row in found)


def test_every_situation_is_allowed_and_opens() -> None:
    for changes in gradient_lab.SITUATIONS.values():
        assert all(experiment.is_deep for experiment in Networks(**changes).experiments)
    page = open_page("gradients", QUICK)
    (button,) = [button for button in page.button if button.label == "Too large a start"]
    button.click().run()
    assert not page.exception
    assert link_of(page, Networks) == Networks(**gradient_lab.SITUATIONS["Too large a start"])


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("overfit", "ways=cure", "ways was"),
        ("overfit", "degrees=99&passes=20", "degrees was"),
        ("gradients", f"{QUICK}&activation_a=step", "activation_a was"),
        ("gradients", f"{QUICK}&depth_c=1e9", "depth_c was"),
        ("gradients", f"{QUICK}&clipvalue_a=1&global_clipnorm_a=1", "clipped by norm and by value"),
    ],
)
def test_what_is_wrong_in_a_link_is_named(name: str, query: str, said: str) -> None:
    page = open_page(name, query)
    (warning,) = page.warning
    assert said in warning.value


def test_too_much_work_is_refused() -> None:
    page = open_page("gradients", "passes=1000&depth_a=30&depth_b=30&depth_c=30&networks=3")
    assert any("Choose fewer epochs" in error.value for error in page.error)
