"""Sweeps: one or more settings varied over thousands of trainings, each loss under the same seeds.

``sweep`` gives a pandas DataFrame for notebooks; the pages use ``Sweep`` and ``train_sweep``. TensorFlow is loaded only
when a sweep is trained.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from typing import TYPE_CHECKING
from warnings import warn

from playground.data.suitability import check_losses
from playground.experiment import Experiment
from playground.experiment.sweepable import sweepable
from playground.progress import Progress
from playground.sweeps.judges import JUDGES, find_judges
from playground.sweeps.plan import Axis, Sweep, cut_sweep, space_values
from playground.sweeps.requests import check_progress, check_size, read_axes, read_base, read_losses, read_seeds
from playground.sweeps.results import Swept, join_parts
from playground.sweeps.running import TRAININGS_AT_ONCE, check_executor, train_part, train_sweep
from playground.sweeps.sameness import check_effect, drop_repeats, group_alike, repeats_words

if TYPE_CHECKING:
    import pandas

__all__ = [
    "JUDGES",
    "TRAININGS_AT_ONCE",
    "Axis",
    "Sweep",
    "Swept",
    "check_effect",
    "cut_sweep",
    "drop_repeats",
    "find_judges",
    "group_alike",
    "join_parts",
    "space_values",
    "sweep",
    "sweepable",
    "train_part",
    "train_sweep",
]


def sweep(
    base: Experiment | None = None,
    *,
    losses: Iterable[str] | None = None,
    seeds: int = 1,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
    **axes: Iterable[float],
) -> pandas.DataFrame:
    """Train ``base`` at every combination of values, and give one row a training.

    Name a setting and its values, as in ``sweep(learning_rate=[0.001, 0.01], losses=["mse", "mae"], seeds=30)``. A
    value or a loss that is named twice is trained once.

    The table holds the settings, the judges (NaN where a training has no such number), ``diverged_at`` (the epoch, or
    0), ``trained``, and ``outcome``: finished, diverged, NaN or infinite, not trained. A training that diverged but
    ended within a hundred times its first loss keeps its numbers: ``frame[frame.outcome == "finished"]`` leaves them
    out.

    ``executor`` is a ``concurrent.futures.Executor`` whose processes are not forked from this one; the result is the
    same as without. Warns of values that train alike, such as 2.5% and 5% of 21 points. Raises ``ValueError`` for an
    unknown setting or loss, a loss that does not fit the data, a value that is not allowed, a setting that changes
    nothing in this experiment, and an executor that forks.
    """
    base = read_base(base)
    check_executor(executor)
    check_progress(on_progress)
    plan = Sweep(
        base=base,
        axes=read_axes(axes),
        losses=(base.loss,) if losses is None else read_losses(losses),
        seeds=read_seeds(seeds),
    )
    check_size(plan)
    check_losses(base.replace(loss=loss) for loss in plan.losses)
    check_effect(plan)
    for words in repeats_words(plan):
        warn(words, stacklevel=2)
    return train_sweep(plan, executor=executor, on_progress=on_progress).frame()
