"""The laws that data can follow: a true function, the range of x, and where the noise is strong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Source:
    """A law the data follow: ``y = truth(x) + noise · spread(x)`` for x evenly between low and high.

    ``line`` is the true (slope, intercept) where the truth is a straight line; ``features`` how many numbers
    of a point the model is given.
    """

    key: str
    label: str
    summary: str
    truth: Callable[[np.ndarray], np.ndarray]
    low: float
    high: float
    line: tuple[float, float] | None = None
    spread: Callable[[np.ndarray], np.ndarray] = np.ones_like
    features: int = 1


SOURCES: dict[str, Source] = {
    source.key: source
    for source in (
        Source(
            "line",
            "Line",
            "y = 2x + 3, the article's line.",
            lambda x: 2.0 * x + 3.0,
            -10.0,
            10.0,
            line=(2.0, 3.0),
        ),
        Source("sine", "Sine", "y = 4 sin x: no straight line can follow it.", lambda x: 4.0 * np.sin(x), -3.0, 3.0),
        Source(
            "step",
            "Step",
            "y = −4 left of 0 and 4 right of it.",
            lambda x: np.where(x < 0.0, -4.0, 4.0),
            -3.0,
            3.0,
        ),
        Source("quadratic", "Quadratic", "y = x² − 3.", lambda x: x**2 - 3.0, -3.0, 3.0),
        Source(
            "heteroscedastic",
            "Growing noise",
            "y = 2x + 3 with noise that grows from 0.2 σ on the left to 1.8 σ on the right.",
            lambda x: 2.0 * x + 3.0,
            -10.0,
            10.0,
            line=(2.0, 3.0),
            spread=lambda x: 1.0 + 0.08 * x,
        ),
    )
}
