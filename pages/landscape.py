"""Landscape: the loss as a surface over the weights, the way training takes across it, and why it sometimes leaves."""

import streamlit as st

from playground.experiment.view import View, write_link
from playground.pages.landscape.limits_view import limits
from playground.pages.landscape.settings import LandscapeSettings, list_racers
from playground.pages.landscape.step_view import step
from playground.pages.landscape.view import adapt_side_panel, race, surfaces
from playground.ui import fragments as parts
from playground.ui.controls import choice, draw_data_controls, draw_model_controls, draw_training_controls
from playground.ui.doctor import doctor
from playground.ui.icons import loss_icon
from playground.ui.jobs import trained
from playground.ui.kept_runs import keep_button
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings, open_view

view = open_view()
open_settings(LandscapeSettings)


@parts.controls
def side() -> None:
    draw_data_controls(view)
    settings = open_settings(LandscapeSettings)
    draw_model_controls(view, start=settings.story != "surfaces")
    draw_training_controls(view, adapt_side_panel(view, settings))


with st.sidebar:
    side()

st.title("Landscape", anchor=False)
st.markdown(
    "A loss is a landscape over the weights of the model, and training walks down in it. See each loss's own landscape,"
    " the way that was taken, and why some trainings leave for infinity."
)


@parts.results
def results() -> None:
    view, settings = open_view(), open_settings(LandscapeSettings)
    warn_of_repairs(View, LandscapeSettings)
    choice("story", settings, reshapes=True)
    if settings.story in ("race", "limits"):
        choice("focus", settings, loss_icon, reshapes=True)
    link = {**write_link(view), **settings.write_link()}
    if not view.experiments:
        st.info("Choose at least one loss, on the left under Training.")
    elif settings.story == "race":
        race(view, settings, link)
    elif diagnoses := trained(tuple(view.experiments)):
        {"surfaces": surfaces, "limits": limits, "step": step}[settings.story](view, settings, link, diagnoses)
        doctor(view, diagnoses)
    shown = list_racers(view.experiment, settings) if settings.story == "race" else view.experiments
    if view.experiments and shown:
        keep_button(shown, "landscape")


results()
