"""What the visitor sweeps, as settings of the Compare page; and whether it can be done."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np

from playground.experiment import Experiment
from playground.experiment.query import PageSettings, Query
from playground.experiment.relevance import list_tasks
from playground.experiment.setting import Choice, Number, Switch
from playground.models.arrays import count_weights
from playground.sweeps import JUDGES, Axis, Sweep, check_effect, drop_repeats, find_judges, space_values, sweepable

NONE = "none"
AXES = {name: setting.label for name, setting in sweepable().items()}
SCALES = {"usual": "as usual", "linear": "linear", "log": "logarithmic"}
MOST_TRAININGS = 100_000
# Multiplications and additions of all trainings together: half a minute on two cores.
MOST_WORK = 2e11
AT_ONCE = 5e7  # so little that it is done at once, without a button
LIMIT = 1e4

_Bound = Annotated[
    float | None, Number("From", "Empty: the usual value, which is shown in grey.", -LIMIT, LIMIT, (), zero="as usual")
]


# What shapes an axis. Links that have some of it and no ``vary`` are from the time when the rate was varied first.
ONCE_VARIED = "learning_rate"
SHAPES = {
    *("vary_from", "vary_to", "vary_scale", "vary_steps"),
    *("against", "against_from", "against_to", "against_scale", "against_steps", "swept"),
}


class SweepSettings(PageSettings):
    """One or two axes, how often each point is repeated, and what is looked at."""

    vary: Annotated[str, Choice("Vary", "The setting along x.", {NONE: "nothing but the seed", **AXES})] = NONE
    vary_from: _Bound = None
    vary_to: _Bound = None
    vary_scale: Annotated[str, Choice("Scale", "How the values are spread.", SCALES)] = "usual"
    vary_steps: Annotated[int, Number("Steps", "How many values.", 2, 200, (2, 5, 7, 11, 16, 21, 31, 41, 64, 101))] = 21
    against: Annotated[str, Choice("and", "A second setting makes a map.", {NONE: "nothing else", **AXES})] = NONE
    against_from: _Bound = None
    against_to: _Bound = None
    against_scale: Annotated[str, Choice("Scale", "How the values are spread.", SCALES)] = "usual"
    against_steps: Annotated[int, Number("Steps", "How many values.", 2, 200, (2, 5, 7, 11, 16, 21, 31, 41, 64))] = 16
    seeds: Annotated[
        int, Number("Seeds", "Every point is trained under so many seeds.", 1, 1000, (1, 2, 3, 5, 10, 20, 30, 50, 100))
    ] = 10
    judge: Annotated[str, Choice("Judge by", "What is drawn.", {key: judge.label for key, judge in JUDGES.items()})] = (
        "rmse"
    )
    swept: Annotated[bool, Switch("Swept", "Whether the sweep is shown.")] = False

    @classmethod
    def read_link(cls, query: Query) -> tuple[Self, list[str]]:
        """The settings that a link stands for. A link that shapes an axis without naming it is from an earlier time."""
        return super().read_link({"vary": [ONCE_VARIED], **query} if query.keys() & SHAPES else query)

    def write_link(self) -> dict[str, list[str]]:
        """The query of these settings, which names its axis wherever it shapes one."""
        link = super().write_link()
        return {"vary": [self.vary], **link} if link.keys() & SHAPES else link

    def judged_by(self, experiment: Experiment) -> str:
        """The judge, or the first that this kind of model has."""
        return self.judge if self.judge in find_judges(experiment) else find_judges(experiment)[0]

    @property
    def varied(self) -> list[str]:
        """The axes, ``vary`` and ``against``, that vary a setting."""
        return [axis for axis in ("vary", "against") if getattr(self, axis) != NONE]


def list_axes(task: str, chosen: str) -> list[str]:
    """The settings that an axis offers for a task; what a link has chosen stays among them."""
    return [setting for setting in AXES if task in list_tasks(setting) or setting == chosen]


def usual_range(setting: str, base: Experiment) -> tuple[float, float, bool]:
    """Where a setting is usually looked at: from, to, and whether on a logarithmic scale.

    What spans powers of ten is looked at from a tenth to ten times the base's own value, all else over its stops.
    """
    number = sweepable()[setting]
    stops = [stop for stop in number.stops if stop > 0]
    if len(stops) < 3 or stops[-1] < 300 * stops[0] or not np.allclose(stops[-1] / stops[-2], stops[-2] / stops[-3], 1):
        return (
            (float(number.stops[0]), float(number.stops[-1]), False)
            if number.stops
            else (number.low, number.high, False)
        )
    value = getattr(base, setting) or 0
    if value <= 0:
        return stops[0], stops[-1], True
    return max(value / 10, stops[0], number.low), min(value * 10, stops[-1], number.high), True


def is_log(sweeping: SweepSettings, axis: str, base: Experiment) -> bool:
    """Whether an axis, ``vary`` or ``against``, is logarithmic."""
    scale = getattr(sweeping, f"{axis}_scale")
    return usual_range(getattr(sweeping, axis), base)[2] if scale == "usual" else bool(scale == "log")


def _make_axis(sweeping: SweepSettings, axis: str, base: Experiment) -> Axis:
    setting = getattr(sweeping, axis)
    low, high, _ = usual_range(setting, base)
    given_low, given_high = getattr(sweeping, f"{axis}_from"), getattr(sweeping, f"{axis}_to")
    low, high = low if given_low is None else given_low, high if given_high is None else given_high
    return space_values(setting, low, high, getattr(sweeping, f"{axis}_steps"), log=is_log(sweeping, axis, base))


def pin_ranges(sweeping: SweepSettings, base: Experiment) -> SweepSettings:
    """The settings with their usual ranges written out where these depend on the base: another base then moves none."""
    changes: dict[str, float] = {}
    for axis in ("vary", "against"):
        setting = getattr(sweeping, axis)
        low, high, moves = usual_range(setting, base) if setting != NONE else (0.0, 0.0, False)
        for end, usual in (("from", low), ("to", high)):
            if moves and getattr(sweeping, f"{axis}_{end}") is None:
                changes[f"{axis}_{end}"] = usual
    return sweeping.model_copy(update=changes)


def plan_sweep(sweeping: SweepSettings, base: Experiment, losses: tuple[str, ...]) -> Sweep:
    """The sweep that is asked for, without values that train alike.

    Raises ``ValueError`` with what is wrong, or what is too much of it.
    """
    if sweeping.vary == sweeping.against != NONE:
        raise ValueError(f"both axes vary {AXES[sweeping.vary]}; choose another setting for one of them")
    axes = [_make_axis(sweeping, axis, base) for axis in sweeping.varied]
    asked = Sweep(base, tuple(axes), losses, sweeping.seeds)
    check_effect(asked, AXES.__getitem__)
    found = drop_repeats(asked)
    check_size(found)
    return found


def describe_merged_values(sweeping: SweepSettings, swept: Sweep) -> list[str]:
    """A sentence for each axis some values of which train alike, so that they were merged into one."""
    sentences = []
    for name, axis in zip(sweeping.varied, swept.axes, strict=True):
        asked = len(_make_axis(sweeping, name, swept.base).values)
        if len(axis.values) < asked:
            sentences.append(
                f"{AXES[axis.setting]}: {asked} values come to {len(axis.values)} different trainings, since shares and"
                " batches are of whole points. Each is trained once, under its first value."
            )
    return sentences


def check_size(sweep: Sweep) -> None:
    """Raises ``ValueError`` for a sweep of more trainings, or of more work, than one page may ask for."""
    if sweep.size > MOST_TRAININGS:
        raise ValueError(
            f"this sweep has {sweep.size:,} trainings; allowed are {MOST_TRAININGS:,}."
            " Choose fewer steps, seeds or losses"
        )
    work = estimate_work(sweep)
    if work > MOST_WORK:
        raise ValueError(
            f"this sweep is {work / MOST_WORK:,.1f} times the work that one page may ask for."
            " Choose fewer steps, seeds, epochs or points, or a smaller model"
        )


def estimate_work(sweep: Sweep) -> float:
    """About how many multiplications a sweep takes: trainings × epochs × points × weights."""
    work = float(sweep.size)
    for setting in ("epochs", "points"):
        values = next((axis.values for axis in sweep.axes if axis.setting == setting), None)
        work *= getattr(sweep.base, setting) if values is None else float(np.mean(values))
    return work * count_weights(sweep.base.widths)
