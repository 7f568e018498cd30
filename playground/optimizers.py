"""The optimizers: Keras's own, with the hyper-parameters that the page states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """``build(learning_rate=...)`` gives the Keras optimizer; Keras is imported only then.

    ``momentum`` is the heavy-ball momentum, which decides the largest stable learning rate;
    ``None`` where steps are scaled by the gradient's own size and no such limit is known.
    """

    key: str
    label: str
    summary: str
    keras_name: str
    arguments: tuple[tuple[str, float], ...] = ()
    momentum: float | None = None

    def build(self, learning_rate: float | Callable[[], Any]) -> Any:
        import keras

        return getattr(keras.optimizers, self.keras_name)(learning_rate=learning_rate, **dict(self.arguments))


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.key: optimizer
    for optimizer in (
        Optimizer("sgd", "SGD", "Plain gradient descent: weight − rate × gradient.", "SGD", momentum=0.0),
        Optimizer(
            "momentum",
            "Momentum",
            "SGD that keeps 0.9 of its last step.",
            "SGD",
            arguments=(("momentum", 0.9),),
            momentum=0.9,
        ),
        Optimizer("rmsprop", "RMSprop", "Each weight's step is divided by its recent gradient size.", "RMSprop"),
        Optimizer("adam", "Adam", "RMSprop with momentum and a corrected start.", "Adam"),
    )
}
