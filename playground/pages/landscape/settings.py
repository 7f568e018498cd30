"""What the Landscape page shows beside the experiment, as a value and as its part of a link."""

from __future__ import annotations

from typing import Annotated

from playground.experiment import Experiment
from playground.experiment.query import PageSettings
from playground.experiment.setting import Choice, Number, Switch, whole_stops
from playground.losses import LOSSES, losses_for
from playground.tables.optimizers import OPTIMIZERS

STORIES = {
    "surfaces": "Surfaces",
    "race": "Optimizer race",
    "limits": "Why it diverges",
    "step": "One step, slowly",
}
PLANES = {"pca": "PCA of the path", "random": "Random directions"}
REAL = {key: LOSSES[key] for key in losses_for("regression")}
FIRST_RACE = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "lion")


class LandscapeSettings(PageSettings):
    """The story that is told, the loss it is told of, and how it is drawn."""

    story: Annotated[str, Choice("Story", "What is looked at.", STORIES)] = "surfaces"
    focus: Annotated[str, Choice("Loss", "The loss that the story is about.", REAL)] = "mse"
    deep: Annotated[bool, Switch("3-D", "Hills instead of contour lines.")] = False
    plane: Annotated[str, Choice("Plane", "Which plane is cut through the weights.", PLANES)] = "pca"
    racers: tuple[Annotated[str, Choice("Optimizers", "Who takes part.", OPTIMIZERS)], ...] = FIRST_RACE
    usual: Annotated[
        bool, Switch("Each at its usual learning rate", "Off: all at the learning rate of the settings.")
    ] = True
    step: Annotated[int, Number("Step", "Which step is looked at.", 1, 10_000, whole_stops(0, 4))] = 1


def list_racers(experiment: Experiment, settings: LandscapeSettings) -> tuple[Experiment, ...]:
    """The experiments of a race: the experiment under each chosen optimizer, at that one's usual rate or at its own."""
    first = experiment.replace(loss=settings.focus)
    rates = {key: rule.typical_rate if settings.usual else first.learning_rate for key, rule in OPTIMIZERS.items()}
    return tuple(first.replace(optimizer=key, learning_rate=rates[key]) for key in OPTIMIZERS if key in settings.racers)
