"""Check the arguments of ``sweep``: axes, losses and seeds. An error names what was received and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import islice
from math import isfinite
from numbers import Integral, Real

import numpy as np

from playground.experiment import Experiment
from playground.experiment.query import find_fields
from playground.experiment.sweepable import sweepable
from playground.losses import LOSSES
from playground.sweeps.plan import SEEDS, Axis, Sweep
from playground.text.phrases import shorten_text

MOST_VALUES = 1_000_000  # an iterator may be endless
MOST_TRAININGS = 20_000_000  # a table of two gigabytes
LONGEST = 40  # characters of a value that a message repeats
# These can be iterated, but are no lists of values: they have no order, or are a single word or record.
NO_LISTS = (str, bytes, bytearray, memoryview, Set, Mapping)
INSTEAD = {"seed": "for more seeds write seeds=30", "loss": 'for losses write losses=["mse", "mae"]'}


def read_axes(axes: Mapping[str, object]) -> tuple[Axis, ...]:
    """An axis for each named setting. Raises ``ValueError`` for a setting or a value that is not allowed."""
    return tuple(read_axis(name, values) for name, values in axes.items())


def read_axis(name: str, values: object) -> Axis:
    """The values of one setting, each once, in their order. Raises ``ValueError`` for what is not allowed."""
    if name not in sweepable():
        instead = f"; {INSTEAD[name]}" if name in INSTEAD else ""
        raise ValueError(f"{name} cannot be an axis; allowed are {', '.join(sweepable())}{instead}")
    listed = _read_list(name, values, f"{name}=[0.01, 0.1]")
    return Axis(name, tuple(dict.fromkeys(_read_value(name, value) for value in listed)))


def read_losses(losses: object) -> tuple[str, ...]:
    """The keys of losses, each once, in their order. Raises ``ValueError`` for an unknown one."""
    keys = _read_list("losses", losses, 'losses=["mse", "mae"]')
    for key in keys:
        if not isinstance(key, str) or key not in LOSSES:
            raise ValueError(f"losses holds {_shorten_value(key)}; allowed are {', '.join(LOSSES)}")
    return tuple(dict.fromkeys(map(str, keys)))


def read_seeds(seeds: object) -> int:
    """How many seeds. Raises ``ValueError`` for anything but a whole number of at least 1."""
    if isinstance(seeds, (bool, np.bool_)) or not isinstance(seeds, Integral) or not 1 <= int(seeds) <= SEEDS:
        raise ValueError(
            f"seeds is {_shorten_value(seeds)}; allowed is how many, a whole number from 1 to {SEEDS}, such as seeds=30"
        )
    return int(seeds)


def read_base(base: object) -> Experiment:
    """The experiment that is varied. Raises ``ValueError`` for anything else."""
    if base is None:
        return Experiment()
    if not isinstance(base, Experiment):
        raise ValueError(f"base is {_shorten_value(base)}; allowed is an Experiment, such as Experiment(noise=2.0)")
    return base


def check_size(plan: Sweep) -> None:
    """Raises ``ValueError`` for more trainings than a table in memory can hold."""
    if plan.size > MOST_TRAININGS:
        raise ValueError(
            f"this sweep has {plan.size:,} trainings; allowed are {MOST_TRAININGS:,}: sweep fewer values, losses or"
            " seeds at once"
        )


def check_progress(on_progress: object) -> None:
    """Raises ``ValueError`` if ``on_progress`` cannot be called."""
    if on_progress is not None and not callable(on_progress):
        raise ValueError(
            f"on_progress is {_shorten_value(on_progress)}; allowed is a function of the share that is done"
        )


def _read_list(name: str, values: object, example: str) -> list[object]:
    single = isinstance(values, np.ndarray) and values.ndim == 0
    if single or isinstance(values, NO_LISTS) or not isinstance(values, Iterable):
        raise ValueError(f"{name} is {_shorten_value(values)}; allowed is a list of values: write {example}")
    found = list(islice(values, MOST_VALUES + 1))
    if not found:
        raise ValueError(f"{name} has no values; give it one or more, or leave it out")
    if len(found) > MOST_VALUES:
        raise ValueError(f"{name} has more than {MOST_VALUES:,} values; give it fewer")
    return found


def _read_value(name: str, value: object) -> float:
    """A value as a Python number, an ``int`` if the setting is whole."""
    setting, whole = sweepable()[name], find_fields(Experiment)[name].whole
    allowed = f"allowed are {'whole numbers from ' if whole else ''}{setting.allowed}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise ValueError(f"{name} holds {_shorten_value(value)}, which is no number; {allowed}")
    number = float(value)
    if not isfinite(number) or not setting.low <= number <= setting.high or (whole and number != int(number)):
        raise ValueError(f"{name} holds {_shorten_value(value)}; {allowed}: remove it or change it")
    return int(number) if whole else number


def _shorten_value(value: object) -> str:
    return shorten_text(repr(value), LONGEST)
