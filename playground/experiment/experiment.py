"""The experiment: one frozen value that says everything a training run depends on.

Equal experiments train to equal runs. Widgets, links, checks and sweeps read each setting's range and words from here.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import Annotated

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from playground.experiment.query import find_fields
from playground.experiment.setting import FINE, Choice, Number, Setting, Switch, linear_stops, log_stops, whole_stops
from playground.losses import LOSSES
from playground.tables.activations import ACTIVATIONS
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.labelled_distributions import DATASETS, LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

MOST_DEGREES = 15
MAX_LAYERS = 30
MAX_UNEQUAL_LAYERS = 6  # more have to be of one width
OUTPUTS = 1
LEARNING_RATE_HELP = (
    "Size of each step. A mark on the slider, where there is one, is the largest rate known to be stable. Above it,"
    " each step may overshoot the optimum by more than it corrects."
)
STRENGTHS = (0.0, *log_stops(-4, 1, FINE))  # a slider's positions for a penalty

# The settings that clip the gradient, by Keras's names, of which one at a time may be set; a link keeps the first.
CLIPPINGS = ("global_clipnorm", "clipnorm", "clipvalue")
UNCLIPPED = dict.fromkeys(CLIPPINGS, 0.0)


def equalise_widths(hidden: tuple[int, ...], normalisation: str, residual: bool) -> tuple[int, ...]:
    """The widths of the hidden layers: as the first if many, normalised or with residual connections."""
    have_to_be_equal = len(hidden) > MAX_UNEQUAL_LAYERS or residual or normalisation != "none"
    return (hidden[0],) * len(hidden) if have_to_be_equal and hidden else hidden


class Experiment(BaseModel):
    """One training run as a value; the defaults are the article's run with noise 1.

    Raises ``pydantic.ValidationError`` for a value that its setting does not allow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: Annotated[str, Choice("Dataset", "The law that the points follow.", DATASETS)] = "line"
    noise: Annotated[
        float,
        Number("Noise σ", "Standard deviation of the noise, in units of y.", 0, 100, linear_stops(0, 10, 0.1)),
    ] = 1.0
    noise_shape: Annotated[str, Choice("Noise shape", "How the noise is distributed around 0.", NOISES)] = "gaussian"
    outliers: Annotated[
        float,
        Number(
            "Outliers",
            "Share of the points that are moved up, rounded to whole points.",
            0,
            0.5,
            linear_stops(0, 0.5, 0.01),
            share=True,
        ),
    ] = 0.0
    outlier_size: Annotated[
        float,
        Number("Outlier size", "How far an outlier is moved, in units of y.", -1000, 1000, linear_stops(-100, 100, 5)),
    ] = 30.0
    overlap: Annotated[
        float,
        Number(
            "Overlap", "How far the labels' points scatter into each other.", 0.05, 3, linear_stops(0.05, 1.5, 0.05)
        ),
    ] = 0.5
    positives: Annotated[
        float,
        Number(
            "Share of label 1",
            "50%: as many of each label. Rounded to whole points.",
            0,
            1,
            linear_stops(0, 1, 0.05),
            share=True,
        ),
    ] = 0.5
    label_noise: Annotated[
        float,
        Number(
            "Wrong labels",
            "Share of the points whose label is flipped, rounded to whole points.",
            0,
            1,
            linear_stops(0, 1, 0.05),
            share=True,
        ),
    ] = 0.0
    points: Annotated[
        int, Number("Points", "Number of training points, evenly spaced in x.", 2, 500, linear_stops(2, 200, 1))
    ] = 21
    standardise: Annotated[
        bool, Switch("Standardise x", "The model sees x shifted and scaled to mean 0 and standard deviation 1.")
    ] = False
    seed: Annotated[
        int,
        Number("Seed", "Draws the noise, the first weights and the batch order.", 0, 2**31 - 1, ()),
    ] = 0
    degree: Annotated[
        int,
        Number(
            "Polynomial degree",
            "The model is given polynomials of x up to this degree.",
            1,
            MOST_DEGREES,
            linear_stops(1, MOST_DEGREES, 1),
        ),
    ] = 1
    hidden: Annotated[
        tuple[Annotated[int, Number("Width", "Units in each hidden layer.", 1, 64, (2, 4, 8, 16, 32, 64))], ...],
        MaxLen(MAX_LAYERS),
    ] = ()
    activation: Annotated[str, Choice("Activation", "What bends the line in a hidden layer.", ACTIVATIONS)] = "tanh"
    start_slope: Annotated[
        float | None,
        Number("Start slope", "The line's first weight w.", -1000, 1000, linear_stops(-10, 10, 0.1), zero="drawn"),
    ] = None
    start_intercept: Annotated[
        float | None,
        Number("Start intercept", "The line's first bias b.", -1000, 1000, linear_stops(-10, 10, 0.1), zero="0"),
    ] = None
    initialiser: Annotated[str, Choice("First weights", "How the weights of a layer are drawn.", INITIALISERS)] = (
        "glorot"
    )
    normalisation: Annotated[
        str, Choice("Normalisation", "What stands between a hidden layer's sums and its activation.", NORMALISATIONS)
    ] = "none"
    residual: Annotated[
        bool, Switch("Residual connections", "Each hidden layer but the first adds its answer to what it was given.")
    ] = False
    dropout: Annotated[
        float,
        Number(
            "Dropout",
            "Share of the hidden units that each training step leaves out.",
            0,
            0.9,
            linear_stops(0, 0.9, 0.05),
            zero="off",
        ),
    ] = 0.0
    loss: Annotated[str, Choice("Loss", "What the training makes small.", LOSSES)] = "mse"
    delta: Annotated[
        float,
        Number(
            "Huber δ", "Error size where Huber turns from squared to straight.", 1e-3, 1e3, log_stops(-2, 2), symbol="δ"
        ),
    ] = 1.0
    quantile: Annotated[
        float,
        Number(
            "Quantile τ",
            "Share of the training points that should lie below the line. Of fresh points it is nearer to a half: at"
            " τ = 0.9 about 0.86 with 21 points and 0.76 with 6, on average.",
            0.001,
            0.999,
            linear_stops(0.01, 0.99, 0.01),
            symbol="τ",
        ),
    ] = 0.9
    epsilon: Annotated[
        float,
        Number("Insensitive ε", "Errors up to this size cost nothing.", 0, 1e3, linear_stops(0, 5, 0.1), symbol="ε"),
    ] = 0.5
    scale: Annotated[
        float,
        Number(
            "Scale c", "Error size from which a robust loss stops listening.", 1e-2, 1e3, log_stops(-1, 2), symbol="c"
        ),
    ] = 2.0
    alpha: Annotated[
        float,
        Number("Shape α", "How far errors count: 2 squared, 0 Cauchy.", -10, 2, linear_stops(-4, 2, 0.25), symbol="α"),
    ] = 1.0
    gamma: Annotated[
        float,
        Number(
            "Focusing γ",
            "How far focal loss looks away from what is right.",
            0,
            10,
            linear_stops(0, 5, 0.5),
            symbol="γ",
        ),
    ] = 2.0
    label_smoothing: Annotated[
        float,
        Number(
            "Smoothing", "Label 1 becomes 1 − s/2, label 0 becomes s/2.", 0, 0.9, linear_stops(0, 0.5, 0.05), symbol="s"
        ),
    ] = 0.1
    class_weight: Annotated[
        float,
        Number(
            "Weight of label 1",
            "In the training loss, a point of label 1 counts as much as this many points of label 0. Accuracy, log-loss"
            " and the loss on held-out points count every point once.",
            1e-2,
            100,
            log_stops(-1, 1),
            symbol="w",
        ),
    ] = 2.0
    optimizer: Annotated[str, Choice("Optimizer", "The rule that turns a gradient into a step.", OPTIMIZERS)] = "sgd"
    momentum: Annotated[
        float,
        Number(
            "Momentum β",
            "Share of the last step that is kept.",
            0,
            0.999,
            (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99),
            symbol="β",
        ),
    ] = 0.9
    learning_rate: Annotated[float, Number("Learning rate", LEARNING_RATE_HELP, 1e-6, 100, log_stops(-5, 1, FINE))] = (
        0.01
    )
    epochs: Annotated[
        int,
        Number("Epochs", "How often training goes through all points.", 1, 10_000, whole_stops(0, 4)),
    ] = 1000
    batch_size: Annotated[
        int,
        Number(
            "Batch size",
            "Points per step; as many as there are, or more, means all.",
            0,
            500,
            (0, 1, 2, 4, 8, 16, 32, 64, 128),
            zero="all points",
        ),
    ] = 0
    shuffle: Annotated[bool, Switch("Shuffle", "Draw the batches anew each epoch.")] = True
    l1: Annotated[
        float,
        Number("L1 penalty", "Adds l1 × Σ|w| over the weights (not the intercepts).", 0, 100, STRENGTHS, zero="off"),
    ] = 0.0
    l2: Annotated[
        float,
        Number("L2 penalty", "Adds l2 × Σw² over the weights (not the intercepts).", 0, 100, STRENGTHS, zero="off"),
    ] = 0.0
    proximal: Annotated[
        bool,
        Switch("L1 by proximal steps", "With SGD: shrinks the weights towards 0 after each step, and no further."),
    ] = False
    global_clipnorm: Annotated[
        float,
        Number(
            "Clip by global norm",
            "Shrinks the whole gradient to this length at most. Its direction stays. Keras: global_clipnorm.",
            0,
            1e4,
            (0, *log_stops(-2, 3, FINE)),
            zero="off",
        ),
    ] = 0.0
    clipnorm: Annotated[
        float,
        Number(
            "Clip each variable by norm",
            "Shrinks the gradient of each kernel and of each bias to this length at most, each by itself. The whole"
            " gradient may change its direction. Keras: clipnorm.",
            0,
            1e4,
            (0, *log_stops(-2, 3, FINE)),
            zero="off",
        ),
    ] = 0.0
    clipvalue: Annotated[
        float,
        Number(
            "Clip by value",
            "Cuts each entry of the gradient to ± this. The gradient may change its direction. Keras: clipvalue.",
            0,
            1e4,
            (0, *log_stops(-2, 3, FINE)),
            zero="off",
        ),
    ] = 0.0

    @field_validator("dataset", "noise_shape", "activation", "initialiser", "normalisation", "loss", "optimizer")
    @classmethod
    def _check_choice(cls, value: str, info: ValidationInfo) -> str:
        setting = settings()[str(info.field_name)]
        assert isinstance(setting, Choice)
        if value not in setting.options:
            raise ValueError(f"{info.field_name} is {value!r}; allowed are {setting.allowed}")
        return value

    @model_validator(mode="after")
    def _check_clipping(self) -> Experiment:
        chosen = [name for name in CLIPPINGS if getattr(self, name)]
        if len(chosen) > 1:
            raise ValueError(f"{' and '.join(chosen)} are set; Keras allows one of them: set the others to 0")
        return self

    @model_validator(mode="after")
    def _check_widths(self) -> Experiment:
        if self.hidden != equalise_widths(self.hidden, self.normalisation, self.residual):
            raise ValueError(
                f"hidden is {', '.join(map(str, self.hidden))}; with normalisation, residual connections or more than"
                f" {MAX_UNEQUAL_LAYERS} layers, all have to be of one width: set them to the same number"
            )
        return self

    def replace(self, **changes: object) -> Experiment:
        """This experiment with some settings changed, checked like a new one.

        Raises ``pydantic.ValidationError`` for a value that its setting does not allow, and for an unknown setting.
        """
        return Experiment.model_validate({**self.__dict__, **changes})

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters of this experiment's loss, by name."""
        return {name: getattr(self, name) for name in LOSSES[self.loss].parameters}

    @property
    def task(self) -> str:
        """Whether the data are numbers (``regression``) or labels (``classification``)."""
        return "classification" if self.dataset in LABELLED_DISTRIBUTIONS else "regression"

    @property
    def features(self) -> int:
        """How many numbers of a point the model is given."""
        return DATASETS[self.dataset].features

    @property
    def inputs(self) -> int:
        """How many numbers of a point enter the first layer: the features, or the polynomials of x."""
        return self.degree if self.dataset in TRUE_FUNCTIONS and self.features == 1 else self.features

    @property
    def is_deep(self) -> bool:
        """Whether the deep engine trains it: many layers, normalisation or residual connections, all of one width."""
        depth = len(self.hidden)
        return depth > MAX_UNEQUAL_LAYERS or bool(depth and (self.residual or self.normalisation != "none"))

    @property
    def clipping(self) -> str:
        """The name of the setting that clips the gradient; empty if none does."""
        return next((name for name in CLIPPINGS if getattr(self, name)), "")

    @property
    def soft_threshold(self) -> float:
        """How far a proximal step moves each weight towards 0: l1 times the learning rate; 0 if there is no such step.

        Source: Parikh and Boyd 2014, section 4.2, https://web.stanford.edu/~boyd/papers/prox_algs.html
        """
        return self.l1 * self.learning_rate if self.proximal and self.optimizer == "sgd" else 0.0

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units from layer to layer: the inputs, the hidden layers and the one output."""
        return (self.inputs, *self.hidden, OUTPUTS)

    @property
    def is_line(self) -> bool:
        """Whether the model has one slope and one intercept and nothing else."""
        return self.widths == (1, 1)

    @property
    def rows_per_batch(self) -> int:
        """How many points one step sees: all of them if the batch size is 0 or exceeds their number."""
        return min(self.batch_size or self.points, self.points)

    @property
    def steps_per_epoch(self) -> int:
        """Updates of the weights in an epoch: the number of batches, the last of which may be smaller."""
        return ceil(self.points / self.rows_per_batch)


@cache
def settings() -> dict[str, Setting]:
    """Every setting by its field name, in the order of declaration; ``hidden`` gives the width of a layer."""
    return {name: field.setting for name, field in find_fields(Experiment).items()}
