"""Compare: losses under several seeds, sweeps with error bands, kept runs, and code to take along."""

import streamlit as st

from playground.experiment.view import View
from playground.export.kept import Kept
from playground.pages.compare.settings import CompareSettings
from playground.pages.compare.situations import SITUATIONS
from playground.pages.compare.view import comparison
from playground.pages.compare.words import INTRODUCTION, SWEEPS
from playground.sweeps.settings import SweepSettings
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.controls import draw_experiment_panel, mark_learning_rate
from playground.ui.downloads import take_away
from playground.ui.kept_runs import kept
from playground.ui.link_notices import warn_of_repairs
from playground.ui.luck_results import luck_results
from playground.ui.navigation import follow_button
from playground.ui.session import open_settings, open_view
from playground.ui.situations import draw_situations, show_what_to_look_at
from playground.ui.sweep_controls import sweep_controls
from playground.ui.sweep_results import sweep_results

view = open_view()
open_settings(SweepSettings)


@parts.controls
def side() -> None:
    draw_experiment_panel(view, SweepSettings, CompareSettings)


with st.sidebar:
    side()

st.title(_("Compare"), anchor=False)
st.markdown(_(INTRODUCTION))
draw_situations(SITUATIONS)


@parts.results
def results() -> None:
    follow_button()
    view = open_view()
    mine = kept()
    open_settings(SweepSettings)
    open_settings(CompareSettings)
    warn_of_repairs(View, Kept, SweepSettings, CompareSettings)
    show_what_to_look_at(SITUATIONS, view, open_settings(SweepSettings))
    luck_results(view)
    mark_learning_rate(view)
    diagnoses = comparison(view) if mine else []
    st.header(_("Vary a setting"), anchor=False)
    st.markdown(_(SWEEPS))
    sweep_controls(view)
    sweep_results(view)
    if not mine:
        comparison(view)
    take_away(view, diagnoses or [])


results()
