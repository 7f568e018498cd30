"""The programs that are in memory: each shape's is compiled once and kept."""

from __future__ import annotations

from threading import Lock

from playground.engine.deep_programs import DeepProgram
from playground.engine.programs import Program
from playground.engine.shapes import DeepShape, Shape
from playground.engine.stacking import LARGE_STACK

_programs: dict[tuple[Shape, int], Program] = {}
_programs_lock = Lock()


def program_for(shape: Shape, number: int = 0) -> Program:
    """The program of a shape, compiled at its first call and kept: TensorFlow would not give back its memory.

    Large stacks may have several, by ``number``, so that two threads can train two of them at once.
    """
    key = (shape, number if shape.stack >= LARGE_STACK else 0)
    with _programs_lock:
        if key not in _programs:
            _programs[key] = DeepProgram(shape) if isinstance(shape, DeepShape) else Program(shape)
        return _programs[key]


def compiled_programs() -> list[Program]:
    """The programs in memory, oldest first."""
    with _programs_lock:
        return list(_programs.values())
