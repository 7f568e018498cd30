"""Losses drawn as functions: value, slope and curvature of each, with the points at which a property fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playground.figures.replay import GREY, Entry, Figure, Panel, Trace, plain_figure
from playground.losses import LOSSES, Loss, Target
from playground.theory.properties import Curve, Property, PropertyCheck, make_curve

POINTS = 241
REACH = 5.0
STEP = 1e-4
CEILING = 25.0  # one loss that leaps up must not press the others flat
USUAL = 0.95  # of the places of a curve: so many are to be seen, whatever their height
ROUNDING = 8 * np.finfo(float).eps  # of a value: what two formulas for the same may differ by
PROBABILITIES = np.linspace(0.002, 0.998, POINTS)

FAILS = Entry("a property fails", GREY, "x", 0)

Findings = Mapping[str, Mapping[Property, PropertyCheck]]


@dataclass(frozen=True)
class CurveAxis:
    """From where losses are looked at: the true value, and for labels whether against probability or logit."""

    target: Target
    y_true: float
    by_probability: bool = False

    @property
    def axis(self) -> str:
        if self.target is not Target.LABEL:
            return "residual ŷ − y"
        return "probability p of label 1" if self.by_probability else "logit z"

    @property
    def x(self) -> np.ndarray:
        if self.target is not Target.LABEL:
            return np.linspace(-REACH, REACH, POINTS)
        return PROBABILITIES if self.by_probability else np.linspace(-REACH, REACH, POINTS)

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
    keys: Sequence[str], parameters: Mapping[str, Mapping[str, float]], sight: CurveAxis, findings: Findings
) -> tuple[list[Panel], list[Entry]]:
    """Value, slope and curvature of the losses over one axis, and their legend."""
    curves = {key: sight.curve(LOSSES[key], parameters[key]) for key in keys}
    drawn = {key: _derivatives(curve, sight.x) for key, curve in curves.items()}
    titles = ["Value: what an error costs", "Slope: how hard it pulls", "Curvature: how fast the pull grows"]
    panels = [
        Panel(
            title=title,
            description=f"{title}, against the {sight.axis}: {', '.join(LOSSES[key].label for key in keys)}.",
            figure=_figure([_line(key, sight.x, drawn[key][order]) for key in keys], sight, title),
        )
        for order, title in enumerate(titles)
    ]
    marks = _marks(curves, findings, sight, panels[0].figure["layout"]["yaxis"]["range"])
    panels[0].figure["data"].extend(marks)
    legend = [Entry(LOSSES[key].label, LOSSES[key].colour, LOSSES[key].dash) for key in keys]
    return panels, [*legend, *([FAILS] if marks else [])]


def _derivatives(curve: Curve, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value and both derivatives by differences; what lies outside the loss's domain is no number."""
    inside = (x - STEP > curve.low) & (x + STEP < curve.high)
    safe = np.where(inside, x, x[inside][0])
    behind, here, ahead = (curve.value(safe + shift) for shift in (-STEP, 0.0, STEP))
    orders = here, (ahead - behind) / (2 * STEP), (ahead - 2 * here + behind) / STEP**2
    # At a corner there is no curvature: what a difference gives there is as large as its step is small.
    jump = np.abs(orders[2]) > 1e3 * (1 + np.abs(orders[1]))
    # What is no larger than the rounding of the values it is made of is no bend, however large a chart draws it.
    flat = np.abs(orders[2]) <= ROUNDING * (np.abs(behind) + 2 * np.abs(here) + np.abs(ahead)) / STEP**2
    kept = orders[0], orders[1], np.where(jump, np.nan, np.where(flat, 0.0, orders[2]))
    return tuple(np.where(inside, values, np.nan) for values in kept)  # type: ignore[return-value]


def _line(key: str, x: np.ndarray, y: np.ndarray) -> Trace:
    loss = LOSSES[key]
    known = np.isfinite(y)
    return {
        "type": "scatter",
        "name": loss.label,
        "x": x[known],
        "y": y[known],
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2.5},
        "hovertemplate": "%{y:.4g}<extra>" + loss.label + "</extra>",
    }


def _marks(
    curves: Mapping[str, Curve], findings: Findings, sight: CurveAxis, window: tuple[float, float]
) -> list[Trace]:
    """A mark on each value curve where a property fails, with what fails there: one trace, which is drawn faster."""
    failed = {} if sight.by_probability else _failed(curves, findings, sight)
    heights = {(key, at): float(curves[key].value(np.array([at]))[0]) for key, at in failed}
    # A cross at the rim of the chart would stand where nothing fails.
    seen = [place for place in failed if window[0] <= heights[place] <= window[1]]
    if not seen:
        return []
    return [
        {
            "type": "scatter",
            "name": "counter-examples",
            "x": np.array([at for _, at in seen]),
            "y": np.array([heights[place] for place in seen]),
            "mode": "markers",
            "marker": {
                "color": [LOSSES[key].colour for key, _ in seen],
                "size": 11,
                "symbol": "x-thin-open",
                "line": {"width": 3},
            },
            "text": [f"{LOSSES[key].label} is {'<br>'.join(failed[key, at])}" for key, at in seen],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _failed(curves: Mapping[str, Curve], findings: Findings, sight: CurveAxis) -> dict[tuple[str, float], list[str]]:
    """What fails within the window, by the loss and the place."""
    failed: dict[tuple[str, float], list[str]] = {}
    for key, curve in curves.items():
        for each, finding in findings[key].items():
            if finding.at is not None and abs(finding.at) <= REACH and curve.low < finding.at < curve.high:
                said = f"not {each}: {finding.reason}"
                failed.setdefault((key, _shown_at(finding.at, sight)), []).append(said)
    return failed


def _shown_at(at: float, sight: CurveAxis) -> float:
    """Findings on labels are those of label 1; label 0 is its mirror image."""
    return -at if sight.target is Target.LABEL and not sight.y_true else at


def _figure(traces: list[Trace], sight: CurveAxis, title: str) -> Figure:
    lowest = min(float(trace["y"].min()) for trace in traces)
    highest = max(float(trace["y"].max()) for trace in traces)
    ceiling = max(CEILING, min(float(np.quantile(np.abs(trace["y"]), USUAL)) for trace in traces))
    low, high = max(lowest, -ceiling), min(highest, ceiling)
    margin = 0.06 * (high - low) or 1.0
    x_axis = {"range": [float(sight.x[0]), float(sight.x[-1])]}
    return plain_figure(
        traces, sight.axis, title.split(":")[0].lower(), x_axis, {"range": [low - margin, high + margin]}
    )
