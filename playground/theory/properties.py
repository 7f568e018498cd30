"""The properties that make a loss good, each tested on values of the function.

No formula is used. A loss is a function of one number u: the residual, or the logit of a label 1.
Arrays of u are ``(k,)``. Each property is tested on a fine grid and, where one point decides, by
zooming in on the worst cell; a property that fails comes with the u at which it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from playground.losses import Loss, Target
from playground.text.language import N_
from playground.text.numbers import number

Function = Callable[[np.ndarray], np.ndarray]

WINDOW = 10.0  # half the width of the grid, in units of u
CELLS = 1024
ZOOMS = 24  # halvings of a cell of the grid: down to 3e-10
KINK_STEP = 1e-5  # small enough for a kink to show, large enough for rounding not to
TOLERANCE = 1e-9
FAR, FARTHER = 1e3, 1e4  # a gradient that still grows between these is taken to be unbounded


class Property(StrEnum):
    """What a loss may be; each is called by its English text, which is translated where it is shown."""

    NON_NEGATIVE = N_("non-negative")
    ZERO = N_("zero when right")
    CONTINUOUS = N_("continuous")
    DIFFERENTIABLE = N_("differentiable")
    CONVEX = N_("convex")
    BOUNDED = N_("bounded gradient")
    SYMMETRIC = N_("symmetric")
    EQUIVARIANT = N_("scale-equivariant")


@dataclass(frozen=True)
class PropertyCheck:
    """Whether a property holds, the reason as a clause, and the u ``at`` which it fails (``None`` if it holds)."""

    holds: bool
    reason: str
    at: float | None = None


@dataclass(frozen=True)
class Curve:
    """A loss as a function of one number u between ``low`` and ``high``.

    ``value`` gives the losses ``(k,)`` at u ``(k,)``. ``mirror`` is the loss of the opposite mistake, ``right`` the u
    of a perfect prediction.
    """

    value: Function
    mirror: Function
    right: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def of_label(self) -> bool:
        """Whether u is a logit: then there is no best prediction, only ever better ones."""
        return self.right != 0.0

    @property
    def opposite(self) -> str:
        """What ``mirror`` is called in a sentence."""
        return "the other label at the opposite logit" if self.of_label else "the opposite mistake"

    def grid(self) -> np.ndarray:
        """Evenly spaced u ``(k,)`` from −10 to 10 within the domain, 0 included."""
        points = np.linspace(-WINDOW, WINDOW, CELLS + 1)
        return points[(points >= self.low) & (points <= self.high)]

    def slope(self, u: np.ndarray, step: float = KINK_STEP) -> np.ndarray:
        """The derivative at u ``(k,)`` by central differences."""
        return (self.value(u + step) - self.value(u - step)) / (2 * step)


def make_curve(loss: Loss, y_true: float = 1.0, **parameters: float) -> Curve:
    """A loss by the residual at a true value ``y_true``, or by the logit of a label 1, which has no ``y_true``."""
    if loss.target is Target.LABEL:
        by_label = lambda label: lambda u: loss.value(np, np.full_like(u, label), u, **parameters)  # noqa: E731
        return Curve(by_label(1.0), lambda u: by_label(0.0)(-u), right=FAR)
    value = lambda u: loss.curve(u, y_true, **parameters)  # noqa: E731
    # Just inside the smallest prediction that is allowed, where the logarithm is still finite.
    low = -y_true * (1 - 1e-3) if loss.target is Target.POSITIVE else -np.inf
    return Curve(value, lambda u: value(-u), right=0.0, low=low)


@lru_cache(maxsize=256)
def find_properties(
    loss: Loss, y_true: float, parameters: tuple[tuple[str, float], ...]
) -> dict[Property, PropertyCheck]:
    """Check every property of a loss at a true value, with its parameters as ``(name, value)`` pairs.

    The results are cached, as the slider of one loss does not change the others.
    """
    return check_properties(make_curve(loss, y_true, **dict(parameters)))


def check_properties(curve: Curve) -> dict[Property, PropertyCheck]:
    """Check every property of a loss's curve, in the order of ``Property``.

    Sources: Boyd and Vandenberghe 2004, Convex Optimization, chapter 3, https://web.stanford.edu/~boyd/cvxbook/
    (convexity by chords); Huber 1981, Robust Statistics (a bounded gradient).
    """
    return {key: check(curve) for key, check in _CHECKS.items()}


def _check_non_negative(curve: Curve) -> PropertyCheck:
    u = curve.grid()
    values = curve.value(u)
    lowest = int(values.argmin())
    if values[lowest] >= -TOLERANCE:
        # A loss that still falls at an end of the grid may have a lower value, or no minimum.
        end = f" at {number(u[lowest])}, where the search ends" if lowest in (0, len(u) - 1) else ""
        return PropertyCheck(True, f"its lowest value is {number(values[lowest])}{end}")
    return PropertyCheck(False, f"it is {number(values[lowest])} at {number(u[lowest])}", float(u[lowest]))


def _check_zero_when_right(curve: Curve) -> PropertyCheck:
    value = float(curve.value(np.array([curve.right]))[0])
    where = "far on the right side" if curve.right else "at 0"
    if abs(value) <= TOLERANCE:
        return PropertyCheck(True, f"a right answer costs nothing ({where})")
    return PropertyCheck(False, f"a right answer costs {number(value)}", 0.0)


def _check_continuous(curve: Curve) -> PropertyCheck:
    u, jump = _find_jump(curve.value, curve.grid())
    if jump <= 1e-6:
        return PropertyCheck(True, "however far one zooms in, no step is left")
    return PropertyCheck(False, f"it jumps by {number(jump)} at {number(u)}", u)


def _find_jump(value: Function, u: np.ndarray) -> tuple[float, float]:
    """The u and the height of the largest jump: zoom in on every cell of u at once, always on its steeper half."""
    left, right = u[:-1], u[1:]
    at_left, at_right = value(left), value(right)
    for _ in range(ZOOMS):
        middle = (left + right) / 2
        at_middle = value(middle)
        to_left = np.abs(at_middle - at_left) >= np.abs(at_right - at_middle)
        left, right = np.where(to_left, left, middle), np.where(to_left, middle, right)
        at_left, at_right = np.where(to_left, at_left, at_middle), np.where(to_left, at_middle, at_right)
    jumps = np.abs(at_right - at_left)
    worst = int(jumps.argmax())
    return float(right[worst]), float(jumps[worst])


def _check_differentiable(curve: Curve) -> PropertyCheck:
    u, kink = _find_kink(curve.value, curve.grid()[1:-1])
    if kink <= 1e-3:
        return PropertyCheck(True, "its slope never jumps")
    before, after = curve.slope(np.array([u - 3 * KINK_STEP, u + 3 * KINK_STEP]))
    return PropertyCheck(False, f"its slope goes from {number(before)} to {number(after)} at {number(u)}", u)


def _find_kink(value: Function, centre: np.ndarray) -> tuple[float, float]:
    """The u of the sharpest kink and the change of slope there: zoom in on the largest bend near every ``centre``."""
    step = float(centre[1] - centre[0])
    turns = []
    for nearest in (KINK_STEP, KINK_STEP / 4):
        while step > nearest:
            step /= 2
            near = np.stack([centre + steps * step for steps in (-2, -1, 0, 1, 2)])
            values = value(near)
            bends = np.abs(values[2:] - 2 * values[1:-1] + values[:-2])
            centre = np.take_along_axis(near[1:-1], bends.argmax(axis=0)[None], axis=0)[0]
        turns.append(bends.max(axis=0) / step)
    # The change of slope of a smooth curve shrinks with the step; that of a kink does not.
    corners = np.where(turns[1] > 0.6 * turns[0], turns[1], 0.0)
    worst = int(corners.argmax())
    u = float(centre[worst])
    return (0.0 if abs(u) < 2 * step else u), float(corners[worst])


def _check_convex(curve: Curve) -> PropertyCheck:
    u = curve.grid()
    values = curve.value(u)
    scale = max(1.0, float(np.abs(values).max()))
    for reach in (1, 8, 64, 512):
        above = values[reach:-reach] - (values[: -2 * reach] + values[2 * reach :]) / 2
        if len(above) and above.max() > 1e-12 * scale * CELLS:
            worst = float(u[reach + int(above.argmax())])
            return PropertyCheck(False, f"it lies above its own chord at {number(worst)}", worst)
    return PropertyCheck(True, "no chord lies below it: it has one valley, and downhill leads there")


def _check_bounded(curve: Curve) -> PropertyCheck:
    near, far = (_find_steepest_slope(curve, reach) for reach in (FAR, FARTHER))
    if far[1] <= 1.5 * near[1]:
        return PropertyCheck(True, f"no error pulls harder than {number(far[1])}")
    return PropertyCheck(False, f"the pull grows without end: {number(far[1])} at {number(far[0])}", far[0])


def _find_steepest_slope(curve: Curve, reach: float) -> tuple[float, float]:
    """The u up to ``reach`` with the largest slope, and that slope; near the end of a domain, up to 1 / reach of it."""
    u = np.concatenate([-np.geomspace(1e-3, reach, 200)[::-1], np.geomspace(1e-3, reach, 200)])
    if np.isfinite(curve.low):
        border = curve.low / (1 - 1e-3)
        u = np.concatenate([border * (1 - 1 / np.geomspace(2, reach, 200)), u[u > 0]])
    slopes = np.abs(curve.slope(u, 1e-6 if np.isfinite(curve.low) else 1e-4))
    worst = int(slopes.argmax())
    return float(u[worst]), float(slopes[worst])


def _check_symmetric(curve: Curve) -> PropertyCheck:
    u = curve.grid()
    u = u[(u > 0) & (u <= -curve.low)] if np.isfinite(curve.low) else u[u > 0]
    values, mirrored = curve.value(u), curve.mirror(u)
    worst = int(np.abs(values - mirrored).argmax())
    if abs(values[worst] - mirrored[worst]) <= TOLERANCE * max(1.0, abs(values[worst])):
        return PropertyCheck(True, f"{curve.opposite} costs as much")
    cost = f"it costs {number(values[worst])} at {number(u[worst])}"
    return PropertyCheck(False, f"{cost}, but {curve.opposite} costs {number(mirrored[worst])}", float(u[worst]))


def _check_equivariant(curve: Curve) -> PropertyCheck:
    u = curve.grid()
    u = u[(np.abs(u) > 0.1) & (2 * u >= curve.low)]
    once, twice = curve.value(u), curve.value(2 * u)
    ratios = np.divide(twice, once, out=np.full_like(once, np.nan), where=np.abs(once) > TOLERANCE)
    usual = float(np.nanmedian(ratios)) if np.isfinite(ratios).any() else np.nan
    off = np.where(np.isnan(ratios), np.where(np.abs(twice) > TOLERANCE, np.inf, 0.0), np.abs(ratios - usual))
    worst = int(off.argmax())
    if np.isfinite(usual) and off[worst] <= 1e-6 * abs(usual):
        return PropertyCheck(True, f"twice the error costs {usual:.3g} times as much, however large it is")
    name = "logit" if curve.of_label else "error"
    return PropertyCheck(False, f"twice the {name} costs {_describe_multiples(u, ratios, worst)}", float(u[worst]))


def _describe_multiples(u: np.ndarray, ratios: np.ndarray, worst: int) -> str:
    """What doubling u costs at index ``worst``, and where it costs the most different multiple."""
    if np.isnan(ratios[worst]):
        return f"something at {number(u[worst])}, where once costs nothing"
    other = int(np.nanargmax(np.abs(ratios - ratios[worst])))
    one, two = (f"{number(ratios[index])} times as much at {number(u[index])}" for index in (worst, other))
    return f"{one}, but {two}"


_CHECKS: dict[Property, Callable[[Curve], PropertyCheck]] = {
    Property.NON_NEGATIVE: _check_non_negative,
    Property.ZERO: _check_zero_when_right,
    Property.CONTINUOUS: _check_continuous,
    Property.DIFFERENTIABLE: _check_differentiable,
    Property.CONVEX: _check_convex,
    Property.BOUNDED: _check_bounded,
    Property.SYMMETRIC: _check_symmetric,
    Property.EQUIVARIANT: _check_equivariant,
}
