"""Situations to try on the Gradients page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.gradients.settings import GradientsSettings

# What all of them rest on.
SHARED = "&dataset=sine&optimizer=sgd&epochs=200&seed=0"

SITUATIONS = Situations(
    (
        Situation(
            "Sigmoid against ReLU",
            "Twenty layers. Under sigmoid the gradient has vanished by the time it reaches layer 1; under ReLU with He"
            " start it arrives.",
            f"networks=2{SHARED}",
        ),
        Situation(
            "ReLU dies",
            "The learning rate, 1, is too large: a step kills all units of layer 20, and learning ends. The button"
            " above the charts trains the network so that none dies.",
            f"networks=1&activation_a=relu&learning_rate_a=1{SHARED}",
        ),
        Situation(
            "Too large a start",
            "The first weights are too large, and the gradient explodes. Clipped to length 1, it keeps the loss"
            " finite.",
            "networks=2&depth_a=10&activation_a=relu&initialiser_a=large"
            f"&depth_b=10&activation_b=relu&initialiser_b=large&global_clipnorm_b=1{SHARED}",
        ),
        Situation(
            "Normalised",
            "Three times sigmoid. Alone, its gradient vanishes; with layer normalisation it still does, though later;"
            " with batch normalisation it arrives.",
            f"networks=3&activation_b=sigmoid&initialiser_b=glorot&normalisation_b=layer{SHARED}",
        ),
        Situation(
            "Shortcuts",
            "Two networks of tanh whose first weights are too small. Residual connections lead the gradient round the"
            " layers.",
            "networks=2&activation_a=tanh&initialiser_a=small"
            f"&activation_b=tanh&initialiser_b=small&residual_b=true{SHARED}",
        ),
    ),
    model=GradientsSettings,
)
