"""The two parts of a page: controls, and the results that follow them.

A touch of a control draws the results anew and leaves the controls as they are: sending every widget again for each
step of a slider costs the browser more than the charts. ``st.rerun(RESULTS)`` in a widget's callback would do that,
too, but it starts the script twice for a touch, of which the browser hears, and shows the charts 10 ms later.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import TypeVar, cast

import streamlit as st

from playground.ui.address import write_address
from playground.ui.looks import forget_looks
from playground.ui.streamlit_internals import are_internals_used, is_fragment_run, lead_touches_to

RESULTS = "results"
HEAD_START = 0.03  # seconds: three times what the browser waits for more to lay out

Part = TypeVar("Part", bound=Callable[..., None])


def results(draw: Part) -> Part:
    """The part of a page that shows what the controls ask for; it is drawn at every touch, and then the address."""

    @wraps(draw)
    def draw_and_tell() -> None:
        forget_looks("results")
        draw()
        write_address()

    return cast(Part, st.fragment(draw_and_tell, key=RESULTS))


def controls(draw: Part) -> Part:
    """A part that holds controls. It is drawn with the whole page only; its widgets lead to the results."""

    @wraps(draw)
    def draw_or_leave(*arguments: object) -> None:
        if is_fragment_run():
            st.rerun()  # a touch that did not lead to the results, as there were none yet
        lead_touches_to(RESULTS)
        draw(*arguments)

    fragment = st.fragment(draw_or_leave, key=f"controls_{draw.__name__}")

    @wraps(draw)
    def draw_part(*arguments: object) -> None:
        (fragment if are_internals_used() else draw)(*arguments)

    return cast(Part, draw_part)


def charts_first() -> None:
    """At a touch, let the charts that were shown so far reach the browser before what follows them.

    What arrives together is laid out together: tables and buttons would hold the charts up by 10 to 25 ms.
    """
    if is_fragment_run():
        sleep(HEAD_START)


def reshape() -> None:
    """A widget's callback: draw the whole page, since other controls come, go or change with this one."""
    st.rerun()
