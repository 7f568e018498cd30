"""A stack: experiments of one kind, and their training in one program."""

from __future__ import annotations

import numpy as np

from playground.engine.batches import Batches
from playground.engine.compiled import get_program
from playground.engine.dropout import drop_thresholds
from playground.engine.shapes import EPOCHS_PER_CALL
from playground.engine.stacking import Kind, choose_shape, path_stride
from playground.engine.threads import Meter
from playground.engine.types import Arrays, State
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.models.arrays import Weights, initial_weights
from playground.run import Run
from playground.tables.optimizers import OPTIMIZERS

# A call stays short enough for a progress bar to move and for Stop to take effect.
STEPS_PER_CALL = 4000


class Stack:
    """Experiments of one kind, trained side by side: see ``engine.types.TrainingStack``.

    ``number`` says which copy of the program to use, since no two threads may run the same one.
    ``reverse_rows`` reverses the rows within each batch.
    """

    def __init__(self, experiments: list[Experiment], kind: Kind, number: int, reverse_rows: bool = False) -> None:
        self.experiments = experiments
        self.kind = kind
        self.shape = choose_shape(kind, len(experiments))
        self.program = get_program(self.shape, number)
        self.stride = path_stride(kind)
        # A stack is padded with copies of its first experiment, whose results are dropped.
        self.members = experiments + [experiments[0]] * (self.shape.stack - len(experiments))
        self.batches = Batches(self.members, self.shape, reverse_rows)
        self.epochs = 0
        self.history: Arrays = {}

    def train(self, meter: Meter) -> None:
        self.start = [np.stack(arrays, -1) for arrays in zip(*map(initial_weights, self.members), strict=True)]
        state: State = [*self.start, *self.program.optimizer_state]
        settings = self._vectorise_settings()
        while not self.is_complete and not meter.stopped:
            epochs = min(self._epochs_per_call(), self.kind.epochs - self.epochs)
            data, used = self.batches.take_epochs(epochs)
            state, rows = self.program.run(state, data, settings, self._plan_call(epochs, used))
            self._record_call(rows, epochs)
            self.epochs += epochs
            meter.add(epochs * len(self.experiments))
        self.end = [np.asarray(array) for array in state[: len(self.start)]]

    @property
    def is_complete(self) -> bool:
        return self.epochs == self.kind.epochs

    @property
    def loss(self) -> np.ndarray:
        history = self.history.get("loss", np.zeros((self.shape.stack, 0), np.float32))
        return history[: len(self.experiments), : self.epochs]

    @property
    def weights(self) -> Weights:
        return [array[..., : len(self.experiments)] for array in self.end]

    @property
    def paths(self) -> np.ndarray:
        first = np.concatenate([array.reshape(-1, self.shape.stack) for array in self.start]).T[:, None]
        later = self.history.get("weights", np.zeros((self.shape.stack, 0, first.shape[-1]), np.float32))
        return np.concatenate([first, later], axis=1)[: len(self.experiments)]

    def runs(self) -> list[Run]:
        end = [self.epochs] if self.epochs else []
        path_epochs = np.array([0, *range(self.stride, self.epochs, self.stride), *end])
        paths = self.paths[:, : len(path_epochs)] if "weights" in self.kind.record else None
        runs = []
        for index, experiment in enumerate(self.experiments):
            records = {name: rows[index, : self.epochs] for name, rows in self.history.items() if name != "weights"}
            records.setdefault("loss", np.zeros(0, np.float32))
            if paths is not None:
                records |= {"path": paths[index], "path_epochs": path_epochs}
            runs.append(Run(experiment, weights=[array[..., index] for array in self.end], **records))
        return runs

    def _epochs_per_call(self) -> int:
        most = self.batches.max_epochs_per_call or EPOCHS_PER_CALL
        return min(EPOCHS_PER_CALL, max(1, STEPS_PER_CALL // self.batches.steps), most)

    def _vectorise_settings(self) -> Arrays:
        """The settings in which the experiments may differ, by name: float32 ``(E,)`` each."""
        names = ["learning_rate", *OPTIMIZERS[self.kind.optimizer].settings]
        names += ["l1", "l2"] if self.kind.penalised else []
        names += ["soft_threshold"] if self.kind.proximal else []
        names += ["dropout"] if self.kind.dropout else []
        names += [self.kind.clip] if self.kind.clip else []
        names += sorted({name for loss in self.kind.losses for name in LOSSES[loss].parameters})
        vectors = {name: [getattr(experiment, name) for experiment in self.members] for name in names}
        vectors["loss"] = [self.kind.losses.index(experiment.loss) for experiment in self.members]
        settings = {name: np.array(values, np.float32) for name, values in vectors.items()}
        if self.kind.dropout:  # dropout is drawn in whole numbers
            settings["seed"] = np.array([experiment.seed for experiment in self.members], np.uint32)
            settings["drop_threshold"] = drop_thresholds([experiment.dropout for experiment in self.members])
        return settings

    def _plan_call(self, epochs: int, used: int) -> Arrays:
        """The ``plan`` of ``Program.run``: int32 scalars by name."""
        plan = {
            "epochs": epochs,
            "steps": self.batches.steps,
            "batches": used,
            "stride": self.stride,
            "offset": self.epochs % self.stride,
        }
        return {name: np.asarray(value, np.int32) for name, value in plan.items()}

    def _record_call(self, part: Arrays, epochs: int) -> None:
        """Write the rows of a call ``(epochs, ..., E)`` into the whole history ``(E, epochs, ...)``."""
        for name, rows in part.items():
            stride = self.stride if name == "weights" else 1
            first, end = self.epochs // stride, (self.epochs + epochs - 1) // stride + 1
            if name not in self.history:
                frames = (self.kind.epochs - 1) // stride + 1
                self.history[name] = np.zeros((self.shape.stack, frames, *rows.shape[1:-1]), np.float32)
            self.history[name][:, first:end] = np.moveaxis(rows[: end - first], -1, 0)
