"""What a curve over the epochs says in words, for who cannot see it."""

from __future__ import annotations

import numpy as np

from playground.text.language import N_, _
from playground.text.numbers import number

NOTHING = N_("{label} has no finite value")
COURSE = N_("{label} from {first} to {last}")
DIVERGED = N_("{label} from {first} to {last}, where it diverged at epoch {epoch:,}")


def describe_course(label: str, values: np.ndarray, diverged_at: int | None) -> str:
    """From which value to which a curve ``(n,)`` goes, and where it diverged if it did."""
    if not len(values):
        return _(NOTHING).format(label=label)
    first, last = number(float(values[0])), number(float(values[-1]))
    template = DIVERGED if diverged_at else COURSE
    return _(template).format(label=label, first=first, last=last, epoch=diverged_at)
