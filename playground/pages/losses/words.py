"""The sentences of the Losses page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import parameter_words
from playground.losses import LOSSES, Loss
from playground.pages.losses.cross_check import CrossCheck
from playground.pages.losses.noise_ranking import NOISE_POINTS, contest, short_of_theory
from playground.tables.noise import NOISES
from playground.text.numbers import number, plain
from playground.text.phrases import listed
from playground.theory.best_constant import BestConstant
from playground.theory.coverage import expected_share_below
from playground.theory.efficiency import Spread, find_likelihood
from playground.theory.properties import Property

MEANINGS = {
    Property.NON_NEGATIVE: "no answer costs less than nothing",
    Property.ZERO: "a right answer is free",
    Property.CONTINUOUS: "the cost never jumps",
    Property.DIFFERENTIABLE: "the slope never jumps: no corner",
    Property.CONVEX: "no straight line between two points of the curve lies below it, so there is one valley",
    Property.BOUNDED: "there is a limit to how hard a single error can pull",
    Property.SYMMETRIC: "too high costs as much as too low",
    Property.EQUIVARIANT: "twice the error costs the same multiple for all errors, so the unit of y does not matter",
}
MEANINGS_OF_LABELS = MEANINGS | {
    Property.SYMMETRIC: "swap the labels and the sign of z, and the cost is the same",
    Property.EQUIVARIANT: "twice the logit costs the same multiple for all logits",
}


def constant_words(best: BestConstant) -> str:
    """The best constant in words: a number, or all between two."""
    return number(best.low) if best.low == best.high else f"all from {number(best.low)} to {number(best.high)}"


def zero_words(keys: Sequence[str], y: np.ndarray) -> str:
    """That zeros among the numbers decide alone what a percentage error fits, if there are any; nothing else."""
    zeros = int((y == 0).sum())
    if "mape" not in keys or not zeros or zeros == len(y):
        return ""
    which = "The zero" if zeros == 1 else f"The {zeros} zeros"
    decide = "decides" if zeros == 1 else "decide"
    return (
        f"{which} among the {len(y)} numbers {decide} alone what {LOSSES['mape'].label} fits: an error is divided by"
        " the number itself, for 0 by Keras's 0.0000001, so one zero outweighs all other numbers. Leave zeros out, or"
        " choose another loss."
    )


def fresh_words(keys: Sequence[str], quantile: float, count: int) -> list[str]:
    """What a quantile of a few numbers is worth for further ones."""
    if "quantile" not in keys:
        return []
    share, of = expected_share_below(count, quantile)
    return [
        f"The share τ = {plain(quantile)} is one of these {count} numbers. Of further numbers of the same law, {share}"
        f" in {of} lie below this quantile on average ({number(share / of)}), whatever the law, if no two numbers are"
        " ever equal."
    ]


def valleys_words(places: Sequence[float]) -> str:
    """Where else a loss has a valley, the first three."""
    shown = ", ".join(number(place) for place in places[:3])
    return f"{shown} …" if len(places) > 3 else shown or "–"


def corner_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss with a corner in the batch, and what each way makes of corners; none without one."""
    found = [_describe_corner(LOSSES[key], way) for key, way in ways.items() if way.corners.any()]
    return [*found, CORNER] if found else []


def keras_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss whose class in Keras gives no slope somewhere in the batch."""
    failed = {key: np.flatnonzero(way.keras_fails) + 1 for key, way in ways.items() if way.keras_fails.any()}
    return [
        f"Keras's own class for {LOSSES[key].label} has no slope at point{'s' * (len(places) > 1)}"
        f" {listed([str(place) for place in places])}: in 32 bits the probability is rounded to 0 or 1 before its"
        " logarithm or power is differentiated. The formula that trains here takes the logit instead, and its slope is"
        " in the row below."
        for key, places in failed.items()
    ]


def _describe_corner(loss: Loss, ways: CrossCheck) -> str:
    first, *others = (int(place) for place in np.flatnonzero(ways.corners))
    named = listed([str(place + 1) for place in (first, *others)])
    left, right = (number(float(slopes[first])) for slopes in (ways.left, ways.right))
    there = f"points {named}. At point {first + 1}" if others else f"point {named}. There"
    return f"{loss.label} has a corner at {there} its slope is {left} on the left and {right} on the right."


def rmse_words(y_true: np.ndarray, y_pred: np.ndarray) -> str:
    """MAE and RMSE of a batch, two numbers that are sometimes confused."""
    residual = y_pred - y_true
    mae, rmse = float(np.abs(residual).mean()), float(np.sqrt(np.square(residual).mean()))
    return RMSE.format(mae=number(mae), rmse=number(rmse))


def likelihood_words(noise_shape: str) -> str:
    """Which loss is the negative log-likelihood of a noise shape."""
    found, label = find_likelihood(noise_shape), NOISES[noise_shape].label
    if found is None:
        return f"**{label}** noise: no loss of this table is its negative log-likelihood."
    settings = parameter_words(found.parameters)
    return f"**{label}** noise: {LOSSES[found.loss].label}{settings} is its negative log-likelihood, but for a factor."


def spread_rows(spreads: Sequence[Spread]) -> list[list[str]]:
    """The table's rows: spread, efficiency measured and in theory, one column a loss."""
    return [
        ["spread of the slope", *(f"{number(each.spread)} ± {number(each.standard_error, 2)}" for each in spreads)],
        [
            "efficiency against MSE",
            *(f"{number(each.efficiency)} ± {number(each.efficiency_error, 2)}" for each in spreads),
        ],
        ["the same in theory, many points", *(number(each.theory) if each.theory else "–" for each in spreads)],
    ]


def ranking_words(spreads: Sequence[Spread]) -> str:
    """Which loss scatters least, and from which others chance does not part it."""
    over = f"Over {len(spreads[0].slopes)} seeds"
    if len(spreads) == 1:
        return f"{over} {_name_loss(spreads[0])} is alone: choose other losses to hold against it."
    best, runner_up, alike = contest(spreads)
    if alike:
        verdict = (
            f"{_name_loss(best)} scatters least, but is not distinguishable from {listed(list(map(_name_loss, alike)))}"
        )
    else:
        verdict = f"{_name_loss(best)} is best: chance does not explain its lead over {_name_loss(runner_up)}, the next"
    gain = f" To be as sure of the slope, MSE needs {number(best.efficiency)} times the points."
    return f"{over} {verdict}.{'' if 'mse' in {best.loss, *(each.loss for each in alike)} else gain}"


def short_words(spreads: Sequence[Spread]) -> list[str]:
    """Which losses stay below their theory; and why, of the one whose reason is known."""
    return [
        f"{_name_loss(each)} stays at {number(each.efficiency)}, below the {number(each.theory or 0.0)} of theory, by"
        f" more than chance explains{FEW_POINTS if each.loss == 'mae' else '.'}"
        for each in short_of_theory(spreads)
    ]


def _name_loss(spread: Spread) -> str:
    return LOSSES[spread.loss].label


PROPERTIES = (
    "Every verdict is found by trying the function itself on thousands of points and zooming in; no formula is known to"
    " the panel. A cross on the curve marks where a property fails."
)
CORNERED = {
    "regression": ("MAE is not, at 0", "ŷ = y"),
    "classification": ("Hinge is not, at its margin", "y = 1 and z = 1"),
}
DIFFERENTIABLE = {
    task: f"It is often said that a loss must be differentiable. {which}, and trains all the same: at the corner any"
    " slope between the two sides will do (a subgradient), and Keras takes one. See it under Four ways, at a point"
    f" where {where}."
    for task, (which, where) in CORNERED.items()
}
FITS = (
    "MSE answers with the mean, MAE with the median (all between the two middle numbers, if there are two), the"
    " quantile loss with the smallest number with at least a share τ of the numbers at or below it. Move one number"
    " far away and see which answers follow."
)
CORNER = (
    "At a corner every slope between the two sides will do. The formula and Keras each choose one, and the finite"
    " difference takes the mean of both."
)
STABLE = (
    "At p = 0 the logarithm is infinite, and at p = 1 it is 0 times infinity. The probability was rounded to 0 or 1"
    " before the logarithm was taken; the logit z was not. max(z, 0) − zy + log(1 + e^−|z|) never takes the exponential"
    " of a positive number, so nothing overflows and nothing is lost."
)
RMSE = (
    "MAE, the mean absolute error, is {mae} here; RMSE, the root of the mean squared error, is {rmse}: two different"
    " numbers that are sometimes confused. RMSE is MSE in the unit of y, good for reporting. Nobody trains on it: its"
    " minimum is MSE's, but the root couples all points of a batch, and at a perfect fit its slope does not exist."
)
EFFICIENCY = (
    f"Each seed draws {NOISE_POINTS} points of the article's line with noise 1, and each loss trains its own line on"
    " them for 1,000 epochs. Efficiency is the variance of MSE's slopes divided by that of the loss; what follows ± is"
    " its standard error. The theory is for infinitely many points. All losses share their seeds: chance hits them"
    " alike."
)
# The exact optima of MAE were held against its trainings, and over more and fewer points; of no other loss.
FEW_POINTS = (
    f": {NOISE_POINTS} points are few for it. Training is not the reason: the exact optima of the same points scatter"
    " as much."
)
