"""Two threads that train one stack each, where one thread alone would leave a processor idle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock, current_thread

from playground.engine.shapes import Shape
from playground.engine.stacking import LARGE_STACK, DeepKind, Job, Kind, choose_shape, is_light
from playground.progress import Progress

HEARTBEAT = 0.1  # seconds between two reports of progress while only the other thread works

Work = Callable[[list[int], Kind | DeepKind, int], None]


class Meter:
    """Counts trained epochs, reports the share that is done, and keeps whether to stop.

    Only the thread that made it calls ``on_progress``: a page's progress bar is bound to its thread. ``total`` is the
    number of epochs of all experiments together.
    """

    def __init__(self, total: int, on_progress: Progress | None) -> None:
        self.total = total
        self.done = 0
        self.stopped = False
        self.on_progress = on_progress
        self._lock = Lock()
        self._owner = current_thread()

    def add(self, epochs: int) -> None:
        """Count epochs that were trained, each experiment's by itself; any thread may call it."""
        with self._lock:
            self.done += epochs
        if current_thread() is self._owner:
            self.report()

    def report(self) -> None:
        """Report the share that is done; an answer of ``False`` stops the training."""
        if self.on_progress and self.on_progress(self.done / self.total) is False:
            self.stopped = True


def work_through(jobs: Sequence[Job], work: Work, meter: Meter) -> None:
    """Do every job, two at once where there are two large ones; ``work(indices, kind, number)`` does one.

    ``number`` says which of a shape's programs to use, 0 or 1: no two threads use the same one at once. If ``work``
    raises, no more jobs are begun and the error is raised here.
    """
    queue = _Queue(jobs)

    def work_on_queue() -> None:
        while task := queue.take():
            group, (indices, kind), number = task
            try:
                work(indices, kind, number)
            except BaseException:
                queue.close()
                raise
            finally:
                queue.finish(group, number)

    if queue.large_at_once > 1:
        _run_in_two_threads(work_on_queue, meter)
    else:
        work_on_queue()


@dataclass(eq=False)
class _Group:
    """The stacks of one shape: those that wait, and the numbers of its ``programs`` that are busy.

    A second program pays only for stacks that are large and heavy: light ones take less time to train than Python
    takes to prepare them.
    """

    programs: int
    waiting: deque[Job] = field(default_factory=deque)
    busy: set[int] = field(default_factory=set)

    @property
    def large_at_once(self) -> int:
        """How many large stacks of it can train at once."""
        return min(self.programs, sum(len(indices) >= LARGE_STACK for indices, _ in self.waiting))


class _Queue:
    """Hands out stacks so that both threads have work until the end and few shapes need a second program."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        groups: dict[Shape, _Group] = {}
        for indices, kind in jobs:
            shape = choose_shape(kind, len(indices))
            copies = 2 if shape.stack >= LARGE_STACK and not is_light(kind) else 1
            group = groups.setdefault(shape, _Group(copies))
            group.programs = max(group.programs, copies)
            group.waiting.append((indices, kind))
        self._groups = list(groups.values())
        self._lock = Lock()
        self.large_at_once = sum(group.large_at_once for group in self._groups)

    def take(self) -> tuple[_Group, Job, int] | None:
        """A stack of the least busy shape, of equally busy ones that with most waiting; ``None`` if none is free."""
        with self._lock:
            free = [group for group in self._groups if group.waiting and len(group.busy) < group.programs]
            if not free:
                return None
            group = min(free, key=lambda group: (len(group.busy), -len(group.waiting)))
            number = 1 if 0 in group.busy else 0
            group.busy.add(number)
            return group, group.waiting.popleft(), number

    def close(self) -> None:
        """Hand out no more stacks, as a thread has failed."""
        with self._lock:
            self._groups = []

    def finish(self, group: _Group, number: int) -> None:
        with self._lock:
            group.busy.discard(number)


def _run_in_two_threads(work: Callable[[], None], meter: Meter) -> None:
    """Work in this thread and another at once. Only this one reports progress; an error there stops both."""
    with ThreadPoolExecutor(1) as helper:
        other = helper.submit(work)
        try:
            work()
            while not wait([other], HEARTBEAT).done:
                meter.report()
            meter.report()
        except BaseException:
            meter.stopped = True
            raise
        other.result()
