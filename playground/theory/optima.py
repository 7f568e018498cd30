"""The exact optimum of a line under a loss, from the formula of the loss and without training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from cachetools import LRUCache, cached

from playground.data import make_data
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.theory.line_loss import mean_loss, point_losses, points, surface_key
from playground.theory.search import CANDIDATES, ROUNDS, find_bracket, minimise

PRECISION = 1e-9  # of a height, in units of the spread of y
SLACK = 1e3  # times PRECISION: how far off a height may be, as rounding makes losses near the least equal
MOST_PAIRS = 3000  # lines through two points, where a loss may have several valleys
STARTS = 8  # the best of those lines, from which searches start
SHRINKINGS = 56  # of such a search's grid, to 4e-13 of its first width
SUREST = 16.0  # a logit whose probability is within 1.2e-7 of 1
FAR = 100.0  # the largest residual at which convexity is tested, in units of y


@dataclass(frozen=True)
class Optimum:
    """The best line of a loss: its weights, in units of the model's input and of y, and its mean loss with penalties.

    ``certain`` says that no better line can exist, as the loss is convex.
    """

    slope: float
    intercept: float
    loss: float
    certain: bool


def least_squares(experiment: Experiment) -> tuple[float, float]:
    """Slope and intercept of the line of least squares, in units of the model's input and of y, without penalties."""
    x, y = points(experiment)
    slope, _ = _fit_least_squares(x, y)
    return slope, float(y.mean() - slope * x.mean())


@cached(LRUCache(maxsize=512), key=surface_key, lock=Lock())
def optimum(experiment: Experiment) -> Optimum:
    """The line with the least loss: what a training should arrive at, and what its verdict compares it with.

    If several lines are equally good it is the first that the search meets. For a convex loss it is exact to a
    billionth of the spread of y; a loss with several minima is searched from many starts. Experiments that differ only
    in how they train share one search.
    """
    convex = is_convex(experiment)
    slope, height = _search_one_valley(experiment) if convex else _search_valleys(experiment)
    intercept = height - slope * float(points(experiment)[0].mean())
    loss = float(mean_loss(experiment, slope, intercept))
    return Optimum(slope, intercept, loss if loss > rounding_loss(experiment) else 0.0, convex)


def _search_one_valley(experiment: Experiment) -> tuple[float, float]:
    """Slope and height at the mean of x of the best line under a convex loss, by two nested searches.

    The best height for each slope is a search of its own, and the loss there is again convex in the slope.
    """
    x, y = points(experiment)
    centred = x - x.mean()
    reach = float(np.abs(centred).max())

    def best_at(slopes: np.ndarray, floor: np.ndarray, ceiling: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best height between ``floor`` and ``ceiling`` for each slope, and the loss there: ``(k,)`` each."""
        return minimise(
            lambda heights: mean_loss(experiment, slopes[:, None], heights, (centred, y)), floor, ceiling, precision
        )

    def best_anywhere(slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best height of all for each slope: it lies between the lowest and the highest point."""
        offsets = y - slopes[:, None] * centred
        return best_at(slopes, offsets.min(1), offsets.max(1))

    start, tilt = _fit_least_squares(x, y)
    precision = PRECISION * (float(np.ptp(y)) or 1.0)
    low, high = find_bracket(lambda slopes: best_anywhere(slopes)[1], start, 4 * tilt)
    slopes = np.linspace(low, high, CANDIDATES)
    heights, losses = best_anywhere(slopes)
    for _ in range(ROUNDS):
        index = int(losses.argmin())
        best, middle = slopes[index], heights[index]
        slopes = np.linspace(slopes[max(index - 1, 0)], slopes[min(index + 1, CANDIDATES - 1)], CANDIDATES)
        # Another slope moves every point's offset by no more than this, and so the best height of a convex loss.
        moved = reach * np.abs(slopes - best) + SLACK * precision
        heights, losses = best_at(slopes, middle - moved, middle + moved)
    index = int(losses.argmin())
    return float(slopes[index]), float(heights[index])


def _fit_least_squares(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The slope of least squares, and the slope from the lowest y to the highest over the range of x."""
    spread = float(np.ptp(x))
    slope = float(np.polyfit(x - x.mean(), y, 1)[0]) if spread else 0.0
    return slope, (float(np.ptp(y)) or 1.0) / (spread or 1.0)


def _search_valleys(experiment: Experiment) -> tuple[float, float]:
    """Slope and height at the mean of x of the best line that is found for a loss with several minima.

    Searches start from the best of the lines through two points, as a line that fits some points well is near a line
    through two of them. It is a heuristic: a better line may exist.
    Source: Rousseeuw 1984, Least median of squares regression, https://doi.org/10.1080/01621459.1984.10477105
    """
    x, y = points(experiment)
    centred = x - x.mean()
    slope, tilt = _fit_least_squares(x, y)
    one, other = _choose_pairs(len(x))
    apart = centred[other] - centred[one]
    one, other, apart = one[apart != 0], other[apart != 0], apart[apart != 0]
    slopes = np.append((y[other] - y[one]) / apart, slope)
    heights = np.append(y[one] - slopes[:-1] * centred[one], y.mean())
    losses = mean_loss(experiment, slopes, heights - slopes * float(x.mean()))
    starts = np.argsort(losses)[:STARTS]
    return _shrink_grids(experiment, slopes[starts], heights[starts], tilt, float(np.ptp(y)) or 1.0)


def _choose_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The indices of pairs of points, two arrays ``(k,)``: all pairs, or many drawn at random."""
    if count * (count - 1) // 2 <= MOST_PAIRS:
        return np.triu_indices(count, 1)
    one, other = np.random.default_rng(0).integers(0, count, (2, MOST_PAIRS))
    return one, other


def _shrink_grids(
    experiment: Experiment, slopes: np.ndarray, heights: np.ndarray, tilt: float, height: float
) -> tuple[float, float]:
    """The best result of several searches, each on a grid that shrinks around its best line so far."""
    centre = float(points(experiment)[0].mean())
    rows = np.arange(len(slopes))
    across, up = (grid.ravel() for grid in np.meshgrid(np.linspace(-1, 1, 7), np.linspace(-1, 1, 7)))
    reach = 0.1
    for _ in range(SHRINKINGS):
        tried = slopes[:, None] + reach * tilt * across, heights[:, None] + reach * height * up
        losses = mean_loss(experiment, tried[0], tried[1] - tried[0] * centre)
        best = losses.argmin(1)
        slopes, heights = tried[0][rows, best], tried[1][rows, best]
        reach *= 0.6
    winner = int(losses[rows, best].argmin())
    return float(slopes[winner]), float(heights[winner])


def constant_loss(experiment: Experiment) -> float:
    """The loss of the best constant prediction, without penalties: what a model that ignores x arrives at.

    For labels the constant is a logit between −16 and 16.
    """
    y = make_data(experiment).y_train.astype(float).T
    fitting = lambda heights: point_losses(experiment, y[:, :, None], heights[:, None, :]).mean(1)  # noqa: E731
    surest = np.full(len(y), SUREST)
    low, high = (-surest, surest) if experiment.dataset in LABELLED_DISTRIBUTIONS else (y.min(1), y.max(1))
    _, loss = minimise(fitting, low, high)
    return float(loss.mean())


def rounding_loss(experiment: Experiment) -> float:
    """The loss that rounding leaves where the least is 0: residuals of one float32 rounding of the largest y."""
    _, y = points(experiment)
    error = float(np.finfo(np.float32).eps) * float(np.abs(y).max())
    zero = np.zeros(2)
    return float(
        point_losses(experiment, zero, np.array([error, -error])).max() - point_losses(experiment, zero, zero)[0]
    )


def has_minimum(experiment: Experiment) -> bool:
    """Whether a loss of labels has a minimum at a finite logit, instead of falling for ever as the logit grows.

    Cross-entropy has none, so a model that separates the labels never comes to rest.
    """
    sure = np.array([10.0, 20.0])
    cost = [point_losses(experiment, np.full(2, label), sign * sure) for label, sign in ((1.0, 1.0), (0.0, -1.0))]
    return not all(surer < less for less, surer in cost)


def is_convex(experiment: Experiment) -> bool:
    """Whether the loss is convex, so that every way downhill leads to its optimum: tested on residuals up to ±100.

    Source: Boyd and Vandenberghe 2004, Convex Optimization, section 4.2.2, https://web.stanford.edu/~boyd/cvxbook/
    """
    return _is_convex(experiment.loss, tuple(sorted(experiment.parameters.items())))


@lru_cache(maxsize=256)
def _is_convex(loss: str, parameters: tuple[tuple[str, float], ...]) -> bool:
    values = LOSSES[loss].curve(np.linspace(-FAR, FAR, 4001), **dict(parameters))
    return bool((np.diff(values, 2) >= -1e-9 * np.abs(values).max()).all())
