"""Which loss wins at each place of a sweep, and which leads are no more than chance or too small to matter.

A sweep asks many questions at once: a test that errs in 5 of 100 cases would name two hundred false winners on a map
of 4,096 cells with equal losses. So the p-values of all places are judged together, by the step-up rule of Benjamini
and Hochberg: of the winners that are named, 5 in 100 are expected to be false at most; where all losses are equal, a
sweep names any winner at all in 5 of 100 cases at most.
Source: Benjamini and Hochberg 1995, Controlling the False Discovery Rate, https://www.jstor.org/stable/2346101
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from playground.diagnosis.reproducibility import SAME
from playground.sweeps import Swept
from playground.sweeps.bands import Pair, band, compute_p

FALSE_SHARE = 0.05  # of the winners that a sweep names
MATTERS = 0.01  # of the judge: a smaller lead is real, but no reason to choose a loss
NOBODY = -1


class Standing(StrEnum):
    """How the leading loss at a place stands against the others."""

    GONE = "no loss is left"
    ALONE = "one loss is left"
    FEW_SEEDS = "fewer than two seeds to compare"
    UNDECIDED = "the seeds do not tell"
    SMALL = "ahead, by too little to matter"
    WINS = "ahead"


@dataclass(frozen=True, eq=False)
class Claims:
    """The comparison of the losses at every place: each array has the shape of the axes.

    ``best`` and ``rival`` are numbers of losses, −1 where there is none. The rival is the loss with the next mean; if
    the best does not win, the one from which it differs least clearly. ``lead`` and ``half`` are in the judge's
    unit, over the ``count`` seeds that both finished, of which the best won ``wins``; in ``lost`` seeds one of them
    diverged. ``compared`` is how many places were tested together. ``is_rounding`` marks where the lead is no larger
    than what single precision may leave of equal numbers.
    """

    best: np.ndarray
    rival: np.ndarray
    lead: np.ndarray
    half: np.ndarray
    wins: np.ndarray
    count: np.ndarray
    lost: np.ndarray
    p: np.ndarray
    standing: np.ndarray
    compared: int
    is_rounding: np.ndarray

    @property
    def winners(self) -> np.ndarray:
        """The number of the clearly best loss at each place, −1 where no lead is both real and large enough."""
        return np.where(self.standing == Standing.WINS, self.best, NOBODY)

    @property
    def small_leaders(self) -> np.ndarray:
        """The number of the loss whose lead is real but too small to matter, −1 elsewhere."""
        return np.where(self.standing == Standing.SMALL, self.best, NOBODY)

    def pair_at(self, places: tuple[int, ...]) -> Pair:
        """The best against its rival at a place."""
        lead, half = float(self.lead[places]), float(self.half[places])
        return Pair(lead, half, int(self.wins[places]), int(self.count[places]), int(self.lost[places]))


def compare_losses(swept: Swept, judge: str) -> Claims:
    """Compare all losses of a sweep by a judge of which less is better, at all places at once."""
    values = np.stack([swept.judge_values(judge, loss) for loss in swept.sweep.losses], axis=1)
    found = band(values)
    known = _find_comparable(found.count)
    means = np.where(known, found.mean, np.nan)
    best = _find_leaders(values, means)
    against = _Against(values, best)
    rivals = known & (np.arange(len(means)).reshape(-1, *[1] * best.ndim) != best)
    p = _find_largest_p(against, rivals)
    real = find_discoveries(p)
    rival = np.where(real, np.where(rivals, means, np.inf).argmin(axis=0), _find_hardest(against, rivals))
    lead, half, wins, count, lost = (_pick_loss(part, rival) for part in against.parts)
    is_rounding = ~(np.abs(lead) > SAME * np.abs(_pick_loss(means, rival)))
    is_small = np.abs(lead) < MATTERS * np.abs(_pick_loss(means, rival))
    some, several = known.any(axis=0), rivals.any(axis=0)
    standing = np.select(
        [~some, ~several, np.isnan(p), ~real | is_rounding, is_small],
        [Standing.GONE, Standing.ALONE, Standing.FEW_SEEDS, Standing.UNDECIDED, Standing.SMALL],
        Standing.WINS,
    )
    best, rival = np.where(some, best, NOBODY), np.where(several, rival, NOBODY)
    compared = int(np.isfinite(p).sum())
    return Claims(best, rival, lead, half, wins, count, lost, p, standing, compared, is_rounding)


def _find_comparable(count: np.ndarray) -> np.ndarray:
    """The losses that finished at each place; where two or more finished twice, one lucky seed does not count."""
    twice = count > 1
    return np.where(twice.sum(axis=0) > 1, twice, count > 0)


def _find_largest_p(against: _Against, rivals: np.ndarray) -> np.ndarray:
    """The best has to beat all others, so the largest p-value counts. NaN where a rival cannot be compared."""
    testable = rivals.any(axis=0) & ((against.count > 1) | ~rivals).all(axis=0)
    return np.where(testable, np.where(rivals, against.p, 0.0).max(axis=0), np.nan)


def _find_hardest(against: _Against, rivals: np.ndarray) -> np.ndarray:
    """The rival from which the best differs least clearly."""
    doubts = np.where(against.count > 1, against.p, 2.0)
    return np.where(rivals, doubts, -1.0).argmax(axis=0)


class _Against:
    """One loss at each place against all: leads, bands, wins, counts and p-values, ``(losses, *axes)`` each."""

    def __init__(self, values: np.ndarray, best: np.ndarray) -> None:
        with np.errstate(invalid="ignore"):
            leads = values - _pick_loss(values.swapaxes(0, 1), best)[:, None]
        found = band(leads)
        self.lead, self.count = found.mean, found.count
        self.p = compute_p(found)
        # A lead below 0 belongs to the other loss: whatever its size, it is not a win.
        self.p = np.where(self.lead > 0, self.p, 1.0)
        wins = (np.where(np.isfinite(leads), leads, 0.0) > 0).sum(axis=0)
        self.parts = (found.mean, found.half, wins, found.count, found.lost)


def _find_leaders(values: np.ndarray, means: np.ndarray) -> np.ndarray:
    """The loss with the lowest mean at each place; if another is ahead in the seeds that both finished, that one."""
    best = np.where(np.isfinite(means), means, np.inf).argmin(axis=0)
    leads = np.where(np.isfinite(means), np.nan_to_num(_Against(values, best).lead), 0.0)
    return np.where(leads.min(axis=0) < 0, leads.argmin(axis=0), best)


def _pick_loss(values: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Of values ``(losses, ..., *axes)`` those of one loss at each place: ``(..., *axes)``."""
    places = loss.reshape(1, *[1] * (values.ndim - loss.ndim - 1), *loss.shape)
    return np.take_along_axis(values, np.broadcast_to(places, (1, *values.shape[1:])), axis=0)[0]


def find_discoveries(p: np.ndarray, share: float = FALSE_SHARE) -> np.ndarray:
    """Which p-values count as discoveries, of which at most ``share`` are expected to be false: booleans like ``p``.

    The step-up rule of Benjamini and Hochberg, whose source the head of this file names. A NaN is no discovery.
    """
    flat = np.where(np.isnan(p), np.inf, p).ravel()
    order = np.sort(flat)
    tested = int(np.isfinite(order).sum())
    passed = np.flatnonzero(order[:tested] <= share * np.arange(1, tested + 1) / max(tested, 1))
    limit = order[passed[-1]] if len(passed) else -np.inf
    return (flat <= limit).reshape(p.shape)
