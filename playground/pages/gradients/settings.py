"""What the Gradients page shows: up to three deep networks side by side, on the same data from the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, model_validator

from playground.engine.shapes import PADDED_WIDTHS, pad_size
from playground.experiment import MAX_LAYERS, Experiment, settings
from playground.experiment.query import Formerly, PageSettings
from playground.experiment.setting import Choice, Number, Switch, linear_stops, whole_stops
from playground.losses import LOSSES, Target
from playground.tables.activations import ACTIVATIONS
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.normalisations import NORMALISATIONS

LETTERS = ("A", "B", "C")
POINTS = 32
NOISE = 0.3
MOST_LAYER_STEPS = 60_000  # depth times epochs of all settings together: some ten seconds at most

# What a layer of each padded width takes in an epoch, measured on two cores; longer than ``LONG`` is announced.
SECONDS = {16: 5e-5, 64: 9e-5}
LONG = 3.0

FITTING = {key: loss for key, loss in LOSSES.items() if loss.target is Target.REAL}
OPTIONS = {str(count): str(count) for count in (1, 2, 3)}


class Network(BaseModel):
    """What each of the networks has of its own."""

    model_config = PageSettings.model_config

    depth: Annotated[
        int, Number("Depth", "Hidden layers, one behind the other.", 1, MAX_LAYERS, linear_stops(1, MAX_LAYERS, 1))
    ] = 20
    width: Annotated[int, settings()["hidden"]] = 16
    activation: Annotated[str, Choice("Activation", "What bends the sums of a layer.", ACTIVATIONS)] = "sigmoid"
    initialiser: Annotated[str, Choice("First weights", "How the weights of a layer are drawn.", INITIALISERS)] = (
        "glorot"
    )
    normalisation: Annotated[str, Choice("Normalisation", "What stands before the activation.", NORMALISATIONS)] = (
        "none"
    )
    residual: Annotated[bool, Switch("Residual connections", "Each layer adds its answer to what it was given.")] = (
        False
    )
    global_clipnorm: Annotated[float, settings()["global_clipnorm"]] = 0.0
    clipvalue: Annotated[float, settings()["clipvalue"]] = 0.0
    learning_rate: Annotated[float, settings()["learning_rate"]] = 0.002
    loss: Annotated[str, Choice("Loss", "What the training makes small.", FITTING)] = "mse"

    @property
    def changes(self) -> dict[str, Any]:
        """Its settings as an experiment's."""
        own = self.model_dump(exclude={"depth", "width"})
        return {"hidden": (self.width,) * self.depth, **own}


class GradientsSettings(PageSettings):
    """The networks A, B and C, of which the first ``networks`` are shown, and what they share.

    In a link the settings of a network end with its letter: ``depth_a``. Raises ``pydantic.ValidationError`` if a
    network is clipped in two ways.
    """

    networks: Annotated[str, Choice("Networks side by side", "How many settings are compared.", OPTIONS)] = "2"
    dataset: Annotated[str, Choice("Data", "The law that the points follow.", TRUE_FUNCTIONS), Formerly("law")] = "sine"
    optimizer: Annotated[str, settings()["optimizer"], Formerly("rule")] = "sgd"
    epochs: Annotated[
        int,
        Number("Epochs", "How often training goes through all points.", 10, 1000, whole_stops(1, 3)),
        Formerly("passes"),
    ] = 200
    seed: Annotated[
        int, Number("Seed", "Draws the noise and the first weights.", 0, 2**31 - 1, ()), Formerly("draw")
    ] = 0
    epoch: Annotated[int | None, Number("Epoch", "The shown epoch.", 0, 1000, ())] = None

    a: Network = Network()
    b: Network = Network(activation="relu", initialiser="he")
    c: Network = Network(normalisation="batch")

    @model_validator(mode="after")
    def _check_clipping(self) -> GradientsSettings:
        for letter in LETTERS:
            if self.network(letter).global_clipnorm and self.network(letter).clipvalue:
                raise ValueError(
                    f"network {letter} is clipped by norm and by value; allowed is one: set the other to 0"
                )
        return self

    def network(self, letter: str) -> Network:
        network: Network = getattr(self, letter.lower())
        return network

    @property
    def letters(self) -> tuple[str, ...]:
        return LETTERS[: int(self.networks)]

    def experiment(self, letter: str) -> Experiment:
        """The training of a network. x is standardised, so that the first layer does not saturate by itself."""
        return Experiment(
            dataset=self.dataset,
            noise=NOISE,
            points=POINTS,
            standardise=True,
            seed=self.seed,
            optimizer=self.optimizer,
            epochs=self.epochs,
            **self.network(letter).changes,
        )

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return tuple(self.experiment(letter) for letter in self.letters)


def count_layer_steps(experiments: Sequence[Experiment]) -> int:
    """Layers times epochs of all trainings together."""
    return sum(len(each.hidden) * each.epochs for each in experiments)


def estimate_seconds(experiments: Sequence[Experiment]) -> float:
    """About how long the trainings take, once their kind of model is prepared."""
    return sum(count_layer_steps([each]) * SECONDS[pad_size(max(each.hidden), PADDED_WIDTHS)] for each in experiments)


# What a remedy may change of a network; its depth, width and loss stay.
CHANGEABLE = (
    "activation",
    "initialiser",
    "normalisation",
    "residual",
    "global_clipnorm",
    "clipvalue",
    "learning_rate",
)


def changes_for(letter: str, experiment: Experiment) -> dict[str, object]:
    """The page's settings that make a network train as an experiment does."""
    return {f"{name}_{letter.lower()}": getattr(experiment, name) for name in CHANGEABLE}
