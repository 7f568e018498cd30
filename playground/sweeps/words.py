"""A sweep in words and as a table: which loss is better where, by how much, and where that is open."""

from __future__ import annotations

import numpy as np

from playground.experiment.setting_words import setting_name
from playground.losses import LOSSES
from playground.sweeps import JUDGES, Swept
from playground.sweeps.axis_words import place_words
from playground.sweeps.bands import Band, band
from playground.sweeps.claims import compare_losses
from playground.sweeps.stretches import ONE_SEED, describe_judge, describe_stretches, describe_today, find_today
from playground.sweeps.survivors import count_diverged, count_thinned, find_sole_finishers, measure_bands
from playground.sweeps.verdicts import band_words, is_contest, shares_words, verdict_words
from playground.text.numbers import number
from playground.text.phrases import listed

TODAY_ROW = "{place} (today)"
THINNED = {
    False: (
        "At {places} of {values} values half of a loss's trainings or more diverged: there, only the seeds that are"
        " left are compared."
    ),
    True: (
        "At one of {values} values half of a loss's trainings or more diverged: there, only the seeds that are left are"
        " compared."
    ),
}


def judge_cell(found: Band, diverged: np.ndarray, *places: int) -> str:
    """A judge at a place: its mean with its band, and how many trainings diverged."""
    mean, half = float(found.mean[places]), float(found.half[places])
    gone, finished = int(diverged[places]), int(found.count[places])
    lost = f"{gone} of {gone + finished} diverged" if gone else ""
    if not finished:
        return lost or "not trained"
    value = number(mean) if np.isnan(half) else band_words(mean, half, 3)
    return f"{value}, {lost}" if lost else value


def summarise_axis(swept: Swept, judge: str) -> str:
    """What holds at today's value, and over which stretches which loss is better: one axis and several losses."""
    places = count_thinned(swept, judge)
    values = len(swept.sweep.axes[0].values)
    thinned = THINNED[places == 1].format(places=places, values=values) if places else ""
    today = describe_today(swept, judge)
    parts = [describe_judge(swept, judge), today, *describe_stretches(swept, judge), thinned, lost_words(swept)]
    return " ".join(part for part in parts if part)


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
        return [ONE_SEED, _shares_sentence(swept, "Alone left", find_sole_finishers(swept, judge))]
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
    rows, today = [], find_today(swept.sweep)
    for place in range(len(swept.sweep.axes[0].values)):
        cells = [judge_cell(found[loss], lost[loss], place) for loss in found]
        verdicts = [verdict_words(swept, judge, claims, place)] if claims else []
        value = place_words(swept.sweep, 0, place)
        rows.append([TODAY_ROW.format(place=value) if place == today else value, *cells, *verdicts])
    return rows
