"""The controls: one widget for each setting, made from its declaration, in the three groups of the story.

A control whose setting has no effect is disabled, and says why. One that would not be shown at all without an effect
is shown all the same if its value is not the usual one: a link can set every value, and none may hide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from playground.experiment import Experiment, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.relevance import reason_unused_by_all
from playground.experiment.setting import Choice, Switch
from playground.experiment.view import View
from playground.losses import LOSSES, losses_for
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import DATASETS_FOR
from playground.tables.optimizers import OPTIMIZERS
from playground.ui import fragments as parts
from playground.ui.fragments import reshape
from playground.ui.icons import loss_icon, noise_icon, source_icon
from playground.ui.session import FIELDS, change_experiment, layer_key
from playground.ui.widgets import (
    choice,
    explain,
    is_changed,
    list_trained,
    number_stops,
    seed,
    slider,
    switch,
    typed,
)

MAX_SHOWN_LAYERS = 3
STRAIGHT = {"regression": "a line", "classification": "logistic"}  # a model without hidden layers
PENALTIES = ("l1", "l2", "proximal", *CLIPPINGS)
SHAPING = ("degree", "initialiser", "normalisation", "residual", "dropout")

# Settings whose controls are always shown, disabled where they have no effect; all others only where they have one.
PLACED = (
    "standardise",
    "seed",
    "initialiser",
    "proximal",
    *CLIPPINGS,
    "optimizer",
    "learning_rate",
)


@dataclass(frozen=True)
class Panel:
    """What a page does with the side panel, where it is not the usual: train one experiment for each chosen loss.

    ``experiments`` are those that it trains instead. ``reasons`` says of ``losses`` or a setting why the page does not
    use it.
    """

    experiments: tuple[Experiment, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def draw_data_controls(view: View) -> None:
    st.subheader("1 · Data", anchor=False)
    choice("dataset", view, source_icon, only=[*DATASETS_FOR[view.task]])
    choice("noise_shape", view, noise_icon)
    left, right = st.columns(2)
    with left:
        slider("noise", view)
        slider("outliers", view)
    with right:
        slider("points", view)
        slider("outlier_size", view)
    switch("standardise", view)
    seed(view)


def draw_model_controls(view: View, *, start: bool = True) -> None:
    """The layers; and where a line starts, unless the page asks for that itself."""
    st.subheader("2 · Model", anchor=False)
    hidden = view.experiment.hidden
    most = max(MAX_SHOWN_LAYERS, len(hidden))
    st.session_state.setdefault("layers", len(hidden))
    st.segmented_control(
        "Hidden layers",
        range(most + 1),
        key="layers",
        required=True,
        format_func=lambda layers: f"none: {STRAIGHT[view.task]}" if layers == 0 else str(layers),
        help="The article's model is one unit, a straight line. Hidden layers let it bend.",
        on_change=reshape,
    )
    equal = view.experiment.is_deep
    for place in range(min(len(hidden), 1) if equal else len(hidden)):
        label = "Units in each layer" if equal else f"Units in layer {place + 1}"
        number_stops(settings()["hidden"], layer_key(place), hidden[place], label=label)
    if hidden:
        choice("activation", view)
    elif start and view.experiment.is_line:
        draw_start_controls(view)
    shaped = any(is_changed(name, view) for name in SHAPING if hidden or name in ("degree", "initialiser"))
    more = st.expander("Polynomials, start and normalisation", expanded=shaped, key="shaping", on_change=reshape)
    if not more.open:
        return
    with more:
        if view.experiment.dataset in TRUE_FUNCTIONS:
            slider("degree", view)
        choice("initialiser", view)
        if hidden:
            choice("normalisation", view, reshapes=True)
            switch("residual", view, reshapes=True)
            slider("dropout", view)


def draw_start_controls(view: View) -> None:
    """Where the line starts: drawn from the seed, or two numbers."""
    chosen = view.experiment.start_slope is not None or view.experiment.start_intercept is not None
    more = st.expander("Start of the line", expanded=chosen, key="start", on_change=reshape)
    if more.open:
        left, right = more.columns(2)
        with left:
            typed("start_slope", view)
        with right:
            typed("start_intercept", view)


def draw_training_controls(view: View, panel: Panel = Panel()) -> None:
    """The losses, the optimizer and its steps; then what has no effect here but is not as usual."""
    st.subheader("3 · Training", anchor=False)
    experiments = panel.experiments or list_trained(view)
    st.session_state.setdefault("losses", list(view.losses))
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
    for name in dict.fromkeys(name for each in experiments for name in each.parameters):
        slider(name, view, unused="")
    choice("optimizer", view, reshapes=True, unused=panel.reasons.get("optimizer"))
    for name in dict.fromkeys(name for each in experiments for name in OPTIMIZERS[each.optimizer].settings):
        slider(name, view, unused="")
    slider("learning_rate", view, unused=panel.reasons.get("learning_rate"))
    left, right = st.columns(2)
    with left:
        slider("epochs", view)
    with right:
        slider("batch_size", view, reshapes=True)
    if view.experiment.rows_per_batch < view.experiment.points:
        switch("shuffle", view)
    draw_penalty_controls(view)
    draw_idle_controls(view, experiments)


def draw_penalty_controls(view: View) -> None:
    penalised = any(is_changed(name, view) for name in PENALTIES)
    more = st.expander("Penalties and clipping", expanded=penalised, key="penalties", on_change=reshape)
    if not more.open:
        return  # a closed expander's sliders would still cost the browser their share of every change
    with more:
        slider("l1", view)
        slider("l2", view)
        switch("proximal", view)
        for name in CLIPPINGS:
            slider(name, view)


def draw_idle_controls(view: View, experiments: Sequence[Experiment]) -> None:
    """The settings that have no effect, have no place above, and are not as usual: each with the reason."""
    shape_of_noise = ("noise_shape", "outlier_size") if view.task == "regression" else ()
    placed_above = {*PLACED, *shape_of_noise, *(("residual",) if view.experiment.hidden else ())}
    names = [name for name in FIELDS if name not in placed_above and is_changed(name, view)]
    reasons = {name: reason_unused_by_all(name, experiments) for name in names}
    idle = {name: reason for name, reason in reasons.items() if reason}
    if not idle:
        return
    st.subheader("Without effect", anchor=False)
    st.button("Set these to their usual values", on_click=_reset_settings, args=(tuple(idle),))
    for name, reason in idle.items():
        _draw_control(name, view, reason)


def _reset_settings(names: Sequence[str]) -> None:
    """A button's callback."""
    change_experiment(**{name: getattr(Experiment(), name) for name in names})


def _draw_control(name: str, view: View, reason: str) -> None:
    """A control of the kind that the setting is."""
    setting = settings()[name]
    if isinstance(setting, Choice):
        choice(name, view, unused=reason)
    elif isinstance(setting, Switch):
        switch(name, view, unused=reason)
    elif getattr(Experiment(), name) is None:
        typed(name, view, unused=reason)
    else:
        slider(name, view, unused=reason)


@parts.controls
def draw_log_switch(view: View) -> None:
    """Whether the loss curves have a logarithmic scale."""
    st.session_state.setdefault("log", view.log)
    st.toggle("Log scale for the loss", key="log")
