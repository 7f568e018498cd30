"""Which losses are clearly behind the best one, where that one has a rival as good as itself.

Two losses may be equal and a third far worse: that no loss is best does not make all of them equal.
"""

from __future__ import annotations

import numpy as np

from playground.sweeps.bands import Pair, band, compare_pairs, compute_p
from playground.sweeps.claims import MATTERS, compare_losses, find_discoveries
from playground.sweeps.results import Swept


def find_behind(swept: Swept, judge: str) -> np.ndarray:
    """Whether a loss is clearly worse than the best at each place: booleans ``(losses, *axes)``.

    All comparisons are judged together, as in ``playground.sweeps.claims``; a lead too small to matter is none.
    """
    values = np.stack([swept.judge_values(judge, loss) for loss in swept.sweep.losses], axis=1)
    best = np.maximum(compare_losses(swept, judge).best, 0)
    at_best = np.take_along_axis(values, np.broadcast_to(best, (len(values), 1, *best.shape)), axis=1)
    with np.errstate(invalid="ignore"):
        found = band(values - at_best)
    pairs = len(swept.sweep.losses) / 2  # that each loss is in: the best was chosen for being ahead
    p = np.where(found.mean > 0, np.minimum(compute_p(found) * pairs, 1.0), np.nan)  # the best itself has no lead
    is_large = found.mean >= MATTERS * np.abs(band(values).mean)
    return find_discoveries(p) & is_large


def pair_with_best(swept: Swept, judge: str, loss: str) -> Pair:
    """The best loss of a sweep that varies nothing against another."""
    best = swept.sweep.losses[max(int(compare_losses(swept, judge).best), 0)]
    return compare_pairs(swept.judge_values(judge, best), swept.judge_values(judge, loss))
