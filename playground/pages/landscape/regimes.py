"""What a learning rate and a momentum do to the training of a line: thousands of real runs, and what theory says.

TensorFlow is loaded only when the runs are trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from playground.diagnosis.convergence import GROWING, last_tenths
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.progress import Progress
from playground.run import Run
from playground.tables.optimizers import OPTIMIZERS
from playground.theory.line_loss import curvature, gradient, largest_curvature
from playground.theory.optima import optimum

MAP_EPOCHS = 500
MAP_CELLS = 64  # of a map, along each side
CURVE_RATES = 48  # of the curve over the learning rate
HIGHEST_MOMENTUM = 0.99
LATE_STEPS = 20  # last epochs of a run, over which a bounce is measured
NEAR_STEPS = 10.0  # steps from the optimum: who is further away is still on its way
STEADY_SHARE = 0.99  # of the width of its jumps a tenth earlier: what shrinks less does not settle
ROUNDING_SHARE = 3e-5  # of the first distance to the optimum: what is nearer to the valley's floor is rounding


class Regime(IntEnum):
    """How a run moves along the direction in which its loss is steepest."""

    MONOTONE = 0
    OSCILLATING = 1
    RESTLESS = 2
    DIVERGING = 3


@dataclass(frozen=True, eq=False)
class RegimeMap:
    """The regime of every run: ``regimes[momentum, rate]``."""

    rates: np.ndarray
    momenta: np.ndarray
    regimes: np.ndarray


def rates_round(experiment: Experiment) -> tuple[float, float]:
    """The learning rates worth a look: far below the largest stable one to well above it."""
    steepest = largest_curvature(experiment.replace(loss="mse"))
    limit = 2.0 / steepest if steepest else 0.03
    return max(1e-6, float(f"{limit / 300:.1g}")), min(100.0, float(f"{limit * 30:.1g}"))


def bounce(run: Run) -> float | None:
    """The length of a step near the optimum where the gradient never fades: learning rate × gradient.

    ``None`` for a loss whose gradient fades, an optimizer that rescales it, or a run that is not there yet.
    """
    experiment = run.experiment
    plain_steps = experiment.optimizer == "sgd" and not experiment.clipping
    kinked = LOSSES[experiment.loss].curvature is None
    if (
        run.path is None
        or not kinked
        or not plain_steps
        or not np.isfinite(run.path).all()
        or len(run.path) < LATE_STEPS
    ):
        return None
    best, late = optimum(experiment), run.path[-LATE_STEPS:].astype(float)
    lengths = [np.linalg.norm(gradient(experiment, slope, intercept)) for slope, intercept in late]
    height = float(experiment.learning_rate * np.mean(lengths))
    away = np.linalg.norm(late - [best.slope, best.intercept], axis=1)
    return height if away.mean() < NEAR_STEPS * height else None


def nearest_cell(found: RegimeMap, rate: float, momentum: float) -> tuple[float, float]:
    """The learning rate and the momentum of the cell at a place of the map."""
    column = int(np.abs(np.log(found.rates) - np.log(rate)).argmin())
    row = int(np.abs(found.momenta - momentum).argmin())
    return float(found.rates[column]), float(found.momenta[row])


def map_rule(experiment: Experiment) -> str:
    """The optimizer of a map's runs: SGD with momentum, or with Nesterov's where the experiment has that."""
    return "nesterov" if experiment.optimizer == "nesterov" else "momentum"


def regime_map(
    experiment: Experiment,
    rates: tuple[float, float],
    cells: int = MAP_CELLS,
    epochs: int = MAP_EPOCHS,
    on_progress: Progress | None = None,
) -> RegimeMap:
    """Train a line at every learning rate and momentum of a map, and say how each run moved."""
    across, up = np.geomspace(*rates, cells), np.linspace(0.0, HIGHEST_MOMENTUM, cells)
    rule = map_rule(experiment)
    first = experiment.replace(optimizer=rule, epochs=epochs)
    # Each number lies within its setting's range: checking four thousand experiments would take as long as training.
    places = [(float(rate), float(momentum)) for momentum in up for rate in across]
    plan = [first.model_copy(update={"learning_rate": rate, "momentum": each}) for rate, each in places]
    regimes = np.full(len(plan), Regime.DIVERGING)
    for members, paths in _train_paths(plan, on_progress):
        regimes[members] = classify(paths, first)
    return RegimeMap(across, up, regimes.reshape(cells, cells))


def _train_paths(plan: list[Experiment], on_progress: Progress | None) -> list[tuple[list[int], np.ndarray]]:
    """The weights of every run from its start on, ``(runs, epochs + 1, 2)``, with the places of the runs."""
    from playground.engine.stacking import group_experiments  # brings TensorFlow
    from playground.training import train_stacks

    found: list[tuple[list[int], np.ndarray]] = []
    jobs = list(group_experiments(plan, frozenset({"weights"})))
    train_stacks(plan, jobs, lambda places, stack: found.append((places, stack.paths)), on_progress)
    return found


def classify(paths: np.ndarray, experiment: Experiment) -> np.ndarray:
    """The regime of each run, from its weights ``(runs, frames, 2)`` and the optimum that they should come to.

    A run diverges if it is further from the optimum than at first and still moves away. It never settles if it jumps
    over the optimum to the end, in jumps that no longer shrink.
    """
    best = optimum(experiment)
    direction = curvature(experiment, best.slope, best.intercept).directions[0]
    with np.errstate(over="ignore", invalid="ignore"):
        away = paths.astype(float) - [best.slope, best.intercept]
        distance, steep = np.linalg.norm(away, axis=-1), away @ direction
        crossings = _find_crossings(steep, ROUNDING_SHARE * distance[:, 0])
        before, after = last_tenths(distance, 2)
        growing = (distance[:, -1] > distance[:, 0]) & (after.mean(1) > GROWING * before.mean(1))
        width_before, width_after = (np.abs(part).max(1) for part in last_tenths(steep, 2))
        kinked = LOSSES[experiment.loss].curvature is None
        steady = kinked | (width_after > STEADY_SHARE * width_before)
    late = crossings[:, -max(1, paths.shape[1] // 10) :].any(1)
    lost = growing | ~np.isfinite(distance).all(1)
    return np.select(
        [lost, late & steady, crossings.any(1)],
        [Regime.DIVERGING, Regime.RESTLESS, Regime.OSCILLATING],
        Regime.MONOTONE,
    )


def _find_crossings(steep: np.ndarray, smallest: np.ndarray) -> np.ndarray:
    """Where each run ``(runs, frames)`` jumps over the valley, from one wall to the other: ``(runs, frames - 1)``."""
    wide = np.abs(steep) > smallest[:, None]
    side = np.where(wide, np.sign(steep), 0.0)
    return np.asarray(side[:, 1:] * side[:, :-1] < 0)


def boundaries(experiment: Experiment, momenta: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The learning rates, for each momentum, up to which theory says monotone, and from which on diverging.

    With a = rate × λ the heavy ball's roots are those of z² − (1 + β − a) z + β: real and positive up to
    a = (1 − √β)², inside the unit circle up to 2 (1 + β). Nesterov's are those of z² − (1 + β)(1 − a) z + β (1 − a):
    up to a = (1 − β)² / (1 + β)², and 2 (1 + β) / (1 + 2β). ``None`` for a loss without a curvature and for
    mini-batches, each of which has a curvature of its own.
    Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
    """
    steepest = largest_curvature(experiment)
    in_batches = experiment.rows_per_batch < experiment.points
    if steepest is None or LOSSES[experiment.loss].curvature is None or in_batches:
        return None
    if experiment.optimizer == "nesterov":
        monotone = ((1 - momenta) / (1 + momenta)) ** 2
        stable = OPTIMIZERS["nesterov"].largest_step
    else:
        monotone = (1 - np.sqrt(momenta)) ** 2
        stable = OPTIMIZERS["momentum"].largest_step
    assert stable is not None
    return monotone / steepest, np.array([stable(float(each)) for each in momenta]) / steepest


def losses_by_rate(
    experiments: Sequence[Experiment], rates: tuple[float, float], on_progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The last loss of each experiment trained at many learning rates: rates ``(r,)`` and losses ``(experiments, r)``.

    A loss that left all bounds is infinite.
    """
    from playground.training import train  # brings TensorFlow

    across = np.geomspace(*rates, CURVE_RATES)
    plan = [each.model_copy(update={"learning_rate": float(rate)}) for each in experiments for rate in across]
    runs = train(plan, on_progress)
    last = np.array([run.loss[-1] if len(run.loss) else np.inf for run in runs], float)
    return across, np.where(np.isfinite(last), last, np.inf).reshape(len(experiments), CURVE_RATES)
