"""Situations to try: each page has some, they open by one press, and say what to look at."""

from __future__ import annotations

from importlib import import_module

import pytest

from playground.experiment import settings
from playground.experiment.presets import Situation, Situations
from playground.experiment.query import list_names, unread_names
from playground.experiment.view import VIEW_NAMES, read_link
from tests.support.app_tests import open_page

PAGES = ("train", "losses", "landscape", "classify", "overfit", "gradients", "compare")
CALM = "epochs=20&points=8"  # links with which a page opens at once


def situations_of(page: str) -> Situations:
    found: Situations = import_module(f"playground.pages.{page}.situations").SITUATIONS
    return found


CASES = [(page, situation) for page in PAGES for situation in situations_of(page).choices]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_few(name: str) -> None:
    choices = situations_of(name).choices
    assert 3 <= len(choices) <= 6
    for names in ([each.label for each in choices], [each.look for each in choices], [each.link for each in choices]):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("name", "situation"), CASES, ids=[f"{page}-{each.label}" for page, each in CASES])
def test_a_situation_is_a_link_that_its_page_reads(name: str, situation: Situation) -> None:
    found = situations_of(name)
    view, notices = read_link(situation.query, found.task or "regression") if found.task else (None, [])
    opened, more = found.model.read_link(situation.query) if found.model else (None, [])
    assert [*notices, *more] == []
    of_view = [*settings(), *VIEW_NAMES[found.task]] if found.task else []
    assert not unread_names(situation.query, [*of_view, *(list_names(found.model) if found.model else ())])
    assert found.find_open(view, opened) == situation
    assert situation.look.endswith(".")


@pytest.mark.parametrize(
    ("name", "query", "place"),
    [
        ("losses", "shown=mse", 2),
        ("landscape", CALM, 3),
        ("classify", CALM, 2),
        ("overfit", "epochs=20", 3),
        ("compare", "epochs=20&seeds=2&vary=none", 1),
        ("gradients", "epochs=20&depth_a=2&depth_b=2&seed=7", 1),
    ],
)
def test_a_press_opens_it_and_says_what_to_look_at(name: str, query: str, place: int) -> None:
    shown, situation = open_page(name, query), situations_of(name).choices[place]
    look = f"**To look at:** {situation.look}"
    assert look not in [text.value for text in shown.markdown]
    button = shown.button(key=f"situation_{place}")
    assert not button.help  # what would cover the page says no more than what then stands on it
    button.click().run()
    assert not shown.exception
    assert look in [text.value for text in shown.markdown]
