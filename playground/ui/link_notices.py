"""Warnings about the link that a visit began with: what was repaired in it, and what the page has no use for.

What was repaired is known by what it was repaired in: ``View``, ``Kept``, or a page's settings. The warnings stay until
the visitor changes a setting there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from playground.experiment.query import MOST_NAMED, quote_text, unread_names
from playground.export.kept import PARAMETER
from playground.ui.arrival import Query, read_query

_REPAIRS, _READ, _UNREAD, _TAKEN = "_repairs", "_read_names", "_unread_notices", "_taken"

# The parameters that say how a page is looked at: see ``playground.ui.looks``.
LOOKS = ("open", "tab", "network", "remedies_of", "point", "other_point", "run")
ALWAYS_READ = ("open",)  # every page has folds
UNKNOWN_LOOK = "{name} was {text}: the page shows no such part. It was left out."


def read_address(names: Iterable[str]) -> Query:
    """The address's query. ``names`` are the parameters that the caller reads, so that the page has a use for them."""
    st.session_state.setdefault(_READ, {PARAMETER, *ALWAYS_READ}).update(names)  # every page reads what is kept
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
    st.session_state.pop(_TAKEN, None)


def warn_of_repairs(*kinds: type) -> None:
    """A warning for everything that was repaired in these parts of the link."""
    repairs = st.session_state.get(_REPAIRS, {})
    _show_warnings([notice for kind in kinds for notice in repairs.get(kind.__name__, [])])


def take_value(name: str, value: str) -> None:
    """A part of the page has the name that the address gives."""
    st.session_state.setdefault(_TAKEN, set()).add((name, value))


def warn_of_unread_names() -> None:
    """A warning about what no page so far has a use for; to be called when the page is drawn, and so has read its."""
    state = st.session_state
    if _UNREAD not in state:
        state[_UNREAD] = [*unread_names(read_address([]), state[_READ]), *_list_unknown_looks()]
    _show_warnings(state[_UNREAD])


def _list_unknown_looks() -> list[str]:
    """A sentence for each open tab or fold of the address that the page does not have."""
    query, taken = read_address([]), st.session_state.get(_TAKEN, set())
    found = [(name, piece) for name in LOOKS for text in query.get(name, []) for piece in text.split(",")]
    unknown = [(name, piece) for name, piece in dict.fromkeys(found) if (name, piece) not in taken and piece]
    return [
        UNKNOWN_LOOK.format(name=name, text=quote_text(piece))
        for name, piece in unknown[:MOST_NAMED]
        if name in st.session_state[_READ]
    ]


def _show_warnings(notices: Sequence[str]) -> None:
    for notice in notices:
        st.warning(f"In the link, {notice}", icon=":material/build:")
