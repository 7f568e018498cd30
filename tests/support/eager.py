"""The engine and Keras without their compilers: what takes three epochs is done before it would be compiled."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import tensorflow as tf

from playground.engine import compiled, deep_stack, programs, shapes, stack, stacking
from playground.engine.programs import Program

EPOCHS_PER_CALL = 10  # a history of a thousand epochs would be filled up, entry by entry


@contextmanager
def run_step_by_step() -> Iterator[None]:
    """Train by single operations inside: the same numbers, and no kind of model takes a second to be compiled.

    An epoch takes some 20 ms then, so that it is worth it up to about 30 of them.
    """
    run = Program.run
    as_tensors = partial(tf.nest.map_structure, tf.convert_to_tensor)

    def run_tensors(program: Program, *arguments: Any) -> Any:
        return run(program, *as_tensors(arguments))

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # Keras reads its batches by the compiled functions of tf.data all the same, and TensorFlow says so.
        warnings.filterwarnings("ignore", "Even though the `tf.config.experimental_run_functions_eagerly`", UserWarning)
        patch.setattr(Program, "run", run_tensors)
        for module in (deep_stack, programs, shapes, stack, stacking):
            patch.setattr(module, "EPOCHS_PER_CALL", EPOCHS_PER_CALL)
        patch.setattr(compiled, "_compiled", {})
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)
