"""Classifiers as pictures: a decision map for each loss, or their probability curves over a line; and reliability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.data import Dataset
from playground.diagnosis.classifier import ClassifierScores
from playground.diagnosis.metrics import Reliability
from playground.experiment.names import name
from playground.figures.heatmap_frames import HeatmapFrames, make_heatmap_frames
from playground.figures.replay import GREY, Entry, Figure, MovingTrace, Panel, Replay, Trace, plain_figure
from playground.figures.training import loss_panel
from playground.losses import LOSSES
from playground.pages.classify.study import Classified, axis, best_map
from playground.text.numbers import number

# Told apart without colour, too: by lightness on the map and by their symbols. From ColorBrewer's PuOr.
LABEL_COLOURS = ("#7F5BB5", "#DD7A0B")
LABEL_SYMBOLS = ("circle", "square")
SHADES = [[0.0, "rgba(127, 91, 181, 0.8)"], [0.5, "rgba(128, 128, 128, 0.06)"], [1.0, "rgba(221, 122, 11, 0.8)"]]
UP, DOWN = 1.12, -0.12  # where the points of label 1 and 0 stand beside a probability curve
MAP_HEIGHT = 340
UNIT: Figure = {"range": [-0.03, 1.03]}


def decision_replay(results: Sequence[Classified], threshold: float, *, log: bool) -> Replay:
    """What every classifier says of the plane, or of the line, beside the loss curves, from the first epoch on."""
    first = results[0]
    flat = first.experiment.features == 2
    pictures = [_map_panel(each, threshold) for each in results] if flat else [_curve_panel(results, threshold)]
    diagnoses = [each.diagnosis for each in results]
    return Replay(
        panels=[*pictures, loss_panel(diagnoses, log=log)],
        legend=_legend(results, flat, threshold),
        epochs=max(diagnosis.run.epochs for diagnosis in diagnoses),
        frames=first.frames,
        labels=[name(each.experiment) for each in results],
        readings=[diagnosis.shown for diagnosis in diagnoses],
        small=flat,
    )


def _legend(results: Sequence[Classified], flat: bool, threshold: float) -> list[Entry]:
    labels = [Entry(f"label {label}", LABEL_COLOURS[label], LABEL_SYMBOLS[label], 0) for label in (0, 1)]
    wrong = [Entry("wrong label", GREY, "diamond-open", 0)] if len(results[0].diagnosis.run.data.outliers) else []
    losses = [_entry(each) for each in results]
    if flat:
        border = [Entry("border of each map", GREY)] if has_border(threshold) else []
        return [*labels, *wrong, *border, Entry("best border", GREY, "dot"), *losses]
    return [*labels, *wrong, Entry("best possible", GREY, width=5), *losses]


def _entry(result: Classified) -> Entry:
    loss = LOSSES[result.experiment.loss]
    return Entry(name(result.experiment), loss.colour, loss.dash)


def _map_panel(result: Classified, threshold: float) -> Panel:
    """The probability of label 1 over the plane, the border at the threshold, the best border and the points."""
    experiment, data = result.experiment, result.diagnosis.run.data
    along = axis(experiment)
    borders = [_border(along, threshold, width=2.5)] if has_border(threshold) else []
    traces = [_map(along), *borders, _best_border(along, best_map(experiment)), *_points(data)]
    span = {"range": [float(along[0]), float(along[-1])]}
    figure = plain_figure(traces, "", "", span, dict(span))
    figure["layout"] |= {"height": MAP_HEIGHT, "hovermode": "closest", "margin": {"l": 28, "r": 8, "t": 4, "b": 28}}
    return Panel(
        title=_title(result, threshold),
        description=f"Decision map of {name(experiment)}: {_said(result, threshold)}",
        figure=figure,
        heatmaps=_films(result.maps, threshold),
    )


def has_border(threshold: float) -> bool:
    """Whether a map can have a border: at a threshold of 0 all is called 1, at 1 all is called 0."""
    return 0 < threshold < 1


def _films(maps: np.ndarray, threshold: float) -> list[HeatmapFrames]:
    """The frames of a map; those of its border spend all 8 bits on the values round the threshold."""
    room = min(threshold, 1 - threshold)
    if room == 0.5:
        return [make_heatmap_frames((0, 1), maps)]
    return [
        make_heatmap_frames((0,), maps),
        *([make_heatmap_frames((1,), maps, threshold - room, threshold + room)] if room > 0 else []),
    ]


def _title(result: Classified, threshold: float) -> str:
    right = result.judge.accuracy(threshold)
    return f"{name(result.experiment)}: {'diverged' if right is None else f'{right:.1%} right'}"


def _said(result: Classified, threshold: float) -> str:
    right = result.judge.accuracy(threshold)
    if right is None:
        return "it diverged (NaN or infinity); its last finite answers are shown."
    return f"right on {right:.1%} of points it has not seen."


def _map(along: np.ndarray) -> Trace:
    return {
        "type": "heatmap",
        "name": "probability of label 1",
        "x": along,
        "y": along,
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": SHADES,
        "showscale": False,
        "zsmooth": "fast",  # by the browser; "best" would take the script longer than all the rest
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<br>probability of label 1: %{z:.2f}<extra></extra>",
    }


def _border(along: np.ndarray, level: float, **line: object) -> Trace:
    """The one line along which the probability has that level: what is called 0 lies on one side, 1 on the other."""
    return {
        "type": "contour",
        "name": "border",
        "x": along,
        "y": along,
        "showscale": False,
        "autocontour": False,
        "contours": {"coloring": "none", "start": level, "end": level, "size": 1.0},
        "line": {"color": GREY, "smoothing": 0, **line},
        "hoverinfo": "skip",
    }


def _best_border(along: np.ndarray, values: np.ndarray) -> Trace:
    return _border(along, 0.5, width=2, dash="dot") | {"name": "best border", "z": values.astype(np.float32)}


def _points(data: Dataset) -> list[Trace]:
    """The training points, a trace for each label, with a ring round every wrong label."""
    labels = data.y_train[:, 0]
    marks = [_marks(data.x_train[labels == label], label) for label in (0, 1) if (labels == label).any()]
    return [*marks, _rings(*data.x_train[data.outliers].T)] if len(data.outliers) else marks


def _marks(x: np.ndarray, label: int) -> Trace:
    return {
        "name": f"label {label}",
        "x": x[:, 0],
        "y": x[:, 1],
        "mode": "markers",
        "marker": {
            "color": LABEL_COLOURS[label],
            "symbol": LABEL_SYMBOLS[label],
            "size": 6,
            "line": {"color": "#FFFFFF", "width": 1},
        },
        "hovertemplate": f"(%{{x:.2f}}, %{{y:.2f}})<extra>label {label}</extra>",
    }


def _rings(x: np.ndarray, y: np.ndarray) -> Trace:
    return {
        "name": "wrong label",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"color": GREY, "symbol": "diamond-open", "size": 12, "line": {"width": 1.5}},
        "hovertemplate": "its label is wrong<extra></extra>",
    }


def _curve_panel(results: Sequence[Classified], threshold: float) -> Panel:
    """The probability of label 1 along the line: what each model says, what is best, and the points at both edges."""
    experiment, data = results[0].experiment, results[0].diagnosis.run.data
    along = axis(experiment)
    traces = [_best_curve(along, best_map(experiment)), _threshold(along, threshold), *_line_points(data)]
    tracks = [MovingTrace(len(traces) + place, each.maps) for place, each in enumerate(results)]
    traces += [_curve(each, along) for each in results]
    said = "; ".join(f"{name(each.experiment)} {_said(each, threshold)}" for each in results)
    return Panel(
        title="Probability of label 1",
        description=f"Training points and the probability of label 1 along x. {said}",
        figure=plain_figure(
            traces,
            "x",
            "probability of label 1",
            {"range": [float(along[0]), float(along[-1])]},
            {"range": [-0.2, 1.2], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        ),
        moving_traces=tracks,
    )


def _best_curve(along: np.ndarray, values: np.ndarray) -> Trace:
    return {
        "name": "best possible",
        "x": along,
        "y": values,
        "mode": "lines",
        "line": {"color": GREY, "width": 5},
        "opacity": 0.45,
        "hovertemplate": "%{y:.3f}<extra>best possible</extra>",
    }


def _threshold(along: np.ndarray, threshold: float) -> Trace:
    return {
        "name": "threshold",
        "x": along[[0, -1]],
        "y": np.full(2, threshold),
        "mode": "lines",
        "line": {"color": GREY, "width": 1, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _line_points(data: Dataset) -> list[Trace]:
    labels, x = data.y_train[:, 0], data.x_train[:, 0]
    heights = np.where(labels == 1, UP, DOWN)
    marks = []
    for label in (0, 1):
        mine = labels == label
        if mine.any():
            marks.append(_marks(np.column_stack([x[mine], heights[mine]]), label))
            marks[-1]["hovertemplate"] = f"x %{{x:.2f}}<extra>label {label}</extra>"
    return [*marks, _rings(x[data.outliers], heights[data.outliers])] if len(data.outliers) else marks


def _curve(result: Classified, along: np.ndarray) -> Trace:
    loss, label = LOSSES[result.experiment.loss], name(result.experiment)
    return {
        "name": label,
        "x": along,
        "y": result.maps[-1],
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2.5},
        "hovertemplate": "%{y:.3f}<extra>" + label + "</extra>",
    }


def reliability_replay(results: Sequence[Classified], best: ClassifierScores) -> Replay:
    """What was said against what came, for every classifier and for the best possible one."""
    judged = [(_entry(each), each.judge.reliability) for each in results]
    curves = [(entry, found) for entry, found in judged if found is not None]
    diagonal = {
        "name": "as said",
        "x": np.array([0.0, 1.0]),
        "y": np.array([0.0, 1.0]),
        "mode": "lines",
        "line": {"color": GREY, "width": 5},
        "opacity": 0.45,
        "hoverinfo": "skip",
    }
    traces = [diagonal, *(_reliability(entry, found) for entry, found in curves)]
    said = "; ".join(f"{entry.label} is off by {number(found.error, 2)}" for entry, found in curves)
    figure = plain_figure(traces, "probability that was said", "share of label 1 that came", dict(UNIT), dict(UNIT))
    figure["layout"] |= {"hovermode": "closest"}
    panel = Panel("Reliability", f"Said probability against what came, in ten bins. {said}.", figure)
    return Replay([panel], [Entry("as said", GREY, width=5), *(entry for entry, _ in curves)])


def _reliability(entry: Entry, found: Reliability) -> Trace:
    return {
        "name": entry.label,
        "x": found.predicted,
        "y": found.observed,
        "customdata": found.count,
        "mode": "lines+markers",
        "line": {"color": entry.colour, "dash": entry.dash, "width": 2},
        "marker": {"color": entry.colour, "size": 4 + 12 * np.sqrt(found.count / found.count.max())},
        "hovertemplate": "said %{x:.2f}, came %{y:.2f}<br>%{customdata} points<extra>" + entry.label + "</extra>",
    }
