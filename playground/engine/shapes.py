"""What a program is compiled for: the shapes of stacks and of deep networks. Knows nothing of TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from playground.experiment import MAX_LAYERS
from playground.models.arrays import count_weights

EPOCHS_PER_CALL = 1000

# Numbers of one run's path of weights that a call may write down (2 MB): beyond it, not every epoch is kept.
PATH_NUMBERS = 500_000

# Sizes that a layer is padded to. A step of 16 units takes a fourth of the time of one of 64.
PADDED_WIDTHS = (16, 64)


@dataclass(frozen=True)
class Shape:
    """All that a program is compiled for.

    ``widths`` are the sizes along the model, from its inputs to its outputs. ``batches`` is how many
    batches the data argument holds, each of ``rows`` rows, of which some are padding if it is
    ``masked``; ``full_batch`` says that an epoch is one step. ``penalised``, ``proximal`` and ``dropout``
    say whether any experiment in the stack uses these, and ``clip`` names the setting that clips, if any. ``record``
    names what to write down besides the loss.
    """

    widths: tuple[int, ...]
    activation: str
    losses: tuple[str, ...]
    optimizer: str
    stack: int
    rows: int
    rows_val: int
    batches: int
    full_batch: bool
    masked: bool
    penalised: bool
    proximal: bool
    dropout: bool
    clip: str
    record: frozenset[str]

    @property
    def layers(self) -> int:
        """Layers with weights, the last one included."""
        return len(self.widths) - 1


@dataclass(frozen=True)
class DeepShape(Shape):
    """All that the program of deep networks is compiled for; it trains one experiment at a time.

    ``widths`` has but the inputs and the outputs, ``width`` is what a layer is padded to: at least the number of
    inputs. Clipping of every kind is always in.
    """

    width: int

    @property
    def layers(self) -> int:
        """Layers with weights, the last one included."""
        return MAX_LAYERS + 1


def frames_per_call(widths: tuple[int, ...]) -> int:
    """How many epochs of a call may leave their weights in the history."""
    return max(1, min(EPOCHS_PER_CALL, PATH_NUMBERS // count_weights(widths)))


def pad_size(size: int, sizes: tuple[int, ...]) -> int:
    """The smallest of the sizes that holds ``size``."""
    return next(candidate for candidate in sizes if candidate >= size)
