"""``train``: a list of experiments in, a list of runs out, in as few compiled programs as their shapes allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from os import getpid

from playground.data.suitability import check_losses
from playground.engine.deep_stack import DeepStack
from playground.engine.stack import Stack
from playground.engine.stacking import DeepKind, Job, Kind, group_experiments
from playground.engine.threads import Meter, work_through
from playground.engine.types import TrainingStack
from playground.experiment import Experiment
from playground.progress import Progress
from playground.run import Run

RECORDABLE = frozenset({"weights", "gradient_norms", "val_loss"})


def train(
    experiments: Iterable[Experiment],
    on_progress: Progress | None = None,
    *,
    record: Collection[str] = (),
    deep: bool = False,
    reverse_rows: bool = False,
) -> list[Run]:
    """Train every experiment; the runs come in the order of the experiments.

    The losses are those of Keras's ``model.fit``, epoch for epoch but for rounding, in a small share of its time.
    Source: https://keras.io/api/models/model_training_apis/#fit-method

    ``on_progress(share)`` is called now and then with the share of all epochs that is done, 0 to 1. If it returns
    ``False``, training stops: each run then holds the epochs that were trained, possibly none.

    ``record`` names what a run is to hold besides its ``loss`` (epochs,). ``weights`` gives it ``path`` (frames, P) and
    ``path_epochs`` (frames,); ``gradient_norms`` (epochs, layers) are those of the last batch of each epoch, before
    clipping; ``val_loss`` (epochs,) is taken after each epoch as ``fit`` does, with penalties and without class
    weights. ``path_epochs`` are whole numbers, all else is float32.

    ``deep`` trains networks of equal layers in the program of deep ones, however few layers they have: it serves every
    depth, width and activation without compiling anew. ``reverse_rows`` reverses the rows within each batch, so that
    only the rounding of sums differs; it is not for dropout, which is drawn row by row.

    Raises ``ValueError`` for anything but a list of experiments, for an unknown name in ``record`` and for a loss that
    does not fit the data, and ``RuntimeError`` in a process that was forked from one that had trained before.
    """
    experiments, names = _check_experiments(experiments), _check_record(record)
    alone: list[Job] = [([index], DeepKind(experiment, names)) for index, experiment in enumerate(experiments)]
    jobs = alone if deep else list(group_experiments(experiments, names))
    runs: dict[int, Run] = {}

    def keep_runs(indices: list[int], stack: TrainingStack) -> None:
        runs.update(zip(indices, stack.runs(), strict=True))

    train_stacks(experiments, jobs, keep_runs, on_progress, reverse_rows=reverse_rows)
    return [runs[index] for index in range(len(experiments))]


def _check_experiments(experiments: Iterable[Experiment]) -> list[Experiment]:
    """The experiments as a list. Raises ``ValueError`` for a bare experiment and if one of them is something else."""
    if isinstance(experiments, Experiment):
        raise ValueError("experiments is one Experiment; allowed is a list of them: write train([experiment])[0]")
    experiments = list(experiments)
    for item in experiments:
        if not isinstance(item, Experiment):
            raise ValueError(f"experiments holds {item!r}; allowed are experiments, such as Experiment(noise=2.0)")
    return experiments


def _check_record(record: Collection[str]) -> frozenset[str]:
    """What to record, as a set. Raises ``ValueError`` for a text and for unknown names."""
    unknown = {record} if isinstance(record, str) else set(record) - RECORDABLE
    if unknown:
        raise ValueError(f"record holds {sorted(unknown)}; allowed is a list of some of {sorted(RECORDABLE)}")
    return frozenset(record)


def train_stacks(
    experiments: Sequence[Experiment],
    jobs: Sequence[Job],
    take: Callable[[list[int], TrainingStack], None],
    on_progress: Progress | None = None,
    *,
    reverse_rows: bool = False,
) -> None:
    """Train stack by stack and pass each, once trained, to ``take`` with the indices of its experiments.

    ``jobs`` are those of ``group_experiments``. ``take`` may be called by two threads at once. A stack is freed
    afterwards unless ``take`` keeps it, so that ten thousand histories need not fit into memory together. Raises
    ``ValueError`` and ``RuntimeError`` as ``train`` does.
    """
    check_losses(experiments)
    _refuse_forked_process()

    def train_stack(indices: list[int], kind: Kind | DeepKind, number: int) -> None:
        members = [experiments[index] for index in indices]
        stack: TrainingStack
        if isinstance(kind, DeepKind):
            stack = DeepStack(members, kind, reverse_rows)
        else:
            stack = Stack(members, kind, number, reverse_rows)
        stack.train(meter)
        take(indices, stack)

    meter = Meter(sum(experiments[index].epochs for indices, _ in jobs for index in indices), on_progress)
    work_through(jobs, train_stack, meter)


def _refuse_forked_process() -> None:
    """Raise ``RuntimeError`` in a fork of a process that had trained.

    A fork copies TensorFlow's locks but not its threads, so that a training in the copy would wait for ever.
    """
    if _first_process() != getpid():
        raise RuntimeError(
            "this process was forked from one that had trained before, and TensorFlow does not survive that; start"
            ' processes by spawn, as in ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))'
        )


@cache
def _first_process() -> int:
    """The id of the process that trained first. A forked copy inherits the cached answer, which is not its own id."""
    return getpid()
