"""Undo, Redo and Copy link, at the head of every page, and an Undo beside what a button has replaced.

All of them are the browser's: Undo is its Back, so that there is one history only (see ``playground.ui.address``).
"""

from __future__ import annotations

from html import escape

import streamlit as st

from playground.ui.assets import boot_script
from playground.ui.still_charts import have_failed, note_failure

WORDS = {
    "undo": "Undo",
    "undo_help": "Undo the last change of settings, as the browser's Back does.",
    "redo": "Redo",
    "redo_help": "Redo what was undone, as the browser's Forward does.",
    "copy": "Copy link",
    "copied": "Link copied. It holds: {what}.",
    "refused": "The browser did not let this page copy the link. Copy it from the field below. It holds: {what}.",
    "settings": "settings, losses",
    "epoch": "epoch {epoch}",
    "kept_run": "{count} kept run",
    "kept_runs": "{count} kept runs",
    "open": "open tab and folds",
}
_UNDO = '<button type="button" class="undo">↶ {undo}</button>'


def draw_link_bar() -> None:
    """Called by the frame, above the page. Without our scripts, the browser has buttons of its own."""
    if have_failed():
        return
    with st.container(key="link_bar"):
        mount = st.components.v2.component("link_bar", js=boot_script("link_bar.js"), isolate_styles=False)
        mount(key="links", data=WORDS, on_failed_change=note_failure)


def offer_undo() -> None:
    """A button that undoes the last change, beside what it has replaced."""
    st.html(_UNDO.format(undo=escape(WORDS["undo"])))
