"""Notes in a chart on what has left it: without them, a line outside the range would just be missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.replay import FAR, Figure
from playground.text.language import N_, _
from playground.text.numbers import number

LINE_HEIGHT = 15  # pixels
NOTE_SIZE = 11  # of the letters, in pixels
INVISIBLE = 1e-6  # of a chart's range: less than a screen can show

Note = tuple[str, str]  # the text and its colour

# What is said of a curve at the end, by what is known of it below the chart and above: nothing leaves it there, a value
# does, or something too far off for a number.
NOWHERE, NEAR, FAR_OFF = range(3)
ENDS = {
    (NOWHERE, NEAR): N_("{label} at the end: up to {high}, above this chart"),
    (NOWHERE, FAR_OFF): N_("{label} at the end: far above this chart"),
    (NEAR, NOWHERE): N_("{label} at the end: down to {low}, below this chart"),
    (FAR_OFF, NOWHERE): N_("{label} at the end: far below this chart"),
    (NEAR, NEAR): N_("{label} at the end: down to {low} and up to {high}, outside this chart"),
    (NEAR, FAR_OFF): N_("{label} at the end: down to {low} and far above this chart"),
    (FAR_OFF, NEAR): N_("{label} at the end: far below this chart and up to {high}"),
    (FAR_OFF, FAR_OFF): N_("{label} at the end: far below and far above this chart"),
}


def edge_words(label: str, rows: np.ndarray, epochs: np.ndarray, low: float, high: float) -> str:
    """Says when and where a curve ``(frames, places)`` left a range of y; empty if its last frame is all inside.

    ``epochs`` are those of the frames, shape (frames,). What has no finite value stands at ``FAR`` or above.
    """
    bottom, top = rows.min(1), rows.max(1)
    seen = np.flatnonzero((top >= low) & (bottom <= high))
    lowest, highest = float(bottom[-1]), float(top[-1])
    if not len(seen) or seen[-1] < len(rows) - 1:
        left = int(epochs[seen[-1] + 1]) if len(seen) else int(epochs[0])
        words = _("{label} left this chart at epoch {epoch:,}").format(label=label, epoch=left)
        return f"{'▲' if lowest > high else '▼'} {words}"
    slack = INVISIBLE * (high - low)
    below = _find_reach(lowest, left=lowest < low - slack)
    above = _find_reach(highest, left=highest > high + slack)
    if (below, above) == (NOWHERE, NOWHERE):
        return ""
    sign = f"{'▲' if above else ''}{'▼' if below else ''}"
    return f"{sign} {_(ENDS[below, above]).format(label=label, low=number(lowest), high=number(highest))}"


def text_side(share: float) -> str:
    """Where words have room beside a mark at this share of a chart's width."""
    return "middle right" if share < 0.5 else "middle left"


def _find_reach(value: float, *, left: bool) -> int:
    if not left:
        return NOWHERE
    return FAR_OFF if abs(value) >= FAR else NEAR


def zero_words(label: str, losses: np.ndarray) -> str:
    """Says from when a loss ``(epochs,)`` is 0, which no logarithmic axis has; empty if it never is."""
    zeros = np.flatnonzero(losses == 0)
    if not len(zeros):
        return ""
    words = _("{label} is 0 from epoch {epoch:,}; a logarithmic axis has no 0")
    return f"▼ {words.format(label=label, epoch=int(zeros[0]) + 1)}"


def write_notes(figure: Figure, notes: Sequence[Note], *, top: bool = True) -> Figure:
    """The figure with a line of text for each note that says something, in its upper or its lower left corner."""
    written = [note for note in notes if note[0]]
    if written:
        figure["layout"]["annotations"] = [_place_note(*note, row, top) for row, note in enumerate(written)]
    return figure


def _place_note(text: str, colour: str, row: int, top: bool) -> dict[str, Any]:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0.01,
        "y": 0.99 if top else 0.01,
        "xanchor": "left",
        "yanchor": "top" if top else "bottom",
        "yshift": (-1 if top else 1) * LINE_HEIGHT * row,
        "showarrow": False,
        "font": {"color": colour, "size": NOTE_SIZE},
    }
