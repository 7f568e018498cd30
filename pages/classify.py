"""Classify: cross-entropy on real work, next to the losses it is compared with."""

import streamlit as st

from playground.experiment.view import View
from playground.pages.classify import view as lab
from playground.pages.classify.settings import ClassifySettings
from playground.pages.classify.situations import SITUATIONS
from playground.sweeps.settings import SweepSettings
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.controls import draw_experiment_panel, draw_log_switch, mark_learning_rate
from playground.ui.downloads import take_away
from playground.ui.link_notices import warn_of_repairs
from playground.ui.navigation import follow_button
from playground.ui.session import open_settings, open_view
from playground.ui.situations import draw_situations, show_what_to_look_at
from playground.ui.tabs import Story, show_tabs

TASK = "classification"
view, settings = open_view(TASK), open_settings(ClassifySettings)
open_settings(SweepSettings)


@parts.controls
def side() -> None:
    draw_experiment_panel(view, ClassifySettings, SweepSettings)


with st.sidebar:
    side()

st.title(_("Classify"), anchor=False)
st.markdown(
    _(
        "Find out which loss separates two labels best, and which **probabilities** can be trusted. Each loss trains"
        " its own model on the same labelled points."
    )
)
draw_situations(SITUATIONS, lambda: draw_log_switch(view))


@parts.results
def results() -> None:
    follow_button()
    view, settings = open_view(TASK), open_settings(ClassifySettings)
    warn_of_repairs(View, ClassifySettings, SweepSettings)
    show_what_to_look_at(SITUATIONS, view, settings)
    if not view.experiments:
        st.info(_("Choose at least one loss in the settings."))
        return
    found = lab.train_chosen(view)
    if not found:
        return
    lab.maps(found, view, settings)
    mark_learning_rate(view)
    stories = [
        Story("why", _("Why cross-entropy"), lambda: lab.why_cross_entropy(settings)),
        Story("calibration", _("Calibration"), lambda: lab.calibration(found, view)),
        Story("logits", _("From formula to logits"), lab.stability),
        Story("separable", _("Separable data"), lab.separable),
        Story("sweep", _("Sweep"), lambda: lab.sweep(view)),
        Story("take_away", _("Take away"), lambda: take_away(view, [], elsewhere=True)),
    ]
    show_tabs(stories, key="classify_tab")


results()
