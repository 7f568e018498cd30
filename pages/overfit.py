"""Overfit: a model that is too large for its data, and what each remedy does about it."""

import streamlit as st

from playground.pages.overfit import view as lab
from playground.pages.overfit.settings import OverfitSettings
from playground.ui import fragments as parts
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings
from playground.ui.tabs import show_tabs


@parts.controls
def side() -> None:
    lab.controls(open_settings(OverfitSettings))


with st.sidebar:
    side()

st.title("Overfit", anchor=False)
st.markdown(
    "A model with many parameters and few noisy points can learn the noise by heart: its error then falls on the points"
    " it is trained on and **rises on new ones**. Give it remedies, side by side, and see what each does to the curve,"
    " the gap and the weights."
)


@parts.results
def results() -> None:
    page = open_settings(OverfitSettings)
    warn_of_repairs(OverfitSettings)
    fits = lab.train_remedies(page)
    if fits is None:
        return
    lab.side_by_side_story(page, fits)
    stories = {
        "Weights": lambda: lab.weights(page, fits),
        "How strong?": lambda: lab.how_strong(page),
        "Outliers": lambda: lab.outliers(page),
        "What is a loss here?": lab.what_is_what,
    }
    show_tabs(stories, key="overfit_tab")


results()
