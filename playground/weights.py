"""The weights of a model as plain arrays: how many, how they start, how they lie in a path, what they say."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import sqrt

import numpy as np

from playground.activations import ACTIVATIONS
from playground.experiment import Experiment, Stream


def weight_count(widths: tuple[int, ...]) -> int:
    """Weights and biases of a model, whose sizes ``widths`` gives from its inputs to its outputs."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths))


def initial_weights(experiment: Experiment) -> list[np.ndarray]:
    """Kernel and bias of each layer, float32, as Keras's ``Dense`` starts: Glorot uniform and zeros.

    The last bias starts from the experiment's ``first_logit``, which is 0 unless somebody asks for another.

    Drawn from the experiment's seed alone, so that all losses start from the same model.
    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """
    drawn = list(_initial_weights(experiment.seed, experiment.widths, experiment.first_logit))
    if experiment.widths != (1, 1):
        return drawn
    set_by_hand = (experiment.start_slope, experiment.start_intercept)
    return [
        array if value is None else np.full_like(array, value) for array, value in zip(drawn, set_by_hand, strict=True)
    ]


@lru_cache(maxsize=2048)
def _initial_weights(seed: int, widths: tuple[int, ...], first_logit: float) -> tuple[np.ndarray, ...]:
    rng = Stream.WEIGHTS.generator(seed)
    weights: list[np.ndarray] = []
    for fan_in, fan_out in pairwise(widths):
        limit = sqrt(6.0 / (fan_in + fan_out))
        weights += [rng.uniform(-limit, limit, (fan_in, fan_out)), np.zeros(fan_out)]
    weights[-1] += first_logit
    start = tuple(array.astype(np.float32) for array in weights)
    for array in start:
        array.setflags(write=False)  # remembered, and shared by all who ask
    return start


def unflatten(flat: np.ndarray, widths: tuple[int, ...]) -> list[np.ndarray]:
    """Weights ``(..., P)`` as kernels ``(..., in, out)`` and biases ``(..., out)``, layer by layer."""
    arrays, start = [], 0
    for fan_in, fan_out in pairwise(widths):
        for shape in ((fan_in, fan_out), (fan_out,)):
            size = int(np.prod(shape))
            arrays.append(flat[..., start : start + size].reshape(*flat.shape[:-1], *shape))
            start += size
    return arrays


def forward(weights: list[np.ndarray], activation: str, x: np.ndarray) -> np.ndarray:
    """What models with these weights say of ``x`` (n, features): shape ``(n, outputs)``.

    The weights of many models may stand behind each other in leading axes, ``(..., in, out)`` and
    ``(..., out)``; the answers then do, too.
    """
    values = np.asarray(x, np.float32)
    last = len(weights) - 2
    with np.errstate(over="ignore", invalid="ignore"):  # a model that diverged says infinity
        for layer in range(0, len(weights), 2):
            values = values @ weights[layer] + weights[layer + 1][..., None, :]
            if layer != last:
                values = ACTIVATIONS[activation].curve(values)
    return values
