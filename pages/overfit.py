"""Overfit: a model that is too large for its data, and what each remedy does about it."""

import streamlit as st

from playground.pages.overfit import view as lab
from playground.pages.overfit.settings import OverfitSettings
from playground.pages.overfit.situations import SITUATIONS
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings
from playground.ui.situations import draw_situations, show_what_to_look_at
from playground.ui.tabs import Story, show_tabs


@parts.controls
def side() -> None:
    lab.controls(open_settings(OverfitSettings))


with st.sidebar:
    side()

st.title(_("Overfit"), anchor=False)
st.markdown(
    _(
        "Find out when a model memorises the noise, so that its error falls on the training points and **rises on"
        " new points**, and which remedy stops that."
    )
)
draw_situations(SITUATIONS)


@parts.results
def results() -> None:
    page = open_settings(OverfitSettings)
    warn_of_repairs(OverfitSettings)
    show_what_to_look_at(SITUATIONS, page=page)
    fits = lab.train_remedies(page)
    if fits is None:
        return
    lab.side_by_side_story(page, fits)
    stories = [
        Story("weights", _("Weights"), lambda: lab.weights(page, fits)),
        Story("strength", _("How strong?"), lambda: lab.how_strong(page)),
        Story("outliers", _("Outliers"), lambda: lab.outliers(page)),
        Story("what", _("What is a loss here?"), lab.what_is_what),
    ]
    show_tabs(stories, key="overfit_tab")


results()
