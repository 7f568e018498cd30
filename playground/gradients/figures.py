"""Charts of the Gradients page: heat maps of the gradient, layer by epoch, and what moves with the epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.figures import FAR, Entry, Figure, Panel, Replay, Reveal, Trace, Track, log_axis, plain_figure
from playground.gradients.study import SHARES, Study
from playground.gradients.words import network, verdict
from playground.words import number

COLOURS = ("#0072B2", "#D55E00", "#009E73")
DASHES = ("solid", "dash", "dot")
COLUMNS = 250  # epochs of a heat map; more cannot be told apart on a screen
LOWEST, HIGHEST = -14.0, 12.0  # powers of ten that a heat map tells apart


def gradient_replay(studies: Sequence[Study], letters: Sequence[str]) -> Replay:
    """Heat maps, activations, gradients by layer, losses and dead units of networks side by side."""
    scale = _scale(studies)
    heat = [_heat(*pair, scale) for pair in zip(studies, letters, strict=True)]
    spread = [_spread(study, letter, place) for place, (study, letter) in enumerate(zip(studies, letters, strict=True))]
    frames = studies[0].frames
    return Replay(
        [*heat, *spread, _by_layer(studies, letters, scale), _losses(studies, letters), _dead(studies, letters)],
        [
            Entry(f"{letter}: {network(study)}", COLOURS[place], DASHES[place])
            for place, (study, letter) in enumerate(zip(studies, letters, strict=True))
        ],
        epochs=len(studies[0].loss),
        frames=frames.astype(np.int32),
        labels=list(letters),
        readings=[np.nan_to_num(study.loss[: (study.infinite_at or len(study.loss) + 1) - 1]) for study in studies],
        columns=max(2, len(studies)),
    )


def powers(norms: np.ndarray) -> np.ndarray:
    """Lengths as powers of ten, within what the colours tell apart; what is beyond all numbers is the highest."""
    known = np.nan_to_num(norms.astype(float), nan=10**HIGHEST, posinf=10**HIGHEST)
    return np.log10(np.maximum(known, 10**LOWEST)).clip(LOWEST, HIGHEST)


def _scale(studies: Sequence[Study]) -> list[float]:
    every = np.concatenate([powers(study.norms[: study.infinite_at]).ravel() for study in studies])
    return [float(np.floor(every.min())), float(np.ceil(every.max() + 1e-9))]


def _heat(study: Study, letter: str, scale: list[float]) -> Panel:
    epochs = len(study.norms)
    # From the epoch after the loss is lost there is nothing to draw.
    last = min(epochs, study.infinite_at or epochs)
    places = np.unique(np.linspace(0, last - 1, min(epochs, COLUMNS)).round().astype(int))
    layers = study.depth + 1
    trace: Trace = {
        "type": "heatmap",
        "x": (places + 1).astype(np.int32),
        "y": np.arange(1, layers + 1, dtype=np.int32),
        "z": powers(study.norms[places]).T.astype(np.float32),
        "zmin": scale[0],
        "zmax": scale[1],
        "colorscale": "Viridis",
        "colorbar": _bar(scale),
        "hovertemplate": "epoch %{x}<br>layer %{y}<br>norm 10^%{z:.1f}<extra></extra>",
    }
    height = [0.5, layers + 0.5]
    marker: Trace = {
        "x": np.array([epochs, epochs], np.float32),
        "y": np.array(height, np.float32),
        "mode": "lines",
        "line": {"color": "#FFFFFF", "width": 3},
        "hoverinfo": "skip",
    }
    across = np.repeat(study.frames.astype(np.float32)[:, None], 2, axis=1)
    rows = np.tile(np.array(height, np.float32), (len(study.frames), 1))
    figure = plain_figure(
        [trace, marker], "epoch", "layer (top: output)", {"range": [0.5, epochs + 0.5]}, {"range": height}
    )
    lost = f" Nothing is drawn after epoch {last}, where the loss is lost." if study.infinite_at else ""
    figure["layout"]["hovermode"] = "closest"
    figure["layout"]["margin"] = {"l": 50, "r": 62, "t": 8, "b": 46}
    return Panel(
        f"{letter}: gradient norm, layer × epoch",
        f"Length of each layer's gradient in each epoch, as a power of ten, down to 10⁻¹⁴.{lost} {verdict(study)}",
        figure,
        tracks=[Track(1, rows, across)],
    )


def _bar(scale: list[float]) -> Figure:
    step = max(1, round((scale[1] - scale[0]) / 6))
    ticks = list(range(int(scale[0]), int(scale[1]) + 1, step))
    return {
        "tickvals": ticks,
        "ticktext": [f"10<sup>{tick}</sup>" for tick in ticks],
        "thickness": 12,
        "outlinewidth": 0,
    }


def _spread(study: Study, letter: str, place: int) -> Panel:
    """Quantiles of the activations by layer: a box's lines, drawn through the layers."""
    layers = np.arange(1, study.depth + 1, dtype=np.int32)
    traces, tracks = [], []
    for which, share in enumerate(SHARES):
        rows = study.spread[:, :, which].clip(-FAR, FAR)
        middle = share == 0.5
        traces.append(
            {
                "name": f"{share:.0%}",
                "x": layers,
                "y": rows[-1],
                "mode": "lines+markers" if study.depth < 3 else "lines",
                "line": {"color": COLOURS[place], "width": 3 if middle else 1.5, "dash": "solid" if middle else "dot"},
                "fill": "tonexty" if which else "none",
                "fillcolor": _faint(COLOURS[place], 0.3 if which in (2, 3) else 0.12),
                "hovertemplate": f"{share:.0%} below %{{y:.3g}}<extra></extra>",
            }
        )
        tracks.append(Track(which, rows))
    reach = float(np.quantile(np.abs(study.spread), 0.98)) * 1.1
    low = -reach if study.spread.min() < 0 else -0.05 * reach
    figure = plain_figure(
        traces,
        "hidden layer",
        "activation",
        {"range": [0.5, study.depth + 0.5]},
        {"range": [low, min(reach, 1e6) or 1.0]},
    )
    return Panel(
        f"{letter}: activations by layer",
        "Activations of each layer over all points and units at the shown epoch: the median, the middle half and"
        f" nine tenths. At the end the median of layer {study.depth} is {number(float(study.spread[-1, -1, 2]))}.",
        figure,
        tracks=tracks,
    )


def _by_layer(studies: Sequence[Study], letters: Sequence[str], scale: list[float]) -> Panel:
    traces, tracks = [], []
    for place, study in enumerate(studies):
        frames = np.minimum(study.frames, len(study.norms) - 1)  # the gradient at the weights of that epoch
        rows = (10.0 ** powers(study.norms[frames])).astype(np.float32)
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
        tracks.append(Track(place, rows))
    deepest = max(study.depth for study in studies) + 1
    said = "; ".join(
        f"{letter}, layer 1 over the last hidden: {number(study.ratio())} at first"
        for study, letter in zip(studies, letters, strict=True)
    )
    y_axis = {"type": "log", "exponentformat": "power", "range": scale}
    figure = plain_figure(traces, "layer", "gradient norm", {"range": [0.5, deepest + 0.5]}, y_axis)
    return Panel("Gradient norm by layer", f"At the shown epoch. {said}.", figure, tracks=tracks)


def _losses(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    shown = [study.loss[: (study.infinite_at or len(study.loss) + 1) - 1] for study in studies]
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
    said = "; ".join(f"{letter} ends at {number(study.end)}" for study, letter in zip(studies, letters, strict=True))
    return Panel(
        "Loss curves", f"Loss at each epoch: {said}.", figure, [], [Reveal(place) for place in range(len(curves))]
    )


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
    said = f"{letter} infinite, epoch {study.infinite_at}"
    return {
        "x": np.array([len(loss)], np.int32),
        "y": np.array([min(float(loss[-1]), 1e12)], np.float32),
        "mode": "markers+text",
        "text": [said],
        "textposition": "middle right",
        "cliponaxis": False,
        "marker": {"color": COLOURS[place], "size": 14, "symbol": "triangle-up"},
        "hovertemplate": said + "<extra></extra>",
    }


def _dead(studies: Sequence[Study], letters: Sequence[str]) -> Panel:
    curves = []
    for place, study in enumerate(studies):
        curve = _curve(study.dead.sum(axis=1), place, letters[place])
        curves.append({**curve, "x": study.frames.astype(np.int32)})
    most = max(study.units for study in studies)
    said = "; ".join(
        f"{letter} {int(study.dead[-1].sum())} of {study.units} at the end"
        for study, letter in zip(studies, letters, strict=True)
    )
    figure = plain_figure(
        curves, "epoch", "dead units", {"range": [0, len(studies[0].loss) + 1]}, {"range": [-0.04 * most, 1.04 * most]}
    )
    return Panel(
        "Dead units",
        f"Units whose slope is all but 0 at every point: {said}.",
        figure,
        [],
        [Reveal(place) for place in range(len(curves))],
    )


def _faint(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
