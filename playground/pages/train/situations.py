"""Situations to try on the Train page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations

SITUATIONS = Situations(
    (
        Situation(
            "Outliers",
            "Two points lie far too high. MSE's line follows them; MAE's and Huber's do not.",
            "outliers=0.1&outlier_size=60",
        ),
        Situation(
            "The article's run",
            "This is the run of an article that introduces loss functions: y = 2x + 3, fitted with Keras for 1,000"
            " epochs. The noise is small and Gaussian, and the three lines lie on each other.",
            "scene=article",
        ),
        Situation(
            "Too fast",
            "Two points lie far too high. At a learning rate of 0.03 MSE diverges within 20 epochs, and Huber finds its"
            " optimum.",
            "outliers=0.1&outlier_size=60&learning_rate=0.03",
        ),
        Situation(
            "Too slow",
            "There are no outliers here. At a learning rate of 0.0003 MSE's slope is close to the true 2. After 1,000"
            " epochs MAE and Huber have come a tenth of the way.",
            "learning_rate=0.0003",
        ),
        Situation(
            "Nine in ten below",
            "The quantile loss at τ = 0.9 charges nine times as much for too low as for too high: about nine in ten"
            " points lie below its line, about half below MAE's.",
            "loss=mae,quantile&noise=5.0&points=60&optimizer=adam&learning_rate=0.05",
        ),
        Situation(
            "Bend it",
            "No line can follow a sine. Sixteen hidden units can, under every loss.",
            "dataset=sine&hidden=16&optimizer=adam&learning_rate=0.02",
        ),
    ),
    task="regression",
)
