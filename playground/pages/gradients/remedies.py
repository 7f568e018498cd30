"""What may help a deep network: changes of its settings, each of which the engine tries alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.experiment import Experiment, settings
from playground.experiment.experiment import UNCLIPPED
from playground.experiment.setting import Number
from playground.pages.gradients.study import Study, studied
from playground.progress import Progress

BETTER = 0.9  # of the loss at the end: what a remedy must at least come down to


@dataclass(frozen=True)
class Remedy:
    """A change of settings that may help, with its reason."""

    label: str
    reason: str
    changes: tuple[tuple[str, object], ...]

    def applied(self, experiment: Experiment) -> Experiment:
        return experiment.replace(**dict(self.changes))


REMEDIES = (
    Remedy("ReLU with He start", "Its slope is 1 right of 0.", (("activation", "relu"), ("initialiser", "he"))),
    Remedy("Leaky ReLU with He start", "Its slope is never 0.", (("activation", "leaky_relu"), ("initialiser", "he"))),
    Remedy("tanh with Glorot start", "Its slope is 1 at 0.", (("activation", "tanh"), ("initialiser", "glorot"))),
    Remedy("SELU with LeCun start", "Keeps mean 0, variance 1.", (("activation", "selu"), ("initialiser", "lecun"))),
    Remedy("Batch normalisation", "Sets the scale of each unit anew in every layer.", (("normalisation", "batch"),)),
    Remedy("Layer normalisation", "Sets the scale of each point anew in every layer.", (("normalisation", "layer"),)),
    Remedy("Residual connections", "The gradient also goes round each layer.", (("residual", True),)),
    Remedy(
        "Clip by norm 1", "The gradient has a bounded length.", tuple({**UNCLIPPED, "global_clipnorm": 1.0}.items())
    ),
)
SLOWER = {10.0: "A tenth of the learning rate", 100.0: "A hundredth of the learning rate"}


def candidates(experiment: Experiment) -> list[tuple[Remedy, Experiment]]:
    """The remedies that change something, and what they make of the experiment."""
    remedies = (*REMEDIES, *(at_slower_rate(experiment, share) for share in SLOWER))
    tried = [(remedy, remedy.applied(experiment)) for remedy in remedies]
    return [(remedy, changed) for remedy, changed in tried if changed != experiment]


def at_slower_rate(experiment: Experiment, share: float) -> Remedy:
    """The remedy of a learning rate that is a tenth or a hundredth, or the least that is allowed."""
    rate = settings()["learning_rate"]
    assert isinstance(rate, Number)
    changes = (("learning_rate", max(experiment.learning_rate / share, rate.low)),)
    return Remedy(SLOWER[share], "Smaller steps do not overshoot as far.", changes)


@dataclass(frozen=True, eq=False)
class Trial:
    """A remedy and what the engine found when it tried it."""

    remedy: Remedy
    study: Study
    helps: bool


def trials(experiment: Experiment, on_progress: Progress | None = None) -> list[Trial]:
    """Every remedy tried alone, the best first; it helps if the loss ends a tenth lower and no layer dies.

    Empty if stopped.
    """
    tried = candidates(experiment)
    found = studied([experiment, *(changed for _, changed in tried)], on_progress)
    if not found:
        return []
    before, *after = found
    each = [Trial(remedy, study, is_better(study, before)) for (remedy, _), study in zip(tried, after, strict=True)]
    return sorted(each, key=lambda trial: trial.study.end)


def is_better(study: Study, before: Study) -> bool:
    return study.end < BETTER * before.end and study.death is None


def revivals(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Trial]:
    """Each of the experiments, in which a layer dies, at a hundredth of its learning rate; empty if stopped."""
    remedies = [at_slower_rate(each, 100.0) for each in experiments]
    changed = [remedy.applied(each) for remedy, each in zip(remedies, experiments, strict=True)]
    found = studied([*experiments, *changed], on_progress)
    pairs = zip(remedies, found[: len(experiments)], found[len(experiments) :], strict=True) if found else ()
    return [Trial(remedy, after, is_better(after, before)) for remedy, before, after in pairs]
