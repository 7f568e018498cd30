"""Computing beside the server: ``call`` has a function of ``playground`` worked out in a process of its own.

TensorFlow takes seconds to load, keeps Python busy while it compiles, and never gives back the memory of what it has
compiled. So the server never loads it. A worker process does, and when it has compiled so much it is replaced by a
fresh one, while it goes on answering. ``workers`` is the server's side, ``worker`` is the other.
"""

from __future__ import annotations

import pickle
from functools import cache

from playground.compute.messages import Answer, Call
from playground.compute.workers import ComputingError, Workers
from playground.progress import Progress

__all__ = ["Answer", "Call", "ComputingError", "call", "call_here", "is_ready", "prepare", "start"]


def call(job: Call, on_progress: Progress) -> Answer:
    """Have a job done. ``on_progress(share)`` is asked about ten times a second, from the caller's own thread.

    It returns ``False`` to have the job come to an early end with what it has, or raises to give it up.
    What the job raises is raised here. Raises ``ComputingError`` if there is no process to do it.
    """
    return _workers().call(job, on_progress)


def call_here(job: Call, on_progress: Progress) -> Answer:
    """The same in this process and thread, for tests."""
    value = job.function(*job.arguments, on_progress=on_progress, **dict(job.options))
    return Answer(value, len(pickle.dumps(value)))


def start() -> None:
    """Begin to load TensorFlow, in a process of its own; does not wait for it."""
    _workers().start()


def prepare(job: Call) -> None:
    """Start the first worker with a job, which every later one does, too, before it is asked anything else."""
    _workers().prepare(job)


def is_ready() -> bool:
    """Whether a worker is there, so that a job begins at once."""
    return _workers().is_ready


@cache
def _workers() -> Workers:
    return Workers()
