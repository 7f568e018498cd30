"""The activations of hidden layers, by the names Keras knows them by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Activation:
    key: str
    label: str


ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation("relu", "ReLU"),
        Activation("tanh", "tanh"),
        Activation("sigmoid", "Sigmoid"),
        Activation("gelu", "GELU"),
    )
}
