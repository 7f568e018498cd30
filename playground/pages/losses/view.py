"""The parts of the Losses page: its controls, the properties, the formulas, the constants that are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from playground.experiment.view import View
from playground.figures.replay import Replay
from playground.losses import LOSSES, Loss, Target, losses_for
from playground.losses.loss import translate_formula
from playground.pages.losses.best_constant_figure import best_constants, constant_panel
from playground.pages.losses.figures import Findings, name_losses
from playground.pages.losses.settings import LossesSettings, list_losses
from playground.pages.losses.words import (
    DIFFERENTIABLE,
    FITS,
    PROPERTIES,
    constant_words,
    fresh_words,
    meaning_words,
    valleys_words,
    zero_words,
)
from playground.text.language import N_, _
from playground.text.phrases import listed, sentence
from playground.text.typed_numbers import reading_words
from playground.theory.best_constant import read_numbers
from playground.theory.properties import Property
from playground.ui.controls import choice, draw_sliders, draw_summaries, finish_panel, slider, typed
from playground.ui.fragments import reshape
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.icons import loss_icon
from playground.ui.live import show
from playground.ui.navigation import HOMES, go_to_page
from playground.ui.session import find_view, open_settings, set_settings, settings_key

NOT_TRAINED = N_("Not trained here: {losses}. They take only positive numbers, and no dataset here has only these.")


def controls(view: View, settings: LossesSettings) -> None:
    """The side panel: the task, the losses to overlay, from where, and their parameters."""
    choice("task", settings, on_change=_change_task)
    choice("shown", settings, loss_icon, only=list_losses(settings.task), reshapes=True)
    draw_summaries(settings.keys)
    if settings.curve_axis.target is Target.LABEL:
        choice("label", settings, reshapes=True)
        choice("axis", settings, reshapes=True)
    if settings.curve_axis.target is Target.POSITIVE:
        slider("truth", settings)
    # The losses of this page use their parameters, whatever Train has chosen.
    draw_sliders(view, list(dict.fromkeys(name for key in settings.keys for name in LOSSES[key].parameters)))
    finish_panel([], LossesSettings)


def _change_task() -> None:
    """Another task has other losses and another batch."""
    task = st.session_state[settings_key(LossesSettings, "task")]
    set_settings(open_settings(LossesSettings).with_task(task))
    reshape()


def offer_training(settings: LossesSettings) -> None:
    """A way to the page where the shown losses train, for those that can."""
    able = tuple(key for key in settings.keys if key in losses_for(settings.task))
    if able:
        view = replace(with_parameters(find_view(settings.task), able), losses=able)
        st.button(
            _("Train with these"), icon=":material/play_arrow:", on_click=go_to_page, args=(view, HOMES[settings.task])
        )
    others = [LOSSES[key].label for key in settings.keys if key not in able]
    if others:
        st.caption(_(NOT_TRAINED).format(losses=listed(others)))


def with_parameters(view: View, keys: Sequence[str]) -> View:
    """A view with the parameters of some losses as this page has them: it keeps those of both tasks in one view."""
    here = find_view("regression").experiment
    names = dict.fromkeys(name for key in keys for name in LOSSES[key].parameters)
    return view.with_experiment(view.experiment.replace(**{name: getattr(here, name) for name in names}))


def properties(settings: LossesSettings, findings: Findings) -> None:
    """Which loss has which property, with the reason that was found."""
    head = ["", *(loss_name(LOSSES[key]) for key in settings.keys)]
    cells = []
    for each in Property:
        checks = [findings[key][each] for key in settings.keys]
        cells.append([_(each), *(f"{'✓' if check.holds else '✗'} {check.reason}" for check in checks)])
    st.html(wide(table(head, cells, "answers words marks")))
    notes = meaning_words(settings.task), _(PROPERTIES), _(DIFFERENTIABLE[settings.task])
    st.html(prose(*notes, small=True))


def formulas(keys: Sequence[str]) -> None:
    """Each loss: when it is the right one, its formula and slope, its likelihood, its source."""
    for key in keys:
        loss = LOSSES[key]
        with st.container(border=True):
            st.markdown(f"**{loss.label}** · {loss.summary}")
            left, right = st.columns(2)
            left.latex(rf"L = {translate_formula(loss.formula)}")
            variable = "z" if loss.target is Target.LABEL else r"\hat y"
            right.latex(rf"\frac{{\partial L}}{{\partial {variable}}} = {translate_formula(loss.slope)}")
            st.caption(" · ".join(_list_origins(loss)))


def _list_origins(loss: Loss) -> list[str]:
    """Where a loss comes from: its noise, its class in Keras, its source."""
    keras = [_("In Keras: {name}").format(name=f"`keras.losses.{loss.keras_name}`")] if loss.keras_name else []
    noise = _("Negative log-likelihood of: {noise}").format(noise=loss.likelihood)
    return [noise, *keras, f"[{loss.source}]({loss.url})"]


def constants(view: View, settings: LossesSettings, key: str) -> None:
    """What one constant each loss would answer to a few numbers, which the visitor edits."""
    typed("numbers", settings)
    parameters = {each: view.experiment.replace(loss=each).parameters for each in settings.keys}
    try:
        y = read_numbers(settings.numbers)
        best = best_constants(settings.keys, y, parameters)
        show_reading(settings.numbers)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return
    panel, legend = constant_panel(best, y, parameters, view.experiment.quantile)
    show(Replay([panel], legend, caption=name_losses(parameters)), key=key, epoch=None)
    rows = [[_("best constant"), *(constant_words(found) for found in best.values())]]
    if any(found.others for found in best.values()):
        rows.append([_("other local minima"), *(valleys_words(found.others) for found in best.values())])
    st.html(wide(table(["", *(loss_name(LOSSES[each]) for each in settings.keys)], rows)))
    if zeros := zero_words(settings.keys, y):
        st.info(zeros, icon=":material/info:")
    st.html(prose(_(FITS), *fresh_words(settings.keys, view.experiment.quantile, len(y)), small=True))


def show_reading(*texts: str) -> None:
    """How texts with commas between digits were read."""
    for words in dict.fromkeys(filter(None, map(reading_words, texts))):
        st.caption(words)
