"""A run: the result of training an experiment, as arrays and a few functions of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from playground.data import Dataset, make_data, model_inputs
from playground.experiment import Experiment
from playground.models.arrays import Weights, forward, unflatten

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Run:
    """One trained experiment.

    ``loss`` ``(epochs,)`` has one value per epoch, as Keras's ``History`` reports it: the mean over the epoch's
    batches, each taken before its update and weighted by its rows, penalties and class weights
    included. ``weights`` is the trained model as ``keras.Model.get_weights`` orders it. What was not
    recorded is ``None``: ``path`` ``(frames, P)`` holds the flattened weights after each of
    ``path_epochs`` ``(frames,)``, of which 0 is the start; ``val_loss`` ``(epochs,)`` the loss on the validation
    points after each epoch, with penalties but without class weights; ``gradient_norms`` ``(epochs, layers)`` the
    length of each layer's gradient in the epoch's last batch, before clipping.
    """

    experiment: Experiment
    loss: np.ndarray
    weights: Weights
    path: np.ndarray | None = None
    path_epochs: np.ndarray | None = None
    val_loss: np.ndarray | None = None
    gradient_norms: np.ndarray | None = None

    def __getstate__(self) -> dict[str, object]:
        """All fields but the cached data, which another process makes again: less to send."""
        return {name: value for name, value in vars(self).items() if name != "data"}

    @property
    def epochs(self) -> int:
        """How many epochs were trained: fewer than the experiment's if training was stopped."""
        return len(self.loss)

    @cached_property
    def data(self) -> Dataset:
        """The points that it was trained on."""
        return make_data(self.experiment)

    @property
    def line(self) -> tuple[float, float] | None:
        """The learned (slope, intercept) in units of x and y, if the model is a line."""
        if not self.experiment.is_line:
            return None
        slope, intercept = float(self.weights[0][0, 0]), float(self.weights[1][0])
        if not self.experiment.standardise:
            return slope, intercept
        scale, offset = (float(array[0]) for array in self.data.scaling)
        return slope * scale, intercept + slope * offset

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The trained model's answers for ``x``: ``(n,)`` for ``(n,)``, ``(n, 1)`` for ``(n, features)``.

        ``x`` is in the units of the data, before any standardising. The answers are in units of y, or logits.
        """
        return self._predict_rows(self.weights, x)

    def predict_path(self, x: np.ndarray) -> np.ndarray:
        """The model's answers at each of ``path_epochs``: ``(frames, n)`` for ``(n,)``, else ``(frames, n, 1)``.

        Raises ``ValueError`` if the path was not recorded.
        """
        if self.path is None:
            raise ValueError("this run has no path; train it with record=('weights',)")
        return self._predict_rows(unflatten(self.path, self.experiment.widths, self.experiment.normalisation), x)

    def _predict_rows(self, weights: Weights, x: np.ndarray) -> np.ndarray:
        x = np.asarray(x, np.float32)
        if x.ndim > 1:
            return predict_with_weights(self.experiment, weights, x)
        return predict_with_weights(self.experiment, weights, x[:, None])[..., 0]

    def to_keras(self) -> keras.Model:
        """The trained Keras model, compiled with the experiment's loss: ``models.build_trained_model`` says how.

        Its ``save`` writes a file that plain Keras opens; one with a loss that Keras does not have, or with proximal
        steps, needs ``import playground.models.keras_objects`` first.
        """
        from playground.models.keras_model import build_trained_model

        return build_trained_model(self.experiment, self.weights)


def predict_with_weights(experiment: Experiment, weights: Weights, x: np.ndarray) -> np.ndarray:
    """The answers of the experiment's model with these weights for ``x`` (n, features): shape ``(n, outputs)``.

    ``x`` is in the units of the data, before any standardising. The weights of many models may be stacked, as in
    ``models.arrays.forward``.
    """
    return forward(
        weights,
        experiment.activation,
        model_inputs(experiment, x),
        normalisation=experiment.normalisation,
        residual=experiment.residual,
    )
