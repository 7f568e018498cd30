"""The side panel: four knobs, and folds for everything else, each setting with a widget made from its declaration.

A control whose setting has no effect is disabled, and says why. One that would not be shown at all without an effect
is shown all the same if its value is not the usual one: a link can set every value, and none may hide. A closed fold
names its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from playground.experiment.query import PageSettings, find_fields
from playground.experiment.setting_words import brief_words
from playground.experiment.view import View
from playground.losses import LOSSES, losses_for
from playground.theory.rate_marks import group_rates
from playground.theory.stable_rate import is_limit_exact, largest_stable_rate, never_settles_exactly
from playground.ui import fragments as parts
from playground.ui.experiment_folds import USUAL, draw_idle_controls, list_folds
from playground.ui.experiment_folds import Panel as Panel
from playground.ui.experiment_folds import draw_sliders as draw_sliders
from playground.ui.folds import Fold, draw_folds
from playground.ui.fragments import reshape
from playground.ui.furnishing import furnish_controls, show_rate_marks
from playground.ui.html import loss_line
from playground.ui.icons import loss_icon
from playground.ui.session import prepare_widget
from playground.ui.widgets import choice as choice  # pages ask here for every kind of control
from playground.ui.widgets import explain, list_trained
from playground.ui.widgets import seed as seed
from playground.ui.widgets import slider as slider
from playground.ui.widgets import switch as switch
from playground.ui.widgets import typed as typed

KNOB_OF_DATA = {"regression": "noise", "classification": "overlap"}


def draw_experiment_panel(view: View, *models: type[PageSettings], panel: Panel = USUAL) -> None:
    """The side panel of a page that trains one experiment for each loss."""
    left, right = st.columns(2)
    with left:
        slider(KNOB_OF_DATA[view.task], view)
    with right:
        slider("epochs", view)
    slider("learning_rate", view, unused=panel.reasons.get("learning_rate"))
    _draw_losses(view, panel)
    draw_folds(list_folds(view, panel))
    draw_idle_controls(view, panel.experiments or list_trained(view))
    furnish_controls(*models)


def finish_panel(folds: Sequence[Fold], *models: type[PageSettings]) -> None:
    """What follows the knobs of any page: folds for the rest. ``models`` are the page's own settings."""
    draw_folds(folds)
    furnish_controls(*models)


def mark_learning_rate(view: View, panel: Panel = USUAL) -> None:
    """The largest stable rates as marks on the slider, for the results of a page, which follow every touch."""
    if "learning_rate" in panel.reasons:
        return
    experiments = panel.experiments or list_trained(view)
    limits = [(each.loss, largest_stable_rate(each), is_limit_exact(each)) for each in experiments]
    restless = [each.loss for each in experiments if never_settles_exactly(each)]
    show_rate_marks("learning_rate", group_rates(limits), restless)


def _draw_losses(view: View, panel: Panel) -> None:
    prepare_widget("losses", list(view.losses))
    st.pills(
        "Losses",
        losses_for(view.task),
        selection_mode="multi",
        key="losses",
        format_func=lambda key: f"{loss_icon(key)} {LOSSES[key].label}",
        help="  \n".join(f"**{LOSSES[key].label}**: {LOSSES[key].summary}" for key in losses_for(view.task)),
        disabled="losses" in panel.reasons,
        on_change=reshape,
    )
    explain(panel.reasons.get("losses", ""))
    draw_summaries(view.keys)


def draw_summaries(keys: Sequence[str]) -> None:
    """The one line of each chosen loss, under its stroke in the charts."""
    if keys:
        st.html(f'<div class="chosen-losses">{"".join(loss_line(LOSSES[key]) for key in keys)}</div>')


def make_page_fold(key: str, title: str, page: PageSettings, names: Sequence[str], draw: Callable[[], None]) -> Fold:
    """A fold over some of a page's own settings."""
    fields = find_fields(type(page))
    values = [brief_words(fields[name].setting, fields[name].get_value(page)) for name in names]
    return Fold(key, title, [words.removeprefix(f"{title} ") for words in values], draw)


@parts.controls
def draw_log_switch(view: View) -> None:
    """Whether the loss curves have a logarithmic scale."""
    prepare_widget("log", view.log)
    st.toggle("Log scale", key="log")
