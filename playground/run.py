"""A run: what training an experiment gave. Arrays and a few questions to them; no state, no pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.data import Dataset, make_data, model_inputs
from playground.experiment import Experiment
from playground.models.arrays import forward, unflatten

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Run:
    """One trained experiment.

    ``loss`` has one value an epoch, as Keras's ``History`` reports it: the mean over the epoch's
    batches, each taken before its update and counted by its rows, penalties and class weights
    included. ``weights`` is the trained model as ``keras.Model.get_weights`` orders it. What was not
    asked to be recorded is ``None``: ``path`` holds the flattened weights after each of
    ``path_epochs`` (0 is the start), ``val_loss`` the loss on the validation points after each epoch,
    with penalties but without class weights, ``gradient_norms`` one row an epoch with one entry a
    layer, of the epoch's last batch and before clipping.
    """

    experiment: Experiment
    loss: np.ndarray
    weights: list[np.ndarray]
    path: np.ndarray | None = None
    path_epochs: np.ndarray | None = None
    val_loss: np.ndarray | None = None
    gradient_norms: np.ndarray | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: not the data, which are made anew there."""
        return {name: value for name, value in vars(self).items() if name != "data"}

    @property
    def epochs(self) -> int:
        """How many epochs were trained; fewer than asked for if the training was stopped."""
        return len(self.loss)

    @cached_property
    def data(self) -> Dataset:
        return make_data(self.experiment)

    @property
    def line(self) -> tuple[float, float] | None:
        """The learned (slope, intercept) in units of x and y, if the model is a line."""
        if self.experiment.widths != (1, 1):
            return None
        slope, intercept = float(self.weights[0][0, 0]), float(self.weights[1][0])
        if not self.experiment.standardise:
            return slope, intercept
        scale, offset = (float(each[0]) for each in self.data.scaling)
        return slope * scale, intercept + slope * offset

    def predict(self, x: np.ndarray) -> np.ndarray:
        """What the trained model says of ``x``, shape ``(n,)`` or ``(n, features)``; the same shape comes back."""
        return self._ask(self.weights, x)

    def predict_path(self, x: np.ndarray) -> np.ndarray:
        """What the model said of ``x`` at each of ``path_epochs``: ``(frames, n)``, or ``(frames, n, 1)`` of rows."""
        if self.path is None:
            raise ValueError("this run has no path; train it with record=('weights',)")
        return self._ask(unflatten(self.path, self.experiment.widths, self.experiment.normalisation), x)

    def _ask(self, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
        return _like(x, answers(self.experiment, weights, _rows(x)))

    def to_keras(self) -> keras.Model:
        """The trained Keras model, compiled with the experiment's loss: ``models.build_trained_model`` says how.

        Its ``save`` writes a file that plain Keras opens; one with a loss that Keras does not have, or with proximal
        steps, needs ``import playground.models.keras_objects`` first.
        """
        from playground.models.keras_model import build_trained_model

        return build_trained_model(self.experiment, self.weights)


def answers(experiment: Experiment, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What models of the experiment's kind, with weights as ``forward`` takes them, say of ``x`` (n, features)."""
    return forward(
        weights,
        experiment.activation,
        model_inputs(experiment, x),
        normalisation=experiment.normalisation,
        residual=experiment.residual,
    )


def _rows(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, np.float32)
    return x[:, None] if x.ndim == 1 else x


def _like(x: np.ndarray, answers: np.ndarray) -> np.ndarray:
    return answers[..., 0] if np.ndim(x) == 1 else answers
