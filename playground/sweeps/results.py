"""The results of a sweep, as arrays of the shape of the sweep and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playground.sweeps.judges import JUDGES, Columns, find_judges
from playground.sweeps.plan import Sweep

if TYPE_CHECKING:
    import pandas


# What became of a training. One that diverged and stayed finite may still have numbers to look at.
FINISHED, DIVERGED, NOT_FINITE, NOT_TRAINED = "finished", "diverged", "NaN or infinite", "not trained"
OUTCOMES = (FINISHED, DIVERGED, NOT_FINITE, NOT_TRAINED)


@dataclass(frozen=True, eq=False)
class Swept:
    """The results of a sweep. Each column has the shape of the sweep: seeds, losses, axes.

    A judge is NaN where a training has no such number, or was not reached before a Stop. ``diverged_at`` has the
    epoch or 0, ``finite`` says whether the loss stayed finite, ``trained`` which trainings were reached.
    """

    sweep: Sweep
    columns: Columns

    @property
    def trained(self) -> np.ndarray:
        return self.columns["trained"]

    @property
    def diverged(self) -> np.ndarray:
        """Which trainings diverged."""
        return self.columns["diverged_at"] > 0

    @property
    def judges(self) -> list[str]:
        """The judges that this kind of model has."""
        return [key for key in JUDGES if key in self.columns]

    @property
    def outcome(self) -> np.ndarray:
        """What became of each training, one of ``OUTCOMES``."""
        conditions = [~self.trained, ~self.columns["finite"], self.diverged]
        return np.select(conditions, [NOT_TRAINED, NOT_FINITE, DIVERGED], FINISHED)

    def judge_values(self, judge: str, loss: str) -> np.ndarray:
        """A judge of one loss, NaN where it diverged: ``(seeds, *axes)``. One diverged run would decide any mean."""
        place = self.sweep.losses.index(loss)
        return np.where(self.diverged[:, place], np.nan, self.columns[judge][:, place])

    def frame(self) -> pandas.DataFrame:
        """A table with one row per training: the sweep's settings, the judges and the outcome."""
        import pandas

        sweep = self.sweep
        seeds = [sweep.seed(place) for place in range(sweep.seeds)]
        index = np.indices(sweep.shape).reshape(len(sweep.shape), -1)
        columns: dict[str, np.ndarray] = {"loss": np.array(sweep.losses, object)[index[1]]}
        columns |= {
            axis.setting: np.array(axis.values)[place] for axis, place in zip(sweep.axes, index[2:], strict=True)
        }
        columns["seed"] = np.array(seeds)[index[0]]
        columns |= {name: column.ravel() for name, column in self.columns.items() if name != "finite"}
        return pandas.DataFrame(columns | {"outcome": self.outcome.ravel()})


def join_parts(plan: Sweep, cuts: Sequence[tuple[int, int]], found: Sequence[Columns]) -> Swept:
    """The parts of a sweep as one. Where there are fewer parts than cuts, the rest stays untrained."""
    columns = make_columns(plan, plan.size)
    for (first, last), part in zip(cuts, found, strict=False):
        fill_columns(columns, slice(first, last), part)
    return shape_columns(plan, columns)


def shape_columns(plan: Sweep, columns: Columns) -> Swept:
    return Swept(plan, {name: column.reshape(plan.shape) for name, column in columns.items()})


def make_columns(plan: Sweep, size: int) -> Columns:
    columns = {name: np.full(size, np.nan) for name in find_judges(plan.base)}
    return columns | {
        "diverged_at": np.zeros(size, np.int32),
        "finite": np.ones(size, bool),
        "trained": np.zeros(size, bool),
    }


def fill_columns(columns: Columns, places: Sequence[int] | slice, part: Columns) -> None:
    for name, values in part.items():
        columns[name][places] = values
