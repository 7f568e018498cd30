"""The sentences of the Losses page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.experiment.names import parameter_words
from playground.losses import LOSSES, Loss
from playground.pages.losses.cross_check import CrossCheck
from playground.pages.losses.noise_ranking import NOISE_POINTS, contest, short_of_theory
from playground.tables.noise import NOISES
from playground.text.language import N_, _, ngettext
from playground.text.numbers import number, plain
from playground.text.phrases import listed
from playground.theory.best_constant import BestConstant
from playground.theory.coverage import expected_share_below
from playground.theory.efficiency import Spread, find_likelihood
from playground.theory.properties import Property

MEANINGS = {
    Property.NON_NEGATIVE: N_("no prediction costs less than 0"),
    Property.ZERO: N_("a right prediction costs nothing"),
    Property.CONTINUOUS: N_("the cost never jumps"),
    Property.DIFFERENTIABLE: N_("the slope never jumps, so there is no corner"),
    Property.CONVEX: N_("no straight line between two points of the curve lies below it, so there is one valley"),
    Property.BOUNDED: N_("the pull of a single error is limited"),
    Property.SYMMETRIC: N_("too high costs as much as too low"),
    Property.EQUIVARIANT: N_(
        "doubling any error multiplies its cost by the same factor, so the unit of y does not matter"
    ),
}
MEANINGS_OF_LABELS = MEANINGS | {
    Property.SYMMETRIC: N_("swap the labels and the sign of z, and the cost is the same"),
    Property.EQUIVARIANT: N_("doubling any logit multiplies its cost by the same factor"),
}


def meaning_words(task: str) -> str:
    """What each property means for the losses of a task."""
    meanings = MEANINGS_OF_LABELS if task == "classification" else MEANINGS
    parts = [_("{property}: {meaning}").format(property=_(each), meaning=_(text)) for each, text in meanings.items()]
    return _("What the properties mean – {meanings}.").format(meanings=_("; ").join(parts))


def constant_words(best: BestConstant) -> str:
    """The best constant in words: a number, or all between two."""
    if best.low == best.high:
        return number(best.low)
    return _("all from {low} to {high}").format(low=number(best.low), high=number(best.high))


def zero_words(keys: Sequence[str], y: np.ndarray) -> str:
    """That zeros among the numbers decide alone what a percentage error fits, if there are any; nothing else."""
    zeros = int((y == 0).sum())
    if "mape" not in keys or not zeros or zeros == len(y):
        return ""
    return ngettext(
        "The zero among the {count} numbers alone decides what {loss} fits. An error is divided by the number itself,"
        " and for 0 by Keras's 0.0000001, so one zero outweighs all other numbers. Leave the zero out, or choose"
        " another loss.",
        "The {zeros} zeros among the {count} numbers alone decide what {loss} fits. An error is divided by the number"
        " itself, and for 0 by Keras's 0.0000001, so one zero outweighs all other numbers. Leave the zeros out, or"
        " choose another loss.",
        zeros,
    ).format(zeros=zeros, count=len(y), loss=LOSSES["mape"].label)


def fresh_words(keys: Sequence[str], quantile: float, count: int) -> list[str]:
    """What a quantile of a few numbers is worth for further ones."""
    if "quantile" not in keys:
        return []
    share, of = expected_share_below(count, quantile)
    return [
        _(
            "The share τ = {quantile} holds for the numbers that are entered here, {count} in all. Of new numbers from"
            " the same distribution, {share} in {of} lie below this quantile on average ({ratio}). This holds for"
            " every distribution in which no two numbers are ever equal."
        ).format(quantile=plain(quantile), count=count, share=share, of=of, ratio=number(share / of))
    ]


def valleys_words(places: Sequence[float]) -> str:
    """Where else a loss has a valley, the first three."""
    shown = ", ".join(number(place) for place in places[:3])
    return f"{shown} …" if len(places) > 3 else shown or "–"


def corner_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss with a corner in the batch, and what each way makes of corners; none without one."""
    found = [_describe_corner(LOSSES[key], way) for key, way in ways.items() if way.corners.any()]
    return [*found, _(CORNER)] if found else []


def keras_words(ways: dict[str, CrossCheck]) -> list[str]:
    """A sentence for every loss whose class in Keras gives no slope somewhere in the batch."""
    failed = {key: np.flatnonzero(way.keras_fails) + 1 for key, way in ways.items() if way.keras_fails.any()}
    return [
        ngettext(
            "Keras's own class for {loss} has no slope at point {points}. In 32 bits the probability is rounded to 0 or"
            " 1 before its logarithm or power is differentiated. The formula that trains here takes the logit instead,"
            " and its slope is in the row below.",
            "Keras's own class for {loss} has no slope at points {points}. In 32 bits the probability is rounded to 0"
            " or 1 before its logarithm or power is differentiated. The formula that trains here takes the logit"
            " instead, and its slope is in the row below.",
            len(places),
        ).format(loss=LOSSES[key].label, points=listed([str(place) for place in places]))
        for key, places in failed.items()
    ]


def _describe_corner(loss: Loss, ways: CrossCheck) -> str:
    places = [int(place) for place in np.flatnonzero(ways.corners)]
    left, right = (number(float(slopes[places[0]])) for slopes in (ways.left, ways.right))
    return ngettext(
        "{loss} has a corner at point {points}. There its slope is {left} on the left and {right} on the right.",
        "{loss} has a corner at points {points}. At point {first} its slope is {left} on the left and {right} on the"
        " right.",
        len(places),
    ).format(
        loss=loss.label,
        points=listed([str(place + 1) for place in places]),
        first=places[0] + 1,
        left=left,
        right=right,
    )


def rmse_words(y_true: np.ndarray, y_pred: np.ndarray) -> str:
    """MAE and RMSE of a batch, two numbers that are sometimes confused."""
    residual = y_pred - y_true
    mae, rmse = float(np.abs(residual).mean()), float(np.sqrt(np.square(residual).mean()))
    return _(RMSE).format(mae=number(mae), rmse=number(rmse))


def likelihood_words(noise_shape: str) -> str:
    """Which loss is the negative log-likelihood of a noise shape."""
    found, noise = find_likelihood(noise_shape), _(NOISES[noise_shape].label)
    if found is None:
        return _("**{noise}** noise: no loss of this table is its negative log-likelihood.").format(noise=noise)
    loss = LOSSES[found.loss].label + parameter_words(found.parameters)
    return _("**{noise}** noise: {loss} is its negative log-likelihood, up to a constant factor.").format(
        noise=noise, loss=loss
    )


def spread_rows(spreads: Sequence[Spread]) -> list[list[str]]:
    """The table's rows: spread, efficiency measured and in theory, one column a loss."""
    return [
        [_("spread of the slope"), *(f"{number(each.spread)} ± {number(each.standard_error, 2)}" for each in spreads)],
        [
            _("efficiency relative to MSE"),
            *(f"{number(each.efficiency)} ± {number(each.efficiency_error, 2)}" for each in spreads),
        ],
        [_("efficiency in theory, many points"), *(number(each.theory) if each.theory else "–" for each in spreads)],
    ]


def ranking_words(spreads: Sequence[Spread]) -> list[str]:
    """Which loss scatters least, from which others chance does not part it, and what MSE would need to match it."""
    if len(spreads) == 1:
        only = _name_loss(spreads[0])
        return [_("{loss} is alone here. Choose other losses to compare it with.").format(loss=only)]
    best, runner_up, alike = contest(spreads)
    if alike:
        verdict = _("Over {seeds} seeds, {best} has the least spread, but it is not distinguishable from {others}.")
    else:
        verdict = _(
            "Over {seeds} seeds, {best} has the least spread. Chance does not explain its lead over {next}, which"
            " comes second."
        )
    others = listed(list(map(_name_loss, alike or [runner_up])))
    seeds, names = len(spreads[0].slopes), {"best": _name_loss(best), "next": _name_loss(runner_up), "others": others}
    found = [verdict.format(seeds=seeds, **names)]
    if "mse" not in {best.loss, *(each.loss for each in alike)}:
        found.append(_(MORE_POINTS).format(factor=number(best.efficiency)))
    return found


def short_words(spreads: Sequence[Spread]) -> list[str]:
    """Which losses stay below their theory; and why, of the one whose reason is known."""
    return [_describe_shortfall(each) for each in short_of_theory(spreads)]


def _describe_shortfall(spread: Spread) -> str:
    template = FEW_POINTS if spread.loss == "mae" else BELOW_THEORY
    efficiency, theory = number(spread.efficiency), number(spread.theory or 0.0)
    return _(template).format(loss=_name_loss(spread), efficiency=efficiency, theory=theory, points=NOISE_POINTS)


def _name_loss(spread: Spread) -> str:
    return LOSSES[spread.loss].label


PROPERTIES = N_(
    "Every verdict comes from testing the function itself on thousands of points and zooming in. No formula is used. A"
    " cross on the curve marks where a property fails."
)
DIFFERENTIABLE = {
    "regression": N_(
        "It is often said that a loss must be differentiable. MAE is not differentiable at 0, and it trains all the"
        " same. At the corner any slope between the two sides will do (a subgradient), and Keras takes one of them."
        " Look at it under Four ways to one number, at a point where ŷ = y."
    ),
    "classification": N_(
        "It is often said that a loss must be differentiable. Hinge is not differentiable at its margin, and it trains"
        " all the same. At the corner any slope between the two sides will do (a subgradient), and Keras takes one of"
        " them. Look at it under Four ways to one number, at a point where y = 1 and z = 1."
    ),
}
FITS = N_(
    "The best constant under MSE is the mean. Under MAE it is the median, or any number between the two middle numbers"
    " if there are two. Under the quantile loss it is the smallest number with at least a share τ of the numbers at or"
    " below it. Move one number far away and see which of the constants follow it."
)
CORNER = N_(
    "At a corner every slope between the two sides will do. The formula and Keras each choose one, and the finite"
    " difference is the mean of both sides."
)
STABLE = N_(
    "At p = 0 the logarithm is infinite, and at p = 1 the formula is 0 times infinity. The probability was rounded to 0"
    " or 1 before the logarithm was taken; the logit z was not. The expression max(z, 0) − zy + log(1 + e^−|z|) never"
    " takes the exponential of a positive number, so nothing overflows and no digits are lost."
)
RMSE = N_(
    "MAE, the mean absolute error, is {mae} here. RMSE, the root of the mean squared error, is {rmse}. The two are"
    " sometimes confused. RMSE has the unit of y, which makes it good for reporting. It is not used for training here:"
    " it has the same minimum as MSE, but the root couples all points of a batch, and at a perfect fit its slope does"
    " not exist."
)
MORE_POINTS = N_("To estimate the slope as precisely, MSE needs {factor} times as many points.")
EFFICIENCY = N_(
    "Each seed draws {points} points of the line y = 2x + 3 with noise σ = 1, and each loss trains its own line on them"
    " for 1,000 epochs. Efficiency is the variance of MSE's slopes divided by the variance of the loss's slopes. The"
    " number after ± is its standard error. The theory is for infinitely many points. All losses share their seeds, so"
    " chance affects them alike."
)
BELOW_THEORY = N_(
    "{loss} reaches an efficiency of {efficiency}. That is below the theoretical {theory} by more than chance explains."
)
# The exact optima of MAE were held against its trainings, and over more and fewer points; of no other loss.
FEW_POINTS = N_(
    "{loss} reaches an efficiency of {efficiency}. That is below the theoretical {theory} by more than chance explains,"
    " because {points} points are too few for the theory to hold. Training is not the reason: the exact optima of the"
    " same points have the same spread."
)
