"""Heat maps that move: small enough to be sent whole, so that the browser replays them by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_MAP_FRAMES = 40


@dataclass(frozen=True)
class HeatmapFrames:
    """How a heat map moves: ``maps`` (frames, rows, columns), one an epoch frame, the end among them.

    They are whole numbers of 8 bits, 0 for ``low`` and 255 for ``high``, as ``make_heatmap_frames`` makes them. The
    browser puts them in the place of z in each of the ``traces``: a map of 40 × 40 is 1.6 kB a frame.
    """

    traces: tuple[int, ...]
    maps: np.ndarray
    low: float = 0.0
    high: float = 1.0


def make_heatmap_frames(
    traces: tuple[int, ...], values: np.ndarray, low: float = 0.0, high: float = 1.0
) -> HeatmapFrames:
    """Finite values (frames, rows, columns) as frames of 8 bits; what lies beyond ``low`` or ``high`` is clipped."""
    share = (np.asarray(values, float) - low) / (high - low)
    return HeatmapFrames(traces, np.round(255 * share.clip(0.0, 1.0)).astype(np.uint8), low, high)


def pick_frames(epochs: np.ndarray, most: int = MOST_MAP_FRAMES) -> tuple[np.ndarray, np.ndarray]:
    """Which of the recorded epochs (n,) to show, dense at the start, where most happens: them and their places.

    The first and the last are among them. A replay runs through the epochs at the same pace: evenly in their
    logarithm.
    """
    wanted = np.expm1(np.linspace(0.0, np.log1p(float(epochs[-1])), most))
    places = np.unique([*np.searchsorted(epochs, wanted.round()).clip(0, len(epochs) - 1), len(epochs) - 1])
    return epochs[places], places
