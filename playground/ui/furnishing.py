"""What the browser adds to Streamlit's controls: help by key, typed values, marks on a slider.

A script finds the controls in the page by the keys of their widgets (``controls.js``). Where it cannot be loaded,
every control works as Streamlit made it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from playground.experiment import settings
from playground.experiment.query import PageSettings, find_fields
from playground.experiment.setting import Choice, Number, Setting, find_place
from playground.text.phrases import sentence
from playground.theory.rate_marks import RateMark
from playground.ui.assets import url_of
from playground.ui.fragments import reshape
from playground.ui.session import settings_key

# As of the charts: the script is fetched once and kept, and this line with it.
_BOOT = f"""
const controls = import(new URL("{url_of("controls.js")}", document.baseURI).href);
export default function (component) {{
  controls.then((module) => module.furnish(component), () => {{}});
}}
"""
_CSS = (Path(__file__).parent / "controls.css").read_text()
_NUMBERS, _STOPS, _REFUSED, _KEY = "_numbers", "_stops", "_refused", "furnishing"

WORDS = {
    "box": "{label}: type a value",
    "hint": "Type a number for a value between the stops.",
    "help": "Press F1 or ? for help.",
}
MARK = "{losses}: stable up to {rate}"
BELOW, ABOVE = "just below", "just above"
LAYERS_HELP = "The article's model is one unit, a straight line. Hidden layers let it bend."


def describe_help(setting: Setting, keys: Sequence[str] = ()) -> str:
    """The help of a setting, in Markdown: what it is, and what each of ``keys`` of its table is, or all of them."""
    if not isinstance(setting, Choice):
        return setting.help
    entries = [setting.options[key] for key in keys or setting.options]
    summaries = [f"**{entry.label}**: {entry.summary}" for entry in entries if hasattr(entry, "summary")]
    return "  \n".join([setting.help, *summaries])


def furnish_controls(*models: type[PageSettings]) -> None:
    """Once a page, at the end of its side panel: add to its controls what Streamlit does not have.

    ``models`` are the page's own settings, which have controls beside those of an experiment.
    """
    mount = st.components.v2.component("controls", js=_BOOT, css=_CSS, isolate_styles=False)
    data = {"words": WORDS, "helps": list_helps(*models), "signed": list_signed(*models)}
    mount(key=_KEY, data=data, on_typed_change=_take_typed_value)


def list_helps(*models: type[PageSettings]) -> dict[str, str]:
    """The help of each setting as plain text, by the key of its widget."""
    helps = {key: describe_help(setting) for key, setting in _list_settings(*models).items()}
    return {key: text.replace("**", "").replace("  \n", "\n") for key, text in helps.items() if text}


def list_signed(*models: type[PageSettings]) -> list[str]:
    """The keys of numbers that may be negative: a phone's keys for decimals have no minus."""
    found = _list_settings(*models)
    return [key for key, setting in found.items() if isinstance(setting, Number) and setting.low < 0]


def _list_settings(*models: type[PageSettings]) -> dict[str, Setting]:
    fields = {settings_key(model, name): field for model in models for name, field in find_fields(model).items()}
    return {**settings(), **{key: field.setting for key, field in fields.items()}}


def note_slider(key: str, number: Number, stops: Sequence[float], *, whole: bool) -> None:
    """Remember a slider that is drawn, so that a value can be typed into it and a mark finds its place."""
    st.session_state.setdefault(_NUMBERS, {})[key] = (number, whole)
    st.session_state.setdefault(_STOPS, {})[key] = tuple(stops)


def show_refusal(key: str) -> None:
    """Below a slider: why what was typed last was not taken."""
    message = st.session_state.get(_REFUSED, {}).pop(key, "")
    if message:
        st.error(sentence(message))


def _take_typed_value() -> None:
    """The component's callback: set the slider, or have it say why not."""
    typed = st.session_state[_KEY]["typed"]
    if isinstance(typed, dict):
        take_typed_value(str(typed.get("key")), str(typed.get("text")))


def take_typed_value(key: str, text: str) -> None:
    """Set the slider of a key to a typed value; one that the page has not drawn is left alone."""
    number, whole = st.session_state.get(_NUMBERS, {}).get(key, (None, False))
    if number is None:
        return
    try:
        st.session_state[key] = number.read(text, whole=whole)
    except ValueError as error:
        st.session_state.setdefault(_REFUSED, {})[key] = str(error)
    reshape()


def show_rate_marks(key: str, marks: Sequence[RateMark]) -> None:
    """Mark the largest stable rates on the slider of a learning rate, if there are any; for the results of a page.

    They follow every touch, while the side panel stays as it is: so the browser is told in an element of its own.
    """
    stops = st.session_state.get(_STOPS, {}).get(key, ())
    found = [(mark, find_place(stops, mark.rate)) for mark in marks]
    told = [_describe_mark(mark, place) for mark, place in found if place is not None]
    if told:
        content = escape(json.dumps({"key": key, "marks": told}, ensure_ascii=False))
        st.html(f'<div class="rate-marks" data-marks="{content}"></div>')


def _describe_mark(mark: RateMark, place: float) -> Mapping[str, Any]:
    return {
        "place": round(place, 5),
        "text": MARK.format(losses=mark.losses, rate=mark.rate_words),
        "colour": mark.colour,
        "steps": [[BELOW, mark.below_words], [ABOVE, mark.above_words]],
    }
