"""Charts without our scripts: where the browser could not load them, Streamlit draws the figures as they end."""

from __future__ import annotations

import numpy as np
import streamlit as st

from playground.figures.replay import Figure, Panel, Replay

BESIDE = 2  # charts in a row, where the replay asks for no other number
_FAILED = "_scripts_failed"
_WARNING = (
    "The script of the charts could not be loaded. The charts below show the end of each training: they cannot be"
    " replayed, and a click on them does nothing. Reload the page to try again. If this warning stays, ask whoever"
    " runs this server whether the addresses that begin with `{folder}` reach it."
)


def note_failure() -> None:
    """A component's callback: the browser could not load a script, so the whole page is drawn without them."""
    st.session_state[_FAILED] = True
    st.rerun()


def have_failed() -> bool:
    """Whether this visitor's browser could not load a script of ours."""
    return bool(st.session_state.get(_FAILED))


def warn_of_failure(folder: str) -> None:
    """Say why the charts stand still, if they do; ``folder`` is where the scripts should be."""
    if have_failed():
        st.warning(_WARNING.format(folder=folder), icon=":material/image_not_supported:")


def draw_still(replay: Replay, key: str) -> None:
    """Draw every panel at the end of its replay."""
    many = replay.columns or BESIDE
    rows = [replay.panels[first : first + many] for first in range(0, len(replay.panels), many)]
    for row, panels in enumerate(rows):
        for place, (column, panel) in enumerate(zip(st.columns(len(panels)), panels, strict=True)):
            with column:
                st.markdown(f"**{panel.title}**")
                st.plotly_chart(last_figure(panel), key=f"{key} still {row} {place}", alt=panel.description)


def last_figure(panel: Panel) -> Figure:
    """The figure as it ends, with a legend of the traces that have a name."""
    traces = [{**trace, "showlegend": bool(trace.get("name"))} for trace in panel.figure["data"]]
    for heatmap in panel.heatmaps:
        shades = heatmap.maps[-1].astype(np.float32)
        for trace in heatmap.traces:
            traces[trace]["z"] = heatmap.low + (heatmap.high - heatmap.low) * shades / 255
    layout = {**panel.figure["layout"], "showlegend": True, "legend": {"orientation": "h", "y": -0.25}}
    return {"data": traces, "layout": layout}
