"""The Gradients page without a browser: its numbers are those of its trainings."""

import pytest

from playground.diagnosis.reproducibility import train_perturbed
from playground.pages.gradients import view as gradient_lab
from playground.pages.gradients import words as gradient_words
from playground.pages.gradients.remedies import try_lower_rates, try_remedies
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.study import SHARES, train_and_study
from playground.pages.gradients.words import (
    chart_words,
    died_words,
    duration_words,
    revival_words,
    steadiness_row,
    study_rows,
    verdict_words,
)
from tests.support.app_tests import drawings, link_of, open_page, plain_text, words

GRADIENT_TABS = ["What is a loss here?", "Remedies, tried", "Clipping, step by step", "Sensitive to rounding?"]
QUICK = "epochs=60&depth_a=4&depth_b=3"


def test_the_gradients_page_shows_what_was_trained() -> None:
    page = open_page("gradients", f"{QUICK}&networks=3&depth_c=2&epoch=5")
    networks = GradientsSettings().replace(epochs=60, depth_a=4, depth_b=3, networks="3", depth_c=2)
    assert link_of(page, GradientsSettings) == networks
    studies = train_and_study(networks.experiments)
    said = words(page)
    for study in studies:
        assert verdict_words(study) in said
    for row in study_rows(studies):
        assert all(cell in said for cell in row)
    for share in SHARES:
        assert f"{100 * share:.0f}" in chart_words()
    assert plain_text(chart_words()) in said
    (drawing,) = drawings(page)
    assert drawing["epoch"] == 5
    titles = [panel["title"] for panel in drawing["panels"]]
    assert titles[:3] == [f"{letter}: gradient norm, layer × epoch" for letter in "ABC"]


def test_a_remedy_that_helps_is_one_click() -> None:
    page = open_page("gradients", "epochs=60&depth_a=12&depth_b=3", gradients_tab=GRADIENT_TABS[1])
    networks = GradientsSettings().replace(epochs=60, depth_a=12, depth_b=3)
    helping = [trial for trial in try_remedies(networks.experiment("A")) if trial.helps]
    offered = [button.label for button in page.button]
    for trial in try_remedies(networks.experiment("A")):
        assert (trial.remedy.label in offered) == trial.helps
    (button,) = [button for button in page.button if button.label == helping[0].remedy.label]
    button.click().run()
    assert not page.exception
    assert link_of(page, GradientsSettings).experiment("A") == helping[0].after.experiment


@pytest.mark.parametrize("tab", [GRADIENT_TABS[0], GRADIENT_TABS[2]])
def test_every_gradients_tab(tab: str) -> None:
    page = open_page("gradients", QUICK, gradients_tab=tab)
    said = words(page)
    if tab == GRADIENT_TABS[2]:
        assert "Without clipping the loss is NaN or infinite from epoch" in said
    else:
        assert all(f"{thing}{what}" in said for thing, what in gradient_lab.WHAT)


def test_a_network_is_said_to_be_steady_or_chaotic() -> None:
    page = open_page("gradients", "epochs=60&depth_a=6&learning_rate_b=0.01", gradients_tab=GRADIENT_TABS[3])
    networks = link_of(page, GradientsSettings)
    studies, ends = train_and_study(networks.experiments), train_perturbed(networks.experiments)
    found = [steadiness_row(study, end.loss) for study, end in zip(studies, ends, strict=True)]
    assert [row[-1] for row in found] == ["steady", "sensitive to rounding"]
    said = words(page)
    assert all("".join(row) in said for row in found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"{QUICK}&activation_a=step", "activation_a was"),
        (f"{QUICK}&depth_c=1e9", "depth_c was"),
        (f"{QUICK}&clipvalue_a=1&global_clipnorm_a=1", "clipped by norm and by value"),
    ],
)
def test_what_is_wrong_in_a_link_is_named(query: str, said: str) -> None:
    (warning,) = open_page("gradients", query).warning
    assert said in warning.value


@pytest.mark.parametrize("long", [3.0, 0.001])
def test_what_takes_long_is_announced_before_it_starts_and_not_afterwards(
    monkeypatch: pytest.MonkeyPatch, long: float
) -> None:
    experiments = GradientsSettings().replace(epochs=60, depth_a=4, depth_b=3).experiments
    monkeypatch.setattr(gradient_words, "LONG", long)
    announced, happened = duration_words(experiments), []
    info, computed = gradient_lab.st.info, gradient_lab.computed
    monkeypatch.setattr(gradient_lab.st, "info", lambda text, **how: happened.append(text) or info(text, **how))
    monkeypatch.setattr(gradient_lab, "computed", lambda *job: happened.append(job[0]) or computed(*job))
    page = open_page("gradients", QUICK)
    assert bool(announced) == (long < 1)
    assert happened[:2] == [announced, train_and_study] if announced else happened[0] is train_and_study
    assert not page.info


def test_too_much_work_is_refused() -> None:
    page = open_page("gradients", "epochs=1000&depth_a=30&depth_b=30&depth_c=30&networks=3")
    assert any("Choose fewer epochs" in error.value for error in page.error)


def test_a_dead_layer_comes_back_by_the_rate_that_the_page_offers() -> None:
    experiment = GradientsSettings().replace(activation_a="relu", learning_rate_a=1.0).experiment("A")
    (study,), (trial,) = train_and_study([experiment]), try_lower_rates([experiment])
    said = verdict_words(study)
    helping = [each.remedy.label for each in try_remedies(experiment) if each.helps]
    assert "A hundredth of the learning rate" in helping

    page = open_page("gradients", "activation_a=relu&learning_rate_a=1.0")
    assert said in words(page)
    assert f"A: {died_words(study)} {revival_words(trial)}" in words(page)
    (button,) = [button for button in page.button if button.key == "revive_A"]
    button.click().run()
    assert not page.exception
    assert link_of(page, GradientsSettings).a.learning_rate == 0.01
    assert "is dead, all" not in words(page)


def test_a_smaller_rate_helps_a_network_that_diverged_and_each_optimizer_opens() -> None:
    query = "networks=2&depth_a=20&activation_a=relu&initialiser_a=he&learning_rate_a=0.1&activation_b=leaky_relu"
    page = open_page("gradients", f"{query}&learning_rate_b=0.1", gradients_tab="Remedies, tried")
    assert "is NaN or infinite from epoch 5 on" in words(page)
    offered = {button.label for button in page.button}
    assert {"A tenth of the learning rate", "A hundredth of the learning rate"} <= offered
