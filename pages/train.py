"""Train: choose losses, and see how each of them fits the same data from the same start."""

import streamlit as st

from playground.experiment.presets import FIRST_SCENE, write_train_link
from playground.experiment.view import View
from playground.figures.training import training_replay
from playground.pages.train.situations import SITUATIONS
from playground.pages.train.view import heading, report
from playground.text.language import _
from playground.ui import fragments as parts
from playground.ui.address import declare_part
from playground.ui.controls import draw_experiment_panel, mark_learning_rate
from playground.ui.jobs import trained
from playground.ui.kept_runs import keep_button
from playground.ui.link_notices import warn_of_repairs
from playground.ui.live import show
from playground.ui.navigation import follow_button
from playground.ui.session import is_first_scene, open_view
from playground.ui.situations import show_what_to_look_at

view = open_view(scene=FIRST_SCENE)


@parts.controls
def side() -> None:
    draw_experiment_panel(view)


with st.sidebar:
    side()

heading(view)


@parts.results
def results() -> None:
    follow_button()
    view = open_view()
    declare_part("view", write_train_link(view))
    warn_of_repairs(View)
    if not view.experiments:
        st.info(_("Choose at least one loss in the settings."))
    elif diagnoses := trained(tuple(view.experiments)):
        show_what_to_look_at(SITUATIONS, view)
        replay = training_replay(diagnoses, log=view.log)
        show(replay, key="train", epoch=view.epoch, keeps_epoch=True, autoplay=is_first_scene(view))
        parts.charts_first()
        mark_learning_rate(view)
        keep_button(view.experiments, "train")
        report(view, diagnoses)


results()
