"""Fresh processes in milliseconds: forked from a server that has imported TensorFlow, and nothing of ours."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from traceback import format_exc
from types import ModuleType


@cache
def context() -> ForkServerContext:
    """The server that everything is forked from, started."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["numpy", "tensorflow", "keras"])
    first = found.Process(target=print)
    with _no_main():
        first.start()
    first.join()
    return found


def run(code: str, folder: Path, *, eagerly: bool = False, with_ours: bool = False) -> str:
    """What a program prints, run by itself in a folder. Raises ``AssertionError`` if it fails or imports ours.

    Our package can be imported only ``with_ours``. ``eagerly`` has TensorFlow compute step by step: making a graph of
    every model would take longer than training it.
    """
    mine, theirs = context().Pipe(duplex=False)
    process = context().Process(target=_execute, args=(code, str(folder), eagerly, with_ours, theirs))
    with _no_main():
        process.start()
    theirs.close()
    try:
        worked, said = mine.recv()
    except EOFError:
        worked, said = False, "the process died"
    process.join()
    assert worked, f"{said}\n\n{code}"
    return said


@contextmanager
def _no_main() -> Iterator[None]:
    """A process imports the main module of who starts it, which in a test may be a page that Streamlit put there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _execute(code: str, folder: str, eagerly: bool, with_ours: bool, answer: Connection) -> None:
    import os

    import tensorflow as tf

    tf.config.run_functions_eagerly(eagerly)
    os.chdir(folder)
    root = Path(__file__).parents[2]
    ours = [str(root)] if with_ours else []
    sys.path[:] = [folder, *ours, *(place for place in sys.path if Path(place).resolve() != root)]
    said = StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(StringIO()):
            exec(compile(code, "exported.py", "exec"), {"__name__": "__main__"})
        assert with_ours or not [name for name in sys.modules if name.split(".")[0] == "playground"]
        answer.send((True, said.getvalue()))
    except BaseException:
        answer.send((False, format_exc()))
