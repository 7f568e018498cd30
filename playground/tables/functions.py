"""The true functions that numbers follow, with the range of x and where the noise is strong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TrueFunction:
    """A dataset of numbers: ``y = truth(x) + noise · spread(x)`` for x evenly between ``low`` and ``high``.

    ``truth`` and ``spread`` map x ``(n,)`` to ``(n,)``; each returns one expression of x, which exported programs copy.
    ``line`` is the true (slope, intercept) where the truth is a straight line; ``features`` is how many numbers of a
    point the model is given.
    """

    key: str
    label: str
    summary: str
    truth: Curve
    low: float
    high: float
    line: tuple[float, float] | None = None
    spread: Curve = np.ones_like
    features: int = 1


def article_line(x: np.ndarray) -> np.ndarray:
    return 2.0 * x + 3.0


def sine(x: np.ndarray) -> np.ndarray:
    return 4.0 * np.sin(x)


def step(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0.0, -4.0, 4.0)


def quadratic(x: np.ndarray) -> np.ndarray:
    return x**2 - 3.0


def growing_spread(x: np.ndarray) -> np.ndarray:
    return 1.0 + 0.08 * x


TRUE_FUNCTIONS: dict[str, TrueFunction] = {
    function.key: function
    for function in (
        TrueFunction("line", "Line", "y = 2x + 3, the article's line.", article_line, -10.0, 10.0, line=(2.0, 3.0)),
        TrueFunction("sine", "Sine", "y = 4 sin x: no straight line can follow it.", sine, -3.0, 3.0),
        TrueFunction("step", "Step", "y = −4 left of 0 and 4 right of it.", step, -3.0, 3.0),
        TrueFunction("quadratic", "Quadratic", "y = x² − 3.", quadratic, -3.0, 3.0),
        TrueFunction(
            "heteroscedastic",
            "Growing noise",
            "y = 2x + 3 with noise that grows from 0.2 σ on the left to 1.8 σ on the right.",
            article_line,
            -10.0,
            10.0,
            line=(2.0, 3.0),
            spread=growing_spread,
        ),
    )
}
