"""How the kernels of a network are initialised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np


@dataclass(frozen=True)
class Start:
    """How a kernel is drawn: ``deviation(fan_in, fan_out)`` is the standard deviation of its entries.

    ``normal`` says that they are normal, else they are uniform. Biases start at 0.
    """

    key: str
    label: str
    summary: str
    deviation: Callable[[int, int], float]
    normal: bool = True

    @property
    def is_name(self) -> bool:
        """Whether it is called after somebody; what is not begins small within a sentence."""
        return not self.label.startswith("Too")

    def draw(self, rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
        """A kernel ``(fan_in, fan_out)``."""
        deviation = self.deviation(fan_in, fan_out)
        if self.normal:
            return deviation * rng.standard_normal((fan_in, fan_out))
        limit = sqrt(3.0) * deviation  # a uniform distribution over ±a has variance a²/3
        return rng.uniform(-limit, limit, (fan_in, fan_out))


STARTS: dict[str, Start] = {
    start.key: start
    for start in (
        Start(
            "glorot",
            "Glorot",
            "Variance 2 / (inputs + outputs): keeps signals of tanh and gradients alike. Keras's own default.",
            lambda fan_in, fan_out: sqrt(2.0 / (fan_in + fan_out)),
            normal=False,
        ),
        Start(
            "he",
            "He",
            "Variance 2 / inputs: makes up for the half that ReLU cuts off.",
            lambda fan_in, _: sqrt(2.0 / fan_in),
        ),
        Start("lecun", "LeCun", "Variance 1 / inputs: what SELU is made for.", lambda fan_in, _: sqrt(1.0 / fan_in)),
        Start("small", "Too small", "Variance 0.1 / inputs: signals fade.", lambda fan_in, _: sqrt(0.1 / fan_in)),
        Start("large", "Too large", "Variance 10 / inputs: signals grow.", lambda fan_in, _: sqrt(10.0 / fan_in)),
    )
}
