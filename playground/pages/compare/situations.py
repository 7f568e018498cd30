"""Situations to try on the Compare page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.sweeps.settings import SweepSettings

SITUATIONS = Situations(
    (
        Situation(
            "Was it luck?",
            "The noise is small and Gaussian. MSE has the lowest error on average, but chance explains its lead.",
            "scene=article&vary=none&seeds=10",
        ),
        Situation(
            "Outliers",
            "Two of 21 points lie far too high. Huber is best, and its lead is real; MSE is the worst in every seed.",
            "outliers=0.1&outlier_size=60&vary=none&seeds=10",
        ),
        Situation(
            "Not trained enough",
            "At a learning rate of 0.0003 MSE wins in every seed, as MAE and Huber have not arrived: a lead may be real"
            " and still be due to the training.",
            "learning_rate=0.0003&vary=none&seeds=10",
        ),
        Situation(
            "How many outliers?",
            "Below, the share of outliers grows from 0 to 30%. From the first outlier on MSE's error is the largest.",
            "outlier_size=60&vary=outliers&vary_from=0&vary_to=0.3&vary_steps=7&seeds=10",
        ),
    ),
    task="regression",
    model=SweepSettings,
)
