"""Four ways to one number: the batch that the visitor edits, and every loss of it by every way."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from playground.experiment.view import View
from playground.losses import LOSSES, Loss
from playground.pages.losses.cross_check import (
    CrossCheck,
    about_zero,
    check_batch,
    cross_check_losses,
    cross_entropy_trials,
)
from playground.pages.losses.settings import LossesSettings
from playground.pages.losses.view import show_reading
from playground.pages.losses.words import STABLE, corner_words, keras_words, rmse_words
from playground.text.language import N_, _
from playground.text.numbers import number
from playground.text.phrases import sentence
from playground.theory.best_constant import read_numbers
from playground.ui.controls import typed
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.jobs import computed

OUTCOMES = {"inf": N_("infinite"), "nan": "NaN"}


def one_number(view: View, settings: LossesSettings) -> None:
    """The batch that the visitor edits, and each loss of it by every way."""
    batch = _read_batch(settings)
    if batch is None:
        return
    y_true, y_pred = batch
    parameters = tuple((key, tuple(view.experiment.replace(loss=key).parameters.items())) for key in settings.keys)
    ways = computed(cross_check_losses, (tuple(y_true.tolist()), tuple(y_pred.tolist())), parameters)
    if ways is None:
        return
    rmse = "" if settings.task == "classification" else prose(rmse_words(y_true, y_pred), small=True)
    st.html(wide(section(_("The mean loss of the batch"), _tabulate_values(ways), rmse)))
    variable = "z" if settings.task == "classification" else "ŷ"
    title = _("The slope at each point, by {variable}").format(variable=variable)
    slopes = (_tabulate_slopes(LOSSES[key], way) for key, way in ways.items())
    notes = prose(*corner_words(ways), *keras_words(ways), small=True)
    st.html(wide(section(title, *slopes)) + notes)
    if settings.task == "classification":
        st.html(
            wide(
                section(
                    _("Cross-entropy from the probability and from the logit"),
                    _tabulate_trials(),
                    prose(_(STABLE), small=True),
                )
            )
        )


def _read_batch(settings: LossesSettings) -> tuple[np.ndarray, np.ndarray] | None:
    """What stands in the two fields; what is wrong with it is said, and then there is none."""
    left, right = st.columns(2)
    with left:
        typed("y_true", settings)
    with right:
        typed("y_pred", settings, label=_("Logits z") if settings.task == "classification" else None)
    try:
        y_true, y_pred = read_numbers(settings.y_true), read_numbers(settings.y_pred)
        show_reading(settings.y_true, settings.y_pred)
        for key in settings.keys:
            check_batch(y_true, y_pred, LOSSES[key].target)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return None
    return y_true, y_pred


def _tabulate_values(ways: dict[str, CrossCheck]) -> str:
    head = ["", *(loss_name(LOSSES[key]) for key in ways)]
    rows = [
        [_("Python, a loop"), *(_exact_words(way.loop) for way in ways.values())],
        [_("NumPy, all at once"), *(_exact_words(way.numpy) for way in ways.values())],
        [_("Keras, in 32 bits"), *(_exact_words(way.keras) for way in ways.values())],
        [_("largest difference"), *(_zero_or_number(*way.apart, 2) for way in ways.values())],
    ]
    return table(head, rows)


def _exact_words(value: float | None) -> str:
    return "–" if value is None else f"{value:.9g}".replace("-", "−")


def _zero_or_number(value: float, rounding: float, digits: int) -> str:
    return "≈ 0" if about_zero(value, rounding) else number(value, digits)


def _tabulate_slopes(loss: Loss, ways: CrossCheck) -> str:
    rows = [
        [_("formula"), *_slope_cells(ways.formula)],
        [_("Keras's autodiff"), *_slope_cells(ways.autodiff)],
        [_("finite difference"), *(_zero_or_number(float(value), ways.blur, 4) for value in ways.difference)],
    ]
    if ways.keras_fails.any():
        rows.insert(2, [_("autodiff of the formula that trains here"), *_slope_cells(ways.trained)])
    if ways.corners.any():
        rows.append([_("left of the corner"), *_corner_cells(ways.left, ways.corners)])
        rows.append([_("right of the corner"), *_corner_cells(ways.right, ways.corners)])
    head = [loss_name(loss), *(_("point {place}").format(place=place + 1) for place in range(len(ways.difference)))]
    return table(head, rows)


def _slope_cells(values: np.ndarray | None) -> list[str]:
    slopes = [] if values is None else [float(value) for value in values]
    return [number(slope, 4) if math.isfinite(slope) else _outcome_words(abs(slope)) for slope in slopes]


def _corner_cells(slopes: np.ndarray, corners: np.ndarray) -> list[str]:
    return [number(float(slope), 4) if corner else "–" for slope, corner in zip(slopes, corners, strict=True)]


def _tabulate_trials() -> str:
    rows = [
        [f"y = 1, p = {_exact_words(each.probability)}", _outcome_words(each.naive), _outcome_words(each.stable)]
        for each in cross_entropy_trials()
    ]
    return table(["", "−(y log p + (1 − y) log(1 − p))", _("from the logit")], rows)


def _outcome_words(value: float) -> str:
    words = OUTCOMES.get(str(value))
    return _(words) if words else _exact_words(value)
