"""Compare: keep runs, sweep thousands, judge with error bands, and leave with code."""

import streamlit as st

from playground.experiment.view import View
from playground.export.kept import Kept
from playground.pages.compare.settings import CompareSettings
from playground.pages.compare.view import comparison
from playground.sweeps.settings import SweepSettings
from playground.ui import fragments as parts
from playground.ui.controls import draw_experiment_panel, mark_learning_rate
from playground.ui.downloads import take_away
from playground.ui.kept_runs import kept
from playground.ui.link_notices import warn_of_repairs
from playground.ui.navigation import follow_button
from playground.ui.session import open_settings, open_view
from playground.ui.sweep_controls import sweep_controls
from playground.ui.sweep_results import sweep_results

view = open_view()


@parts.controls
def side() -> None:
    draw_experiment_panel(view, SweepSettings, CompareSettings)


with st.sidebar:
    side()

st.title("Compare", anchor=False)
st.markdown(
    "Find out whether one loss is really better than another: over many **seeds**, over a range of any setting, or run"
    " by run. All of it goes with you as code."
)


@parts.results
def results() -> None:
    follow_button()
    view = open_view()
    kept()
    open_settings(SweepSettings)
    open_settings(CompareSettings)
    warn_of_repairs(View, Kept, SweepSettings, CompareSettings)
    diagnoses = comparison(view)
    mark_learning_rate(view)
    st.subheader("Sweep", anchor=False)
    st.markdown(
        "Everything else is as in the side panel. Every loss is trained under the same seeds. Classifiers have a sweep"
        " of their own, on the page Classify."
    )
    sweep_controls(view)
    sweep_results(view)
    take_away(view, diagnoses or [])


results()
