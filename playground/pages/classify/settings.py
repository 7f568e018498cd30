"""What the Classify page adds to an experiment: how its classifiers are looked at."""

from __future__ import annotations

from typing import Annotated

from playground.experiment.query import PageSettings
from playground.experiment.setting import Number, linear_stops


class ClassifySettings(PageSettings):
    """The threshold from which a probability is called 1, and how wrong the demonstration begins."""

    threshold: Annotated[
        float,
        Number("Threshold", "A point is called 1 if its probability is above this.", 0, 1, linear_stops(0, 1, 0.05)),
    ] = 0.5
    wrong: Annotated[
        float,
        Number(
            "How wrong", "The logit of the wrong label that the model starts from.", 0, 12, linear_stops(0, 12, 0.5)
        ),
    ] = 6.0
