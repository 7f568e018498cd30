"""Situations to try on the Losses page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.losses.settings import LossesSettings
from playground.text.language import N_

SITUATIONS = Situations(
    (
        Situation(
            N_("Far from 0"),
            N_(
                "Follow the slopes to the right. The slope of MSE grows with the error, that of Huber is constant"
                " beyond δ = 1, that of Cauchy falls again, and that of Tukey is 0. The farther an outlier is off,"
                " the less it pulls under Cauchy and Tukey."
            ),
            "shown=mse,huber,cauchy,tukey&delta=1&scale=2",
        ),
        Situation(
            N_("A corner at 0"),
            N_(
                "The slope of MAE jumps from −1 to 1 at 0. Huber and log-cosh are close to MAE for large errors, and"
                " smooth at 0."
            ),
            "shown=mae,huber,log_cosh&delta=1",
        ),
        Situation(
            N_("Too low costs more"),
            N_(
                "At τ = 0.9 a prediction that is too low costs nine times as much as one that is too high by the"
                " same amount."
            ),
            "shown=mae,quantile&quantile=0.9",
        ),
        Situation(
            N_("Confident mistake"),
            N_(
                "The label is 1. Look at the left end, where the model is sure of label 0. There the slope of"
                " cross-entropy has its full size of 1, and that of the MSE of probabilities is almost 0."
            ),
            "task=classification&shown=cross_entropy,brier&label=1&axis=logit",
        ),
    ),
    task="regression",
    whole=False,
    model=LossesSettings,
)
