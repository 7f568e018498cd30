"""How dashes and symbols look in small pictures: the icons of buttons and the legends of charts.

Plotly draws them in the charts themselves. Both use Plotly's names.
"""

from __future__ import annotations

# Shorter than Plotly's own: several dashes are to fit into a stroke of 36 pixels.
DASHES = {"solid": "none", "dash": "9 6", "dot": "2 4", "dashdot": "9 4 2 4", "longdash": "14 5"}

# Paths about the middle of a picture of 36 × 14 pixels.
SYMBOLS = {
    "circle": "M14 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "square": "M14.5 3.5h7v7h-7z",
    "diamond": "M18 2l5 5-5 5-5-5z",
    "cross": "M16.5 2.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "triangle-up": "M18 2l5 9h-10z",
    "star": "M18 1l1.8 4 4.2.4-3.2 2.8 1 4.2-3.8-2.3-3.8 2.3 1-4.2-3.2-2.8 4.2-.4z",
    "hexagon": "M18 2.2l4.2 2.4v4.8l-4.2 2.4-4.2-2.4v-4.8z",
    "x": "M15.5 2.5l2.5 2.5 2.5-2.5 2 2-2.5 2.5 2.5 2.5-2 2-2.5-2.5-2.5 2.5-2-2 2.5-2.5-2.5-2.5z",
    "pentagon": "M18 2.2l4.8 3.5-1.8 5.6h-6l-1.8-5.6z",
    "triangle-down": "M18 12l5-9h-10z",
}
DOT = "M17.5 7a.5 .5 0 1 0 1 0a.5 .5 0 1 0-1 0z"


def dash_array(dash: str) -> str:
    """SVG's ``stroke-dasharray`` of a dash of Plotly's, by name or as lengths such as ``6px,2px``."""
    return DASHES.get(dash) or dash.replace("px", "").replace(",", " ")


def symbol_path(symbol: str) -> str:
    """SVG's path of a symbol of Plotly's; an open one (``diamond-open``) is its outline, perhaps with a dot in it."""
    return SYMBOLS[symbol.removesuffix("-dot").removesuffix("-open")] + (DOT if symbol.endswith("-dot") else "")
