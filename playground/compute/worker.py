"""A worker: runs the jobs that arrive over its connection, each in a thread, until the connection ends."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock

from playground.compute.loading import load_engine
from playground.compute.messages import Begin, Call, Done, Failed, Leave, Ready, Report, Share, Stop

JOBS_AT_ONCE = 32


def serve(connection: Connection) -> None:
    """Run the jobs that arrive, until the server sends ``Leave`` or has ended. Does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the server, and the worker ends with it
    load_engine()
    jobs = _Jobs(connection, ThreadPoolExecutor(JOBS_AT_ONCE))
    with suppress(EOFError, OSError):
        connection.send(Ready())
        while not isinstance(message := connection.recv(), Leave):
            jobs.take(message)
    os._exit(0)  # without waiting for threads whose job nobody needs any more


class _Jobs:
    """The jobs of one worker, each in a thread."""

    def __init__(self, connection: Connection, pool: ThreadPoolExecutor) -> None:
        self.connection = connection
        self.pool = pool
        self.lock = Lock()
        self.stopped: set[int] = set()

    def take(self, message: Begin | Stop) -> None:
        if isinstance(message, Stop):
            self.stopped.add(message.number)
        else:
            self.pool.submit(self.run, message.number, message.call)

    def run(self, number: int, call: Call) -> None:
        def on_progress(share: float) -> bool:
            self.send(Share(number, share))
            return number not in self.stopped

        try:
            value = call.function(*call.arguments, on_progress=on_progress, **dict(call.options))
            self.send(Done(number, pickle.dumps(value), _count_programs()))
        except Exception as error:
            self.send(Failed(number, _make_sendable(error)))
        self.stopped.discard(number)

    def send(self, message: Report) -> None:
        with self.lock:
            self.connection.send(message)


def _count_programs() -> int:
    from playground.engine.compiled import compiled_programs

    return len(compiled_programs())


def _make_sendable(error: Exception) -> Exception:
    """The error itself if it can be pickled, else its text, with the worker's traceback as a note."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(str(error))
    error.add_note("".join(traceback.format_exception(error)))
    return error
