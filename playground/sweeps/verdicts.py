"""Which loss wins at one place of a sweep, in a sentence, or why none does."""

from __future__ import annotations

import numpy as np

from playground.diagnosis.reproducibility import SAME
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Swept
from playground.sweeps.claims import FALSE_SHARE, MATTERS, Claims, Standing
from playground.text.numbers import number
from playground.text.phrases import count, listed


def is_contest(swept: Swept, judge: str) -> bool:
    """Whether a judge can name a better loss: it needs two losses, a direction, and one meaning for all of them."""
    return len(swept.sweep.losses) > 1 and JUDGES[judge].better and JUDGES[judge].common


def no_contest_words(swept: Swept, judge: str) -> str:
    """Why a sweep names no winner; empty if it can."""
    if is_contest(swept, judge):
        return ""
    if len(swept.sweep.losses) == 1:
        return "There is no winner: one loss alone has nothing to be compared with. Choose a second one."
    what = JUDGES[judge].short
    if not JUDGES[judge].better:
        return f"There is no winner: of the {what}, neither more nor less is better."
    return f"There is no winner: the {what} is measured in another unit for each loss. Judge by another number."


def claim_words(claims: Claims) -> str:
    """How far the winners that are named can be trusted; empty where none could be."""
    if not claims.compared:
        return ""
    if claims.compared == 1:
        return f"A loss is called best if equal losses would look so in at most {FALSE_SHARE:.0%} of such studies."
    return (
        f"The losses are compared at {claims.compared:,} places, and so many comparisons would find winners by chance."
        f" So the bar is raised (Benjamini and Hochberg): of the winners named here, at most {FALSE_SHARE:.0%} are"
        f" expected to be false. A lead under {MATTERS:.0%} of the judge is called too small to matter."
    )


def verdict_words(swept: Swept, judge: str, claims: Claims, *places: int) -> str:
    """Which loss wins at a place: "MAE beats MSE in 29 of 30 seeds, by 0.41 ± 0.08 RMSE"; or why none does."""
    standing = claims.standing[places]
    labels = [LOSSES[loss].label for loss in swept.sweep.losses]
    if standing == Standing.GONE:
        gone = np.moveaxis(swept.diverged, (0, 1), (-2, -1))[places].all()
        return "no winner: every training diverged" if gone else "no winner: not all is trained"
    best = labels[int(claims.best[places])]
    if standing == Standing.ALONE:
        return f"no comparison: only {best} is left"
    rival, pair = labels[int(claims.rival[places])], claims.pair_at(places)
    lost = f"; in {count(pair.lost, 'seed')} one of them did not finish" if pair.lost else ""
    if pair.count == 0:
        return f"no winner: {best} and {rival} finished in no common seed{lost}"
    if pair.count == 1:
        return f"no winner: {best} is ahead of {rival} in the only common seed, which may be luck{lost}"
    lead = f"{band_words(pair.lead, pair.half, 2)} {JUDGES[judge].short}"
    if standing == Standing.WINS:
        return f"{best} beats {rival} in {pair.wins} of {pair.count} seeds, by {lead}{lost}"
    if standing == Standing.SMALL:
        return f"{best} leads {rival} by {lead}: real, but under {MATTERS:.0%} and too small to matter{lost}"
    return f"no winner: {_undecided_words(best, rival, lead, claims, places)}{lost}"


def _undecided_words(best: str, rival: str, lead: str, claims: Claims, places: tuple[int, ...]) -> str:
    pair, p = claims.pair_at(places), claims.p[places]
    if pair.lead == 0 == pair.half:
        return f"{best} and {rival} are equal"
    if p < FALSE_SHARE and claims.is_rounding[places]:
        return f"{best} and {rival} are equal but for rounding, a lead under {SAME:.2%}"
    if p < FALSE_SHARE:
        return f"{best} leads {rival} by {lead}, which among {claims.compared:,} comparisons may be chance"
    return f"{best} and {rival} are not distinguishable from the noise between seeds ({lead})"


def band_words(mean: float, half: float, digits: int) -> str:
    """A mean and its band; one that is negligible beside the other is written as 0."""
    nothing = 1e-6 * max(abs(mean), half)
    mean, half = (0.0 if abs(value) < nothing else value for value in (mean, half))
    return f"{number(mean, digits)} ± {number(half, 2)}"


def find_holders(swept: Swept, held: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Each loss that holds a part of the places, by its label, and which."""
    losses = enumerate(swept.sweep.losses)
    return [(LOSSES[loss].label, held == place) for place, loss in losses if (held == place).any()]


def shares_words(swept: Swept, held: np.ndarray) -> str:
    """In which share of the places each loss holds: "MSE in 10% and MAE in 5%"; empty if none does anywhere."""
    shares = [(label, where.mean()) for label, where in find_holders(swept, held)]
    words = [f"{label} in {'under 1%' if share < 0.005 else f'{share:.0%}'}" for label, share in shares]
    return listed(words) if words else ""
