"""``train``: a list of experiments in, a list of runs out, in as few compiled programs as their shapes allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from os import getpid
from typing import Any

import numpy as np

from playground.data.suitability import check_losses
from playground.engine.batches import Batches
from playground.engine.compiled import program_for
from playground.engine.deep_stack import DeepStack
from playground.engine.dropout import cut_off
from playground.engine.shapes import EPOCHS_PER_CALL, Arrays
from playground.engine.stacking import DeepKind, Kind, path_stride, shape_of, stacks
from playground.engine.threads import Job, Meter, Progress, work_through
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.models.arrays import initial_weights
from playground.run import Run
from playground.tables.optimizers import OPTIMIZERS

RECORDABLE = frozenset({"weights", "gradient_norms", "val_loss"})

# A call stays short enough for a progress bar to move and for Stop to be heard.
STEPS_PER_CALL = 4000


def train(
    experiments: Iterable[Experiment],
    on_progress: Progress | None = None,
    *,
    record: Collection[str] = (),
    deep: bool = False,
    reverse_rows: bool = False,
) -> list[Run]:
    """Train every experiment; the runs come in the order of the experiments.

    ``on_progress(share)`` hears the share that is done, 0 to 1, after every piece of work. If it
    returns ``False``, training stops: each run then holds the epochs it got to, possibly none.
    ``record`` names what to keep besides the loss: ``weights`` (the path), ``gradient_norms``,
    ``val_loss`` (after each epoch, as ``fit`` gives it: with penalties, without class weights). Raises ``ValueError``
    for another name, and for a loss that does not fit the data. ``deep`` trains networks of equal layers in the
    program of deep ones, however few they are: it serves every depth, width and activation. ``reverse_rows`` turns
    round the rows within each batch, so that only the rounding of sums differs: not for dropout, which is drawn row by
    row.
    """
    if isinstance(experiments, Experiment):
        raise ValueError("experiments is one Experiment; allowed is a list of them: write train([experiment])[0]")
    experiments = list(experiments)
    for each in experiments:
        if not isinstance(each, Experiment):
            raise ValueError(f"experiments holds {each!r}; allowed are experiments, such as Experiment(noise=2.0)")
    unknown = {record} if isinstance(record, str) else set(record) - RECORDABLE
    if unknown:
        raise ValueError(f"record holds {sorted(unknown)}; allowed is a list of some of {sorted(RECORDABLE)}")
    runs: dict[int, Run] = {}
    wanted = frozenset(record)
    alone: list[Job] = [([place], DeepKind(each, wanted)) for place, each in enumerate(experiments)]
    jobs: list[Job] = alone if deep else list(stacks(experiments, wanted))
    train_stacks(
        experiments,
        jobs,
        lambda places, stack: runs.update(zip(places, stack.runs(), strict=True)),
        on_progress,
        reverse_rows=reverse_rows,
    )
    return [runs[place] for place in range(len(experiments))]


def train_stacks(
    experiments: Sequence[Experiment],
    jobs: Sequence[Job],
    take: Callable[[list[int], Any], None],
    on_progress: Progress | None = None,
    *,
    reverse_rows: bool = False,
) -> None:
    """Train stack by stack and hand each, once trained, to ``take`` with the places of its experiments.

    ``take`` may be called by two threads at once. What it does not keep is forgotten, so that ten thousand
    histories need not fit into memory together. Raises ``ValueError`` for a loss that does not fit the data, and
    ``RuntimeError`` in a process that was forked from one that had trained before.
    """
    check_losses(experiments)
    _refuse_forked_process()
    meter = Meter(sum(experiments[place].epochs for places, _ in jobs for place in places), on_progress)

    def work(places: list[int], kind: Kind | DeepKind, program: int) -> None:
        members = [experiments[place] for place in places]
        if isinstance(kind, DeepKind):
            stack: DeepStack | Stack = DeepStack(members, kind, reverse_rows)
        else:
            stack = Stack(members, kind, program, reverse_rows)
        stack.train(meter)
        take(places, stack)

    work_through(jobs, work, meter)


def _refuse_forked_process() -> None:
    """A fork copies TensorFlow's locks but not its threads, so that a training in the copy would wait for ever."""
    if _first_process() != getpid():
        raise RuntimeError(
            "this process was forked from one that had trained before, and TensorFlow does not survive that; start"
            ' processes by spawn, as in ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))'
        )


@cache
def _first_process() -> int:
    """The process that trained first. A forked copy inherits the answer, and so can tell that it is a copy."""
    return getpid()


class Stack:
    """Experiments of one kind, on their way through their program.

    Once trained, ``epochs`` says for how long, ``loss`` is ``(experiments, epochs)``, and ``weights`` are the kernels
    and biases of all, the experiments as their last axis.
    """

    def __init__(self, experiments: list[Experiment], kind: Kind, program: int, reverse_rows: bool = False) -> None:
        self.experiments = experiments
        self.reverse_rows = reverse_rows
        self.kind = kind
        self.shape = shape_of(kind, len(experiments))
        self.program = program_for(self.shape, program)
        self.stride = path_stride(kind)
        # The padding of a stack is copies of its first experiment; their results are dropped.
        self.members = experiments + [experiments[0]] * (self.shape.stack - len(experiments))

    def train(self, meter: Meter) -> None:
        self.start = start = [np.stack(arrays, -1) for arrays in zip(*map(initial_weights, self.members), strict=True)]
        state: list[Any] = [*start, *self.program.slots]
        batches = Batches(self.members, self.shape, self.reverse_rows)
        settings = self._settings()
        self.history: Arrays = {}
        done = 0
        while done < self.kind.epochs and not meter.stopped:
            epochs = min(self._epochs_per_call(batches), self.kind.epochs - done)
            data, used = batches.next(epochs)
            state, part = self.program.run(state, data, settings, self._plan(epochs, done, batches.steps, used))
            self._file(self.history, part, done, epochs)
            done += epochs
            meter.add(epochs * len(self.experiments))
        self.epochs = done
        self.end = [np.asarray(array) for array in state[: len(start)]]

    @property
    def loss(self) -> np.ndarray:
        return self.history.get("loss", np.zeros((self.shape.stack, 0), np.float32))[
            : len(self.experiments), : self.epochs
        ]

    @property
    def weights(self) -> list[np.ndarray]:
        return [array[..., : len(self.experiments)] for array in self.end]

    @property
    def paths(self) -> np.ndarray:
        """The flattened weights of each experiment, from the start on: ``(experiments, frames + 1, P)``."""
        first = np.concatenate([array.reshape(-1, self.shape.stack) for array in self.start]).T[:, None]
        later = self.history.get("weights", np.zeros((self.shape.stack, 0, first.shape[-1]), np.float32))
        return np.concatenate([first, later], axis=1)[: len(self.experiments)]

    def _epochs_per_call(self, batches: Batches) -> int:
        return min(EPOCHS_PER_CALL, max(1, STEPS_PER_CALL // batches.steps), batches.most_epochs or EPOCHS_PER_CALL)

    def _settings(self) -> Arrays:
        """What differs between the experiments, one vector ``(E,)`` each."""
        penalties = ["l1", "l2"] if self.kind.penalised else []
        clipping = [self.kind.clip] if self.kind.clip else []
        parameters = {name for loss in self.kind.losses for name in LOSSES[loss].parameters}
        shrinking = ["soft_threshold"] if self.kind.proximal else []
        dropping = ["dropout"] if self.kind.dropout else []
        rule = OPTIMIZERS[self.kind.optimizer].settings
        names = ["learning_rate", *rule, *penalties, *shrinking, *dropping, *clipping, *sorted(parameters)]
        vectors = {name: [getattr(experiment, name) for experiment in self.members] for name in names}
        vectors["loss"] = [self.kind.losses.index(experiment.loss) for experiment in self.members]
        settings = {name: np.array(values, np.float32) for name, values in vectors.items()}
        return settings | (self._draws() if self.kind.dropout else {})

    def _draws(self) -> Arrays:
        """What decides which units a step leaves out, as whole numbers."""
        seeds = np.array([experiment.seed for experiment in self.members], np.uint32)
        return {"seed": seeds, "cut_off": cut_off([experiment.dropout for experiment in self.members])}

    def _plan(self, epochs: int, done: int, steps: int, used: int) -> Arrays:
        plan = {
            "epochs": epochs,
            "steps": steps,
            "batches": used,
            "stride": self.stride,
            "offset": done % self.stride,
        }
        return {name: np.asarray(value, np.int32) for name, value in plan.items()}

    def _file(self, history: Arrays, part: Arrays, done: int, epochs: int) -> None:
        """Put a call's rows where they belong in the whole history, experiments first."""
        for name, rows in part.items():
            stride = self.stride if name == "weights" else 1
            first, end = done // stride, (done + epochs - 1) // stride + 1
            if name not in history:
                frames = (self.kind.epochs - 1) // stride + 1
                history[name] = np.zeros((self.shape.stack, frames, *rows.shape[1:-1]), np.float32)
            history[name][:, first:end] = np.moveaxis(rows[: end - first], -1, 0)

    def runs(self) -> list[Run]:
        """Each experiment's own run."""
        path_epochs = np.array(
            [0, *range(self.stride, self.epochs, self.stride), *([self.epochs] if self.epochs else [])]
        )
        first = np.concatenate([array.reshape(-1, self.shape.stack) for array in self.start])
        paths = self.history.get("weights")
        runs = []
        for place, experiment in enumerate(self.experiments):
            records = {name: rows[place, : self.epochs] for name, rows in self.history.items() if name != "weights"}
            if "weights" in self.kind.record:
                later = paths[place, : len(path_epochs) - 1] if paths is not None else first.T[:0]
                records["path"] = np.concatenate([first.T[place : place + 1], later])
                records["path_epochs"] = path_epochs
            records.setdefault("loss", np.zeros(0, np.float32))
            runs.append(Run(experiment, weights=[array[..., place] for array in self.end], **records))
        return runs
