"""The tabs below a page's charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from playground.ui.looks import declare_look, read_look

TAB = "tab"  # the parameter that names the open tab
_WANTED, _SHOWN = "_wanted_{key}", "_shown_{key}"


@dataclass(frozen=True)
class Story:
    """What a tab tells: its name in the address, its label, and what draws it."""

    key: str
    label: str
    tell: Callable[[], None]


def show_tabs(stories: Sequence[Story], key: str) -> None:
    """A tab for each story, of which only the open one is told. Where other stories are told, it stays open."""
    opened = _find_open(stories, key)
    for tab, story in zip(st.tabs([each.label for each in stories], key=key, on_change="rerun"), stories, strict=True):
        if tab.open:
            if opened is not stories[0]:
                declare_look(TAB, story.key)
            with tab:
                story.tell()


def _find_open(stories: Sequence[Story], key: str) -> Story:
    """Open the tab of a story: what the address asks for, what the visitor has clicked on, or what was told before.

    The wanted one is remembered while the page does not tell it.
    """
    state, wanted, shown = st.session_state, _WANTED.format(key=key), _SHOWN.format(key=key)
    known = {story.key: story for story in stories}
    found = read_look(TAB, key, list(known))
    chosen = next((story.key for story in stories if story.label == state.get(key)), None)
    keys = tuple(known)
    keys_before, shown_before = state.get(shown, (keys, None))
    if found is not None:
        state[wanted] = (found or keys)[0]
    elif chosen and chosen != shown_before and keys == keys_before:
        state[wanted] = chosen
    opened = known.get(state.get(wanted, ""), stories[0])
    if keys != keys_before or state.get(key) != opened.label:  # Streamlit opens the first of new tabs
        state[key] = opened.label
    state[shown] = keys, opened.key
    return opened
