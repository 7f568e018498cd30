"""Situations to try on the Landscape page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.landscape.settings import LandscapeSettings

SITUATIONS = Situations(
    (
        Situation(
            "Two outliers",
            "Two outliers move the lowest point of MSE's landscape away from the truth, w = 2 and b = 3. Those of MAE"
            " and Huber stay beside it.",
            "story=surfaces&outliers=0.1&outlier_size=60",
        ),
        Situation(
            "A race",
            "Adam converges in fewer epochs than plain SGD. Lion keeps jumping near the optimum.",
            "story=race&focus=mse",
        ),
        Situation(
            "Over the limit",
            "The learning rate, 0.03, lies right of MSE's limit: its steps overshoot farther each time. Under MAE and"
            " Huber the same rate stays finite, since their slopes have a bound.",
            "story=limits&focus=mse&learning_rate=0.03",
        ),
        Situation(
            "Who pulls?",
            "In the first step the two outliers pull hardest under MSE. Under MAE every point pulls alike.",
            "story=step&focus=mse&outliers=0.1&outlier_size=60&step=1",
        ),
    ),
    task="regression",
    model=LandscapeSettings,
)
