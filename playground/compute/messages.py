"""The messages between the server and its workers. ``number`` tells which job a message is about."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A job: a function of a module of ``playground`` with its arguments, all of which can be hashed and pickled.

    The function also gets ``on_progress``, which it calls with the share that is done, 0 to 1, and which returns
    ``False`` when it is to stop.
    """

    function: Callable[..., Any]
    arguments: tuple[Hashable, ...] = ()
    options: tuple[tuple[str, Hashable], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a job returned, and its pickled size in bytes."""

    value: Any
    size: int


# From the server.
@dataclass(frozen=True)
class Begin:
    """Run a job."""

    number: int
    call: Call


@dataclass(frozen=True)
class Stop:
    """End a job early."""

    number: int


@dataclass(frozen=True)
class Leave:
    """End: there will be no more jobs."""


# From a worker.
@dataclass(frozen=True)
class Ready:
    """The worker has loaded what it needs and takes jobs."""


@dataclass(frozen=True)
class Share:
    """The share of a job that is done, 0 to 1."""

    number: int
    share: float


@dataclass(frozen=True)
class Done:
    """A job is done: its pickled result, and how many programs the worker has compiled so far."""

    number: int
    pickled: bytes
    programs: int


@dataclass(frozen=True)
class Failed:
    """A job raised an error."""

    number: int
    error: Exception


Request = Begin | Stop | Leave  # from the server
Report = Share | Done | Failed  # from a worker, about a job
