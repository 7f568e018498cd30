"""Sweeps: one or more settings varied over thousands of trainings, each loss under the same seeds.

``sweep`` gives a pandas DataFrame for notebooks; the pages use ``Sweep`` and ``swept``. TensorFlow is loaded only
when a sweep is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.data import make_data
from playground.diagnosis import diverging, exploded, settled_at
from playground.experiment import Experiment
from playground.formulas import cross_entropy
from playground.losses import LOSSES
from playground.queries import fields_of
from playground.run import answers as answers_of
from playground.settings import Number
from playground.tables.groups import GROUPS

if TYPE_CHECKING:
    import pandas

    from playground.training import Job, Stack

Columns = dict[str, np.ndarray]
Progress = Callable[[float], object]

TRAININGS_AT_ONCE = 20_000  # experiments that exist at one time: Python's collector would look at more again and again
TRAININGS_PER_TASK = 2000  # of what an executor gets at once: enough to be worth its way to another machine
MODELS_AT_ONCE = 100
SEEDS = 2**31  # a seed beyond the last begins again at 0


@dataclass(frozen=True)
class Judge:
    """A number that every training ends with.

    Where less of it is ``better`` it has a winner; only a ``common`` one means the same for every loss.
    ``models`` says which models have it: all, those of a ``task``, or a ``line``.
    """

    key: str
    label: str
    short: str
    models: str = "all"
    better: bool = True
    common: bool = True


JUDGES: dict[str, Judge] = {
    judge.key: judge
    for judge in (
        Judge("rmse", "RMSE on clean points", "RMSE", "regression"),
        Judge("mae", "MAE on clean points", "MAE", "regression"),
        Judge("error_rate", "share of fresh points called wrong", "error rate", "classification"),
        Judge("log_loss", "log loss on fresh points", "log loss", "classification"),
        Judge("final_loss", "own loss at the end", "own loss", common=False),
        Judge("settled", "epochs until within 1 % of the end", "epochs"),
        Judge("slope", "slope of the line", "slope", "line", better=False),
        Judge("intercept", "intercept of the line", "intercept", "line", better=False),
    )
}


def judges_of(experiment: Experiment) -> list[str]:
    """The judges that experiments of this kind have."""
    task = "classification" if experiment.dataset in GROUPS else "regression"
    line = task == "regression" and experiment.widths == (1, 1)
    return [key for key, judge in JUDGES.items() if judge.models in ("all", task, "line" if line else "")]


@dataclass(frozen=True)
class Axis:
    """The values that a sweep gives to one setting."""

    setting: str
    values: tuple[float, ...]


def sweepable() -> dict[str, Number]:
    """The settings that an axis can vary, by name: every number but the seed, which each sweep repeats over."""
    fields = fields_of(Experiment)
    return {
        name: field.setting
        for name, field in fields.items()
        if isinstance(field.setting, Number) and name != "seed" and not field.many
    }


def spaced(setting: str, low: float, high: float, steps: int, *, log: bool) -> Axis:
    """An axis of at most so many values from ``low`` to ``high``: fewer where whole numbers fall together.

    Raises ``ValueError`` for a range that the setting does not allow, or that has no logarithm.
    """
    number = sweepable()[setting]
    if not number.low <= low < high <= number.high:
        raise ValueError(f"{setting} goes from {low:.10g} to {high:.10g}; allowed is a rise within {number.allowed}")
    if log and low <= 0:
        raise ValueError(f"{setting} begins at {low:.10g}; a logarithmic scale needs more than 0: begin higher")
    values = np.geomspace(low, high, steps) if log else np.linspace(low, high, steps)
    values[0], values[-1] = low, high  # powers may miss the ends by a rounding
    if fields_of(Experiment)[setting].whole:
        return Axis(setting, tuple(int(value) for value in np.unique(values.round())))
    short = [float(f"{value:.3g}") for value in values]
    return Axis(setting, tuple(short if len(set(short)) == steps else (float(f"{value:.8g}") for value in values)))


@dataclass(frozen=True)
class Sweep:
    """What to train: ``base`` at every combination of the axes' values, with every loss, under ``seeds`` seeds.

    The seeds are the base's own and those after it. Places are counted with the seeds outermost, then the losses,
    then the axes, so that what a stopped sweep has done is whole seeds where it can be.
    """

    base: Experiment
    axes: tuple[Axis, ...]
    losses: tuple[str, ...]
    seeds: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Seeds, losses, then the values of each axis."""
        return (self.seeds, len(self.losses), *(len(axis.values) for axis in self.axes))

    @property
    def size(self) -> int:
        return prod(self.shape)

    @cached_property
    def _settings(self) -> list[Experiment]:
        """Every combination of a loss and the axes' values, under the first seed, checked."""
        names = ["loss", *(axis.setting for axis in self.axes)]
        combinations = product(self.losses, *(axis.values for axis in self.axes))
        return [self.base.replace(**dict(zip(names, values, strict=True))) for values in combinations]

    def seed(self, place: int) -> int:
        """The seed of the so manieth repetition."""
        return (self.base.seed + place) % SEEDS

    def experiment(self, place: int) -> Experiment:
        """The experiment at a place; raises ``ValueError`` if its settings do not go together."""
        repetition, loss, *places = (int(index) for index in np.unravel_index(place, self.shape))
        values = {axis.setting: axis.values[index] for axis, index in zip(self.axes, places, strict=True)}
        return self.base.replace(**values, loss=self.losses[loss], seed=self.seed(repetition))

    def experiments(self, first: int = 0, last: int | None = None) -> list[Experiment]:
        """The experiments from one place up to another, all if none are named."""
        each = len(self._settings)
        found = []
        for place in range(first, self.size if last is None else last):
            repetition, combination = divmod(place, each)
            checked = self._settings[combination]
            # A copy with another seed needs no second check, which would take longer than its training.
            found.append(checked.model_copy(update={"seed": self.seed(repetition)}) if repetition else checked)
        return found

    def at(self, repetition: int, loss: str, *places: int) -> Experiment:
        """The experiment of a repetition, a loss and a place on each axis."""
        return self.experiment(int(np.ravel_multi_index((repetition, self.losses.index(loss), *places), self.shape)))


@dataclass(frozen=True, eq=False)
class Swept:
    """What a sweep came to. Each column has the shape of the sweep: seeds, losses, axes.

    A judge of a training that diverged, or was not reached before a Stop, is NaN; ``diverged_at`` has the epoch or
    0, ``trained`` says what was reached.
    """

    sweep: Sweep
    columns: Columns

    @property
    def trained(self) -> np.ndarray:
        return self.columns["trained"]

    @property
    def diverged(self) -> np.ndarray:
        """Which trainings diverged."""
        return self.columns["diverged_at"] > 0

    @property
    def judges(self) -> list[str]:
        """The judges that this kind of model has."""
        return [key for key in JUDGES if key in self.columns]

    def of(self, judge: str, loss: str) -> np.ndarray:
        """A judge of one loss: ``(seeds, *axes)``."""
        return self.columns[judge][:, self.sweep.losses.index(loss)]

    def frame(self) -> pandas.DataFrame:
        """One row a training, the sweep's settings and what came out."""
        import pandas

        sweep = self.sweep
        seeds = [sweep.seed(place) for place in range(sweep.seeds)]
        index = np.indices(sweep.shape).reshape(len(sweep.shape), -1)
        told: dict[str, Any] = {"loss": np.array(sweep.losses, object)[index[1]]}
        told |= {axis.setting: np.array(axis.values)[place] for axis, place in zip(sweep.axes, index[2:], strict=True)}
        told["seed"] = np.array(seeds)[index[0]]
        told |= {name: column.ravel() for name, column in self.columns.items()}
        return pandas.DataFrame(told)


def sweep(
    base: Experiment | None = None,
    *,
    losses: Sequence[str] | None = None,
    seeds: int = 1,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
    **axes: Sequence[float] | np.ndarray,
) -> pandas.DataFrame:
    """Train ``base`` at every combination of values, and give one row a training.

    Name a setting and its values, as in ``sweep(learning_rate=[0.001, 0.01], losses=["mse", "mae"], seeds=30)``. The
    table holds the settings, the judges (NaN where a training diverged), ``diverged_at`` (0: it did not) and
    ``trained``. ``executor`` is any ``concurrent.futures.Executor``; the result is the same as without. Raises
    ``ValueError`` for an unknown setting or loss, or a value that is not allowed.
    """
    base = base or Experiment()
    _check(axes, losses or (base.loss,), seeds)
    plan = Sweep(
        base=base,
        axes=tuple(Axis(name, tuple(_typed(name, value) for value in values)) for name, values in axes.items()),
        losses=tuple(dict.fromkeys(losses or (base.loss,))),
        seeds=seeds,
    )
    return swept(plan, executor=executor, on_progress=on_progress).frame()


def _typed(setting: str, value: float) -> float:
    """A value of NumPy's as one of Python's, whole if the setting is: it must not pass for another kind of setting."""
    return int(value) if fields_of(Experiment)[setting].whole and value == int(value) else float(value)


def _check(axes: dict[str, Any], losses: Sequence[str], seeds: int) -> None:
    allowed = sweepable()
    for name, values in axes.items():
        if name not in allowed:
            raise ValueError(f"{name} cannot be an axis; allowed are {', '.join(allowed)}")
        if not len(values):
            raise ValueError(f"{name} has no values; give it one or more")
    for loss in losses:
        if loss not in LOSSES:
            raise ValueError(f"losses holds {loss!r}; allowed are {', '.join(LOSSES)}")
    if seeds < 1:
        raise ValueError(f"seeds is {seeds}; allowed is 1 or more")


def swept(plan: Sweep, *, executor: Executor | None = None, on_progress: Progress | None = None) -> Swept:
    """Train a sweep and judge every training.

    ``on_progress(share)`` hears the share that is done; if it returns ``False``, what is done is kept and the rest
    stays untrained.
    """
    cuts = parts(plan, -(-plan.size // TRAININGS_AT_ONCE))
    columns = _empty(plan, plan.size)
    if executor is None:
        for first, last in cuts:
            heard = _Share(on_progress, first / plan.size, last / plan.size)
            _file(columns, slice(first, last), swept_part(plan, first, last, on_progress=heard))
            if heard.stopped:
                break
    else:
        jobs = [job for cut in cuts for job in _jobs(plan, *cut)]
        for places, part in _everywhere(executor, plan, jobs, on_progress):
            _file(columns, places, part)
    return _shaped(plan, columns)


class _Share:
    """A progress that goes from one share of the whole to another, and remembers whether it was told to stop."""

    def __init__(self, on_progress: Progress | None, low: float, high: float) -> None:
        self.on_progress, self.low, self.high = on_progress, low, high
        self.stopped = False

    def __call__(self, share: float) -> bool:
        if self.on_progress and self.on_progress(self.low + share * (self.high - self.low)) is False:
            self.stopped = True
        return not self.stopped


def _jobs(plan: Sweep, first: int, last: int) -> list[Job]:
    """The stacks of some places of a sweep, each with the places that it trains."""
    from playground.engine.stacks import stacks  # brings TensorFlow, which a page must not wait for

    found = stacks(plan.experiments(first, last), frozenset())
    return [([first + place for place in places], kind) for places, kind in found]


def swept_part(plan: Sweep, first: int, last: int, *, on_progress: Progress | None = None) -> Columns:
    """What came of the places of a sweep from ``first`` up to ``last``."""
    from playground.engine.stacks import stacks

    experiments = plan.experiments(first, last)
    columns = _empty(plan, len(experiments))
    _train(experiments, list(stacks(experiments, frozenset())), columns, on_progress)
    return columns


def parts(plan: Sweep, count: int) -> list[tuple[int, int]]:
    """A sweep cut into so many parts of about one size: the first place of each, and the one after its last."""
    cuts = [round(plan.size * place / max(count, 1)) for place in range(max(count, 1) + 1)]
    return list(pairwise(cuts))


def together(plan: Sweep, cuts: Sequence[tuple[int, int]], found: Sequence[Columns]) -> Swept:
    """The parts of a sweep as one; what no part has trained stays untrained. There may be fewer parts than cuts."""
    columns = _empty(plan, plan.size)
    for (first, last), part in zip(cuts, found, strict=False):
        _file(columns, slice(first, last), part)
    return _shaped(plan, columns)


def _shaped(plan: Sweep, columns: Columns) -> Swept:
    return Swept(plan, {name: column.reshape(plan.shape) for name, column in columns.items()})


def _empty(plan: Sweep, size: int) -> Columns:
    columns = {name: np.full(size, np.nan) for name in judges_of(plan.base)}
    return columns | {"diverged_at": np.zeros(size, np.int32), "trained": np.zeros(size, bool)}


def _train(experiments: Sequence[Experiment], jobs: Sequence[Job], columns: Columns, on_progress: Any = None) -> None:
    from playground.training import train_stacks

    def take(places: list[int], stack: Stack) -> None:
        if stack.epochs == stack.kind.epochs:  # a stop leaves the stacks at work half trained
            _file(columns, places, judged(stack))

    train_stacks(experiments, jobs, take, on_progress)


def _file(columns: Columns, places: Sequence[int] | slice, part: Columns) -> None:
    for name, values in part.items():
        columns[name][places] = values


def _everywhere(
    executor: Executor, plan: Sweep, jobs: Sequence[Job], on_progress: Progress | None
) -> Iterator[tuple[list[int], Columns]]:
    """The parts of a sweep as an executor brings them, in whatever order."""
    futures: list[Future[Any]] = [executor.submit(_task, plan, group) for group in _tasks(jobs)]
    done = 0
    for future in as_completed(futures):
        places, part = future.result()
        done += len(places)
        yield places, part
        if on_progress and on_progress(done / plan.size) is False:
            for waiting in futures:
                waiting.cancel()
            return


def _tasks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    group: list[Job] = []
    for job in jobs:
        group.append(job)
        if sum(len(places) for places, _ in group) >= TRAININGS_PER_TASK:
            yield group
            group = []
    if group:
        yield group


def _task(plan: Sweep, jobs: list[Job]) -> tuple[list[int], Columns]:
    """Some stacks of a sweep, trained where this is called: the stacks of one process, and so its numbers."""
    places = [place for job, _ in jobs for place in job]
    at = {place: number for number, place in enumerate(places)}
    experiments = [plan.experiment(place) for place in places]
    columns = _empty(plan, len(places))
    _train(experiments, [([at[place] for place in job], kind) for job, kind in jobs], columns)
    return places, columns


def judged(stack: Stack) -> Columns:
    """What became of each training of a stack, as ``playground.diagnosis`` says it of one run."""
    losses = stack.loss
    diverged = diverging(losses)
    beyond = exploded(losses)
    epoch = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, losses.shape[1])
    columns: Columns = {**_on_test_points(stack), "final_loss": losses[:, -1].astype(float)}
    columns["settled"] = settled_at(losses).astype(float)
    if "slope" in judges_of(stack.experiments[0]):
        columns["slope"], columns["intercept"] = _lines(stack)
    columns = {name: np.where(diverged, np.nan, column) for name, column in columns.items()}
    return columns | {"diverged_at": np.where(diverged, epoch, 0), "trained": np.ones(len(losses), bool)}


def _lines(stack: Stack) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and intercepts in units of x and y, as ``Run.line`` has them."""
    slope, intercept = stack.weights[0][0, 0].astype(float), stack.weights[1][0].astype(float)
    if not stack.experiments[0].standardise:
        return slope, intercept
    scalings = [make_data(experiment).scaling for experiment in stack.experiments]
    scale, offset = (np.array([scaling[part][0] for scaling in scalings], float) for part in (0, 1))
    return slope * scale, intercept + slope * offset


def _on_test_points(stack: Stack) -> Columns:
    """What a stack's models say of the points that judge them, a few models at a time: many answers take much room."""
    members = stack.experiments
    weights = [np.moveaxis(array, -1, 0) for array in stack.weights]
    parts = []
    for start in range(0, len(members), MODELS_AT_ONCE):
        few = slice(start, start + MODELS_AT_ONCE)
        parts.append(_judged_on(members[few], [array[few] for array in weights]))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _judged_on(members: Sequence[Experiment], weights: list[np.ndarray]) -> Columns:
    data = [make_data(experiment) for experiment in members]
    alike = not members[0].standardise and all(each.x_test is data[0].x_test for each in data)
    if alike:  # all are asked the same
        answers = answers_of(members[0], weights, data[0].x_test)
    else:
        own = [[array[place] for array in weights] for place in range(len(members))]
        answers = np.stack([answers_of(*asked) for asked in zip(members, own, (d.x_test for d in data), strict=True)])
    answers, y = answers[..., 0].astype(float), np.stack([each.y_test[:, 0] for each in data]).astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        if members[0].dataset in GROUPS:
            wrong = (answers > 0) != (y > 0.5)
            return {"error_rate": wrong.mean(axis=1), "log_loss": cross_entropy(np, y, answers).mean(axis=1)}
        errors = answers - y
        return {"mae": np.abs(errors).mean(axis=1), "rmse": np.sqrt(np.square(errors).mean(axis=1))}
