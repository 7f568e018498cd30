"""Charts of remedies: the run as it is now, and in the same axes the run that each remedy leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from playground.diagnosis import Diagnosis
from playground.diagnosis.improvement import objective
from playground.diagnosis.trials import Trial
from playground.export.titles import caption
from playground.figures.courses import describe_course
from playground.figures.replay import GREY, Entry, Figure, Panel, Replay, Trace, log_axis, plain_figure
from playground.figures.traces import end_marker, grouped, line, span_of_logs, thin_by_factors
from playground.losses import LOSSES, Target
from playground.text.language import N_, _, ngettext
from playground.text.phrases import listed

MOST_COURSE_POINTS = 150  # of a curve; over a logarithmic axis more cannot be told apart
LOWEST = 1e-7  # smaller values are drawn there
NOW = Entry(N_("now"), GREY, width=4)

# One colour and one dash per remedy, the same wherever it is offered; no two that are offered together share either.
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
    runs = [(replace(NOW, label=_(NOW.label)), trials[0].before)]
    runs += [(Entry(trial.remedy.label, *STROKES[trial.remedy.key]), trial.after) for trial in trials]
    own = objective(trials[0].before.run.experiment)
    same = [(entry, run) for entry, run in runs if objective(run.run.experiment) == own]
    panels = (
        [_draw_courses(_("Training loss"), _("loss"), [_loss_course(*run) for run in same])] if len(same) > 1 else []
    )
    if is_judged(trials):
        courses = [_error_course(*run) for run in runs]
        panels.append(_draw_courses(_("Error on clean points"), _("RMSE, in units of y"), courses))
    return Replay(panels, [entry for entry, _run in runs], caption=caption([trials[0].before.run.experiment]))


def is_judged(trials: Sequence[Trial[Diagnosis]]) -> bool:
    """Whether errors on clean points mean anything here: the distance of a logit from a label does not."""
    return LOSSES[trials[0].before.run.experiment.loss].target is Target.REAL


def left_out_words(trials: Sequence[Trial[Diagnosis]]) -> str:
    """Which remedies the chart of the own loss cannot show, and why; nothing if it shows them all."""
    own = objective(trials[0].before.run.experiment)
    others = [f"“{trial.remedy.label}”" for trial in trials if objective(trial.after.run.experiment) != own]
    if not others:
        return ""
    return ngettext(
        "{remedies} changes the loss itself. The old and the new loss cannot be compared, so compare the errors on"
        " clean points.",
        "{remedies} change the loss itself. The old and the new losses cannot be compared, so compare the errors on"
        " clean points.",
        len(others),
    ).format(remedies=listed(others))


def _loss_course(entry: Entry, diagnosis: Diagnosis) -> Course:
    places = thin_by_factors(len(diagnosis.shown), MOST_COURSE_POINTS, nearest=True)
    return Course(entry, places + 1, diagnosis.shown[places].astype(float), diagnosis.diverged_at)


def _error_course(entry: Entry, diagnosis: Diagnosis) -> Course:
    """The root of the mean squared error on clean points after the epochs that can be drawn."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    drawn = np.flatnonzero((run.path_epochs >= 1) & (run.path_epochs <= len(diagnosis.shown)))
    kept = drawn[thin_by_factors(len(drawn), MOST_COURSE_POINTS, nearest=True)]
    seen = replace(run, path=run.path[kept], path_epochs=run.path_epochs[kept])
    with np.errstate(over="ignore", invalid="ignore"):
        errors = seen.predict_path(run.data.x_test).astype(float) - run.data.y_test
        values = np.sqrt(np.square(errors).mean(axis=(1, 2)))
    finite = np.isfinite(values)
    return Course(entry, run.path_epochs[kept][finite], values[finite], diagnosis.diverged_at)


def _draw_courses(title: str, unit: str, courses: Sequence[Course]) -> Panel:
    last = max(int(course.epochs[-1]) for course in courses if len(course.values))
    diverged = [course for course in courses if course.diverged_at and len(course.values)]
    figure = plain_figure(
        [*map(_draw_course, courses), *(_draw_divergence(course, last) for course in diverged)],
        _("epoch"),
        unit,
        _hold_all([course.epochs for course in courses], 0.02),
        _hold_all([course.values for course in courses], 0.06),
        height=300,
        hovermode="closest",
    )
    ends = _("; ").join(describe_course(each.entry.label, each.values, each.diverged_at) for each in courses)
    words = _("{title}, now and after each remedy: {courses}.").format(title=title, courses=ends)
    return Panel(title, words, figure)


def _hold_all(values: Sequence[np.ndarray], margin: float) -> Figure:
    return log_axis(*span_of_logs(np.maximum(np.concatenate(values), LOWEST), margin))


def _draw_course(course: Course) -> Trace:
    entry, y = course.entry, np.maximum(course.values, LOWEST)
    hover = _("epoch %{x}: %{y:.4g}")
    x = course.epochs.astype(np.int32)
    return line(entry.label, x, y, entry.colour, dash=entry.dash, width=entry.width, hover=hover)


def _draw_divergence(course: Course, last: int) -> Trace:
    """A mark where a curve diverges, over a logarithmic axis that ends at the epoch ``last``."""
    text = _("diverged, epoch {epoch:,}").format(epoch=course.diverged_at)
    x, y = course.epochs[-1:].astype(np.int32), np.maximum(course.values[-1:], LOWEST)
    share = float(np.log(x[0]) / np.log(last)) if last > 1 else 0.0
    mark = end_marker(x, y, text, course.entry.colour, share, hover=f"{course.entry.label}: {text}", size=13)
    return grouped(mark, course.entry.label)
