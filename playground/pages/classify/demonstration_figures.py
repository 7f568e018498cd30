"""The pictures of the demonstrations on cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import name
from playground.figures.replay import Entry, MovingTrace, Panel, Replay, RevealedTrace, Trace, plain_figure
from playground.figures.training import loss_panel
from playground.losses import LOSSES
from playground.pages.classify.demonstrations import RIVALS, Growth, Recovery, Rounding, pull
from playground.text.numbers import number, plain

LOGITS = np.linspace(-12.0, 12.0, 241)
DASHES = ("solid", "dash", "dot", "dashdot")


def recovery_replay(recoveries: Sequence[Recovery]) -> Replay:
    """How hard each loss pulls at every probability, with the model's place on it, and the probability over time."""
    epochs = recoveries[0].run.epochs
    return Replay(
        panels=[_pull_panel(recoveries), _said_panel(recoveries, epochs)],
        legend=[Entry(LOSSES[key].label, LOSSES[key].colour, LOSSES[key].dash) for key in RIVALS],
        epochs=epochs,
        frames=recoveries[0].frames,
        labels=[name(each.run.experiment) for each in recoveries],
        readings=[each.run.loss for each in recoveries],
    )


def _pull_panel(recoveries: Sequence[Recovery]) -> Panel:
    p = 1.0 / (1.0 + np.exp(-LOGITS))
    curves = [_stroke(each, p, pull(each.run.experiment.loss, LOGITS)) for each in recoveries]
    dots = [_dot(each, each.said[-1:], each.slope[-1:]) for each in recoveries]
    tracks = [
        MovingTrace(len(curves) + place, each.slope[:, None], across=each.said[:, None])
        for place, each in enumerate(recoveries)
    ]
    said = "; ".join(f"{_label(each)} pulls with {number(float(each.slope[0]))} at the start" for each in recoveries)
    figure = plain_figure(
        [*curves, *dots],
        "probability of label 1, at the centre of label 0",
        "slope of the loss by the logit",
        {"range": [-0.03, 1.03]},
        {"range": [-0.05, 1.05]},
    )
    return Panel("How hard the mistake pulls", f"Slope by the logit against probability. {said}.", figure, tracks)


def _said_panel(recoveries: Sequence[Recovery], epochs: int) -> Panel:
    later = [each.frames > 0 for each in recoveries]  # epoch 0 has no place on a logarithmic axis
    curves = [
        _stroke(each, each.frames[keep].astype(np.int32), each.said[keep])
        for each, keep in zip(recoveries, later, strict=True)
    ]
    tips = {
        "x": np.array([epochs for _ in recoveries], np.int32),
        "y": np.array([each.said[-1] for each in recoveries]),
        "mode": "markers",
        "marker": {"color": [LOSSES[each.run.experiment.loss].colour for each in recoveries], "size": 10},
        "hoverinfo": "skip",
    }
    said = "; ".join(f"{_label(each)} {_turned(each)}" for each in recoveries)
    figure = plain_figure(
        [*curves, tips],
        "epoch",
        "probability of label 1, where 0 is right",
        {"type": "log", "exponentformat": "power", "range": [-0.1, float(np.log10(epochs)) + 0.1]},
        {"range": [-0.03, 1.03]},
    )
    reveals = [RevealedTrace(place) for place in range(len(curves))]
    return Panel("What it says of label 0", f"{said}.", figure, revealed_traces=reveals, end_markers=len(curves))


def _turned(recovery: Recovery) -> str:
    if recovery.turned is None:
        return f"is still wrong after {recovery.run.epochs:,} epochs"
    return f"is right from epoch {recovery.turned:,} on"


def _label(recovery: Recovery) -> str:
    return name(recovery.run.experiment)


def _stroke(recovery: Recovery, x: np.ndarray, y: np.ndarray) -> Trace:
    loss = LOSSES[recovery.run.experiment.loss]
    return {
        "name": loss.label,
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": loss.colour, "dash": loss.dash, "width": 2.5},
        "hovertemplate": "%{y:.4f}<extra>" + loss.label + "</extra>",
    }


def _dot(recovery: Recovery, x: np.ndarray, y: np.ndarray) -> Trace:
    return {
        "name": "now",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"color": LOSSES[recovery.run.experiment.loss].colour, "size": 14},
        "hoverinfo": "skip",
    }


def rounding_replay(found: Rounding) -> Replay:
    """The loss curves of both formulas; that of the naive one ends where it is no number any more."""
    diagnoses = [found.naive, found.stable]
    losses = [LOSSES[each.run.experiment.loss] for each in diagnoses]
    return Replay(
        panels=[loss_panel(diagnoses, log=True)],
        legend=[Entry(loss.label, loss.colour, loss.dash) for loss in losses],
        epochs=found.stable.run.epochs,
        labels=[loss.label for loss in losses],
        readings=[each.shown for each in diagnoses],
    )


def growth_replay(growths: Sequence[Growth]) -> Replay:
    """The slope of the logistic regression over the epochs, with and without a penalty."""
    loss = LOSSES["cross_entropy"]
    entries = [Entry(_penalty(each), loss.colour, dash) for each, dash in zip(growths, DASHES, strict=True)]
    curves = [_growth(each, entry) for each, entry in zip(growths, entries, strict=True)]
    epochs = growths[0].run.epochs
    highest = max(float(each.slope.max()) for each in growths)
    said = "; ".join(f"{_penalty(each)}: {number(float(each.slope[-1]))}" for each in growths)
    figure = plain_figure(
        curves,
        "epoch",
        "slope w of the logit wx + b",
        {"type": "log", "exponentformat": "power", "range": [-0.1, float(np.log10(epochs)) + 0.1]},
        {"range": [min(0.0, 1.05 * min(float(each.slope.min()) for each in growths)), 1.08 * highest]},
    )
    return Replay([Panel("The slope of the model", f"Slope after {epochs:,} epochs. {said}.", figure)], entries)


def _penalty(growth: Growth) -> str:
    l2 = growth.run.experiment.l2
    return f"L2 penalty {plain(l2)}" if l2 else "no penalty"


def _growth(growth: Growth, entry: Entry) -> Trace:
    later = growth.frames > 0
    return {
        "name": entry.label,
        "x": growth.frames[later].astype(np.int32),
        "y": growth.slope[later],
        "mode": "lines",
        "line": {"color": entry.colour, "dash": entry.dash, "width": 2.5},
        "hovertemplate": "%{y:.3f}<extra>" + entry.label + "</extra>",
    }
