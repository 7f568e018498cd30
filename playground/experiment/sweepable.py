"""Which settings are single numbers, so that a sweep can vary them."""

from __future__ import annotations

from functools import cache

from playground.experiment.experiment import Experiment
from playground.experiment.query import find_fields
from playground.experiment.setting import Number


@cache
def sweepable() -> dict[str, Number]:
    """The settings that an axis can vary, by name: every number but the seed, which each sweep repeats over."""
    fields = find_fields(Experiment)
    return {
        name: field.setting
        for name, field in fields.items()
        if isinstance(field.setting, Number) and name != "seed" and not field.many
    }
