"""Classifiers as pictures: a decision map for each loss, or their probability curves over a line; and reliability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.data import Dataset
from playground.diagnosis.classifier import ClassifierScores
from playground.diagnosis.metrics import Reliability
from playground.experiment.names import name
from playground.export.titles import caption
from playground.figures.heatmap_frames import HeatmapFrames, make_heatmap_frames
from playground.figures.replay import GREY, Entry, Figure, MovingTrace, Panel, Replay, Trace, plain_figure
from playground.figures.traces import dots, grouped, line, loss_entry, loss_line, reference_line
from playground.figures.training import loss_panel
from playground.losses import LOSSES
from playground.pages.classify.study import Classified, axis, best_map
from playground.pages.classify.words import accuracy_words
from playground.text.numbers import number

# Distinct without colour, too: by lightness on the map and by their symbols. From ColorBrewer's PuOr.
LABEL_COLOURS = ("#7F5BB5", "#DD7A0B")
WRONG_SYMBOL = "diamond-open"
LABEL_SYMBOLS = ("circle", "square")
MAP_SHADES = [[0.0, "rgba(127, 91, 181, 0.8)"], [0.5, "rgba(128, 128, 128, 0.06)"], [1.0, "rgba(221, 122, 11, 0.8)"]]
LABEL_HEIGHTS = (-0.12, 1.12)  # where the points of label 0 and 1 stand beside a probability curve
MAP_HEIGHT = 340
UNIT_AXIS: Figure = {"range": [-0.03, 1.03]}


def decision_replay(results: Sequence[Classified], threshold: float, *, log: bool) -> Replay:
    """What every classifier says of the plane, or of the line, beside the loss curves, from the first epoch on."""
    first = results[0]
    is_map = first.experiment.features == 2
    pictures = [_map_panel(each, threshold) for each in results] if is_map else [_curve_panel(results, threshold)]
    diagnoses = [each.diagnosis for each in results]
    return Replay(
        panels=[*pictures, loss_panel(diagnoses, log=log)],
        legend=_list_entries(results, is_map, threshold),
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=first.frames,
        labels=[name(each.experiment) for each in results],
        readings=[diagnosis.shown for diagnosis in diagnoses],
        caption=caption([diagnosis.run.experiment for diagnosis in diagnoses]),
        small=is_map,
    )


def _list_entries(results: Sequence[Classified], is_map: bool, threshold: float) -> list[Entry]:
    labels = [Entry(f"label {label}", LABEL_COLOURS[label], LABEL_SYMBOLS[label], 0) for label in (0, 1)]
    wrong = [Entry("wrong label", GREY, WRONG_SYMBOL, 0)] if len(results[0].diagnosis.run.data.outliers) else []
    losses = [_find_entry(each) for each in results]
    if is_map:
        border = [Entry("border of each map", GREY, group="border")] if has_border(threshold) else []
        return [*labels, *wrong, *border, Entry("best border", GREY, "dot"), *losses]
    return [*labels, *wrong, Entry("best possible", GREY, width=4), *losses]


def _find_entry(result: Classified) -> Entry:
    return loss_entry(LOSSES[result.experiment.loss], name(result.experiment))


def _map_panel(result: Classified, threshold: float) -> Panel:
    """The probability of label 1 over the plane, the border at the threshold, the best border and the points."""
    experiment, data = result.experiment, result.diagnosis.run.data
    along = axis(experiment)
    borders = [_draw_border(along, threshold, width=2.5)] if has_border(threshold) else []
    best = {"name": "best border", "z": best_map(experiment).astype(np.float32)}
    borders.append(_draw_border(along, 0.5, width=2, dash="dot") | best)
    traces = [_draw_map(along), *borders, *_mark_labels(data, data.x_train, "(%{x:.2f}, %{y:.2f})")]
    span = {"range": [float(along[0]), float(along[-1])]}
    look = {"height": MAP_HEIGHT, "hovermode": "closest", "margin": {"l": 28, "r": 8, "t": 4, "b": 28}}
    right = result.judge.accuracy(threshold)
    return Panel(
        title=f"{name(experiment)}: {'diverged' if right is None else f'{right:.1%} right'}",
        description=f"Decision map of {name(experiment)}: {accuracy_words(right)}",
        figure=plain_figure(traces, "", "", span, dict(span), **look),
        heatmaps=_frame_map(result.maps, threshold),
    )


def has_border(threshold: float) -> bool:
    """Whether a map can have a border: at a threshold of 0 all is called 1, at 1 all is called 0."""
    return 0 < threshold < 1


def _frame_map(maps: np.ndarray, threshold: float) -> list[HeatmapFrames]:
    """The frames of a map; those of its border spend all 8 bits on the values round the threshold."""
    room = min(threshold, 1 - threshold)
    if room == 0.5:
        return [make_heatmap_frames((0, 1), maps)]
    border = [make_heatmap_frames((1,), maps, threshold - room, threshold + room)] if room > 0 else []
    return [make_heatmap_frames((0,), maps), *border]


def _draw_map(along: np.ndarray) -> Trace:
    return {
        "type": "heatmap",
        "name": "probability of label 1",
        "x": along,
        "y": along,
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": MAP_SHADES,
        "showscale": False,
        "zsmooth": "fast",  # by the browser; "best" would take the script longer than all the rest
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<br>probability of label 1: %{z:.2f}<extra></extra>",
    }


def _draw_border(along: np.ndarray, level: float, **line_style: object) -> Trace:
    """The one line along which the probability has that level: what is called 0 lies on one side, 1 on the other."""
    return {
        "type": "contour",
        "name": "border",
        "x": along,
        "y": along,
        "showscale": False,
        "autocontour": False,
        "contours": {"coloring": "none", "start": level, "end": level, "size": 1.0},
        "line": {"color": GREY, "smoothing": 0, **line_style},
        "hoverinfo": "skip",
    }


def _mark_labels(data: Dataset, places: np.ndarray, hover: str) -> list[Trace]:
    """A trace for each label that occurs, at ``places`` ``(n, 2)``, with a ring round every wrong label."""
    labels = data.y_train[:, 0]
    marks = [_mark_points(places[labels == label], label, hover) for label in (0, 1) if (labels == label).any()]
    if len(data.outliers):
        x, y = places[data.outliers].T
        look = {"symbol": WRONG_SYMBOL, "size": 13, "line": {"width": 2}}
        marks.append(dots("wrong label", x, y, GREY, hover="its label is wrong", box="", **look))
    return marks


def _mark_points(places: np.ndarray, label: int, hover: str) -> Trace:
    return dots(
        f"label {label}",
        places[:, 0],
        places[:, 1],
        LABEL_COLOURS[label],
        hover=hover,
        symbol=LABEL_SYMBOLS[label],
        size=6,
        line={"color": "#FFFFFF", "width": 1},
    )


def _curve_panel(results: Sequence[Classified], threshold: float) -> Panel:
    """The probability of label 1 along the line: what each model says, what is best, and the points at both edges."""
    experiment, data = results[0].experiment, results[0].diagnosis.run.data
    along = axis(experiment)
    heights = np.where(data.y_train[:, 0] == 1, LABEL_HEIGHTS[1], LABEL_HEIGHTS[0])  # each at the edge of its label
    traces = [
        reference_line("best possible", along, best_map(experiment), "%{y:.3f}"),
        line("threshold", along[[0, -1]], np.full(2, threshold), GREY, width=1, dash="dash"),
        *_mark_labels(data, np.column_stack([data.x_train[:, 0], heights]), "x %{x:.2f}"),
    ]
    moving = [MovingTrace(len(traces) + place, each.maps) for place, each in enumerate(results)]
    traces += [_draw_curve(each, along) for each in results]
    answers = [f"{name(each.experiment)} {accuracy_words(each.judge.accuracy(threshold))}" for each in results]
    return Panel(
        title="Probability of label 1",
        description=f"Training points and the probability of label 1 along x. {'; '.join(answers)}",
        figure=plain_figure(
            traces,
            "x",
            "probability of label 1",
            {"range": [float(along[0]), float(along[-1])]},
            {"range": [-0.2, 1.2], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        ),
        moving_traces=moving,
    )


def _draw_curve(result: Classified, along: np.ndarray) -> Trace:
    loss = LOSSES[result.experiment.loss]
    return loss_line(loss, along, result.maps[-1], label=name(result.experiment), hover="%{y:.3f}")


def reliability_replay(results: Sequence[Classified], best: ClassifierScores) -> Replay:
    """The probability that was given against the share that came, for every classifier and for the best possible."""
    judged = [(_find_entry(each), each.judge.reliability) for each in results]
    curves = [(entry, reliability) for entry, reliability in judged if reliability is not None]
    ends = np.array([0.0, 1.0])
    traces = [reference_line("as said", ends, ends), *(_draw_reliability(*curve) for curve in curves)]
    errors = "; ".join(f"{entry.label} is off by {number(reliability.error, 2)}" for entry, reliability in curves)
    axes = "probability that was said", "share of label 1 that came"
    figure = plain_figure(traces, *axes, dict(UNIT_AXIS), dict(UNIT_AXIS), hovermode="closest")
    panel = Panel("Reliability", f"Said probability against what came, in ten bins. {errors}.", figure)
    entries = [Entry("as said", GREY, width=4), *(entry for entry, _ in curves)]
    return Replay([panel], entries, caption=caption([each.experiment for each in results]))


def _draw_reliability(entry: Entry, found: Reliability) -> Trace:
    hover = "said %{x:.2f}, came %{y:.2f}<br>%{customdata} points"
    curve = line(entry.label, found.predicted, found.observed, entry.colour, dash=entry.dash, width=2, hover=hover)
    sizes = 4 + 12 * np.sqrt(found.count / found.count.max())
    points = {"mode": "lines+markers", "marker": {"color": entry.colour, "size": sizes}}
    return {**grouped(curve, entry.group), **points, "customdata": found.count}
