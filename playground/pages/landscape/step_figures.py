"""The figure of one step in slow motion: how hard each point pulls on the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import name
from playground.export.titles import caption
from playground.figures.replay import GREY, Entry, Panel, Replay, Trace, plain_figure
from playground.figures.traces import dots, grouped, line, span
from playground.losses import LOSSES
from playground.pages.landscape.single_step import Step
from playground.pages.landscape.words import strongest_pull_words

PULL = "pull"
ARROW_PART = 3  # the longest arrow is the height of what is drawn divided by this


def pull_replay(steps: Sequence[Step]) -> Replay:
    """One step under each loss."""
    entries, trained = pull_legend(steps), caption([step.experiment for step in steps])
    return Replay([pull_panel(step) for step in steps], entries, caption=trained)


def pull_panel(step: Step) -> Panel:
    """The points, the line before and after the step, and an arrow at each point: how hard it pulls on the line."""
    arrows = _measure_arrows(step)
    points = dots("points", step.x, step.y, GREY, hover="x %{x:.3g}<br>y %{y:.4g}", box="point", size=7)
    colour, ends = LOSSES[step.experiment.loss].colour, np.array([step.x.min(), step.x.max()])
    before, after = (slope * ends + intercept for slope, intercept in (step.before, step.after))
    lines = [line("before", ends, before, colour, dash="dot", width=2), line("after", ends, after, colour)]
    heights = np.concatenate([step.y, step.predicted + arrows, step.predicted])
    heights = heights[np.isfinite(heights)]
    figure = plain_figure(
        [points, *lines, _draw_shafts(step, arrows), _draw_heads(step, arrows)],
        "x, as the model sees it",
        "y",
        {"range": span(float(step.x.min()), float(step.x.max()), 0.05, 0.0)},
        {"range": span(float(heights.min()), float(heights.max())), "exponentformat": "power"},
        hovermode="closest",
    )
    return Panel(
        f"Step {step.number:,}: how hard each point pulls under {name(step.experiment)}",
        f"Points, the line before and after the step, and the pull of each point. {strongest_pull_words(step)}",
        figure,
    )


def _measure_arrows(step: Step) -> np.ndarray:
    """The length of each arrow ``(n,)``, upwards: it points to where its point wants the line."""
    height = float(np.ptp([*step.y, *step.predicted])) or 1.0
    strongest = float(np.abs(step.pulls).max()) or 1.0
    return np.asarray(-step.pulls / strongest * height / ARROW_PART)


def _draw_shafts(step: Step, arrows: np.ndarray) -> Trace:
    """All arrows' lines as one trace, with a gap after each."""
    x = [float(value) for value in np.repeat(step.x, 3)]
    gaps = np.full(len(arrows), np.nan)
    y = np.stack([step.predicted, step.predicted + arrows, gaps], 1).ravel()
    heights = [None if np.isnan(value) else float(value) for value in y]
    return line(PULL, x, heights, LOSSES[step.experiment.loss].colour, width=2)


def _draw_heads(step: Step, arrows: np.ndarray) -> Trace:
    symbols = ["triangle-up" if length > 0 else "triangle-down" for length in arrows]
    colour, hover = LOSSES[step.experiment.loss].colour, "pull %{customdata:.4g}"
    y = step.predicted + arrows
    marks = dots("pull of a point", step.x, y, colour, hover=hover, box="", size=8, symbol=symbols)
    return {**grouped(marks, PULL), "customdata": step.pulls.astype(np.float32)}


def pull_legend(steps: Sequence[Step]) -> list[Entry]:
    """The strokes of all panels, in the colour of their loss if it is one."""
    colour = LOSSES[steps[0].experiment.loss].colour if len(steps) == 1 else GREY
    return [
        Entry("points", GREY, "circle", 0),
        Entry("line before", colour, "dot", 2, group="before"),
        Entry("line after", colour, "solid", 2.5, group="after"),
        Entry("pull on the line", colour, "solid", 1.5, group=PULL),
    ]
