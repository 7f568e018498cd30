"""Charts of remedies: the run as it is now, and in the same axes the run that each remedy leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.diagnosis import Diagnosis
from playground.diagnosis.improvement import objective
from playground.diagnosis.trials import Trial
from playground.figures.edges import text_side
from playground.figures.replay import GREY, Entry, Figure, Panel, Replay, Trace, log_axis, plain_figure
from playground.losses import LOSSES, Target
from playground.text.numbers import number
from playground.text.phrases import listed

MOST_POINTS = 150  # of a curve; over a logarithmic axis more cannot be told apart
LOWEST = 1e-7  # what is less is drawn there
NOW = Entry("now", GREY, width=4)

# One colour and one dash a remedy, the same wherever it is offered; no two of a case share either.
STROKES = {
    "rate": ("#0072B2", "dash"),
    "longer": ("#0072B2", "longdash"),
    "standardise": ("#D55E00", "8px,2px"),
    "scale": ("#D55E00", "6px,2px"),
    "clip": ("#C0619A", "dashdot"),
    "patient": ("#C0619A", "6px,2px,1px,2px"),
    "faster": ("#FF22DD", "10px,3px,3px,3px"),
    "activation": ("#C0619A", "12px,4px"),
    "adam": ("#A07A00", "14px,3px"),
    "batch": ("#8877FF", "2px,4px"),
    "penalty": ("#FF0033", "5px,5px"),
    "proximal": ("#00AA00", "9px,2px,1px,2px"),
    "delta": ("#8800FF", "4px,2px"),
    "start": ("#E73F74", "2px,2px,8px,2px"),
    "loss": (LOSSES["huber"].colour, LOSSES["huber"].dash),
}


@dataclass(frozen=True)
class Course:
    """A curve over the epochs of a run: how it is drawn, where it diverged, and its values."""

    entry: Entry
    epochs: np.ndarray
    values: np.ndarray
    diverged_at: int | None


def remedies_replay(trials: Sequence[Trial[Diagnosis]]) -> Replay:
    """Before and after of every remedy: by the run's own loss, and by the judge that all losses share."""
    cases = [(NOW, trials[0].before), *((_entry(trial), trial.after) for trial in trials)]
    same = [case for case in cases if _objective(case[1]) == _objective(cases[0][1])]
    panels = [_panel("Own loss", "loss", [_loss_course(*case) for case in same])] if len(same) > 1 else []
    if is_judged(trials):
        panels.append(_panel("Error on clean points", "RMSE, in units of y", [_error_course(*case) for case in cases]))
    return Replay(panels, [entry for entry, _ in cases])


def is_judged(trials: Sequence[Trial[Diagnosis]]) -> bool:
    """Whether the errors on clean points say something: the distance of a logit from a label does not."""
    return LOSSES[trials[0].before.run.experiment.loss].target is Target.REAL


def left_out(trials: Sequence[Trial[Diagnosis]]) -> str:
    """Which remedies the chart of the own loss cannot show, and why; nothing if it shows them all."""
    own = _objective(trials[0].before)
    others = [f"“{trial.remedy.label}”" for trial in trials if _objective(trial.after) != own]
    if not others:
        return ""
    change = "changes" if len(others) == 1 else "change"
    return (
        f"{listed(others)} {change} the loss itself, whose height cannot be compared with the old one:"
        " judge by the error on clean points."
    )


def _objective(diagnosis: Diagnosis) -> tuple[Any, ...]:
    return objective(diagnosis.run.experiment)


def _entry(trial: Trial[Diagnosis]) -> Entry:
    return Entry(trial.remedy.label, *STROKES[trial.remedy.key])


def _loss_course(entry: Entry, diagnosis: Diagnosis) -> Course:
    places = _spread(len(diagnosis.shown))
    return Course(entry, places + 1, diagnosis.shown[places].astype(float), diagnosis.diverged_at)


def _error_course(entry: Entry, diagnosis: Diagnosis) -> Course:
    """The root of the mean squared error on clean points after the epochs that can be drawn."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    drawn = np.flatnonzero((run.path_epochs >= 1) & (run.path_epochs <= len(diagnosis.shown)))
    kept = drawn[_spread(len(drawn))]
    seen = replace(run, path=run.path[kept], path_epochs=run.path_epochs[kept])
    with np.errstate(over="ignore", invalid="ignore"):
        errors = seen.predict_path(run.data.x_test).astype(float) - run.data.y_test
        values = np.sqrt(np.square(errors).mean(axis=(1, 2)))
    finite = np.isfinite(values)
    return Course(entry, run.path_epochs[kept][finite], values[finite], diagnosis.diverged_at)


def _spread(count: int) -> np.ndarray:
    """At most so many of ``count`` places as can be told apart over a logarithmic axis, with both ends."""
    return np.unique(np.geomspace(1, max(count, 1), MOST_POINTS).round().astype(int))[:count] - 1


def _panel(title: str, unit: str, courses: Sequence[Course]) -> Panel:
    traces = [_curve(course) for course in courses]
    last = max(int(course.epochs[-1]) for course in courses if len(course.values))
    traces += [_cut(course, last) for course in courses if course.diverged_at and len(course.values)]
    said = "; ".join(f"{course.entry.label}: {_ends(course)}" for course in courses)
    figure = plain_figure(
        traces,
        "epoch",
        unit,
        _axis(np.concatenate([course.epochs for course in courses]), 0.02),
        _axis(np.concatenate([course.values for course in courses]), 0.06),
    )
    figure["layout"] |= {"height": 300, "hovermode": "closest"}
    return Panel(title, f"{title}, now and after each remedy. {said}.", figure)


def _axis(values: np.ndarray, share: float) -> Figure:
    low, high = np.log10(np.maximum([values.min(), values.max()], LOWEST))
    margin = share * (high - low) or 0.5
    return log_axis(float(low - margin), float(high + margin))


def _curve(course: Course) -> Trace:
    entry = course.entry
    return {
        "name": entry.label,
        "x": course.epochs.astype(np.int32),
        "y": np.maximum(course.values, LOWEST),
        "mode": "lines",
        "line": {"color": entry.colour, "dash": entry.dash, "width": entry.width},
        "hovertemplate": "epoch %{x}: %{y:.4g}<extra>" + entry.label + "</extra>",
    }


def _cut(course: Course, last: int) -> Trace:
    """A mark where a curve diverges, over a logarithmic axis that ends at the epoch ``last``."""
    said = f"diverged, epoch {course.diverged_at:,}"
    end = int(course.epochs[-1])
    return {
        "x": np.array([end], np.int32),
        "y": np.maximum(course.values[-1:], LOWEST),
        "mode": "markers+text",
        "text": [said],
        "textposition": text_side(float(np.log(end) / np.log(last)) if last > 1 else 0.0),
        "cliponaxis": False,
        "marker": {"color": course.entry.colour, "size": 13, "symbol": "triangle-up"},
        "hovertemplate": f"{course.entry.label}: {said}<extra></extra>",
    }


def _ends(course: Course) -> str:
    if not len(course.values):
        return "beyond all numbers from the first epoch"
    end = f", where it diverged at epoch {course.diverged_at:,}" if course.diverged_at else ""
    return f"{number(float(course.values[0]))} to {number(float(course.values[-1]))}{end}"
