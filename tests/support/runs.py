"""Trained runs that several tests look at: each is trained once."""

from functools import cache
from typing import Any

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.models.arrays import initial_weights
from playground.run import Run
from playground.training import train


@cache
def diagnosed(**changes: Any) -> Diagnosis:
    """The diagnosis of the article's run with some settings changed, its path recorded."""
    return Diagnosis(train([Experiment(**changes)], record=("weights",))[0])


def several(*losses: str, **changes: Any) -> list[Diagnosis]:
    """One diagnosis a loss, as the page has them."""
    return [diagnosed(loss=loss, **changes) for loss in losses]


def with_losses(*losses: float, **changes: Any) -> Diagnosis:
    """A run whose losses are written by hand."""
    experiment = Experiment(**changes)
    return Diagnosis(Run(experiment, np.array(losses, np.float32), initial_weights(experiment)))
