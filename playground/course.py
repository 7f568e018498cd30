"""The course of a loss over its epochs: whether it diverges, where it explodes, when it settles."""

from __future__ import annotations

import numpy as np

SETTLED = 0.01  # "within 1 % of its final value"
GROWING = 1.02  # from one tenth of the run to the next
EXPLODED = 100.0  # times the first loss: where a diverging curve is cut off


def last_tenths(losses: np.ndarray, count: int) -> list[np.ndarray]:
    """The last ``count`` tenths of runs ``(..., epochs)``, oldest first; of short runs, their last values."""
    epochs = losses.shape[-1]
    width = max(1, epochs // 10)
    if epochs < count * width:
        first = np.repeat(losses[..., :1], count * width, axis=-1)
        losses = np.concatenate([first, losses], axis=-1)
    end = losses.shape[-1]
    return [losses[..., end - (k + 1) * width : end - k * width] for k in reversed(range(count))]


def diverging(losses: np.ndarray) -> np.ndarray:
    """Which runs ``(..., epochs)`` diverge: beyond all numbers, or above their start and growing to the end."""
    with np.errstate(over="ignore", invalid="ignore"):
        first, second, third = (part.mean(axis=-1) for part in last_tenths(losses, 3))
        growing = (third > losses[..., 0]) & (second > GROWING * first) & (third > GROWING * second)
    return growing | ~np.isfinite(losses).all(axis=-1)


def exploded(losses: np.ndarray) -> np.ndarray:
    """Which epochs of runs ``(..., epochs)`` lie beyond what a chart can show."""
    with np.errstate(over="ignore", invalid="ignore"):
        return ~np.isfinite(losses) | (losses > EXPLODED * losses[..., :1])


def settled_at(losses: np.ndarray) -> np.ndarray:
    """The first epoch from which each of the runs ``(..., epochs)`` stays within 1 % of its final value."""
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.abs(losses - losses[..., -1:]) > SETTLED * np.abs(losses[..., -1:])
    since = away[..., ::-1].argmax(axis=-1)  # how many epochs before the last one it was away
    return np.where(away.any(axis=-1), losses.shape[-1] - since + 1, 1)
