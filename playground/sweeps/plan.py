"""What a sweep trains: which settings it varies, over which values, and the experiment at every place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import prod

import numpy as np

from playground.experiment import Experiment
from playground.experiment.query import find_fields
from playground.experiment.setting import Number
from playground.experiment.sweepable import sweepable
from playground.text.numbers import plain

SEEDS = 2**31  # a seed beyond the last begins again at 0


@dataclass(frozen=True)
class Axis:
    """The values that a sweep gives to one setting."""

    setting: str
    values: tuple[float, ...]


def space_values(setting: str, low: float, high: float, steps: int, *, log: bool) -> Axis:
    """An axis of at most ``steps`` values from ``low`` to ``high``: fewer where rounding makes whole numbers equal.

    Raises ``ValueError`` for a range that the setting does not allow, or that has no logarithm.
    """
    number = sweepable()[setting]
    _check_range(number, low, high, log=log)
    values = np.geomspace(low, high, steps) if log else np.linspace(low, high, steps)
    values[0], values[-1] = low, high  # powers may miss the ends by a rounding
    if find_fields(Experiment)[setting].whole:
        return Axis(setting, tuple(int(value) for value in np.unique(values.round())))
    short = [float(f"{value:.3g}") for value in values]
    return Axis(setting, tuple(short if len(set(short)) == steps else (float(f"{value:.8g}") for value in values)))


def _check_range(number: Number, low: float, high: float, *, log: bool) -> None:
    allowed = f"allowed are {plain(number.low)} to {plain(number.high)}"
    if low >= high:
        raise ValueError(f"{number.label}: from ({plain(low)}) has to be less than to ({plain(high)}); {allowed}")
    for end, value in (("from", low), ("to", high)):
        if not number.low <= value <= number.high:
            raise ValueError(f"{number.label}: {end} is {plain(value)}; {allowed}")
    if log and low <= 0:
        raise ValueError(f"{number.label}: from is {plain(low)}; a logarithmic scale needs more than 0: begin higher")


@dataclass(frozen=True)
class Sweep:
    """What to train: ``base`` at every combination of the axes' values, with every loss, under ``seeds`` seeds.

    The seeds are the base's own and those after it. Places are counted with the seeds outermost, then the losses,
    then the axes, so that what a stopped sweep has done is whole seeds where it can be.
    """

    base: Experiment
    axes: tuple[Axis, ...]
    losses: tuple[str, ...]
    seeds: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Seeds, losses, then the values of each axis."""
        return (self.seeds, len(self.losses), *(len(axis.values) for axis in self.axes))

    @property
    def size(self) -> int:
        return prod(self.shape)

    @cached_property
    def _combinations(self) -> list[Experiment]:
        """Every combination of a loss and the axes' values, under the first seed, checked."""
        names = [axis.setting for axis in self.axes]
        combinations = product(*(axis.values for axis in self.axes))
        checked = [self.base.replace(**dict(zip(names, values, strict=True))) for values in combinations]
        losses = [self.base.replace(loss=loss).loss for loss in self.losses]
        # A loss goes with every setting, so that a copy with another needs no second check.
        return [each.model_copy(update={"loss": loss}) for loss in losses for each in checked]

    def __getstate__(self) -> dict[str, object]:
        """What travels to another process: the request, without the experiments that are made of it."""
        return {name: value for name, value in vars(self).items() if name != "_combinations"}

    def seed(self, place: int) -> int:
        """The seed of a repetition, counted from 0."""
        return (self.base.seed + place) % SEEDS

    def experiment(self, place: int) -> Experiment:
        """The experiment at a place; raises ``ValueError`` if its settings do not go together."""
        repetition, loss, *places = (int(index) for index in np.unravel_index(place, self.shape))
        values = {axis.setting: axis.values[index] for axis, index in zip(self.axes, places, strict=True)}
        return self.base.replace(**values, loss=self.losses[loss], seed=self.seed(repetition))

    def experiments(self, first: int = 0, last: int | None = None) -> list[Experiment]:
        """The experiments from place ``first`` up to ``last``; all by default."""
        each = len(self._combinations)
        found = []
        for place in range(first, self.size if last is None else last):
            repetition, combination = divmod(place, each)
            checked = self._combinations[combination]
            # A copy with another seed needs no second check, which would take longer than its training.
            found.append(checked.model_copy(update={"seed": self.seed(repetition)}) if repetition else checked)
        return found

    def at(self, repetition: int, loss: str, *places: int) -> Experiment:
        """The experiment of a repetition, a loss and a place on each axis."""
        return self.experiment(int(np.ravel_multi_index((repetition, self.losses.index(loss), *places), self.shape)))


def cut_sweep(plan: Sweep, count: int) -> list[tuple[int, int]]:
    """Cut a sweep into ``count`` parts of about one size: the first place of each, and the one after its last."""
    cuts = [round(plan.size * place / max(count, 1)) for place in range(max(count, 1) + 1)]
    return list(pairwise(cuts))
