"""Statistical efficiency: how much the slope that a loss fits varies from one draw of the noise to the next.

It is the reason to choose a loss by its noise: an efficiency of 2 saves half of the points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from playground.experiment import Experiment, settings
from playground.losses import LOSSES, Loss, Target, losses_for
from playground.progress import Progress
from playground.tables.noise import NOISES
from playground.theory.search import bisect

# Settings under which every loss that ``comes_to_rest`` ends at its own optimum, whatever the noise shape. Measured
# over 300 seeds: the spread is within 1.2% of that of the exact optima, and 0.1% for losses without a corner.
# The length of Adam's steps does not depend on the size of the gradient, so one rate suits every loss.
SETTLED = {"optimizer": "adam", "learning_rate": 0.03}

# Residuals at which integrals are summed: dense at 0 and out to ±1e5, where Student's t still has 1e-5 of its variance.
FINEST, FARTHEST, HALF = 0.01, 1e5, 40_000
CENTRES = 10.0  # the best constant of every loss is within so many standard deviations of 0
HALVINGS = 50

ERRORS = np.linspace(-20.0, 20.0, 2001)  # where a likelihood is compared with a loss
EQUAL = 1e-9  # of the largest value: what rounding leaves of a difference of equal values


@dataclass(frozen=True, eq=False)
class Spread:
    """How the slope fitted with one loss varies over n seeds.

    ``slopes`` is ``(n,)``, ``spread`` their standard deviation and ``standard_error`` that of the spread, in units of
    y per unit of x. ``efficiency`` is the variance of the slopes of MSE divided by that of this loss, with its standard
    error ``efficiency_error``: at 2, MSE needs twice the points to be as good. ``theory`` is its limit for many points,
    ``None`` where that is unknown.
    """

    loss: str
    slopes: np.ndarray
    spread: float
    standard_error: float
    efficiency: float
    efficiency_error: float
    theory: float | None


def study_noise(
    noise_shape: str,
    losses: Sequence[str],
    seeds: int = 300,
    epochs: int = 1000,
    on_progress: Progress | None = None,
    **changes: float,
) -> list[Spread]:
    """Train the article's line with noise 1 under every loss and seed: one ``Spread`` per loss, in their order.

    It measures by training what ``predict_efficiency`` computes for many points. ``changes`` are other settings by
    name, such as ``scale`` or ``points``; the rest have their defaults. With the article's 21 points a loss with a
    corner is far from its ``theory``, with 128 it is near. ``on_progress(share)`` is called with the share that is
    done; if it returns ``False``, the result is empty. Raises ``ValueError`` for fewer than two seeds, no loss, or
    losses that do not come to rest in such a run.
    """
    _check_losses(losses, seeds)
    experiments = make_noise_experiments(noise_shape, losses, seeds, epochs, **changes)
    from playground.training import train  # brings TensorFlow, which a page must not wait for

    runs = train(experiments, on_progress)
    if any(run.epochs < epochs for run in runs):
        return []
    slopes = np.array([run.weights[0][0, 0] for run in runs], float).reshape(-1, seeds)
    firsts = experiments[::seeds]
    spreads = {first.loss: _measure_spread(first, row, slopes[0]) for first, row in zip(firsts, slopes, strict=True)}
    return [spreads[key] for key in losses]


def make_noise_experiments(
    noise_shape: str, losses: Sequence[str], seeds: int, epochs: int, **changes: float
) -> list[Experiment]:
    """The experiments of ``study_noise``, loss by loss. MSE always comes first, as the reference of the others."""
    base = Experiment(noise=1.0, noise_shape=noise_shape, epochs=epochs, **SETTLED, **changes)
    keys = dict.fromkeys(["mse", *losses])
    return [base.replace(loss=key, seed=seed) for key in keys for seed in range(seeds)]


def settling_losses() -> list[str]:
    """The keys of the losses whose efficiency a study can measure: their training ends at their own optimum."""
    return [key for key in losses_for("regression") if LOSSES[key].comes_to_rest]


def _check_losses(losses: Sequence[str], seeds: int) -> None:
    refused = [key for key in losses if key not in settling_losses()]
    if refused or not losses:
        raise ValueError(
            f"losses holds {refused or 'nothing'}; allowed are {', '.join(settling_losses())}: "
            "the others do not come to rest in such a run"
        )
    if seeds < 2:
        raise ValueError(f"seeds is {seeds}; allowed is 2 or more: one slope has no spread")


def _measure_spread(experiment: Experiment, slopes: np.ndarray, reference: np.ndarray) -> Spread:
    ratio = float(reference.var() / slopes.var())
    return Spread(
        loss=experiment.loss,
        slopes=slopes,
        spread=float(slopes.std(ddof=1)),
        standard_error=standard_error(relative_squares(slopes)) * float(slopes.std()) / 2,
        efficiency=ratio,
        efficiency_error=standard_error(relative_squares(reference) - relative_squares(slopes)) * ratio,
        theory=predict_efficiency(experiment.noise_shape, experiment.loss, **experiment.parameters),
    )


def relative_squares(slopes: np.ndarray) -> np.ndarray:
    """Squared distances of ``slopes`` (n,) from their mean, in units of their variance: ``(n,)``.

    They are the influence of each seed on the logarithm of the variance. Both standard errors follow from them by the
    delta method, for slopes of any distribution with a fourth moment. Two losses share their seeds, so the error of
    their ratio comes from the differences of these values.
    Source: van der Vaart 1998, Asymptotic Statistics, chapter 3.
    """
    return np.square(slopes - slopes.mean()) / slopes.var()


def standard_error(values: np.ndarray) -> float:
    """The standard error of the mean of independent values ``(n,)``."""
    return float(values.std(ddof=1)) / sqrt(len(values))


def density(noise_shape: str, e: np.ndarray) -> np.ndarray:
    """The probability density of a noise shape at the errors ``e`` of any shape, in that shape.

    The noise has mean 0 and standard deviation 1, so the density is per standard deviation. Raises ``ValueError`` for
    a noise shape that is not in the table.
    """
    if noise_shape not in NOISES:
        raise ValueError(f"noise_shape is {noise_shape!r}; allowed are {', '.join(NOISES)}")
    return NOISES[noise_shape].density(np.asarray(e, dtype=float))


@lru_cache(maxsize=256)
def predict_efficiency(noise_shape: str, loss: str, **parameters: float) -> float | None:
    """The asymptotic efficiency of a loss's slope relative to that of MSE; ``None`` if it has none.

    An M-estimator's variance is E[ψ²] / E[ψ']² with ψ the derivative of the loss, and that of MSE is 1 in units of
    the noise's variance. ψ is taken about the constant that fits the noise best, which is what the intercept becomes
    under skewed noise. Raises ``ValueError`` for a noise shape that is not in the table.
    Source: Huber 1964, https://doi.org/10.1214/aoms/1177703732
    """
    if LOSSES[loss].target is not Target.REAL:
        return None
    if loss == "mse":
        return 1.0  # by definition; the sums over residuals would be off by a thousandth
    sums = _Expectations(noise_shape, LOSSES[loss], parameters)
    centre = sums.find_centre()
    noise, curvature = sums.mean_square(centre), sums.mean_curvature(centre)
    if not noise > 0.0 or not isfinite(noise) or not curvature > 0.0:
        return None
    return float(curvature**2 / noise)


class _Expectations:
    """Expectations of a loss's derivatives under a noise shape, with residuals ``centre − error``.

    ψ is the slope of the loss between neighbouring residuals, and ψ' its change, so that a corner such as that of MAE
    counts in full, as a jump of the slope.
    """

    def __init__(self, noise_shape: str, loss: Loss, parameters: Mapping[str, float]) -> None:
        self.noise_shape = noise_shape
        reach = np.arcsinh(FARTHEST / FINEST)
        self.residuals = FINEST * np.sinh(np.linspace(-reach, reach, 2 * HALF + 1))
        self.middles = (self.residuals[1:] + self.residuals[:-1]) / 2
        self.widths = np.diff(self.residuals)
        self.slopes = np.diff(loss.curve(self.residuals, **parameters)) / self.widths

    def find_centre(self) -> float:
        """The constant at which the mean slope is 0: 0 itself if it is 0 there, else the one that bisection finds.

        Under a convex loss the mean slope grows with the constant, so there is no other.
        """
        if abs(self.mean_slope(0.0)) < EQUAL:
            return 0.0
        is_before = lambda centre: np.array([self.mean_slope(float(centre[0])) < 0])  # noqa: E731
        return float(bisect(is_before, np.array([-CENTRES]), np.array([CENTRES]), HALVINGS)[0])

    def mean_slope(self, centre: float) -> float:
        return float(np.sum(self.slopes * self._weigh_intervals(centre)))

    def mean_square(self, centre: float) -> float:
        return float(np.sum(np.square(self.slopes) * self._weigh_intervals(centre)))

    def mean_curvature(self, centre: float) -> float:
        return float(np.sum(np.diff(self.slopes) * density(self.noise_shape, centre - self.residuals[1:-1])))

    def _weigh_intervals(self, centre: float) -> np.ndarray:
        """The probability of each interval between residuals."""
        return density(self.noise_shape, centre - self.middles) * self.widths


class Likelihood(NamedTuple):
    """A loss by its key, with the parameters at which it is a negative log-likelihood."""

    loss: str
    parameters: dict[str, float]


@lru_cache(maxsize=16)
def find_likelihood(noise_shape: str) -> Likelihood | None:
    """The loss that equals minus the log density of the noise up to a factor and a constant; ``None`` if none does.

    Training on it is maximum likelihood. It is found by comparing values, for every loss of numbers at every position
    of the sliders of its parameters; the loss with the fewest parameters comes first. Raises ``ValueError`` for a
    noise shape that is not in the table.
    """
    with np.errstate(divide="ignore"):
        cost = -np.log(density(noise_shape, ERRORS))
    if not np.isfinite(cost).all():
        return None  # an impossible error has infinite cost, which no loss here has
    losses = sorted((loss for loss in LOSSES.values() if loss.target is Target.REAL), key=lambda x: len(x.parameters))
    candidates = (Likelihood(loss.key, parameters) for loss in losses for parameters in _list_slider_stops(loss))
    return next(
        (match for match in candidates if _is_scaled(LOSSES[match.loss].curve(-ERRORS, **match.parameters), cost)), None
    )


def _list_slider_stops(loss: Loss) -> list[dict[str, float]]:
    values = [getattr(settings()[name], "stops", ()) for name in loss.parameters]
    return [dict(zip(loss.parameters, combination, strict=True)) for combination in product(*values)]


def _is_scaled(loss: np.ndarray, cost: np.ndarray) -> bool:
    """Whether ``cost`` (n,) is ``loss`` (n,) times a positive factor plus a constant, by least squares."""
    loss, cost = loss - loss.mean(), cost - cost.mean()
    if not loss.any():
        return False
    factor = float(loss @ cost / (loss @ loss))
    return factor > 0 and float(np.abs(cost - factor * loss).max()) < EQUAL * float(np.abs(cost).max())
