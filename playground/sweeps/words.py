"""A sweep in words and as a table: which loss is better where, by how much, and where that is open."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from playground.experiment.setting_words import setting_name
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Swept
from playground.sweeps.axis_words import place_words
from playground.sweeps.bands import Band, band
from playground.sweeps.claims import compare_losses
from playground.sweeps.verdicts import band_words, find_holders, is_contest, shares_words, verdict_words
from playground.text.numbers import number
from playground.text.phrases import listed, sentence

OPEN, GONE = -1, -2  # places at which several losses are left, and those at which none is
ONE_SEED = "one seed cannot tell which is better; use more seeds"


def measure_bands(swept: Swept, judge: str) -> dict[str, Band]:
    """The band of each loss over the axes. What was not trained counts neither as a number nor as diverged."""
    return {loss: band(swept.judge_values(judge, loss)) for loss in swept.sweep.losses}


def count_diverged(swept: Swept, loss: str) -> np.ndarray:
    """How many trainings of a loss diverged at each place of the axes."""
    return swept.diverged[:, swept.sweep.losses.index(loss)].sum(axis=0)


def judge_cell(found: Band, diverged: np.ndarray, *places: int) -> str:
    """A judge at a place: its mean with its band, and how many trainings diverged."""
    mean, half = float(found.mean[places]), float(found.half[places])
    gone, finished = int(diverged[places]), int(found.count[places])
    lost = f"{gone} of {gone + finished} diverged" if gone else ""
    if not finished:
        return lost or "not trained"
    value = number(mean) if np.isnan(half) else band_words(mean, half, 3)
    return f"{value}, {lost}" if lost else value


def find_sole_finishers(swept: Swept, judge: str) -> np.ndarray:
    """The number of the only loss that did not diverge, at every place of the axes; ``OPEN`` or ``GONE`` elsewhere."""
    bands = measure_bands(swept, judge)
    finished = np.stack([each.count > 0 for each in bands.values()])
    lost = ~finished & (np.stack([count_diverged(swept, loss) for loss in bands]) > 0)
    alone = (finished.sum(axis=0) == 1) & (lost.sum(axis=0) == len(bands) - 1)
    return np.where(lost.all(axis=0), GONE, np.where(alone, finished.argmax(axis=0), OPEN))


def summarise_axis(swept: Swept, judge: str) -> str:
    """Over which ranges of the axis which loss is better, for a sweep of one axis and several losses."""
    claims, alone = compare_losses(swept, judge), find_sole_finishers(swept, judge)
    parts = [
        f"{loss} is clearly best {_ranges_words(swept, where)}" for loss, where in find_holders(swept, claims.winners)
    ]
    parts += [
        f"{_ranges_words(swept, where)} {loss} leads, by too little to matter"
        for loss, where in find_holders(swept, claims.small_leaders)
    ]
    parts += [f"{_ranges_words(swept, where)} only {loss} is left" for loss, where in find_holders(swept, alone)]
    parts += [f"{_ranges_words(swept, alone == GONE)} every training diverged"] if (alone == GONE).any() else []
    undecided = (claims.winners < 0) & (claims.small_leaders < 0) & (alone == OPEN)
    parts += [_undecided_words(swept, undecided, bool(parts))] if undecided.any() else []
    axis = setting_name(swept.sweep.axes[0].setting)
    text = f"By {JUDGES[judge].short} (lower is better) over {axis}: {'; '.join(parts)}."
    return " ".join(part for part in (text, _survivor_words(swept, judge), lost_words(swept)) if part)


def _undecided_words(swept: Swept, where: np.ndarray, more: bool) -> str:
    """Where no loss is clearly best; ``more`` says that the summary has named other places before."""
    if swept.sweep.seeds == 1:
        return ONE_SEED
    return f"{_ranges_words(swept, where)} no loss is clearly best" if more else "nowhere is one loss clearly best"


def _survivor_words(swept: Swept, judge: str) -> str:
    """Where half of a loss's trainings or more diverged, so that its mean is that of the few that did not."""
    half = np.zeros(swept.sweep.shape[2:], bool)
    for loss, found in measure_bands(swept, judge).items():
        half |= (found.count > 0) & (count_diverged(swept, loss) >= found.count)
    if not half.any():
        return ""
    where = _ranges_words(swept, half)
    return (
        f"{where[:1].upper()}{where[1:]} half of a loss's trainings or more diverged: there, only the seeds that are"
        " left are compared."
    )


def _ranges_words(swept: Swept, where: np.ndarray) -> str:
    """The stretches of the only axis on which something holds, in words."""
    ranges = []
    for holds, group in groupby(range(len(where)), key=lambda place: bool(where[place])):
        places = list(group)
        first, last = (place_words(swept.sweep, 0, place) for place in (places[0], places[-1]))
        if holds:
            ranges.append(f"at {first}" if first == last else f"from {first} to {last}")
    return listed(ranges)


def lost_words(swept: Swept) -> str:
    """How many trainings diverged, loss by loss; empty if none did."""
    each = {loss: int(count_diverged(swept, loss).sum()) for loss in swept.sweep.losses}
    size = swept.sweep.size // len(each)
    losses = [f"{LOSSES[loss].label} in {gone:,} of {size:,} trainings" for loss, gone in each.items() if gone]
    if not losses:
        return ""
    return f"Diverged: {listed(losses)}. They are marked, counted and left out of every mean."


def summarise_map(swept: Swept, judge: str) -> str:
    """How much of a map each loss wins or has to itself, and where its lowest cell is."""
    best = [_lowest_words(swept, judge, loss) for loss in swept.sweep.losses] if JUDGES[judge].better else []
    parts = [*(_share_sentences(swept, judge) if is_contest(swept, judge) else []), *best, lost_words(swept)]
    return " ".join(part for part in parts if part)


def _share_sentences(swept: Swept, judge: str) -> list[str]:
    """The cells in which a loss is clearly best, and those in which it is the only one left."""
    if swept.sweep.seeds == 1:
        return [sentence(ONE_SEED), _shares_sentence(swept, "Alone left", find_sole_finishers(swept, judge))]
    claims = compare_losses(swept, judge)
    return [
        _shares_sentence(swept, "Clearly best of all cells", claims.winners) or "In no cell is one loss clearly best.",
        _shares_sentence(swept, "Ahead by too little to matter", claims.small_leaders),
        _shares_sentence(swept, "Alone left", find_sole_finishers(swept, judge)),
    ]


def _shares_sentence(swept: Swept, what: str, held: np.ndarray) -> str:
    shares = shares_words(swept, held)
    return f"{what}: {shares}." if shares else ""


def _lowest_words(swept: Swept, judge: str, loss: str) -> str:
    means = band(swept.judge_values(judge, loss)).mean
    if not np.isfinite(means).any():
        return f"{LOSSES[loss].label} diverged everywhere."
    places = np.unravel_index(np.nanargmin(means), means.shape)
    at = [
        f"{setting_name(each.setting)} {place_words(swept.sweep, axis, int(place))}"
        for axis, (each, place) in enumerate(zip(swept.sweep.axes, places, strict=True))
    ]
    return (
        f"{LOSSES[loss].label} has its lowest {JUDGES[judge].short}, {number(float(means[places]))}, at {listed(at)}."
    )


def table_rows(swept: Swept, judge: str) -> list[list[str]]:
    """A row for each value of the only axis: the value, each loss's judge, and the verdict."""
    found = measure_bands(swept, judge)
    lost = {loss: count_diverged(swept, loss) for loss in found}
    claims = compare_losses(swept, judge) if is_contest(swept, judge) else None
    rows = []
    for place in range(len(swept.sweep.axes[0].values)):
        cells = [judge_cell(found[loss], lost[loss], place) for loss in found]
        verdicts = [verdict_words(swept, judge, claims, place)] if claims else []
        rows.append([place_words(swept.sweep, 0, place), *cells, *verdicts])
    return rows
