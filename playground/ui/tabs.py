"""What pages with settings of their own share: what was mended in their link, the link itself, and their tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from pydantic import BaseModel

from playground.experiment.query import write_settings
from playground.ui.session import settings_notices


def mended(model: type[BaseModel]) -> None:
    """A warning for everything that had to be mended in the link."""
    for notice in settings_notices(model):
        st.warning(f"In the link, {notice}", icon=":material/build:")


def link_of(page: BaseModel) -> dict[str, list[str]]:
    """The query of the page; the browser adds the epoch that it shows."""
    return {name: values for name, values in write_settings(page).items() if name != "epoch"}


def tell(stories: Mapping[str, Callable[[], None]], key: str) -> None:
    """A tab for each story, of which only the open one is told."""
    tabs = st.tabs(list(stories), key=key, on_change="rerun")
    for tab, story in zip(tabs, stories.values(), strict=True):
        if tab.open:
            with tab:
                story()
