"""Computing beside the server: ``call`` runs a function of ``playground`` in a worker process.

TensorFlow takes seconds to load, holds Python's lock while it compiles, and never frees the memory of compiled
programs. So the server never loads it. A worker process does, and after many compilations it is replaced by a fresh
one, while it finishes its jobs. ``workers`` is the server's side of the connection, ``worker`` the other.
"""

from __future__ import annotations

import pickle
from functools import cache

from playground.compute.messages import Answer, Call
from playground.compute.processes import are_ending, end_processes
from playground.compute.workers import ComputingError, Workers
from playground.progress import Progress

__all__ = [
    "Answer",
    "Call",
    "ComputingError",
    "are_ending",
    "call",
    "call_here",
    "end_processes",
    "is_ready",
    "prepare",
    "start",
]


def call(job: Call, on_progress: Progress) -> Answer:
    """Run a job in the worker process and wait for its answer.

    ``on_progress(share)`` is called about ten times a second, in the caller's thread. It returns ``False`` to end the
    job early with what it has, or raises to abandon it. Errors of the job are raised here. Raises ``ComputingError`` if
    no process can run it.
    """
    return _shared_workers().call(job, on_progress)


def call_here(job: Call, on_progress: Progress) -> Answer:
    """Run a job in this process and thread, for tests. Errors of the job are raised here."""
    value = job.function(*job.arguments, on_progress=on_progress, **dict(job.options))
    return Answer(value, len(pickle.dumps(value)))


def start() -> None:
    """Begin to load TensorFlow, in a process of its own; does not wait for it."""
    _shared_workers().start()


def prepare(job: Call) -> None:
    """Run a job in the first worker, and in every later one before it takes other jobs: it compiles what pages need."""
    _shared_workers().prepare(job)


def is_ready() -> bool:
    """Whether a worker is running, so that a job begins at once."""
    return _shared_workers().is_ready


@cache
def _shared_workers() -> Workers:
    return Workers()
