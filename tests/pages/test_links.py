"""Links that hold what a page does not read: it says so, once, and opens."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment import Experiment
from playground.experiment.query import list_names
from playground.pages.classify.settings import ClassifySettings
from playground.pages.compare.settings import CompareSettings
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.landscape.settings import LandscapeSettings
from playground.pages.losses.settings import LossesSettings
from playground.pages.overfit.settings import OverfitSettings
from playground.sweeps.settings import SweepSettings
from playground.ui.link_notices import LOOKS
from tests.support.app_tests import PATIENCE, components, open_page, page_file

DEEP = "epochs=20&depth_b=2"


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("classify", "epochs=20&dataset=sine", ["dataset was 'sine'"]),
        ("train", "epochs=20&dataset=moons", ["dataset was 'moons'"]),
        ("train", "epochs=20&loss=hinge", ["loss was 'hinge'"]),
        ("train", "noise=250&learning_rate=hello&epoch=99999", ["noise was", "learning_rate was", "epoch was"]),
        ("train", "epochs=20&foo=1", ["'foo' is no setting of this page, so it was ignored."]),
        ("overfit", "epochs=20&outliers=0.1", ["'outliers' is no setting of this page"]),
        ("gradients", f"{DEEP}&depth_a=99&rate=1", ["depth_a was", "'rate' is no setting of this page"]),
        ("landscape", "epochs=20&story=race&threshold=0.5", ["'threshold' is no setting of this page"]),
        ("classify", "epochs=20&threshold=0.4&story=race", ["'story' is no setting of this page"]),
        ("losses", "shown=mse&story=race", ["'story' is no setting of this page"]),
        ("compare", "epochs=20&seeds=3&story=race", ["'story' is no setting of this page"]),
        ("train", "epochs=20&noise=1&noise=2", ["noise was given 2 times"]),
    ],
)
def test_what_a_page_ignores_or_changes_is_said(name: str, query: str, said: list[str]) -> None:
    texts = [warning.value.replace("`", "") for warning in open_page(name, query).warning]
    assert len(texts) == len(said), texts
    for part in said:
        assert any(part in text for text in texts), (part, texts)


def looks(page: AppTest) -> dict[str, list[str]]:
    """How the page is looked at, as the address will say it."""
    (written,) = components(page, "address")
    return parse_qs(written["look"])


def open_closed(name: str, query: str) -> AppTest:
    """A page as a visitor opens it who was never there: without the open folds of other tests."""
    page = AppTest.from_file(page_file("frame"), default_timeout=PATIENCE)
    page.switch_page(f"{name}.py")
    for key, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[key] = values
    return page.run()


def test_the_open_folds_are_in_the_link() -> None:
    page = open_closed("train", "epochs=20&open=penalties,doctor_pulls")
    assert not page.warning
    assert looks(page) == {"open": ["penalties,doctor_pulls"]}
    assert len(components(page, "live")) == 2  # the second is in the fold that is open
    page.button(key="fold_data").click().run().run()
    page.button(key="fold_penalties").click().run().run()
    assert looks(page) == {"open": ["data,doctor_pulls"]}


def test_the_open_tab_is_in_the_link_and_stays_at_a_change_of_task() -> None:
    page = open_closed("losses", "tab=formulas&shown=mse")
    assert looks(page) == {"tab": ["formulas"]}
    page.pills(key="losses_task").set_value("classification").run()
    assert [tab.label for tab in page.tabs] == ["Properties", "Formulas", "Four ways to one number"]
    assert looks(page) == {"tab": ["formulas"]}
    assert page.session_state["lab_tab"] == "Formulas"


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("train", "epochs=20&open=data,nowhere", "open was 'nowhere': the page shows no such part."),
        ("losses", "shown=mse&tab=nowhere", "tab was 'nowhere': the page shows no such part."),
        ("train", "epochs=20&tab=formulas", "'tab' is no setting of this page"),
    ],
)
def test_a_tab_or_fold_that_is_not_there_is_said(name: str, query: str, said: str) -> None:
    (warning,) = open_closed(name, query).warning
    assert said in warning.value.replace("`", "")


def test_a_network_that_is_looked_at_is_in_the_link() -> None:
    page = open_closed("gradients", f"{DEEP}&network=B&tab=remedies&remedies_of=B")
    assert looks(page) == {"network": ["B"], "tab": ["remedies"], "remedies_of": ["B"]}
    assert page.session_state["network_shown"] == "B"


def test_a_picked_point_and_a_chosen_run_are_in_the_link() -> None:
    sweep = "vary=noise&vary_from=0&vary_to=2&vary_steps=3&vary_scale=linear&seeds=2"
    kept = "kept=train~epochs~20&kept=train~epochs~20~loss~mae"
    page = open_closed("compare", f"epochs=20&points=10&loss=mse&{sweep}&point=2.0&{kept}&run=1")
    assert not page.warning
    assert looks(page) == {"run": ["1"], "point": ["2.0"]}


def test_no_look_has_the_name_of_a_setting() -> None:
    models = (LossesSettings, LandscapeSettings, ClassifySettings, OverfitSettings, GradientsSettings, SweepSettings)
    names = {name for model in (Experiment, CompareSettings, *models) for name in list_names(model)}
    assert not names & set(LOOKS)
