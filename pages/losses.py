"""Losses: what a loss is, checked before your eyes."""

import streamlit as st

from playground.experiment.view import write_link
from playground.figures.replay import Replay
from playground.losses import LOSSES
from playground.pages.losses import view as lab
from playground.pages.losses.cross_check_view import one_number
from playground.pages.losses.figures import curve_panels
from playground.pages.losses.noise_view import noise_story
from playground.pages.losses.settings import write_shown
from playground.theory.properties import find_properties
from playground.ui import fragments as parts
from playground.ui.live import show
from playground.ui.session import follow, open_view
from playground.ui.tabs import tell


@parts.controls
def side() -> None:
    lab.controls(open_view(), lab.open_shown())


with st.sidebar:
    side()

st.title("Losses", anchor=False)
st.markdown(
    "A loss turns an error into a cost. Overlay a few: what an error **costs**, how hard it **pulls** on the model, and"
    " whether the loss keeps what is promised of it. All is computed from the functions that train the models."
)


@parts.results
def results() -> None:
    follow()
    view, shown = open_view(), lab.open_shown()
    for notice in lab.shown_notices():
        st.warning(f"In the link, {notice}", icon=":material/build:")
    if not shown.keys:
        st.info("Choose at least one loss, on the left.")
        return
    parameters = {key: view.experiment.replace(loss=key).parameters for key in shown.keys}
    found = {key: find_properties(LOSSES[key], shown.truth, tuple(parameters[key].items())) for key in shown.keys}
    panels, legend = curve_panels(shown.keys, parameters, shown.sight, found)
    link = {**write_link(view), **write_shown(shown)}
    show(Replay(panels, legend), key="curves", epoch=None, link=link)
    parts.charts_first()
    lab.train_them(shown)
    stories = {
        "Properties": lambda: lab.properties(shown, found),
        "Formulas": lambda: lab.formulas(shown.keys),
        "Four ways to one number": lambda: one_number(view, shown),
    }
    if shown.task == "regression":  # labels have no constant that fits them, and no noise about a line
        stories["What does it fit?"] = lambda: lab.constants(view, shown, "constants", link)
        stories["Noise and its loss"] = lambda: noise_story(view, shown, link)
    tell(stories, key="lab_tab")


results()
