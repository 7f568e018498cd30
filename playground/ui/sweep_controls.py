"""What the visitor sweeps: axes, seeds, judge."""

from __future__ import annotations

import streamlit as st

from playground.experiment.relevance import reason_unused_by_all
from playground.experiment.view import View
from playground.sweeps import (
    JUDGES,
    find_judges,
    sweepable,
)
from playground.sweeps.settings import NONE, SweepSettings, list_axes, usual_range
from playground.text.numbers import plain
from playground.ui.controls import choice, slider, typed
from playground.ui.session import (
    change_settings,
    open_settings,
    prepare_widget,
    settings_key,
)
from playground.ui.widgets import explain, list_trained

UNVARIED = {"vary": "nothing but the seed", "against": "nothing else"}


def sweep_controls(view: View) -> None:
    """What is varied, how often, and by what it is judged."""
    sweeping = open_settings(SweepSettings)
    across, up, how = st.columns(3)
    with across:
        _draw_axis("vary", "Vary", sweeping, view)
    with up:
        _draw_axis("against", "And vary", sweeping, view)
    with how:
        slider("seeds", sweeping)
        judges = find_judges(view.experiment)
        key = settings_key(SweepSettings, "judge")
        prepare_widget(key, judges[0])
        if st.session_state[key] not in judges:
            st.session_state[key] = judges[0]
        st.selectbox(
            "Judge by",
            judges,
            key=key,
            format_func=lambda judge: JUDGES[judge].label,
            help="  \n".join(JUDGES[judge].described for judge in judges),
        )


def _draw_axis(axis: str, label: str, sweeping: SweepSettings, view: View) -> None:
    """One axis: the setting, the range, the scale and the number of steps."""
    key = settings_key(SweepSettings, axis)
    options = [NONE, *list_axes(view.task, getattr(sweeping, axis))]
    prepare_widget(key, getattr(sweeping, axis))
    st.selectbox(
        label,
        options,
        key=key,
        format_func=lambda setting: UNVARIED[axis] if setting == NONE else sweepable()[setting].label,
        on_change=_reset_axis_range,
        args=(axis,),
    )
    setting = getattr(sweeping, axis)
    if setting == NONE:
        return
    others = {sweeping.vary, sweeping.against} - {setting, NONE}
    explain("" if others else reason_unused_by_all(setting, list_trained(view)))  # another axis may give it an effect
    low, high, _ = usual_range(setting, view.experiment)
    left, right = st.columns(2)
    for column, end, label, usual in ((left, "from", "From", low), (right, "to", "To", high)):
        with column:
            typed(f"{axis}_{end}", sweeping, label=label, example=plain(float(f"{usual:.4g}")))
    slider(f"{axis}_steps", sweeping)
    choice(f"{axis}_scale", sweeping)


def _reset_axis_range(axis: str) -> None:
    """Another setting has another usual range."""
    chosen = st.session_state[settings_key(SweepSettings, axis)]
    change_settings(SweepSettings, **{axis: chosen, f"{axis}_from": None, f"{axis}_to": None, f"{axis}_scale": "usual"})
