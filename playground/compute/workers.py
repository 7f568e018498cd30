"""The server's side: one worker at a time, replaced when it has grown or died."""

from __future__ import annotations

import json
import logging
import os
import pickle
import secrets
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

import playground
from playground.compute.messages import Answer, Begin, Call, Done, Failed, Leave, Share, Stop

# A compiled program stays in memory for as long as its process lives, 10 to 25 MB each.
MOST_PROGRAMS = 12
HEARTBEAT = 0.1  # seconds between two questions whether to go on
PATIENCE = 120  # seconds for a worker to come up

Progress = Callable[[float], object]


class ComputingError(RuntimeError):
    """There is no process that could do the job."""


class WorkerLostError(ComputingError):
    """The worker ended while it had the job."""


class Workers:
    """Gives each job to the current worker, and sees to it that there is one."""

    def __init__(self) -> None:
        self._nursery = _Nursery()
        self._worker: Worker | None = None
        self._lock = Lock()
        self._replacing = Lock()
        self._preparations: list[Call] = []

    @property
    def hired(self) -> bool:
        return self._worker is not None and not self._worker.lost

    def start(self) -> None:
        """Begin to load what workers need; does not wait for it."""
        self._nursery.start()

    def call(self, job: Call, on_progress: Progress) -> Answer:
        try:
            return self._try(job, on_progress)
        except WorkerLostError:  # killed for its memory, perhaps: once more, with another
            return self._try(job, on_progress)

    def _try(self, job: Call, on_progress: Progress) -> Answer:
        worker = self.current()
        answer = worker.call(job, on_progress)
        if worker is self._worker and worker.programs >= MOST_PROGRAMS and self._replacing.acquire(blocking=False):
            Thread(target=self._replace, args=(worker,), name="replacing a worker", daemon=True).start()
        return answer

    def current(self) -> Worker:
        """The worker for new jobs, hired first if there is none."""
        with self._lock:
            if self._worker is None or self._worker.lost:
                self._worker = Worker(self._nursery.hire())
            return self._worker

    def prepare(self, job: Call) -> None:
        """Do a job now, and in every worker to come before it is given another."""
        self._preparations.append(job)
        self.call(job, lambda share: None)

    def close(self) -> None:
        """End all workers, whatever they do."""
        self._nursery.close()

    def _replace(self, old: Worker) -> None:
        try:
            new = Worker(self._nursery.hire())
            for job in self._preparations:
                new.call(job, lambda share: None)
            with self._lock:
                self._worker = new
            old.retire()
        except (WorkerLostError, ComputingError):
            logging.getLogger(__name__).exception("A worker could not be replaced; the old one goes on.")
        finally:
            self._replacing.release()


class Worker:
    """One worker process as its connection shows it."""

    def __init__(self, connection: Connection) -> None:
        self.programs = 0
        self.lost = False
        self._retired = False
        self._connection = connection
        self._numbers = count()
        self._answers: dict[int, SimpleQueue[Any]] = {}
        self._lock = Lock()
        Thread(target=self._listen, name="answers of a worker", daemon=True).start()

    def call(self, job: Call, on_progress: Progress) -> Answer:
        number, answers = next(self._numbers), SimpleQueue[Any]()
        self._answers[number] = answers
        try:
            self._send(Begin(number, job))
            return self._wait(number, answers, on_progress)
        except BaseException:
            with suppress(WorkerLostError):
                self._send(Stop(number))
            raise
        finally:
            del self._answers[number]
            self._leave()

    def _wait(self, number: int, answers: SimpleQueue[Any], on_progress: Progress) -> Answer:
        share = 0.0
        while True:
            match _next(answers, number, share):
                case Done(pickled=pickled, programs=programs):
                    self.programs = programs
                    return Answer(pickle.loads(pickled), len(pickled))
                case Failed(error=error):
                    raise error
                case Share(share=share):
                    if on_progress(share) is False:
                        self._send(Stop(number))

    def retire(self) -> None:
        """Let the worker go when its last job is done."""
        self._retired = True
        self._leave()

    def _leave(self) -> None:
        if self._retired and not self._answers:
            with suppress(WorkerLostError):
                self._send(Leave())

    def _send(self, message: Any) -> None:
        try:
            with self._lock:
                self._connection.send(message)
        except OSError as error:
            raise WorkerLostError("the worker has ended") from error

    def _listen(self) -> None:
        with self._connection, suppress(EOFError, OSError):
            while True:
                message = self._connection.recv()
                if waiting := self._answers.get(message.number):
                    waiting.put(message)
        self.lost = True
        for number, answers in list(self._answers.items()):
            answers.put(Failed(number, WorkerLostError("the worker has ended")))


def _next(answers: SimpleQueue[Any], number: int, share: float) -> Any:
    """The next answer; if none comes, what was known last."""
    try:
        return answers.get(timeout=HEARTBEAT)
    except Empty:
        return Share(number, share)


class _Nursery:
    """The process that workers come from, started with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._arrivals: SimpleQueue[Connection] = SimpleQueue()
        self._key = secrets.token_bytes(32)
        self._lock = Lock()

    def hire(self) -> Connection:
        """A connection to a new worker. Raises ``ComputingError`` if none comes up."""
        with self._lock:
            for _ in range(2):  # it may just have died
                if arrival := self._ask(self._running()):
                    return arrival
            raise ComputingError("the process that trains could not be started")

    def _ask(self, process: subprocess.Popen[str]) -> Connection | None:
        """A worker of a nursery, ``None`` if it ends before one has come, or none comes."""
        assert process.stdin
        end = monotonic() + PATIENCE
        with suppress(OSError):
            print("worker", file=process.stdin, flush=True)
            while process.poll() is None and monotonic() < end:
                with suppress(Empty):
                    return self._arrivals.get(timeout=HEARTBEAT)
        return None

    def start(self) -> None:
        """Begin to load what workers need; does not wait for it."""
        with self._lock:
            self._running()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._start()
        return self._process

    def close(self) -> None:
        """End the nursery, and with it all workers."""
        if self._process:
            with suppress(OSError):
                self._process.communicate()  # closes its input and waits

    def _start(self) -> subprocess.Popen[str]:
        # On Linux a name that is no file, so that nothing is written to the disk.
        name = f"\0loss-playground-{secrets.token_hex(16)}" if sys.platform == "linux" else None
        listener = Listener(name, authkey=self._key)
        Thread(target=self._welcome, args=(listener,), name="arrivals of workers", daemon=True).start()
        command = [sys.executable, "-m", "playground.compute.nursery"]
        home = str(Path(playground.__file__).parents[1])
        path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
        # Many threads that allocate each from a place of its own would leave holes in all of them.
        environment = {**os.environ, "PYTHONPATH": path, "MALLOC_ARENA_MAX": "2"}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=environment)
        assert process.stdin
        where = {"address": os.fsdecode(listener.address), "key": self._key.hex()}
        print(json.dumps(where), file=process.stdin, flush=True)
        return process

    def _welcome(self, listener: Listener) -> None:
        while True:
            with suppress(OSError, EOFError):
                self._arrivals.put(listener.accept())
