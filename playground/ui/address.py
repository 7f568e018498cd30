"""The address that the browser shows: what was opened on the page, as a link. It is written after the charts.

``playground/ui/live/address.js`` keeps the history: a change of settings is a new entry, which Back undoes. Another
look at them, such as an open tab or the shown epoch, changes the entry that there is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode

import streamlit as st

from playground.ui.arrival import count_arrivals, count_steps, find_page, find_session, find_visit, read_again
from playground.ui.assets import boot_script
from playground.ui.kept_runs import kept_link
from playground.ui.link_notices import forget_names
from playground.ui.looks import write_looks
from playground.ui.still_charts import have_failed, note_failure
from playground.ui.streamlit_internals import are_internals_used

_KEY = "address"
_PARTS, _HAS_EPOCHS = "_link_parts", "_has_epochs"

Link = Mapping[str, Sequence[str]]


def declare_part(name: str, link: Link) -> None:
    """What a part of the page, such as its view, adds to the address; to be said in each run that opens the part."""
    state, page = st.session_state, find_page()
    owner, parts = state.get(_PARTS, ("", {}))
    parts = parts if owner == page else {}
    state[_PARTS] = page, {**parts, name: link}


def declare_epochs() -> None:
    """The page has a chart of which the address holds the epoch; to be said in each run that draws it."""
    st.session_state[_HAS_EPOCHS] = True


def write_address() -> None:
    """Have the browser show the link of what is on the page now."""
    owner, parts = st.session_state.get(_PARTS, ("", {}))
    link = {name: values for part in parts.values() for name, values in part.items()} if owner == find_page() else {}
    link |= kept_link()
    if have_failed():
        st.query_params.from_dict(link)
        return
    data = {
        "link": urlencode(link, doseq=True),
        "look": write_looks(),
        "epochs": st.session_state.pop(_HAS_EPOCHS, False),
        "page": find_page(),
        "visit": find_visit(),
        "session": find_session(),
        "arrivals": count_arrivals(),
        "steps": count_steps(),
        "hears": are_internals_used(),  # that Back was pressed
    }
    mount = st.components.v2.component("address", js=boot_script("address.js"), isolate_styles=False)
    mount(key=_KEY, data=json.dumps(data).encode(), on_failed_change=note_failure, on_query_change=_read_query)


def _read_query() -> None:
    """A callback: the browser shows another address than this visit has heard of, which counts."""
    query = st.session_state[_KEY]["query"]
    if query is not None:
        read_again(parse_qs(query, keep_blank_values=True))
        forget_names()
        st.rerun()
