"""How gradients pass back through a deep network, measured layer by layer.

All of it is computed where the training is, so that only what a page shows travels to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data import make_data, model_inputs
from playground.diagnosis import diagnose
from playground.experiment import Experiment
from playground.experiment.experiment import UNCLIPPED
from playground.losses import LOSSES
from playground.models.arrays import initial_weights, run_hidden_layers, unflatten
from playground.pages.gradients.death import Death, find_death
from playground.progress import Progress
from playground.run import Run
from playground.tables.activations import ACTIVATIONS
from playground.tables.normalisations import MOMENTUM

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of the activations that lie below each drawn line
DEAD = 0.01  # a unit is dead where its slope is below this share of the steepest, at every point
VANISHED = 1e-3  # the first layer's share of the last one's gradient from which on it hardly learns
# A gradient explodes if it would not bear even this learning rate. Tried on 700 random networks under all losses: a
# plain first step of 1e-4 at least doubled the loss of 31; 30 of them are called exploding, and 4 of the other 669.
LEAST_RATE = 5e-5


@dataclass(frozen=True, eq=False)
class Study:
    """What a training of a deep network shows.

    ``loss`` (epochs,), ``norms`` (epochs, layers) are the lengths of each layer's gradient before clipping, the output
    layer last. At each of ``frames``, epochs from 0: ``spread`` (frames, hidden layers, 5) are the activations that
    ``SHARES`` of all lie below, ``dead`` (frames, hidden layers) how many units are dead. ``inference`` is the loss on
    the training points after the last step, as the network predicts outside of training: batch normalisation then uses
    its moving mean and variance. ``theory`` is what is expected at the start, ``verdict`` the doctor's on the loss.
    """

    experiment: Experiment
    loss: np.ndarray
    norms: np.ndarray
    frames: np.ndarray
    spread: np.ndarray
    dead: np.ndarray
    inference: float
    theory: Theory | None
    verdict: str

    @property
    def depth(self) -> int:
        return len(self.experiment.hidden)

    @property
    def units(self) -> int:
        return sum(self.experiment.hidden)

    @cached_property
    def infinite_at(self) -> int | None:
        """The first epoch, from 1, whose loss is NaN or infinite."""
        beyond = ~np.isfinite(self.loss)
        return int(beyond.argmax()) + 1 if beyond.any() else None

    @cached_property
    def sound(self) -> int:
        """How many epochs have a finite loss before the first that has not."""
        return self.infinite_at - 1 if self.infinite_at else len(self.loss)

    @cached_property
    def sound_frames(self) -> int:
        """How many of ``frames`` have weights with a finite loss."""
        return int((self.frames < self.sound).sum()) if self.infinite_at else len(self.frames)

    @cached_property
    def death(self) -> Death | None:
        """The layer in which nothing passes any more at the end, if there is one."""
        return find_death(self.norms, self.dead[-1], self.experiment.hidden[0])

    @cached_property
    def length(self) -> float:
        """The length of the whole gradient of the first epoch, before clipping."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sqrt(np.square(self.norms[0].astype(float)).sum()))

    @cached_property
    def bearable_rate(self) -> float:
        """The learning rate above which a plain first step overshoots: 4 × loss / length².

        Along its gradient g a parabola with no loss below 0 has a curvature of at least g² / (2 loss), and a step is
        stable up to 2 / curvature. A network is not a parabola; a test counts how often this is right.
        """
        if not np.isfinite(self.length) or not np.isfinite(self.loss[0]):
            return 0.0
        return 4.0 * float(self.loss[0]) / self.length**2 if self.length else float("inf")

    @property
    def explodes(self) -> bool:
        """Whether the first gradient is so long that plain descent overshoots at every usual learning rate.

        With normalisation no length says so: what a layer gives on is bounded, however far a step takes its weights.
        """
        return self.experiment.normalisation == "none" and self.bearable_rate < LEAST_RATE

    @property
    def start_left(self) -> float:
        """The share of its start that is left in the moving mean and variance of batch normalisation at the end."""
        steps_an_epoch = self.experiment.steps_per_epoch
        return float(MOMENTUM ** (len(self.loss) * steps_an_epoch))

    def ratio(self, epoch: int = 1) -> float:
        """The length of the first hidden layer's gradient over the last one's, in an epoch."""
        first, last = self.norms[epoch - 1, [0, self.depth - 1]].astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.float64(first) / last)

    def factor(self, epoch: int = 1) -> float:
        """The factor by which the gradient changes from a layer to the one before it, on average."""
        return self.ratio(epoch) ** (1.0 / max(1, self.depth - 1))

    @cached_property
    def end(self) -> float:
        """The loss of the last epoch; infinite if it is not finite."""
        return float(self.loss[-1]) if np.isfinite(self.loss[-1]) else float("inf")


def train_and_study(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Study]:
    """Train every network and look into it, in their order; empty if the training was stopped."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train(experiments, on_progress, record=("weights", "gradient_norms"), deep=True)
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    return [_study_run(run) for run in runs]


def _study_run(run: Run) -> Study:
    assert run.path is not None
    assert run.path_epochs is not None
    assert run.gradient_norms is not None
    spread, dead = _summarise_activations(run.experiment, run.path)
    return Study(
        run.experiment,
        run.loss,
        run.gradient_norms,
        run.path_epochs,
        spread,
        dead,
        _inference_loss(run),
        predict_flow(run.experiment),
        str(diagnose(run).verdict),
    )


def _inference_loss(run: Run) -> float:
    """The loss on the training points by the trained weights; infinite if it is not finite."""
    y = run.data.y_train.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        answers = run.predict(run.data.x_train).astype(float)
        loss = float(LOSSES[run.experiment.loss].value(np, y, answers, **run.experiment.parameters).mean())
    return loss if np.isfinite(loss) else float("inf")


def _summarise_activations(experiment: Experiment, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of the activations and dead units, frame by frame and layer by layer."""
    activation = ACTIVATIONS[experiment.activation]
    weights = unflatten(path, experiment.widths, experiment.normalisation)
    spread, dead = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for sums, values in _run_layers(experiment, weights):
            known = np.nan_to_num(values.reshape(len(path), -1), nan=0.0, posinf=3e38, neginf=-3e38)
            spread.append(np.quantile(known, SHARES, axis=1).T)
            dead.append((np.abs(activation.slope(sums)) < DEAD * activation.steepest).all(axis=-2).sum(axis=-1))
    return np.stack(spread, 1).astype(np.float32), np.stack(dead, 1)


def _run_layers(experiment: Experiment, weights: list[np.ndarray]):  # type: ignore[no-untyped-def]
    x = model_inputs(experiment, make_data(experiment).x_train)
    how = (experiment.normalisation, experiment.residual)
    return run_hidden_layers(weights, experiment.activation, x, normalisation=how[0], residual=how[1], training=True)


@dataclass(frozen=True)
class Theory:
    """What is expected at the start, from the first weights alone.

    ``error`` is by what a layer multiplies the error on its way back, ``factor`` by what the gradient of its weights
    changes from a layer to the one before it: that is the error times what the layer was given.
    """

    error: float
    factor: float


def predict_flow(experiment: Experiment) -> Theory | None:
    """How the gradient changes from layer to layer by the first weights; ``None`` where no simple rule is known.

    A layer multiplies the mean square of the error by width · variance of its weights · mean squared slope, if these
    are independent; with normalisation and shortcuts it is another rule.
    Sources: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html, equation 6; He et al. 2015,
    https://arxiv.org/abs/1502.01852, equation 12
    """
    if experiment.normalisation != "none" or experiment.residual or len(experiment.hidden) < 2:
        return None
    start, slope = initial_weights(experiment), ACTIVATIONS[experiment.activation].slope
    with np.errstate(over="ignore", invalid="ignore"):
        layers = [(sums.astype(float), values.astype(float)) for sums, values in _run_layers(experiment, start)]
    squares = [float(np.mean(slope(sums) ** 2)) for sums, _ in layers[:-1]]
    factors = [
        len(kernel) * kernel.astype(float).var() * square for kernel, square in zip(start[2:-2:2], squares, strict=True)
    ]
    error = float(np.exp(np.mean(np.log(np.maximum(factors, 1e-300))) / 2))
    x = model_inputs(experiment, make_data(experiment).x_train)
    given = [1.0 + float(np.mean(np.sum(np.square(each), axis=-1))) for each in (x, layers[-2][1])]
    steps = len(layers) - 1
    return Theory(error, float(error * (given[0] / given[1]) ** (0.5 / steps)))


CLIPPING = 1.0  # the norm that the exploding run's gradient is cut to
EXPLODING = Experiment(
    dataset="sine",
    noise=0.3,
    points=32,
    standardise=True,
    hidden=(16,) * 10,
    activation="relu",
    initialiser="large",
    learning_rate=0.01,
    epochs=200,
)


@dataclass(frozen=True, eq=False)
class Explosion:
    """The same run without clipping and with it."""

    free: Study
    clipped: Study

    @property
    def before(self) -> np.ndarray:
        """The length of the clipped run's whole gradient in each epoch, before it is clipped."""
        return np.sqrt(np.square(self.clipped.norms.astype(float)).sum(axis=1))

    @property
    def after(self) -> np.ndarray:
        """The same after it is clipped."""
        return np.minimum(self.before, self.clipped.experiment.global_clipnorm)


def train_explosion(experiment: Experiment, on_progress: Progress | None = None) -> Explosion | None:
    """The experiment without clipping beside the same with it; ``None`` if stopped."""
    free = experiment.replace(**UNCLIPPED)
    found = train_and_study([free, free.replace(global_clipnorm=CLIPPING)], on_progress)
    return Explosion(*found) if found else None
