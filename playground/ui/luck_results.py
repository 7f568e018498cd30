"""The losses at today's settings under several seeds: trained at once, drawn, and told in one sentence."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from playground.experiment.view import View
from playground.figures.seeds import find_seed, seeds_replay
from playground.sweeps import Swept
from playground.sweeps.luck import MORE_SEEDS, TRUST, answer_words, is_open, note_words, plan_seeds
from playground.sweeps.settings import SweepSettings
from playground.text.phrases import sentence
from playground.ui.html import prose
from playground.ui.live import Click, show
from playground.ui.navigation import HOMES, go_to_page
from playground.ui.session import change_settings, open_settings
from playground.ui.sweep_runs import run_sweep

MORE = "Ask {seeds} seeds"


def luck_results(view: View) -> None:
    """Is one loss better at these settings, or was it luck? The answer, then a dot a seed."""
    sweeping = open_settings(SweepSettings)
    if not view.experiments:
        st.info("Choose at least one loss in the settings.")
        return
    try:
        wanted = plan_seeds(sweeping, view.experiment, tuple(view.keys))
    except ValueError as error:
        show_refusal(error)
        return
    found = run_sweep(wanted)
    if found is not None and found.trained.any():
        _show_answer(found, sweeping.judged_by(view.experiment))


def show_refusal(error: ValueError) -> None:
    """Why a sweep cannot be done, without the frame that pydantic puts round its reasons."""
    reason = str(error)
    if isinstance(error, ValidationError):
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
    st.error(sentence(reason), icon=":material/straighten:")


def _show_answer(found: Swept, judge: str) -> None:
    def open_clicked(click: Click) -> None:
        place = find_seed(found, click.trace, click.point) if isinstance(click.point, int) else None
        if place is not None:
            view = View(found.sweep.at(place[1], place[0]), losses=found.sweep.losses)
            go_to_page(view, HOMES[view.task])

    st.html(prose(" ".join([answer_words(found, judge), *note_words(found, judge)])))
    show(seeds_replay(found, judge), key="seeds", epoch=None, on_click=open_clicked, pictures="seeds")
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_open(found, judge) and found.sweep.seeds < MORE_SEEDS:
            label = MORE.format(seeds=MORE_SEEDS)
            st.button(
                label, key="more_seeds", on_click=change_settings, args=(SweepSettings,), kwargs={"seeds": MORE_SEEDS}
            )
        st.caption(TRUST)
