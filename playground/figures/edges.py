"""Notes in a chart on what has left it: without them, a line outside the range would just be missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.replay import FAR, Figure
from playground.text.numbers import number

LINE_HEIGHT = 15  # pixels
NOTE_SIZE = 11  # of the letters, in pixels
INVISIBLE = 1e-6  # of a chart's range: less than a screen can show

Note = tuple[str, str]  # the text and its colour


def edge_words(label: str, rows: np.ndarray, epochs: np.ndarray, low: float, high: float) -> str:
    """Says when and where a curve ``(frames, places)`` left a range of y; empty if its last frame is all inside.

    ``epochs`` are those of the frames, shape (frames,). What has no finite value stands at ``FAR`` or above.
    """
    bottom, top = rows.min(1), rows.max(1)
    seen = np.flatnonzero((top >= low) & (bottom <= high))
    lowest, highest = float(bottom[-1]), float(top[-1])
    if not len(seen) or seen[-1] < len(rows) - 1:
        left = int(epochs[seen[-1] + 1]) if len(seen) else int(epochs[0])
        return f"{'▲' if lowest > high else '▼'} {label} left this chart at epoch {left:,}"
    slack = INVISIBLE * (high - low)
    above, below = highest > high + slack, lowest < low - slack
    if not (above or below):
        return ""
    ends = [
        *([_reach_words("down to", lowest)] if below else []),
        *([_reach_words("up to", highest)] if above else []),
    ]
    sign, where = ("▲▼", "outside") if above and below else ("▲", "above") if above else ("▼", "below")
    return f"{sign} {label} at the end: {' and '.join(filter(None, ends)) or 'far'}, {where} this chart"


def text_side(share: float) -> str:
    """Where words have room beside a mark at this share of a chart's width."""
    return "middle right" if share < 0.5 else "middle left"


def _reach_words(towards: str, value: float) -> str:
    return "" if abs(value) >= FAR else f"{towards} {number(value)}"


def zero_words(label: str, losses: np.ndarray) -> str:
    """Says from when a loss ``(epochs,)`` is 0, which no logarithmic axis has; empty if it never is."""
    zeros = np.flatnonzero(losses == 0)
    return f"▼ {label} is 0 from epoch {int(zeros[0]) + 1:,}; a logarithmic axis has no 0" if len(zeros) else ""


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
