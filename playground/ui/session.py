"""The state of one visitor. The link is read once, when a visit begins; from then on the widgets hold the state.

Each widget's key is the name of its setting. The browser keeps the address up to date (see
``playground.ui.live``), so a reload, a restart of the server or a copied link begins where this one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel

from playground.experiment import of_one_width, settings
from playground.experiment.query import fields_of, names_of, read_settings, replace_values, unread_names, values_of
from playground.experiment.view import FIRST, View, read_link
from playground.export.kept import PARAMETER

DEFAULT_WIDTH = 16
HOMES = {"regression": "train", "classification": "classify"}  # the page where an experiment of a task is trained
_VIEW, _AWAY, _NOTICES, _WIDTHS, _PAGE, _OPEN = "_view", "_view_away", "_notices", "_widths", "_page", "_open_page"
_READ, _UNREAD = "_read_names", "_unread_notices"

# The loss and the layers have widgets of another kind than their fields.
FIELDS = [name for name in settings() if name not in ("loss", "hidden")]

Query = dict[str, list[str]]
Page = TypeVar("Page", bound=BaseModel)


def layer_key(place: int) -> str:
    """The key of the widget that sets a hidden layer's width."""
    return f"layer_{place + 1}"


def open_view(task: str = "regression") -> View:
    """The view of a task that this run of the page shows: from the link at first, then from the widgets."""
    if _VIEW not in st.session_state:
        view, notices = read_link(_query([*settings(), "log", "epoch"]), task)
        put(view)
        st.session_state[_NOTICES] = notices
    elif st.session_state[_VIEW].task != task:
        _turn_to(task)
    known = st.session_state[_VIEW]
    st.session_state[_VIEW] = view = _told(known)
    if view != known:
        st.session_state[_NOTICES], st.session_state[_UNREAD] = [], []
    return view


def view_of(task: str) -> View:
    """The view of a task where the visitor left it, or its first."""
    known: tuple[View | None, ...] = st.session_state.get(_VIEW), st.session_state.get(_AWAY)
    return next((view for view in known if view and view.task == task), FIRST[task])


def _turn_to(task: str) -> None:
    """Put the view of the other task away, and take up this one's where the visitor left it."""
    state = st.session_state
    away, state[_AWAY] = state.get(_AWAY), state[_VIEW]
    put(away or FIRST[task])


def _query(names: Iterable[str]) -> Query:
    """The address's query, of which somebody reads these names."""
    note_read_names(names)
    return {name: st.query_params.get_all(name) for name in st.query_params}


def note_read_names(names: Iterable[str]) -> None:
    """Remember which parameters of the link are settings of a page that has been opened."""
    st.session_state.setdefault(_READ, {PARAMETER}).update(names)  # every page reads what is kept


def unread_notices() -> list[str]:
    """What the link that the visit began with holds and this page has no use for; nothing once a setting changes.

    To be asked when the page has been drawn, since it reads its settings while it is.
    """
    state = st.session_state
    if _UNREAD not in state:
        state[_UNREAD] = unread_names(_query([]), state[_READ])
    return state[_UNREAD]


def open_settings(model: type[Page], read: Callable[[Query], tuple[Page, list[str]]] | None = None) -> Page:
    """A page's own settings in this run of the page: from the link at first, then from their widgets.

    ``read`` is for a page whose link needs more than ``read_settings``. Each widget has the key that
    ``settings_key`` gives; ``playground.ui.controls`` makes such widgets.
    """
    state, kept = st.session_state, _kept(model)
    if kept not in state:
        query = _query(names_of(model))
        value, notices = read(query) if read else read_settings(model, query)
        put_settings(value)
        state[f"{kept}{_NOTICES}"] = notices
    known: Page = state[kept]
    values = values_of(known)
    answers = {name: _answer(model, name, value) for name, value in values.items()}
    value = known if answers == values else replace_values(known, answers)
    if value is not known:
        state[kept], state[f"{kept}{_NOTICES}"], state[_UNREAD] = value, [], []
    return value


def put_settings(value: BaseModel) -> None:
    """Set every widget of a page's own settings; only before the widgets are drawn, as in a button's callback."""
    state, model = st.session_state, type(value)
    state[_kept(model)], state[f"{_kept(model)}{_NOTICES}"] = value, []
    for name, field in fields_of(model).items():
        now = field.value_in(value)
        state[settings_key(model, name)] = list(now) if field.many else now


def change_settings(model: type[BaseModel], **changes: Any) -> None:
    """A button's callback: set some of a page's own settings, and draw the whole page anew."""
    show_settings(replace_values(st.session_state[_kept(model)], changes))


def show_settings(value: BaseModel) -> None:
    """A button's callback: set all of a page's own settings, and draw the whole page anew."""
    put_settings(value)
    st.rerun()


def settings_notices(model: type[BaseModel]) -> list[str]:
    """What had to be mended in a page's own part of the link that the visit began with."""
    return st.session_state.get(f"{_kept(model)}{_NOTICES}", [])


def settings_key(model: type[BaseModel], name: str) -> str:
    """The key of the widget of a page's own setting."""
    return f"{_page_of(model)}_{name}"


def _kept(model: type[BaseModel]) -> str:
    return f"_{_page_of(model)}"


def _page_of(model: type[BaseModel]) -> str:
    return model.__name__.removesuffix("Settings").lower()


def _answer(model: type[BaseModel], name: str, known: Any) -> Any:
    """What a setting's widget says, or what was known before there was one."""
    answer = st.session_state.get(settings_key(model, name), known)
    return tuple(answer) if isinstance(answer, list) else answer


def put(view: View) -> None:
    """Set every widget to a view; only before the widgets are drawn."""
    state = st.session_state
    state[_VIEW], state[_NOTICES], state[_WIDTHS] = view, [], view.experiment.hidden
    for name in FIELDS:
        state[name] = getattr(view.experiment, name)
    state["losses"], state["log"] = list(view.losses), view.log
    state["layers"] = len(view.experiment.hidden)
    for place, width in enumerate(view.experiment.hidden):
        state[layer_key(place)] = width


def arrive(page: str) -> None:
    """Called by the frame. On another page a widget of the same key is another widget, and begins with no value."""
    state = st.session_state
    if state.get(_PAGE, page) != page:
        state[_UNREAD] = []
    if state.get(_PAGE) != page and _VIEW in state:
        notices = state[_NOTICES]
        put(state[_VIEW])
        state[_NOTICES] = notices
    state[_PAGE] = page


def change(**changes: Any) -> None:
    """A button's callback: set some settings of the experiment, and draw the whole page anew."""
    view: View = st.session_state[_VIEW]
    put(view.with_experiment(view.experiment.replace(**changes)))
    st.rerun()


def visit(query: Query, *models: type[BaseModel]) -> None:
    """A button's callback: open a link, with the own settings of its page where ``models`` names them."""
    put(read_link(query, st.session_state[_VIEW].task)[0])
    for model in models:
        put_settings(read_settings(model, query)[0])
    st.rerun()


def open_on(view: View, page: str) -> None:
    """A button's callback: go to another page with a view; the page that is left calls ``follow``."""
    put(view)
    st.session_state[_OPEN] = page


def follow() -> None:
    """Go where a button of this page leads, if one was pressed: a callback cannot."""
    page = st.session_state.pop(_OPEN, None)
    if page:
        st.switch_page(f"{page}.py")


def take_notices() -> list[str]:
    """What had to be mended in the link that the visit began with."""
    return st.session_state.get(_NOTICES, [])


def views_at_touch() -> tuple[View, View]:
    """The view before and after a touch of a control, for the callback of its widget."""
    known: View = st.session_state[_VIEW]
    return known, _told(known)


def _told(known: View) -> View:
    """The view that the widgets make up. Streamlit forgets a widget that is not drawn; its setting stays known."""
    state, experiment = st.session_state, known.experiment
    values = {name: state.get(name, getattr(experiment, name)) for name in FIELDS}
    hidden = tuple(_width(place) for place in range(state.get("layers", len(experiment.hidden))))
    state[_WIDTHS] = hidden + state[_WIDTHS][len(hidden) :]
    hidden = of_one_width(hidden, values["normalisation"], values["residual"])
    return View(
        experiment=experiment.replace(**values, hidden=hidden),
        losses=tuple(state.get("losses", known.losses)),
        epoch=known.epoch,
        log=state.get("log", known.log),
    )


def _width(place: int) -> int:
    """The width of a hidden layer: its widget's, or what it was when there last was such a layer."""
    widths = st.session_state[_WIDTHS]
    return st.session_state.get(layer_key(place), widths[place] if place < len(widths) else DEFAULT_WIDTH)
