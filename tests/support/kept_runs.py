"""Three kept runs of the Compare page: one with a name, one of another loss, and one that diverges."""

from __future__ import annotations

from functools import cache

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.export.kept import Kept
from playground.training import train

KEPT = (
    Kept(experiment=Experiment(epochs=20), name="first"),
    Kept(experiment=Experiment(epochs=20, loss="mae", noise=4.0)),
    Kept(experiment=Experiment(epochs=20, learning_rate=50.0)),
)


@cache
def kept_diagnoses() -> list[Diagnosis]:
    return [Diagnosis(run) for run in train([each.experiment for each in KEPT], record=("weights",))]
