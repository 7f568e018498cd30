"""The head of the Compare page, and the runs that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from playground.diagnosis import Diagnosis
from playground.experiment.view import View
from playground.export.kept import LONGEST_NAME, PAGES, Kept
from playground.export.titles import titles
from playground.pages.compare.figures import overlay
from playground.pages.compare.settings import CompareSettings
from playground.pages.compare.study import list_orders, make_table
from playground.pages.compare.words import crossing_words, notes
from playground.ui.controls import choice, switch
from playground.ui.html import prose, table, wide
from playground.ui.jobs import trained
from playground.ui.kept_runs import kept, put_kept, warn_if_too_long
from playground.ui.live import show
from playground.ui.looks import keep_place
from playground.ui.navigation import go_to_page
from playground.ui.session import open_settings


def comparison(view: View) -> list[Diagnosis] | None:
    """The kept experiments: charts, table, and what can be done with each."""
    mine = kept()
    st.header("Kept runs", anchor=False)
    if not mine:
        st.info(NOTHING_KEPT)
        return []
    diagnoses = trained(tuple(each.experiment for each in mine))
    if not diagnoses:
        return None
    show(overlay(mine, diagnoses, log=view.log), key="overlay", epoch=None, pictures="comparison")
    comparing = open_settings(CompareSettings)
    head, rows = make_table(mine, diagnoses, comparing)
    st.html(wide(table([escape(cell) for cell in head], rows, "answers kept")))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        choice("order", comparing, only=list_orders(mine, comparing.order))
    with right:
        switch("reverse", comparing)
    _manage_runs(mine)
    warn_if_too_long("Take the JSON file below to keep")
    st.html(prose(*notes(mine), *crossing_words(mine, diagnoses), small=True))
    return diagnoses


def _manage_runs(mine: Sequence[Kept]) -> None:
    """Name, open or remove one of them."""
    choose, rename, buttons = st.columns([2, 2, 3], vertical_alignment="bottom")
    keep_place("run", "chosen", range(len(mine)), 0)
    chosen = choose.selectbox("Run", range(len(mine)), format_func=titles(mine).__getitem__, key="chosen")
    place = chosen if chosen is not None and chosen < len(mine) else 0
    key = f"name_{hash(mine[place].experiment)}"  # the same box before and after it gives a name
    st.session_state.setdefault(key, mine[place].name)
    rename.text_input(
        "Name",
        key=key,
        max_chars=LONGEST_NAME,
        placeholder="a name of your own",
        on_change=_rename_run,
        args=(place, key),
    )
    with buttons, st.container(horizontal=True):
        experiment, page = mine[place].experiment, mine[place].page
        view = View(experiment, losses=(experiment.loss,))
        st.button(f"Open on {PAGES[page]}", on_click=go_to_page, args=(view, page))
        st.button("Remove", key="remove", on_click=_remove_runs, args=(place,))
        st.button("Remove all", key="remove_all", on_click=_remove_runs, args=(None,), type="tertiary")


def _rename_run(place: int, key: str) -> None:
    mine = list(kept())
    mine[place] = mine[place].model_copy(update={"name": st.session_state[key].strip()})
    put_kept(mine)


def _remove_runs(place: int | None) -> None:
    put_kept([each for number, each in enumerate(kept()) if place is not None and number != place])
    st.session_state.pop("chosen", None)


NOTHING_KEPT = (
    "Nothing is kept yet. On the page Train (and others), press **Keep** under the charts; what you keep is compared"
    " here, and travels in the link. Or open a file, at the foot of this page."
)
