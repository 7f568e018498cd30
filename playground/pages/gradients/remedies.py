"""What may help a deep network: changes of its settings, each of which the engine tries alone."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.remedies import Remedy
from playground.diagnosis.trials import Trial, run_trials
from playground.experiment import Experiment, settings
from playground.experiment.experiment import UNCLIPPED
from playground.experiment.setting import Number
from playground.pages.gradients.study import Study, train_and_study
from playground.progress import Progress

BETTER = 0.9  # of the loss at the end: what a remedy must at least come down to


def _make_remedy(key: str, label: str, reason: str, **changes: object) -> Remedy:
    return Remedy(key, label, tuple(changes.items()), reason)


REMEDIES = (
    _make_remedy("relu", "ReLU with He start", "Its slope is 1 right of 0.", activation="relu", initialiser="he"),
    _make_remedy(
        "leaky_relu", "Leaky ReLU with He start", "Its slope is never 0.", activation="leaky_relu", initialiser="he"
    ),
    _make_remedy("tanh", "tanh with Glorot start", "Its slope is 1 at 0.", activation="tanh", initialiser="glorot"),
    _make_remedy("selu", "SELU with LeCun start", "Keeps mean 0, variance 1.", activation="selu", initialiser="lecun"),
    _make_remedy(
        "batch", "Batch normalisation", "Sets the scale of each unit anew in every layer.", normalisation="batch"
    ),
    _make_remedy(
        "layer", "Layer normalisation", "Sets the scale of each point anew in every layer.", normalisation="layer"
    ),
    _make_remedy("residual", "Residual connections", "The gradient also goes round each layer.", residual=True),
    _make_remedy(
        "clip", "Clip by norm 1", "The gradient has a bounded length.", **{**UNCLIPPED, "global_clipnorm": 1.0}
    ),
)
SLOWER = {10.0: "A tenth of the learning rate", 100.0: "A hundredth of the learning rate"}


def list_candidates(experiment: Experiment) -> list[Remedy]:
    """The remedies that change something of the experiment."""
    remedies = (*REMEDIES, *(lower_rate(experiment, divisor) for divisor in SLOWER))
    return [remedy for remedy in remedies if remedy.is_possible(experiment)]


def lower_rate(experiment: Experiment, divisor: float) -> Remedy:
    """The remedy of a learning rate that is a tenth or a hundredth, or the least that is allowed."""
    rate = settings()["learning_rate"]
    assert isinstance(rate, Number)
    slower = max(experiment.learning_rate / divisor, rate.low)
    return _make_remedy("rate", SLOWER[divisor], "Smaller steps do not overshoot as far.", learning_rate=slower)


def try_remedies(experiment: Experiment, on_progress: Progress | None = None) -> list[Trial[Study]]:
    """Try every remedy alone, and give the trials in the order of the loss at their ends; empty if stopped."""
    cases = [(experiment, remedy) for remedy in list_candidates(experiment)]
    return sorted(run_trials(cases, train_and_study, is_better, on_progress), key=lambda trial: trial.after.end)


def is_better(before: Study, after: Study) -> bool:
    """Whether the loss ends a tenth lower and no layer dies."""
    return after.end < BETTER * before.end and after.death is None


def try_lower_rates(experiments: Sequence[Experiment], on_progress: Progress | None = None) -> list[Trial[Study]]:
    """Try each of the experiments, in which a layer dies, at a hundredth of its learning rate; empty if stopped."""
    cases = [(each, lower_rate(each, 100.0)) for each in experiments]
    return run_trials(cases, train_and_study, is_better, on_progress)
