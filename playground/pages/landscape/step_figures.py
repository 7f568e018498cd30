"""The figure of one step in slow motion: how hard each point pulls on the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Trace, plain_figure
from playground.losses import LOSSES
from playground.pages.landscape.single_step import Step
from playground.text.numbers import number


def pull_panel(step: Step) -> Panel:
    """The points, the line before and after the step, and an arrow at each point: how hard it pulls on the line."""
    loss = LOSSES[step.experiment.loss]
    span = float(np.ptp([*step.y, *step.predicted])) or 1.0
    strongest = float(np.abs(step.pulls).max()) or 1.0
    # The strongest arrow is a third of the chart, the others to its scale. It points to where its point wants the line.
    lengths = -step.pulls / strongest * span / 3
    tips = step.predicted + lengths
    x = np.repeat(step.x, 3).astype(float)
    y = np.stack([step.predicted, tips, np.full(len(tips), np.nan)], 1).ravel()
    ends = np.array([step.x.min(), step.x.max()])
    arrows = [
        {
            "name": "pull",
            "x": [float(v) for v in x],
            "y": [None if np.isnan(v) else float(v) for v in y],
            "mode": "lines",
            "line": {"color": loss.colour, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "name": "pull of a point",
            "x": step.x,
            "y": tips,
            "mode": "markers",
            "marker": {
                "color": loss.colour,
                "size": 8,
                "symbol": ["triangle-up" if length > 0 else "triangle-down" for length in lengths],
            },
            "customdata": step.pulls.astype(np.float32),
            "hovertemplate": "pull %{customdata:.4g}<extra></extra>",
        },
    ]
    lines = [
        {
            "name": label,
            "x": ends,
            "y": slope * ends + intercept,
            "mode": "lines",
            "line": {"color": loss.colour, "dash": dash, "width": width},
            "hoverinfo": "skip",
        }
        for label, (slope, intercept), dash, width in (
            ("before", step.before, "dot", 2),
            ("after", step.after, "solid", 2.5),
        )
    ]
    points: Trace = {
        "name": "points",
        "x": step.x,
        "y": step.y,
        "mode": "markers",
        "marker": {"color": GREY, "size": 7},
        "hovertemplate": "x %{x:.3g}<br>y %{y:.4g}<extra>point</extra>",
    }
    every = np.concatenate([step.y, tips, step.predicted])
    every = every[np.isfinite(every)]
    margin = 0.06 * float(np.ptp(every)) or 1.0
    x_range = [float(ends[0] - 0.05 * np.ptp(ends)), float(ends[1] + 0.05 * np.ptp(ends))]
    figure = plain_figure(
        [points, *lines, *arrows],
        "x, as the model sees it",
        "y",
        {"range": x_range},
        {"range": [float(every.min() - margin), float(every.max() + margin)], "exponentformat": "power"},
    )
    figure["layout"]["hovermode"] = "closest"
    place = step.hardest
    pull = number(float(step.pulls[place]))
    said = f"The point at x = {number(float(step.x[place]))} pulls hardest, with {pull}."
    if step.pulls_alike:
        said = f"All points pull equally hard, with {pull.removeprefix('−')}."
    return Panel(
        f"Step {step.number:,}: how hard each point pulls under {name(step.experiment)}",
        f"Points, the line before and after the step, and the pull of each point. {said}",
        figure,
    )


def pull_legend(steps: Sequence[Step]) -> list[Entry]:
    """The strokes of all panels, in the colour of their loss if it is one."""
    colour = LOSSES[steps[0].experiment.loss].colour if len(steps) == 1 else GREY
    return [
        Entry("points", GREY, "circle", 0),
        Entry("line before", colour, "dot", 2),
        Entry("line after", colour, "solid", 2.5),
        Entry("pull on the line", colour, "solid", 1.5),
    ]


def alike_words(steps: Sequence[Step]) -> list[str]:
    """A sentence for each loss under which all points pull equally hard: none of them is the hardest."""
    return [
        f"Under {name(step.experiment)} all {len(step.pulls)} points pull alike: none of them is the hardest."
        for step in steps
        if step.pulls_alike
    ]
