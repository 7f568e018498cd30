"""Convergence of a loss over its epochs: whether it diverges, falls or swings, and when it settles.

Losses are ``(..., epochs)``, one per epoch and possibly not finite, unless a function says otherwise.
"""

from __future__ import annotations

import numpy as np

SETTLED = 0.01  # "within 1% of its final value"
GROWING = 1.02  # from one tenth of the run to the next
LOST = 3.0  # times its first value: a loss that grows to more than that has diverged
IMPROVING = 1e-3  # a loss that still falls by a thousandth from one tenth of the run to the next
NEGLIGIBLE = 1e-6  # of the first loss: what no chart can show
STEADY = 2.0  # times its fall: a last tenth that spans more shows no trend by that fall alone
NOISY = 10.0  # times its fall: a last tenth that spans more shows no trend at all
EXPLODED = 100.0  # times the first loss: where a diverging curve is cut off


def last_tenths(losses: np.ndarray, count: int) -> list[np.ndarray]:
    """The last ``count`` tenths of runs ``(..., epochs)``, oldest first, each ``(..., width)``.

    The width is a tenth of the epochs, at least 1; in a run too short for that many, the first loss is repeated.
    """
    epochs = losses.shape[-1]
    width = max(1, epochs // 10)
    if epochs < count * width:
        first = np.repeat(losses[..., :1], count * width, axis=-1)
        losses = np.concatenate([first, losses], axis=-1)
    end = losses.shape[-1]
    return [losses[..., end - (k + 1) * width : end - k * width] for k in reversed(range(count))]


def is_diverging(losses: np.ndarray) -> np.ndarray:
    """Which runs ``(..., epochs)`` diverge, booleans ``(...)``: not finite, or above three times the start and growing.

    A run that stays finite and ends near its start has not improved, but its numbers still mean something.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        first, second, third = (part.mean(axis=-1) for part in last_tenths(losses, 3))
        lost = third > losses[..., 0] + (LOST - 1.0) * np.abs(losses[..., 0])
        growing = lost & (second > GROWING * first) & (third > GROWING * second)
    return growing | ~np.isfinite(losses).all(axis=-1)


def is_falling(losses: np.ndarray) -> bool:
    """Whether the losses ``(epochs,)`` of a finite run still fall at its end, by more than its swings explain.

    Over the last five tenths the mean goes down more than up. The last tenth spans at most twice its fall; or ten
    times its fall, if each of the five is lower than the one before and the loss is below its start.
    """
    tenths = last_tenths(losses.astype(float), 5)
    means = np.array([part.mean() for part in tenths])
    steps = np.diff(means)
    fell = -float(steps[-1])
    if fell <= IMPROVING * abs(means[-1]) + NEGLIGIBLE * abs(float(losses[0])):
        return False
    if means[0] - means[-1] < 0.5 * np.abs(steps).sum():
        return False
    noisy = (steps < 0).all() and means[-1] < losses[0]
    return bool(np.ptp(tenths[-1]) <= (NOISY if noisy else STEADY) * fell)


def is_swinging(losses: np.ndarray) -> bool:
    """Whether a finite run ``(epochs,)`` has not come to rest: its last tenth spans more than 1% of its mean."""
    (tail,) = last_tenths(losses.astype(float), 1)
    return bool(np.ptp(tail) > SETTLED * abs(tail.mean()) + NEGLIGIBLE * abs(float(losses[0])))


def is_exploded(losses: np.ndarray) -> np.ndarray:
    """Which epochs of runs ``(..., epochs)`` no chart can show: not finite, or above a hundred times the first loss.

    The result has the shape of ``losses``.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return ~np.isfinite(losses) | (losses > EXPLODED * losses[..., :1])


def find_settled_epochs(losses: np.ndarray) -> np.ndarray:
    """The epoch, from 1, from which each run ``(..., epochs)`` stays within 1% of its final value: ``(...)``."""
    with np.errstate(over="ignore", invalid="ignore"):
        is_away = np.abs(losses - losses[..., -1:]) > SETTLED * np.abs(losses[..., -1:])
    epochs_since = is_away[..., ::-1].argmax(axis=-1)
    return np.where(is_away.any(axis=-1), losses.shape[-1] - epochs_since + 1, 1)
