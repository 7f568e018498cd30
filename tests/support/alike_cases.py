"""Values of a setting that train alike, held against the trainings of a sweep over them."""

from __future__ import annotations

import numpy as np

from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.sweeps import Axis, Sweep, group_alike, sweepable, train_sweep

QUICK = Experiment(epochs=2, points=5)
MOONS = QUICK.replace(dataset="moons", loss="cross_entropy")
ALIKE_BASES = {"numbers": QUICK.replace(points=7), "labels": MOONS.replace(points=8)}


def spread_values(base: Experiment, setting: str) -> list[float]:
    """Values over the range of a setting."""
    number = sweepable()[setting]
    low, high = max(number.low, 0.01), min(number.high, 1.0 if number.high <= 1 else 12.0)
    values = sorted({number.low, *np.linspace(low, high, 6).round(3).tolist()})
    if isinstance(getattr(base, setting), int):
        values = sorted({max(round(value), int(number.low)) for value in values})
    return values


def assert_alike_exactly_if_runs_are_equal(base: Experiment, setting: str, values: list[float]) -> None:
    plan = Sweep(base, (Axis(setting, tuple(values)),), (base.loss,))
    found = train_sweep(plan)
    judges = np.stack([found.columns[name][0, 0] for name in found.judges], -1)
    groups = group_alike(plan, 0)
    for group in groups:
        places = [values.index(value) for value in group]
        np.testing.assert_array_equal(judges[places], np.broadcast_to(judges[places[0]], judges[places].shape))
    firsts = judges[[values.index(group[0]) for group in groups]]
    if setting not in (*CLIPPINGS, "start_intercept", "start_slope", "l1", "l2"):
        assert len(np.unique(firsts.round(12), axis=0)) == len(groups) or setting in ("label_noise", "positives")
