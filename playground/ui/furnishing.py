"""What the browser adds to Streamlit's controls: help by key, typed values, marks on a slider.

A script finds the controls in the page by the keys of their widgets (``controls.js``). Where it cannot be loaded, or
private parts of Streamlit are not to be used, every control works as Streamlit made it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from playground.experiment import settings
from playground.experiment.experiment import MAX_UNEQUAL_LAYERS
from playground.experiment.query import PageSettings, find_fields
from playground.experiment.setting import Choice, Number, Setting, find_place
from playground.losses import LOSSES
from playground.text.numbers import limit_number, plain
from playground.text.phrases import finish_sentence, listed
from playground.theory.rate_marks import RateMark
from playground.ui.assets import url_of
from playground.ui.fragments import reshape
from playground.ui.session import layer_key, settings_key
from playground.ui.streamlit_internals import are_internals_used

# As of the charts: the script is fetched once and kept, and this line with it.
_BOOT = f"""
const controls = import(new URL("{url_of("controls.js")}", document.baseURI).href);
export default function (component) {{
  controls.then((module) => module.furnish(component), () => {{}});
}}
"""
_CSS = (Path(__file__).parent / "controls.css").read_text()
_SLIDERS, _REFUSED, _KEY = "_sliders", "_refused", "furnishing"

WORDS = {
    "box": "{label}: type a value",
    "hint": "Type a number for a value between the stops.",
    "help": "Press F1 or ? for help.",
}
MARK, SURE_MARK = "{losses}: stable up to {rate}", "{losses}: surely stable up to {rate}"
NO_MARK = (
    "{losses}: no mark. Its slope never shrinks, so no rate settles it exactly. A smaller rate makes it swing less."
)
REFUSAL = '<div class="typed-refusal" role="alert"><p>{text}</p></div>'  # short: what is below it is to stay in sight
STEPS = ("just below", "just above")
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
    if not are_internals_used():
        return
    found = list_settings(*models)
    data = {
        "words": WORDS,
        "helps": {key: read_plainly(describe_help(setting)) for key, setting in found.items()},
        # A phone's keys for decimals have no minus.
        "signed": [key for key, setting in found.items() if isinstance(setting, Number) and setting.low < 0],
    }
    mount = st.components.v2.component("controls", js=_BOOT, css=_CSS, isolate_styles=False)
    mount(key=_KEY, data=data, on_typed_change=_hear_typed_value)


def list_settings(*models: type[PageSettings]) -> dict[str, Setting]:
    """Every setting that a control of the page may have, by the key of its widget."""
    found = dict(settings())
    found |= {layer_key(index): found["hidden"] for index in range(MAX_UNEQUAL_LAYERS)}
    found["losses"] = found["loss"]
    for model in models:
        found |= {settings_key(model, name): field.setting for name, field in find_fields(model).items()}
    return found


def read_plainly(markdown: str) -> str:
    """The help of a control without its marks of Markdown."""
    return markdown.replace("**", "").replace("  \n", "\n")


def note_slider(key: str, number: Number, stops: Sequence[float], *, whole: bool) -> None:
    """Remember a slider that is drawn, so that a value can be typed into it and a mark finds its place.

    Below it stands why what was typed last was not taken, if it was not.
    """
    st.session_state.setdefault(_SLIDERS, {})[key] = (number, tuple(stops), whole)
    refusal = st.session_state.get(_REFUSED, {}).pop(key, "")
    if refusal:
        st.html(REFUSAL.format(text=escape(finish_sentence(refusal))))


def _hear_typed_value() -> None:
    """The component's callback."""
    typed = st.session_state[_KEY]["typed"]
    if isinstance(typed, dict):
        take_typed_value(str(typed.get("key")), str(typed.get("text")))


def take_typed_value(key: str, text: str) -> None:
    """Set a slider to a typed value, or have it say why not; a key that the page has not drawn is left alone."""
    number, _, whole = st.session_state.get(_SLIDERS, {}).get(key, (None, (), False))
    if number is None:
        return
    try:
        st.session_state[key] = number.read(text, whole=whole)
    except ValueError as error:
        st.session_state.setdefault(_REFUSED, {})[key] = str(error)
    reshape()


def show_rate_marks(key: str, marks: Sequence[RateMark], restless: Sequence[str] = ()) -> None:
    """Mark the largest stable rates on the slider of a learning rate, if there are any; for the results of a page.

    ``restless`` are the losses that no rate brings to rest: below the slider stands why they have no mark.
    They follow every touch, while the side panel stays as it is: so the browser is told in an element of its own.
    """
    _, stops, _ = st.session_state.get(_SLIDERS, {}).get(key, (None, (), False))
    told = [
        {
            "place": round(place, 5),
            "text": (MARK if mark.exact else SURE_MARK).format(losses=mark.losses, rate=limit_number(mark.rate)),
            "colour": LOSSES[mark.keys[0]].colour,
            "steps": list(zip(STEPS, map(plain, mark.sides), strict=True)),
        }
        for mark in marks
        if (place := find_place(stops, mark.rate)) is not None
    ]
    unmarked = [LOSSES[loss].label for loss in dict.fromkeys(restless)]
    notes = [NO_MARK.format(losses=listed(unmarked))] if unmarked else []
    if told or notes:
        content = escape(json.dumps({"key": key, "marks": told, "notes": notes}, ensure_ascii=False))
        st.html(f'<div class="rate-marks" data-marks="{content}"></div>')
