"""What a sweep says, in words and in a table: which loss is better where, by how much, and where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from playground.compare.bands import Band, Pair, band, paired
from playground.compare.setting_words import setting_name, value_words
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Swept
from playground.words import count, listed, number, sentence

OPEN, GONE = -1, -2  # places at which several losses are left, and those at which none is
ONE_SEED = "with one seed nobody can say which is better; take more seeds"


@dataclass(frozen=True)
class Finding:
    """Who wins at one place of the axes: ``best`` before ``second``, as far as ``pair`` decides it.

    ``best`` is empty where every training diverged, ``second`` where only one loss is left.
    """

    best: str
    second: str
    pair: Pair | None

    @property
    def winner(self) -> str:
        """The better loss, or nothing if the seeds do not tell."""
        return self.best if self.pair and self.pair.decided else ""


def bands_of(swept: Swept, judge: str) -> dict[str, Band]:
    """The band of each loss over the axes. What was not trained counts neither as a number nor as diverged."""
    return {loss: band(swept.of(judge, loss)) for loss in swept.sweep.losses}


def diverged_of(swept: Swept, loss: str) -> np.ndarray:
    """How many trainings of a loss diverged at each place of the axes."""
    return swept.diverged[:, swept.sweep.losses.index(loss)].sum(axis=0)


def finding_at(swept: Swept, judge: str, *places: int) -> Finding:
    """The two best losses at a place, seed by seed."""
    here: Any = (slice(None), *places)
    values = {loss: np.asarray(swept.of(judge, loss)[here]) for loss in swept.sweep.losses}
    means = {loss: float(band(each).mean) for loss, each in values.items()}
    ranked = sorted((loss for loss in means if np.isfinite(means[loss])), key=lambda loss: means[loss])
    if not ranked:
        return Finding("", "", None)
    if len(ranked) == 1:
        return Finding(ranked[0], "", None)
    best, second = ranked[:2]
    pair = paired(values[best], values[second])
    # Over the seeds that both survived, the other may be ahead.
    return (
        Finding(best, second, pair)
        if not pair.lead < 0
        else Finding(second, best, paired(values[second], values[best]))
    )


def winners(swept: Swept, judge: str) -> np.ndarray:
    """The clearly best loss at every place of the axes as its number, −1 where the seeds do not tell."""
    values = np.stack([swept.of(judge, loss) for loss in swept.sweep.losses])
    order = np.argsort(np.nan_to_num(band(values.swapaxes(0, 1)).mean, nan=np.inf), axis=0)
    if len(order) < 2:
        return np.full(order.shape[1:], -1)
    best, second = (np.take_along_axis(values, order[place][None, None], 0)[0] for place in (0, 1))
    lead = band(second - best)
    ahead = np.where(lead.mean > 0, order[0], order[1])
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(lead.mean) > lead.half, ahead, -1)


def verdict(finding: Finding, judge: str) -> str:
    """Who wins, in a sentence: "MAE beats MSE in 29 of 30 seeds, by 0.41 ± 0.08 RMSE"."""
    if not finding.best:
        return "every training diverged"
    best = LOSSES[finding.best].label
    if finding.pair is None:
        return f"only {best} is left" if finding.best else ""
    second, pair = LOSSES[finding.second].label, finding.pair
    lost = f"; in {count(pair.lost, 'seed')} one of them diverged" if pair.lost else ""
    if pair.count == 0:
        return f"{best} and {second} have no seed in common{lost}"
    if pair.count == 1:
        return f"{best} before {second}, with one seed: more seeds would tell whether by luck{lost}"
    lead = f"{_with_band(pair.lead, pair.half, 2)} {JUDGES[judge].short}"
    if not pair.decided:
        return f"{best} and {second} are not distinguishable from the noise between seeds ({lead}){lost}"
    return f"{best} beats {second} in {pair.wins} of {pair.count} seeds, by {lead}{lost}"


def cell(found: Band, diverged: np.ndarray, *places: int) -> str:
    """A judge at a place: its mean with its band, and how many trainings diverged."""
    mean, half = float(found.mean[places]), float(found.half[places])
    gone, finished = int(diverged[places]), int(found.count[places])
    lost = f"{gone} of {gone + finished} diverged" if gone else ""
    if not finished:
        return lost or "not trained"
    told = number(mean) if np.isnan(half) else _with_band(mean, half, 3)
    return f"{told}, {lost}" if lost else told


def _with_band(mean: float, half: float, digits: int) -> str:
    """A mean and its band; what is nothing beside the other is 0."""
    nothing = 1e-6 * max(abs(mean), half)
    told = [0.0 if abs(value) < nothing else value for value in (mean, half)]
    return f"{number(told[0], digits)} ± {number(told[1], 2)}"


def findings(swept: Swept, judge: str) -> list[Finding]:
    """The finding at each value of a sweep's only axis."""
    return [finding_at(swept, judge, place) for place in range(swept.sweep.shape[2])]


def left_alone(swept: Swept, judge: str) -> np.ndarray:
    """The number of the only loss that did not diverge, at every place of the axes; ``OPEN`` or ``GONE`` elsewhere."""
    bands = bands_of(swept, judge)
    finished = np.stack([each.count > 0 for each in bands.values()])
    lost = ~finished & (np.stack([diverged_of(swept, loss) for loss in bands]) > 0)
    alone = (finished.sum(axis=0) == 1) & (lost.sum(axis=0) == len(bands) - 1)
    return np.where(lost.all(axis=0), GONE, np.where(alone, finished.argmax(axis=0), OPEN))


def summary(swept: Swept, judge: str) -> str:
    """Over which ranges of the axis which loss is better, for a sweep of one axis and several losses."""
    won, alone = winners(swept, judge), left_alone(swept, judge)
    told = [f"{loss} is clearly best {where}" for loss, where in _holders(swept, won)]
    told += [f"{where} only {loss} is left" for loss, where in _holders(swept, alone)]
    told += [f"{listed(_ranges(swept, alone == GONE))} every training diverged"] if (alone == GONE).any() else []
    undecided = (won < 0) & (alone == OPEN)
    told += [_undecided(swept, undecided, bool(told))] if undecided.any() else []
    said = f"By {JUDGES[judge].short} over {setting_name(swept.sweep.axes[0].setting)}: {'; '.join(told)}."
    return " ".join(part for part in (said, _survivors(swept, judge), lost_words(swept)) if part)


def _holders(swept: Swept, held: np.ndarray) -> list[tuple[str, str]]:
    """Each loss that holds a part of the only axis, and which."""
    losses = enumerate(swept.sweep.losses)
    return [
        (LOSSES[loss].label, listed(_ranges(swept, held == place))) for place, loss in losses if (held == place).any()
    ]


def _undecided(swept: Swept, where: np.ndarray, more: bool) -> str:
    """Where nobody can say which loss is better; ``more`` is said of other places."""
    if swept.sweep.seeds == 1:
        return ONE_SEED
    return f"{listed(_ranges(swept, where))}, the seeds do not tell" if more else "nowhere is one loss clearly best"


def _survivors(swept: Swept, judge: str) -> str:
    """Where a loss lost half of its trainings or more, so that its mean is that of the lucky ones."""
    half = np.zeros(swept.sweep.shape[2:], bool)
    for loss, found in bands_of(swept, judge).items():
        half |= (found.count > 0) & (diverged_of(swept, loss) >= found.count)
    if not half.any():
        return ""
    where = listed(_ranges(swept, half))
    return (
        f"{where[:1].upper()}{where[1:]} half of a loss's trainings or more diverged: there, only the seeds that are"
        " left are compared."
    )


def _ranges(swept: Swept, where: np.ndarray) -> list[str]:
    """The stretches of the only axis on which something holds, in words."""
    axis = swept.sweep.axes[0]
    told = []
    for holds, group in groupby(range(len(where)), key=lambda place: bool(where[place])):
        places = list(group)
        first, last = (value_words(axis.setting, axis.values[place]) for place in (places[0], places[-1]))
        if holds:
            told.append(f"at {first}" if first == last else f"from {first} to {last}")
    return told


def lost_words(swept: Swept) -> str:
    """How many trainings diverged, loss by loss; nothing if none did."""
    each = {loss: int(diverged_of(swept, loss).sum()) for loss in swept.sweep.losses}
    size = swept.sweep.size // len(each)
    told = [f"{LOSSES[loss].label} in {gone:,} of {size:,} trainings" for loss, gone in each.items() if gone]
    if not told:
        return ""
    return f"Diverged: {listed(told)}. They are marked, counted and left out of every mean."


def map_summary(swept: Swept, judge: str) -> str:
    """How much of a map each loss wins or has to itself, and where its lowest cell is."""
    best = [_lowest(swept, judge, loss) for loss in swept.sweep.losses] if JUDGES[judge].better else []
    compared = len(swept.sweep.losses) > 1 and JUDGES[judge].better and JUDGES[judge].common
    parts = [*(_shares(swept, judge) if compared else []), *best, lost_words(swept)]
    return " ".join(part for part in parts if part)


def _shares(swept: Swept, judge: str) -> list[str]:
    """The cells in which a loss is clearly best, and those in which it is the only one left."""
    won, alone = (_held(swept, found(swept, judge)) for found in (winners, left_alone))
    clear = f"Clearly best of all cells: {listed(won)}." if won else "In no cell is one loss clearly best."
    if swept.sweep.seeds == 1:
        clear = sentence(ONE_SEED)
    return [clear, f"Alone left: {listed(alone)}." if alone else ""]


def _held(swept: Swept, held: np.ndarray) -> list[str]:
    losses = enumerate(swept.sweep.losses)
    return [f"{LOSSES[loss].label} in {(held == place).mean():.0%}" for place, loss in losses if (held == place).any()]


def _lowest(swept: Swept, judge: str, loss: str) -> str:
    means = band(swept.of(judge, loss)).mean
    if not np.isfinite(means).any():
        return f"{LOSSES[loss].label} diverged everywhere."
    places = np.unravel_index(np.nanargmin(means), means.shape)
    at = [
        f"{setting_name(axis.setting)} {value_words(axis.setting, axis.values[place])}"
        for axis, place in zip(swept.sweep.axes, places, strict=True)
    ]
    return f"{LOSSES[loss].label} is lowest, {number(float(means[places]))}, at {listed(at)}."


def table_rows(swept: Swept, judge: str) -> list[list[str]]:
    """A row for each value of the only axis: the value, each loss's judge, and the verdict."""
    axis, found = swept.sweep.axes[0], bands_of(swept, judge)
    lost = {loss: diverged_of(swept, loss) for loss in found}
    compared = len(found) > 1 and JUDGES[judge].better and JUDGES[judge].common
    verdicts = [verdict(each, judge) for each in findings(swept, judge)] if compared else []
    rows = []
    for place, value in enumerate(axis.values):
        cells = [cell(found[loss], lost[loss], place) for loss in found]
        rows.append([value_words(axis.setting, value), *cells, *verdicts[place : place + 1]])
    return rows
