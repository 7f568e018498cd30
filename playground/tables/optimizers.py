"""The optimizers: Keras's own, with the hyper-parameters that the page states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """``build(learning_rate)`` gives the Keras optimizer; Keras is imported only then.

    ``settings`` names the hyper-parameters, besides the learning rate, that an experiment sets.
    ``largest_step`` is, for gradient descent with momentum β, the largest learning rate × curvature
    at which training on a parabola settles; ``None`` where steps are scaled by the gradient's own
    size and no such limit is known. ``typical_rate`` is a learning rate that suits the article's line.
    """

    key: str
    label: str
    summary: str
    keras_name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    settings: tuple[str, ...] = ()
    largest_step: Callable[[float], float] | None = None
    typical_rate: float = 0.01

    def build(self, learning_rate: float | Callable[[], Any], **settings: float) -> Any:
        import keras

        return getattr(keras.optimizers, self.keras_name)(
            learning_rate=learning_rate, **{**dict(self.arguments), **settings}
        )


# Left out: LAMB, Adafactor and Muon measure a whole layer before they step, which would mix the
# experiments of a stack; FTRL begins by setting all weights near 0, so that it is no race from one start, and
# ScheduleFreeAdamW from a copy of the weights it was built on, where the engine has none yet.
OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.key: optimizer
    for optimizer in (
        Optimizer("sgd", "SGD", "Plain gradient descent: weight − rate × gradient.", "SGD", largest_step=lambda _: 2.0),
        Optimizer(
            "momentum",
            "Momentum",
            "SGD that keeps a share β of its last step.",
            "SGD",
            arguments=(("momentum", 0.9),),
            settings=("momentum",),
            # Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
            largest_step=lambda momentum: 2.0 * (1.0 + momentum),
            typical_rate=0.005,
        ),
        Optimizer("rmsprop", "RMSprop", "Each weight's step is divided by its recent gradient size.", "RMSprop"),
        Optimizer("adam", "Adam", "RMSprop with momentum and a corrected start.", "Adam", typical_rate=0.05),
        Optimizer(
            "nesterov",
            "Nesterov",
            "Momentum that looks ahead: it corrects the step it is about to take.",
            "SGD",
            arguments=(("momentum", 0.9), ("nesterov", True)),
            settings=("momentum",),
            # From there on a root of z² − (1 + β)(1 − a) z + β(1 − a), with a = rate × curvature, is below −1.
            largest_step=lambda momentum: 2.0 * (1.0 + momentum) / (1.0 + 2.0 * momentum),
            typical_rate=0.005,
        ),
        Optimizer(
            "adamw", "AdamW", "Adam that also shrinks every weight a little each step.", "AdamW", typical_rate=0.05
        ),
        Optimizer("nadam", "Nadam", "Adam with Nesterov's look ahead.", "Nadam", typical_rate=0.05),
        Optimizer("adamax", "Adamax", "Adam that divides by the largest recent gradient.", "Adamax", typical_rate=0.05),
        Optimizer(
            "lion", "Lion", "Steps of one size, the learning rate: only the sign of the gradient counts.", "Lion"
        ),
        Optimizer(
            "adagrad",
            "Adagrad",
            "Divides by all gradients so far: its steps only ever get smaller.",
            "Adagrad",
            typical_rate=0.5,
        ),
        Optimizer(
            "adadelta",
            "Adadelta",
            "RMSprop that finds its own step size; the learning rate only scales it.",
            "Adadelta",
            typical_rate=1.0,
        ),
    )
}
