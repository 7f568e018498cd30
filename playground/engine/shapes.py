"""What a program is compiled for: the shapes of stacks and of deep networks. Knows nothing of TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from playground.experiment import MAX_LAYERS
from playground.models.arrays import count_weights

EPOCHS_PER_CALL = 1000

# Numbers of one run's path of weights that a call may record (2 MB); a longer path leaves out epochs.
PATH_NUMBERS = 500_000

# Sizes that a layer is padded to. A step of 16 units takes a fourth of the time of one of 64 (measured).
PADDED_WIDTHS = (16, 64)


@dataclass(frozen=True)
class Shape:
    """All that a program is compiled for.

    ``widths`` are the sizes along the model, from its inputs to its outputs; ``stack`` is the number E of experiments.
    ``batches`` is how many batches the data argument holds, each of ``rows`` rows, of which some are padding if it is
    ``masked``; ``full_batch`` says that an epoch is one step. ``rows_val`` is the number of held-out rows.
    ``penalised``, ``proximal`` and ``dropout`` say whether any experiment in the stack uses these, and ``clip`` names
    the setting that clips, if any. ``record`` names what to record besides the loss.
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

    ``widths`` holds only the number of inputs and of outputs; ``width`` is the size that every layer is padded to, at
    least the number of inputs. Every kind of clipping is compiled in.
    """

    width: int

    @property
    def layers(self) -> int:
        """Layers with weights, the last one included."""
        return MAX_LAYERS + 1


def frames_per_call(widths: tuple[int, ...]) -> int:
    """How many epochs of one call may record their weights, for a model with these layer sizes: 1 to 1,000."""
    return max(1, min(EPOCHS_PER_CALL, PATH_NUMBERS // count_weights(widths)))


def pad_size(size: int, sizes: tuple[int, ...]) -> int:
    """The smallest of the ascending ``sizes`` that is at least ``size``. Raises ``ValueError`` if none is."""
    for candidate in sizes:
        if candidate >= size:
            return candidate
    raise ValueError(f"size is {size}; allowed is {sizes[-1]} at most")
