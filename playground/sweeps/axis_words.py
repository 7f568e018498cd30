"""Places on the axes of a sweep in words."""

from __future__ import annotations

from playground.experiment.setting_words import amount_words, value_words
from playground.sweeps import Sweep


def place_words(sweep: Sweep, axis: int, place: int) -> str:
    """A value of a sweep's axis; with the points that it comes to, unless their number is swept, too."""
    setting, value = sweep.axes[axis].setting, sweep.axes[axis].values[place]
    if any(each.setting == "points" for each in sweep.axes):
        return value_words(setting, value)
    return amount_words(setting, value, sweep.base)
