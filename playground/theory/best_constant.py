"""The constant that costs a loss least for a handful of numbers (an M-estimate of location), from its values alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from playground.losses import Loss, Target
from playground.text.typed_numbers import split_numbers
from playground.theory.search import bisect

MOST_NUMBERS = 200
LARGEST = 1e6

# All of these are shares of the range of the numbers. A slope is taken over STEP to either side; what lies
# closer together than SAME is one place. NEAR is where to look beside each number for narrow dips.
STEP = 1e-7
SAME = 1e-6
NEAR = (1e-6, 1e-5, 1e-4, 1e-3)
GRID = 1001
FLAT = 2e-8  # of the pulls of the single numbers: what rounding leaves of them when they cancel
DOUBLINGS = 50  # of the reach beyond the numbers
HALVINGS = 40  # of a stretch of the grid, a thousandth of the range: far below what rounding leaves


@dataclass(frozen=True)
class BestConstant:
    """The constants from ``low`` to ``high``, in the unit of the numbers, have the least mean loss, ``cost``.

    The two are equal unless the cost is flat between them, as that of MAE is for an even number of numbers. ``others``
    are the constants of further local minima, ascending.
    """

    low: float
    high: float
    cost: float
    others: tuple[float, ...] = ()


def read_numbers(text: str) -> np.ndarray:
    """The numbers in a visitor's text, between commas, semicolons or white space: shape ``(n,)``.

    Raises ``ValueError`` for text that is no number or can be read in two ways, and where ``check_numbers`` does.
    """
    numbers = split_numbers(text)
    _check_count(len(numbers))
    return check_numbers(np.array(numbers))


def check_numbers(y: np.ndarray) -> np.ndarray:
    """``y`` as floats ``(n,)``; raises ``ValueError`` if they are none, too many, not finite or too large."""
    y = np.asarray(y, dtype=float)
    if y.ndim != 1:
        raise ValueError(f"the numbers have shape {y.shape}; allowed is one row (n,): flatten them")
    _check_count(len(y))
    refused = y[~(np.abs(y) <= LARGEST)]  # the comparison is false for nan, too
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
    """``mean``, ``median`` and ``quantile`` of the numbers (n,), the last being one of them.

    The quantile is the smallest number with at least the share ``quantile`` at or below it: unlike a value
    between two numbers, it always costs the pinball loss least. Raises ``ValueError`` if ``quantile`` is not between 0
    and 1, and where ``check_numbers`` does.
    """
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile is {quantile}; allowed is a share between 0 and 1: choose one such as 0.9")
    y = check_numbers(y)
    share = np.quantile(y, quantile, method="inverted_cdf")
    return {"mean": float(np.mean(y)), "median": float(np.median(y)), "quantile": float(share)}


def cost_curve(loss: Loss, y: np.ndarray, constants: np.ndarray, **parameters: float) -> np.ndarray:
    """The mean loss of the numbers ``y`` (n,) if every one is predicted by each of ``constants`` (k,): shape (k,).

    Raises ``ValueError`` for a loss of labels, for numbers that it does not allow, and where ``check_numbers`` does.
    """
    return _point_losses(loss, _check_fitting(loss, y), np.asarray(constants, dtype=float), parameters).mean(axis=1)


def _check_fitting(loss: Loss, y: np.ndarray) -> np.ndarray:
    """The checked numbers, if the loss is one for such numbers."""
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
    """The constant whose mean loss is least, to a millionth of the range of ``y`` (n,), 200 numbers at most.

    Nothing is known of the loss but its values, so the picture and the answer cannot disagree. Dips that are
    narrower than a millionth of the range are not seen. For MSE it is the mean, for MAE the median, for the quantile
    loss the quantile. Raises ``ValueError`` as ``cost_curve`` does.
    """
    search = _MinimumSearch(loss, _check_fitting(loss, y), parameters)
    lows, highs = search.find_minima()
    costs = search.costs((lows + highs) / 2)
    best = int(np.argmin(costs))
    lows, highs = search.restore(lows), search.restore(highs)
    others = np.delete((lows + highs) / 2, best)
    return BestConstant(float(lows[best]), float(highs[best]), float(costs[best]), tuple(others.tolist()))


class _MinimumSearch:
    """Looks for the places where the slope of the mean loss turns from down to up."""

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
        """Constants as the visitor counts them; what is one of the numbers is that number to the last digit."""
        nearest = np.abs(constants[:, None] - self.y).argmin(axis=1)
        return np.where(constants == self.y[nearest], self.given[nearest], constants + self.origin)

    def costs(self, constants: np.ndarray) -> np.ndarray:
        return _point_losses(self.loss, self.y, constants, self.parameters).mean(axis=1)

    def slope_signs(self, constants: np.ndarray) -> np.ndarray:
        """Whether the mean loss falls (−1), stays (0) or rises (1).

        The difference is taken of each number's loss, which rounds less than a difference of means.
        """
        ahead, behind = (self._losses_at(constants + shift) for shift in (self.step, -self.step))
        pull, strength = (ahead - behind).mean(axis=1), np.abs(ahead - behind).mean(axis=1)
        return np.where(np.abs(pull) > FLAT * strength, np.sign(pull), 0.0)

    def _losses_at(self, constants: np.ndarray) -> np.ndarray:
        inside = np.maximum(constants, 0.0) if self.positive else constants
        return _point_losses(self.loss, self.y, inside, self.parameters)

    def find_minima(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest constant of every local minimum, ascending."""
        grid = self._make_grid()
        signs = self.slope_signs(grid)
        signs[[0, -1]] = -1, 1  # outside lies nothing better, and at 0 a positive loss may end on its way up
        turning = np.flatnonzero(signs)
        downs = [(a, b) for a, b in pairwise(turning) if signs[a] < 0 < signs[b]]
        left, right = grid[np.array(downs).T]
        low = self._find_borders(left, right, -0.5)
        high = self._find_borders(left, right, 0.5)
        return self._merge_borders(low, high)

    def _find_borders(self, left: np.ndarray, right: np.ndarray, level: float) -> np.ndarray:
        """Where, between left and right, the sign comes to exceed the level: by halving."""
        return bisect(lambda middle: self.slope_signs(middle) < level, left, right, HALVINGS)

    def _merge_borders(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Borders beside a number are that number; borders that only rounding parts are one."""
        low, high = self._snap_to_numbers(low), self._snap_to_numbers(high)
        apart = high - low > SAME * self.range
        middle = self._snap_to_numbers((low + high) / 2)
        return np.where(apart, low, middle), np.where(apart, high, middle)

    def _snap_to_numbers(self, constants: np.ndarray) -> np.ndarray:
        """The difference quotient blurs a corner over a step to either side."""
        nearest = self.y[np.abs(constants[:, None] - self.y).argmin(axis=1)]
        return np.where(np.abs(constants - nearest) <= 2 * self.step, nearest, constants)

    def _make_grid(self) -> np.ndarray:
        """Where to look: evenly, at each number, and close to each of them, where a robust loss may dip."""
        low, high = self._find_span()
        near = self.range * np.array([0.0, *NEAR])
        beside = self.y[:, None] + np.concatenate([near, -near])
        return np.unique(np.clip([*np.linspace(low, high, GRID), *beside.ravel()], low, high))

    def _find_span(self) -> tuple[float, float]:
        """Reaches beyond the numbers until the cost rises: what is near enough may cost nothing there, too."""
        least = self.costs(self.y).min()
        for pad in self.range / 8 * 2.0 ** np.arange(DOUBLINGS):
            ends = np.array([0.0 if self.positive else self.y.min() - pad, self.y.max() + pad])
            rises = self.costs(ends) > least
            if rises[1] and (rises[0] or self.positive):
                break
        return float(ends[0]), float(ends[1])
