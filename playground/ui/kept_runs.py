"""Keep: what a visitor has put aside to compare. It travels in the link of every page, so nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiment import Experiment
from playground.export.kept import MOST_KEPT, Kept, add, count_fitting, read_kept, write_kept
from playground.text.phrases import count
from playground.ui.arrival import mark_as_changed, must_read
from playground.ui.link_notices import keep_repairs, read_address

_KEPT = "_kept_experiments"


def kept() -> tuple[Kept, ...]:
    """What is kept: from the link at first, then as the visitor has it."""
    state = st.session_state
    if must_read(_KEPT):
        read, notices = read_kept(read_address([]))
        known: tuple[Kept, ...] = state.get(_KEPT, ())
        held = known[: count_fitting(known)]
        put_kept(known if read == held else read)  # what no address can hold is no change
        keep_repairs(Kept, notices)
    return state[_KEPT]


def put_kept(now: Sequence[Kept]) -> None:
    st.session_state[_KEPT] = tuple(now)
    mark_as_changed(_KEPT)
    keep_repairs(Kept)


def kept_link() -> dict[str, list[str]]:
    """The part of every page's link that holds the comparison."""
    return write_kept(kept())


def keep_button(experiments: Sequence[Experiment], page: str) -> None:
    """A button that keeps the experiments which a page shows, with the page they came from."""
    new = [Kept(experiment=experiment, page=page) for experiment in experiments]
    known = {each.experiment for each in kept()}
    left = [each for each in new if each.experiment not in known]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Keep {count(len(new), 'run')}" if left else "Kept",
            key="keep",
            icon=":material/bookmark_add:",
            disabled=not left or len(kept()) >= MOST_KEPT,
            help="Puts these experiments into the comparison: see the page Compare.",
            on_click=_keep_runs,
            args=(new,),
        )
        if kept():
            st.page_link("compare.py", label=f"Compare {count(len(kept()), 'run')}", width="content")
    warn_if_too_long("Take the JSON file on the page Compare to keep")


def warn_if_too_long(advice: str) -> None:
    """A warning if the link cannot hold all that is kept, and what keeps it."""
    held, runs = count_fitting(kept()), len(kept())
    if held < runs:
        st.warning(
            f"An address cannot hold all of this: the link has the first {held} of {runs} kept runs. {advice} all of"
            " them; Compare opens it again.",
            icon=":material/link_off:",
        )


def _keep_runs(new: Sequence[Kept]) -> None:
    put_kept(add(kept(), new))
