"""The parts of the Losses page: its controls, the properties, the formulas, the constants that are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from playground.experiment.view import View
from playground.figures.replay import Replay
from playground.losses import LOSSES, Target, losses_for
from playground.pages.losses.best_constant_figure import answer, best_constants, constant_panel, zero_words
from playground.pages.losses.figures import Findings
from playground.pages.losses.settings import LossesSettings, list_losses
from playground.pages.losses.words import MEANINGS, MEANINGS_OF_LABELS
from playground.text.numbers import number, plain
from playground.text.phrases import listed, sentence
from playground.text.typed_numbers import reading_words
from playground.theory.best_constant import read_numbers
from playground.theory.coverage import expected_share_below
from playground.theory.properties import Property
from playground.ui.controls import choice, slider, typed
from playground.ui.fragments import reshape
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.icons import loss_icon
from playground.ui.live import show
from playground.ui.navigation import HOMES, go_to_page
from playground.ui.session import find_view, open_settings, set_settings, settings_key


def controls(view: View, shown: LossesSettings) -> None:
    """The side panel: the task, the losses to overlay, from where, and their parameters."""
    choice("task", shown, on_change=_change_task)
    choice("shown", shown, loss_icon, only=list_losses(shown.task), reshapes=True)
    if shown.sight.target is Target.LABEL:
        choice("label", shown, reshapes=True)
        choice("axis", shown, reshapes=True)
    if shown.sight.target is Target.POSITIVE:
        slider("truth", shown)
    for name in dict.fromkeys(name for key in shown.keys for name in LOSSES[key].parameters):
        slider(name, view, unused="")  # the losses of this page use it, whatever Train has chosen


def _change_task() -> None:
    """Another task has other losses and another batch."""
    task = st.session_state[settings_key(LossesSettings, "task")]
    set_settings(open_settings(LossesSettings).with_task(task))
    reshape()


def train_them(shown: LossesSettings) -> None:
    """A way to the page where the shown losses train, for those that can."""
    able = tuple(key for key in shown.keys if key in losses_for(shown.task))
    if able:
        view = replace(find_view(shown.task), losses=able, epoch=None)
        st.button("Train with these", icon=":material/play_arrow:", on_click=go_to_page, args=(view, HOMES[shown.task]))
    others = [LOSSES[key].label for key in shown.keys if key not in able]
    if others:
        st.caption(f"Not trained here: {listed(others)}, for positive numbers only, which no data here are.")


def properties(shown: LossesSettings, findings: Findings) -> None:
    """Which loss has which property, with the reason that was found."""
    head = ["", *(loss_name(LOSSES[key]) for key in shown.keys)]
    cells = [[each, *(_verdict(findings[key][each]) for key in shown.keys)] for each in Property]
    st.html(wide(table(head, cells, "answers words marks")))
    meanings = MEANINGS_OF_LABELS if shown.task == "classification" else MEANINGS
    means = "; ".join(f"{each}: {meaning}" for each, meaning in meanings.items())
    st.html(prose(f"In words – {means}.", PROPERTIES, DIFFERENTIABLE[shown.task], small=True))


def _verdict(finding: Any) -> str:
    return f"{'✓' if finding.holds else '✗'} {finding.reason}"


def formulas(keys: Sequence[str]) -> None:
    """Each loss: when it is the right one, its formula and slope, its likelihood, its source."""
    for key in keys:
        loss = LOSSES[key]
        with st.container(border=True):
            st.markdown(f"**{loss.label}** · {loss.summary}")
            left, right = st.columns(2)
            left.latex(rf"L = {loss.formula}")
            variable = "z" if loss.target is Target.LABEL else r"\hat y"
            right.latex(rf"\frac{{\partial L}}{{\partial {variable}}} = {loss.slope}")
            keras = f" · in Keras: `keras.losses.{loss.keras_name}`" if loss.keras_name else ""
            st.caption(f"Most likely answer under: {loss.likelihood}{keras} · [{loss.source}]({loss.url})")


def _parameters(view: View, key: str) -> dict[str, float]:
    return view.experiment.replace(loss=key).parameters


def constants(view: View, shown: LossesSettings, key: str, link: dict[str, list[str]]) -> None:
    """What one constant each loss would answer to a few numbers, which the visitor edits."""
    typed("numbers", shown)
    parameters = {each: _parameters(view, each) for each in shown.keys}
    try:
        y = read_numbers(shown.numbers)
        best = best_constants(shown.keys, y, parameters)
        show_reading(shown.numbers)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return
    panel, legend = constant_panel(best, y, parameters, view.experiment.quantile)
    show(Replay([panel], legend), key=key, epoch=None, link=link)
    rows = [["best constant", *(answer(found) for found in best.values())]]
    if any(found.others for found in best.values()):
        rows.append(["also a valley at", *(_others(found.others) for found in best.values())])
    st.html(wide(table(["", *(loss_name(LOSSES[each]) for each in shown.keys)], rows)))
    if zeros := zero_words(shown.keys, y):
        st.info(zeros, icon=":material/info:")
    st.html(prose(FITS, *_fresh_words(shown, view.experiment.quantile, len(y)), small=True))


def _fresh_words(shown: LossesSettings, quantile: float, count: int) -> list[str]:
    """What a quantile of a few numbers is worth for further ones."""
    if "quantile" not in shown.keys:
        return []
    share, of = expected_share_below(count, quantile)
    return [
        f"The share τ = {plain(quantile)} is one of these {count} numbers. Of further numbers of the same law, {share}"
        f" in {of} lie below this quantile on average ({number(share / of)}), whatever the law, if no two numbers are"
        " ever equal."
    ]


def show_reading(*texts: str) -> None:
    """How texts with commas between digits were read."""
    for words in dict.fromkeys(filter(None, map(reading_words, texts))):
        st.caption(words)


def _others(places: Sequence[float]) -> str:
    shown = ", ".join(number(place) for place in places[:3])
    return f"{shown} …" if len(places) > 3 else shown or "–"


PROPERTIES = (
    "Every verdict is found by trying the function itself on thousands of points and zooming in; no formula is known to"
    " the panel. A cross on the curve marks where a property fails."
)
CORNERED = {
    "regression": ("MAE is not, at 0", "ŷ = y"),
    "classification": ("Hinge is not, at its margin", "y = 1 and z = 1"),
}
DIFFERENTIABLE = {
    task: f"It is often said that a loss must be differentiable. {which}, and trains all the same: at the corner any"
    " slope between the two sides will do (a subgradient), and Keras takes one. See it under Four ways, at a point"
    f" where {where}."
    for task, (which, where) in CORNERED.items()
}
FITS = (
    "MSE answers with the mean, MAE with the median (all between the two middle numbers, if there are two), the"
    " quantile loss with the smallest number with at least a share τ of the numbers at or below it. Move one number"
    " far away and see which answers follow."
)
