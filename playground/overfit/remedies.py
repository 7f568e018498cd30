"""What helps against overfitting: each remedy as a change of the same experiment, and what the engine finds of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data import make_data, make_validation
from playground.diagnosis import diagnose
from playground.engine.weights import unflatten
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.run import Run, answers
from playground.tables.noise import NOISES
from playground.tables.sources import SOURCES

Progress = Callable[[float], object]

FRAMES = 60  # epochs at which errors and curves are kept
KNOTS = 121  # of a drawn curve


@dataclass(frozen=True)
class Stop:
    """Where early stopping ends a training and which epoch's weights it gives back, both counted from 1."""

    stopped: int
    best: int


def early_stopping(val_loss: np.ndarray, patience: int) -> Stop:
    """What ``keras.callbacks.EarlyStopping(patience=…, restore_best_weights=True)`` does, from the recorded losses.

    It stops after ``patience`` epochs without a new lowest loss on the validation points. Of a run that it never
    stops, Keras gives back the best weights, too. Source: https://keras.io/api/callbacks/early_stopping/
    """
    best, lowest, wait = 0, val_loss[0], 0
    for epoch, loss in enumerate(val_loss[1:], start=1):
        wait += 1
        if loss < lowest:
            best, lowest, wait = epoch, loss, 0
        elif wait >= patience:
            return Stop(epoch + 1, best + 1)
    return Stop(len(val_loss), best + 1)


@dataclass(frozen=True, eq=False)
class Fit:
    """A trained setting: its ``loss`` an epoch, its errors on training and validation points, and what it says of x.

    Errors are without penalties. ``errors`` and ``val_errors`` belong to ``frames``, epochs from 0; ``curves``
    (frames, KNOTS) to ``grid``. ``weights`` are its kernels' entries at the end, ``test`` the mean squared error on
    the clean truth. ``stop`` is where early stopping ended it, ``None`` without; ``curve``, ``weights`` and the last
    errors are then those of the weights that it gave back. ``verdict`` is the doctor's on the whole training.
    """

    label: str
    experiment: Experiment
    loss: np.ndarray
    frames: np.ndarray
    errors: np.ndarray
    val_errors: np.ndarray
    grid: np.ndarray
    curves: np.ndarray
    curve: np.ndarray
    weights: np.ndarray
    error: float
    val_error: float
    test: float
    best_epoch: int
    stop: Stop | None
    verdict: str

    @property
    def finite(self) -> bool:
        """Whether every number of it is one."""
        return all(np.isfinite(each).all() for each in (self.errors, self.val_errors, self.curve, self.test))

    @property
    def gap(self) -> float:
        return self.val_error - self.error

    @cached_property
    def zeros(self) -> int:
        """How many weights are 0 exactly."""
        return int((self.weights == 0.0).sum())

    @property
    def absolute(self) -> float:
        return float(np.abs(self.weights).sum())

    @property
    def squared(self) -> float:
        return float(np.square(self.weights.astype(float)).sum())


def fitted(experiments: Sequence[tuple[str, Experiment, int]], on_progress: Progress | None = None) -> list[Fit]:
    """Train every setting, given by its label, its experiment and its patience (0: none); empty if stopped."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    wanted = [experiment for _, experiment, _ in experiments]
    runs = train(wanted, on_progress, record=("weights", "val_loss"))
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    stops = [
        early_stopping(run.val_loss, patience) if patience else None  # type: ignore[arg-type]
        for run, (_, _, patience) in zip(runs, experiments, strict=True)
    ]
    # Equal experiments train to equal runs: the best weights are those of a training that ends there.
    again = {
        place: run.experiment.replace(epochs=stop.best)
        for place, (run, stop) in enumerate(zip(runs, stops, strict=True))
        if stop
    }
    ended = dict(zip(again, train(list(again.values())), strict=True)) if again else {}
    return [
        _fit(label, run, stop, ended.get(place, run).weights)
        for place, ((label, _, _), run, stop) in enumerate(zip(experiments, runs, stops, strict=True))
    ]


def _fit(label: str, run: Run, stop: Stop | None, weights: list[np.ndarray]) -> Fit:
    experiment, source = run.experiment, SOURCES[run.experiment.dataset]
    assert run.path is not None
    assert run.path_epochs is not None
    assert run.val_loss is not None
    last = stop.stopped if stop else run.epochs
    places = _frames(run.path_epochs, last)
    path = unflatten(run.path[places], experiment.widths, experiment.normalisation)
    grid = np.linspace(source.low, source.high, KNOTS, dtype=np.float32)[:, None]
    data, (x_val, y_val) = make_data(experiment), make_validation(experiment)
    curve = answers(experiment, weights, grid)[:, 0]
    test = answers(experiment, weights, data.x_test)
    return Fit(
        label=label,
        experiment=experiment,
        loss=run.loss[:last],
        frames=run.path_epochs[places],
        errors=_error(experiment, path, data.x_train, data.y_train),
        val_errors=_error(experiment, path, x_val, y_val),
        grid=grid[:, 0],
        curves=answers(experiment, path, grid)[..., 0],
        curve=curve,
        weights=np.concatenate([kernel.ravel() for kernel in weights if kernel.ndim == 2]),
        error=float(_error(experiment, weights, data.x_train, data.y_train)),
        val_error=float(_error(experiment, weights, x_val, y_val)),
        test=float(np.mean(np.square(test.astype(float) - data.y_test))),
        best_epoch=early_stopping(run.val_loss, len(run.val_loss)).best,
        stop=stop,
        verdict=str(diagnose(run).verdict),
    )


def _frames(epochs: np.ndarray, last: int) -> np.ndarray:
    """The places of at most so many recorded epochs up to the last, dense at the start, where most happens."""
    wanted = np.unique(np.round(np.expm1(np.linspace(0, np.log1p(last), FRAMES))))
    return np.unique(np.searchsorted(epochs, wanted.clip(0, last)).clip(0, len(epochs) - 1))


def _error(experiment: Experiment, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean of the experiment's own loss, without penalties, for each of the models."""
    loss = LOSSES[experiment.loss]
    with np.errstate(over="ignore", invalid="ignore"):
        said = answers(experiment, weights, x).astype(float)
        return loss.value(np, y.astype(float), said, **experiment.parameters).mean(axis=(-2, -1))


@dataclass(frozen=True, eq=False)
class Strengths:
    """The U-curve: errors over the seeds for each strength of a penalty, ``(strengths, seeds)``."""

    setting: str
    values: tuple[float, ...]
    errors: np.ndarray
    val_errors: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return self.val_errors.mean(axis=1)

    @property
    def standard_error(self) -> np.ndarray:
        return self.val_errors.std(axis=1, ddof=1) / np.sqrt(self.val_errors.shape[1])

    @property
    def best(self) -> float:
        """The strength with the lowest mean error on the validation points."""
        return self.values[int(np.argmin(self.mean))]


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Where the error on new points comes from, for each strength: means over the test points, ``(strengths,)``.

    ``bias`` is squared: how far the average model is from the truth; ``variance`` how far a model is from the
    average one; ``noise`` what no model can know. ``test`` is the measured mean squared error on new noisy points,
    ``test_error`` its standard error over the seeds.
    """

    setting: str
    values: tuple[float, ...]
    bias: np.ndarray
    variance: np.ndarray
    noise: np.ndarray
    test: np.ndarray
    test_error: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return self.bias + self.variance + self.noise


NEW_POINTS = 2**20  # where the seeds of new noise begin: far from those of the training points


def strengths(
    experiment: Experiment,
    setting: str,
    values: tuple[float, ...],
    seeds: int,
    on_progress: Progress | None = None,
) -> tuple[Strengths, Decomposition] | None:
    """Train every strength under every seed from the experiment's own on; ``None`` if stopped."""
    from playground.training import train

    drawn = range(experiment.seed, experiment.seed + seeds)
    grid = [experiment.replace(**{setting: value}, seed=seed) for value in values for seed in drawn]
    runs = train(grid, on_progress)
    if any(run.epochs < experiment.epochs for run in runs):
        return None
    judged = np.array([_judged(run) for run in runs]).reshape(len(values), seeds, 2)
    curve = Strengths(setting, values, judged[..., 0], judged[..., 1])
    return curve, decomposition(setting, values, runs, seeds)


def _judged(run: Run) -> tuple[float, float]:
    experiment, data = run.experiment, make_data(run.experiment)
    on_new = _error(experiment, run.weights, *make_validation(experiment))
    return float(_error(experiment, run.weights, data.x_train, data.y_train)), float(on_new)


def decomposition(setting: str, values: tuple[float, ...], runs: Sequence[Run], seeds: int) -> Decomposition:
    """Bias², variance and noise of the runs, strength by strength, and the error measured on new noisy points.

    The average of so many models is itself off by a share of the variance, which is taken from bias².
    Source: Geman, Bienenstock and Doursat 1992, https://doi.org/10.1162/neco.1992.4.1.1
    """
    said = np.array([run.predict(run.data.x_test[:, 0]) for run in runs], float).reshape(len(values), seeds, -1)
    first = runs[0].data
    truth, x = first.y_test[:, 0].astype(float), first.x_test[:, 0].astype(float)
    experiment = runs[0].experiment
    level = experiment.noise * SOURCES[experiment.dataset].spread(x)
    variance = said.var(axis=1, ddof=1)
    bias = np.square(said.mean(axis=1) - truth) - variance / seeds
    draw = NOISES[experiment.noise_shape].draw
    fresh = np.array([level * draw(np.random.default_rng([NEW_POINTS, seed]), len(x)) for seed in range(seeds)])
    measured = np.square(said - (truth + fresh)).mean(axis=2)
    return Decomposition(
        setting=setting,
        values=values,
        bias=bias.mean(axis=1),
        variance=variance.mean(axis=1),
        noise=np.full(len(values), float(np.square(level).mean())),
        test=measured.mean(axis=1),
        test_error=measured.std(axis=1, ddof=1) / np.sqrt(seeds),
    )
