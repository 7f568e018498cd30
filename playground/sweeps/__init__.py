"""Sweeps: one or more settings varied over thousands of trainings, each loss under the same seeds.

``sweep`` gives a pandas DataFrame for notebooks; the pages use ``Sweep`` and ``swept``. TensorFlow is loaded only
when a sweep is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.queries import fields_of
from playground.sweeps.judges import JUDGES, judges_of
from playground.sweeps.plan import Axis, Sweep, parts, spaced, sweepable
from playground.sweeps.results import Swept, together
from playground.sweeps.running import TRAININGS_AT_ONCE, Progress, swept, swept_part

if TYPE_CHECKING:
    import pandas

__all__ = [
    "JUDGES",
    "TRAININGS_AT_ONCE",
    "Axis",
    "Sweep",
    "Swept",
    "judges_of",
    "parts",
    "spaced",
    "sweep",
    "sweepable",
    "swept",
    "swept_part",
    "together",
]


def sweep(
    base: Experiment | None = None,
    *,
    losses: Sequence[str] | None = None,
    seeds: int = 1,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
    **axes: Sequence[float] | np.ndarray,
) -> pandas.DataFrame:
    """Train ``base`` at every combination of values, and give one row a training.

    Name a setting and its values, as in ``sweep(learning_rate=[0.001, 0.01], losses=["mse", "mae"], seeds=30)``. The
    table holds the settings, the judges (NaN where a training diverged), ``diverged_at`` (0: it did not) and
    ``trained``. ``executor`` is any ``concurrent.futures.Executor``; the result is the same as without. Raises
    ``ValueError`` for an unknown setting or loss, or a value that is not allowed.
    """
    base = base or Experiment()
    _check(axes, losses or (base.loss,), seeds)
    plan = Sweep(
        base=base,
        axes=tuple(Axis(name, tuple(_typed(name, value) for value in values)) for name, values in axes.items()),
        losses=tuple(dict.fromkeys(losses or (base.loss,))),
        seeds=seeds,
    )
    return swept(plan, executor=executor, on_progress=on_progress).frame()


def _typed(setting: str, value: float) -> float:
    """A value of NumPy's as one of Python's, whole if the setting is: it must not pass for another kind of setting."""
    return int(value) if fields_of(Experiment)[setting].whole and value == int(value) else float(value)


def _check(axes: dict[str, Any], losses: Sequence[str], seeds: int) -> None:
    allowed = sweepable()
    for name, values in axes.items():
        if name not in allowed:
            raise ValueError(f"{name} cannot be an axis; allowed are {', '.join(allowed)}")
        if not len(values):
            raise ValueError(f"{name} has no values; give it one or more")
    for loss in losses:
        if loss not in LOSSES:
            raise ValueError(f"losses holds {loss!r}; allowed are {', '.join(LOSSES)}")
    if seeds < 1:
        raise ValueError(f"seeds is {seeds}; allowed is 1 or more")
