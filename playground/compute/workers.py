"""The server's side: one worker at a time, replaced when it has grown or died."""

from __future__ import annotations

import logging
import pickle
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from playground.compute.messages import Answer, Begin, Call, Done, Failed, Leave, Ready, Report, Request, Share, Stop
from playground.compute.processes import start_loading, start_process
from playground.progress import Progress

# A compiled program stays in memory for as long as its process lives, 10 to 25 MB each.
MOST_PROGRAMS = 12
HEARTBEAT = 0.1  # seconds between two calls of on_progress
PATIENCE = 120  # seconds for a worker to start


class ComputingError(RuntimeError):
    """No process can run the job."""


class WorkerLostError(ComputingError):
    """The worker ended before the job was done."""


class Workers:
    """Gives each job to the current worker, and starts another when it has ended or compiled too much."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._lock = Lock()
        self._replacing = Lock()
        self._preparations: list[Call] = []

    @property
    def is_ready(self) -> bool:
        """Whether a worker is running, so that a job begins at once."""
        return self._worker is not None and not self._worker.has_ended

    def start(self) -> None:
        """Begin to load what workers need; does not wait for it."""
        start_loading()

    def call(self, job: Call, on_progress: Progress) -> Answer:
        """Run a job and wait for its answer, as ``playground.compute.call`` says. Raises ``ComputingError``."""
        try:
            return self._call_current(job, on_progress)
        except WorkerLostError:  # perhaps killed for its memory: try once more with another
            return self._call_current(job, on_progress)

    def _call_current(self, job: Call, on_progress: Progress) -> Answer:
        worker = self.current()
        answer = worker.call(job, on_progress)
        if worker is self._worker and worker.programs >= MOST_PROGRAMS and self._replacing.acquire(blocking=False):
            Thread(target=self._replace_worker, args=(worker,), name="replacing a worker", daemon=True).start()
        return answer

    def current(self) -> Worker:
        """The worker for new jobs, which is started if there is none."""
        with self._lock:
            if self._worker is None or self._worker.has_ended:
                self._worker = start_worker()
            return self._worker

    def prepare(self, job: Call) -> None:
        """Run a job now, and in every later worker before it gets another."""
        self._preparations.append(job)
        self.call(job, lambda share: None)

    def close(self) -> None:
        """End the current worker at once, whatever it is doing."""
        if self._worker:
            self._worker.end()

    def _replace_worker(self, old: Worker) -> None:
        try:
            new = start_worker()
            for job in self._preparations:
                new.call(job, lambda share: None)
            with self._lock:
                self._worker = new
            old.leave_when_done()
        except (WorkerLostError, ComputingError):
            logging.getLogger(__name__).exception("A worker could not be replaced; the old one goes on.")
        finally:
            self._replacing.release()


def start_worker() -> Worker:
    """A new worker that takes jobs. Raises ``ComputingError`` if none starts."""
    for _ in range(2):  # the fork server may just have died
        with suppress(OSError, EOFError):
            process, connection = start_process()
            if connection.poll(PATIENCE) and isinstance(connection.recv(), Ready):
                return Worker(process, connection)
    raise ComputingError("the process that trains could not be started")


class Worker:
    """One worker process, as the server sees it over its connection."""

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.programs = 0
        self.has_ended = False
        self._leaving = False
        self._process = process
        self._connection = connection
        self._numbers = count()
        self._answers: dict[int, SimpleQueue[Report]] = {}
        self._lock = Lock()
        Thread(target=self._read_reports, name="answers of a worker", daemon=True).start()

    def call(self, job: Call, on_progress: Progress) -> Answer:
        """Run a job here and wait for its answer. Raises ``WorkerLostError`` if the worker ends before."""
        number, answers = next(self._numbers), SimpleQueue[Report]()
        self._answers[number] = answers
        try:
            self._send_message(Begin(number, job))
            return self._await_answer(number, answers, on_progress)
        except BaseException:
            with suppress(WorkerLostError):
                self._send_message(Stop(number))
            raise
        finally:
            del self._answers[number]
            self._leave_if_idle()

    def _await_answer(self, number: int, answers: SimpleQueue[Report], on_progress: Progress) -> Answer:
        share = 0.0
        while True:
            match _next_report(answers, number, share):
                case Done(pickled=pickled, programs=programs):
                    self.programs = programs
                    return Answer(pickle.loads(pickled), len(pickled))
                case Failed(error=error):
                    raise error
                case Share(share=share):
                    if on_progress(share) is False:
                        self._send_message(Stop(number))

    def leave_when_done(self) -> None:
        """End the worker when its last job is done."""
        self._leaving = True
        self._leave_if_idle()

    def end(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.join()

    def _leave_if_idle(self) -> None:
        if self._leaving and not self._answers:
            with suppress(WorkerLostError):
                self._send_message(Leave())

    def _send_message(self, message: Request) -> None:
        try:
            with self._lock:
                self._connection.send(message)
        except OSError as error:
            raise WorkerLostError("the worker has ended") from error

    def _read_reports(self) -> None:
        with self._connection, suppress(EOFError, OSError):
            while True:
                message = self._connection.recv()
                if waiting := self._answers.get(message.number):
                    waiting.put(message)
        self.has_ended = True
        for number, answers in list(self._answers.items()):
            answers.put(Failed(number, WorkerLostError("the worker has ended")))


def _next_report(answers: SimpleQueue[Report], number: int, share: float) -> Report:
    """The next report; if none arrives within a heartbeat, the last share again."""
    try:
        return answers.get(timeout=HEARTBEAT)
    except Empty:
        return Share(number, share)
