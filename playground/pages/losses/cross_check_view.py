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
from playground.text.numbers import number
from playground.text.phrases import listed, sentence
from playground.theory.best_constant import read_numbers
from playground.ui.controls import typed
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.jobs import computed


def one_number(view: View, shown: LossesSettings) -> None:
    """The batch that the visitor edits, and each loss of it by every way."""
    batch = _batch(shown)
    if batch is None:
        return
    y_true, y_pred = batch
    parameters = tuple((key, tuple(view.experiment.replace(loss=key).parameters.items())) for key in shown.keys)
    ways = computed(cross_check_losses, (tuple(y_true.tolist()), tuple(y_pred.tolist())), parameters)
    if ways is None:
        return
    st.html(wide(section("The mean loss of the batch", _values(ways), _rmse(y_true, y_pred, shown))))
    variable = "z" if shown.task == "classification" else "ŷ"
    slopes = (_slopes(LOSSES[key], way) for key, way in ways.items())
    said = prose(*corner_words(ways), *keras_words(ways), small=True)
    st.html(wide(section(f"The slope at each point, by {variable}", *slopes)) + said)
    if shown.task == "classification":
        st.html(wide(section("The article's cross-entropy, and the stable one", _trials(), prose(STABLE, small=True))))


def _batch(shown: LossesSettings) -> tuple[np.ndarray, np.ndarray] | None:
    """What stands in the two fields; what is wrong with it is said, and then there is none."""
    left, right = st.columns(2)
    with left:
        typed("y_true", shown)
    with right:
        typed("y_pred", shown, label="Logits z" if shown.task == "classification" else None)
    try:
        y_true, y_pred = read_numbers(shown.y_true), read_numbers(shown.y_pred)
        show_reading(shown.y_true, shown.y_pred)
        for key in shown.keys:
            check_batch(y_true, y_pred, LOSSES[key].target)
    except ValueError as error:
        st.warning(sentence(str(error)), icon=":material/edit:")
        return None
    return y_true, y_pred


def _values(ways: dict[str, CrossCheck]) -> str:
    head = ["", *(loss_name(LOSSES[key]) for key in ways)]
    rows = [
        ["Python, a loop", *(_exactly(way.loop) for way in ways.values())],
        ["NumPy, all at once", *(_exactly(way.numpy) for way in ways.values())],
        ["Keras, in 32 bits", *(_exactly(way.keras) for way in ways.values())],
        ["largest difference", *(_about(*way.apart, 2) for way in ways.values())],
    ]
    return table(head, rows)


def _exactly(value: float | None) -> str:
    return "–" if value is None else f"{value:.9g}".replace("-", "−")


def _about(value: float, rounding: float, digits: int) -> str:
    return "≈ 0" if about_zero(value, rounding) else number(value, digits)


def _slopes(loss: Loss, ways: CrossCheck) -> str:
    rows = [
        ["formula", *_numbers(ways.formula)],
        ["Keras's autodiff", *_numbers(ways.autodiff)],
        ["finite difference", *(_about(float(value), ways.blur, 4) for value in ways.difference)],
    ]
    if ways.keras_fails.any():
        rows.insert(2, ["autodiff of the formula that trains here", *_numbers(ways.trained)])
    if ways.corners.any():
        rows.append(["left of the corner", *_at_corners(ways.left, ways.corners)])
        rows.append(["right of the corner", *_at_corners(ways.right, ways.corners)])
    head = [loss_name(loss), *(f"point {place + 1}" for place in range(len(ways.difference)))]
    return table(head, rows)


def _numbers(values: np.ndarray | None) -> list[str]:
    return [] if values is None else [_slope(float(value)) for value in values]


def _slope(value: float) -> str:
    return number(value, 4) if math.isfinite(value) else _outcome(abs(value))


def _at_corners(slopes: np.ndarray, corners: np.ndarray) -> list[str]:
    return [number(float(slope), 4) if corner else "–" for slope, corner in zip(slopes, corners, strict=True)]


def corner_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss with a corner in the batch, and what each way makes of corners; none without one."""
    found = [_corner(LOSSES[key], way) for key, way in ways.items() if way.corners.any()]
    return [*found, CORNER] if found else []


def keras_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss whose class in Keras gives no slope somewhere in the batch."""
    failed = {key: np.flatnonzero(way.keras_fails) + 1 for key, way in ways.items() if way.keras_fails.any()}
    return [
        f"Keras's own class for {LOSSES[key].label} has no slope at point{'s' * (len(places) > 1)}"
        f" {listed([str(place) for place in places])}: in 32 bits the probability is rounded to 0 or 1 before its"
        " logarithm or power is differentiated. The formula that trains here takes the logit instead, and its slope is"
        " in the row below."
        for key, places in failed.items()
    ]


def _corner(loss: Loss, ways: CrossCheck) -> str:
    first, *others = (int(place) for place in np.flatnonzero(ways.corners))
    named = listed([str(place + 1) for place in (first, *others)])
    left, right = (number(float(slopes[first])) for slopes in (ways.left, ways.right))
    there = f"points {named}. At point {first + 1}" if others else f"point {named}. There"
    return f"{loss.label} has a corner at {there} its slope is {left} on the left and {right} on the right."


def _rmse(y_true: np.ndarray, y_pred: np.ndarray, shown: LossesSettings) -> str:
    if shown.task == "classification":
        return ""
    residual = y_pred - y_true
    mae, rmse = float(np.abs(residual).mean()), float(np.sqrt(np.square(residual).mean()))
    return prose(RMSE.format(mae=number(mae), rmse=number(rmse)), small=True)


def _trials() -> str:
    rows = [
        [f"y = 1, p = {_exactly(each.probability)}", _outcome(each.naive), _outcome(each.stable)]
        for each in cross_entropy_trials()
    ]
    return table(["", "−(y log p + (1 − y) log(1 − p))", "from the logit"], rows)


def _outcome(value: float) -> str:
    return {"inf": "infinite", "nan": "not a number"}.get(str(value), _exactly(value))


CORNER = (
    "At a corner every slope between the two sides will do. The formula and Keras each choose one, and the finite"
    " difference takes the mean of both."
)
STABLE = (
    "At p = 0 the logarithm is infinite, and at p = 1 it is 0 times infinity. The probability was rounded to 0 or 1"
    " before the logarithm was taken; the logit z was not. max(z, 0) − zy + log(1 + e^−|z|) never takes the exponential"
    " of a positive number, so nothing overflows and nothing is lost."
)
RMSE = (
    "MAE, the mean absolute error, is {mae} here; RMSE, the root of the mean squared error, is {rmse}: two different"
    " numbers that are sometimes confused. RMSE is MSE in the unit of y, good for reporting. Nobody trains on it: its"
    " minimum is MSE's, but the root couples all points of a batch, and at a perfect fit its slope does not exist."
)
