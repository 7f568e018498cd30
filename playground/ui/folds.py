"""Folds of the side panel: what is seldom touched stands behind a line that says its values.

Streamlit's expander becomes another widget whenever its label changes, and loses the keyboard's focus. A button with a
key does not. A closed fold draws nothing: its controls would cost the browser their share of every change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from playground.ui.fragments import reshape
from playground.ui.looks import OPEN, declare_look, read_fold

CLOSED = "{title}: {values}"
STATE = "_fold_{key}"  # where the state holds whether a fold is open
OPEN_ICON, CLOSED_ICON = ":material/keyboard_arrow_down:", ":material/keyboard_arrow_right:"


@dataclass(frozen=True)
class Fold:
    """A fold of the side panel. ``values`` are what its controls say, in a few words each; closed, it shows them.

    It begins closed, and then is as the visitor left it, on every page that has it.
    """

    key: str
    title: str
    values: Sequence[str]
    draw: Callable[[], None]


def draw_folds(folds: Sequence[Fold]) -> None:
    """The folds, one below the other."""
    with st.container(key="folds", gap=None):
        for fold in folds:
            read_fold(fold.key, STATE.format(key=fold.key))
            is_open = st.session_state.setdefault(STATE.format(key=fold.key), False)
            values = " · ".join(fold.values)
            st.button(
                fold.title if is_open else CLOSED.format(title=fold.title, values=values),
                key=f"fold_{fold.key}",
                type="tertiary",
                icon=OPEN_ICON if is_open else CLOSED_ICON,
                width="stretch",
                on_click=_turn_fold,
                args=(STATE.format(key=fold.key),),
            )
            if is_open:
                declare_look(OPEN, fold.key)
                with st.container(key=f"fold_{fold.key}_body"):
                    fold.draw()


def _turn_fold(key: str) -> None:
    """A button's callback."""
    st.session_state[key] = not st.session_state[key]
    reshape()
