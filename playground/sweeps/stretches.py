"""A sweep of one axis in a few sentences: what holds at today's value, then where which loss is better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from math import log

import numpy as np

from playground.experiment.setting_words import setting_name, value_words
from playground.losses import LOSSES
from playground.sweeps.axis_words import place_words
from playground.sweeps.behind import find_behind
from playground.sweeps.claims import Claims, compare_losses
from playground.sweeps.judges import JUDGES
from playground.sweeps.plan import Sweep
from playground.sweeps.results import Swept
from playground.sweeps.survivors import GONE, OPEN, find_sole_finishers
from playground.sweeps.verdicts import verdict_words

MOST_STRETCHES = 3  # that are told; the table has all
NOBODY = -1

BY = "By {judge}, of which less is better, over {axis}."
TODAY = "At today's {place}: {verdict}."
NEAREST = "At {place}, the nearest to today's {today}: {verdict}."
OUTSIDE = "Today's {today} lies outside this range."
MORE = {
    False: "{count} shorter stretches are in the table below.",
    True: "One shorter stretch is in the table below.",
}
NOWHERE = "At none of the {values} values do the seeds tell which loss is better."
MOSTLY_OPEN = "At {open} of {values} values the seeds do not tell which loss is better."
BEHIND = "Where that is open, {loss} is clearly behind another loss, at {count} of {open} values."
ONE_SEED = "One seed cannot tell which loss is better: use more seeds."


class Kind(StrEnum):
    """What holds over a stretch of the axis."""

    WINS = "one loss is clearly best"
    SMALL = "one loss leads by too little to matter"
    ALONE = "only one loss is left"
    GONE = "every training diverged"
    OPEN = "the seeds do not tell"


OVER = {
    Kind.WINS: "From {first} to {last}, {loss} is clearly best.",
    Kind.SMALL: "From {first} to {last}, {loss} leads by too little to matter.",
    Kind.ALONE: "From {first} to {last}, only {loss} is left.",
    Kind.GONE: "From {first} to {last}, every training diverged.",
    Kind.OPEN: "From {first} to {last}, the seeds do not tell which loss is better.",
}
AT = {
    Kind.WINS: "At {first}, {loss} is clearly best.",
    Kind.SMALL: "At {first}, {loss} leads by too little to matter.",
    Kind.ALONE: "At {first}, only {loss} is left.",
    Kind.GONE: "At {first}, every training diverged.",
    Kind.OPEN: "At {first}, the seeds do not tell which loss is better.",
}


@dataclass(frozen=True)
class Stretch:
    """Neighbouring places of an axis at which the same holds; ``loss`` is a number of the sweep, or ``NOBODY``."""

    first: int
    last: int
    kind: Kind
    loss: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def find_today(sweep: Sweep, axis: int = 0) -> int | None:
    """The place on an axis that is nearest to the base's own value; ``None`` if that lies outside the axis.

    On an axis whose values grow by factors, distances are measured in factors.
    """
    values = [float(value) for value in sweep.axes[axis].values]
    today = getattr(sweep.base, sweep.axes[axis].setting)
    if today is None or not min(values) <= today <= max(values):
        return None
    by_factors = len(values) > 2 and values[0] > 0 and values[-1] - values[-2] > 1.01 * (values[1] - values[0])
    distances = [abs(log(value / today)) if by_factors else abs(value - today) for value in values]
    return int(np.argmin(distances))


def find_stretches(swept: Swept, judge: str) -> list[Stretch]:
    """The stretches of the only axis, in its order."""
    claims, alone = compare_losses(swept, judge), find_sole_finishers(swept, judge)
    places = range(len(swept.sweep.axes[0].values))
    found = []
    for (kind, loss), group in groupby(places, key=lambda place: _find_kind(claims, alone, place)):
        held = list(group)
        found.append(Stretch(held[0], held[-1], kind, loss))
    return found


def _find_kind(claims: Claims, alone: np.ndarray, place: int) -> tuple[Kind, int]:
    if claims.winners[place] >= 0:
        return Kind.WINS, int(claims.winners[place])
    if claims.small_leaders[place] >= 0:
        return Kind.SMALL, int(claims.small_leaders[place])
    if alone[place] == GONE:
        return Kind.GONE, NOBODY
    return (Kind.OPEN, NOBODY) if alone[place] == OPEN else (Kind.ALONE, int(alone[place]))


def describe_today(swept: Swept, judge: str) -> str:
    """What holds at today's value of the only axis, or at the value nearest to it."""
    sweep, place = swept.sweep, find_today(swept.sweep)
    setting = sweep.axes[0].setting
    own = getattr(sweep.base, setting)
    today = "" if own is None else f"{setting_name(setting)} {value_words(setting, own)}"
    if place is None:
        return OUTSIDE.format(today=today) if today else ""
    verdict = verdict_words(swept, judge, compare_losses(swept, judge), place)
    if sweep.axes[0].values[place] == own:
        return TODAY.format(place=today, verdict=verdict)
    return NEAREST.format(place=place_words(sweep, 0, place), today=today, verdict=verdict)


def describe_stretches(swept: Swept, judge: str) -> list[str]:
    """At most three stretches in the order of the axis, after how much of it is open; the longest are told."""
    stretches = find_stretches(swept, judge)
    values = len(swept.sweep.axes[0].values)
    is_open = sum(stretch.length for stretch in stretches if stretch.kind is Kind.OPEN)
    one_seed = swept.sweep.seeds == 1 and bool(is_open)
    told = [ONE_SEED] if one_seed else [*_describe_open(is_open, values), *_describe_behind(swept, judge, stretches)]
    if one_seed or is_open > values / 2:
        stretches = [stretch for stretch in stretches if stretch.kind is not Kind.OPEN]
    longest = sorted(stretches, key=lambda stretch: -stretch.length)[:MOST_STRETCHES]
    told += [_describe_stretch(swept, stretch) for stretch in stretches if stretch in longest]
    rest = len(stretches) - len(longest)
    return [*told, MORE[rest == 1].format(count=rest)] if rest else told


def _describe_open(is_open: int, values: int) -> list[str]:
    """That the seeds tell nothing, or nothing over half of the axis."""
    if is_open == values:
        return [NOWHERE.format(values=values)]
    return [MOSTLY_OPEN.format(open=is_open, values=values)] if is_open > values / 2 else []


def _describe_behind(swept: Swept, judge: str, stretches: list[Stretch]) -> list[str]:
    """Which losses are out of the question where no loss is best."""
    places = [place for each in stretches if each.kind is Kind.OPEN for place in range(each.first, each.last + 1)]
    counts = find_behind(swept, judge)[:, places].sum(axis=1)
    return [
        BEHIND.format(loss=LOSSES[loss].label, count=int(many), open=len(places))
        for loss, many in zip(swept.sweep.losses, counts, strict=True)
        if many
    ]


def _describe_stretch(swept: Swept, stretch: Stretch) -> str:
    loss = LOSSES[swept.sweep.losses[stretch.loss]].label if stretch.loss != NOBODY else ""
    first, last = (place_words(swept.sweep, 0, place) for place in (stretch.first, stretch.last))
    return (AT if stretch.length == 1 else OVER)[stretch.kind].format(first=first, last=last, loss=loss)


def describe_judge(swept: Swept, judge: str) -> str:
    """By what the losses are compared, and over what."""
    return BY.format(judge=JUDGES[judge].short, axis=setting_name(swept.sweep.axes[0].setting))
