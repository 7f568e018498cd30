"""Losses drawn as functions: value, slope and curvature of each, with the points at which a property fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playground.experiment.names import parameter_words
from playground.figures.replay import GREY, Entry, Figure, Panel, Trace, plain_figure
from playground.figures.traces import dots, grouped, loss_entry, loss_line, span
from playground.losses import LOSSES, Loss, Target
from playground.text.language import N_, _
from playground.text.phrases import listed
from playground.theory.properties import Curve, Property, PropertyCheck, make_curve

CURVE_POINTS = 241
AXIS_REACH = 5.0
DERIVATIVE_STEP = 1e-4
CEILING = 25.0  # one loss that leaps up must not press the others flat
USUAL_SHARE = 0.95  # of the places of a curve: so many are to be seen, whatever their height
ROUNDING_SHARE = 8 * np.finfo(float).eps  # of a value: what two formulas for the same may differ by
PROBABILITIES = np.linspace(0.002, 0.998, CURVE_POINTS)

FAILURES = "failures"  # the group of their marks
# Value, slope and curvature: a panel's title, its description and its axis.
ORDERS = (
    (N_("Value: what an error costs"), N_("The value of each loss over the {axis}: {losses}."), N_("value")),
    (N_("Slope: how hard an error pulls"), N_("The slope of each loss over the {axis}: {losses}."), N_("slope")),
    (
        N_("Curvature: how fast the pull grows"),
        N_("The curvature of each loss over the {axis}: {losses}."),
        N_("curvature"),
    ),
)

Findings = Mapping[str, Mapping[Property, PropertyCheck]]


@dataclass(frozen=True)
class CurveAxis:
    """What losses are drawn against: residuals of a true value, or logits or probabilities of a label."""

    target: Target
    y_true: float
    by_probability: bool = False

    @property
    def title(self) -> str:
        if self.target is not Target.LABEL:
            return _("residual ŷ − y")
        return _("probability p of label 1") if self.by_probability else _("logit z")

    @property
    def x(self) -> np.ndarray:
        """The places at which curves are drawn, ``(CURVE_POINTS,)``."""
        if self.target is not Target.LABEL:
            return np.linspace(-AXIS_REACH, AXIS_REACH, CURVE_POINTS)
        return PROBABILITIES if self.by_probability else np.linspace(-AXIS_REACH, AXIS_REACH, CURVE_POINTS)

    def curve(self, loss: Loss, parameters: Mapping[str, float]) -> Curve:
        """The loss against what lies on the axis; a logit as if the label were ``y_true``."""
        curve = make_curve(loss, self.y_true, **parameters)
        if self.target is not Target.LABEL:
            return curve
        by_logit = curve.value if self.y_true else lambda z: curve.mirror(-z)
        if not self.by_probability:
            return Curve(by_logit, by_logit, right=curve.right)
        return Curve(lambda p: by_logit(np.log(p) - np.log1p(-p)), by_logit, right=self.y_true, low=0.0, high=1.0)


def curve_panels(
    keys: Sequence[str], parameters: Mapping[str, Mapping[str, float]], axis: CurveAxis, findings: Findings
) -> tuple[list[Panel], list[Entry]]:
    """Value, slope and curvature of the losses over one axis, and their legend."""
    curves = {key: axis.curve(LOSSES[key], parameters[key]) for key in keys}
    drawn = {key: _differentiate_twice(curve, axis.x) for key, curve in curves.items()}
    names = listed([LOSSES[key].label for key in keys])
    panels = [
        Panel(
            title=_(title),
            description=_(description).format(axis=axis.title, losses=names),
            figure=_draw_figure([_draw_curve(key, axis.x, drawn[key][order]) for key in keys], axis, _(unit)),
        )
        for order, (title, description, unit) in enumerate(ORDERS)
    ]
    marks = _mark_failures(curves, findings, axis, panels[0].figure["layout"]["yaxis"]["range"])
    panels[0].figure["data"].extend(marks)
    return panels, [*(loss_entry(LOSSES[key]) for key in keys), *([_make_failure_entry()] if marks else [])]


def _make_failure_entry() -> Entry:
    return Entry(_("a property fails"), GREY, "x", 0, group=FAILURES)


def name_losses(parameters: Mapping[str, Mapping[str, float]]) -> str:
    """The losses with their parameters, which come by the key of each loss."""
    return ", ".join(LOSSES[key].label + parameter_words(values) for key, values in parameters.items())


def _differentiate_twice(curve: Curve, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value and both derivatives by differences; what lies outside the loss's domain is no number."""
    inside = (x - DERIVATIVE_STEP > curve.low) & (x + DERIVATIVE_STEP < curve.high)
    safe = np.where(inside, x, x[inside][0])
    behind, here, ahead = (curve.value(safe + shift) for shift in (-DERIVATIVE_STEP, 0.0, DERIVATIVE_STEP))
    orders = here, (ahead - behind) / (2 * DERIVATIVE_STEP), (ahead - 2 * here + behind) / DERIVATIVE_STEP**2
    # At a corner there is no curvature: what a difference gives there is as large as its step is small.
    jump = np.abs(orders[2]) > 1e3 * (1 + np.abs(orders[1]))
    # What is no larger than the rounding of the values it is made of is no bend, however large a chart draws it.
    flat = (
        np.abs(orders[2]) <= ROUNDING_SHARE * (np.abs(behind) + 2 * np.abs(here) + np.abs(ahead)) / DERIVATIVE_STEP**2
    )
    kept = orders[0], orders[1], np.where(jump, np.nan, np.where(flat, 0.0, orders[2]))
    return tuple(np.where(inside, values, np.nan) for values in kept)  # type: ignore[return-value]


def _draw_curve(key: str, x: np.ndarray, y: np.ndarray) -> Trace:
    known = np.isfinite(y)
    return loss_line(LOSSES[key], x[known], y[known], hover="%{y:.4g}")


def _mark_failures(
    curves: Mapping[str, Curve], findings: Findings, axis: CurveAxis, window: tuple[float, float]
) -> list[Trace]:
    """A mark on each value curve where a property fails, with what fails there: one trace, which is drawn faster."""
    failed = {} if axis.by_probability else _find_failures(curves, findings, axis)
    heights = {(key, at): float(curves[key].value(np.array([at]))[0]) for key, at in failed}
    # A cross at the rim of the chart would stand where nothing fails.
    seen = [place for place in failed if window[0] <= heights[place] <= window[1]]
    if not seen:
        return []
    marks = dots(
        _("counter-examples"),
        np.array([at for _key, at in seen]),
        np.array([heights[place] for place in seen]),
        [LOSSES[key].colour for key, _at in seen],
        hover="%{text}",
        box="",
        size=11,
        symbol="x-thin-open",
        line={"width": 3},
    )
    texts = ["<br>".join(failed[place]) for place in seen]
    ids = [LOSSES[key].label for key, _at in seen]
    return [{"type": "scatter", **grouped(marks, FAILURES), "text": texts, "ids": ids}]


def _find_failures(
    curves: Mapping[str, Curve], findings: Findings, axis: CurveAxis
) -> dict[tuple[str, float], list[str]]:
    """What fails within the window, by the loss and the place."""
    failed: dict[tuple[str, float], list[str]] = {}
    # Findings on labels are those of label 1; label 0 is its mirror image.
    sign = -1 if axis.target is Target.LABEL and not axis.y_true else 1
    for key, curve in curves.items():
        for each, finding in findings[key].items():
            if finding.at is not None and abs(finding.at) <= AXIS_REACH and curve.low < finding.at < curve.high:
                words = _("{loss} is not {property}: {reason}").format(
                    loss=LOSSES[key].label, property=_(each), reason=finding.reason
                )
                failed.setdefault((key, sign * finding.at), []).append(words)
    return failed


def _draw_figure(traces: list[Trace], axis: CurveAxis, unit: str) -> Figure:
    lowest = min(float(trace["y"].min()) for trace in traces)
    highest = max(float(trace["y"].max()) for trace in traces)
    ceiling = max(CEILING, min(float(np.quantile(np.abs(trace["y"]), USUAL_SHARE)) for trace in traces))
    heights = span(max(lowest, -ceiling), min(highest, ceiling))
    x_axis = {"range": [float(axis.x[0]), float(axis.x[-1])]}
    return plain_figure(traces, axis.title, unit, x_axis, {"range": heights})
