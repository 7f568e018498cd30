"""Warnings about the link that a visit began with: what was repaired in it, and what the page has no use for.

What was repaired is known by what it was repaired in: ``View``, ``Kept``, or a page's settings. The warnings stay until
the visitor changes a setting there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from playground.experiment.query import unread_names
from playground.export.kept import PARAMETER
from playground.ui.arrival import Query, read_query

_REPAIRS, _READ, _UNREAD = "_repairs", "_read_names", "_unread_notices"


def read_address(names: Iterable[str]) -> Query:
    """The address's query. ``names`` are the parameters that the caller reads, so that the page has a use for them."""
    st.session_state.setdefault(_READ, {PARAMETER}).update(names)  # every page reads what is kept
    return read_query()


def keep_repairs(kind: type, notices: Sequence[str] = ()) -> None:
    """Remember what was repaired; nothing, once it is no longer as in the link."""
    st.session_state.setdefault(_REPAIRS, {})[kind.__name__] = list(notices)


def forget_link(kind: type) -> None:
    """A setting has changed: what was wrong in the link is over."""
    keep_repairs(kind)
    forget_unread_names()


def forget_unread_names() -> None:
    st.session_state[_UNREAD] = []


def forget_names() -> None:
    """The page was opened with another address: which of its parameters are read is to be seen again."""
    st.session_state.pop(_UNREAD, None)
    st.session_state.pop(_READ, None)


def warn_of_repairs(*kinds: type) -> None:
    """A warning for everything that was repaired in these parts of the link."""
    repairs = st.session_state.get(_REPAIRS, {})
    _show_warnings([notice for kind in kinds for notice in repairs.get(kind.__name__, [])])


def warn_of_unread_names() -> None:
    """A warning about what no page so far has a use for; to be called when the page is drawn, and so has read its."""
    state = st.session_state
    if _UNREAD not in state:
        state[_UNREAD] = unread_names(read_address([]), state[_READ])
    _show_warnings(state[_UNREAD])


def _show_warnings(notices: Sequence[str]) -> None:
    for notice in notices:
        st.warning(f"In the link, {notice}", icon=":material/build:")
