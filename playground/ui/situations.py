"""Situations to try: buttons at the head of a page, and what to look at in the one that is open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.experiment.presets import Situation, Situations
from playground.experiment.query import PageSettings
from playground.experiment.view import View
from playground.ui.session import find_view, open_settings, set_settings, set_view

TRY = "**Try**"
LOOK = "**To look at:** {look}"


def draw_situations(situations: Situations, draw_more: Callable[[], None] | None = None) -> None:
    """A button for each situation, and what else is to stand in their row.

    They are drawn with the whole page only, and so cost a touch nothing.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="situations"):
        st.markdown(TRY, width="content")
        for place, situation in enumerate(situations.choices):
            st.button(
                situation.label,
                key=f"situation_{place}",
                on_click=open_situation,
                args=(situations, situation),
            )
        if draw_more:
            draw_more()


def open_situation(situations: Situations, situation: Situation) -> None:
    """A button's callback: set what the situation needs, and leave the rest of the page as it is."""
    if situations.task:
        set_view(situations.view_of(situation, find_view(situations.task)))
    if situations.model:
        set_settings(open_settings(situations.model).replace(**situations.changes_of(situation)))
    if situation.tab:
        st.session_state[situations.tabs] = situation.tab


def show_what_to_look_at(situations: Situations, view: View | None = None, page: PageSettings | None = None) -> None:
    """What to look at in the situation that the page shows, if it shows one."""
    if found := situations.find_open(view, page):
        st.markdown(LOOK.format(look=found.look))
