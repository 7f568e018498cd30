"""The state of one visitor. The link is read when a visit begins, and after Back and Forward; else the widgets decide.

The state is a ``View``, which the pages share, and the settings of each page. A widget's key is the name of its
setting, behind that of its page if it is a page's own. The browser keeps the address up to date (see
``playground.ui.address``), so a reload, a restart of the server or a copied link begins where this one is.
"""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from playground.experiment import equalise_widths, settings
from playground.experiment.query import PageSettings, find_fields, get_values, list_names
from playground.experiment.view import FIRST, VIEW_NAMES, View, read_link, write_link
from playground.export.kept import PARAMETER
from playground.ui.address import declare_part
from playground.ui.arrival import mark_as_changed, must_read
from playground.ui.link_notices import forget_link, keep_repairs, read_address
from playground.ui.streamlit_internals import has_pending_touch

DEFAULT_WIDTH = 16
_VIEW, _OTHER_VIEW, _WIDTHS, _SCENE = "_view", "_other_view", "_widths", "_scene"
_UNTOLD = "_untold"  # keys of widgets whose values were set, and of which the browser may not have heard

# The loss and the layers have widgets of another kind than their fields.
FIELDS = [name for name in settings() if name not in ("loss", "hidden")]

Page = TypeVar("Page", bound=PageSettings)


def layer_key(index: int) -> str:
    """The key of the widget that sets a hidden layer's width."""
    return f"layer_{index + 1}"


def settings_key(model: type[PageSettings], name: str) -> str:
    """The key of the widget of a page's own setting."""
    return f"{_name_page(model)}_{name}"


def state_key(model: type[PageSettings]) -> str:
    """Where the settings of a page stand in the state."""
    return f"_{_name_page(model)}"


def _name_page(model: type[PageSettings]) -> str:
    return model.__name__.removesuffix("Settings").lower()


def open_view(task: str = "regression", scene: View | None = None) -> View:
    """The view of a task that this run of the page shows: from the link at first, then from the widgets.

    The view of the other task is put away, and is as it was when a page of that task is opened again. ``scene`` is
    what the page opens on where the link has no settings; without it, the first view of the task.
    """
    state = st.session_state
    is_new = must_read(_VIEW)
    if _VIEW in state and state[_VIEW].task != task:
        other, state[_OTHER_VIEW] = state.get(_OTHER_VIEW), state[_VIEW]
        set_view(other or FIRST[task])
    if is_new:
        names = [*settings(), *VIEW_NAMES[task]]
        query = read_address(names)
        state[_SCENE] = scene if not query.keys() & {*names, PARAMETER} else None
        view, notices = read_link(query, task)
        set_view(state[_SCENE] or view)
        keep_repairs(View, notices)
    known, view = read_views_at_touch()
    state[_VIEW] = view
    if view != known:
        forget_link(View)
    declare_part("view", write_link(view))
    return view


def is_first_scene(view: View) -> bool:
    """Whether a view is still the scene that the visit began with, at an address without settings."""
    return view == st.session_state.get(_SCENE)


def find_view(task: str) -> View:
    """The view of a task where the visitor left it, or its first."""
    known: tuple[View | None, ...] = st.session_state.get(_VIEW), st.session_state.get(_OTHER_VIEW)
    return next((view for view in known if view and view.task == task), FIRST[task])


def set_view(view: View) -> None:
    """Set every widget to a view; only before the widgets are drawn."""
    st.session_state[_VIEW] = view
    mark_as_changed(_VIEW)
    keep_repairs(View)
    write_view_widgets()


def write_view_widgets() -> None:
    """Give the widgets of the view its values, once there is one."""
    state = st.session_state
    if _VIEW not in state:
        return
    view: View = state[_VIEW]
    state[_WIDTHS] = view.experiment.hidden
    for name in FIELDS:
        set_widget(name, getattr(view.experiment, name))
    set_widget("losses", list(view.losses))
    set_widget("log", view.log)
    set_widget("layers", len(view.experiment.hidden))
    for index, width in enumerate(view.experiment.hidden):
        set_widget(layer_key(index), width)


def set_widget(key: str, value: object) -> None:
    """Set a widget to a value; only before it is drawn, which ``prepare_widget`` does."""
    st.session_state[key] = value
    st.session_state.setdefault(_UNTOLD, set()).add(key)


def prepare_widget(key: str, value: object) -> None:
    """Give a widget that is about to be drawn the value that was set, or this one if there is none.

    Streamlit tells the browser a value only in the run that sets it. If another run follows at once, as after Stop, the
    browser may see the widget of that one alone: it would show the first option or none, and send that with the next
    touch. So the value is set again until a run has drawn the widget that nothing follows.
    """
    state = st.session_state
    untold: set[str] = state.setdefault(_UNTOLD, set())
    if key not in state or key in untold:
        state[key] = state.get(key, value)
        (untold.add if has_pending_touch() else untold.discard)(key)


def change_experiment(**changes: object) -> None:
    """A button's callback: set some settings of the experiment, and draw the whole page anew."""
    view: View = st.session_state[_VIEW]
    set_view(view.with_experiment(view.experiment.replace(**changes)))
    st.rerun()


def read_views_at_touch() -> tuple[View, View]:
    """The view before and after a touch of a control, for the callback of its widget.

    Streamlit forgets a widget that is not drawn; its setting stays as it was.
    """
    state, known = st.session_state, st.session_state[_VIEW]
    experiment, widths = known.experiment, state[_WIDTHS]
    values = {name: state.get(name, getattr(experiment, name)) for name in FIELDS}
    layers = state.get("layers", len(experiment.hidden))
    # A layer that comes back has the width that it had when there last was such a layer.
    usual = (*widths, *[DEFAULT_WIDTH] * (layers - len(widths)))
    hidden = tuple(state.get(layer_key(index), usual[index]) for index in range(layers))
    state[_WIDTHS] = hidden + widths[layers:]
    hidden = equalise_widths(hidden, values["normalisation"], values["residual"])
    return known, View(
        experiment=experiment.replace(**values, hidden=hidden),
        losses=tuple(state.get("losses", known.losses)),
        epoch=known.epoch,
        log=state.get("log", known.log),
    )


def open_settings(model: type[Page]) -> Page:
    """A page's own settings in this run of the page: from the link at first, then from their widgets.

    Each widget has the key that ``settings_key`` gives; ``playground.ui.controls`` makes such widgets.
    """
    state, key = st.session_state, state_key(model)
    if must_read(key):
        value, notices = model.read_link(read_address(list_names(model)))
        set_settings(value)
        keep_repairs(model, notices)
    known: Page = state[key]
    values = get_values(known)
    answers = {name: state.get(settings_key(model, name), value) for name, value in values.items()}
    answers = {name: tuple(answer) if isinstance(answer, list) else answer for name, answer in answers.items()}
    if answers != values:
        state[key] = known.replace(**answers)
        forget_link(model)
    settings: Page = state[key]
    declare_part(key, settings.write_link())
    return settings


def set_settings(value: PageSettings) -> None:
    """Set every widget of a page's own settings; only before the widgets are drawn, as in a button's callback."""
    state, model = st.session_state, type(value)
    state[state_key(model)] = value
    mark_as_changed(state_key(model))
    keep_repairs(model)
    for name, field in find_fields(model).items():
        now = field.get_value(value)
        set_widget(settings_key(model, name), list(now) if field.many else now)


def change_settings(model: type[PageSettings], **changes: object) -> None:
    """A button's callback: set some of a page's own settings, and draw the whole page anew."""
    show_settings(st.session_state[state_key(model)].replace(**changes))


def show_settings(value: PageSettings) -> None:
    """A button's callback: set all of a page's own settings, and draw the whole page anew."""
    set_settings(value)
    st.rerun()
