"""What a saved model of ours holds beside Keras's own objects: losses, a penalty and a constraint.

Import this module before ``keras.saving.load_model`` opens a file that ``Run.to_keras().save(...)`` has written with a
loss that Keras does not have, or with proximal steps. All other files open in plain Keras.
"""

from __future__ import annotations

import keras

from playground.losses import LOSSES, Loss

PACKAGE = "loss_playground"


@keras.saving.register_keras_serializable(package=PACKAGE)
class FormulaLoss(keras.losses.Loss):
    """A loss of the playground's table as a Keras loss, of a key of ``LOSSES`` and its parameters.

    It takes ``y_true`` and ``y_pred`` of shape ``(n, outputs)`` and is the mean over the outputs, then over the batch.
    A class weight is a parameter like any other here, so ``fit`` must not be given it again. Raises ``ValueError`` for
    an unknown loss, ``TypeError`` for parameters that are not the loss's.
    """

    def __init__(
        self,
        loss: str,
        parameters: dict[str, float] | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: keras.DTypePolicy | str | None = None,
    ) -> None:
        if loss not in LOSSES:
            raise ValueError(f"loss is {loss!r}; allowed are {', '.join(LOSSES)}")
        super().__init__(name=name or loss, reduction=reduction, dtype=dtype)
        self.loss, self.parameters = loss, dict(parameters or {})
        if set(self.parameters) != set(LOSSES[loss].parameters):
            raise TypeError(
                f"parameters of {loss} are {sorted(self.parameters)}; it takes {sorted(LOSSES[loss].parameters)}"
            )

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        return keras.ops.mean(LOSSES[self.loss].value(keras.ops, y_true, y_pred, **self.parameters), axis=-1)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "loss": self.loss, "parameters": self.parameters}


def build_keras_own_loss(loss: Loss, parameters: dict[str, float]) -> keras.losses.Loss:
    """Keras's own loss by ``keras_name``, with parameters of Keras's names. Raises ``TypeError`` for others.

    Its configuration holds every argument that it was given, so that a saved model keeps them, however often it is
    saved: that of Keras 3.15's ``Huber`` leaves out ``delta``, and ``load_model`` would take 1. Such a loss becomes
    what it is made of, Keras's wrapper of a function, whose configuration is complete.
    """
    assert loss.keras_name
    arguments = {**parameters, **dict(loss.keras_options)}
    keras_loss = getattr(keras.losses, loss.keras_name)(**arguments)
    if arguments.keys() <= keras_loss.get_config().keys():
        return keras_loss
    wrapper = next(kind for kind in type(keras_loss).__mro__ if kind.__name__ == "LossFunctionWrapper")
    return wrapper(keras_loss.fn, name=keras_loss.name, **arguments)


@keras.saving.register_keras_serializable(package=PACKAGE)
class ProximalPenalty(keras.regularizers.Regularizer):
    """L1 and L2 as the loss reports them, of which only L2 has a gradient: L1 has its proximal step."""

    def __init__(self, l1: float, l2: float) -> None:
        self.l1, self.l2 = l1, l2

    def __call__(self, kernel: keras.KerasTensor) -> keras.KerasTensor:
        absolute = keras.ops.sum(keras.ops.abs(keras.ops.stop_gradient(kernel)))
        return self.l1 * absolute + self.l2 * keras.ops.sum(keras.ops.square(kernel))

    def get_config(self) -> dict[str, float]:
        return {"l1": self.l1, "l2": self.l2}


@keras.saving.register_keras_serializable(package=PACKAGE)
class SoftThreshold(keras.constraints.Constraint):
    """The proximal step of an L1 penalty, which Keras calls a constraint: applied to a kernel after each update."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def __call__(self, kernel: keras.KerasTensor) -> keras.KerasTensor:
        return soft_threshold(kernel, self.threshold)

    def get_config(self) -> dict[str, float]:
        return {"threshold": self.threshold}


def soft_threshold(kernel: keras.KerasTensor, threshold: keras.KerasTensor | float) -> keras.KerasTensor:
    """Every entry moved by the threshold towards 0; what is nearer to 0 than the threshold becomes 0 exactly.

    It is the proximal operator of the L1 norm: unlike the penalty's gradient, it makes weights exactly 0. ``kernel`` is
    ``(in, out)``, or ``(in, out, E)`` with a ``threshold`` ``(E,)`` ≥ 0; the result has its shape.
    Source: Parikh and Boyd 2014, section 6.5.2,
    https://web.stanford.edu/~boyd/papers/prox_algs.html
    """
    return keras.ops.sign(kernel) * keras.ops.maximum(keras.ops.abs(kernel) - threshold, 0.0)
