"""Gradients: how much of the error's message reaches the first layers of a deep network, and what helps it there."""

import streamlit as st

from playground.pages.gradients import view as lab
from playground.pages.gradients.settings import GradientsSettings
from playground.ui import fragments as parts
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings
from playground.ui.tabs import show_tabs


@parts.controls
def side() -> None:
    lab.controls(open_settings(GradientsSettings))


with st.sidebar:
    side()

st.title("Gradients", anchor=False)
st.markdown(
    "Training sends the error back from the last layer to the first, and each layer multiplies it by its slopes and"
    " weights. In a deep network it may **vanish** or **explode** on the way. Put networks side by side, scrub through"
    " their training, and try what helps."
)
lab.situations()


@parts.results
def results() -> None:
    networks = open_settings(GradientsSettings)
    warn_of_repairs(GradientsSettings)
    studies = lab.train_networks(networks)
    if not studies:
        return
    lab.side_by_side_story(networks, studies)
    stories = {
        "What is a loss here?": lab.what_is_what,
        "Remedies, tried": lambda: lab.remedies(networks),
        "Clipping, step by step": lambda: lab.exploding(networks),
        "Steady or chaotic?": lambda: lab.steadiness(networks, studies),
    }
    show_tabs(stories, key="gradients_tab")


results()
