"""What the server and its workers say to each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A job: a function of a module of ``playground`` with its arguments, all of which can be hashed and pickled.

    The function is also given ``on_progress``, which it calls with the share that is done, and which says ``False``
    when it is to stop.
    """

    function: Callable[..., Any]
    arguments: tuple[Hashable, ...] = ()
    options: tuple[tuple[str, Hashable], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a job gave, and how many bytes it is."""

    value: Any
    size: int


# From the server.
@dataclass(frozen=True)
class Begin:
    number: int
    call: Call


@dataclass(frozen=True)
class Stop:
    number: int


@dataclass(frozen=True)
class Leave:
    """There will be no more."""


# From a worker.
@dataclass(frozen=True)
class Ready:
    """It has loaded what it needs, and takes jobs."""


# From a worker, each about the job of a number.
@dataclass(frozen=True)
class Share:
    number: int
    share: float


@dataclass(frozen=True)
class Done:
    """``programs`` is how many programs the worker has compiled by now."""

    number: int
    pickled: bytes
    programs: int


@dataclass(frozen=True)
class Failed:
    number: int
    error: Exception


Question = Begin | Stop | Leave  # from the server
Report = Share | Done | Failed  # from a worker, about a job
