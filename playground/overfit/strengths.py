"""How strong a penalty should be: its U-curve over many seeds, and bias², variance and noise of the same trainings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.data import make_data, make_validation
from playground.experiment import Experiment
from playground.overfit.remedies import Progress, error_of
from playground.run import Run
from playground.tables.noise import NOISES
from playground.tables.sources import SOURCES


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
    on_new = error_of(experiment, run.weights, *make_validation(experiment))
    return float(error_of(experiment, run.weights, data.x_train, data.y_train)), float(on_new)


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
