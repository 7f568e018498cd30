"""Sentences on learning rates above their limit: which limit, what sets it, and what would raise it."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import limit_number, number, plain
from playground.theory.batch_curvature import smallest_batch_size
from playground.theory.line_loss import largest_curvature, points
from playground.theory.optima import optimum
from playground.theory.stable_rate import LimitCause, RateLimit, penalty_limit, rate_limit

FACTOR_DIGITS = 4  # a rate just above its limit multiplies by −1.002


def describe_divergence_cause(experiment: Experiment) -> tuple[str, ...]:
    """Why the steps of a diverging run are too large, in sentences; empty if they are below the known limit."""
    limit = rate_limit(experiment)
    if limit is None:
        return _describe_excessive_penalty(experiment) or ("The steps are too large for this model.",)
    if experiment.learning_rate <= limit.rate:
        return ()
    return _CAUSES[limit.cause](experiment, limit)


def describe_swing_causes(experiment: Experiment) -> tuple[str, ...]:
    """Why a run swings without end, and what a smaller learning rate would do about it, in sentences."""
    limit = rate_limit(experiment)
    if experiment.clipping and limit and experiment.learning_rate > limit.rate:
        return (_describe_clipping(experiment, limit),)
    jumps = (_describe_jumps(experiment),) if jumps_over_zero(experiment) else ()
    if experiment.rows_per_batch < experiment.points:
        return (*jumps, _describe_batch_swing(experiment, limit))
    if jumps:
        return jumps
    if LOSSES[experiment.loss].is_kinked:
        return (KINKED if OPTIMIZERS[experiment.optimizer].largest_step else KINKED_SCALED,)
    return ("The steps are too large to come to rest.",)


def format_rate_limit(experiment: Experiment) -> str:
    """The largest stable rate as text, never rounded up; a dash where none is known."""
    limit = rate_limit(experiment)
    return "–" if limit is None else limit_number(limit.rate, experiment.learning_rate)


KINKED = (
    "The gradient of this loss does not fade near the optimum: each step is about the learning rate times it, however"
    " near the optimum is. A smaller learning rate makes the swing smaller in proportion, but no fixed rate ends it."
    " A loss whose gradient fades, such as Huber, comes to rest."
)
ENDS_WITH_ALL_POINTS = "All points in every step would end it."
GOES_ON_WITH_ALL_POINTS = "All points in every step would remove this cause, but others would remain."
KINKED_SCALED = (
    "The gradient of this loss does not fade near the optimum, so the steps do not get shorter there. A smaller"
    " learning rate makes the swing smaller."
)


def _describe_points_limit(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    over = (
        f"{_state_excess(experiment, limit.rate)}, the largest stable rate for these points: each step overshoots the"
        f" optimum by more than it corrects.{_describe_growth_factor(experiment)}"
    )
    return over, *_describe_input_size(experiment, limit)


def _describe_growth_factor(experiment: Experiment) -> str:
    """By how much a step of plain gradient descent on a parabola multiplies the distance to the optimum."""
    steepest = largest_curvature(experiment)
    if experiment.loss != "mse" or experiment.optimizer != "sgd" or steepest is None:
        return ""
    factor = number(1.0 - experiment.learning_rate * steepest, FACTOR_DIGITS)
    return f" Along the steepest direction it multiplies the distance by {factor}: the weights change sides and grow."


def _describe_input_size(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    """That the size of x sets the limit, and what the limit is for standardised x; empty where that is no higher."""
    if experiment.standardise or not experiment.is_line:
        return ()
    standardised = rate_limit(experiment.replace(standardise=True))
    if standardised is None or standardised.rate <= limit.rate:
        return ()
    reach = plain(float(f"{abs(points(experiment)[0]).max():.4g}"))
    higher = f"standardised, the same points allow {limit_number(standardised.rate)}"
    return (f"The size of x sets this limit, not that of y: x is up to {reach} from 0; {higher}.",)


def _describe_batch_limit(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    size, rows = experiment.rows_per_batch, smallest_batch_size(experiment)
    smaller = f", and the last batch only {rows}" if rows < size else ""
    return (
        f"Each step sees only {size} of {experiment.points} points{smaller}. A batch whose points are far from 0 in x"
        f" is stable only up to {limit_number(limit.rate)}, and the learning rate {plain(experiment.learning_rate)} is"
        " above that: a step on it overshoots.",
        f"All points in every step are stable up to {limit_number(limit.full_batch_rate)}.",
    )


def _describe_penalty_limit(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    above = f"{_state_excess(experiment, limit.rate)}, the largest stable rate under this L2 penalty."
    return (above + _describe_penalty_factor(experiment),)


def _describe_excessive_penalty(experiment: Experiment) -> tuple[str, ...]:
    """For a model without a known limit: the limit of its penalty; empty if the run is below it."""
    limit = penalty_limit(experiment)
    if limit is None or experiment.learning_rate <= limit:
        return ()
    above = f"{_state_excess(experiment, limit)}, the largest at which the L2 penalty's own steps settle."
    return (above + _describe_penalty_factor(experiment),)


def _describe_penalty_factor(experiment: Experiment) -> str:
    if experiment.optimizer != "sgd":
        return ""
    factor = number(1.0 - 2.0 * experiment.l2 * experiment.learning_rate)
    return f" The penalty alone multiplies each weight by {factor} a step."


def _state_excess(experiment: Experiment, limit: float) -> str:
    return f"The learning rate {plain(experiment.learning_rate)} is above {limit_number(limit)}"


def _describe_clipping(experiment: Experiment, limit: RateLimit) -> str:
    return (
        f"{_state_excess(experiment, limit.rate)}, the largest stable rate. Clipping keeps the run from diverging, but"
        " near the optimum nothing is clipped, and each step overshoots it."
    )


def _describe_batch_swing(experiment: Experiment, limit: RateLimit | None) -> str:
    cause = (
        f"Each step sees only {experiment.rows_per_batch} of {experiment.points} points, so the gradient differs from"
        " step to step."
    )
    if limit and experiment.learning_rate > limit.rate:
        cause += f" {_state_excess(experiment, limit.rate)}, up to which every batch is stable: a step on the steepest"
        cause += " overshoots."
    settles = limit and experiment.learning_rate <= limit.full_batch_rate and not jumps_over_zero(experiment)
    remedy = ENDS_WITH_ALL_POINTS if settles else GOES_ON_WITH_ALL_POINTS
    return f"{cause} A smaller learning rate makes the swing smaller. {remedy}"


def jumps_over_zero(experiment: Experiment) -> bool:
    """Whether the gradient steps of an L1 penalty are longer than the distance of the optimal slope from 0.

    They jump from one side of 0 to the other for ever, where proximal steps come to rest.
    Source: Parikh and Boyd 2014, Proximal Algorithms, section 4.2,
    https://doi.org/10.1561/2400000003
    """
    if not experiment.l1 or experiment.soft_threshold or OPTIMIZERS[experiment.optimizer].largest_step is None:
        return False
    if not experiment.is_line or LOSSES[experiment.loss].target is not Target.REAL:
        return False
    return abs(optimum(experiment).slope) < experiment.learning_rate * experiment.l1


def _describe_jumps(experiment: Experiment) -> str:
    far = number(experiment.learning_rate * experiment.l1)
    ends = "Proximal steps land on 0." if experiment.optimizer == "sgd" else "Proximal steps, with SGD, land on 0."
    return (
        f"The L1 penalty pulls as hard at a small slope as at a large one: near 0 each step still moves it by {far},"
        f" the learning rate times L1, and so past 0. A smaller learning rate makes the swing smaller. {ends}"
    )


_CAUSES = {
    LimitCause.POINTS: _describe_points_limit,
    LimitCause.BATCH: _describe_batch_limit,
    LimitCause.PENALTY: _describe_penalty_limit,
}
