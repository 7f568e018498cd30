"""The compiled programs in memory, one or two per shape."""

from __future__ import annotations

from threading import Lock

from playground.engine.deep_network import DeepNetwork
from playground.engine.programs import Program
from playground.engine.shapes import DeepShape, Shape
from playground.engine.stacked_network import StackedNetwork
from playground.engine.stacking import LARGE_STACK

_compiled: dict[tuple[Shape, int], Program] = {}
_lock = Lock()


def get_program(shape: Shape, number: int = 0) -> Program:
    """The program of a shape, made once and compiled at its first run.

    It is kept for the life of the process, as TensorFlow never frees a compiled program's memory. A shape of large
    stacks has one program per ``number``, so that two threads can train two stacks of it at once.
    """
    key = (shape, number if shape.stack >= LARGE_STACK else 0)
    with _lock:
        if key not in _compiled:
            network = DeepNetwork(shape) if isinstance(shape, DeepShape) else StackedNetwork(shape)
            _compiled[key] = Program(shape, network)
        return _compiled[key]


def compiled_programs() -> list[Program]:
    """The programs in memory, oldest first. Each holds 10 to 25 MB, so a worker is replaced when it has many."""
    with _lock:
        return list(_compiled.values())
