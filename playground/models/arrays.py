"""The weights of a model as plain arrays: their number, their start, their order in a path, and the model's answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np

from playground.experiment import Experiment, Stream
from playground.tables.activations import ACTIVATIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.normalisations import EPSILON

Weights = list[np.ndarray]  # a model's arrays in Keras's order: kernel (in, out), bias (out,), and so on

# How many arrays a normalisation adds to a layer: scale and shift, and of a batch the moving mean and variance.
ARRAYS = {"none": 0, "layer": 2, "batch": 4}


def count_weights(widths: tuple[int, ...]) -> int:
    """The number of weights and biases of a model of these ``widths``, from its inputs to its outputs.

    Those of a normalisation are not counted.
    """
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths))


def list_weight_shapes(widths: tuple[int, ...], normalisation: str = "none") -> list[tuple[int, ...]]:
    """The shapes of a model's arrays in the order of ``keras.Model.get_weights``.

    For each layer the kernel ``(in, out)`` and the bias ``(out,)``, then the arrays of its normalisation, each
    ``(out,)``; the last layer has no normalisation.
    """
    shapes: list[tuple[int, ...]] = []
    for fan_in, fan_out in pairwise(widths):
        shapes += [(fan_in, fan_out), (fan_out,), *[(fan_out,)] * ARRAYS[normalisation]]
    return shapes[: len(shapes) - ARRAYS[normalisation]]  # the last layer has none


def initial_weights(experiment: Experiment) -> Weights:
    """The arrays of a model before its first step, float32, with the shapes of ``list_weight_shapes``.

    Drawn from the experiment's seed alone, so that all losses start from the same model. Kernels follow the rule that
    ``initialiser`` names, by default that of Keras's ``Dense``. Where ``start_slope`` or ``start_intercept`` is set, it
    replaces that weight of a line.
    Sources: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html; He et al. 2015,
    https://arxiv.org/abs/1502.01852
    """
    drawn = list(_draw_weights(experiment.seed, experiment.widths, experiment.initialiser, experiment.normalisation))
    set_by_hand = (experiment.start_slope, experiment.start_intercept)
    if not experiment.is_line or set_by_hand == (None, None):
        return drawn
    return [
        array if value is None else np.full_like(array, value) for array, value in zip(drawn, set_by_hand, strict=True)
    ]


@lru_cache(maxsize=2048)
def _draw_weights(seed: int, widths: tuple[int, ...], initialiser: str, normalisation: str) -> tuple[np.ndarray, ...]:
    rng = Stream.WEIGHTS.generator(seed)
    weights: Weights = []
    for fan_in, fan_out in pairwise(widths):
        weights += [INITIALISERS[initialiser].draw(rng, fan_in, fan_out), np.zeros(fan_out)]
        weights += [np.ones(fan_out), np.zeros(fan_out), np.zeros(fan_out), np.ones(fan_out)][: ARRAYS[normalisation]]
    weights = weights[: len(weights) - ARRAYS[normalisation]]
    start = tuple(array.astype(np.float32) for array in weights)
    for array in start:
        array.setflags(write=False)  # cached and shared by all callers
    return start


def unflatten(flat: np.ndarray, widths: tuple[int, ...], normalisation: str = "none") -> Weights:
    """Weights ``(..., P)`` as the arrays of a model, ``(..., in, out)`` and ``(..., out)``, in Keras's order.

    A recorded path is stored flat; this makes models of its rows. The arrays are views of ``flat``. Raises
    ``ValueError`` if P is less than the model's weights.
    """
    arrays, start = [], 0
    for shape in list_weight_shapes(widths, normalisation):
        size = int(np.prod(shape))
        arrays.append(flat[..., start : start + size].reshape(*flat.shape[:-1], *shape))
        start += size
    return arrays


def forward(
    weights: Weights, activation: str, x: np.ndarray, *, normalisation: str = "none", residual: bool = False
) -> np.ndarray:
    """The answers of a model with these weights for inputs ``x`` (n, inputs): shape ``(n, outputs)``, float32.

    The weights of many models may be stacked in leading axes, ``(..., in, out)`` and ``(..., out)``; the answers are
    then ``(..., n, outputs)``. A model that diverged answers with infinity or NaN, without a warning.
    Source: the layers are Keras's, https://keras.io/api/layers/core_layers/dense/
    """
    values = np.asarray(x, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for _, output in run_hidden_layers(weights, activation, values, normalisation=normalisation, residual=residual):
            values = output
        return values @ weights[-2] + weights[-1][..., None, :]


def run_hidden_layers(
    weights: Weights,
    activation: str,
    x: np.ndarray,
    *,
    normalisation: str = "none",
    residual: bool = False,
    training: bool = False,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Layer by layer, the input of its activation and the layer's output, each ``(..., n, units)``.

    ``x`` is ``(n, inputs)``. With ``training``, batch normalisation takes mean and variance over the rows of ``x``, as
    a training step does, not the moving ones.
    Sources: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167; Ba et al. 2016, https://arxiv.org/abs/1607.06450;
    residual connections: He et al. 2016, https://arxiv.org/abs/1512.03385
    """
    arrays_per_layer = 2 + ARRAYS[normalisation]
    values = x
    for start in range(0, len(weights) - 2, arrays_per_layer):
        kernel, bias, *rest = weights[start : start + arrays_per_layer]
        sums = _normalise_sums(values @ kernel + bias[..., None, :], rest, normalisation, training)
        activated = ACTIVATIONS[activation].curve(sums)
        values = values + activated if residual and start else activated
        yield sums, values


def _normalise_sums(sums: np.ndarray, arrays: Weights, normalisation: str, training: bool) -> np.ndarray:
    if normalisation == "none":
        return sums
    scale, shift, *moving = (array[..., None, :] for array in arrays)
    if normalisation == "batch" and not training:
        mean, variance = moving
    else:
        axis = -2 if normalisation == "batch" else -1
        mean, variance = sums.mean(axis, keepdims=True), sums.var(axis, keepdims=True)
    return (sums - mean) / np.sqrt(variance + np.float32(EPSILON)) * scale + shift
