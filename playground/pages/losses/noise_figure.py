"""The figure of a noise study: how the fitted slope scatters under each loss."""

from __future__ import annotations

from collections.abc import Sequence

from playground.figures.replay import Entry, Panel, Replay, Trace, plain_figure
from playground.figures.traces import span
from playground.losses import LOSSES
from playground.tables.noise import NOISES
from playground.text.language import N_, _
from playground.text.numbers import number
from playground.theory.efficiency import Spread

CAPTION = N_("Noise: {noise} · Seeds: {seeds:,}")


def slopes_replay(spreads: Sequence[Spread], shape: str) -> Replay:
    """The fitted slopes of every seed, a box for each loss; ``shape`` is that of the noise."""
    boxes = [_draw_box(each) for each in spreads]
    slopes = [float(slope) for each in spreads for slope in each.slopes]
    x_axis = {"range": span(min(slopes), max(slopes), 0.05, 0.0)}
    # The boxes stand at 0, 1, 2 …, the first at the top.
    y_axis = {"range": [len(boxes) - 0.4, -0.6], "type": "category"}
    look = {"margin": {"l": 110, "r": 12, "t": 8, "b": 46}, "hovermode": "closest"}
    figure = plain_figure(boxes, _("fitted slope, one per seed (true slope 2)"), "", x_axis, y_axis, **look)
    ends = _("; ").join(f"{LOSSES[each.loss].label} {number(each.spread)}" for each in spreads)
    words = _("The fitted slopes of all seeds. Their standard deviations are: {spreads}.").format(spreads=ends)
    panel = Panel(_("Spread of the fitted slope"), words, figure)
    entries = [Entry(LOSSES[each.loss].label, LOSSES[each.loss].colour) for each in spreads]
    caption = _(CAPTION).format(noise=_(NOISES[shape].label), seeds=len(spreads[0].slopes))
    return Replay([panel], entries, caption=caption)


def _draw_box(spread: Spread) -> Trace:
    loss = LOSSES[spread.loss]
    return {
        "type": "box",
        "name": loss.label,
        "x": spread.slopes,
        "orientation": "h",
        "marker": {"color": loss.colour, "size": 4},
        "line": {"color": loss.colour, "width": 2},
        "boxpoints": "outliers",
    }
