"""The verdict on models other than lines: whether a network, polynomial or classifier has learned anything of x."""

from __future__ import annotations

import numpy as np

from playground.data import model_inputs
from playground.data.labelled import LabelLaw
from playground.diagnosis.convergence import NEGLIGIBLE, SETTLED, last_tenths
from playground.diagnosis.line_verdict import NO_BETTER
from playground.diagnosis.verdict import Cause, Finding, Verdict
from playground.models.arrays import run_hidden_layers
from playground.run import Run
from playground.tables.activations import ACTIVATIONS
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.normalisations import MOMENTUM
from playground.text.numbers import number
from playground.theory.line_loss import point_losses
from playground.theory.optima import constant_loss, has_minimum

PREDICTS_WORSE = 1.2  # times its training loss: above this, the moving averages do not match the batches
MOSTLY_MISSED = 0.5  # of the gain of the true law over a constant: a border that misses more has the wrong shape
DEAD = 0.01  # of the steepest slope of an activation: a unit below it at every point is dead
SURELY_RIGHT = 1e-7  # probabilities are kept this far from 0 and 1, about the precision of float32


def find_constant_model(run: Run) -> Finding | None:
    """The finding on a network that predicts the same for every training point; ``None`` for any other model.

    Nothing of x passes through its layers, so it is stuck, even while its loss still moves.
    Source: Lu et al. 2019, Dying ReLU and initialization, https://arxiv.org/abs/1903.06733
    """
    experiment = run.experiment
    if not experiment.hidden:
        return None
    y_pred = run.predict(run.data.x_train).astype(float)
    if not np.isfinite(y_pred).all() or np.ptp(y_pred) > 1e-6 * (np.ptp(run.data.y_train) or 1.0):
        return None
    level = number(constant_loss(experiment))
    same = f"It says {number(float(y_pred.mean()))} of every point; the best constant costs {level}."
    dead = find_dead_layer(run)
    if dead is None:
        return Finding(Verdict.STUCK, (same, "Nothing of x passes through its layers."), Cause.CONSTANT)
    units = experiment.hidden[dead]
    subject = f"All {units} units" if units > 1 else "The only unit"
    state = f"of hidden layer {dead + 1} {'are' if units > 1 else 'is'} dead"
    why = f"{subject} {state}: nothing of x passes, and no gradient comes back."
    return Finding(Verdict.STUCK, (same, why), Cause.DEAD_UNITS)


def find_dead_layer(run: Run) -> int | None:
    """The index, from 0, of the first hidden layer in which all units are dead; ``None`` if there is none.

    The slope of a dead unit's activation is nearly 0 at every training point, so no gradient passes it.
    """
    experiment, activation = run.experiment, ACTIVATIONS[run.experiment.activation]
    inputs = model_inputs(experiment, run.data.x_train)
    layers = run_hidden_layers(
        run.weights,
        experiment.activation,
        inputs,
        normalisation=experiment.normalisation,
        residual=experiment.residual,
    )
    for layer, (sums, _) in enumerate(layers):
        if (np.abs(activation.slope(sums)) < DEAD * activation.steepest).all():
            return layer
    return None


def judge_resting_model(run: Run) -> Finding:
    """The verdict on a network, a polynomial or a classifier at rest, by comparison with the best constant.

    No exact optimum is known for these models, so a run that is no better than a constant is ``STUCK``, unless the law
    that the points follow is hardly better itself; any other is ``CONVERGED``.
    """
    experiment = run.experiment
    last, level = data_loss(run), constant_loss(experiment)
    rests = f"Its loss rests at {number(float(run.loss[-1]))}; one constant for all points would cost {number(level)}."
    lowest = _true_law_loss(run)
    if not last > NO_BETTER * level > 0:
        straight = not experiment.hidden and experiment.dataset in LABELLED_DISTRIBUTIONS
        bends = straight and last - lowest > MOSTLY_MISSED * (level - lowest) > 0
        more = f"The law itself costs {number(lowest)}: a border that bends, by a hidden layer, may come nearer to it."
        return Finding(Verdict.CONVERGED, (rests, more) if bends else (rests,))
    if lowest > NO_BETTER * level and last <= (1.0 + SETTLED) * level:
        return Finding(Verdict.CONVERGED, (rests, f"The law itself costs {number(lowest)}: there is little to learn."))
    if not experiment.hidden and experiment.dataset in LABELLED_DISTRIBUTIONS:
        why = f"A straight border does no better here, while the law itself costs {number(lowest)}: add a hidden layer."
        return Finding(Verdict.STUCK, (rests, why), Cause.STRAIGHT_BORDER)
    return Finding(Verdict.STUCK, (rests, "It does no better than a constant."), Cause.CONSTANT)


def data_loss(run: Run) -> float:
    """The mean loss of a run's last tenth of epochs, without its penalties, which the last weights give."""
    experiment = run.experiment
    (tail,) = last_tenths(run.loss.astype(float), 1)
    kernels = [array.astype(float) for array in run.weights if array.ndim == 2]
    penalty = sum(experiment.l1 * np.abs(kernel).sum() + experiment.l2 * np.square(kernel).sum() for kernel in kernels)
    return float(tail.mean() - penalty)


def _true_law_loss(run: Run) -> float:
    """The mean loss of the law that the points follow, on the training points: only overfitting is far below it."""
    experiment, data = run.experiment, run.data
    y = data.y_train.astype(float)
    if experiment.dataset not in LABELLED_DISTRIBUTIONS:
        truth = TRUE_FUNCTIONS[experiment.dataset].truth(data.x_train[:, 0].astype(float))
        return float(point_losses(experiment, y, truth.reshape(y.shape)).mean())
    p = LabelLaw.of(experiment).probability(data.x_train).clip(SURELY_RIGHT, 1.0 - SURELY_RIGHT).reshape(y.shape)
    logit = np.log(p / (1.0 - p))
    # The hinges ask for a side, not for a probability.
    return min(float(point_losses(experiment, y, z).mean()) for z in (logit, np.sign(logit)))


def is_separated(run: Run) -> bool:
    """Whether a classifier is right on every training point under a loss without a minimum: it never comes to rest.

    Its weights grow with the logarithm of the steps, and only a penalty would stop them.
    Source: Soudry et al. 2018, The Implicit Bias of Gradient Descent on Separable Data,
    https://jmlr.org/papers/v19/18-188.html
    """
    experiment = run.experiment
    if experiment.dataset not in LABELLED_DISTRIBUTIONS or experiment.l1 or experiment.l2 or has_minimum(experiment):
        return False
    labels = run.data.y_train
    if len(np.unique(labels)) < 2 or not run.loss[-1] > 0:
        return False
    logits = run.predict(run.data.x_train)
    return bool(((2.0 * labels - 1.0) * logits > 0).all())


def find_lagging_statistics(run: Run) -> Finding | None:
    """The finding on a batch-normalised model that predicts far worse than it trains; ``None`` for any other.

    It trains with the mean and variance of each batch and predicts with their moving averages, which may lag behind.
    Source: Ioffe and Szegedy 2015, Batch normalization, https://arxiv.org/abs/1502.03167
    """
    experiment = run.experiment
    if experiment.normalisation != "batch" or not experiment.hidden:
        return None
    trained = data_loss(run)
    y = run.data.y_train.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        predicting = float(point_losses(experiment, y, run.predict(run.data.x_train).astype(float)).mean())
    if predicting <= PREDICTS_WORSE * trained + NEGLIGIBLE * abs(float(run.loss[0])):
        return None
    losses = (
        f"In training, with the mean and variance of each batch, its loss is {number(trained)}; as it predicts, with"
        f" their moving averages, it is {number(predicting)} on the same points."
    )
    steps = run.epochs * experiment.steps_per_epoch
    start = MOMENTUM**steps
    if start > SETTLED:
        share = f"After {steps:,} steps {start:.0%} of the moving variance is still its first value: train longer."
        return Finding(Verdict.IMPROVING, (losses, share), Cause.MOVING_STATISTICS)
    why = "The moving averages do not match the last batches: take larger batches or a smaller learning rate."
    return Finding(Verdict.OSCILLATING, (losses, why), Cause.MOVING_STATISTICS)
