"""How hard each point pulls: the slope of each loss over the error, with the points of its run on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis.fit import Fit, slope_sizes
from playground.experiment.names import name
from playground.figures.replay import GREY, Entry, Panel, Replay, plain_figure
from playground.figures.traces import dots, loss_entry, loss_line, span
from playground.losses import LOSSES
from playground.text.language import N_, _, ngettext
from playground.theory.line_loss import point_slopes

PLACES = 201  # of the error, at which a slope is drawn
BESIDE_CORNER = 1e-6  # of the range: a slope that jumps is drawn on both sides
HEIGHT = 300  # pixels
FAR_OFF, WRONG_LABELS = N_("points far off"), N_("wrong labels")
ERROR, LOGIT = N_("residual (prediction − target)"), N_("logit on the wrong side")


def pull_replay(fits: Sequence[Fit]) -> Replay:
    """A panel a loss: its slope over the errors that occur, and where its own run left each point."""
    low, high = _find_range(fits)
    far = _(WRONG_LABELS if fits[0].is_classifier else FAR_OFF)
    marks = [Entry(far, GREY, "diamond", 0)] if len(fits[0].far) else []
    losses = [loss_entry(LOSSES[fit.experiment.loss], name(fit.experiment)) for fit in fits]
    panels = [_draw_pull(fit, low, high) for fit in fits]
    return Replay(panels, [Entry(_("points"), GREY, "circle-open", 0), *marks, *losses], small=True)


def _find_range(fits: Sequence[Fit]) -> tuple[float, float]:
    """The errors of all runs, and 0."""
    errors = np.concatenate([[0.0], *(fit.residuals[np.isfinite(fit.residuals)] for fit in fits)])
    low, high = span(float(errors.min()), float(errors.max()), 0.04)
    return low, high


def _draw_pull(fit: Fit, low: float, high: float) -> Panel:
    loss = LOSSES[fit.experiment.loss]
    errors = _place_errors(low, high)
    slopes = _measure_slopes(fit, errors)
    own, x = _measure_own(fit), fit.residuals
    near = np.setdiff1d(np.arange(len(x)), fit.far)
    hover = _("error %{x:.3g}<br>slope %{y:.3g}")
    traces = [
        loss_line(loss, errors, slopes),
        dots(
            _("points"), x[near], own[near], loss.colour, hover=hover, size=8, symbol="circle-open", line={"width": 2}
        ),
        dots(_(FAR_OFF), x[fit.far], own[fit.far], loss.colour, hover=hover, size=12, symbol="diamond"),
    ]
    heights = np.concatenate([slopes, own])
    heights = heights[np.isfinite(heights)]
    y_axis = {"range": span(float(heights.min()), float(heights.max()), 0.08), "exponentformat": "power"}
    x_title = _(LOGIT if fit.is_classifier else ERROR)
    figure = plain_figure(
        traces, x_title, _("slope of the loss"), {"range": [low, high]}, y_axis, hovermode="closest", height=HEIGHT
    )
    return Panel(name(fit.experiment), _describe_pull(fit), figure)


def _describe_pull(fit: Fit) -> str:
    share = 0.0 if np.isnan(fit.far_share) else fit.far_share
    return ngettext(
        "The slope of {loss} over the error of a point, with the {points} points of its run. {far} of them lies far off"
        " and carries {share:.0%} of the pull.",
        "The slope of {loss} over the error of a point, with the {points} points of its run. {far} of them lie far off"
        " and carry {share:.0%} of the pull.",
        len(fit.far),
    ).format(loss=name(fit.experiment), points=len(fit.residuals), far=len(fit.far), share=share)


def _place_errors(low: float, high: float) -> np.ndarray:
    """Errors over the range, and both sides of 0, where the slope of some losses jumps."""
    beside = BESIDE_CORNER * (high - low)
    return np.sort(np.concatenate([np.linspace(low, high, PLACES), [-beside, beside]]))


def _measure_slopes(fit: Fit, errors: np.ndarray) -> np.ndarray:
    """The slope at each error ``(n,)``; of a classifier its size for a point with label 1."""
    if fit.is_classifier:
        return slope_sizes(fit.experiment, errors)
    return point_slopes(fit.experiment, np.zeros_like(errors), errors)


def _measure_own(fit: Fit) -> np.ndarray:
    """The slope at each point of the run, ``(n,)``."""
    return fit.pulls if fit.is_classifier else np.sign(fit.residuals) * fit.pulls
