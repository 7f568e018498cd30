"""How a page is looked at, beside its settings: the open tab, the open folds, what is chosen of several of a kind.

The address holds it, so that a link shows what its sender saw. It is no change of the settings, so the history has no
entry for it. A look is read from the address where it is drawn; a name that no part of the page has is warned of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from playground.ui.arrival import mark_as_read, must_read
from playground.ui.link_notices import read_address, take_value

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

OPEN = "open"  # the parameter that names the open folds
_LOOKS, _PLACE = "_looks", "_looks_of"
_PART = "_look_{key}"


def forget_looks(place: str) -> None:
    """A part of the page, ``panel`` or ``results``, is drawn anew; with the panel, the whole page is."""
    state = st.session_state
    looks = {} if place == "panel" else state.get(_LOOKS, {})
    state[_LOOKS], state[_PLACE] = {**looks, place: []}, place


def declare_look(name: str, value: str) -> None:
    """What the address is to say of the part that is being drawn; to be said in each run that draws it."""
    looks = st.session_state.setdefault(_LOOKS, {})
    looks.setdefault(st.session_state.get(_PLACE, "panel"), []).append((name, value))


def write_looks() -> str:
    """The part of the page's query that says how it is looked at."""
    values: dict[str, list[str]] = {}
    for looks in st.session_state.get(_LOOKS, {}).values():
        for name, value in looks:
            values.setdefault(name, []).append(value)
    return urlencode({name: ",".join(several) for name, several in values.items()}, safe=",")


def read_look(name: str, key: str, options: Sequence[str]) -> list[str] | None:
    """What the address says of a part, by its ``key``, of what it offers; ``None`` if it has been read already.

    ``None``, too, if the part has a state before the page is drawn first.
    """
    state, part = st.session_state, _PART.format(key=key)
    texts = [piece for text in read_address([name]).get(name, []) for piece in text.split(",")]
    found = [option for option in options if option in texts]
    for option in found:
        take_value(name, option)
    if not must_read(part):
        return None
    is_first = part not in state
    state[part] = True
    mark_as_read(part)
    return None if is_first and key in state and not found else found


def read_fold(key: str, state_key: str) -> None:
    """Open or close a fold as the address says; before it is drawn."""
    found = read_look(OPEN, state_key, [key])
    if found is not None:
        st.session_state[state_key] = bool(found)


def expander(label: str, *, key: str, icon: str | None = None) -> ExpanderContainer:
    """A fold among the results, which the address names while it is open. Only an open one is to be filled."""
    read_fold(key, key)
    more = st.expander(label, key=key, on_change="rerun", icon=icon)
    if more.open:
        declare_look(OPEN, key)
    return more


def keep_choice(name: str, key: str, options: Sequence[str]) -> None:
    """Have the address hold what a widget that is no setting has chosen; to be called before the widget is made."""
    found = read_look(name, key, options)
    state = st.session_state
    if found is not None:
        state[key] = (found or [options[0]])[-1]
    if state.get(key) in options[1:]:
        declare_look(name, state[key])


def keep_place(name: str, key: str, values: Sequence[object], usual: int) -> None:
    """The same of a menu of values: it begins at the ``usual`` place, and the address holds another value as text."""
    state, texts = st.session_state, [str(value) for value in values]
    found = read_look(name, key, texts)
    if found is not None or state.get(key) not in values:
        state[key] = values[texts.index(found[-1]) if found else usual]
    if state[key] != values[usual]:
        declare_look(name, str(state[key]))
