"""Where worker processes come from: the fork server of the standard library, or a fresh start where there is none.

On Linux the fork server loads TensorFlow once. A worker is then a copy of it that needs no loading and shares its
memory. The server computes nothing itself, since a process that has begun to cannot be copied safely. Elsewhere
each worker is spawned and loads TensorFlow anew.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import playground
from playground.compute.worker import serve

COPIES = sys.platform == "linux"
PRELOAD = "playground.compute.preload"

_starting = Lock()


def start_loading() -> None:
    """Begin to load TensorFlow where workers are copies of one process; does not wait for it."""
    if COPIES:
        multiprocessing.set_forkserver_preload([PRELOAD])
        with _starting, _child_environment():
            forkserver.ensure_running()


def start_process() -> tuple[BaseProcess, Connection]:
    """A new worker process and the connection to it. Raises ``OSError`` if it cannot be started."""
    start_loading()
    context: Any = multiprocessing.get_context("forkserver" if COPIES else "spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), name="worker", daemon=True)
    with _starting, _child_environment(), _hidden_main_module():
        process.start()
    there.close()
    return process, here


@contextmanager
def _child_environment() -> Iterator[None]:
    """The environment that a process inherits: where this package is, and few places to allocate memory from.

    Many threads that allocate each from a place of its own would leave holes in all of them.
    """
    home = str(Path(playground.__file__).parents[1])
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    changes = {"PYTHONPATH": path, "MALLOC_ARENA_MAX": "2"}
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _hidden_main_module() -> Iterator[None]:
    """A new process would import the main module of this one: Streamlit, or the page that it is running."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
