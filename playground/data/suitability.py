"""Whether a loss can be trained on the data of an experiment: labels, numbers, or positive numbers."""

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


def explain_misfit(experiment: Experiment) -> str:
    """Why the experiment's loss cannot be trained on its data, and which losses can; empty if it can be."""
    target = LOSSES[experiment.loss].target
    if target not in FITTING[experiment.task]:
        return _write_reason(experiment, GIVEN[experiment.task])
    if target is Target.POSITIVE and make_data(experiment).y_train.min() < 0:
        return _write_reason(experiment, "numbers below 0")
    return ""


def _write_reason(experiment: Experiment, given: str) -> str:
    needed = NEEDED[LOSSES[experiment.loss].target]
    return (
        f"loss is {experiment.loss!r}, which is for {needed}, and the points of dataset {experiment.dataset!r} have"
        f" {given}; choose one of {', '.join(losses_for(experiment.task))}"
    )


def check_losses(experiments: Iterable[Experiment]) -> None:
    """Check that every loss can be trained on its experiment's data, before any training begins.

    Raises ``ValueError`` for the first that cannot, with the reason that ``explain_misfit`` gives.
    """
    fitting: set[tuple[str, str]] = set()  # a sweep has thousands of experiments and a few losses
    for experiment in experiments:
        if (experiment.dataset, experiment.loss) in fitting:
            continue
        reason = explain_misfit(experiment)
        if reason:
            raise ValueError(reason)
        if LOSSES[experiment.loss].target is not Target.POSITIVE:
            fitting.add((experiment.dataset, experiment.loss))
