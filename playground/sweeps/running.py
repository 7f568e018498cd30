"""Training a sweep: here, in parts, or on the machines of an executor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from sys import modules
from typing import TYPE_CHECKING

from playground.experiment import Experiment
from playground.progress import Progress
from playground.sweeps.judges import Columns, judge_stack
from playground.sweeps.plan import Sweep, cut_sweep
from playground.sweeps.results import Swept, fill_columns, make_columns, shape_columns

if TYPE_CHECKING:
    from playground.engine.stacking import Job
    from playground.engine.types import TrainingStack

PlacedColumns = tuple[list[int], Columns]  # places of a sweep, and their results

TRAININGS_AT_ONCE = 20_000  # experiments that exist at one time: Python's collector would look at more again and again
TRAININGS_PER_TASK = 2000  # of what an executor gets at once: enough to be worth its way to another machine


def train_sweep(plan: Sweep, *, executor: Executor | None = None, on_progress: Progress | None = None) -> Swept:
    """Train a sweep and judge every training.

    ``on_progress(share)`` is called with the share that is done; if it returns ``False``, the finished trainings are
    kept and the rest stays untrained. Raises ``ValueError`` for an executor that forks this process once TensorFlow is
    loaded.
    """
    check_executor(executor)
    cuts = cut_sweep(plan, -(-plan.size // TRAININGS_AT_ONCE))
    columns = make_columns(plan, plan.size)
    if executor is None:
        for first, last in cuts:
            progress = _Share(on_progress, first / plan.size, last / plan.size)
            fill_columns(columns, slice(first, last), train_part(plan, first, last, on_progress=progress))
            if progress.stopped:
                break
    else:
        jobs = [job for cut in cuts for job in _group_jobs(plan, *cut)]
        for places, part in _train_everywhere(executor, plan, jobs, on_progress):
            fill_columns(columns, places, part)
    return shape_columns(plan, columns)


def check_executor(executor: Executor | None) -> None:
    """Raises ``ValueError`` for anything but an executor, and for one whose processes would wait for ever."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor is {executor!r}; allowed is a concurrent.futures.Executor, or None to train here")
    context = getattr(executor, "_mp_context", None)  # no public name tells how the processes are started
    if context is not None and context.get_start_method() == "fork" and "tensorflow" in modules:
        raise ValueError(
            "executor forks this process, and a fork of a process with TensorFlow in it waits for ever; allowed are"
            ' executors that start theirs anew: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))'
        )


class _Share:
    """The progress of a part of a sweep, passed on as that of the whole; ``stopped`` if the caller stopped it."""

    def __init__(self, on_progress: Progress | None, low: float, high: float) -> None:
        self.on_progress, self.low, self.high = on_progress, low, high
        self.stopped = False

    def __call__(self, share: float) -> bool:
        if self.on_progress and self.on_progress(self.low + share * (self.high - self.low)) is False:
            self.stopped = True
        return not self.stopped


def _group_jobs(plan: Sweep, first: int, last: int) -> list[Job]:
    """The stacks of some places of a sweep, each with the places that it trains."""
    from playground.engine.stacking import group_experiments  # brings TensorFlow, which a page must not wait for

    found = group_experiments(plan.experiments(first, last), frozenset())
    return [([first + place for place in places], kind) for places, kind in found]


def train_part(plan: Sweep, first: int, last: int, *, on_progress: Progress | None = None) -> Columns:
    """Train and judge the places of a sweep from ``first`` up to ``last``: columns ``(last - first,)``."""
    from playground.engine.stacking import group_experiments

    experiments = plan.experiments(first, last)
    columns = make_columns(plan, len(experiments))
    _train_jobs(experiments, list(group_experiments(experiments, frozenset())), columns, on_progress)
    return columns


def _train_jobs(
    experiments: Sequence[Experiment], jobs: Sequence[Job], columns: Columns, on_progress: Progress | None = None
) -> None:
    from playground.training import train_stacks

    def take(places: list[int], stack: TrainingStack) -> None:
        if stack.is_complete:  # a stop leaves the stacks at work half trained
            fill_columns(columns, places, judge_stack(stack))

    train_stacks(experiments, jobs, take, on_progress)


def _train_everywhere(
    executor: Executor, plan: Sweep, jobs: Sequence[Job], on_progress: Progress | None
) -> Iterator[PlacedColumns]:
    """The parts of a sweep as an executor brings them, in whatever order."""
    futures: list[Future[PlacedColumns]] = [executor.submit(_train_task, plan, group) for group in _split_jobs(jobs)]
    done = 0
    for future in as_completed(futures):
        places, part = future.result()
        done += len(places)
        yield places, part
        if on_progress and on_progress(done / plan.size) is False:
            for waiting in futures:
                waiting.cancel()
            return


def _split_jobs(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    group: list[Job] = []
    for job in jobs:
        group.append(job)
        if sum(len(places) for places, _ in group) >= TRAININGS_PER_TASK:
            yield group
            group = []
    if group:
        yield group


def _train_task(plan: Sweep, jobs: list[Job]) -> PlacedColumns:
    """Some stacks of a sweep, trained where this is called: the stacks of one process, and so its numbers."""
    places = [place for job, _ in jobs for place in job]
    at = {place: number for number, place in enumerate(places)}
    experiments = [plan.experiment(place) for place in places]
    columns = make_columns(plan, len(places))
    _train_jobs(experiments, [([at[place] for place in job], kind) for job, kind in jobs], columns)
    return places, columns
