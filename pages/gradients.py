"""Gradients: how much of the error's message reaches the first layers of a deep network, and what helps it there."""

import streamlit as st

from playground.pages.gradients import view as lab
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.situations import SITUATIONS
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.link_notices import warn_of_repairs
from playground.ui.session import open_settings
from playground.ui.situations import draw_situations, show_what_to_look_at
from playground.ui.tabs import Story, show_tabs


@parts.controls
def side() -> None:
    lab.controls(open_settings(GradientsSettings))


with st.sidebar:
    side()

st.title(_("Gradients"), anchor=False)
st.markdown(
    _(
        "Find out how much of the gradient reaches the first layers of a deep network, where it **vanishes**,"
        " **explodes** or becomes 0, and which remedies help."
    )
)
draw_situations(SITUATIONS)


@parts.results
def results() -> None:
    networks = open_settings(GradientsSettings)
    warn_of_repairs(GradientsSettings)
    show_what_to_look_at(SITUATIONS, page=networks)
    studies = lab.train_networks(networks)
    if not studies:
        return
    lab.side_by_side_story(networks, studies)
    stories = [
        Story("what", _("What is a loss here?"), lab.what_is_what),
        Story("remedies", _("Remedies, tried"), lambda: lab.remedies(networks)),
        Story("clipping", _("Clipping, step by step"), lambda: lab.exploding(networks)),
        Story("steady", _("Sensitive to rounding?"), lambda: lab.steadiness(networks, studies)),
    ]
    show_tabs(stories, key="gradients_tab")


results()
