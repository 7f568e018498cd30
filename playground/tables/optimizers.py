"""The optimizers: Keras's own, with the hyper-parameters that pages show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Optimizer:
    """An optimizer of Keras: the class ``keras_name`` with fixed ``arguments``.

    ``settings`` names the hyper-parameters, besides the learning rate, that an experiment sets.
    ``largest_step(momentum)`` is the largest learning rate × curvature at which training on a parabola settles;
    ``None`` where steps are scaled by the gradient's own size and no such limit is known. ``typical_rate`` is a
    learning rate that suits the article's line. ``colour`` and ``dash`` are its stroke in a race.
    """

    key: str
    label: str
    summary: str
    keras_name: str
    colour: str
    dash: str
    arguments: tuple[tuple[str, object], ...] = ()
    settings: tuple[str, ...] = ()
    largest_step: Callable[[float], float] | None = None
    typical_rate: float = 0.01

    def build(self, learning_rate: float | Callable[[], object], **settings: float) -> keras.optimizers.Optimizer:
        """A new Keras optimizer. ``settings`` are values of the hyper-parameters; Keras is imported only here.

        ``learning_rate`` is a number, or a function that returns a tensor, such as the rates ``(E,)`` of a stack.
        Raises ``ValueError`` for a hyper-parameter that the optimizer does not have, as Keras does.
        """
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
        Optimizer(
            "sgd",
            "SGD",
            "Plain gradient descent: weight − rate × gradient.",
            "SGD",
            "#0072B2",
            "solid",
            largest_step=lambda _: 2.0,
        ),
        Optimizer(
            "momentum",
            "Momentum",
            "SGD that keeps a share β of its last step.",
            "SGD",
            "#D55E00",
            "dash",
            arguments=(("momentum", 0.9),),
            settings=("momentum",),
            # Source: Goh 2017, "Why Momentum Really Works", https://distill.pub/2017/momentum/
            largest_step=lambda momentum: 2.0 * (1.0 + momentum),
            typical_rate=0.005,
        ),
        Optimizer(
            "rmsprop",
            "RMSprop",
            "Each weight's step is divided by its recent gradient size.",
            "RMSprop",
            "#009E73",
            "dot",
        ),
        Optimizer(
            "adam",
            "Adam",
            "RMSprop with momentum and a corrected start.",
            "Adam",
            "#C0619A",
            "dashdot",
            typical_rate=0.05,
        ),
        Optimizer(
            "nesterov",
            "Nesterov",
            "Momentum that looks ahead: it corrects the step it is about to take.",
            "SGD",
            "#A07A00",
            "longdash",
            arguments=(("momentum", 0.9), ("nesterov", True)),
            settings=("momentum",),
            # From there on a root of z² − (1 + β)(1 − a) z + β(1 − a), with a = rate × curvature, is below −1.
            largest_step=lambda momentum: 2.0 * (1.0 + momentum) / (1.0 + 2.0 * momentum),
            typical_rate=0.005,
        ),
        Optimizer(
            "adamw",
            "AdamW",
            "Adam that also shrinks every weight a little each step.",
            "AdamW",
            "#8877FF",
            "12px,3px,2px,3px",
            typical_rate=0.05,
        ),
        Optimizer(
            "nadam", "Nadam", "Adam with Nesterov's look ahead.", "Nadam", "#998877", "1px,4px", typical_rate=0.05
        ),
        Optimizer(
            "adamax",
            "Adamax",
            "Adam that divides by the largest recent gradient.",
            "Adamax",
            "#FF0033",
            "8px,2px",
            typical_rate=0.05,
        ),
        Optimizer(
            "lion",
            "Lion",
            "Steps of one size, the learning rate: only the sign of the gradient counts.",
            "Lion",
            "#8800FF",
            "14px,4px,4px,4px",
        ),
        Optimizer(
            "adagrad",
            "Adagrad",
            "Divides by all gradients so far: its steps only ever get smaller.",
            "Adagrad",
            "#00AA00",
            "5px,5px",
            typical_rate=0.5,
        ),
        Optimizer(
            "adadelta",
            "Adadelta",
            "RMSprop that finds its own step size; the learning rate only scales it.",
            "Adadelta",
            "#E73F74",
            "2px,2px,8px,2px",
            typical_rate=1.0,
        ),
    )
}
