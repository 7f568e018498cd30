"""Charts of the Gradients page: heat maps of the gradient, layer by epoch, and what moves with the epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.export.titles import caption
from playground.figures.edges import edge_words, write_notes
from playground.figures.replay import FAR, Entry, Figure, MovingTrace, Panel, Replay, Trace, plain_figure
from playground.figures.traces import grouped, line, move_upright, rgba, thin_evenly
from playground.pages.gradients.layer_figures import (
    NETWORK_COLOURS,
    NETWORK_DASHES,
    dead_units_panel,
    hide_infinite_rows,
    layers_axis,
    layers_panel,
    losses_panel,
    powers,
    title_with_reason,
)
from playground.pages.gradients.study import SHARES, Study
from playground.pages.gradients.words import network_words, verdict_words
from playground.text.numbers import number

# The powers of ten that the colours tell apart: the same for every network, so that a colour means one number, whatever
# stands beside it.
COLOUR_POWERS = (-12, -9, -6, -3, 0, 3)
COLOUR_BAR: Figure = {
    "tickvals": list(COLOUR_POWERS),
    "ticktext": [
        "≤ 10<sup>−12</sup>",
        *(f"10<sup>{power}</sup>".replace("-", "−") for power in COLOUR_POWERS[1:-1]),
        "≥ 10<sup>3</sup>",
    ],
    "thickness": 12,
    "outlinewidth": 0,
}
MOST_COLUMNS = 250  # epochs of a heat map; more cannot be told apart on a screen


def gradient_replay(studies: Sequence[Study], letters: Sequence[str]) -> Replay:
    """Heat maps, activations, gradients by layer, losses and dead units of networks side by side."""
    scale = _find_scale(studies)
    pairs = list(zip(studies, letters, strict=True))
    heat = [_heat_panel(study, letter) for study, letter in pairs]
    spread = [_activation_panel(study, letter, NETWORK_COLOURS[place]) for place, (study, letter) in enumerate(pairs)]
    return Replay(
        [
            *heat,
            *spread,
            layers_panel(studies, letters, scale),
            losses_panel(studies, letters),
            dead_units_panel(studies, letters),
        ],
        [
            Entry(f"{letter}: {network_words(study)}", NETWORK_COLOURS[place], NETWORK_DASHES[place], group=letter)
            for place, (study, letter) in enumerate(pairs)
        ],
        epochs=len(studies[0].loss),
        frames=studies[0].frames.astype(np.int32),
        labels=list(letters),
        readings=[study.loss[: study.sound] for study in studies],
        columns=max(2, len(studies)),
        caption=caption([study.experiment for study in studies]),
    )


def _find_scale(studies: Sequence[Study]) -> list[float]:
    """The powers of ten that hold every gradient norm of all networks."""
    every = np.concatenate([powers(study.norms[: study.sound]).ravel() for study in studies])
    return [float(np.floor(every.min())), float(np.ceil(every.max() + 1e-9))] if every.size else [0.0, 1.0]


def _heat_panel(study: Study, letter: str) -> Panel:
    epochs, layers = len(study.norms), study.depth + 1
    height = [0.5, layers + 0.5]
    ends = np.array([epochs, epochs], np.float32)
    figure = plain_figure(
        [_draw_norms(study), line("", ends, np.array(height, np.float32), "#FFFFFF", width=3)],
        "epoch",
        "layer (top: output)",
        {"range": [0.5, epochs + 0.5]},
        layers_axis(layers),
        hovermode="closest",
        margin={"l": 50, "r": 74, "t": 8, "b": 46},
    )
    missing = (
        f" Nothing is drawn from epoch {study.infinite_at} on: there the loss is NaN or infinite."
        if study.infinite_at
        else ""
    )
    return Panel(
        title_with_reason(f"{letter}: gradient norm, layer × epoch", study),
        f"Length of each layer's gradient in each epoch, coloured from 10⁻¹² to 10³.{missing} {verdict_words(study)}",
        figure,
        moving_traces=[move_upright(1, study.frames, height)],
    )


def _draw_norms(study: Study) -> Trace:
    places = thin_evenly(
        study.sound, MOST_COLUMNS
    )  # from the epoch in which the loss diverges there is nothing to draw
    return {
        "type": "heatmap",
        "x": (places + 1).astype(np.int32),
        "y": np.arange(1, study.depth + 2, dtype=np.int32),
        "z": powers(study.norms[places]).T.astype(np.float32),
        "zmin": COLOUR_POWERS[0],
        "zmax": COLOUR_POWERS[-1],
        "colorscale": "Viridis",
        "colorbar": COLOUR_BAR,
        "hovertemplate": "epoch %{x}<br>layer %{y}<br>norm 10<sup>%{z:.1f}</sup><extra></extra>",
    }


def _activation_panel(study: Study, letter: str, colour: str) -> Panel:
    """Quantiles of the activations by layer: a box's lines, drawn through the layers."""
    quantiles = [hide_infinite_rows(study, study.spread[:, :, which].clip(-FAR, FAR)) for which in range(len(SHARES))]
    traces = [grouped(_draw_quantile(study, which, rows[-1], colour), letter) for which, rows in enumerate(quantiles)]
    known = study.spread[: max(1, study.sound_frames)]
    reach = float(np.quantile(np.abs(known), 0.98)) * 1.1  # a few far away would press the others flat
    low, high = -reach if known.min() < 0 else -0.05 * reach, min(reach, 1e6) or 1.0
    figure = plain_figure(traces, "hidden layer", "activation", layers_axis(study.depth), {"range": [low, high]})
    if study.infinite_at is None:  # else the title says so
        ends = [(f"{SHARES[which]:.0%}", quantiles[which]) for which in (0, -1)]
        notes = [edge_words(label, rows, study.frames, low, high) for label, rows in ends]
        write_notes(figure, [(note, colour) for note in notes])
    return Panel(
        title_with_reason(f"{letter}: activations by layer", study),
        "Activations of each layer over all points and units at the shown epoch: the median, the middle half and"
        f" nine tenths. {'Last' if study.infinite_at else 'At the end'} the median of layer {study.depth} is"
        f" {number(float(known[-1, -1, 2]))}.",
        figure,
        moving_traces=[MovingTrace(which, rows) for which, rows in enumerate(quantiles)],
    )


def _draw_quantile(study: Study, which: int, values: np.ndarray, colour: str) -> Trace:
    """The line of one of the ``SHARES``, with the area between it and the one below it shaded."""
    layers, share = np.arange(1, study.depth + 1, dtype=np.int32), SHARES[which]
    hover, (width, dash) = f"{share:.0%} below %{{y:.3g}}", (3, "solid") if share == 0.5 else (1.5, "dot")
    curve = line(f"{share:.0%}", layers, values, colour, dash=dash, width=width, hover=hover, box="")
    return {
        **curve,
        "mode": "lines+markers" if study.depth < 3 else "lines",
        "fill": "tonexty" if which else "none",
        "fillcolor": rgba(colour, 0.3 if which in (2, 3) else 0.12),
    }
