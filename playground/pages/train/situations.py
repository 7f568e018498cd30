"""Situations to try on the Train page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.text.language import N_

SITUATIONS = Situations(
    (
        Situation(
            N_("Outliers"),
            N_("Two points lie far too high. The line of MSE follows them; the lines of MAE and Huber do not."),
            "outliers=0.1&outlier_size=60",
        ),
        Situation(
            N_("The article's run"),
            N_(
                "This is the run of an article that introduces loss functions: y = 2x + 3, fitted with Keras for"
                " 1,000 epochs. The noise is small and Gaussian, and the three lines almost coincide."
            ),
            "scene=article",
        ),
        Situation(
            N_("Too fast"),
            N_(
                "Two points lie far too high. At a learning rate of 0.03, MSE diverges within 20 epochs, and Huber"
                " reaches its optimum."
            ),
            "outliers=0.1&outlier_size=60&learning_rate=0.03",
        ),
        Situation(
            N_("Too slow"),
            N_(
                "There are no outliers here. At a learning rate of 0.0003, the slope of MSE is close to the true slope"
                " 2. After 1,000 epochs, MAE and Huber have come only a tenth of the way."
            ),
            "learning_rate=0.0003",
        ),
        Situation(
            N_("Nine in ten below"),
            N_(
                "Under the quantile loss at τ = 0.9, too low costs nine times as much as too high. About nine in ten"
                " points lie below its line, and about half lie below the line of MAE."
            ),
            "loss=mae,quantile&noise=5.0&points=60&optimizer=adam&learning_rate=0.05",
        ),
        Situation(
            N_("A curve"),
            N_("No line can follow a sine. A network with sixteen hidden units can, under every loss."),
            "dataset=sine&hidden=16&optimizer=adam&learning_rate=0.02",
        ),
    ),
    task="regression",
)
