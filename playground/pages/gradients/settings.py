"""What the Gradients page shows: up to three deep networks side by side, on the same data from the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, model_validator

from playground.engine.shapes import PADDED_WIDTHS, at_least
from playground.experiment import MAX_LAYERS, Experiment, settings
from playground.experiment.setting import Choice, Number, Switch, linear_stops
from playground.losses import LOSSES, Target
from playground.tables.activations import ACTIVATIONS
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.normalisations import NORMALISATIONS

LETTERS = ("A", "B", "C")
POINTS = 32
NOISE = 0.3
MOST_LAYER_STEPS = 60_000  # depth times epochs of all settings together: some ten seconds at most

# What a layer of each padded width takes in an epoch, measured on two cores; and what is long enough to be told.
SECONDS = {16: 5e-5, 64: 9e-5}
LONG = 3.0

DEPTH = Number("Depth", "Hidden layers, one behind the other.", 1, MAX_LAYERS, linear_stops(1, MAX_LAYERS, 1))
FITTING = {key: loss for key, loss in LOSSES.items() if loss.target is Target.REAL}
OPTIONS = {str(count): str(count) for count in (1, 2, 3)}

Depth = Annotated[int, DEPTH]
Width = Annotated[int, settings()["hidden"]]
Bend = Annotated[str, Choice("Activation", "What bends the sums of a layer.", ACTIVATIONS)]
Start = Annotated[str, Choice("First weights", "How the weights of a layer are drawn.", INITIALISERS)]
Normal = Annotated[str, Choice("Normalisation", "What stands before the activation.", NORMALISATIONS)]
Shortcut = Annotated[bool, Switch("Residual connections", "Each layer adds its answer to what it was given.")]
Norm = Annotated[float, settings()["global_clipnorm"]]
Value = Annotated[float, settings()["clipvalue"]]
Rate = Annotated[float, settings()["learning_rate"]]
Fitting = Annotated[str, Choice("Loss", "What the training makes small.", FITTING)]


class Networks(BaseModel):
    """The settings of the networks A, B and C, of which the first ``networks`` are shown, and what they share.

    Raises ``pydantic.ValidationError`` if a network is clipped in two ways.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    networks: Annotated[str, Choice("Networks side by side", "How many settings are compared.", OPTIONS)] = "2"
    law: Annotated[str, Choice("Data", "The law that the points follow.", TRUE_FUNCTIONS)] = "sine"
    rule: Annotated[str, settings()["optimizer"]] = "sgd"
    passes: Annotated[
        int, Number("Epochs", "How often training goes through all points.", 10, 1000, (50, 100, 200, 500, 1000))
    ] = 200
    draw: Annotated[int, Number("Seed", "Draws the noise and the first weights.", 0, 2**31 - 1, ())] = 0
    epoch: Annotated[int | None, Number("Epoch", "The shown epoch.", 0, 1000, ())] = None

    depth_a: Depth = 20
    width_a: Width = 16
    activation_a: Bend = "sigmoid"
    initialiser_a: Start = "glorot"
    normalisation_a: Normal = "none"
    residual_a: Shortcut = False
    global_clipnorm_a: Norm = 0.0
    clipvalue_a: Value = 0.0
    learning_rate_a: Rate = 0.002
    loss_a: Fitting = "mse"

    depth_b: Depth = 20
    width_b: Width = 16
    activation_b: Bend = "relu"
    initialiser_b: Start = "he"
    normalisation_b: Normal = "none"
    residual_b: Shortcut = False
    global_clipnorm_b: Norm = 0.0
    clipvalue_b: Value = 0.0
    learning_rate_b: Rate = 0.002
    loss_b: Fitting = "mse"

    depth_c: Depth = 20
    width_c: Width = 16
    activation_c: Bend = "sigmoid"
    initialiser_c: Start = "glorot"
    normalisation_c: Normal = "batch"
    residual_c: Shortcut = False
    global_clipnorm_c: Norm = 0.0
    clipvalue_c: Value = 0.0
    learning_rate_c: Rate = 0.002
    loss_c: Fitting = "mse"

    @model_validator(mode="after")
    def _one_clipping(self) -> Networks:
        for letter in LETTERS:
            if self.of(letter, "global_clipnorm") and self.of(letter, "clipvalue"):
                raise ValueError(
                    f"network {letter} is clipped by norm and by value; allowed is one: set the other to 0"
                )
        return self

    def of(self, letter: str, name: str) -> Any:
        """A network's own setting."""
        return getattr(self, f"{name}_{letter.lower()}")

    @property
    def letters(self) -> tuple[str, ...]:
        return LETTERS[: int(self.networks)]

    def experiment(self, letter: str) -> Experiment:
        """The training of a network. x is standardised, so that the first layer does not saturate by itself."""
        names = (*OWN, "loss")
        return Experiment(
            dataset=self.law,
            noise=NOISE,
            points=POINTS,
            standardise=True,
            seed=self.draw,
            optimizer=self.rule,
            epochs=self.passes,
            hidden=(self.of(letter, "width"),) * self.of(letter, "depth"),
            **{name: self.of(letter, name) for name in names},
        )

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return tuple(self.experiment(letter) for letter in self.letters)


def layer_steps(experiments: Sequence[Experiment]) -> int:
    """Layers times epochs of all trainings together."""
    return sum(len(each.hidden) * each.epochs for each in experiments)


def expected_seconds(experiments: Sequence[Experiment]) -> float:
    """About how long the trainings take, once their kind of model is prepared."""
    return sum(layer_steps([each]) * SECONDS[at_least(max(each.hidden), PADDED_WIDTHS)] for each in experiments)


OWN = (
    "activation",
    "initialiser",
    "normalisation",
    "residual",
    "global_clipnorm",
    "clipvalue",
    "learning_rate",
)


def changes_for(letter: str, experiment: Experiment) -> dict[str, Any]:
    """The page's settings that make a network train as an experiment does."""
    return {f"{name}_{letter.lower()}": getattr(experiment, name) for name in OWN}
