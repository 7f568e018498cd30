"""Runs whose models are saved, as several tests need them: numbers, labels, and a network of two hidden layers."""

from __future__ import annotations

from playground.experiment import Experiment, settings

NUMBERS = Experiment(epochs=4, noise=3.0, outliers=0.1, points=15, learning_rate=0.003, scale=30.0)
LABELS = Experiment(dataset="moons", epochs=4, points=15, positives=0.3, loss="cross_entropy", learning_rate=0.3)
LAYERED = NUMBERS.replace(hidden=(4, 4), learning_rate=0.001)


def other_value(parameter: str) -> float:
    """A value of a loss's parameter that is not its default."""
    default = Experiment.model_fields[parameter].default
    stops = settings()[parameter].stops
    return float(next(stop for stop in stops[len(stops) // 3 :] if stop != default))
