"""Charts of trained runs: what each model says beside the points, and its loss over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from playground.data import Dataset
from playground.diagnosis import Diagnosis
from playground.experiment.names import name
from playground.export.titles import caption
from playground.figures.courses import describe_course
from playground.figures.edges import edge_words, write_notes, zero_words
from playground.figures.replay import (
    FAR,
    GREY,
    Entry,
    Figure,
    MovingTrace,
    Panel,
    Replay,
    RevealedTrace,
    Trace,
    log_axis,
    plain_figure,
)
from playground.figures.traces import (
    dots,
    end_marker,
    epoch_axis,
    grouped,
    loss_entry,
    loss_line,
    reference_line,
    span,
    span_of_logs,
    thin_evenly,
)
from playground.losses import LOSSES, Loss
from playground.text.language import N_, _

FITTED_KNOTS = 41  # positions in x at which a fitted curve is drawn
MOST_LOSS_POINTS = 1000  # of a loss curve; more cannot be told apart on a screen
FEW_EPOCHS = 5  # each has its own tick: there is none between two
RIM = {"color": "#FFFFFF", "width": 1}  # round a point, so that it stands out from the line of the truth
OUTLIERS = Entry(N_("outliers"), GREY, "diamond-open-dot", 0)
MOST_FRAME_NUMBERS = 120_000  # half a megabyte for all curves of a replay

Curve = tuple[np.ndarray, np.ndarray]  # epochs and losses, each ``(n,)``


def training_replay(diagnoses: Sequence[Diagnosis], *, log: bool) -> Replay:
    """Fitted lines and loss curves of several runs on the same data, from their first epoch to their last."""
    frames, keep = _choose_frames(diagnoses)
    outliers = [replace(OUTLIERS, label=_(OUTLIERS.label))] if len(diagnoses[0].run.data.outliers) else []
    losses = [loss_entry(_find_loss(diagnosis), _name_run(diagnosis)) for diagnosis in diagnoses]
    return Replay(
        panels=[fit_panel(diagnoses, keep), loss_panel(diagnoses, log=log)],
        legend=[Entry(_("points"), GREY, "circle", 0), *outliers, Entry(_("truth"), GREY, width=4), *losses],
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=frames,
        labels=[_name_run(diagnosis) for diagnosis in diagnoses],
        readings=[diagnosis.shown for diagnosis in diagnoses],
        caption=caption([diagnosis.run.experiment for diagnosis in diagnoses]),
    )


def fit_panel(diagnoses: Sequence[Diagnosis], keep: np.ndarray) -> Panel:
    """The points, the truth and what each model says; ``keep`` ``(frames,)`` picks the frames of their paths."""
    data = diagnoses[0].run.data
    grid = np.linspace(data.source.low, data.source.high, FITTED_KNOTS, dtype=np.float32)
    heights = _span_arrays(data.y_train, data.y_test)
    truth = reference_line(_("truth"), data.x_test[:, 0], data.y_test[:, 0], "y %{y:.4g}")
    traces, moving, notes = [truth, *_draw_points(data)], [], []
    for diagnosis in diagnoses:
        loss, y = _find_loss(diagnosis), _clip_to_chart(diagnosis.run.predict(grid))
        ends = grid[[0, -1]] if diagnosis.run.line else grid
        rows = _clip_to_chart(diagnosis.run.predict_path(ends))
        notes.append((_edge_note(diagnosis, rows, heights), loss.colour))
        moving.append(MovingTrace(len(traces), rows[keep]))
        traces.append(loss_line(loss, grid, y, label=_name_run(diagnosis), hover="y %{y:.5g}"))
    figure = plain_figure(traces, "x", "y", {"range": _span_arrays(data.x_test)}, {"range": heights})
    return Panel(
        title=_("Fitted lines"),
        description=_describe_fits(diagnoses, [note for note, _colour in notes if note]),
        figure=write_notes(figure, notes),
        moving_traces=moving,
    )


def _describe_fits(diagnoses: Sequence[Diagnosis], notes: Sequence[str]) -> str:
    """The verdict on each model, and what left the chart; the notes begin with a sign."""
    verdicts = [f"{_name_run(diagnosis)} {_(diagnosis.verdict)}" for diagnosis in diagnoses]
    words = _("The training points, the true curve and the fitted line of each loss: {verdicts}.")
    sentences = [words.format(verdicts=_("; ").join(verdicts))]
    sentences += [_("{note}.").format(note=note.partition(" ")[2]) for note in notes]
    return " ".join(sentences)


def _edge_note(diagnosis: Diagnosis, rows: np.ndarray, heights: Sequence[float]) -> str:
    """What left the chart of fits; of a run that diverged, when it did: its line may stand upright in it for longer."""
    epochs = diagnosis.run.path_epochs
    assert epochs is not None
    note = edge_words(_name_run(diagnosis), rows, epochs, *heights)
    if not note or diagnosis.diverged_at is None:
        return note
    low, high = heights
    stands = rows[-1].min() <= high and rows[-1].max() >= low
    upright = _("{loss} diverged at epoch {epoch:,}; its line is too steep for this chart")
    gone = _("{loss} diverged at epoch {epoch:,}; its line has left this chart")
    words = upright if stands else gone
    return f"{note[0]} {words.format(loss=_name_run(diagnosis), epoch=diagnosis.diverged_at)}"


def loss_panel(diagnoses: Sequence[Diagnosis], *, log: bool) -> Panel:
    """Each loss over the epochs, up to the shown one, with a dot at its end and a mark where it diverged."""
    drawn = [_thin_losses(diagnosis.shown) for diagnosis in diagnoses]
    pairs = list(zip(diagnoses, drawn, strict=True))
    lines = [
        loss_line(_find_loss(each), *curve, label=_name_run(each), width=2, hover="%{y:.5g}") for each, curve in pairs
    ]
    marks = [_draw_divergence(*pair) for pair in pairs if pair[0].diverged_at]
    epochs = max(diagnosis.run.epochs for diagnosis in diagnoses)
    figure = plain_figure(
        [*lines, _draw_end_dots(diagnoses, drawn), *marks],
        _("epoch"),
        _("loss, each in its own unit"),
        epoch_axis(epochs) | ({"dtick": 1} if epochs <= FEW_EPOCHS else {}),
        _loss_axis([losses for _epochs, losses in drawn], log=log),
    )
    notes = [(zero_words(_name_run(each), each.shown), _find_loss(each).colour) for each in diagnoses] if log else []
    courses = _("; ").join(describe_course(_name_run(each), each.shown, each.diverged_at) for each in diagnoses)
    return Panel(
        title=_("Loss curves"),
        description=_("The loss at each epoch: {courses}.").format(courses=courses),
        figure=write_notes(figure, notes, top=False),
        revealed_traces=[RevealedTrace(trace) for trace in range(len(drawn))],
        end_markers=len(drawn),
    )


def _loss_axis(curves: Sequence[np.ndarray], *, log: bool) -> Figure:
    """An axis that holds every curve whole, so that it stands still while they are replayed."""
    values = np.concatenate([np.zeros(0), *curves])
    if not log:
        return {"type": "linear", "range": [0.0, 1.05 * float(values.max(initial=0.0)) or 1.0]}
    positive = values[values > 0]
    return log_axis(*(span_of_logs(positive) if len(positive) else span(0.0, 1.0, 0.05)))


def _draw_points(data: Dataset) -> list[Trace]:
    """The points, and over them the outliers with a symbol of their own."""
    hover, places = "x %{x:.3g}<br>y %{y:.4g}", (data.x_train[:, 0], data.y_train[:, 0])
    others = np.setdiff1d(np.arange(len(data.x_train)), data.outliers)
    x, y = (values[others] for values in places)
    points = [dots(_("points"), x, y, GREY, hover=hover, box=_("point"), size=8, line=RIM)]
    if not len(data.outliers):
        return points
    x, y = (values[data.outliers] for values in places)
    look = {"symbol": OUTLIERS.dash, "size": 12, "line": {"width": 2}}
    return [*points, dots(_(OUTLIERS.label), x, y, GREY, hover=hover, box=_("outlier"), **look)]


def _draw_end_dots(diagnoses: Sequence[Diagnosis], drawn: Sequence[Curve]) -> Trace:
    """One dot a loss, at the shown epoch: one trace for all, since every trace costs the browser time."""
    x = np.array([epochs[-1] if len(epochs) else 0 for epochs, _losses in drawn], np.int32)
    y = np.array([losses[-1] if len(losses) else 0 for _epochs, losses in drawn], np.float32)
    losses = [_find_loss(diagnosis) for diagnosis in diagnoses]
    return {**dots("", x, y, [loss.colour for loss in losses], size=9), "ids": [loss.label for loss in losses]}


def _draw_divergence(diagnosis: Diagnosis, curve: Curve) -> Trace:
    loss, (x, y) = _find_loss(diagnosis), curve
    text = _("{loss} diverged, epoch {epoch:,}").format(loss=loss.label, epoch=diagnosis.diverged_at)
    share = float(x[-1]) / diagnosis.run.epochs if len(x) else 1.0
    return grouped(end_marker(x[-1:], y[-1:], text, loss.colour, share), loss.label)


def _find_loss(diagnosis: Diagnosis) -> Loss:
    return LOSSES[diagnosis.run.experiment.loss]


def _name_run(diagnosis: Diagnosis) -> str:
    return name(diagnosis.run.experiment)


def _clip_to_chart(values: np.ndarray) -> np.ndarray:
    """What a chart can place: a model that is NaN or infinite is drawn far above the chart, where it has gone."""
    return np.nan_to_num(values, nan=FAR, posinf=FAR, neginf=-FAR).clip(-FAR, FAR)


def _choose_frames(diagnoses: Sequence[Diagnosis]) -> tuple[np.ndarray, np.ndarray]:
    """The epochs to replay, and their places in the runs' paths: all of them, or as many as may be sent."""
    epochs = diagnoses[0].run.path_epochs
    assert epochs is not None, "a replay needs runs with a path"
    per_frame = sum(2 if diagnosis.run.line else FITTED_KNOTS for diagnosis in diagnoses)
    keep = thin_evenly(len(epochs), max(2, MOST_FRAME_NUMBERS // per_frame))
    return epochs[keep], keep


def _thin_losses(losses: np.ndarray) -> Curve:
    """Epochs (from 1) and losses, as many as a screen can show, the first and the last among them."""
    places = thin_evenly(len(losses), MOST_LOSS_POINTS)
    return places + 1, losses[places]


def _span_arrays(*arrays: np.ndarray) -> list[float]:
    """An axis range round the values, a little wider, the same whatever the models say."""
    return span(float(min(array.min() for array in arrays)), float(max(array.max() for array in arrays)))
