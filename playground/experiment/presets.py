"""Situations worth a look, each of which is a link, and the scene that a visit begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from playground.experiment.experiment import settings
from playground.experiment.query import PageSettings, get_values
from playground.experiment.view import ARTICLE, View, read_link, write_link


@dataclass(frozen=True)
class Situation:
    """A situation by its ``label``, ``look``: what to look at when it is open, and ``link``: the query that opens it.

    ``tab`` is the tab below the charts that is opened with it.
    """

    label: str
    look: str
    link: str
    tab: str = ""

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.link, keep_blank_values=True)


@dataclass(frozen=True)
class Situations:
    """The situations of a page, and what of the page they set.

    ``task`` is that of the page's view; ``None`` if it has none. A situation sets the ``whole`` experiment with its
    losses, or only what its link names. Of the page's own settings, a ``model``, it sets those that any of them names.
    ``tabs`` is the key of the page's tabs.
    """

    choices: tuple[Situation, ...]
    task: str | None = None
    whole: bool = True
    model: type[PageSettings] | None = None
    tabs: str = ""

    def view_of(self, situation: Situation, now: View) -> View:
        """The view that a situation shows, looked at as now."""
        opened = _read_view(situation.link, now.task)
        if self.whole:
            return replace(opened, epoch=None, log=now.log)
        changes = {name: getattr(opened.experiment, name) for name in situation.query if name in settings()}
        return replace(now.with_experiment(now.experiment.replace(**changes)), epoch=None)

    def changes_of(self, situation: Situation) -> dict[str, Any]:
        """The page's own settings in a situation, by their names in the link."""
        if self.model is None:
            return {}
        named = {name for each in self.choices for name in each.query}
        values = get_values(_read_settings(situation.link, self.model))
        return {name: value for name, value in values.items() if name in named}

    def find_open(self, view: View | None, page: PageSettings | None) -> Situation | None:
        """The situation that a page shows, at whatever epoch; ``None`` if it shows none."""
        shown = get_values(page) if page else {}
        for situation in self.choices:
            if self.changes_of(situation).items() <= shown.items() and self._is_seen(situation, view):
                return situation
        return None

    def _is_seen(self, situation: Situation, view: View | None) -> bool:
        return view is None or self.view_of(situation, view) == replace(view, epoch=None)


@lru_cache(maxsize=100)
def _read_view(link: str, task: str) -> View:
    return read_link(parse_qs(link, keep_blank_values=True), task)[0]


@lru_cache(maxsize=100)
def _read_settings(link: str, model: type[PageSettings]) -> PageSettings:
    return model.read_link(parse_qs(link, keep_blank_values=True))[0]


# What an address of Train without settings opens: losses that disagree.
FIRST_SCENE = _read_view("outliers=0.1&outlier_size=60", "regression")


def write_train_link(view: View) -> dict[str, list[str]]:
    """The query of a view on Train, which is never empty: there, an empty one opens the first scene."""
    return write_link(view) or ARTICLE
