"""The judges of a sweep: the numbers that every training ends with, a whole stack at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playground.data import make_data
from playground.diagnosis.convergence import find_settled_epochs, is_diverging, is_exploded
from playground.experiment import Experiment
from playground.losses.classification import cross_entropy
from playground.run import predict_with_weights
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS

if TYPE_CHECKING:
    from playground.engine.types import TrainingStack

Columns = dict[str, np.ndarray]

MODELS_AT_ONCE = 100


@dataclass(frozen=True)
class Judge:
    """A number that every training ends with.

    Where less of it is ``better`` it has a winner; only a ``common`` one means the same for every loss.
    ``models`` says which models have it: all, those of a ``task``, or a ``line``.
    """

    key: str
    label: str
    short: str
    models: str = "all"
    better: bool = True
    common: bool = True

    @property
    def described(self) -> str:
        """The label with the direction in which it is better."""
        return f"{self.label}: {'lower is better' if self.better else 'neither more nor less is better'}"


JUDGES: dict[str, Judge] = {
    judge.key: judge
    for judge in (
        Judge("rmse", "RMSE on clean points", "RMSE", "regression"),
        Judge("mae", "MAE on clean points", "MAE", "regression"),
        Judge("error_rate", "share of fresh points called wrong", "error rate", "classification"),
        Judge("log_loss", "log loss on fresh points", "log loss", "classification"),
        Judge("final_loss", "own loss at the end", "own loss", common=False),
        Judge("settled", "epochs until within 1% of the end", "epochs"),
        Judge("slope", "slope of the line", "slope", "line", better=False),
        Judge("intercept", "intercept of the line", "intercept", "line", better=False),
    )
}


def find_judges(experiment: Experiment) -> list[str]:
    """The judges that experiments of this kind have."""
    line = experiment.task == "regression" and experiment.is_line
    return [key for key, judge in JUDGES.items() if judge.models in ("all", experiment.task, "line" if line else "")]


def judge_stack(stack: TrainingStack) -> Columns:
    """Judge each training of a stack, as ``playground.diagnosis.diagnosis`` judges one run: columns ``(trainings,)``.

    A judge is NaN where a loss or a final weight is not finite, and where a run diverged and ended above a hundred
    times its first loss. Every other run keeps its judges, whatever its verdict.

    Besides the judges there are ``diverged_at`` (an epoch from 1; 0 if it did not diverge), ``finite`` and
    ``trained``.
    """
    losses = stack.loss
    finite_weights = [np.isfinite(each).reshape(-1, each.shape[-1]).all(axis=0) for each in stack.weights]
    whole = np.isfinite(losses).all(axis=1) & np.all(finite_weights, axis=0)
    diverged, finite = is_diverging(losses) | ~whole, whole
    exploding = diverged & is_exploded(losses)[:, -1]
    columns: Columns = {**_judge_on_test_points(stack), "final_loss": losses[:, -1].astype(float)}
    columns["settled"] = find_settled_epochs(losses).astype(float)
    if "slope" in find_judges(stack.experiments[0]):
        columns["slope"], columns["intercept"] = _read_lines(stack)
    columns = {
        name: np.where(finite & ~exploding & np.isfinite(column), column, np.nan) for name, column in columns.items()
    }
    trained = np.ones(len(losses), bool)
    return columns | {"diverged_at": _find_divergence(losses, diverged), "finite": finite, "trained": trained}


def _find_divergence(losses: np.ndarray, diverged: np.ndarray) -> np.ndarray:
    """The epoch at which each run diverged, 0 if it did not."""
    beyond = is_exploded(losses[diverged])
    epochs = np.zeros(len(losses), np.int32)
    epochs[diverged] = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, losses.shape[1])
    return epochs


def _read_lines(stack: TrainingStack) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and intercepts in units of x and y, as ``Run.line`` has them."""
    slope, intercept = stack.weights[0][0, 0].astype(float), stack.weights[1][0].astype(float)
    if not stack.experiments[0].standardise:
        return slope, intercept
    scalings = [make_data(experiment).scaling for experiment in stack.experiments]
    scale, offset = (np.array([scaling[part][0] for scaling in scalings], float) for part in (0, 1))
    return slope * scale, intercept + slope * offset


def _judge_on_test_points(stack: TrainingStack) -> Columns:
    """The judges of a stack's models by their test points, a few models at a time, which bounds the memory."""
    members = stack.experiments
    weights = [np.moveaxis(array, -1, 0) for array in stack.weights]
    parts = []
    for start in range(0, len(members), MODELS_AT_ONCE):
        few = slice(start, start + MODELS_AT_ONCE)
        parts.append(_judge_models(members[few], [array[few] for array in weights]))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _predict_test_points(members: Sequence[Experiment], weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Predictions ``(models, n, 1)`` at the test points, and the truth there, ``(models, n, 1)`` or ``(n, 1)``."""
    first = members[0]
    if (
        first.dataset not in LABELLED_DISTRIBUTIONS
        and not first.standardise
        and len({each.dataset for each in members}) == 1
    ):
        data = make_data(first)  # clean points are the same for every seed and noise
        return predict_with_weights(first, weights, data.x_test), data.y_test
    found = []
    for place, experiment in enumerate(members):
        data = make_data(experiment)
        found.append((predict_with_weights(experiment, [array[place] for array in weights], data.x_test), data.y_test))
    answers, truths = zip(*found, strict=True)
    return np.stack(answers), np.stack(truths)


def _judge_models(members: Sequence[Experiment], weights: list[np.ndarray]) -> Columns:
    answers, y = _predict_test_points(members, weights)
    answers, y = answers[..., 0].astype(float), y[..., 0].astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        if members[0].dataset in LABELLED_DISTRIBUTIONS:
            wrong = (answers > 0) != (y > 0.5)
            return {"error_rate": wrong.mean(axis=1), "log_loss": cross_entropy(np, y, answers).mean(axis=1)}
        errors = answers - y
        return {"mae": np.abs(errors).mean(axis=1), "rmse": np.sqrt(np.square(errors).mean(axis=1))}
