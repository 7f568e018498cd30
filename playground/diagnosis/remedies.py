"""Remedies for each verdict: changes of settings that may help a run. Nothing is trained here."""

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
from playground.theory.line_loss import points
from playground.theory.optima import is_convex, least_squares, optimum
from playground.theory.stable_rate import safe_rate

MOST_EPOCHS = 10_000
MAD_OF_NORMAL = 0.6745  # the median absolute deviation of normal errors with standard deviation 1

# Parameters with which a loss is 95% as efficient as least squares where the errors are normal, in units of their
# spread. Source: Holland and Welsch 1977, Robust regression using iteratively reweighted least-squares, table 1,
# https://doi.org/10.1080/03610927708827533
TUNED = {"huber": 1.345, "cauchy": 2.385, "tukey": 4.685}


@dataclass(frozen=True)
class Remedy:
    """A change of settings that may help a run, as the doctor, Gradients and Overfit offer and try it.

    ``label`` is the text of its button, ``changes`` the settings with their new values, ``reason`` one sentence on why
    it may help, empty where the label makes it clear. Remedies with the same ``key`` differ only in their size.
    """

    key: str
    label: str
    changes: tuple[tuple[str, Any], ...] = ()
    reason: str = ""

    def apply(self, experiment: Experiment) -> Experiment:
        """The experiment with the changes made.

        Raises ``pydantic.ValidationError`` if a setting does not allow its new value.
        """
        return experiment.replace(**dict(self.changes))

    def is_possible(self, experiment: Experiment) -> bool:
        """Whether it changes something, and every setting allows its new value."""
        try:
            return self.apply(experiment) != experiment
        except ValidationError:
            return False


def propose_remedies(verdict: Verdict, experiment: Experiment) -> list[Remedy]:
    """What may help a run with this verdict: the likeliest first, and the sizes of each in the order of trying.

    None has been tried yet: ``playground.diagnosis.trials.try_remedies`` does that.
    """
    remedies = [remedy for make in _MAKERS.get(verdict, ()) for remedy in make(experiment)]
    return [remedy for remedy in remedies if remedy.is_possible(experiment)]


def residual_spread(experiment: Experiment) -> float:
    """The spread of a line's residuals, in units of y, estimated so that outliers do not change it.

    It is the median absolute deviation about the line of least absolute errors, divided by 0.6745, so that it is the
    standard deviation where the errors are normal. Source: Huber 1981, Robust Statistics, section 5.1
    """
    x, y = points(experiment)
    middle = optimum(_without_penalty(experiment).replace(loss="mae"))
    residuals = y - middle.slope * x - middle.intercept
    return float(np.median(np.abs(residuals - np.median(residuals)))) / MAD_OF_NORMAL


def _make_remedy(key: str, label: str, **changes: Any) -> Remedy:
    return Remedy(key, label, tuple(changes.items()))


def _lower_rate(experiment: Experiment) -> list[Remedy]:
    rate, safe = experiment.learning_rate, safe_rate(experiment)
    if safe is not None and safe < rate:
        return [_make_remedy("rate", f"Set the learning rate to {plain(safe)}", learning_rate=safe)]
    return [
        _make_remedy(
            "rate",
            f"{share} of the learning rate: {plain(_round_digits(rate / by))}",
            learning_rate=_round_digits(rate / by),
        )
        for share, by in (("A tenth", 10), ("A hundredth", 100))
    ]


def _take_smaller_steps(experiment: Experiment) -> list[Remedy]:
    """A tenth of the learning rate, or the safe rate, for ten times the epochs."""
    epochs, rate = min(MOST_EPOCHS, 10 * experiment.epochs), _round_digits(experiment.learning_rate / 10)
    rate = min(rate, safe_rate(experiment) or rate)
    if epochs == experiment.epochs:
        return []
    label = f"Learning rate {plain(rate)} for {epochs:,} epochs"
    return [_make_remedy("patient", label, learning_rate=rate, epochs=epochs)]


def _raise_rate(experiment: Experiment) -> list[Remedy]:
    """The safe rate first where a limit is known, then the typical rate and larger ones."""
    current, safe = experiment.learning_rate, safe_rate(experiment)
    typical = OPTIMIZERS[experiment.optimizer].typical_rate
    larger = sorted({typical, _round_digits(10 * current), _round_digits(100 * current)})
    rates = dict.fromkeys([*([safe] if safe else []), *larger])
    return [
        _make_remedy("faster", f"Raise the learning rate to {plain(rate)}", learning_rate=rate)
        for rate in rates
        if rate > current
    ]


def _round_digits(value: float, digits: int = 2) -> float:
    """The number as a person would type it."""
    return float(f"{value:.{digits}g}")


def _standardise_x(experiment: Experiment) -> list[Remedy]:
    return [] if experiment.standardise else [_make_remedy("standardise", "Standardise x", standardise=True)]


def _clip_gradient(experiment: Experiment) -> list[Remedy]:
    if experiment.clipping:
        return []
    return [_make_remedy("clip", "Clip the gradient to length 1", global_clipnorm=1.0)]


def _train_longer(experiment: Experiment) -> list[Remedy]:
    epochs = min(MOST_EPOCHS, 10 * experiment.epochs)
    return [_make_remedy("longer", f"Train for {epochs:,} epochs", epochs=epochs)]


def _use_adam(experiment: Experiment) -> list[Remedy]:
    """Adam's steps are about as long as the learning rate: from far away its typical rate may be too small."""
    if experiment.optimizer == "adam":
        return []
    rate = OPTIMIZERS["adam"].typical_rate if not experiment.hidden else 0.01
    return [
        _make_remedy("adam", f"Adam at learning rate {plain(candidate)}", optimizer="adam", learning_rate=candidate)
        for candidate in (rate, _round_digits(10 * rate))
    ]


def _use_huber(experiment: Experiment) -> list[Remedy]:
    is_regression = LOSSES[experiment.loss].target is Target.REAL
    if not is_regression or experiment.loss == "huber" or not aims_at_centre(experiment):
        return []
    return [_make_remedy("loss", "Train on Huber instead", loss="huber")]


def _use_all_points(experiment: Experiment) -> list[Remedy]:
    if experiment.rows_per_batch == experiment.points:
        return []
    return [_make_remedy("batch", "All points in every step", batch_size=0)]


def _use_proximal_steps(experiment: Experiment) -> list[Remedy]:
    """Gradient steps of an L1 penalty jump over 0 by learning rate × l1; a proximal step stops there."""
    if experiment.proximal or not experiment.replace(proximal=True).soft_threshold:
        return []
    return [_make_remedy("proximal", "Take the L1 penalty by proximal steps", proximal=True)]


def _weaken_penalty(experiment: Experiment) -> list[Remedy]:
    weaker = {key: _round_digits(getattr(experiment, key) / 10) for key in ("l1", "l2") if getattr(experiment, key)}
    words = " and ".join(f"{key.upper()} = {plain(value)}" for key, value in weaker.items())
    return [_make_remedy("penalty", f"A tenth of the penalty: {words}", **weaker)] if weaker else []


def _raise_delta(experiment: Experiment) -> list[Remedy]:
    """Huber's slope is δ at most: where δ is far below the residuals, the gradient is small."""
    if "delta" not in experiment.parameters or not experiment.is_line:
        return []
    delta = _round_digits(TUNED["huber"] * residual_spread(experiment))
    label = f"Set δ to {plain(delta)}, 1.345 × the spread of the residuals"
    return [_make_remedy("delta", label, delta=delta)] if delta > experiment.delta else []


def _widen_scale(experiment: Experiment) -> list[Remedy]:
    """The efficient scale for the spread of the residuals, and ten and a hundred times the current one."""
    if "scale" not in experiment.parameters:
        return []
    setting = settings()["scale"]
    assert isinstance(setting, Number)
    tuned = TUNED.get(experiment.loss, 0.0) * residual_spread(experiment) if experiment.is_line else 0.0
    wider = {_round_digits(tuned), *(min(setting.high, times * experiment.scale) for times in (10, 100))}
    return [
        _make_remedy("scale", f"Raise the scale c to {plain(scale)}", scale=scale)
        for scale in sorted(wider)
        if scale > experiment.scale
    ]


def _start_elsewhere(experiment: Experiment) -> list[Remedy]:
    """Where a loss has several local minima, the start decides in which of them a run ends."""
    if LOSSES[experiment.loss].target is not Target.REAL or not experiment.is_line or is_convex(experiment):
        return []
    middle, best = optimum(_without_penalty(experiment).replace(loss="mae")), optimum(experiment)
    lines = {
        "the line of least absolute errors": (middle.slope, middle.intercept),
        "the line of least squares": least_squares(experiment),
        "the best line that was found": (best.slope, best.intercept),
    }
    starts = {words: [_round_digits(weight, 3) for weight in weights] for words, weights in lines.items()}
    return [
        _make_remedy("start", f"Start from {words}", start_slope=slope, start_intercept=intercept)
        for words, (slope, intercept) in starts.items()
    ]


def _use_tanh(experiment: Experiment) -> list[Remedy]:
    if not experiment.hidden or experiment.activation == "tanh":
        return []
    return [_make_remedy("activation", "Use tanh in the hidden layers", activation="tanh")]


def _without_penalty(experiment: Experiment) -> Experiment:
    return experiment.replace(l1=0.0, l2=0.0)


Maker = Callable[[Experiment], Iterable[Remedy]]

_MAKERS: dict[Verdict, tuple[Maker, ...]] = {
    Verdict.DIVERGED: (
        _lower_rate,
        _standardise_x,
        _use_all_points,
        _clip_gradient,
        _use_adam,
        _use_huber,
        _weaken_penalty,
    ),
    Verdict.OSCILLATING: (
        _use_proximal_steps,
        _lower_rate,
        _take_smaller_steps,
        _use_all_points,
        _use_huber,
        _weaken_penalty,
    ),
    Verdict.IMPROVING: (_raise_delta, _train_longer, _raise_rate, _standardise_x, _use_adam),
    Verdict.STUCK: (
        _start_elsewhere,
        _widen_scale,
        _raise_delta,
        _use_proximal_steps,
        _use_tanh,
        _lower_rate,
        _raise_rate,
        _use_all_points,
        _use_adam,
        _use_huber,
    ),
    Verdict.EARLY: (_train_longer, _take_smaller_steps),
}
