"""Trials of remedies: each is trained beside the run that it may help, and only remedies that helped are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Generic, TypeVar

from playground.diagnosis.diagnosis import Diagnosis, train_and_diagnose
from playground.diagnosis.improvement import has_improved, steady_error
from playground.diagnosis.remedies import Remedy, propose_remedies
from playground.experiment import Experiment
from playground.progress import Progress

Outcome = TypeVar("Outcome")  # what a page computes of a training: a Diagnosis, a Study

MOST_STEPS = 200_000  # of the training of one remedy: a longer one is not tried


@dataclass(frozen=True, eq=False)
class Trial(Generic[Outcome]):
    """A remedy, the outcomes of training without it and with it, and whether it helps."""

    remedy: Remedy
    before: Outcome
    after: Outcome
    helps: bool

    @property
    def cures(self: Trial[Diagnosis]) -> bool:
        """Whether the run with the remedy needs no other."""
        return not self.after.needs_remedy


def run_trials(
    cases: Sequence[tuple[Experiment, Remedy]],
    train_all: Callable[[Sequence[Experiment], Progress | None], Sequence[Outcome]],
    is_better: Callable[[Outcome, Outcome], bool],
    on_progress: Progress | None = None,
    known: Mapping[Experiment, Outcome] | None = None,
) -> list[Trial[Outcome]]:
    """Train each experiment without its remedy and with it, and judge by ``is_better(before, after)``.

    ``train_all(experiments, on_progress)`` gives one outcome per experiment, or fewer if it was stopped: the result is
    then empty. Outcomes that are ``known`` are not trained again; the other trainings run together. Raises
    ``pydantic.ValidationError`` for a remedy that is not possible for its experiment.
    """
    pairs = [(experiment, remedy.apply(experiment)) for experiment, remedy in cases]
    outcomes = dict(known or {})
    unique = dict.fromkeys([*(before for before, _ in pairs), *(after for _, after in pairs)])
    untrained = [experiment for experiment in unique if experiment not in outcomes]
    trained = train_all(untrained, on_progress)
    if len(trained) < len(untrained):
        return []
    outcomes |= dict(zip(untrained, trained, strict=True))
    return [
        Trial(remedy, outcomes[before], outcomes[after], is_better(outcomes[before], outcomes[after]))
        for (_, remedy), (before, after) in zip(cases, pairs, strict=True)
    ]


def try_remedies(experiment: Experiment, on_progress: Progress | None = None) -> list[Trial[Diagnosis]]:
    """Train an experiment with each remedy for it, and give the trials that helped; those that cure come first.

    Of a remedy that comes in several sizes it is the first that cures, or else the one with the smallest error.
    ``on_progress(share)`` is called with the share that is done; if it returns ``False``, the other remedies are not
    tried.
    """
    (before,) = train_and_diagnose([experiment])
    proposed = propose_remedies(before.verdict, experiment)
    changed = [(remedy, remedy.apply(experiment)) for remedy in proposed]
    remedies = [remedy for remedy, after in changed if after.epochs * after.steps_per_epoch <= MOST_STEPS]
    sizes = [list(group) for _, group in groupby(remedies, attrgetter("key"))]
    best = []
    for index, group in enumerate(sizes):
        if on_progress and on_progress(index / len(sizes)) is False:
            break
        best += _try_sizes(before, group)
    return sorted(best, key=lambda trial: not trial.cures)


def _try_sizes(before: Diagnosis, sizes: Iterable[Remedy]) -> list[Trial[Diagnosis]]:
    """The best trial of a remedy's sizes in a list, which is empty if none helped.

    Sizes are trained one by one, since a larger one takes longer and is not needed if a smaller one cures.
    """
    experiment, helpful = before.experiment, []
    for remedy in sizes:
        (trial,) = run_trials([(experiment, remedy)], train_and_diagnose, has_improved, known={experiment: before})
        if trial.helps and trial.cures:
            return [trial]
        if trial.helps:
            helpful.append(trial)
    return [min(helpful, key=lambda trial: steady_error(trial.after.run))] if helpful else []
