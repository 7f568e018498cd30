"""Situations to try on the Overfit page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.overfit.settings import OverfitSettings

# What all of them rest on.
SHARED = "&dataset=sine&noise=1.0&points=15&seed=50&model=polynomial&degree=15&epochs=3000&learning_rate=0.02"

SITUATIONS = Situations(
    (
        Situation(
            "L2 or nothing",
            "With nothing done, the error falls on the training points and rises on new ones. With L2 it rises less on"
            " new ones, but stays far above that on the training points.",
            f"ways=none,l2{SHARED}",
        ),
        Situation(
            "Stop in time",
            "Early stopping keeps the weights of the epoch at which new points were fitted best.",
            f"ways=none,early{SHARED}",
        ),
        Situation(
            "More points",
            "The same model on 100 points: the gap between training and new points closes by itself.",
            f"ways=none,more{SHARED}",
        ),
        Situation(
            "Exact zeros",
            "Both have the same penalty, L1. Only the proximal steps bring weights to exactly 0: look at the crosses"
            " under Weights.",
            f"ways=l1,l1_proximal{SHARED}",
            tab="Weights",
        ),
    ),
    model=OverfitSettings,
    tabs="overfit_tab",
)
