"""The constant with the least mean loss for some numbers (an M-estimate of location), from values of the loss alone.

Source: Huber 1964, Robust estimation of a location parameter, https://doi.org/10.1214/aoms/1177703732
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from playground.losses import Loss, Target
from playground.text.typed_numbers import split_numbers
from playground.theory.search import bisect

MOST_NUMBERS = 200
LARGEST = 1e6

# All of these are shares of the range of the numbers. A slope is taken over STEP to either side; positions closer
# together than SAME are one. NEAR is where to look beside each number for narrow minima.
STEP = 1e-7
SAME = 1e-6
NEAR = (1e-6, 1e-5, 1e-4, 1e-3)
GRID = 1001
FLAT = 2e-8  # of the slopes of the single numbers: what rounding leaves of their sum when they cancel
DOUBLINGS = 50  # of the distance beyond the numbers
HALVINGS = 40  # of a cell of the grid, a thousandth of the range: far below rounding


@dataclass(frozen=True)
class BestConstant:
    """All constants from ``low`` to ``high``, in the unit of the numbers, have the least mean loss, ``cost``.

    The two are equal unless the mean loss is flat between them, as that of MAE is for an even number of numbers.
    ``others`` are the constants of further local minima, ascending.
    """

    low: float
    high: float
    cost: float
    others: tuple[float, ...] = ()


def read_numbers(text: str) -> np.ndarray:
    """The numbers in a text that somebody typed, separated by commas, semicolons or white space: ``(n,)``.

    Raises ``ValueError`` for a part that is not a number or can be read in two ways, and where ``check_numbers`` does.
    """
    numbers = split_numbers(text)
    _check_count(len(numbers))
    return check_numbers(np.array(numbers))


def check_numbers(y: np.ndarray) -> np.ndarray:
    """``y`` (n,) as floats, which are then safe to compute with.

    Raises ``ValueError`` if there are none or more than 200, or one is not finite or beyond ±1,000,000.
    """
    y = np.asarray(y, dtype=float)
    if y.ndim != 1:
        raise ValueError(f"the numbers have shape {y.shape}; allowed is one row (n,): flatten them")
    _check_count(len(y))
    refused = y[~(np.abs(y) <= LARGEST)]  # the comparison is false for NaN
    if len(refused):
        raise ValueError(
            f"Among the numbers is {refused[0]:g}; allowed are numbers from {-LARGEST:,.0f} to {LARGEST:,.0f}: "
            "remove it or use a larger unit"
        )
    return y


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_NUMBERS:
        advice = "write at least one" if count == 0 else "remove some"
        raise ValueError(f"{count} numbers were given; allowed are 1 to {MOST_NUMBERS}: {advice}")


def statistics(y: np.ndarray, quantile: float) -> dict[str, float]:
    """The ``mean``, ``median`` and ``quantile`` of the numbers ``(n,)``: what MSE, MAE and the quantile loss fit.

    The quantile is the smallest number with at least the share ``quantile`` at or below it: unlike a value
    interpolated between two numbers, it always has the least pinball loss. Raises ``ValueError`` if ``quantile`` is not
    between 0 and 1, and where ``check_numbers`` does.
    Source: Koenker and Bassett 1978, Regression quantiles, https://doi.org/10.2307/1913643
    """
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile is {quantile}; allowed is a share between 0 and 1: choose one such as 0.9")
    y = check_numbers(y)
    share = np.quantile(y, quantile, method="inverted_cdf")
    return {"mean": float(np.mean(y)), "median": float(np.median(y)), "quantile": float(share)}


def cost_curve(loss: Loss, y: np.ndarray, constants: np.ndarray, **parameters: float) -> np.ndarray:
    """The mean loss ``(k,)`` of predicting all numbers ``y`` (n,) by each of ``constants`` (k,).

    Its lowest point is ``best_constant``. Raises ``ValueError`` for a loss of labels, for numbers that the loss does
    not allow, and where ``check_numbers`` does.
    """
    return _point_losses(loss, _check_fitting(loss, y), np.asarray(constants, dtype=float), parameters).mean(axis=1)


def _check_fitting(loss: Loss, y: np.ndarray) -> np.ndarray:
    """The checked numbers ``(n,)``. Raises ``ValueError`` if the loss does not allow them."""
    y = check_numbers(y)
    if loss.target is Target.LABEL:
        raise ValueError(f"{loss.label} is for labels 0 and 1, not for numbers: choose a loss of a regression")
    if loss.target is Target.POSITIVE and y.min() < 0:
        raise ValueError(f"Among the numbers is {y.min():g}; {loss.label} allows none below 0: choose another loss")
    return y


def _point_losses(loss: Loss, y: np.ndarray, constants: np.ndarray, parameters: dict[str, float]) -> np.ndarray:
    """The loss of each number at each constant, ``(k, n)``."""
    predicted = np.broadcast_to(constants[:, None], (len(constants), len(y)))
    return loss.value(np, np.broadcast_to(y, predicted.shape), predicted, **parameters)


def best_constant(loss: Loss, y: np.ndarray, **parameters: float) -> BestConstant:
    """The constant with the least mean loss, to a millionth of the range of ``y`` (n,), 200 numbers at most.

    It shows what a loss fits: for MSE it is the mean, for MAE the median, for the quantile loss the quantile. The
    search uses values of the loss alone, so it cannot disagree with the plotted curve. Minima narrower than a
    millionth of the range are missed. Raises ``ValueError`` as ``cost_curve`` does.
    """
    search = _MinimumSearch(loss, _check_fitting(loss, y), parameters)
    lows, highs = search.find_minima()
    costs = search.costs((lows + highs) / 2)
    best = int(np.argmin(costs))
    lows, highs = search.restore(lows), search.restore(highs)
    others = np.delete((lows + highs) / 2, best)
    return BestConstant(float(lows[best]), float(highs[best]), float(costs[best]), tuple(others.tolist()))


class _MinimumSearch:
    """Finds where the slope of the mean loss turns from down to up. Constants are ``(k,)``, from ``origin`` on."""

    def __init__(self, loss: Loss, y: np.ndarray, parameters: dict[str, float]) -> None:
        self.loss = loss
        self.parameters = parameters
        self.positive = loss.target is Target.POSITIVE
        # Large numbers that differ little lose digits in every residual. Only residuals count, unless y must be > 0.
        self.origin = 0.0 if self.positive else float(y.min())
        self.given = y
        self.y = y - self.origin
        self.range = float(np.ptp(y)) or 1.0
        self.step = STEP * self.range

    def restore(self, constants: np.ndarray) -> np.ndarray:
        """Constants in the unit of the given numbers; one that is a given number equals it to the last digit."""
        nearest = np.abs(constants[:, None] - self.y).argmin(axis=1)
        return np.where(constants == self.y[nearest], self.given[nearest], constants + self.origin)

    def costs(self, constants: np.ndarray) -> np.ndarray:
        return _point_losses(self.loss, self.y, constants, self.parameters).mean(axis=1)

    def slope_signs(self, constants: np.ndarray) -> np.ndarray:
        """Whether the mean loss falls (−1), stays (0) or rises (1) at each constant.

        The mean of each number's difference rounds less than a difference of means.
        """
        above, below = constants + self.step, constants - self.step
        if self.positive:
            above, below = np.maximum(above, 0.0), np.maximum(below, 0.0)
        ahead, behind = (_point_losses(self.loss, self.y, near, self.parameters) for near in (above, below))
        rise, strength = (ahead - behind).mean(axis=1), np.abs(ahead - behind).mean(axis=1)
        return np.where(np.abs(rise) > FLAT * strength, np.sign(rise), 0.0)

    def find_minima(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest constant of every local minimum, ascending."""
        grid = self._make_grid()
        signs = self.slope_signs(grid)
        signs[[0, -1]] = -1, 1  # outside lies nothing better, and at 0 a positive loss may end on its way up
        turning = np.flatnonzero(signs)
        downs = [(a, b) for a, b in pairwise(turning) if signs[a] < 0 < signs[b]]
        left, right = grid[np.array(downs).T]
        low = bisect(lambda constants: self.slope_signs(constants) < -0.5, left, right, HALVINGS)
        high = bisect(lambda constants: self.slope_signs(constants) < 0.5, left, right, HALVINGS)
        return self._merge_borders(low, high)

    def _merge_borders(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Move borders beside a number onto it, and make one of borders that differ only by rounding."""
        low, high = self._snap_to_numbers(low), self._snap_to_numbers(high)
        apart = high - low > SAME * self.range
        middle = self._snap_to_numbers((low + high) / 2)
        return np.where(apart, low, middle), np.where(apart, high, middle)

    def _snap_to_numbers(self, constants: np.ndarray) -> np.ndarray:
        """Move constants onto a number within two steps: the difference quotient blurs a corner by that much."""
        nearest = self.y[np.abs(constants[:, None] - self.y).argmin(axis=1)]
        return np.where(np.abs(constants - nearest) <= 2 * self.step, nearest, constants)

    def _make_grid(self) -> np.ndarray:
        """Constants to try: evenly spaced, each number, and close to each number, where a robust loss may dip."""
        low, high = self._find_span()
        near = self.range * np.array([0.0, *NEAR])
        beside = self.y[:, None] + np.concatenate([near, -near])
        return np.unique(np.clip([*np.linspace(low, high, GRID), *beside.ravel()], low, high))

    def _find_span(self) -> tuple[float, float]:
        """A range beyond the numbers at whose ends the cost has risen: some losses cost nothing near a number."""
        least = self.costs(self.y).min()
        for pad in self.range / 8 * 2.0 ** np.arange(DOUBLINGS):
            ends = np.array([0.0 if self.positive else self.y.min() - pad, self.y.max() + pad])
            rises = self.costs(ends) > least
            if rises[1] and (rises[0] or self.positive):
                break
        return float(ends[0]), float(ends[1])
