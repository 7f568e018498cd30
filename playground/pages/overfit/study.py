"""What helps against overfitting: each remedy as a change of the same experiment, and what the engine finds of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data import make_data, make_validation
from playground.diagnosis import diagnose
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.models.arrays import unflatten
from playground.progress import Progress
from playground.run import Run, predict_with_weights
from playground.tables.functions import TRUE_FUNCTIONS

FRAMES = 60  # epochs at which errors and curves are kept
KNOTS = 121  # of a drawn curve
PIECE = 250  # epochs whose errors are computed at once, which bounds the memory
CUT_SHORT = "stopped early"  # the doctor judges whole trainings, and this one ended before its last epoch


@dataclass(frozen=True)
class Stop:
    """Where early stopping ends a training and which epoch's weights it gives back, both counted from 1."""

    stopped: int
    best: int


def find_early_stop(val_loss: np.ndarray, patience: int) -> Stop:
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

    ``loss`` holds the penalty, as Keras's does; all errors are without it, so that they compare. ``errors`` and
    ``val_errors`` belong to ``frames``, epochs from 0; ``curves`` (frames, KNOTS) to ``grid``. ``best_epoch`` is the
    one with the lowest error on the validation points, ``best_error``. ``weights`` are its kernels' entries at the
    end, ``test`` the mean squared error on the clean truth. ``stop`` is where early stopping ended it, ``None``
    without; ``curve``, ``weights`` and the last errors are then those of the weights that it gave back. ``verdict`` is
    the doctor's on the training.
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
    best_error: float
    stop: Stop | None
    verdict: str

    @property
    def finite(self) -> bool:
        """Whether every number of it is one in single precision, in which it is drawn."""
        shown = (self.loss, self.errors, self.val_errors, self.curve, self.weights, self.test)
        with np.errstate(over="ignore"):
            return all(np.isfinite(np.asarray(each, np.float32)).all() for each in shown)

    @property
    def ending(self) -> Experiment:
        """The experiment that trains to these weights: that of early stopping ends with the epoch it gave back."""
        return self.experiment.replace(epochs=self.stop.best) if self.stop else self.experiment

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


def train_and_fit(experiments: Sequence[tuple[str, Experiment, int]], on_progress: Progress | None = None) -> list[Fit]:
    """Train every setting, given by its label, its experiment and its patience (0: none); empty if stopped."""
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    wanted = [experiment for _, experiment, _ in experiments]
    runs = train(wanted, on_progress, record=("weights", "val_loss"))
    if any(run.epochs < run.experiment.epochs for run in runs):
        return []
    stops = [
        find_early_stop(run.val_loss, patience) if patience else None  # type: ignore[arg-type]
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
        _make_fit(label, run, stop, ended.get(place, run).weights)
        for place, ((label, _, _), run, stop) in enumerate(zip(experiments, runs, stops, strict=True))
    ]


def _make_fit(label: str, run: Run, stop: Stop | None, weights: list[np.ndarray]) -> Fit:
    """What a run comes to with ``weights``, which are those of its end or of the epoch that ``stop`` gives back."""
    experiment, data, (x_val, y_val) = run.experiment, make_data(run.experiment), make_validation(run.experiment)
    last = stop.stopped if stop else run.epochs
    val_error = float(measure_error(experiment, weights, x_val, y_val))
    best, best_error = (stop.best, val_error) if stop else _find_best_epoch(run)
    frames, path = _choose_frames(run, last, best)
    source = TRUE_FUNCTIONS[experiment.dataset]
    grid = np.linspace(source.low, source.high, KNOTS, dtype=np.float32)[:, None]
    test = predict_with_weights(experiment, weights, data.x_test)
    return Fit(
        label=label,
        experiment=experiment,
        loss=run.loss[:last],
        frames=frames,
        errors=measure_error(experiment, path, data.x_train, data.y_train),
        val_errors=measure_error(experiment, path, x_val, y_val),
        grid=grid[:, 0],
        curves=predict_with_weights(experiment, path, grid)[..., 0],
        curve=predict_with_weights(experiment, weights, grid)[:, 0],
        weights=np.concatenate([kernel.ravel() for kernel in weights if kernel.ndim == 2]),
        error=float(measure_error(experiment, weights, data.x_train, data.y_train)),
        val_error=val_error,
        test=float(np.mean(np.square(test.astype(float) - data.y_test))),
        best_epoch=best,
        best_error=best_error,
        stop=stop,
        verdict=CUT_SHORT if last < run.epochs else str(diagnose(run).verdict),
    )


def _find_best_epoch(run: Run) -> tuple[int, float]:
    """The epoch, from 1, with the lowest error on the validation points, and that error, without penalties.

    The recorded losses hold the penalty, as Keras's do. Where there is one, the recorded weights are judged.
    """
    assert run.val_loss is not None
    if not (run.experiment.l1 or run.experiment.l2):
        best = find_early_stop(run.val_loss, len(run.val_loss)).best
        return best, float(run.val_loss[best - 1])
    assert run.path is not None
    assert run.path_epochs is not None
    experiment, validation = run.experiment, make_validation(run.experiment)
    cuts = range(1, len(run.path), PIECE)
    paths = [unflatten(run.path[cut : cut + PIECE], experiment.widths, experiment.normalisation) for cut in cuts]
    errors = np.concatenate([measure_error(experiment, path, *validation) for path in paths])
    place = int(np.where(np.isfinite(errors), errors, np.inf).argmin())
    return int(run.path_epochs[1 + place]), float(errors[place])


def _choose_frames(run: Run, last: int, best: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """At most ``FRAMES`` recorded epochs up to the last, dense at the start, and the best one; with their weights."""
    assert run.path is not None
    assert run.path_epochs is not None
    epochs, experiment = run.path_epochs, run.experiment
    wanted = np.unique(np.append(np.round(np.expm1(np.linspace(0, np.log1p(last), FRAMES))), best))
    places = np.unique(np.searchsorted(epochs, wanted.clip(0, last)).clip(0, len(epochs) - 1))
    return epochs[places], unflatten(run.path[places], experiment.widths, experiment.normalisation)


def measure_error(experiment: Experiment, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean of the experiment's own loss over ``x`` (n, features), without penalties, for each of the models.

    ``weights`` may have a leading axis of models ``(models, ...)``; the result is ``(models,)`` or a scalar.
    """
    loss = LOSSES[experiment.loss]
    with np.errstate(over="ignore", invalid="ignore"):
        y_pred = predict_with_weights(experiment, weights, x).astype(float)
        return loss.value(np, y.astype(float), y_pred, **experiment.parameters).mean(axis=(-2, -1))
