"""Every page opens with every value that its settings allow: each key of a table, each end of a number's range.

What a page's model takes, its widgets must take, too. The values come from the models themselves, so that a new one is
tried by itself. A link changes all settings at once. Training plays no part here: a page is given what it computed for
its first view, or is told that nothing could be computed.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import compute
from playground.compute import Answer, Call, ComputingError
from playground.experiment import Experiment
from playground.experiment.query import Field, PageSettings, find_fields
from playground.experiment.setting import Choice, Number, Switch
from playground.experiment.view import read_link
from playground.losses import losses_for
from playground.pages.classify.settings import ClassifySettings
from playground.pages.compare.settings import CompareSettings
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.landscape.settings import LandscapeSettings
from playground.pages.losses.settings import LossesSettings, list_losses
from playground.pages.overfit.settings import OverfitSettings
from playground.sweeps import train_part
from playground.sweeps.settings import SweepSettings
from playground.tables.labelled_distributions import DATASETS_FOR
from playground.ui import jobs as engine
from playground.ui.session import settings_key, state_key
from tests.support.app_tests import open_folds, page_file

Query = dict[str, list[str]]

# The models of each page, and the task of its experiment; empty where it has none.
PAGES: dict[str, tuple[Sequence[type[PageSettings]], str]] = {
    "train": ((), "regression"),
    "losses": ((LossesSettings,), "regression"),
    "landscape": ((LandscapeSettings,), "regression"),
    "classify": ((ClassifySettings, SweepSettings), "classification"),
    "overfit": ((OverfitSettings,), ""),
    "gradients": ((GradientsSettings,), ""),
    "compare": ((SweepSettings, CompareSettings), "regression"),
}
# Tabs with controls of their own take turns.
TABS = {
    "overfit": ("overfit_tab", ["Weights", "How strong?", "Outliers"]),
    "gradients": ("gradients_tab", ["Remedies, tried", "Clipping, step by step", "Sensitive to rounding?"]),
    "classify": ("classify_tab", ["Why cross-entropy", "Calibration", "Sweep"]),
}
CLIPPING = ("global_clipnorm", "clipvalue")  # exclude each other, and take turns


def settings_of(page: str) -> dict[str, list[str]]:
    """The values of each setting that a page's link may name."""
    models, task = PAGES[page]
    every = [field for model in ((Experiment, *models) if task else models) for field in find_fields(model).values()]
    return {field.name: get_values(field, task) for field in every}


def get_values(field: Field, task: str) -> list[str]:
    """Every key of a table; of a number both ends of its range."""
    setting = field.setting
    if task and field.name in ("dataset", "loss"):
        return [*DATASETS_FOR[task]] if field.name == "dataset" else [*losses_for(task)]
    if isinstance(setting, Choice):
        return list(setting.options)
    if isinstance(setting, Switch):
        return ["true", "false"]
    if isinstance(setting, Number):
        ends = [str(int(end)) if field.whole else repr(float(end)) for end in (setting.low, setting.high)]
        return [",".join([end] * field.most) if field.most else end for end in ends]
    return ["1", "1" * setting.longest]


def links_of(page: str) -> list[Query]:
    """Links that together name every value of every setting of a page."""
    tried = settings_of(page)
    # Two ends, and two clippings that take turns, need four links.
    return [link_number(turn, tried) for turn in range(max(4, *map(len, tried.values())))]


def link_number(turn: int, tried: dict[str, list[str]]) -> Query:
    clipping = CLIPPING[turn % 2]
    link = {}
    for name, values in tried.items():
        if name.startswith(CLIPPING):
            if name.startswith(clipping):
                link[name] = [values[turn // 2 % 2]]
        else:
            link[name] = [values[turn % len(values)]]
    if link.get("task"):
        link["shown"] = [list_losses(link["task"][0])[turn % len(list_losses(link["task"][0]))]]
    return link


def test_the_links_name_every_value() -> None:
    for page in PAGES:
        links = links_of(page)
        for name, values in settings_of(page).items():
            if name != "shown":  # each task has losses of its own
                assert {link[name][0] for link in links if name in link} == set(values), (page, name)


def first_links(page: str) -> list[Query]:
    """Links to a page with its first losses, and with one loss as the others have."""
    task = PAGES[page][1]
    return [{}, {"loss": [losses_for(task)[0]]}] if task else [{}]


def told(page: AppTest, model: type[PageSettings]) -> PageSettings:
    """The page's settings as its widgets have them by now."""
    known: PageSettings = page.session_state[state_key(model)]
    for name, field in find_fields(model).items():
        key = settings_key(model, name)
        if key in page.session_state:
            value = page.session_state[key]
            assert (tuple(value) if isinstance(value, list) else value) == field.get_value(known), name
    return known


def open_link(page: str, link: Query, turn: int) -> AppTest:
    opened = AppTest.from_file(page_file("frame"), default_timeout=120)
    open_folds(opened)
    opened.switch_page(f"{page}.py")
    for name, values in link.items():
        opened.query_params[name] = values
    if page in TABS:
        key, tabs = TABS[page]
        opened.session_state[key] = tabs[turn % len(tabs)]
    return opened.run()


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """What each kind of job gave, by its function and how much it is given; filled while it holds no ``closed``."""
    given: dict[Any, Any] = {}

    def answer(job: Call, progress: Any) -> Answer:
        kind = (job.function, *(len(each) for each in job.arguments if isinstance(each, tuple)))
        if kind not in given or job.function is train_part:  # whose arguments say in another way how much it is
            if "closed" in given:
                raise ComputingError("training plays no part here")
            given[kind] = compute.call_here(job, progress)
        return given[kind]

    answer.cache, answer.cache_key = {}, lambda *_: None  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "_find_answer", answer)
    return given


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_every_value(page: str, answered: dict[Any, Any]) -> None:
    models, task = PAGES[page]
    for first in first_links(page):
        for turn in range(len(TABS.get(page, ("", [""]))[1])):
            assert not open_link(page, first, turn).exception
    answered["closed"] = True
    for turn, link in enumerate(links_of(page)):
        opened = open_link(page, link, turn)
        assert not opened.exception, (link, opened.exception[0].message)
        for model in models:
            if model is SweepSettings and page == "classify" and opened.error:
                continue  # it stands in a tab below what was trained
            value, notices = model.read_link(link)
            assert notices == [], notices
            apart = {"judge"} if model is SweepSettings else set()  # one that this kind of model lacks gives way
            assert told(opened, model).model_dump(exclude=apart) == value.model_dump(exclude=apart)
        if task:
            view, _ = read_link(link, task)
            assert opened.session_state["_view"].experiment == view.experiment
