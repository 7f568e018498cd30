"""The curves of the Gradients page: gradients by layer, losses and dead units, each with all networks in one chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.figures.replay import (
    FAR,
    Figure,
    MovingTrace,
    Panel,
    RevealedTrace,
    Trace,
    log_axis,
    plain_figure,
    plain_log_axis,
)
from playground.figures.traces import end_marker, grouped, line
from playground.pages.gradients.study import Study
from playground.pages.gradients.words import divergence_words
from playground.text.numbers import number

NETWORK_COLOURS = ("#0072B2", "#D55E00", "#009E73")
NETWORK_DASHES = ("solid", "dash", "dot")
LOWEST_POWER, HIGHEST_POWER = -14.0, 12.0  # powers of ten that a chart of norms holds
HIGHEST_LOSS = 1e12  # larger losses are drawn there
FEW_LAYERS = 10  # each has its own tick


def powers(norms: np.ndarray) -> np.ndarray:
    """Lengths as powers of ten, within what a chart holds; what is NaN or infinite is the highest."""
    known = np.nan_to_num(norms.astype(float), nan=10**HIGHEST_POWER, posinf=10**HIGHEST_POWER)
    return np.log10(np.maximum(known, 10**LOWEST_POWER)).clip(LOWEST_POWER, HIGHEST_POWER)


def hide_infinite_rows(study: Study, rows: np.ndarray) -> np.ndarray:
    """One row per frame; those after the loss became NaN or infinite are moved off the chart."""
    there = np.arange(len(rows)) < study.sound_frames
    return np.where(there[:, None], rows, np.float32(FAR))


def title_with_reason(title: str, study: Study) -> str:
    """A title that says why its chart ends."""
    return f"{title} ({divergence_words(study)})" if divergence_words(study) else title


def _add_reasons(title: str, studies: Sequence[Study], letters: Sequence[str]) -> str:
    """A title that says why each curve of its chart ends."""
    reasons = [
        f"{letter}: {divergence_words(study)}"
        for study, letter in zip(studies, letters, strict=True)
        if divergence_words(study)
    ]
    return f"{title} ({'; '.join(reasons)})" if reasons else title


def layers_axis(layers: int) -> Figure:
    """An axis of whole layers, from 1 to ``layers``."""
    return {"range": [0.5, layers + 0.5], "dtick": 1 if layers <= FEW_LAYERS else 5}


def layers_panel(studies: Sequence[Study], letters: Sequence[str], scale: list[float]) -> Panel:
    """The gradient norm of each layer at the shown epoch; ``scale`` are the powers of ten of the axis."""
    rows = [_find_norm_rows(study) for study in studies]
    traces = [
        {**_draw_curve(np.arange(1, len(norms[-1]) + 1), norms[-1], place, letter, "%{y:.3g}"), "mode": "lines+markers"}
        for place, (norms, letter) in enumerate(zip(rows, letters, strict=True))
    ]
    deepest = max(study.depth for study in studies) + 1
    figure = plain_figure(traces, "layer", "gradient norm", layers_axis(deepest), plain_log_axis(*scale))
    ratios = "; ".join(
        f"{letter}, layer 1 over the last hidden: {number(study.ratio())} at first"
        for study, letter in zip(studies, letters, strict=True)
    )
    return Panel(
        _add_reasons("Gradient norm by layer", studies, letters),
        f"At the shown epoch. {ratios}.",
        figure,
        moving_traces=[MovingTrace(place, norms) for place, norms in enumerate(rows)],
    )


def _find_norm_rows(study: Study) -> np.ndarray:
    """Gradient norms ``(frames, layers)`` at the weights of each frame's epoch."""
    frames = np.minimum(study.frames, len(study.norms) - 1)
    return hide_infinite_rows(study, (10.0 ** powers(study.norms[frames])).astype(np.float32))


def losses_panel(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    """The loss of each network over the epochs, up to the shown one, with a mark where it diverged."""
    shown = [study.loss[: study.sound] for study in studies]
    curves = [
        _draw_curve(np.arange(1, len(loss) + 1), loss, place, letters[place], "%{y:.4g}")
        for place, loss in enumerate(shown)
    ]
    marks = [
        _mark_divergence(study, loss, NETWORK_COLOURS[place], letters[place])
        for place, (study, loss) in enumerate(zip(studies, shown, strict=True))
        if study.infinite_at and len(loss)
    ]
    x_axis = {"range": [0, len(studies[0].loss) + 1]}
    figure = plain_figure([*curves, *marks], "epoch", "loss", x_axis, _loss_axis(shown))
    ends = "; ".join(
        f"{letter} {f'ends at {number(study.end)}' if study.end < FAR else 'diverges'}"
        for study, letter in zip(studies, letters, strict=True)
    )
    return Panel("Loss curves", f"Loss at each epoch: {ends}.", figure, revealed_traces=_reveal_all(curves))


def _loss_axis(shown: Sequence[np.ndarray]) -> Figure:
    every = np.concatenate([np.ones(1), *(loss[loss > 0] for loss in shown)]).astype(float)
    low, high = np.log10([every.min(), min(float(every.max()), HIGHEST_LOSS)])
    return log_axis(float(low) - 0.1, float(high) + 0.1)


def _draw_curve(x: np.ndarray, y: np.ndarray, place: int, letter: str, hover: str) -> Trace:
    x, y = x.astype(np.int32), y.astype(np.float32)
    return line(letter, x, y, NETWORK_COLOURS[place], dash=NETWORK_DASHES[place], width=2, hover=hover)


def _mark_divergence(study: Study, loss: np.ndarray, colour: str, letter: str) -> Trace:
    x, y = np.array([len(loss)], np.int32), np.array([min(float(loss[-1]), HIGHEST_LOSS)], np.float32)
    text = f"{letter} diverges, epoch {study.infinite_at}"
    return grouped(end_marker(x, y, text, colour, len(loss) / study.experiment.epochs), letter)


def _reveal_all(curves: Sequence[Trace]) -> list[RevealedTrace]:
    return [RevealedTrace(trace) for trace in range(len(curves))]


def dead_units_panel(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    """How many units of each network are dead over the epochs, up to the shown one."""
    finite = [study.sound_frames for study in studies]  # frames before the loss is NaN or infinite
    curves = [
        _draw_curve(study.frames[:finite_frames], study.dead[:finite_frames].sum(axis=1), place, letter, "%{y:.4g}")
        for place, (study, letter, finite_frames) in enumerate(zip(studies, letters, finite, strict=True))
    ]
    most = max(study.units for study in studies)
    x_axis, y_axis = {"range": [0, len(studies[0].loss) + 1]}, {"range": [-0.04 * most, 1.04 * most]}
    counts = "; ".join(
        f"{letter} {divergence_words(study) or f'{int(study.dead[-1].sum())} of {study.units} at the end'}"
        for study, letter in zip(studies, letters, strict=True)
    )
    return Panel(
        _add_reasons("Dead units", studies, letters),
        f"Units whose slope is all but 0 at every point: {counts}.",
        plain_figure(curves, "epoch", "dead units", x_axis, y_axis),
        revealed_traces=_reveal_all(curves),
    )
