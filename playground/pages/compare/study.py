"""Kept runs side by side: their order, a table of what came out and what differs, and fits that cross."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import isnan

import numpy as np

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.summary import describe_verdict
from playground.experiment.names import name
from playground.experiment.setting_words import NOTHING, describe_setting, find_differences, setting_name
from playground.export.kept import Kept
from playground.export.titles import titles
from playground.losses import LOSSES
from playground.pages.compare.outcomes import OUTCOMES, find_outcomes, outcome_value
from playground.pages.compare.settings import ORDERS, CompareSettings
from playground.run import Run

CROSSING_PLACES = 401  # in x, at which two lines are compared


def list_orders(kept: Sequence[Kept], chosen: str) -> list[str]:
    """What the comparison can be sorted by; what a link has chosen stays among it."""
    found = find_outcomes(kept)
    return [key for key in ORDERS if key not in OUTCOMES or key in found or key == chosen]


def sort_runs(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: CompareSettings) -> list[int]:
    """The places of the kept experiments in the order that is asked for; what has no number comes last."""
    keys = {
        "kept": lambda place: place,
        "loss": lambda place: LOSSES[kept[place].experiment.loss].label,
        "verdict": lambda place: diagnoses[place].verdict,
    }
    places = range(len(kept))
    if comparing.order in keys:
        return sorted(places, key=keys[comparing.order], reverse=comparing.reverse)
    values = [outcome_value(OUTCOMES[comparing.order], diagnosis) for diagnosis in diagnoses]
    known = [place for place in places if not isnan(values[place])]
    without = [place for place in places if isnan(values[place])]
    return sorted(known, key=lambda place: values[place], reverse=comparing.reverse) + without


def make_table(
    kept: Sequence[Kept], diagnoses: Sequence[Diagnosis], comparing: CompareSettings
) -> tuple[list[str], list[list[str]]]:
    """The head and the rows: the results of each experiment, and the settings in which they differ."""
    experiments, names, asked = [each.experiment for each in kept], titles(kept), find_outcomes(kept)
    settings = [setting for setting in find_differences(experiments) if setting != "loss"]
    named = ["loss"] if any(each.name for each in kept) else []  # without a name, the title is the loss
    head = ["", *named, *(OUTCOMES[key].label for key in asked), "verdict", *map(setting_name, settings)]
    rows = []
    for place in sort_runs(kept, diagnoses, comparing):
        loss = [name(experiments[place]) for _ in named]
        values = [(OUTCOMES[key], outcome_value(OUTCOMES[key], diagnoses[place])) for key in asked]
        results = [NOTHING if isnan(value) else outcome.words(value) for outcome, value in values]
        differing = [describe_setting(setting, experiments[place]) for setting in settings]
        rows.append(
            [
                names[place],
                *loss,
                *results,
                describe_verdict(diagnoses[place].verdict, diagnoses[place].diverged_at),
                *differing,
            ]
        )
    return head, rows


def find_crossings(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> list[tuple[str, str, float]]:
    """Every two quantile fits of the same points that cross where the points are: their titles, and x."""
    fitted = [
        (title, diagnosis.run)
        for title, each, diagnosis in zip(titles(kept), kept, diagnoses, strict=True)
        if each.experiment.loss == "quantile" and diagnosis.verdict is not Verdict.DIVERGED
    ]
    return [
        (one, other, x)
        for (one, first), (other, second) in combinations(fitted, 2)
        if (x := _find_crossing(first, second)) is not None
    ]


def _find_crossing(first: Run, second: Run) -> float | None:
    """The first x at which two fits of different quantiles of the same points change their order."""
    a, b = first.data, second.data
    if first.experiment.quantile == second.experiment.quantile or not np.array_equal(a.y_train, b.y_train):
        return None
    x = np.linspace(a.source.low, a.source.high, CROSSING_PLACES)
    gap = first.predict(x).astype(float) - second.predict(x).astype(float)
    gap *= np.sign(first.experiment.quantile - second.experiment.quantile)
    wrong = np.flatnonzero((gap < 0) != (gap[0] < 0))
    return float(x[wrong[0]]) if len(wrong) else None
