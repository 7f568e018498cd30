"""Landscape: the loss as a surface over the weights, the way training takes across it, and why it sometimes leaves."""

import streamlit as st

from playground.diagnosis import Diagnosis
from playground.experiment.view import View
from playground.pages.landscape.limits_view import limits
from playground.pages.landscape.settings import LandscapeSettings, list_racers
from playground.pages.landscape.situations import SITUATIONS
from playground.pages.landscape.step_view import step
from playground.pages.landscape.view import adapt_side_panel, race, surfaces
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.controls import choice, draw_experiment_panel, mark_learning_rate
from playground.ui.doctor import doctor
from playground.ui.jobs import trained
from playground.ui.kept_runs import keep_button
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings, open_view
from playground.ui.situations import draw_situations, show_what_to_look_at

view = open_view()
open_settings(LandscapeSettings)


@parts.controls
def side() -> None:
    draw_experiment_panel(view, LandscapeSettings, panel=adapt_side_panel(view, open_settings(LandscapeSettings)))


with st.sidebar:
    side()

st.title(_("Landscape"), anchor=False)
st.markdown(
    _(
        "Find out where each loss has its minimum, which path training takes across its landscape, and why some"
        " trainings diverge."
    )
)
draw_situations(SITUATIONS)


@parts.results
def results() -> None:
    view, settings = open_view(), open_settings(LandscapeSettings)
    warn_of_repairs(View, LandscapeSettings)
    show_what_to_look_at(SITUATIONS, view, settings)
    choice("story", settings, reshapes=True)
    diagnoses: list[Diagnosis] | None = None
    if not view.experiments:
        st.info(_("Choose at least one loss in the settings."))
    elif settings.story == "race":
        race(view, settings)
    elif diagnoses := trained(tuple(view.experiments)):
        {"surfaces": surfaces, "limits": limits, "step": step}[settings.story](view, settings, diagnoses)
    mark_learning_rate(view, adapt_side_panel(view, settings))
    shown = list_racers(view.experiment, settings) if settings.story == "race" else view.experiments
    if view.experiments and shown:
        keep_button(shown, "landscape")
    if diagnoses:
        doctor(view, diagnoses)


results()
