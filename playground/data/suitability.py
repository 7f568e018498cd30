"""Whether a loss fits the data of an experiment: one for labels says nothing about numbers, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable

from playground.data.dataset import make_data
from playground.experiment import Experiment
from playground.losses import LOSSES, Target, losses_for

FITTING = {
    "regression": (Target.REAL, Target.POSITIVE),
    "classification": (Target.LABEL, Target.BROKEN),
}
NEEDED = {
    Target.REAL: "numbers",
    Target.POSITIVE: "numbers of 0 and above",
    Target.LABEL: "labels 0 and 1",
    Target.BROKEN: "labels 0 and 1",
}
GIVEN = {"regression": "numbers", "classification": "labels 0 and 1"}


def reason_against(experiment: Experiment) -> str:
    """Why the experiment's loss does not fit its data: received, allowed, remedy; empty if it fits."""
    target = LOSSES[experiment.loss].target
    if target not in FITTING[experiment.task]:
        return _reason(experiment, GIVEN[experiment.task])
    if target is Target.POSITIVE and make_data(experiment).y_train.min() < 0:
        return _reason(experiment, "numbers below 0")
    return ""


def _reason(experiment: Experiment, given: str) -> str:
    needed = NEEDED[LOSSES[experiment.loss].target]
    return (
        f"loss is {experiment.loss!r}, which is for {needed}, and the points of dataset {experiment.dataset!r} have"
        f" {given}; choose one of {', '.join(losses_for(experiment.task))}"
    )


def check_losses(experiments: Iterable[Experiment]) -> None:
    """Raises ``ValueError`` for the first experiment whose loss does not fit its data."""
    fitting: set[tuple[str, str]] = set()  # a sweep has thousands of experiments and a few losses
    for experiment in experiments:
        if (experiment.dataset, experiment.loss) in fitting:
            continue
        reason = reason_against(experiment)
        if reason:
            raise ValueError(reason)
        if LOSSES[experiment.loss].target is not Target.POSITIVE:
            fitting.add((experiment.dataset, experiment.loss))
