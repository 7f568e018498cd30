"""Deep networks: two settings of twenty layers, what a new depth, width or activation costs, and how near Keras is."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import numpy as np

from playground.compute.loading import load_engine, release_pages
from playground.engine import compiled as cache
from playground.experiment import Experiment
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.study import train_and_study
from playground.pages.overfit.settings import STRENGTHS, OverfitSettings
from playground.pages.overfit.strengths import train_strengths
from playground.training import train
from tests.benchmarks.report import Figure, seconds

WARM, NEW = 2.0, 3.0  # seconds asked for


def figures() -> list[Figure]:
    load_engine()  # TensorFlow itself is not what is measured
    train([Experiment(epochs=1)])
    release_pages()  # as a worker does before its first job
    two = GradientsSettings().experiments
    cold = _cold(two)
    warm = seconds(lambda: train_and_study(two), 5)
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
    experiments = GradientsSettings().replace(**changes).experiments
    took = _cold(experiments) if "compile" in what else seconds(lambda: train_and_study(experiments))
    return Figure(f"a new {what}: two settings trained and looked into", "≤ 3 s", f"{took:.2f} s", took <= NEW)


def _cold(experiments: list[Experiment]) -> float:
    """The median of three times, each with the programs that there were before, and what is missing compiled anew."""
    kept, times = dict(cache._compiled), []
    for _ in range(3):
        cache._compiled.clear()
        cache._compiled.update(kept)
        times.append(seconds(lambda: train_and_study(experiments)))
    return median(times)


def _parts() -> list[Figure]:
    settings = OverfitSettings()
    took = _timed(lambda: train_strengths(settings.varied, "l2", STRENGTHS, 40))
    found = train_strengths(settings.varied, "l2", STRENGTHS, 40)
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
