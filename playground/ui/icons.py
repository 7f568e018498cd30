"""Small pictures for buttons, drawn by the functions themselves: images that stand inside a label."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import numpy as np

from playground.data.labelled import LabelLaw
from playground.experiment import Experiment
from playground.figures.dashes_and_symbols import dash_array
from playground.losses import LOSSES
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES
from playground.theory.properties import make_curve

WIDTH, HEIGHT, EDGE = 36, 16, 1.5
GREY = "#808080"


@cache
def loss_icon(key: str) -> str:
    """The loss against the residual (or the logit of a label 1) from −2.5 to 2.5, in its colour and dash."""
    residual = np.linspace(-2.5, 2.5, 49)
    values = make_curve(LOSSES[key], 3.0, **Experiment(loss=key).parameters).value(residual)
    return _write_image(_draw_line(residual, values, LOSSES[key].colour, dash_array(LOSSES[key].dash)))


@cache
def source_icon(key: str) -> str:
    """The true function, with the noise at its ends where it is not the same everywhere."""
    if key in LABELLED_DISTRIBUTIONS:
        return _write_image(_draw_points(key))
    source = TRUE_FUNCTIONS[key]
    x = np.linspace(source.low, source.high, 49)
    spread = 6.0 * source.spread(x) if np.ptp(source.spread(x)) else np.zeros_like(x)
    lines = [source.truth(x) + spread, source.truth(x) - spread] if spread.any() else [source.truth(x)]
    low, high = np.min(lines), np.max(lines)
    return _write_image("".join(_draw_line(x, line, GREY, "none", low, high) for line in lines))


def _draw_points(key: str) -> str:
    """A few points of each label, discs and rings."""
    law = LabelLaw(key, overlap=0.2, positives=0.5, label_noise=0.0)
    x, y, _ = law.draw(36, np.random.default_rng(1))
    places = x / 2.6 if law.distribution.features == 2 else np.column_stack([x[:, 0] / 1.8, np.zeros(len(x))])
    across, down = WIDTH / 2 * (1 + 0.9 * places[:, 0]), HEIGHT / 2 * (1 - 0.9 * places.clip(-1, 1)[:, 1])
    looks = [f'fill="{GREY}"' if label else f'fill="none" stroke="{GREY}" stroke-width="0.7"' for label in y]
    return "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="1.3" {look}/>' for a, b, look in zip(across, down, looks, strict=True)
    )


@cache
def noise_icon(key: str) -> str:
    """A histogram of the noise itself, from −3 to 3 standard deviations."""
    draws = NOISES[key].draw(np.random.default_rng(0), 20_000)
    heights, edges = np.histogram(draws, bins=18, range=(-3, 3))
    x = np.repeat(edges, 2)
    y = np.concatenate([[0], np.repeat(heights, 2), [0]]).astype(float)
    return _write_image(_draw_line(x, y, GREY, "none"))


def _draw_line(
    x: np.ndarray, y: np.ndarray, colour: str, dash: str, low: float | None = None, high: float | None = None
) -> str:
    low, high = (float(y.min()) if low is None else low), (float(y.max()) if high is None else high)
    across = EDGE + (x - x[0]) / (x[-1] - x[0]) * (WIDTH - 2 * EDGE)
    down = HEIGHT - EDGE - (y - low) / (high - low) * (HEIGHT - 2 * EDGE)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'


@cache
def stroke(key: str) -> str:
    """The address of a picture of a loss's line as the charts draw it."""
    ends = np.array([0.0, 1.0])
    return _make_address(_draw_line(ends, ends, LOSSES[key].colour, dash_array(LOSSES[key].dash), low=-1e6, high=1e6))


def _write_image(drawing: str) -> str:
    """Markdown for an image; it is decoration beside a word, so it has no text of its own."""
    return f"![]({_make_address(drawing)})"


def _make_address(drawing: str) -> str:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawing}</svg>'
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
