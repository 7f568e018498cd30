"""What the address says: read when a visit begins, and again after Back and Forward. In between, the state decides.

A part of the state, such as the view or a page's settings, is read from the address when it is first asked for. After
Back or Forward, the parts that the page opens are read anew; those of other pages stay as they are.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

import streamlit as st

from playground.ui.streamlit_internals import is_history_run

_PAGE, _SESSION, _ARRIVALS, _VISITS = "_page", "_session", "_arrivals", "_visits"
_QUERY, _READ_AGAIN, _STEP = "_query", "_read_again", "_step"

Query = dict[str, list[str]]


class Way(NamedTuple):
    """How a run of the whole page came about: by the address, or to another page than the last run's, or both."""

    by_address: bool
    to_other_page: bool


def enter_page(page: str) -> Way:
    """Called at the start of each run of the whole page."""
    state = st.session_state
    left = state.get(_PAGE)
    way = Way(by_address=left is None or is_history_run(), to_other_page=left != page)
    state[_PAGE] = page
    if left is None:
        state[_SESSION] = secrets.token_hex(4)
    if left is not None and way.by_address:
        read_again(_read_streamlit_query())
    elif way.to_other_page:
        state[_QUERY], state[_READ_AGAIN] = _read_streamlit_query(), None
    return way


def read_again(query: Query) -> None:
    """Have this page read its parts of the state from an address. The browser will know that they are no change."""
    state = st.session_state
    state[_QUERY], state[_READ_AGAIN] = query, set()
    state[_ARRIVALS] = state.get(_ARRIVALS, 0) + 1
    forget_epoch(find_page())


def _read_streamlit_query() -> Query:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def find_session() -> str:
    """A name of this visit: a new server does not know of an earlier one in the same window."""
    return str(st.session_state.get(_SESSION, ""))


def count_arrivals() -> int:
    """How often this visit has read an address again."""
    return int(st.session_state.get(_ARRIVALS, 0))


def find_page() -> str:
    """The page of this run, by its file."""
    return str(st.session_state.get(_PAGE, ""))


def read_query() -> Query:
    """The query that the page was opened with, or that Back or Forward led to."""
    known: Query | None = st.session_state.get(_QUERY)
    return _read_streamlit_query() if known is None else known


def must_read(part: str) -> bool:
    """Whether a part of the state, by its key, is to be read from the address now."""
    again: set[str] | None = st.session_state.get(_READ_AGAIN)
    return part not in st.session_state or (again is not None and part not in again)


def mark_as_read(part: str) -> None:
    """A part of the state is as the address says."""
    again: set[str] | None = st.session_state.get(_READ_AGAIN)
    if again is not None:
        again.add(part)


def mark_as_changed(part: str) -> None:
    """A part of the state was read from the address, or a button replaced it: the address has no more to say of it."""
    mark_as_read(part)
    st.session_state[_STEP] = count_steps() + 1


def count_steps() -> int:
    """How often parts were replaced. Each time is an entry of the history, however fast it follows another change."""
    return int(st.session_state.get(_STEP, 0))


def find_visit() -> str:
    """A name of what this page shows, by which the browser knows the epoch that the visitor chose for it."""
    page = find_page()
    return f"{find_session()} {page} {st.session_state.get(_VISITS, {}).get(page, 0)}"


def forget_epoch(page: str) -> None:
    """The charts of a page are to begin at the epoch of what is shown there next, not where they were left."""
    visits: dict[str, int] = st.session_state.setdefault(_VISITS, {})
    visits[page] = visits.get(page, 0) + 1
