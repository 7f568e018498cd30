"""One widget for each setting, made from its declaration; where the setting has no effect, disabled with the reason."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from playground.experiment import Experiment, settings
from playground.experiment.query import Field, PageSettings, find_fields
from playground.experiment.relevance import reason_unused_by_all
from playground.experiment.setting import Choice, Number, Setting, Text
from playground.experiment.view import FIRST, View
from playground.ui.fragments import reshape
from playground.ui.furnishing import describe_help, note_slider
from playground.ui.session import prepare_widget, read_views_at_touch, settings_key

NEW_SEEDS = 10_000

Touch = Callable[[], None] | Literal["rerun"]
Holder = View | PageSettings  # what holds a setting: the experiment of a view, or a page's own settings


def choice(
    name: str,
    holder: Holder,
    icon: Callable[[str], str] | None = None,
    *,
    only: Sequence[str] = (),
    reshapes: bool = False,
    unused: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Pills for one key of a table, or for several, each with its small picture if it has one.

    ``only`` names the keys that are offered, of all in the table; what is chosen is always offered, too. Pills answer
    ``None`` for a key that they do not have. ``reshapes`` and ``unused``: see ``slider``.
    """
    reason = _find_reason(name, holder, unused)
    field, value, key = _describe_widget(name, holder)
    setting = field.setting
    assert isinstance(setting, Choice)
    prepare_widget(key, list(value) if field.many else value)
    chosen = [] if field.many else [st.session_state[key]]
    entries = {key: setting.options[key] for key in dict.fromkeys([*(only or setting.options), *chosen])}
    words = {key: getattr(entry, "label", entry) for key, entry in entries.items()}
    pills: Any = st.pills  # whose overloads know no selection mode that is a variable
    pills(
        setting.label,
        list(entries),
        key=key,
        selection_mode="multi" if field.many else "single",
        required=not field.many,
        format_func=lambda key: f"{icon(key)} {words[key]}" if icon else words[key],
        help=describe_help(setting, list(entries)),
        disabled=bool(reason),
        on_change=on_change or _choose_callback(holder, reshapes),
    )
    explain(reason)


def slider(
    name: str, holder: Holder, *, disabled: bool = False, reshapes: bool = False, unused: str | None = None
) -> None:
    """A slider over a number's stops.

    ``reshapes`` says that other controls come, go or change with it. ``unused`` is why the setting has no effect, empty
    if it has one; without it, the experiment is asked.
    """
    field, value, key = _describe_widget(name, holder)
    reason = _find_reason(name, holder, unused)
    number_stops(
        field.setting, key, value, disabled=disabled or bool(reason), on_change=_choose_callback(holder, reshapes)
    )
    explain(reason)


def typed(
    name: str, holder: Holder, *, label: str | None = None, example: str | None = None, unused: str | None = None
) -> None:
    """A number or a text that is typed; a number that may be left empty is ``None`` then, and shows an ``example``."""
    field, value, key = _describe_widget(name, holder)
    reason = _find_reason(name, holder, unused)
    setting = field.setting
    prepare_widget(key, value)
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
        placeholder=example or setting.zero or None,
        disabled=bool(reason),
        on_change=_choose_callback(holder, False),
    )
    explain(reason)


def switch(name: str, holder: Holder, *, reshapes: bool = False, unused: str | None = None) -> None:
    """A toggle for what is on or off. ``unused``: see ``slider``."""
    field, value, key = _describe_widget(name, holder)
    reason = _find_reason(name, holder, unused)
    prepare_widget(key, value)
    st.toggle(
        field.setting.label,
        key=key,
        help=field.setting.help,
        disabled=bool(reason),
        on_change=_choose_callback(holder, reshapes),
    )
    explain(reason)


def seed(holder: Holder) -> None:
    """The seed as a number, with a button that draws another."""
    field, value, key = _describe_widget("seed", holder)
    setting = field.setting
    assert isinstance(setting, Number)
    reason = _find_reason("seed", holder, None)
    prepare_widget(key, value)
    number_side, button_side = st.columns([3, 2], vertical_alignment="bottom")
    number_side.number_input(
        setting.label, setting.low, setting.high, key=key, step=1, help=setting.help, disabled=bool(reason)
    )
    button_side.button(
        "New seed", key="new_seed", on_click=_draw_seed, args=(key,), width="stretch", disabled=bool(reason)
    )
    explain(reason)


def _draw_seed(key: str) -> None:
    """A button's callback."""
    st.session_state[key] = secrets.randbelow(NEW_SEEDS)
    reshape()


def explain(reason: str) -> None:
    """Under a disabled control: why it is."""
    if reason:
        st.caption(f"No effect here: {reason}")


def is_changed(name: str, view: View) -> bool:
    """Whether a setting is not what its task begins with, nor what an experiment begins with."""
    usual = FIRST[view.task].experiment, Experiment()
    return getattr(view.experiment, name) not in [getattr(each, name) for each in usual]


def list_trained(view: View) -> list[Experiment]:
    """What a view trains: one experiment a loss; its own where no loss is chosen."""
    return view.experiments or [view.experiment]


def _describe_widget(name: str, holder: Holder) -> tuple[Field, Any, str]:
    """A setting's declaration, its value, and the key of its widget: of the view's experiment or a page's own."""
    if isinstance(holder, View):
        return find_fields(Experiment)[name], getattr(holder.experiment, name), name
    model = type(holder)
    field = find_fields(model)[name]
    return field, field.get_value(holder), settings_key(model, name)


def number_stops(
    setting: Setting,
    key: str,
    value: float,
    *,
    label: str | None = None,
    disabled: bool = False,
    on_change: Touch = "rerun",
) -> None:
    """A slider of a number; ``key`` is its widget's."""
    assert isinstance(setting, Number)
    prepare_widget(key, value)
    # A value between the stops, from a link or typed, is a stop while it is chosen; one that reads the same gives way.
    now, whole = st.session_state[key], isinstance(value, int)
    kept = {type(value)(stop) for stop in setting.stops if setting.words(stop) != setting.words(now)}
    stops = sorted({*kept, now})
    st.select_slider(
        label or setting.label,
        stops,
        key=key,
        format_func=setting.words,
        help=setting.help,
        disabled=disabled,
        on_change=on_change,
    )
    note_slider(key, setting, stops, whole=whole)


def _find_reason(name: str, holder: Holder, unused: str | None) -> str:
    """Why a control is disabled: what its page says, else what the experiments of the view say; empty if it is not."""
    if unused is not None or not isinstance(holder, View):
        return unused or ""
    return reason_unused_by_all(name, list_trained(holder))


def _choose_callback(holder: Holder, reshapes: bool) -> Touch:
    """What a touch does: draw the part that its widget leads to, or the whole page."""
    if reshapes:
        return reshape
    return _reshape_if_others_change if isinstance(holder, View) else "rerun"


def _reshape_if_others_change() -> None:
    """A widget's callback: draw the whole page if another control is now enabled, disabled, or has another reason."""
    before, after = read_views_at_touch()
    if _list_reasons(before) != _list_reasons(after):
        reshape()


def _list_reasons(view: View) -> list[str]:
    experiments = list_trained(view)
    return [reason_unused_by_all(name, experiments) for name in settings()]
