"""Which experiments train together, and the padded sizes that a program is compiled for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from playground.engine.shapes import (
    EPOCHS_PER_CALL,
    PADDED_WIDTHS,
    PATH_NUMBERS,
    DeepShape,
    Shape,
    frames_per_call,
    pad_size,
)
from playground.experiment import Experiment
from playground.losses import COMMON, LOSSES
from playground.models.arrays import count_weights

# Stacks and rows are padded to a few sizes, so that a slider does not recompile. No stack is a
# multiple of 512: rows that lie a multiple of 2 KB apart share the same lines of the processor's
# cache (measured: 1,024 experiments take twice the time of 1,000).
STACK_SIZES = (1, 8, 64, 250, 500, 1000)
SMALL_STACK = 8
LARGE_STACK = 250  # from here on, two threads that train a stack each are quicker than one
HUGE_STACK = 1000  # a tenth slower than two of 500 (measured), so only for layers of few numbers
HUGE_NUMBERS = 2**15
SHORT_PATH = 2  # weights whose path even a large stack may record: those of a line

# In a small stack padded rows cost next to nothing. In a large one they cost their share, and XLA
# sums 24 to 63 rows up to four times slower than 64 (measured).
ROWS_SMALL = (32, 128, 512)
ROWS_LARGE = (1, 2, 4, 8, 16, 21, 64, 128, 256, 512)
ROWS_FEW = (64, 256, 512)
MANY_SIZES = 3  # more kinds than this that differ only in their rows are padded to ROWS_FEW

# Bounds on the memory of a call: numbers in a layer or in the weights of the whole stack, and
# numbers in its batches.
STACK_NUMBERS = 2**20
BATCH_NUMBERS = 2**20
MAX_BATCHES = 1024

LIGHT = 100_000  # multiplications of a training, which take a processor 20 to 100 µs


class Kind(NamedTuple):
    """What experiments must share to train in one stack.

    ``rows`` is the padded size of a batch, ``masked`` whether any of its rows are padding. ``batches`` holds the number
    of points, the batch size and whether the points are shuffled; it is ``None`` where a batch holds all points.
    ``clip`` names the setting that clips, if any.
    """

    widths: tuple[int, ...]
    activation: str
    losses: tuple[str, ...]
    optimizer: str
    epochs: int
    rows: int
    masked: bool
    batches: tuple[int, int, bool] | None
    penalised: bool
    proximal: bool
    dropout: bool
    clip: str
    record: frozenset[str]

    @classmethod
    def from_experiment(cls, experiment: Experiment, record: frozenset[str]) -> Kind:
        """The kind of an experiment whose run is to hold what ``record`` names besides its loss."""
        size = experiment.rows_per_batch
        return cls(
            widths=experiment.widths,
            activation=experiment.activation if experiment.hidden else "",
            losses=(experiment.loss,),
            optimizer=experiment.optimizer,
            epochs=experiment.epochs,
            rows=pad_size(size, ROWS_LARGE),
            masked=size not in ROWS_LARGE or experiment.points % size != 0,
            batches=None if size == experiment.points else (experiment.points, size, experiment.shuffle),
            penalised=bool(experiment.l1 or experiment.l2),
            proximal=experiment.soft_threshold > 0,
            dropout=bool(experiment.dropout and experiment.hidden),
            clip=experiment.clipping,
            record=record,
        )


class DeepKind(NamedTuple):
    """One deep network, which trains alone: most settings are arguments of its program."""

    experiment: Experiment
    record: frozenset[str]

    @property
    def shape(self) -> DeepShape:
        """The padded shape of its program."""
        experiment = self.experiment
        rows = pad_size(experiment.rows_per_batch, ROWS_SMALL)
        whole = experiment.rows_per_batch == experiment.points
        widest = max(*experiment.hidden, experiment.inputs)
        return DeepShape(
            widths=(experiment.inputs, experiment.widths[-1]),
            width=pad_size(widest, PADDED_WIDTHS),
            activation="",
            losses=_co_trained_losses([experiment.loss]),
            optimizer=experiment.optimizer,
            rows=rows,
            stack=1,
            masked=True,
            penalised=bool(experiment.l1 or experiment.l2),
            proximal=experiment.soft_threshold > 0,
            dropout=experiment.dropout > 0,
            clip="any",
            rows_val=ROWS_LARGE[-1] if "val_loss" in self.record else 0,
            batches=1 if whole else min(MAX_BATCHES, BATCH_NUMBERS // rows),
            full_batch=whole,
            record=(self.record | {"gradient_norms"}) - {"weights"},
        )


Job = tuple[list[int], Kind | DeepKind]  # the indices of experiments that train together, and what they share


def group_experiments(experiments: Sequence[Experiment], record: frozenset[str]) -> Iterator[Job]:
    """Group experiments into as few jobs as their kinds allow; every index occurs in one job.

    A few experiments of different losses go into one stack, whose program is compiled for more losses than theirs:
    the losses of a page are then one call and one compilation, whichever are chosen. In a large stack that would cost
    time, so there each loss has a stack of its own.
    """
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for index, experiment in enumerate(experiments):
        if experiment.is_deep:
            yield [index], DeepKind(experiment, record)
        else:
            by_kind[Kind.from_experiment(experiment, record)].append(index)
    by_kind = _merge_point_counts(by_kind)
    families: dict[Kind, list[Kind]] = defaultdict(list)
    for kind in by_kind:
        families[kind._replace(losses=interchangeable_losses(*kind.losses))].append(kind)
    for family, kinds in families.items():
        together = [index for kind in kinds for index in by_kind[kind]]
        if len(kinds) > 1 and len(together) <= min(SMALL_STACK, largest_stack(family)):
            yield together, family._replace(losses=_co_trained_losses([kind.losses[0] for kind in kinds]))
        else:
            for kind in kinds:
                yield from _split_kind(by_kind[kind], kind)


def _merge_point_counts(by_kind: dict[Kind, list[int]]) -> dict[Kind, list[int]]:
    """Merge kinds that differ only in their number of points, if there are many, by padding them to a few sizes.

    Compiling one more program takes as long as training forty thousand lines with padded rows (measured).
    """
    sizes = Counter(_without_rows(kind) for kind in by_kind)
    merged: dict[Kind, list[int]] = defaultdict(list)
    for kind, indices in by_kind.items():
        many = kind.batches is None and sizes[_without_rows(kind)] > MANY_SIZES
        merged[kind._replace(rows=pad_size(kind.rows, ROWS_FEW), masked=True) if many else kind] += indices
    return {kind: sorted(indices) for kind, indices in merged.items()}


def _without_rows(kind: Kind) -> Kind:
    return kind._replace(rows=0, masked=True)


def _split_kind(indices: list[int], kind: Kind) -> Iterator[Job]:
    """Split a kind into as few stacks as possible, of about one size, so that all of them share a program."""
    count = ceil(len(indices) / largest_stack(kind))
    cuts = [len(indices) * number // count for number in range(count + 1)]
    for first, end in pairwise(cuts):
        yield indices[first:end], kind


def _co_trained_losses(losses: list[str]) -> tuple[str, ...]:
    """The losses that a program for ``losses`` is compiled for."""
    return COMMON if set(losses) <= set(COMMON) else interchangeable_losses(losses[0])


def interchangeable_losses(loss: str) -> tuple[str, ...]:
    """The keys of all losses with the same kind of target as ``loss``, itself included."""
    return tuple(key for key, other in LOSSES.items() if other.target is LOSSES[loss].target)


def largest_stack(kind: Kind) -> int:
    """The most experiments of a kind that may train in one stack, one of ``STACK_SIZES``.

    Bounded by memory, and by time: a stack of 1,000 pays only while its numbers fit into the processor's cache.
    """
    numbers = max(max(kind.widths) * kind.rows, count_weights(kind.widths))
    long_path = "weights" in kind.record and count_weights(kind.widths) > SHORT_PATH
    limit = SMALL_STACK if long_path else STACK_SIZES[-1]
    most = {HUGE_STACK: HUGE_NUMBERS}
    return max(
        size for size in STACK_SIZES if size == 1 or (size <= limit and size * numbers <= most.get(size, STACK_NUMBERS))
    )


def choose_shape(kind: Kind | DeepKind, members: int) -> Shape:
    """The padded shape in which ``members`` experiments of a kind train; equal shapes share a compiled program."""
    if isinstance(kind, DeepKind):
        return kind.shape
    stack = pad_size(members, STACK_SIZES)
    rows, masked = kind.rows, kind.masked
    if stack <= SMALL_STACK and not kind.batches:
        rows, masked = pad_size(rows, ROWS_SMALL), True
    return Shape(
        widths=kind.widths,
        activation=kind.activation,
        losses=kind.losses,
        optimizer=kind.optimizer,
        stack=stack,
        rows=rows,
        rows_val=ROWS_LARGE[-1] if "val_loss" in kind.record else 0,
        batches=min(MAX_BATCHES, BATCH_NUMBERS // (rows * stack)) if kind.batches else 1,
        full_batch=not kind.batches,
        masked=masked,
        penalised=kind.penalised,
        proximal=kind.proximal,
        dropout=kind.dropout,
        clip=kind.clip,
        record=kind.record,
    )


def is_light(kind: Kind | DeepKind) -> bool:
    """Whether training one experiment of a kind takes less time (20 to 100 µs) than Python needs around it."""
    return isinstance(kind, Kind) and kind.epochs * kind.rows * count_weights(kind.widths) < LIGHT


def path_stride(kind: Kind) -> int:
    """Epochs between two recorded frames of a path: 1, or more where the model has many weights or trains for long."""
    per_call = ceil(min(kind.epochs, EPOCHS_PER_CALL) / frames_per_call(kind.widths))
    return max(1, per_call, ceil(kind.epochs * count_weights(kind.widths) / PATH_NUMBERS))
