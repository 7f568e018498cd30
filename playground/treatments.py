"""Remedies for a run: each is tried by the engine, and only what helped is offered.

TensorFlow is loaded only when they are tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.diagnosis import Diagnosis, Verdict, diagnose
from playground.experiment import Experiment
from playground.landscape.stable_rate import largest_stable_rate, safe_rate
from playground.losses import LOSSES, Target
from playground.numerals import plain
from playground.settings import Number
from playground.tables.optimizers import OPTIMIZERS

Progress = Callable[[float], object]
Changes = dict[str, Any]

MOST_EPOCHS = 10_000
STEPS = 200_000  # of one remedy's trial, at most
BETTER = 0.99  # of the old loss: less than this is better
NEARER = 0.9  # of the old error, where a run was nowhere
WORSE = 1.02  # of the old error on clean points: a loss that falls at this price only fits the noise


@dataclass(frozen=True)
class Remedy:
    """Settings to change, and what that is called on a button."""

    key: str
    label: str
    changes: tuple[tuple[str, Any], ...]

    def of(self, experiment: Experiment) -> Experiment:
        return experiment.replace(**dict(self.changes))


@dataclass(frozen=True, eq=False)
class Trial:
    """A remedy with the run that it leads to."""

    remedy: Remedy
    before: Diagnosis
    after: Diagnosis


def remedies_for(opinion: Diagnosis) -> list[Remedy]:
    """What may help such a run, the likeliest first; not yet tried."""
    experiment = opinion.run.experiment
    makers = _MAKERS.get(opinion.verdict, ())
    made = [maker(experiment) for maker in makers]
    return [remedy for remedy in made if remedy is not None and remedy.of(experiment) != experiment]


def try_remedies(experiment: Experiment, on_progress: Progress | None = None) -> list[Trial]:
    """Train an experiment and what each remedy makes of it; the trials that helped, in the order of the remedies."""
    from playground.training import train  # brings TensorFlow

    before = diagnose(train([experiment], record=("weights",))[0])
    remedies = [each for each in remedies_for(before) if _steps(each.of(experiment)) <= STEPS]
    trials = []
    for number, remedy in enumerate(remedies):
        if on_progress and on_progress(number / len(remedies)) is False:
            break
        after = diagnose(train([remedy.of(experiment)], record=("weights",))[0])
        trials.append(Trial(remedy, before, after))
    return [trial for trial in trials if helped(trial.before, trial.after)]


def helped(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether a run is better for its remedy: it is well now, or nearer to what it should be, and no worse a model."""
    if after.verdict in (Verdict.DIVERGED, Verdict.STUCK, Verdict.NOT_TRAINED):
        return False
    if not _fell(after):
        return False
    if before.verdict in (Verdict.DIVERGED, Verdict.STUCK, Verdict.EARLY):
        return after.rmse < NEARER * before.rmse or not before.rmse < float("inf")
    if after.rmse > WORSE * before.rmse:
        return False
    if not after.ill:
        return True
    same = before.run.experiment.loss == after.run.experiment.loss
    if not same:
        return False
    old, new = (float(each.run.loss[-1]) for each in (before, after))
    calmer = before.verdict is Verdict.OSCILLATING and _swing(after) < 0.5 * _swing(before)
    return new < BETTER * old or calmer


def _fell(opinion: Diagnosis) -> bool:
    """Whether a training left its loss below where it began."""
    loss = opinion.run.loss
    return bool(loss[-1] < loss[0])


def _swing(opinion: Diagnosis) -> float:
    loss = opinion.run.loss
    tail = loss[-max(1, len(loss) // 10) :]
    return float(tail.max() - tail.min())


def _steps(experiment: Experiment) -> int:
    return experiment.epochs * -(-experiment.points // experiment.rows_per_batch)


def _remedy(key: str, label: str, **changes: Any) -> Remedy:
    return Remedy(key, label, tuple(changes.items()))


def _lower_rate(experiment: Experiment) -> Remedy:
    safe = safe_rate(experiment)
    if safe is not None and safe < experiment.learning_rate:
        return _remedy("rate", f"Set the learning rate to {plain(safe)}", learning_rate=safe)
    tenth = _typed(experiment.learning_rate / 10)
    return _remedy("rate", f"A tenth of the learning rate: {plain(tenth)}", learning_rate=tenth)


def _patient(experiment: Experiment) -> Remedy | None:
    """Smaller steps, and as many more of them."""
    epochs, rate = min(MOST_EPOCHS, 10 * experiment.epochs), _typed(experiment.learning_rate / 10)
    rate = min(rate, safe_rate(experiment) or rate)
    if epochs == experiment.epochs:
        return None
    label = f"Learning rate {plain(rate)} for {epochs:,} epochs"
    return _remedy("patient", label, learning_rate=rate, epochs=epochs)


def _higher_rate(experiment: Experiment) -> Remedy | None:
    limit = largest_stable_rate(experiment)
    safe = safe_rate(experiment)
    rate = safe if limit is not None and safe is not None else _typed(min(100.0, 10 * experiment.learning_rate))
    if rate <= experiment.learning_rate:
        return None
    return _remedy("faster", f"Raise the learning rate to {plain(rate)}", learning_rate=rate)


def _typed(rate: float) -> float:
    """The rate as a person would type it."""
    return max(1e-6, float(f"{rate:.2g}"))


def _standardised(experiment: Experiment) -> Remedy | None:
    return None if experiment.standardise else _remedy("standardise", "Standardise x", standardise=True)


def _clipped(experiment: Experiment) -> Remedy | None:
    if experiment.clipping:
        return None
    return _remedy("clip", "Clip the gradient to length 1", global_clipnorm=1.0)


def _longer(experiment: Experiment) -> Remedy | None:
    epochs = min(MOST_EPOCHS, 10 * experiment.epochs)
    return None if epochs == experiment.epochs else _remedy("longer", f"Train for {epochs:,} epochs", epochs=epochs)


def _adam(experiment: Experiment) -> Remedy | None:
    rate = OPTIMIZERS["adam"].typical_rate if not experiment.hidden else 0.01
    if experiment.optimizer == "adam":
        return None
    return _remedy("adam", f"Adam at learning rate {plain(rate)}", optimizer="adam", learning_rate=rate)


def _huber(experiment: Experiment) -> Remedy | None:
    if LOSSES[experiment.loss].target is not Target.REAL or experiment.loss == "huber":
        return None
    return _remedy("loss", "Train on Huber instead", loss="huber")


def _full_batch(experiment: Experiment) -> Remedy | None:
    if experiment.rows_per_batch == experiment.points:
        return None
    return _remedy("batch", "All points in every step", batch_size=0)


def _wider_scale(experiment: Experiment) -> Remedy | None:
    if "scale" not in experiment.parameters:
        return None
    setting = Experiment.model_fields["scale"].metadata[0]
    assert isinstance(setting, Number)
    scale = min(setting.high, 10 * experiment.scale)
    return _remedy("scale", f"Let points be heard up to c = {plain(scale)}", scale=scale)


def _tanh(experiment: Experiment) -> Remedy | None:
    if not experiment.hidden or experiment.activation == "tanh":
        return None
    return _remedy("activation", "Use tanh in the hidden layers", activation="tanh")


_MAKERS: dict[Verdict, tuple[Callable[[Experiment], Remedy | None], ...]] = {
    Verdict.DIVERGED: (_lower_rate, _standardised, _clipped, _adam, _huber),
    Verdict.OSCILLATING: (_lower_rate, _patient, _full_batch, _huber),
    Verdict.IMPROVING: (_longer, _higher_rate, _standardised, _adam),
    Verdict.STUCK: (_wider_scale, _tanh, _lower_rate, _higher_rate, _adam, _huber),
    Verdict.EARLY: (_longer, _patient),
}
