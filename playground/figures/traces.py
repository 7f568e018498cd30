"""Parts of which all charts are made: lines, dots, marks with words, shaded areas, ranges of axes.

``hover`` is Plotly's template for what a trace says when it is pointed at; a trace without one says nothing. ``box``
is the name beside it: that of the trace, unless another is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.edges import text_side
from playground.figures.replay import GREY, Entry, Figure, MovingTrace, Trace, plain_log_axis
from playground.losses import Loss

Values = np.ndarray | Sequence[float | None]


def line(
    label: str,
    x: Values,
    y: Values,
    colour: str,
    *,
    dash: str = "solid",
    width: float = 2.5,
    hover: str = "",
    box: str | None = None,
) -> Trace:
    """A line through points ``(n,)``; ``width`` in pixels."""
    stroke = {"color": colour, "dash": dash, "width": width}
    return {**_name_trace(label), "x": x, "y": y, "mode": "lines", "line": stroke, **_say_on_hover(hover, label, box)}


def loss_line(loss: Loss, x: Values, y: Values, *, label: str = "", width: float = 2.5, hover: str = "") -> Trace:
    """A line in the colour and the dash of a loss, called by the loss unless it has a ``label``."""
    curve = line(label or loss.label, x, y, loss.colour, dash=loss.dash, width=width, hover=hover)
    return grouped(curve, loss.label)


def grouped(trace: Trace, group: str) -> Trace:
    """The trace as one that the legend's entry of that group hides and shows."""
    return {**trace, "legendgroup": group}


def reference_line(label: str, x: Values, y: Values, hover: str = "") -> Trace:
    """A broad grey line that others are held against: the truth, or the best possible."""
    return line(label, x, y, GREY, width=4, hover=hover) | {"opacity": 0.85}


def dots(
    label: str,
    x: Values,
    y: Values,
    colour: str | Sequence[str],
    *,
    hover: str = "",
    box: str | None = None,
    **marker: object,
) -> Trace:
    """A dot at each point ``(n,)``; ``marker`` holds its size and symbol by Plotly's names."""
    marks = {"color": colour, **marker}
    return {
        **_name_trace(label),
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": marks,
        **_say_on_hover(hover, label, box),
    }


def text_marker(
    x: Values, y: Values, text: str, colour: str, side: str, *, label: str = "", hover: str = "", **marker: object
) -> Trace:
    """A mark with words on one ``side``, as Plotly calls it: "middle right"."""
    marked = dots(label, x, y, colour, hover=hover, box=label, **marker)
    return {**marked, "mode": "markers+text", "text": [text], "textposition": side}


def end_marker(
    x: Values, y: Values, text: str, colour: str, share: float, *, hover: str = "", size: float = 14
) -> Trace:
    """A triangle where a run diverged, its words on the side with room: ``share`` is how far along the axis it is."""
    marked = text_marker(x, y, text, colour, text_side(share), hover=hover or text, size=size, symbol="triangle-up")
    return {**marked, "cliponaxis": False}


def shade_to_previous(trace: Trace, colour: str, opacity: float) -> Trace:
    """The trace, with the area between it and the one before it shaded."""
    return {**trace, "fill": "tonexty", "fillcolor": rgba(colour, opacity)}


def rgba(colour: str, opacity: float) -> str:
    """A colour ``#rrggbb`` as Plotly takes it with an opacity."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def move_upright(trace: int, epochs: np.ndarray, height: Sequence[float]) -> MovingTrace:
    """An upright line, from the first to the second ``height``, that stands at the shown epoch; ``epochs`` ``(n,)``."""
    rows = np.tile(np.array(height, np.float32), (len(epochs), 1))
    return MovingTrace(trace, rows, np.repeat(epochs.astype(np.float32)[:, None], 2, axis=1))


def loss_entry(loss: Loss, label: str = "") -> Entry:
    """A loss's line in a legend, called by the loss unless it has a ``label``."""
    return Entry(label or loss.label, loss.colour, loss.dash, group=loss.label)


def thin_evenly(count: int, most: int) -> np.ndarray:
    """At most ``most`` of the places 0 to ``count - 1``, evenly spread, both ends among them."""
    if count <= most:
        return np.arange(count, dtype=np.int32)
    return np.linspace(0, count - 1, most).round().astype(np.int32)


def thin_by_factors(count: int, most: int, *, nearest: bool = False) -> np.ndarray:
    """The same, spread as over a logarithmic axis: the first places are all kept, most of the last ones are not.

    A place that falls between two is the lower one, or the ``nearest``.
    """
    places = np.geomspace(1, max(count, 1), most)
    return np.unique((places.round() if nearest else places).astype(int))[:count] - 1


def span(low: float, high: float, margin: float = 0.06, least: float = 1.0) -> list[float]:
    """A range of an axis round two values, wider by a share of their distance; by ``least`` if they are equal."""
    room = margin * (high - low) or least
    return [low - room, high + room]


def span_of_logs(values: np.ndarray, margin: float = 0.05) -> list[float]:
    """The powers of ten between which a logarithmic axis holds all positive ``values`` ``(n,)``."""
    low, high = np.log10([values.min(), values.max()])
    return span(float(low), float(high), margin, 0.5)


def epoch_axis(epochs: int) -> Figure:
    """An axis of epochs, from the first to the last of ``epochs``."""
    return {"range": [1 - 0.02 * epochs, 1.02 * epochs + 1]}


def log_epoch_axis(epochs: int) -> Figure:
    """The same in powers of ten."""
    return plain_log_axis(-0.1, float(np.log10(epochs)) + 0.1)


def _name_trace(label: str) -> dict[str, Any]:
    return {"name": label} if label else {}


def _say_on_hover(hover: str, label: str, box: str | None) -> dict[str, Any]:
    if not hover:
        return {"hoverinfo": "skip"}
    return {"hovertemplate": f"{hover}<extra>{label if box is None else box}</extra>"}
