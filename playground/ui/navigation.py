"""Ways from page to page: what the frame does on arrival, and buttons that lead elsewhere."""

from __future__ import annotations

import streamlit as st

from playground.experiment.view import View
from playground.ui import arrival
from playground.ui.link_notices import forget_names, forget_unread_names
from playground.ui.looks import forget_looks
from playground.ui.session import set_view, write_view_widgets

HOMES = {"regression": "train", "classification": "classify"}  # the page where an experiment of a task is trained
_NEXT_PAGE = "_open_page"


def enter_page(page: str) -> None:
    """Called by the frame. On another page a widget of the same key is another widget, and begins with no value."""
    way = arrival.enter_page(page or HOMES["regression"])
    forget_looks("panel")
    if way.by_address:
        forget_names()
    elif way.to_other_page:
        forget_unread_names()
    if way.to_other_page:
        write_view_widgets()


def go_to_page(view: View, page: str) -> None:
    """A button's callback: go to another page with a view; the page that is left calls ``follow_button``."""
    set_view(view)
    arrival.forget_epoch(page)
    st.session_state[_NEXT_PAGE] = page


def follow_button() -> None:
    """Go where a button of this page leads, if one was pressed: a callback cannot."""
    page = st.session_state.pop(_NEXT_PAGE, None)
    if page:
        st.switch_page(f"{page}.py")
