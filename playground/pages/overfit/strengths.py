"""How strong a penalty should be: its U-curve over many seeds, and bias², variance and noise of the same trainings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data import make_data, make_validation
from playground.diagnosis.convergence import is_diverging
from playground.experiment import Experiment
from playground.pages.overfit.study import measure_error
from playground.progress import Progress
from playground.run import Run
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.noise import NOISES


@dataclass(frozen=True, eq=False)
class Strengths:
    """The U-curve: errors over the seeds for each strength of a penalty, ``(strengths, seeds)``.

    ``diverged`` (strengths,) counts the seeds whose training diverged. A mean over the others would flatter a strength,
    so one with any of them has no place in the curve and cannot be the best.
    """

    setting: str
    values: tuple[float, ...]
    errors: np.ndarray
    val_errors: np.ndarray
    diverged: np.ndarray

    @property
    def seeds(self) -> int:
        return self.val_errors.shape[1]

    @property
    def stable(self) -> np.ndarray:
        """At which strengths ``(strengths,)`` no training diverged."""
        return self.diverged == 0

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean validation error; NaN at a strength where a training diverged."""
        return np.where(self.stable, _summarise_seeds(np.mean, self.val_errors), np.nan)

    @cached_property
    def standard_error(self) -> np.ndarray:
        spread = _summarise_seeds(np.std, self.val_errors, ddof=1) / np.sqrt(self.seeds)
        return np.where(self.stable, spread, np.nan)

    @property
    def best(self) -> float | None:
        """The strength with the lowest mean validation error; ``None`` if each has a diverged training."""
        return self.values[int(np.nanargmin(self.mean))] if self.stable.any() else None


def _summarise_seeds(statistic: Callable[..., np.ndarray], values: np.ndarray, **options: int) -> np.ndarray:
    """A statistic over the seeds, without a warning where a diverged training has no number."""
    with np.errstate(over="ignore", invalid="ignore"):
        return statistic(values, axis=1, **options)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Where the error on new points comes from, for each strength: means over the test points, ``(strengths,)``.

    ``bias`` is squared: how far the average model is from the truth; ``variance`` how far a model is from the
    average one; ``noise`` what no model can know. ``test`` is the measured mean squared error on new noisy points,
    ``test_error`` its standard error over the seeds. Where a training diverged they may be infinite or NaN.
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


HIGHEST_SEED = 2**31 - 1
NEW_POINTS = 2**20  # where the seeds of new noise begin: far from those of the training points


def train_strengths(
    experiment: Experiment,
    setting: str,
    values: tuple[float, ...],
    seeds: int,
    on_progress: Progress | None = None,
) -> tuple[Strengths, Decomposition] | None:
    """Train every strength under as many seeds, the experiment's own among them; ``None`` if stopped."""
    from playground.training import train

    first = min(experiment.seed, HIGHEST_SEED - seeds + 1)
    drawn = range(first, first + seeds)
    grid = [experiment.replace(**{setting: value}, seed=seed) for value in values for seed in drawn]
    runs = train(grid, on_progress)
    if any(run.epochs < experiment.epochs for run in runs):
        return None
    judged = np.array([_measure_errors(run) for run in runs]).reshape(len(values), seeds, 2)
    exploding = np.array([is_diverging(run.loss) for run in runs]).reshape(len(values), seeds)
    diverged = (exploding | ~np.isfinite(judged).all(axis=2)).sum(axis=1)
    curve = Strengths(setting, values, judged[..., 0], judged[..., 1], diverged)
    return curve, decompose_error(setting, values, runs, seeds)


def _measure_errors(run: Run) -> tuple[float, float]:
    experiment, data = run.experiment, make_data(run.experiment)
    on_new = measure_error(experiment, run.weights, *make_validation(experiment))
    return float(measure_error(experiment, run.weights, data.x_train, data.y_train)), float(on_new)


def decompose_error(setting: str, values: tuple[float, ...], runs: Sequence[Run], seeds: int) -> Decomposition:
    """Bias², variance and noise of the runs, strength by strength, and the error measured on new noisy points.

    The average of ``seeds`` models is itself off by variance / seeds, which is taken from bias².
    Source: Geman, Bienenstock and Doursat 1992, https://doi.org/10.1162/neco.1992.4.1.1
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _split_error(setting, values, runs, seeds)


def _split_error(setting: str, values: tuple[float, ...], runs: Sequence[Run], seeds: int) -> Decomposition:
    predictions = np.array([run.predict(run.data.x_test[:, 0]) for run in runs], float).reshape(len(values), seeds, -1)
    first = runs[0].data
    truth, x = first.y_test[:, 0].astype(float), first.x_test[:, 0].astype(float)
    experiment = runs[0].experiment
    level = experiment.noise * TRUE_FUNCTIONS[experiment.dataset].spread(x)
    variance = predictions.var(axis=1, ddof=1)
    bias = np.square(predictions.mean(axis=1) - truth) - variance / seeds
    draw = NOISES[experiment.noise_shape].draw
    fresh = np.array([level * draw(np.random.default_rng([NEW_POINTS, seed]), len(x)) for seed in range(seeds)])
    measured = np.square(predictions - (truth + fresh)).mean(axis=2)
    return Decomposition(
        setting=setting,
        values=values,
        bias=bias.mean(axis=1),
        variance=variance.mean(axis=1),
        noise=np.full(len(values), float(np.square(level).mean())),
        test=measured.mean(axis=1),
        test_error=measured.std(axis=1, ddof=1) / np.sqrt(seeds),
    )
