"""The tabs below a page's charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def show_tabs(stories: Mapping[str, Callable[[], None]], key: str) -> None:
    """A tab for each story, of which only the open one is told."""
    tabs = st.tabs(list(stories), key=key, on_change="rerun")
    for tab, story in zip(tabs, stories.values(), strict=True):
        if tab.open:
            with tab:
                story()
