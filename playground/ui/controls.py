"""The controls: one widget for each setting, made from its declaration, in the three groups of the story."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st
from pydantic import BaseModel

from playground.experiment import CLIPPINGS, Experiment, settings
from playground.link import View
from playground.losses import LOSSES, losses_for
from playground.queries import Field, fields_of
from playground.settings import Choice, Number, Setting, Text
from playground.tables.groups import SOURCES_FOR
from playground.tables.optimizers import OPTIMIZERS
from playground.tables.sources import SOURCES
from playground.ui import parts
from playground.ui.icons import loss_icon, noise_icon, source_icon
from playground.ui.parts import reshape
from playground.ui.session import change, layer_key, settings_key

MAX_SHOWN_LAYERS = 3
STRAIGHT = {"regression": "a line", "classification": "logistic"}  # a model without hidden layers
SHAPING = ("degree", "initialiser", "normalisation", "residual", "dropout")

Holder = View | BaseModel  # what holds a setting: the experiment of a view, or a page's own settings


def data_controls(view: View) -> None:
    st.subheader("1 · Data", anchor=False)
    choice("dataset", view, source_icon, only=[*SOURCES_FOR[view.task]])
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


def model_controls(view: View, *, start: bool = True) -> None:
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
        _stops(settings()["hidden"], layer_key(place), hidden[place], label=label)
    if hidden:
        choice("activation", view)
    elif start and view.experiment.widths == (1, 1):
        start_controls(view)
    shaped = any(getattr(view.experiment, name) != getattr(Experiment(), name) for name in SHAPING)
    more = st.expander("Polynomials, start and normalisation", expanded=shaped, key="shaping", on_change=reshape)
    if not more.open:
        return
    with more:
        if view.experiment.dataset in SOURCES:
            slider("degree", view)
        if hidden:
            choice("initialiser", view)
            choice("normalisation", view, reshapes=True)
            switch("residual", view, reshapes=True)
            slider("dropout", view)


def start_controls(view: View) -> None:
    """Where the line starts: drawn from the seed, or two numbers."""
    chosen = view.experiment.start_slope is not None or view.experiment.start_intercept is not None
    more = st.expander("Start of the line", expanded=chosen, key="start", on_change=reshape)
    if more.open:
        left, right = more.columns(2)
        with left:
            typed("start_slope", view)
        with right:
            typed("start_intercept", view)


def training_controls(view: View) -> None:
    st.subheader("3 · Training", anchor=False)
    st.session_state.setdefault("losses", list(view.losses))
    st.pills(
        "Losses",
        losses_for(view.task),
        selection_mode="multi",
        key="losses",
        format_func=lambda key: f"{loss_icon(key)} {LOSSES[key].label}",
        help="  \n".join(f"**{LOSSES[key].label}**: {LOSSES[key].summary}" for key in losses_for(view.task)),
        on_change=reshape,
    )
    for name in dict.fromkeys(name for key in view.losses for name in LOSSES[key].parameters):
        slider(name, view)
    choice("optimizer", view, reshapes=True)
    for name in OPTIMIZERS[view.experiment.optimizer].settings:
        slider(name, view)
    slider("learning_rate", view)
    left, right = st.columns(2)
    with left:
        slider("epochs", view)
    with right:
        slider("batch_size", view, reshapes=True)
    if view.experiment.rows_per_batch < view.experiment.points:
        switch("shuffle", view)
    more = st.expander("Penalties and clipping", expanded=_is_penalised(view), key="penalties", on_change=reshape)
    if not more.open:
        return  # a closed expander's sliders would still cost the browser their share of every change
    with more:
        slider("l1", view)
        slider("l2", view)
        switch("proximal", view)
        for name in CLIPPINGS:
            slider(name, view, disabled=view.experiment.clipping not in ("", name), reshapes=True)


def choice(
    name: str,
    holder: Holder,
    icon: Callable[[str], str] | None = None,
    *,
    only: Sequence[str] = (),
    reshapes: bool = False,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Pills for one key of a table, or for several, each with its small picture if it has one.

    ``only`` names the keys that are offered, of all in the table; what is chosen is always offered, too. Pills answer
    ``None`` for a key that they do not have. ``reshapes``: see ``slider``.
    """
    field, value, key = _widget(name, holder)
    setting = field.setting
    assert isinstance(setting, Choice)
    st.session_state.setdefault(key, list(value) if field.many else value)
    chosen = [] if field.many else [st.session_state[key]]
    entries = {key: setting.options[key] for key in dict.fromkeys([*(only or setting.options), *chosen])}
    words = {key: getattr(entry, "label", entry) for key, entry in entries.items()}
    summaries = [f"**{entry.label}**: {entry.summary}" for entry in entries.values() if hasattr(entry, "summary")]
    pills: Any = st.pills  # whose overloads know no selection mode that is a variable
    pills(
        setting.label,
        list(entries),
        key=key,
        selection_mode="multi" if field.many else "single",
        required=not field.many,
        format_func=lambda key: f"{icon(key)} {words[key]}" if icon else words[key],
        help="  \n".join([setting.help, *summaries]),
        on_change=on_change or _touched(reshapes),
    )


def slider(
    name: str,
    holder: Holder,
    *,
    disabled: bool = False,
    reshapes: bool = False,
) -> None:
    """A slider over a number's stops. ``reshapes`` says that other controls come, go or change with it."""
    field, value, key = _widget(name, holder)
    _stops(field.setting, key, value, disabled=disabled, reshapes=reshapes)


def typed(name: str, holder: Holder, *, label: str | None = None) -> None:
    """A number or a text that is typed; a number that may be left empty is ``None`` then."""
    field, value, key = _widget(name, holder)
    setting = field.setting
    st.session_state.setdefault(key, value)
    if isinstance(setting, Text):
        st.text_input(label or setting.label, key=key, max_chars=setting.longest, help=setting.help or None)
        return
    assert isinstance(setting, Number)
    kind = int if field.whole else float
    low, high = kind(setting.low), kind(setting.high)
    step = None if field.whole or not setting.stops else round(setting.stops[1] - setting.stops[0], 10)
    form = None if field.whole else "%g"
    st.number_input(
        label or setting.label,
        low,
        high,
        key=key,
        value=None,
        step=step,
        format=form,
        help=setting.help,
        placeholder=setting.zero or None,
    )


def switch(name: str, holder: Holder, *, reshapes: bool = False) -> None:
    """A toggle for what is on or off."""
    field, value, key = _widget(name, holder)
    st.session_state.setdefault(key, value)
    st.toggle(field.setting.label, key=key, help=field.setting.help, on_change=_touched(reshapes))


@parts.controls
def log_switch(view: View) -> None:
    """Whether the loss curves have a logarithmic scale."""
    st.session_state.setdefault("log", view.log)
    st.toggle("Log scale for the loss", key="log")


def _widget(name: str, holder: Holder) -> tuple[Field, Any, str]:
    """A setting's declaration, its value, and the key of its widget: of the view's experiment or a page's own."""
    if isinstance(holder, View):
        return fields_of(Experiment)[name], getattr(holder.experiment, name), name
    model = type(holder)
    return fields_of(model)[name], getattr(holder, name), settings_key(model, name)


def _stops(
    setting: Setting,
    key: str,
    value: float,
    *,
    label: str | None = None,
    disabled: bool = False,
    reshapes: bool = False,
) -> None:
    assert isinstance(setting, Number)
    st.session_state.setdefault(key, value)
    # A link may name a value between the stops; it becomes a stop while it is chosen.
    stops = sorted({*map(type(value), setting.stops), st.session_state[key]})
    st.select_slider(
        label or setting.label,
        stops,
        key=key,
        format_func=setting.words,
        help=setting.help,
        disabled=disabled,
        on_change=_touched(reshapes),
    )


def seed(view: View) -> None:
    """The seed as a number, with a button that draws another."""
    setting = settings()["seed"]
    assert isinstance(setting, Number)
    st.session_state.setdefault("seed", view.experiment.seed)
    number_side, button_side = st.columns([3, 2], vertical_alignment="bottom")
    number_side.number_input(setting.label, setting.low, setting.high, key="seed", step=1, help=setting.help)
    button_side.button("New seed", on_click=lambda: change(seed=secrets.randbelow(10_000)), width="stretch")


def _touched(reshapes: bool) -> Callable[[], None] | Literal["rerun"]:
    """What a touch does: draw the part that its widget leads to, or the whole page."""
    return reshape if reshapes else "rerun"


def _is_penalised(view: View) -> bool:
    experiment = view.experiment
    return any((experiment.l1, experiment.l2, experiment.clipping))
