"""Dropout: which units are left out in a step, by the experiment's seed alone.

Keras draws from a stream of random numbers, which would depend on how experiments are stacked. Here each unit's draw
is a hash of (seed, step, layer, row, unit), so that equal experiments train to equal runs wherever they stand in a
stack, and NumPy gives the same draws as the compiled program.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from playground.engine.types import Tensor, Vector

BITS = 24  # of a draw that are compared with the rate


def drop_thresholds(rates: Sequence[float]) -> np.ndarray:
    """The thresholds, uint32 ``(E,)``, for dropout rates ``(E,)`` from 0 to 1: a unit whose draw is below is left out.

    Draws and thresholds are whole numbers of 24 bits, so that no rounding can make NumPy and XLA differ.
    """
    return np.round(np.asarray(rates, float) * 2**BITS).astype(np.uint32)


def draw_kept_units(
    ops: ModuleType, seeds: Vector, step: Tensor, layer: Tensor, shape: tuple[int, int], thresholds: Vector
) -> Tensor:
    """Draw which units a step keeps: booleans ``(rows, units, E)`` for ``shape`` (rows, units).

    ``seeds`` and ``thresholds`` are uint32 ``(E,)``, ``step`` and ``layer`` uint32 scalars; ``ops`` is ``numpy`` or
    ``keras.ops``. Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
    """
    keys = _scramble_bits(ops, _scramble_bits(ops, _scramble_bits(ops, seeds) + step) + layer)
    positions = _scramble_bits(np, np.arange(shape[0] * shape[1], dtype=np.uint32).reshape(*shape, 1))
    draws = _scramble_bits(ops, ops.bitwise_xor(positions, keys))
    return ops.right_shift(draws, np.uint32(32 - BITS)) >= thresholds


def _scramble_bits(ops: ModuleType, number: Tensor | np.ndarray) -> Tensor:
    """The PCG hash of 32-bit numbers. Source: Jarzynski and Olano 2020, https://jcgt.org/published/0009/03/02"""
    state = number * np.uint32(747796405) + np.uint32(2891336453)
    shift = ops.right_shift(state, np.uint32(28)) + np.uint32(4)
    word = ops.bitwise_xor(ops.right_shift(state, shift), state) * np.uint32(277803737)
    return ops.bitwise_xor(ops.right_shift(word, np.uint32(22)), word)
