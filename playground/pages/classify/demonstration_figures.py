"""The pictures of the demonstrations on cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import name
from playground.export.titles import caption
from playground.figures.replay import Entry, MovingTrace, Panel, Replay, RevealedTrace, Trace, plain_figure
from playground.figures.traces import dots, grouped, line, log_epoch_axis, loss_entry, loss_line
from playground.figures.training import loss_panel
from playground.losses import LOSSES, Loss
from playground.losses.classification import probability
from playground.pages.classify.demonstrations import RIVALS, Growth, Recovery, Rounding, pull
from playground.pages.classify.words import penalty_words, turn_words
from playground.run import Run
from playground.text.numbers import number

LOGITS = np.linspace(-12.0, 12.0, 241)
PENALTY_DASHES = ("solid", "dash", "dot", "dashdot")


def recovery_replay(recoveries: Sequence[Recovery]) -> Replay:
    """How hard each loss pulls at every probability, with the model's place on it, and the probability over time."""
    epochs = recoveries[0].run.epochs
    return Replay(
        panels=[_pull_panel(recoveries), _probability_panel(recoveries, epochs)],
        legend=[loss_entry(LOSSES[key]) for key in RIVALS],
        epochs=epochs,
        frames=recoveries[0].frames,
        labels=[name(each.run.experiment) for each in recoveries],
        readings=[each.run.loss for each in recoveries],
        caption=caption([each.run.experiment for each in recoveries]),
    )


def _pull_panel(recoveries: Sequence[Recovery]) -> Panel:
    p = probability(LOGITS)
    curves = [_draw_curve(each, p, pull(each.run.experiment.loss, LOGITS)) for each in recoveries]
    places = [
        grouped(
            dots("now", each.probabilities[-1:], each.slope[-1:], _find_loss(each.run).colour, size=14),
            _find_loss(each.run).label,
        )
        for each in recoveries
    ]
    moving = [
        MovingTrace(trace, each.slope[:, None], across=each.probabilities[:, None])
        for trace, each in enumerate(recoveries, len(curves))
    ]
    pulls = [
        f"{name(each.run.experiment)} pulls with {number(float(each.slope[0]))} at the start" for each in recoveries
    ]
    figure = plain_figure(
        [*curves, *places],
        "probability of label 1, at the centre of label 0",
        "slope of the loss by the logit",
        {"range": [-0.03, 1.03]},
        {"range": [-0.05, 1.05]},
    )
    description = f"Slope by the logit against probability. {'; '.join(pulls)}."
    return Panel("How hard the mistake pulls", description, figure, moving)


def _probability_panel(recoveries: Sequence[Recovery], epochs: int) -> Panel:
    curves = []
    for each in recoveries:
        later = each.frames > 0  # epoch 0 has no place on a logarithmic axis
        curves.append(_draw_curve(each, each.frames[later].astype(np.int32), each.probabilities[later]))
    last = np.array([each.probabilities[-1] for each in recoveries])
    colours = [_find_loss(each.run).colour for each in recoveries]
    ends = dots("", np.array([epochs for _ in recoveries], np.int32), last, colours, size=10)
    ends["ids"] = [_find_loss(each.run).label for each in recoveries]
    figure = plain_figure(
        [*curves, ends],
        "epoch",
        "probability of label 1, where 0 is right",
        log_epoch_axis(epochs),
        {"range": [-0.03, 1.03]},
    )
    return Panel(
        title="What it says of label 0",
        description="; ".join(f"{name(each.run.experiment)} {turn_words(each)}" for each in recoveries) + ".",
        figure=figure,
        revealed_traces=[RevealedTrace(trace) for trace in range(len(curves))],
        end_markers=len(curves),
    )


def _find_loss(run: Run) -> Loss:
    return LOSSES[run.experiment.loss]


def _draw_curve(recovery: Recovery, x: np.ndarray, y: np.ndarray) -> Trace:
    return loss_line(_find_loss(recovery.run), x, y, hover="%{y:.4f}")


def rounding_replay(found: Rounding) -> Replay:
    """The loss curves of both formulas; that of the naive one ends where it is no number any more."""
    diagnoses = [found.naive, found.stable]
    losses = [_find_loss(each.run) for each in diagnoses]
    return Replay(
        panels=[loss_panel(diagnoses, log=True)],
        legend=[loss_entry(loss) for loss in losses],
        epochs=found.stable.run.epochs,
        labels=[loss.label for loss in losses],
        readings=[each.shown for each in diagnoses],
        caption=caption([each.run.experiment for each in diagnoses]),
    )


def growth_replay(growths: Sequence[Growth]) -> Replay:
    """The slope of the logistic regression over the epochs, with and without a penalty."""
    colour = LOSSES["cross_entropy"].colour
    entries = [Entry(penalty_words(each), colour, dash) for each, dash in zip(growths, PENALTY_DASHES, strict=True)]
    epochs = growths[0].run.epochs
    lowest = min(float(each.slope.min()) for each in growths)
    highest = max(float(each.slope.max()) for each in growths)
    curves = []
    for each, entry in zip(growths, entries, strict=True):
        later = each.frames > 0  # a logarithmic axis has no place for epoch 0
        x, y = each.frames[later].astype(np.int32), each.slope[later]
        curves.append(line(entry.label, x, y, entry.colour, dash=entry.dash, hover="%{y:.3f}"))
    figure = plain_figure(
        curves,
        "epoch",
        "slope w of the logit wx + b",
        log_epoch_axis(epochs),
        {"range": [min(0.0, 1.05 * lowest), 1.08 * highest]},
    )
    slopes = "; ".join(f"{penalty_words(each)}: {number(float(each.slope[-1]))}" for each in growths)
    panel = Panel("The slope of the model", f"Slope after {epochs:,} epochs. {slopes}.", figure)
    return Replay([panel], entries, caption=caption([each.run.experiment for each in growths]))
