"""Charts of the Gradients page: heat maps of the gradient, layer by epoch, and what moves with the epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.figures.edges import edge_words, write_notes
from playground.figures.replay import FAR, Entry, Figure, MovingTrace, Panel, Replay, Trace, plain_figure
from playground.pages.gradients.layer_figures import (
    COLOURS,
    DASHES,
    before_loss,
    by_layer,
    dead_units,
    layers_axis,
    losses,
    powers,
    titled,
)
from playground.pages.gradients.study import SHARES, Study
from playground.pages.gradients.words import network_words, verdict_words
from playground.text.numbers import number

COLUMNS = 250  # epochs of a heat map; more cannot be told apart on a screen


def gradient_replay(studies: Sequence[Study], letters: Sequence[str]) -> Replay:
    """Heat maps, activations, gradients by layer, losses and dead units of networks side by side."""
    scale = _scale(studies)
    heat = [_heat(*pair, scale) for pair in zip(studies, letters, strict=True)]
    spread = [_spread(study, letter, place) for place, (study, letter) in enumerate(zip(studies, letters, strict=True))]
    frames = studies[0].frames
    return Replay(
        [*heat, *spread, by_layer(studies, letters, scale), losses(studies, letters), dead_units(studies, letters)],
        [
            Entry(f"{letter}: {network_words(study)}", COLOURS[place], DASHES[place])
            for place, (study, letter) in enumerate(zip(studies, letters, strict=True))
        ],
        epochs=len(studies[0].loss),
        frames=frames.astype(np.int32),
        labels=list(letters),
        readings=[study.loss[: study.sound] for study in studies],
        columns=max(2, len(studies)),
    )


def _scale(studies: Sequence[Study]) -> list[float]:
    every = np.concatenate([powers(study.norms[: study.sound]).ravel() for study in studies])
    return [float(np.floor(every.min())), float(np.ceil(every.max() + 1e-9))] if every.size else [0.0, 1.0]


def _heat(study: Study, letter: str, scale: list[float]) -> Panel:
    epochs = len(study.norms)
    # From the epoch in which the loss is lost there is nothing to draw.
    places = np.unique(np.linspace(0, study.sound - 1, min(epochs, COLUMNS)).round().astype(int).clip(0))
    places = places[places < study.sound]
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
        [trace, marker], "epoch", "layer (top: output)", {"range": [0.5, epochs + 0.5]}, layers_axis(layers)
    )
    lost = (
        f" Nothing is drawn from epoch {study.infinite_at} on: there the loss is NaN or infinite."
        if study.infinite_at
        else ""
    )
    figure["layout"]["hovermode"] = "closest"
    figure["layout"]["margin"] = {"l": 50, "r": 62, "t": 8, "b": 46}
    return Panel(
        titled(f"{letter}: gradient norm, layer × epoch", study),
        f"Length of each layer's gradient in each epoch, as a power of ten, down to 10⁻¹⁴.{lost}"
        f" {verdict_words(study)}",
        figure,
        moving_traces=[MovingTrace(1, rows, across)],
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
        rows = before_loss(study, study.spread[:, :, which].clip(-FAR, FAR))
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
        tracks.append(MovingTrace(which, rows))
    known = study.spread[: max(1, study.sound_frames)]
    reach = float(np.quantile(np.abs(known), 0.98)) * 1.1
    low = -reach if known.min() < 0 else -0.05 * reach
    high = min(reach, 1e6) or 1.0
    figure = plain_figure(traces, "hidden layer", "activation", layers_axis(study.depth), {"range": [low, high]})
    if study.infinite_at is None:  # else the title says so
        labels = {which: f"{SHARES[which]:.0%}".replace("%", "\u00a0%") for which in (0, -1)}
        said = [edge_words(label, tracks[which].rows, study.frames, low, high) for which, label in labels.items()]
        write_notes(figure, [(words, COLOURS[place]) for words in said])
    return Panel(
        titled(f"{letter}: activations by layer", study),
        "Activations of each layer over all points and units at the shown epoch: the median, the middle half and"
        f" nine tenths. {'Last' if study.infinite_at else 'At the end'} the median of layer {study.depth} is"
        f" {number(float(known[-1, -1, 2]))}.",
        figure,
        moving_traces=tracks,
    )


def _faint(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
