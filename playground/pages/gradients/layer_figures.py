"""The curves of the Gradients page: gradients by layer, losses and dead units, each with all networks in one chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.figures.edges import text_side
from playground.figures.replay import FAR, Figure, MovingTrace, Panel, RevealedTrace, Trace, log_axis, plain_figure
from playground.pages.gradients.study import Study
from playground.pages.gradients.words import divergence_words
from playground.text.numbers import number

COLOURS = ("#0072B2", "#D55E00", "#009E73")
DASHES = ("solid", "dash", "dot")
LOWEST, HIGHEST = -14.0, 12.0  # powers of ten that a heat map tells apart
FEW = 10  # layers that all get a number


def powers(norms: np.ndarray) -> np.ndarray:
    """Lengths as powers of ten, within what the colours tell apart; what is NaN or infinite is the highest."""
    known = np.nan_to_num(norms.astype(float), nan=10**HIGHEST, posinf=10**HIGHEST)
    return np.log10(np.maximum(known, 10**LOWEST)).clip(LOWEST, HIGHEST)


def before_loss(study: Study, rows: np.ndarray) -> np.ndarray:
    """Rows, one a frame, that leave the chart with the loss: what there is of them then is no number."""
    there = np.arange(len(rows)) < study.sound_frames
    return np.where(there[:, None], rows, np.float32(FAR))


def titled(title: str, study: Study) -> str:
    """A title that says why its chart ends."""
    return f"{title} ({divergence_words(study)})" if divergence_words(study) else title


def _titled_all(title: str, studies: Sequence[Study], letters: Sequence[str]) -> str:
    said = "; ".join(
        f"{letter}: {divergence_words(study)}"
        for study, letter in zip(studies, letters, strict=True)
        if divergence_words(study)
    )
    return f"{title} ({said})" if said else title


def layers_axis(layers: int) -> Figure:
    """An axis of layers, which come whole."""
    return {"range": [0.5, layers + 0.5], "dtick": 1 if layers <= FEW else 5}


def by_layer(studies: Sequence[Study], letters: Sequence[str], scale: list[float]) -> Panel:
    traces, tracks = [], []
    for place, study in enumerate(studies):
        frames = np.minimum(study.frames, len(study.norms) - 1)  # the gradient at the weights of that epoch
        rows = before_loss(study, (10.0 ** powers(study.norms[frames])).astype(np.float32))
        traces.append(
            {
                "name": letters[place],
                "x": np.arange(1, study.depth + 2, dtype=np.int32),
                "y": rows[-1],
                "mode": "lines+markers",
                "line": {"color": COLOURS[place], "dash": DASHES[place], "width": 2},
                "hovertemplate": "%{y:.3g}<extra>" + letters[place] + "</extra>",
            }
        )
        tracks.append(MovingTrace(place, rows))
    deepest = max(study.depth for study in studies) + 1
    said = "; ".join(
        f"{letter}, layer 1 over the last hidden: {number(study.ratio())} at first"
        for study, letter in zip(studies, letters, strict=True)
    )
    y_axis = {"type": "log", "exponentformat": "power", "range": scale}
    figure = plain_figure(traces, "layer", "gradient norm", layers_axis(deepest), y_axis)
    return Panel(
        _titled_all("Gradient norm by layer", studies, letters),
        f"At the shown epoch. {said}.",
        figure,
        moving_traces=tracks,
    )


def losses(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    shown = [study.loss[: study.sound] for study in studies]
    curves = [_curve(loss, place, letters[place]) for place, loss in enumerate(shown)]
    every = np.concatenate([np.ones(1), *(loss[loss > 0] for loss in shown)]).astype(float)
    low, high = np.log10([every.min(), min(float(every.max()), 1e12)])
    cuts = [
        _lost(study, loss, place, letters[place])
        for place, (study, loss) in enumerate(zip(studies, shown, strict=True))
        if study.infinite_at and len(loss)
    ]
    y_axis = log_axis(float(low) - 0.1, float(high) + 0.1)
    figure = plain_figure([*curves, *cuts], "epoch", "loss", {"range": [0, len(studies[0].loss) + 1]}, y_axis)
    said = "; ".join(
        f"{letter} {f'ends at {number(study.end)}' if study.end < FAR else 'diverges'}"
        for study, letter in zip(studies, letters, strict=True)
    )
    return Panel(
        "Loss curves",
        f"Loss at each epoch: {said}.",
        figure,
        [],
        [RevealedTrace(place) for place in range(len(curves))],
    )


def _end_words(study: Study) -> str:
    return "diverges" if study.infinite_at else f"ends at {number(study.end)}"


def _curve(values: np.ndarray, place: int, letter: str) -> Trace:
    return {
        "name": letter,
        "x": np.arange(1, len(values) + 1, dtype=np.int32),
        "y": values.astype(np.float32),
        "mode": "lines",
        "line": {"color": COLOURS[place], "dash": DASHES[place], "width": 2},
        "hovertemplate": "%{y:.4g}<extra>" + letter + "</extra>",
    }


def _lost(study: Study, loss: np.ndarray, place: int, letter: str) -> Trace:
    said = f"{letter} diverges, epoch {study.infinite_at}"
    return {
        "x": np.array([len(loss)], np.int32),
        "y": np.array([min(float(loss[-1]), 1e12)], np.float32),
        "mode": "markers+text",
        "text": [said],
        "textposition": text_side(len(loss) / study.experiment.epochs),
        "cliponaxis": False,
        "marker": {"color": COLOURS[place], "size": 14, "symbol": "triangle-up"},
        "hovertemplate": said + "<extra></extra>",
    }


def dead_units(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    curves = []
    for place, study in enumerate(studies):
        known = study.sound_frames
        curve = _curve(study.dead[:known].sum(axis=1), place, letters[place])
        curves.append({**curve, "x": study.frames[:known].astype(np.int32)})
    most = max(study.units for study in studies)
    said = "; ".join(
        f"{letter} {divergence_words(study) or f'{int(study.dead[-1].sum())} of {study.units} at the end'}"
        for study, letter in zip(studies, letters, strict=True)
    )
    figure = plain_figure(
        curves, "epoch", "dead units", {"range": [0, len(studies[0].loss) + 1]}, {"range": [-0.04 * most, 1.04 * most]}
    )
    return Panel(
        _titled_all("Dead units", studies, letters),
        f"Units whose slope is all but 0 at every point: {said}.",
        figure,
        [],
        [RevealedTrace(place) for place in range(len(curves))],
    )
