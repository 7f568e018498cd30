"""A layer that died: all its slopes are 0, so that no gradient passes to the layers before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Death:
    """``layer``, from 1, all of whose units have slope 0 at every point after ``epochs``, and to the end."""

    layer: int
    epochs: int

    @property
    def at_start(self) -> bool:
        return self.epochs == 0


def find_death(norms: np.ndarray, dead: np.ndarray, width: int) -> Death | None:
    """The last dead layer of a trained network, ``None`` if the gradient still passes all layers at the end.

    ``norms`` (epochs, layers) are the lengths of each layer's gradient, the output layer last; ``dead`` (hidden
    layers,) counts the dead units at the end. A dead layer's own gradient is exactly 0, and so is that of all layers
    before it. Shortcuts lead round a dead layer: then the layers before it have a gradient, and nothing has died. Nor
    has it where a gradient only became too small for 32 bits, as the layer's units still have slopes.
    """
    if not len(norms) or not np.isfinite(norms).all() or norms[-1, -1] == 0:
        return None  # the loss is not finite, or there is no error left to send back
    silent = int(np.argmax(norms[-1] != 0))  # how many layers, from the first on, have no gradient
    if not silent or dead[silent - 1] < width:
        return None
    alive = np.flatnonzero(norms[:, silent - 1])
    return Death(silent, int(alive[-1]) + 1 if len(alive) else 0)
