"""The parts of the Losses page: its controls, the properties, the formulas, the four ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import streamlit as st

from playground.anatomy.catalogue import CATALOGUE
from playground.anatomy.constants import answer, best_constants, constant_panel
from playground.anatomy.curves import Findings
from playground.anatomy.four_ways import Ways, check_batch, cross_entropy_trials, ways_of
from playground.anatomy.location import read_numbers
from playground.anatomy.properties import Property
from playground.anatomy.shown import Shown, of_task, read_shown, with_task
from playground.figures import Replay
from playground.link import View
from playground.losses import LOSSES, Loss, Target, losses_for
from playground.ui.controls import choice, slider, typed
from playground.ui.engine import computed
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.icons import loss_icon
from playground.ui.live import show
from playground.ui.parts import reshape
from playground.ui.session import HOMES, open_on, open_settings, put_settings, settings_key, settings_notices, view_of
from playground.words import number, sentence


def open_shown() -> Shown:
    """What this run of the page shows: from the link at first, then from the widgets."""
    return open_settings(Shown, read_shown)


def shown_notices() -> list[str]:
    """What had to be mended in this page's part of the link."""
    return settings_notices(Shown)


def controls(view: View, shown: Shown) -> None:
    """The side panel: the task, the losses to overlay, from where, and their parameters."""
    choice("task", shown, on_change=_change_task)
    choice("shown", shown, loss_icon, only=of_task(shown.task), reshapes=True)
    if shown.sight.target is Target.LABEL:
        choice("label", shown, reshapes=True)
        choice("axis", shown, reshapes=True)
    if shown.sight.target is Target.POSITIVE:
        slider("truth", shown)
    for name in dict.fromkeys(name for key in shown.keys for name in LOSSES[key].parameters):
        slider(name, view)


def _change_task() -> None:
    """Another task has other losses and another batch."""
    task = st.session_state[settings_key(Shown, "task")]
    put_settings(with_task(open_shown(), task))
    reshape()


def train_them(shown: Shown) -> None:
    """A way to the page where the shown losses train, for those that can."""
    able = tuple(key for key in shown.keys if key in losses_for(shown.task))
    if able:
        view = replace(view_of(shown.task), losses=able, epoch=None)
        st.button("Train with these", icon=":material/play_arrow:", on_click=open_on, args=(view, HOMES[shown.task]))


def properties(keys: Sequence[str], findings: Findings) -> None:
    """Which loss has which property, with the reason that was found."""
    head = ["", *(loss_name(LOSSES[key]) for key in keys)]
    cells = [[each, *(_verdict(findings[key][each]) for key in keys)] for each in Property]
    st.html(wide(table(head, cells, "answers words")))
    st.html(prose(PROPERTIES, DIFFERENTIABLE, small=True))


def _verdict(finding: Any) -> str:
    return f"{'✓' if finding.holds else '✗'} {finding.reason}"


def formulas(keys: Sequence[str]) -> None:
    """Each loss: when it is the right one, its formula and slope, its likelihood, its source."""
    for key in keys:
        loss, entry = LOSSES[key], CATALOGUE.get(key)
        with st.container(border=True):
            st.markdown(f"**{loss.label}** · {loss.summary}")
            if entry is None:
                continue
            left, right = st.columns(2)
            left.latex(rf"L = {entry.formula}")
            right.latex(rf"\frac{{\partial L}}{{\partial \hat y}} = {entry.slope}")
            keras = f" · in Keras: `keras.losses.{loss.keras_name}`" if loss.keras_name else ""
            st.caption(f"Most likely answer under: {entry.likelihood}{keras} · [{entry.source}]({entry.url})")


def one_number(view: View, shown: Shown) -> None:
    """The batch that the visitor edits, and each loss of it by every way."""
    left, right = st.columns(2)
    with left:
        typed("y_true", shown)
    with right:
        typed("y_pred", shown, label="Logits z" if shown.task == "classification" else None)
    try:
        y_true, y_pred = read_numbers(shown.y_true), read_numbers(shown.y_pred)
        for key in shown.keys:
            check_batch(y_true, y_pred, LOSSES[key].target)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return
    parameters = tuple((key, tuple(_parameters(view, key).items())) for key in shown.keys)
    ways = computed(ways_of, (tuple(y_true.tolist()), tuple(y_pred.tolist())), parameters)
    if ways is None:
        return
    st.html(wide(section("The mean loss of the batch", _values(ways), _rmse(y_true, y_pred, shown))))
    st.html(wide(section("The slope at each point, by ŷ", *(_slopes(LOSSES[key], way) for key, way in ways.items()))))
    st.html(prose(CORNER, small=True))
    if shown.task == "classification":
        st.html(wide(section("The article's cross-entropy, and the stable one", _trials(), prose(STABLE, small=True))))


def _parameters(view: View, key: str) -> dict[str, float]:
    return view.experiment.replace(loss=key).parameters


def _values(ways: dict[str, Ways]) -> str:
    head = ["", *(loss_name(LOSSES[key]) for key in ways)]
    rows = [
        ["Python, a loop", *(_exactly(way.loop) for way in ways.values())],
        ["NumPy, all at once", *(_exactly(way.numpy) for way in ways.values())],
        ["Keras, in 32 bits", *(_exactly(way.keras) for way in ways.values())],
        ["largest difference", *(number(_apart(way), 2) for way in ways.values())],
    ]
    return table(head, rows)


def _exactly(value: float | None) -> str:
    return "–" if value is None else f"{value:.9g}".replace("-", "−")


def _apart(ways: Ways) -> float:
    values = [value for value in (ways.loop, ways.numpy, ways.keras) if value is not None]
    return max(values) - min(values)


def _slopes(loss: Loss, ways: Ways) -> str:
    rows = [
        ["formula", *_numbers(ways.formula)],
        ["Keras's autodiff", *_numbers(ways.autodiff)],
        ["finite difference", *_numbers(ways.difference)],
    ]
    head = [loss_name(loss), *(f"point {place + 1}" for place in range(len(ways.difference)))]
    return table(head, rows)


def _numbers(values: np.ndarray | None) -> list[str]:
    return [] if values is None else [number(float(value), 4) for value in values]


def _rmse(y_true: np.ndarray, y_pred: np.ndarray, shown: Shown) -> str:
    if shown.task == "classification":
        return ""
    residual = y_pred - y_true
    mae, rmse = float(np.abs(residual).mean()), sqrt(float(np.square(residual).mean()))
    return prose(RMSE.format(mae=number(mae), rmse=number(rmse)), small=True)


def _trials() -> str:
    rows = [
        [f"y = 1, p = {_exactly(each.probability)}", _outcome(each.naive), _outcome(each.stable)]
        for each in cross_entropy_trials()
    ]
    return table(["", "−(y log p + (1 − y) log(1 − p))", "from the logit"], rows)


def _outcome(value: float) -> str:
    return {"inf": "infinite", "nan": "not a number"}.get(str(value), _exactly(value))


def constants(view: View, shown: Shown, key: str, link: dict[str, list[str]]) -> None:
    """What one constant each loss would answer to a few numbers, which the visitor edits."""
    typed("numbers", shown)
    keys = [each for each in shown.keys if LOSSES[each].target is not Target.LABEL]
    if not keys:
        st.info("These losses are for labels. Choose the task Regression, on the left.")
        return
    parameters = {each: _parameters(view, each) for each in keys}
    try:
        y = read_numbers(shown.numbers)
        best = best_constants(keys, y, parameters)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return
    panel, legend = constant_panel(best, y, parameters, view.experiment.quantile)
    show(Replay([panel], legend), key=key, epoch=None, link=link)
    rows = [["best constant", *(answer(found) for found in best.values())]]
    if any(found.others for found in best.values()):
        rows.append(["also a valley at", *(_others(found.others) for found in best.values())])
    st.html(wide(table(["", *(loss_name(LOSSES[each]) for each in keys)], rows)))
    st.html(prose(FITS, small=True))


def _others(places: Sequence[float]) -> str:
    shown = ", ".join(number(place) for place in places[:3])
    return f"{shown} …" if len(places) > 3 else shown or "–"


PROPERTIES = (
    "Every verdict is found by trying the function itself on thousands of points and zooming in; no formula is known to"
    " the panel. A cross on the curve marks where a property fails."
)
DIFFERENTIABLE = (
    "It is often said that a loss must be differentiable. MAE is not, at 0, and trains all the same: at the corner any"
    " slope between the two sides will do (a subgradient), and Keras takes one. See it under Four ways, at a point"
    " where y = ŷ."
)
CORNER = (
    "Where the three disagree there is a corner: the formula and Keras each choose a slope between the two sides, and"
    " the finite difference takes the mean of both."
)
STABLE = (
    "At p = 0 the logarithm is infinite, and at p = 1 it is 0 times infinity. The probability was rounded to 0 or 1"
    " before the logarithm was taken; the logit z was not. max(z, 0) − zy + log(1 + e^−|z|) never takes the exponential"
    " of a positive number, so nothing overflows and nothing is lost."
)
FITS = (
    "MSE answers with the mean, MAE with the median (all between the two middle numbers, if there are two), the"
    " quantile loss with the number that has a share τ at or below it. Move one number far away and see which answers"
    " follow."
)
RMSE = (
    "MAE, the mean absolute error, is {mae} here; RMSE, the root of the mean squared error, is {rmse}: two different"
    " numbers that are sometimes confused. RMSE is MSE in the unit of y, good for reporting. Nobody trains on it: its"
    " minimum is MSE's, but the root couples all points of a batch, and at a perfect fit its slope does not exist."
)
