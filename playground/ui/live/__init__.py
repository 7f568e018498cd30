"""``show``: Plotly figures drawn in place, side by side or stacked, replayed in the browser.

``st.plotly_chart`` mounts a new chart at every change, which loses the zoom and the epoch. This
component keeps the chart and hands it new numbers. Its script comes from ``assets`` (see
``playground.server.application``), so that a change sends numbers only.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from playground.figures.dashes_and_symbols import dash_array, symbol_path
from playground.figures.replay import Entry, Panel, Replay
from playground.ui.address import declare_epochs
from playground.ui.arrival import find_visit
from playground.ui.assets import boot_script
from playground.ui.live.words import WORDS
from playground.ui.still_charts import draw_still, have_failed, note_failure

# The environment variable that has Plotly draw every change itself, by its public functions: see ``fast/redraw.js``.
SWITCH = "PLAYGROUND_PLAIN_PLOTLY"

_CSS = (Path(__file__).parent / "live.css").read_text()

_KINDS: dict[str, tuple[type[np.generic], str]] = {"|u1": (np.uint8, "u1")}  # 8 bits stay 8 bits


@dataclass(frozen=True)
class Click:
    """A point that the visitor clicked on: its panel, its trace, and its place in that; of a map, row and column.

    ``x`` and ``y`` are where in the chart the click was, in units of its axes.
    """

    panel: int
    trace: int
    point: int | tuple[int, int]
    x: float
    y: float


def show(
    replay: Replay,
    *,
    key: str,
    epoch: int | None,
    keeps_epoch: bool = False,
    on_click: Callable[[Click], None] | None = None,
    pictures: str = "",
    autoplay: bool = False,
) -> None:
    """Draw a replay. It begins at ``epoch`` (``None``: the end) and then keeps the epoch that the visitor chose.

    ``keeps_epoch`` says that the address holds the chosen epoch, which it can do of one replay on a page only.
    ``on_click`` is a callback for points; ``pictures`` begins the names of the files that the charts can be saved as;
    without it, that is the ``key``. With ``autoplay`` it plays by itself, once in a tab of the browser, if the visitor
    does not mind motion. Where the browser cannot load our scripts, Streamlit's own charts show the end of the replay.
    """
    if have_failed():
        draw_still(replay, key)
        return
    mount = st.components.v2.component("live", js=boot_script("live.js"), css=_CSS, isolate_styles=False)
    if keeps_epoch:
        declare_epochs()
    data = pack_replay(
        replay,
        epoch,
        visit=find_visit() if keeps_epoch else None,
        clicks=bool(on_click),
        name=key,
        pictures=pictures or key,
        autoplay=autoplay,
    )
    callbacks: dict[str, Any] = {"on_clicked_change": lambda: _report_click(key, on_click)} if on_click else {}
    mount(key=key, data=data, on_failed_change=note_failure, **callbacks)


def _report_click(key: str, on_click: Callable[[Click], None]) -> None:
    event = st.session_state[key]["clicked"]
    if event:
        point = event["point"]
        place = tuple(point) if isinstance(point, list) else point
        on_click(Click(event["panel"], event["trace"], place, event["x"], event["y"]))


def pack_replay(replay: Replay, epoch: int | None, **options: object) -> bytes:
    """A replay as the browser gets it: JSON with arrays in base64, and a version that changes with the content."""
    spec = {
        "fast": os.environ.get(SWITCH, "0") in ("", "0"),
        "words": WORDS,
        "epoch": epoch,
        "epochs": replay.epochs,
        "small": replay.small,
        "columns": replay.columns,
        "frames": replay.frames,
        "legend": [_describe_entry(entry) for entry in replay.legend],
        "labels": replay.labels,
        "readings": replay.readings,
        "caption": replay.caption,
        "panels": [_describe_panel(panel) for panel in replay.panels],
        **options,
    }
    text = json.dumps(spec, default=_pack_array, separators=(",", ":"))
    version = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return f'{{"version":"{version}",{text[1:]}'.encode()


def _describe_entry(entry: Entry) -> dict[str, object]:
    """An entry of the legend, and how its stroke and its symbol look."""
    symbol = entry.mark or ("" if entry.width else entry.dash)
    look = {
        "dashes": dash_array(entry.dash) if entry.width else "",
        "symbol": symbol_path(symbol) if symbol else "",
        "open": "-open" in symbol,
        "group": entry.group or entry.label,
    }
    return vars(entry) | look


def _describe_panel(panel: Panel) -> dict[str, object]:
    return {
        "title": panel.title,
        "description": panel.description,
        "figure": panel.figure,
        "tracks": [vars(track) for track in panel.moving_traces],
        "reveals": [vars(reveal) for reveal in panel.revealed_traces],
        "tips": panel.end_markers,
        "heatmaps": [vars(heatmap) for heatmap in panel.heatmaps],
    }


def _pack_array(values: np.ndarray) -> dict[str, str]:
    """An array as Plotly writes it, which the browser reads without parsing digits."""
    kind, dtype = _KINDS.get(values.dtype.str, (np.int32, "i4") if values.dtype.kind in "iu" else (np.float32, "f4"))
    packed = {"dtype": dtype, "bdata": b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()}
    return packed | ({"shape": ",".join(map(str, values.shape))} if values.ndim > 1 else {})
