"""The two parts of a page: controls, and the results that follow them.

A touch of a control draws the results anew and leaves the controls as they are: sending every widget again for each
step of a slider costs the browser more than the charts. ``st.rerun(RESULTS)`` in a widget's callback would do that,
too, but it starts the script twice for a touch, of which the browser hears, and shows the charts 10 ms later.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.fragment import FragmentStorage
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

RESULTS = "results"
HEAD_START = 0.03  # seconds: three times what the browser waits for more to lay out

Part = TypeVar("Part", bound=Callable[..., None])


def results(draw: Part) -> Part:
    """The part of a page that shows what the controls ask for; it is drawn at every touch."""
    return st.fragment(draw, key=RESULTS)


def controls(draw: Part) -> Part:
    """A part that holds controls. It is drawn with the whole page only; its widgets lead to the results."""

    @wraps(draw)
    def part(*arguments: Any) -> None:
        context = get_script_run_ctx()
        assert context is not None
        if context.fragment_ids_this_run:
            st.rerun()  # a touch that did not lead to the results, as there were none yet
        lead_to_results(context.fragment_storage)
        draw(*arguments)

    return cast(Part, st.fragment(part, key=f"controls_{draw.__name__}"))


def charts_first() -> None:
    """At a touch, let the charts that were shown so far reach the browser before what follows them.

    What arrives together is laid out together: tables and buttons would hold the charts up by 10 to 25 ms.
    """
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:
        sleep(HEAD_START)


def reshape() -> None:
    """A widget's callback: draw the whole page, since other controls come, go or change with this one."""
    st.rerun()


def lead_to_results(fragments: FragmentStorage) -> None:
    """Have a visitor's touches run the results, whatever part the touched widget is in."""
    if "order_fragment_ids" in vars(fragments):
        return
    in_order = fragments.order_fragment_ids

    def led(fragment_ids: list[str]) -> list[str]:
        try:
            return fragments.resolve_target(RESULTS)
        except StreamlitAPIException:
            return in_order(fragment_ids)

    fragments.order_fragment_ids = led  # type: ignore[method-assign]
