"""Overfit: a model that is too large for its data, and what each remedy does about it."""

import streamlit as st

from playground.overfit.settings import Overfitting
from playground.ui import overfit_lab as lab
from playground.ui import parts
from playground.ui.session import open_settings


@parts.controls
def side() -> None:
    lab.controls(open_settings(Overfitting))


with st.sidebar:
    side()

st.title("Overfit", anchor=False)
st.markdown(
    "A model with many parameters and few noisy points learns the noise by heart: its error falls on the points it is"
    " trained on and **rises on new ones**. Give it remedies, side by side, and see what each does to the curve, the"
    " gap and the weights."
)


@parts.results
def results() -> None:
    page = open_settings(Overfitting)
    lab.mended()
    fits = lab.results_of(page)
    if not fits:
        return
    lab.side_by_side_story(page, fits)
    stories = {
        "Weights": lambda: lab.weights(page, fits),
        "How strong?": lambda: lab.how_strong(page),
        "Outliers": lambda: lab.outliers(page),
        "What is a loss here?": lab.what_is_what,
    }
    tabs = st.tabs(list(stories), key="overfit_tab", on_change="rerun")
    for tab, story in zip(tabs, stories.values(), strict=True):
        if tab.open:
            with tab:
                story()


results()
