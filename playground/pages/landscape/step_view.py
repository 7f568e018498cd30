"""A story of the Landscape page: one step of the training, slowly."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.diagnosis import Diagnosis
from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.landscape.settings import LandscapeSettings
from playground.pages.landscape.single_step import Step, can_be_slowed, find_step
from playground.pages.landscape.step_figures import pull_replay
from playground.pages.landscape.step_formulas import formulas
from playground.pages.landscape.words import PULLS, alike_words, missing_words, pull_words
from playground.text.numbers import number
from playground.ui.controls import choice, slider
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.icons import loss_icon
from playground.ui.live import show


def step(view: View, settings: LandscapeSettings, diagnoses: Sequence[Diagnosis]) -> None:
    """One update in slow motion, under each chosen loss."""
    slowed = [each for each in diagnoses if can_be_slowed(each.run)]
    if not slowed:
        st.info("This story needs a straight line that sees all points in every step: no hidden layers, no batches.")
        return
    slider("step", settings)
    chosen = min(settings.step, min(each.run.epochs for each in slowed))
    if chosen < settings.step:
        st.caption(f"The training has {chosen:,} steps: the last one is shown.")
    steps = [found for each in slowed if (found := find_step(each.run, chosen))]
    if not steps:
        st.info("By this step the weights have diverged (NaN or infinity). Choose an earlier step.")
        return
    if len(steps) < len(slowed):
        st.caption(missing_words([each.run.experiment for each in slowed], steps))
    show(pull_replay(steps), key="step_pulls", epoch=None)
    st.html(wide(section(f"The hardest pulls in step {chosen:,}", _tabulate_pulls(steps), prose(*alike_words(steps)))))
    shown = next((each for each in steps if each.experiment.loss == settings.focus), steps[0])
    choice("focus", settings, loss_icon, only=[each.experiment.loss for each in steps])
    if shown.experiment.loss != settings.focus:
        st.caption(
            f"{LOSSES[settings.focus].label} is not among the losses of this step: these are the formulas of another."
        )
    for title, formula in formulas(shown):
        st.markdown(title)
        st.latex(formula)
    st.html(prose(PULLS, small=True))


def _tabulate_pulls(steps: Sequence[Step]) -> str:
    """The points that pull hardest under any loss, and how hard under each."""
    places = sorted({int(place) for each in steps for place in each.by_strength[:2]})
    head = ["", *(loss_name(LOSSES[each.experiment.loss]) for each in steps)]
    rows = [
        [
            f"x = {number(float(steps[0].x[place]))}, y = {number(float(steps[0].y[place]))}",
            *(pull_words(each, place) for each in steps),
        ]
        for place in places
    ]
    return table(head, rows)
