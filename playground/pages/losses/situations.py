"""Situations to try on the Losses page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.losses.settings import LossesSettings

SITUATIONS = Situations(
    (
        Situation(
            "Far from 0",
            "Follow the slopes to the right. MSE's grows with the error, Huber's stops at δ = 1, Cauchy's falls again,"
            " and Tukey's is 0: the farther an outlier, the less it pulls.",
            "shown=mse,huber,cauchy,tukey&delta=1&scale=2",
        ),
        Situation(
            "A corner at 0",
            "MAE's slope jumps from −1 to 1 at 0. Huber and log-cosh come as close to MAE far out, and pass 0"
            " smoothly.",
            "shown=mae,huber,log_cosh&delta=1",
        ),
        Situation(
            "Too low costs more",
            "At τ = 0.9 an answer that is too low costs nine times as much as one that is as much too high.",
            "shown=mae,quantile&quantile=0.9",
        ),
        Situation(
            "Surely wrong",
            "The label is 1; look far left, where the model is sure of 0. There cross-entropy pulls with its full"
            " force of 1, and the MSE of probabilities hardly at all.",
            "task=classification&shown=cross_entropy,brier&label=1&axis=logit",
        ),
    ),
    task="regression",
    whole=False,
    model=LossesSettings,
)
