"""Noise and its loss: which loss a noise shape asks for, and by how much it beats the others, on live trainings."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiment.names import parameter_words
from playground.experiment.view import View
from playground.figures.replay import Entry, Panel, Replay, Trace, plain_figure
from playground.losses import LOSSES
from playground.pages.losses.noise_ranking import contest, short_of_theory
from playground.pages.losses.settings import LossesSettings
from playground.tables.noise import NOISES
from playground.text.numbers import number
from playground.text.phrases import listed
from playground.theory.efficiency import Spread, find_likelihood, settling_losses, study_noise
from playground.ui.controls import choice
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.icons import noise_icon
from playground.ui.jobs import computed
from playground.ui.live import show

POINTS = 128  # with the article's 21 a loss with a corner is still far from what theory says of many


def noise_story(view: View, shown: LossesSettings, link: dict[str, list[str]]) -> None:
    """The noise, its likelihood, and the slopes that each shown loss fits under many seeds."""
    choice("noise_shape", view, noise_icon, unused="")
    experiment = view.experiment
    st.markdown(likelihood_words(experiment.noise_shape))
    keys = tuple(dict.fromkeys(["mse", *(key for key in shown.keys if key in settling_losses())]))
    left_out = [LOSSES[key].label for key in shown.keys if key not in settling_losses()]
    if left_out:
        st.caption(f"Not compared here: {', '.join(left_out)}. They do not come to rest on a line in 1,000 epochs.")
    names = {name for key in keys for name in LOSSES[key].parameters}
    parameters = {name: getattr(experiment, name) for name in names}
    spreads = computed(study_noise, experiment.noise_shape, keys, points=POINTS, **parameters)
    if not spreads:
        return
    show(slopes_replay(spreads), key="slopes", epoch=None, link=link)
    st.html(wide(table(["", *(loss_name(LOSSES[each.loss]) for each in spreads)], spread_rows(spreads))))
    st.html(prose(said(spreads), *short_words(spreads), EFFICIENCY, small=True))


def likelihood_words(noise_shape: str) -> str:
    """Which loss is the negative log-likelihood of a noise shape."""
    found, label = find_likelihood(noise_shape), NOISES[noise_shape].label
    if found is None:
        return f"**{label}** noise: no loss of this table is its negative log-likelihood."
    settings = parameter_words(found.parameters)
    return f"**{label}** noise: {LOSSES[found.loss].label}{settings} is its negative log-likelihood, but for a factor."


def slopes_replay(spreads: Sequence[Spread]) -> Replay:
    """The fitted slopes of every seed, a box for each loss."""
    boxes = [_box(each) for each in spreads]
    every = [float(slope) for each in spreads for slope in each.slopes]
    margin = 0.05 * (max(every) - min(every))
    x_axis = {"range": [min(every) - margin, max(every) + margin]}
    # The boxes stand at 0, 1, 2 …, the first at the top.
    y_axis = {"range": [len(boxes) - 0.4, -0.6], "type": "category"}
    figure = plain_figure(boxes, "fitted slope, one a seed (true 2)", "", x_axis, y_axis)
    figure["layout"] |= {"margin": {"l": 110, "r": 12, "t": 8, "b": 46}, "hovermode": "closest"}
    description = "; ".join(f"{LOSSES[each.loss].label} scatters by {number(each.spread)}" for each in spreads)
    panel = Panel("How the fitted slope scatters", f"Slopes over the seeds: {description}.", figure)
    return Replay([panel], [Entry(LOSSES[each.loss].label, LOSSES[each.loss].colour) for each in spreads])


def _box(spread: Spread) -> Trace:
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


def spread_rows(spreads: Sequence[Spread]) -> list[list[str]]:
    """The table's rows: spread, efficiency measured and in theory, one column a loss."""
    return [
        ["spread of the slope", *(f"{number(each.spread)} ± {number(each.standard_error, 2)}" for each in spreads)],
        [
            "efficiency against MSE",
            *(f"{number(each.efficiency)} ± {number(each.efficiency_error, 2)}" for each in spreads),
        ],
        ["the same in theory, many points", *(number(each.theory) if each.theory else "–" for each in spreads)],
    ]


def said(spreads: Sequence[Spread]) -> str:
    """Which loss scatters least, and from which others chance does not part it."""
    over = f"Over {len(spreads[0].slopes)} seeds"
    if len(spreads) == 1:
        return f"{over} {_label(spreads[0])} is alone: choose other losses to hold against it."
    best, runner_up, alike = contest(spreads)
    if alike:
        verdict = f"{_label(best)} scatters least, but is not distinguishable from {listed(list(map(_label, alike)))}"
    else:
        verdict = f"{_label(best)} is best: chance does not explain its lead over {_label(runner_up)}, the next"
    gain = f" To be as sure of the slope, MSE needs {number(best.efficiency)} times the points."
    return f"{over} {verdict}.{'' if 'mse' in {best.loss, *(each.loss for each in alike)} else gain}"


def short_words(spreads: Sequence[Spread]) -> list[str]:
    """Which losses stay below their theory; and why, of the one whose reason is known."""
    return [
        f"{_label(each)} stays at {number(each.efficiency)}, below the {number(each.theory or 0.0)} of theory, by more"
        f" than chance explains{FEW_POINTS if each.loss == 'mae' else '.'}"
        for each in short_of_theory(spreads)
    ]


def _label(spread: Spread) -> str:
    return LOSSES[spread.loss].label


EFFICIENCY = (
    f"Each seed draws {POINTS} points of the article's line with noise 1, and each loss trains its own line on them for"
    " 1,000 epochs. Efficiency is the variance of MSE's slopes divided by that of the loss; what follows ± is its"
    " standard error. The theory is for infinitely many points. All losses share their seeds: chance hits them alike."
)
# The exact optima of MAE were held against its trainings, and over more and fewer points; of no other loss.
FEW_POINTS = (
    f": {POINTS} points are few for it. Training is not the reason: the exact optima of the same points scatter as"
    " much."
)
