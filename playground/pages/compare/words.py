"""What the Compare page says of kept runs."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis import Diagnosis
from playground.diagnosis.classifier import THRESHOLD
from playground.export.kept import Kept
from playground.pages.compare.study import find_crossings
from playground.text.numbers import number

INTRODUCTION = (
    "Find out whether a loss is better than another or was lucky, at which settings that holds, and how runs that you"
    " **kept** differ."
)
SWEEPS = (
    "A **sweep** trains the losses at many values of a setting. All else is as in the settings. Classifiers have a"
    " sweep of their own, on the page Classify."
)
OWN = "Each loss has a unit of its own, so own losses cannot be compared."
JUDGED = {
    "regression": "MAE and RMSE are taken on clean points that no model trained on; lower is better.",
    "classification": (
        "Classifiers are judged on new points, wrong labels included: accuracy is how often they are right when called"
        f" 1 above {THRESHOLD} (higher is better), log-loss the mean cross-entropy (lower is better)."
    ),
}


def notes(kept: Sequence[Kept]) -> list[str]:
    """On what the kept experiments are judged, for each task that is among them."""
    tasks = {each.experiment.task for each in kept}
    return [OWN, *(words for task, words in JUDGED.items() if task in tasks)]


def crossing_words(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> list[str]:
    """A sentence for every two quantile fits of the same points that cross where the points are."""
    return [
        f"The lines of {one} and {other} cross at x = {number(x)}. There the lower quantile is said to lie above the"
        " higher one, which no true quantiles do: each line is fitted by itself, and nothing keeps them in order."
        for one, other, x in find_crossings(kept, diagnoses)
    ]
