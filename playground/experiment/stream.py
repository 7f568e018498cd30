"""The random streams of an experiment: each draws by itself, from one seed."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """Independent random streams of one seed: more noise does not move the outliers or the first weights."""

    NOISE = 0
    OUTLIERS = 1
    WEIGHTS = 2
    SHUFFLE = 3
    VALIDATION = 4
    TEST = 5

    def generator(self, seed: int) -> np.random.Generator:
        """A generator of this stream's own for a seed."""
        return np.random.default_rng([seed, self])
