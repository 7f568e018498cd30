"""How a gradient fares on its way back through a deep network: measured layer by layer, and told in words.

Everything is done where the training is, so that only what a page shows travels to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data import make_data, model_inputs
from playground.diagnosis import diagnose
from playground.engine.weights import hidden_values, initial_weights, unflatten
from playground.experiment import UNCLIPPED, Experiment
from playground.run import Run
from playground.tables.activations import ACTIVATIONS

Progress = Callable[[float], object]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of the activations that lie below each drawn line
DEAD = 0.01  # a unit is dead where its slope is below this share of the steepest, at every point
VANISHED = 1e-3  # the first layer's share of the last one's gradient from which on it hardly learns
BETTER = 0.9  # of the loss at the end: what a remedy must at least come down to


@dataclass(frozen=True, eq=False)
class Study:
    """What a training of a deep network shows.

    ``loss`` (epochs,), ``norms`` (epochs, layers) are the lengths of each layer's gradient before clipping, the output
    layer last. At each of ``frames``, epochs from 0: ``spread`` (frames, hidden layers, 5) are the activations that
    ``SHARES`` of all lie below, ``dead`` (frames, hidden layers) how many units are dead. ``theory`` is what is
    expected at the start, ``verdict`` the doctor's on the loss.
    """

    experiment: Experiment
    loss: np.ndarray
    norms: np.ndarray
    frames: np.ndarray
    spread: np.ndarray
    dead: np.ndarray
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
        """The first epoch, from 1, whose loss is beyond all numbers."""
        beyond = ~np.isfinite(self.loss)
        return int(beyond.argmax()) + 1 if beyond.any() else None

    @cached_property
    def sound(self) -> int:
        """How many epochs come before the loss is lost: all, if it is not."""
        return self.infinite_at - 1 if self.infinite_at else len(self.loss)

    @cached_property
    def sound_frames(self) -> int:
        """How many of ``frames`` hold weights whose loss is a number."""
        return int((self.frames < self.sound).sum()) if self.infinite_at else len(self.frames)

    def ratio(self, epoch: int = 1) -> float:
        """The length of the first hidden layer's gradient over the last one's, in an epoch."""
        first, last = self.norms[epoch - 1, [0, self.depth - 1]].astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.float64(first) / last)

    def factor(self, epoch: int = 1) -> float:
        """By what a layer multiplies the gradient on its way to the one before it, on average."""
        return self.ratio(epoch) ** (1.0 / max(1, self.depth - 1))

    @cached_property
    def end(self) -> float:
        """The loss of the last epoch; infinite if it was lost."""
        return float(self.loss[-1]) if np.isfinite(self.loss[-1]) else float("inf")


def studied(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Study]:
    """Train every network and look into it, in their order; empty if the training was stopped."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train(experiments, on_progress, record=("weights", "gradient_norms"), deep=True)
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    return [_study(run) for run in runs]


def _study(run: Run) -> Study:
    assert run.path is not None
    assert run.path_epochs is not None
    assert run.gradient_norms is not None
    spread, dead = _activations(run.experiment, run.path)
    return Study(
        run.experiment,
        run.loss,
        run.gradient_norms,
        run.path_epochs,
        spread,
        dead,
        expected(run.experiment),
        str(diagnose(run).verdict),
    )


def _activations(experiment: Experiment, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of the activations and dead units, frame by frame and layer by layer."""
    activation = ACTIVATIONS[experiment.activation]
    weights = unflatten(path, experiment.widths, experiment.normalisation)
    spread, dead = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for sums, values in _through(experiment, weights):
            known = np.nan_to_num(values.reshape(len(path), -1), nan=0.0, posinf=3e38, neginf=-3e38)
            spread.append(np.quantile(known, SHARES, axis=1).T)
            dead.append((np.abs(activation.slope(sums)) < DEAD * activation.steepest).all(axis=-2).sum(axis=-1))
    return np.stack(spread, 1).astype(np.float32), np.stack(dead, 1)


def _through(experiment: Experiment, weights: list[np.ndarray]):  # type: ignore[no-untyped-def]
    x = model_inputs(experiment, make_data(experiment).x_train)
    how = (experiment.normalisation, experiment.residual)
    return hidden_values(weights, experiment.activation, x, normalisation=how[0], residual=how[1], training=True)


@dataclass(frozen=True)
class Theory:
    """What is expected at the start, from the first weights alone.

    ``error`` is by what a layer multiplies the error on its way back, ``factor`` by what the gradient of its weights
    changes from a layer to the one before it: that is the error times what the layer was given.
    """

    error: float
    factor: float


def expected(experiment: Experiment) -> Theory | None:
    """What chance and the first weights say of the gradient's way back; ``None`` where no simple rule is known.

    A layer multiplies the mean square of the error by width · variance of its weights · mean squared slope, if these
    are independent; with normalisation and shortcuts it is another rule.
    Sources: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html, equation 6; He et al. 2015,
    https://arxiv.org/abs/1502.01852, equation 12
    """
    if experiment.normalisation != "none" or experiment.residual or len(experiment.hidden) < 2:
        return None
    start, slope = initial_weights(experiment), ACTIVATIONS[experiment.activation].slope
    with np.errstate(over="ignore", invalid="ignore"):
        layers = [(sums.astype(float), values.astype(float)) for sums, values in _through(experiment, start)]
    squares = [float(np.mean(slope(sums) ** 2)) for sums, _ in layers[:-1]]
    factors = [
        len(kernel) * kernel.astype(float).var() * square for kernel, square in zip(start[2:-2:2], squares, strict=True)
    ]
    error = float(np.exp(np.mean(np.log(np.maximum(factors, 1e-300))) / 2))
    x = model_inputs(experiment, make_data(experiment).x_train)
    given = [1.0 + float(np.mean(np.sum(np.square(each), axis=-1))) for each in (x, layers[-2][1])]
    steps = len(layers) - 1
    return Theory(error, float(error * (given[0] / given[1]) ** (0.5 / steps)))


@dataclass(frozen=True)
class Remedy:
    """A change of settings that may help, with its reason."""

    label: str
    reason: str
    changes: tuple[tuple[str, object], ...]

    def applied(self, experiment: Experiment) -> Experiment:
        return experiment.replace(**dict(self.changes))


REMEDIES = (
    Remedy("ReLU with He start", "A slope of 1 shrinks nothing.", (("activation", "relu"), ("initialiser", "he"))),
    Remedy("tanh with Glorot start", "Slope 1 at 0.", (("activation", "tanh"), ("initialiser", "glorot"))),
    Remedy("SELU with LeCun start", "Keeps mean 0, variance 1.", (("activation", "selu"), ("initialiser", "lecun"))),
    Remedy("Batch normalisation", "Sets the scale of each unit anew in every layer.", (("normalisation", "batch"),)),
    Remedy("Layer normalisation", "Sets the scale of each point anew in every layer.", (("normalisation", "layer"),)),
    Remedy("Residual connections", "A way back that no slope stands in.", (("residual", True),)),
    Remedy("Clip by norm 1", "A step has a bounded length.", tuple({**UNCLIPPED, "global_clipnorm": 1.0}.items())),
    Remedy("A tenth of the learning rate", "Smaller steps cannot overshoot as far.", ()),
)


def candidates(experiment: Experiment) -> list[tuple[Remedy, Experiment]]:
    """The remedies that change something, and what they make of the experiment."""
    slower = Remedy(
        REMEDIES[-1].label, REMEDIES[-1].reason, (("learning_rate", max(experiment.learning_rate / 10, 1e-6)),)
    )
    tried = [(remedy, remedy.applied(experiment)) for remedy in (*REMEDIES[:-1], slower)]
    return [(remedy, changed) for remedy, changed in tried if changed != experiment]


@dataclass(frozen=True, eq=False)
class Trial:
    """A remedy and what the engine found when it tried it."""

    remedy: Remedy
    study: Study
    helps: bool


def trials(experiment: Experiment, on_progress: Progress | None = None) -> list[Trial]:
    """Every remedy tried alone, the best first; it helps if the loss at the end is a tenth lower. Empty if stopped."""
    tried = candidates(experiment)
    found = studied([experiment, *(changed for _, changed in tried)], on_progress)
    if not found:
        return []
    before, *after = found
    each = [
        Trial(remedy, study, study.end < BETTER * before.end) for (remedy, _), study in zip(tried, after, strict=True)
    ]
    return sorted(each, key=lambda trial: trial.study.end)


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


def explosion(experiment: Experiment, on_progress: Progress | None = None) -> Explosion | None:
    """The experiment without clipping beside the same with it; ``None`` if stopped."""
    free = experiment.replace(**UNCLIPPED)
    found = studied([free, free.replace(global_clipnorm=CLIPPING)], on_progress)
    return Explosion(*found) if found else None
