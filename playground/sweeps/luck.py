"""The losses at today's settings under several seeds: is one better, or was it luck?

It is a sweep that varies nothing but the seed, so its words are for one comparison, not for many.
"""

from __future__ import annotations

import numpy as np

from playground.experiment import Experiment
from playground.experiment.names import name
from playground.losses import LOSSES
from playground.sweeps.bands import band
from playground.sweeps.behind import find_behind, pair_with_best
from playground.sweeps.claims import MATTERS, Claims, Standing, compare_losses
from playground.sweeps.judges import JUDGES
from playground.sweeps.plan import Sweep
from playground.sweeps.results import Swept
from playground.sweeps.settings import MOST_WORK, SweepSettings, check_size, estimate_work
from playground.sweeps.verdicts import band_words, is_contest, no_contest_words
from playground.text.phrases import listed
from playground.theory.coverage import aims_at_centre

MORE_SEEDS = 100  # which are offered where fewer leave the answer open
TEN = 10  # seeds, where the visitor asked for none, for one, or for more than can be waited for

WINS = (
    "{best} is better here: it beats {rival} in {wins} of {count} seeds, by {lead} {judge} on average. The lead is"
    " real: equal losses would show one so clear in at most 5% of such studies."
)
WINS_OVER_ALL = (
    "{best} is best here: it beats {rival}, the next, in {wins} of {count} seeds, by {lead} {judge} on average. The"
    " lead is real: equal losses would show one so clear in at most 5% of such studies."
)
BEHIND = "{loss} is clearly behind: {best} beats it in {wins} of {count} seeds, by {lead} {judge} on average."
SMALL = (
    "{best} is ahead of {rival} in {wins} of {count} seeds, by {lead} {judge} on average. The lead is real, but less"
    " than {matters:.0%} of the {judge}: too little to choose a loss by."
)
LUCK = (
    "No loss is better here: {best} has the lowest {judge} on average, but its lead over {rival}, {lead}, may be luck."
    " It is ahead in {wins} of {count} seeds."
)
EQUAL = "{best} and {rival} came to the same {judge} in every seed."
ROUNDED = "{best} and {rival} came to the same {judge} in every seed, but for rounding."
ALONE = "Only {best} is left: every training under another loss diverged."
ONE_SEED = "{best} finished together with {rival} in fewer than two seeds, so they cannot be compared."
GONE = "Every training diverged: choose a smaller learning rate."
UNTRAINED = "Nothing is trained yet."
MEAN = "{loss}: {judge} {mean}, over {count} seeds."
DIVERGED = "{loss} diverged in {gone} of {count} seeds, which are left out of its mean."
TRUST = (
    "A dot is one seed, which draws the noise, the outliers and the first weights; click on it to open it. The line is"
    " the mean, the shade its 95% band. All losses are trained under the same seeds and compared seed by seed; after"
    " ± stands the 95% interval of a lead."
)
OTHER_AIM = "{loss} aims at another line than the truth: its {judge} is no fault."


def plan_seeds(sweeping: SweepSettings, base: Experiment, losses: tuple[str, ...]) -> Sweep:
    """The sweep that varies the seed alone: as many seeds as are asked for, if two or more, and if that is quick.

    Raises ``ValueError`` where even ten seeds are more than one page may ask for.
    """
    asked = Sweep(base, (), losses, sweeping.seeds)
    if sweeping.seeds < 2 or (sweeping.seeds > TEN and estimate_work(asked) > MOST_WORK / 10):
        asked = Sweep(base, (), losses, TEN)
    check_size(asked)
    return asked


def answer_words(swept: Swept, judge: str) -> str:
    """Which loss is better at these settings, by how much, and whether that is luck; or why nothing can be said."""
    if not swept.trained.any():
        return UNTRAINED
    if len(swept.sweep.losses) == 1:
        return f"{_mean_words(swept, judge, swept.sweep.losses[0])} {no_contest_words(swept, judge)}"
    if not is_contest(swept, judge):
        return no_contest_words(swept, judge)
    claims = compare_losses(swept, judge)
    behind = [] if claims.standing[()] == Standing.WINS else _describe_behind(swept, judge, claims)
    return " ".join([_describe_standing(swept, judge, claims), *behind])


def _describe_behind(swept: Swept, judge: str, claims: Claims) -> list[str]:
    """A sentence for each loss that is clearly worse than the best, though its rival is not."""
    losses, words = swept.sweep.losses, JUDGES[judge].short
    sentences = []
    for place in np.flatnonzero(find_behind(swept, judge)):
        if place == int(claims.rival):
            continue
        pair = pair_with_best(swept, judge, losses[place])
        sentences.append(
            BEHIND.format(
                loss=_call(swept, losses[place]),
                best=_call(swept, losses[int(claims.best)]),
                wins=pair.wins,
                count=pair.count,
                lead=band_words(pair.lead, pair.half, 2),
                judge=words,
            )
        )
    return sentences


def _describe_standing(swept: Swept, judge: str, claims: Claims) -> str:
    standing, losses = Standing(str(claims.standing[()])), swept.sweep.losses
    if standing is Standing.GONE:
        return GONE if swept.diverged.all() else UNTRAINED
    best, rival = _call(swept, losses[int(claims.best)]), _call(swept, losses[int(claims.rival)])
    if standing is Standing.ALONE:
        return ALONE.format(best=best)
    if standing is Standing.FEW_SEEDS:
        return ONE_SEED.format(best=best, rival=rival)
    pair = claims.pair_at(())
    template = {
        Standing.WINS: WINS if len(losses) == 2 else WINS_OVER_ALL,
        Standing.SMALL: SMALL,
    }.get(standing, LUCK)
    if standing is Standing.UNDECIDED and pair.lead == 0 == pair.half:
        template = EQUAL
    elif standing is Standing.UNDECIDED and bool(claims.is_rounding):
        template = ROUNDED
    return template.format(
        best=best,
        rival=rival,
        wins=pair.wins,
        count=pair.count,
        lead=band_words(pair.lead, pair.half, 2),
        judge=JUDGES[judge].short,
        matters=MATTERS,
    )


def is_open(swept: Swept, judge: str) -> bool:
    """Whether these seeds leave open which loss is better, so that more of them may tell."""
    if not is_contest(swept, judge):
        return False
    claims = compare_losses(swept, judge)
    return claims.standing[()] == Standing.UNDECIDED and not bool(claims.is_rounding)


def note_words(swept: Swept, judge: str) -> list[str]:
    """What has to be known beside the answer: trainings that diverged, and losses that aim elsewhere."""
    count = swept.sweep.seeds
    gone = {loss: int(swept.diverged[:, place].sum()) for place, loss in enumerate(swept.sweep.losses)}
    notes = [DIVERGED.format(loss=_call(swept, loss), gone=many, count=count) for loss, many in gone.items() if many]
    aside = [loss for loss in swept.sweep.losses if not aims_at_centre(swept.sweep.base.replace(loss=loss))]
    if judge in ("rmse", "mae"):
        notes += [OTHER_AIM.format(loss=_call(swept, loss), judge=JUDGES[judge].short) for loss in aside]
    return notes


def describe_chart(swept: Swept, judge: str) -> str:
    """The means of all losses with their bands, for who cannot see the chart."""
    return listed([_mean_words(swept, judge, loss).rstrip(".") for loss in swept.sweep.losses]) + "."


def _mean_words(swept: Swept, judge: str, loss: str) -> str:
    found = band(swept.judge_values(judge, loss))
    mean = band_words(float(found.mean), float(found.half), 3) if found.count > 1 else "–"
    return MEAN.format(loss=_call(swept, loss), judge=JUDGES[judge].short, mean=mean, count=int(found.count))


def _call(swept: Swept, loss: str) -> str:
    return name(swept.sweep.base.replace(loss=loss)) if LOSSES[loss].parameters else LOSSES[loss].label
