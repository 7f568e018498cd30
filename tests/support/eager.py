"""The engine and Keras without their compilers: what takes three epochs is done before it would be compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import tensorflow as tf

from playground.engine import compiled, programs
from playground.engine.programs import Program

EPOCHS = 10  # what a history holds


@contextmanager
def run_step_by_step() -> Iterator[None]:
    """Train by single operations inside: the numbers are the same, and no kind of model is compiled for a second.

    For trainings of at most ten epochs.
    """
    run = Program.run
    as_tensors = partial(tf.nest.map_structure, tf.convert_to_tensor)

    def run_tensors(program: Program, *arguments: Any) -> Any:
        return run(program, *as_tensors(arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Program, "run", run_tensors)
        patch.setattr(programs, "EPOCHS_PER_CALL", EPOCHS)  # a history of a thousand epochs would be filled up
        patch.setattr(compiled, "_compiled", {})
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)
