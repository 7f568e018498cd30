"""Remedies for each verdict: which settings may mend a run, in the sizes worth a try. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from playground.diagnosis.verdict import Verdict
from playground.experiment import Experiment, settings
from playground.experiment.setting import Number
from playground.losses import LOSSES, Target
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import plain
from playground.theory.coverage import aims_at_centre
from playground.theory.line_loss import is_line, points
from playground.theory.optima import is_convex, least_squares, optimum
from playground.theory.stable_rate import safe_rate

MOST_EPOCHS = 10_000
MAD_OF_NORMAL = 0.6745  # the median absolute deviation of normal errors with standard deviation 1

# Parameters with which a loss is 95 % as efficient as least squares where the errors are normal, in units of their
# spread. Source: Holland and Welsch 1977, Robust regression using iteratively reweighted least-squares, table 1,
# https://doi.org/10.1080/03610927708827533
TUNED = {"huber": 1.345, "cauchy": 2.385, "tukey": 4.685}


@dataclass(frozen=True)
class Remedy:
    """Settings to change, and what that is called on a button. Remedies of one key differ in their size alone."""

    key: str
    label: str
    changes: tuple[tuple[str, Any], ...]

    def of(self, experiment: Experiment) -> Experiment:
        return experiment.replace(**dict(self.changes))

    def is_possible(self, experiment: Experiment) -> bool:
        """Whether it changes something, and every setting allows what it is changed to."""
        try:
            return self.of(experiment) != experiment
        except ValidationError:
            return False


def remedies_of(verdict: Verdict, experiment: Experiment) -> list[Remedy]:
    """What may mend a run with this verdict: the likeliest first, and of each the sizes in the order of trying."""
    made = [remedy for make in _MAKERS.get(verdict, ()) for remedy in make(experiment)]
    return [remedy for remedy in made if remedy.is_possible(experiment)]


def residual_spread(experiment: Experiment) -> float:
    """The spread of a line's residuals, in units of y, untouched by outliers.

    It is the median absolute deviation about the line of least absolute errors, divided by 0.6745, so that it is the
    standard deviation where the errors are normal. Source: Huber 1981, Robust Statistics, section 5.1
    """
    x, y = points(experiment)
    middle = optimum(_without_penalty(experiment).replace(loss="mae"))
    residuals = y - middle.slope * x - middle.intercept
    return float(np.median(np.abs(residuals - np.median(residuals)))) / MAD_OF_NORMAL


def _remedy(key: str, label: str, **changes: Any) -> Remedy:
    return Remedy(key, label, tuple(changes.items()))


def _lower_rates(experiment: Experiment) -> list[Remedy]:
    rate, safe = experiment.learning_rate, safe_rate(experiment)
    if safe is not None and safe < rate:
        return [_remedy("rate", f"Set the learning rate to {plain(safe)}", learning_rate=safe)]
    return [
        _remedy("rate", f"{share} of the learning rate: {plain(_typed(rate / by))}", learning_rate=_typed(rate / by))
        for share, by in (("A tenth", 10), ("A hundredth", 100))
    ]


def _patient(experiment: Experiment) -> list[Remedy]:
    """Smaller steps, and as many more of them."""
    epochs, rate = min(MOST_EPOCHS, 10 * experiment.epochs), _typed(experiment.learning_rate / 10)
    rate = min(rate, safe_rate(experiment) or rate)
    if epochs == experiment.epochs:
        return []
    label = f"Learning rate {plain(rate)} for {epochs:,} epochs"
    return [_remedy("patient", label, learning_rate=rate, epochs=epochs)]


def _higher_rates(experiment: Experiment) -> list[Remedy]:
    """The safe rate where a limit is known; else, or if that does not do, the usual one and larger ones in turn."""
    today, safe = experiment.learning_rate, safe_rate(experiment)
    larger = sorted({OPTIMIZERS[experiment.optimizer].typical_rate, _typed(10 * today), _typed(100 * today)})
    rates = dict.fromkeys([*([safe] if safe else []), *larger])
    return [
        _remedy("faster", f"Raise the learning rate to {plain(rate)}", learning_rate=rate)
        for rate in rates
        if rate > today
    ]


def _typed(value: float) -> float:
    """The number as a person would type it."""
    return float(f"{value:.2g}")


def _standardised(experiment: Experiment) -> list[Remedy]:
    return [] if experiment.standardise else [_remedy("standardise", "Standardise x", standardise=True)]


def _clipped(experiment: Experiment) -> list[Remedy]:
    if experiment.clipping:
        return []
    return [_remedy("clip", "Clip the gradient to length 1", global_clipnorm=1.0)]


def _longer(experiment: Experiment) -> list[Remedy]:
    epochs = min(MOST_EPOCHS, 10 * experiment.epochs)
    return [_remedy("longer", f"Train for {epochs:,} epochs", epochs=epochs)]


def _adam(experiment: Experiment) -> list[Remedy]:
    """Adam's steps are about the learning rate long: from afar its usual rate may not arrive."""
    if experiment.optimizer == "adam":
        return []
    rate = OPTIMIZERS["adam"].typical_rate if not experiment.hidden else 0.01
    return [
        _remedy("adam", f"Adam at learning rate {plain(each)}", optimizer="adam", learning_rate=each)
        for each in (rate, _typed(10 * rate))
    ]


def _huber(experiment: Experiment) -> list[Remedy]:
    is_regression = LOSSES[experiment.loss].target is Target.REAL
    if not is_regression or experiment.loss == "huber" or not aims_at_centre(experiment):
        return []
    return [_remedy("loss", "Train on Huber instead", loss="huber")]


def _full_batch(experiment: Experiment) -> list[Remedy]:
    if experiment.rows_per_batch == experiment.points:
        return []
    return [_remedy("batch", "All points in every step", batch_size=0)]


def _proximal(experiment: Experiment) -> list[Remedy]:
    """Plain steps of an L1 penalty bounce round 0 by learning rate × l1; a proximal step stops there."""
    if experiment.proximal or not experiment.replace(proximal=True).soft_threshold:
        return []
    return [_remedy("proximal", "Take the L1 penalty by proximal steps", proximal=True)]


def _weaker_penalty(experiment: Experiment) -> list[Remedy]:
    weaker = {key: _typed(getattr(experiment, key) / 10) for key in ("l1", "l2") if getattr(experiment, key)}
    words = " and ".join(f"{key.upper()} = {plain(value)}" for key, value in weaker.items())
    return [_remedy("penalty", f"A tenth of the penalty: {words}", **weaker)] if weaker else []


def _larger_delta(experiment: Experiment) -> list[Remedy]:
    """Huber's slope is δ at most: where δ is far below the residuals, hardly anything pulls."""
    if "delta" not in experiment.parameters or not is_line(experiment):
        return []
    delta = _typed(TUNED["huber"] * residual_spread(experiment))
    label = f"Set δ to {plain(delta)}, 1.345 × the spread of the residuals"
    return [_remedy("delta", label, delta=delta)] if delta > experiment.delta else []


def _wider_scale(experiment: Experiment) -> list[Remedy]:
    """A scale that suits the spread of the residuals, and ten and a hundred times today's."""
    if "scale" not in experiment.parameters:
        return []
    setting = settings()["scale"]
    assert isinstance(setting, Number)
    tuned = TUNED.get(experiment.loss, 0.0) * residual_spread(experiment) if is_line(experiment) else 0.0
    wider = {_typed(tuned), *(min(setting.high, times * experiment.scale) for times in (10, 100))}
    return [
        _remedy("scale", f"Let points be heard up to c = {plain(scale)}", scale=scale)
        for scale in sorted(wider)
        if scale > experiment.scale
    ]


def _starts_elsewhere(experiment: Experiment) -> list[Remedy]:
    """Where a loss has several valleys, the start decides in which of them a run ends."""
    if LOSSES[experiment.loss].target is not Target.REAL or not is_line(experiment) or is_convex(experiment):
        return []
    middle, best = optimum(_without_penalty(experiment).replace(loss="mae")), optimum(experiment)
    lines = {
        "the line of least absolute errors": (middle.slope, middle.intercept),
        "the line of least squares": least_squares(experiment),
        "the best line that was found": (best.slope, best.intercept),
    }
    return [_start_at(f"Start from {words}", *line) for words, line in lines.items()]


def _start_at(label: str, slope: float, intercept: float) -> Remedy:
    return _remedy("start", label, start_slope=float(f"{slope:.3g}"), start_intercept=float(f"{intercept:.3g}"))


def _tanh(experiment: Experiment) -> list[Remedy]:
    if not experiment.hidden or experiment.activation == "tanh":
        return []
    return [_remedy("activation", "Use tanh in the hidden layers", activation="tanh")]


def _without_penalty(experiment: Experiment) -> Experiment:
    return experiment.replace(l1=0.0, l2=0.0)


Maker = Callable[[Experiment], Iterable[Remedy]]

_MAKERS: dict[Verdict, tuple[Maker, ...]] = {
    Verdict.DIVERGED: (_lower_rates, _standardised, _full_batch, _clipped, _adam, _huber, _weaker_penalty),
    Verdict.OSCILLATING: (_proximal, _lower_rates, _patient, _full_batch, _huber, _weaker_penalty),
    Verdict.IMPROVING: (_larger_delta, _longer, _higher_rates, _standardised, _adam),
    Verdict.STUCK: (
        _starts_elsewhere,
        _wider_scale,
        _larger_delta,
        _proximal,
        _tanh,
        _lower_rates,
        _higher_rates,
        _full_batch,
        _adam,
        _huber,
    ),
    Verdict.EARLY: (_longer, _patient),
}
