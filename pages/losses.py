"""Losses: what a loss is, checked before your eyes."""

import streamlit as st

from playground.figures.replay import Replay
from playground.losses import LOSSES
from playground.pages.losses import view as lab
from playground.pages.losses.cross_check_view import one_number
from playground.pages.losses.figures import curve_panels, name_losses
from playground.pages.losses.noise_view import noise_story
from playground.pages.losses.settings import LossesSettings
from playground.pages.losses.situations import SITUATIONS
from playground.text.language import _
from playground.theory.properties import find_properties
from playground.ui import fragments as parts
from playground.ui.link_notices import warn_of_repairs
from playground.ui.live import show
from playground.ui.navigation import follow_button
from playground.ui.session import open_settings, open_view
from playground.ui.situations import draw_situations, show_what_to_look_at
from playground.ui.tabs import Story, show_tabs


@parts.controls
def side() -> None:
    lab.controls(open_view(), open_settings(LossesSettings))


with st.sidebar:
    side()

st.title(_("Losses"), anchor=False)
st.markdown(
    _(
        "Find out what an error **costs** under each loss, how hard it **pulls** on the model, and which properties"
        " each loss has."
    )
)
draw_situations(SITUATIONS)


@parts.results
def results() -> None:
    follow_button()
    view, settings = open_view(), open_settings(LossesSettings)
    warn_of_repairs(LossesSettings)
    show_what_to_look_at(SITUATIONS, view, settings)
    if not settings.keys:
        st.info(_("Choose at least one loss in the settings."))
        return
    parameters = {key: view.experiment.replace(loss=key).parameters for key in settings.keys}
    found = {key: find_properties(LOSSES[key], settings.truth, tuple(parameters[key].items())) for key in settings.keys}
    panels, legend = curve_panels(settings.keys, parameters, settings.curve_axis, found)
    show(Replay(panels, legend, caption=name_losses(parameters)), key="curves", epoch=None)
    parts.charts_first()
    lab.offer_training(settings)
    stories = [
        Story("properties", _("Properties"), lambda: lab.properties(settings, found)),
        Story("formulas", _("Formulas"), lambda: lab.formulas(settings.keys)),
        Story("one_number", _("Four ways to one number"), lambda: one_number(view, settings)),
    ]
    if settings.task == "regression":  # labels have no constant that fits them, and no noise about a line
        stories.append(Story("fit", _("What does it fit?"), lambda: lab.constants(view, settings, "constants")))
        stories.append(Story("noise", _("Noise and its loss"), lambda: noise_story(view, settings)))
    show_tabs(stories, key="lab_tab")


results()
