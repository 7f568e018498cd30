"""Values of a setting that give equal trainings: shares are rounded to whole points, and some settings are unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product

from playground.data import make_data
from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.losses import LOSSES
from playground.models.arrays import initial_weights
from playground.sweeps.plan import Axis, Sweep
from playground.tables.optimizers import OPTIMIZERS

# What every training reads, besides the points and the first weights.
ALWAYS = (
    *("inputs", "standardise", "hidden", "activation", "normalisation", "residual"),
    *("loss", "optimizer", "learning_rate", "epochs", "rows_per_batch", "shuffle"),
    *("l1", "l2", "soft_threshold", *CLIPPINGS),
)


MOST_COMBINATIONS = 1000  # of the other axes' values that two values are held against: more than a page sweeps


def training_key(experiment: Experiment) -> tuple[object, ...]:
    """All that a training and its judges read of an experiment: equal keys give equal runs.

    It holds the points and the first weights themselves, not the settings that they came from.
    """
    rule = [getattr(experiment, name) for name in OPTIMIZERS[experiment.optimizer].settings]
    dropout = experiment.dropout if experiment.hidden else 0.0
    always = [getattr(experiment, name) for name in ALWAYS]
    data = make_data(experiment)
    arrays = [data.x_train, data.y_train, data.x_test, data.y_test, *initial_weights(experiment)]
    bytes_of = tuple((array.shape, array.tobytes()) for array in arrays)
    return (*always, *rule, *experiment.parameters.items(), dropout, bytes_of)


@lru_cache(maxsize=64)
def group_alike(plan: Sweep, place: int) -> list[list[float]]:
    """The values of one of a sweep's axes in groups that train alike, whatever the loss and the other axes' values.

    Judged under the first seed. Groups and values keep the order of the axis.
    """
    axis = plan.axes[place]
    matters = any(axis.setting in LOSSES[loss].parameters for loss in plan.losses)
    groups = [list(axis.values)]
    combinations = product(plan.losses if matters else plan.losses[:1], _other_values(plan, place))
    for loss, others in islice(combinations, MOST_COMBINATIONS):
        if all(len(group) == 1 for group in groups):
            break
        groups = [part for group in groups for part in _split_group(plan, place, loss, others, group)]
    return sorted(groups, key=lambda group: axis.values.index(group[0]))


def _other_values(plan: Sweep, place: int) -> list[dict[str, float]]:
    """The first combinations of the other axes' values."""
    others = [axis for number, axis in enumerate(plan.axes) if number != place]
    names = [axis.setting for axis in others]
    combinations = islice(product(*(axis.values for axis in others)), MOST_COMBINATIONS)
    return [dict(zip(names, values, strict=True)) for values in combinations]


def _split_group(plan: Sweep, place: int, loss: str, others: dict[str, float], group: list[float]) -> list[list[float]]:
    """A group as the groups that still train alike with a loss and with these values of the other axes."""
    if len(group) == 1:
        return [group]
    found: dict[tuple[object, ...], list[float]] = defaultdict(list)
    setting = plan.axes[place].setting
    for value in group:
        found[training_key(plan.base.replace(**others, **{setting: value}, loss=loss))].append(value)
    return list(found.values())


def drop_repeats(plan: Sweep) -> Sweep:
    """The sweep with one value, the first, of each group that trains alike."""
    axes = tuple(
        Axis(axis.setting, tuple(group[0] for group in group_alike(plan, place)))
        for place, axis in enumerate(plan.axes)
    )
    return plan if axes == plan.axes else replace(plan, axes=axes)


def check_effect(plan: Sweep, named: Callable[[str], str] = str) -> None:
    """Raises ``ValueError`` if all values of an axis train alike, so that there is nothing to compare.

    ``named`` gives a setting's name for the message.
    """
    for place, axis in enumerate(plan.axes):
        if len(axis.values) > 1 and len(group_alike(plan, place)) == 1:
            span = f"all {len(axis.values)} values, from {axis.values[0]:g} to {axis.values[-1]:g}, train alike"
            raise ValueError(
                f"nothing in this experiment depends on {named(axis.setting)}: {span}; vary another setting, widen the"
                " range, or change what it belongs to"
            )


def repeats_words(plan: Sweep) -> list[str]:
    """A sentence for each axis on which several values train alike."""
    sentences = []
    for place, axis in enumerate(plan.axes):
        repeated = [group for group in group_alike(plan, place) if len(group) > 1]
        if repeated:
            values = ", ".join(f"{value:g}" for value in repeated[0])
            more = f" (and {len(repeated) - 1} more such groups)" if len(repeated) > 1 else ""
            sentences.append(f"{axis.setting}: {values} train alike, as they come to the same points and batches{more}")
    return sentences
