"""How worker processes are started: by the fork server of the standard library, or afresh where there is none.

On Linux the fork server loads TensorFlow once. A worker is then a fork of it, which loads nothing and shares its
memory. The fork server computes nothing itself, since a process that has used TensorFlow cannot be forked safely.
Elsewhere each worker is spawned and loads TensorFlow anew; ``PLAYGROUND_SPAWN=1`` in the environment does so on Linux.
Source: https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, util
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock
from types import ModuleType
from typing import Any

import playground
from playground.compute.worker import serve

SWITCH = "PLAYGROUND_SPAWN"
COPIES = sys.platform == "linux" and os.environ.get(SWITCH, "0") in ("", "0")
PRELOAD = "playground.compute.preload"

_starting = Lock()
_ending = Event()


def start_loading() -> None:
    """Begin to load TensorFlow in the fork server, where there is one; does not wait for it."""
    if COPIES:
        multiprocessing.set_forkserver_preload([PRELOAD])
        with _starting, _child_environment():
            forkserver.ensure_running()


def start_process() -> tuple[BaseProcess, Connection]:
    """A new worker process and the connection to it. Raises ``OSError`` if it cannot be started."""
    if are_ending():
        raise OSError("the server is ending")
    start_loading()
    context: Any = multiprocessing.get_context("forkserver" if COPIES else "spawn")
    server_end, worker_end = context.Pipe()
    process = context.Process(target=serve, args=(worker_end,), name="worker", daemon=True)
    with _starting, _child_environment(), hide_main_module():
        process.start()
    worker_end.close()
    if are_ending():
        process.kill()
    return process, server_end


def end_processes() -> None:
    """End all processes that were started here, whatever they do, and start no more.

    The server calls it at its end. It ends by the signal that it was sent, and then Python does not clean up: a process
    that loads TensorFlow would go on for seconds, and the folder of the fork server's socket would stay.
    """
    _ending.set()
    if COPIES:
        _end_fork_server()
    with _starting:  # one that is about to start has started, or failed
        for process in multiprocessing.active_children():
            process.kill()


def are_ending() -> bool:
    """Whether ``end_processes`` was called."""
    return _ending.is_set()


def _end_fork_server() -> None:
    """Kill the fork server, and remove the folder of its socket. There is no public function for either."""
    process = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(util.get_temp_dir(), ignore_errors=True)


@contextmanager
def _child_environment() -> Iterator[None]:
    """Set the environment that a process inherits: the path of this package, and two memory arenas at most.

    glibc gives each thread an arena of its own, up to eight per processor, and each keeps what was freed in it.
    Source: https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
    """
    parent = str(Path(playground.__file__).parents[1])
    path = os.pathsep.join(filter(None, [parent, os.environ.get("PYTHONPATH")]))
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
def hide_main_module() -> Iterator[None]:
    """Keep a new process from importing the main module of this one: Streamlit, or the page that it is running.

    ``multiprocessing`` takes its path from ``sys.modules["__main__"]`` (``spawn.get_preparation_data``).
    Source: https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
