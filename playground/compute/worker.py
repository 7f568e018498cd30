"""A worker: does the jobs that come over its connection, each in a thread, until the connection ends."""

from __future__ import annotations

import os
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from threading import Lock
from typing import Any

from playground.compute.loading import load_engine
from playground.compute.messages import Begin, Call, Done, Failed, Leave, Share, Stop

JOBS_AT_ONCE = 32


def serve(address: str, key: bytes) -> None:
    """Work for whoever listens at the address. Does not return."""
    load_engine()
    with Client(address, authkey=key) as connection:
        desk = _Desk(connection, ThreadPoolExecutor(JOBS_AT_ONCE))
        with suppress(EOFError, OSError):
            while not isinstance(message := connection.recv(), Leave):
                desk.take(message)
        os._exit(0)  # nobody waits for what is still being done


class _Desk:
    def __init__(self, connection: Connection, pool: ThreadPoolExecutor) -> None:
        self.connection = connection
        self.pool = pool
        self.lock = Lock()
        self.stopped: set[int] = set()

    def take(self, message: Begin | Stop) -> None:
        if isinstance(message, Stop):
            self.stopped.add(message.number)
        else:
            self.pool.submit(self.do, message.number, message.call)

    def do(self, number: int, call: Call) -> None:
        def on_progress(share: float) -> bool:
            self.tell(Share(number, share))
            return number not in self.stopped

        try:
            value = call.function(*call.arguments, on_progress=on_progress, **dict(call.options))
            self.tell(Done(number, pickle.dumps(value), _programs()))
        except Exception as error:
            self.tell(Failed(number, _sendable(error)))
        self.stopped.discard(number)

    def tell(self, message: Any) -> None:
        with self.lock:
            self.connection.send(message)


def _programs() -> int:
    from playground.engine.cache import compiled_programs

    return len(compiled_programs())


def _sendable(error: Exception) -> Exception:
    """The error itself if it can travel, else its text; with the traceback of here in its notes."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(str(error))
    error.add_note("".join(traceback.format_exception(error)))
    return error
