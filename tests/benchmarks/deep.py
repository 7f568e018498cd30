"""Deep networks: two settings of twenty layers, what a new depth, width or activation costs, and how near Keras is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from playground.compute.loading import let_go
from playground.experiment import Experiment
from playground.gradients.settings import Networks
from playground.gradients.study import studied
from playground.overfit.settings import STRENGTHS, Overfitting
from playground.overfit.strengths import strengths
from playground.training import train
from tests.benchmarks.report import Figure, seconds

WARM, NEW = 2.0, 3.0  # seconds asked for


def figures() -> list[Figure]:
    train([Experiment(epochs=1)])  # TensorFlow itself is not what is measured
    let_go()  # as a worker does before its first job
    two = Networks().experiments
    cold = seconds(lambda: studied(two))
    warm = seconds(lambda: studied(two), 5)
    found = [
        Figure("depth 20 × width 16 × 200 epochs × 2 settings, warm", "≤ 2 s", f"{warm:.2f} s", warm <= WARM),
        Figure("the same, compile included", "≤ 3 s", f"{cold:.1f} s", cold <= NEW),
        *(_new(what, changes) for what, changes in CHANGES.items()),
    ]
    return [*found, *_parts()]


CHANGES: dict[str, dict[str, object]] = {
    "depth (19)": {"depth_a": 19},
    "activation (GELU)": {"activation_a": "gelu"},
    "width (12)": {"width_a": 12},
    "width (64), compile included": {"width_a": 64},
    "normalisation (batch)": {"normalisation_a": "batch"},
    "optimizer (Adam), compile included": {"rule": "adam"},
}


def _new(what: str, changes: dict[str, object]) -> Figure:
    experiments = Networks(**changes).experiments
    took = seconds(lambda: studied(experiments))
    return Figure(f"a new {what}: two settings trained and looked into", "≤ 3 s", f"{took:.2f} s", took <= NEW)


def _parts() -> list[Figure]:
    settings = Overfitting()
    took = _timed(lambda: strengths(settings.varied, "l2", STRENGTHS, 40))
    found = strengths(settings.varied, "l2", STRENGTHS, 40)
    assert found is not None
    parts = found[1]
    off = float(np.max(np.abs(parts.total - parts.test) / parts.test_error))
    trainings = len(STRENGTHS) * 40
    return [
        Figure(f"U-curve and decomposition, {trainings} trainings × 3,000 epochs", "–", f"{took:.1f} s", True),
        Figure("bias² + variance + noise against the measured error", "≤ 1 standard error", f"{off:.2f}", off <= 1),
    ]


def _timed(work: Callable[[], object]) -> float:
    work()
    return seconds(work, 3)
