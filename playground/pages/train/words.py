"""What the page says about its first scene."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis import Diagnosis
from playground.text.numbers import number, plain

SCENE = (
    "Two of the {points} points lie {size} too high. MSE's line follows them and ends {mse} from the truth (RMSE on"
    " clean points); MAE's ends {mae} and Huber's {huber} from it."
)


def describe_scene(diagnoses: Sequence[Diagnosis]) -> str:
    """What happened in the first scene, by the numbers of its runs: one each for MSE, MAE and Huber."""
    experiment = diagnoses[0].experiment
    ends = {diagnosis.experiment.loss: number(diagnosis.rmse) for diagnosis in diagnoses}
    return SCENE.format(points=experiment.points, size=plain(experiment.outlier_size), **ends)
