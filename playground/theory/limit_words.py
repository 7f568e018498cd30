"""What a learning rate above its limit does to a run, in sentences: which limit, what sets it, what it allows."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.losses import LOSSES, Target
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import limit_number, number, plain
from playground.theory.batch_curvature import smallest_batch_size
from playground.theory.line_loss import is_line, largest_curvature, points
from playground.theory.optima import optimum
from playground.theory.stable_rate import LimitCause, RateLimit, penalty_limit, rate_limit

FACTOR_DIGITS = 4  # a rate just above its limit multiplies by −1.002


def describe_divergence_cause(experiment: Experiment) -> tuple[str, ...]:
    """Why the steps of a diverging run are too large, as far as it is known; nothing if they are below the limit."""
    limit = rate_limit(experiment)
    if limit is None:
        return _penalty_words(experiment) or ("The steps are too large for this model.",)
    if experiment.learning_rate <= limit.rate:
        return ()
    return _CAUSES[limit.cause](experiment, limit)


def describe_swing_causes(experiment: Experiment) -> tuple[str, ...]:
    """Why a run swings without end, and what a smaller learning rate would do about it."""
    limit = rate_limit(experiment)
    if experiment.clipping and limit and experiment.learning_rate > limit.rate:
        return (_clipped_words(experiment, limit),)
    jumps = (_jump_words(experiment),) if jumps_over_zero(experiment) else ()
    if experiment.rows_per_batch < experiment.points:
        return (*jumps, _batch_swing_words(experiment, limit))
    if jumps:
        return jumps
    if LOSSES[experiment.loss].curvature is None and LOSSES[experiment.loss].target is Target.REAL:
        return (KINKED if OPTIMIZERS[experiment.optimizer].largest_step else KINKED_SCALED,)
    return ("The steps are too large to come to rest.",)


def format_rate_limit(experiment: Experiment) -> str:
    """The largest stable rate as it is printed, never rounded up; a dash where none is known."""
    limit = rate_limit(experiment)
    return "–" if limit is None else limit_number(limit.rate, experiment.learning_rate)


KINKED = (
    "The gradient of this loss does not fade near the optimum: each step is about the learning rate times it, however"
    " near the optimum is. A smaller learning rate makes the swing smaller in proportion, but no fixed rate ends it."
    " A loss whose gradient fades, such as Huber, comes to rest."
)
KINKED_SCALED = (
    "The gradient of this loss does not fade near the optimum, so the steps do not get shorter there. A smaller"
    " learning rate makes the swing smaller."
)


def _points_words(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    over = (
        f"{_above(experiment, limit)}, the largest stable rate for these points: each step overshoots the optimum by"
        f" more than it corrects.{_factor_words(experiment)}"
    )
    return over, *_reach_words(experiment, limit)


def _factor_words(experiment: Experiment) -> str:
    """By how much a step of plain gradient descent on a parabola multiplies the distance to the optimum."""
    steepest = largest_curvature(experiment)
    if experiment.loss != "mse" or experiment.optimizer != "sgd" or steepest is None:
        return ""
    factor = number(1.0 - experiment.learning_rate * steepest, FACTOR_DIGITS)
    return f" Along the steepest direction it multiplies the distance by {factor}: the weights change sides and grow."


def _reach_words(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    """That x sets the limit, and how much higher it is for standardised x."""
    if experiment.standardise or experiment.widths != (1, 1):
        return ()
    standardised = rate_limit(experiment.replace(standardise=True))
    if standardised is None or standardised.rate <= limit.rate:
        return ()
    reach = plain(float(f"{abs(points(experiment)[0]).max():.4g}"))
    higher = f"standardised, the same points allow {limit_number(standardised.rate)}"
    return (f"The size of x sets this limit, not that of y: x is up to {reach} from 0; {higher}.",)


def _batch_words(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    size, rows = experiment.rows_per_batch, smallest_batch_size(experiment)
    smaller = f", and the last batch only {rows}" if rows < size else ""
    return (
        f"Each step sees only {size} of {experiment.points} points{smaller}. A batch whose points are far from 0 in x"
        f" is stable only up to {limit_number(limit.rate)}, and the learning rate {plain(experiment.learning_rate)} is"
        " above that: a step on it overshoots.",
        f"All points in every step are stable up to {limit_number(limit.full_batch_rate)}.",
    )


def _limit_of_penalty_words(experiment: Experiment, limit: RateLimit) -> tuple[str, ...]:
    return (
        f"{_above(experiment, limit)}, the largest stable rate under this L2 penalty.{_penalty_factor(experiment)}",
    )


def _penalty_words(experiment: Experiment) -> tuple[str, ...]:
    """Of a model without a known limit: the one of its penalty, where the run is beyond it."""
    limit = penalty_limit(experiment)
    if limit is None or experiment.learning_rate <= limit:
        return ()
    above = f"The learning rate {plain(experiment.learning_rate)} is above {limit_number(limit)}"
    return (f"{above}, the largest at which the L2 penalty's own steps settle.{_penalty_factor(experiment)}",)


def _penalty_factor(experiment: Experiment) -> str:
    if experiment.optimizer != "sgd":
        return ""
    factor = number(1.0 - 2.0 * experiment.l2 * experiment.learning_rate)
    return f" The penalty alone multiplies each weight by {factor} a step."


def _above(experiment: Experiment, limit: RateLimit) -> str:
    return f"The learning rate {plain(experiment.learning_rate)} is above {limit_number(limit.rate)}"


def _clipped_words(experiment: Experiment, limit: RateLimit) -> str:
    return (
        f"{_above(experiment, limit)}, the largest stable rate. Clipping keeps the run from diverging, but near the"
        " optimum nothing is clipped, and each step overshoots it."
    )


def _batch_swing_words(experiment: Experiment, limit: RateLimit | None) -> str:
    seen = f"Each step sees only {experiment.rows_per_batch} of {experiment.points} points, each its own way."
    if limit and experiment.learning_rate > limit.rate:
        seen += f" {_above(experiment, limit)}, up to which every batch is stable: a step on the steepest overshoots."
    settles = limit and experiment.learning_rate <= limit.full_batch_rate and not jumps_over_zero(experiment)
    ends = "end it" if settles else "leave only what other causes it has"
    return f"{seen} A smaller learning rate makes the swing smaller; all points in every step {ends}."


def jumps_over_zero(experiment: Experiment) -> bool:
    """Whether the plain steps of an L1 penalty pass the slope 0 at which a line is best, and have to come back."""
    if not experiment.l1 or experiment.soft_threshold or OPTIMIZERS[experiment.optimizer].largest_step is None:
        return False
    if not is_line(experiment) or LOSSES[experiment.loss].target is not Target.REAL:
        return False
    return abs(optimum(experiment).slope) < experiment.learning_rate * experiment.l1


def _jump_words(experiment: Experiment) -> str:
    far = number(experiment.learning_rate * experiment.l1)
    ends = "Proximal steps land on 0." if experiment.optimizer == "sgd" else "Proximal steps, with SGD, land on 0."
    return (
        f"The L1 penalty pulls as hard at a small slope as at a large one: near 0 each step still moves it by {far},"
        f" the learning rate times L1, and so past 0. A smaller learning rate makes the swing smaller. {ends}"
    )


_CAUSES = {
    LimitCause.POINTS: _points_words,
    LimitCause.BATCH: _batch_words,
    LimitCause.PENALTY: _limit_of_penalty_words,
}
