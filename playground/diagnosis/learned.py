"""What a model that is no line learned of its points: something, nothing, or more the longer it trains."""

from __future__ import annotations

from math import ceil

import numpy as np

from playground.data import model_inputs
from playground.data.labelled import LabelLaw
from playground.diagnosis.convergence import NEGLIGIBLE, SETTLED, last_tenths
from playground.diagnosis.resting import NO_BETTER
from playground.diagnosis.verdict import Cause, Finding, Verdict
from playground.models.arrays import hidden_values
from playground.run import Run
from playground.tables.activations import ACTIVATIONS
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.normalisations import MOMENTUM
from playground.text.numbers import number
from playground.theory.line_loss import values_of
from playground.theory.optima import constant_loss, has_least

PREDICTS_WORSE = 1.2  # times its training loss: a model that predicts by other averages than it trained with
DEAD = 0.01  # of the steepest slope of an activation: a unit with less at every point passes nothing on
SURELY_RIGHT = 1e-7  # of a probability: what single precision can be surer of


def nothing_learned(run: Run) -> Finding | None:
    """The finding on a model that says the same of every point: nothing of x passes, whatever its loss still does."""
    experiment = run.experiment
    if not experiment.hidden:
        return None
    said = run.predict(run.data.x_train).astype(float)
    if not np.isfinite(said).all() or np.ptp(said) > 1e-6 * (np.ptp(run.data.y_train) or 1.0):
        return None
    level = number(constant_loss(experiment))
    told = f"It says {number(float(said.mean()))} of every point; the best constant costs {level}."
    dead = dead_layer(run)
    if dead is None:
        return Finding(Verdict.STUCK, (told, "Nothing of x passes through its layers."), Cause.CONSTANT)
    units = f"All {experiment.hidden[dead]} units" if experiment.hidden[dead] > 1 else "The only unit"
    why = f"{units} of hidden layer {dead + 1} {'are' if experiment.hidden[dead] > 1 else 'is'} dead"
    return Finding(Verdict.STUCK, (told, f"{why}: nothing of x passes, and no gradient comes back."), Cause.DEAD_UNITS)


def dead_layer(run: Run) -> int | None:
    """The first hidden layer whose units all have a slope of 0 at every training point; ``None`` if there is none."""
    experiment, activation = run.experiment, ACTIVATIONS[run.experiment.activation]
    inputs = model_inputs(experiment, run.data.x_train)
    through = hidden_values(
        run.weights,
        experiment.activation,
        inputs,
        normalisation=experiment.normalisation,
        residual=experiment.residual,
    )
    for place, (sums, _) in enumerate(through):
        if (np.abs(activation.slope(sums)) < DEAD * activation.steepest).all():
            return place
    return None


def model_at_rest(run: Run) -> Finding:
    """A network, a polynomial or a classifier, held against the best constant for all points."""
    experiment = run.experiment
    last, level = data_loss(run), constant_loss(experiment)
    told = f"Its loss rests at {number(float(run.loss[-1]))}; one constant for all points would cost {number(level)}."
    if not last > NO_BETTER * level > 0:
        return Finding(Verdict.CONVERGED, (told,))
    lowest = _law_loss(run)
    if lowest > NO_BETTER * level and last <= (1.0 + SETTLED) * level:
        return Finding(Verdict.CONVERGED, (told, f"The law itself costs {number(lowest)}: there is little to learn."))
    if not experiment.hidden and experiment.dataset in LABELLED_DISTRIBUTIONS:
        why = f"A straight border does no better here, while the law itself costs {number(lowest)}: add a hidden layer."
        return Finding(Verdict.STUCK, (told, why), Cause.STRAIGHT_BORDER)
    return Finding(Verdict.STUCK, (told, "It does no better than a constant."), Cause.CONSTANT)


def data_loss(run: Run) -> float:
    """The mean loss of a run's last tenth, without its penalties."""
    experiment = run.experiment
    (tail,) = last_tenths(run.loss.astype(float), 1)
    kernels = [array.astype(float) for array in run.weights if array.ndim == 2]
    penalty = sum(experiment.l1 * np.abs(each).sum() + experiment.l2 * np.square(each).sum() for each in kernels)
    return float(tail.mean() - penalty)


def _law_loss(run: Run) -> float:
    """What the law that the points follow costs on them: what no model can be far below but by chance."""
    experiment, data = run.experiment, run.data
    y = data.y_train.astype(float)
    if experiment.dataset not in LABELLED_DISTRIBUTIONS:
        truth = TRUE_FUNCTIONS[experiment.dataset].truth(data.x_train[:, 0].astype(float))
        return float(values_of(experiment, y, truth.reshape(y.shape)).mean())
    p = LabelLaw.of(experiment).probability(data.x_train).clip(SURELY_RIGHT, 1.0 - SURELY_RIGHT).reshape(y.shape)
    logit = np.log(p / (1.0 - p))
    # The hinges ask for a side, not for a probability.
    return min(float(values_of(experiment, y, said).mean()) for said in (logit, np.sign(logit)))


def is_separated(run: Run) -> bool:
    """Whether a classifier is right on every training point under a loss without a least value: it never rests.

    The longer it trains the surer it gets, by the logarithm of the steps; only a penalty would stop it.
    Source: Soudry et al. 2018, "The Implicit Bias of Gradient Descent on Separable Data", JMLR 19
    """
    experiment = run.experiment
    if experiment.dataset not in LABELLED_DISTRIBUTIONS or experiment.l1 or experiment.l2 or has_least(experiment):
        return False
    labels = run.data.y_train
    if len(np.unique(labels)) < 2 or not run.loss[-1] > 0:
        return False
    said = run.predict(run.data.x_train)
    return bool(((2.0 * labels - 1.0) * said > 0).all())


def lagging_statistics(run: Run) -> Finding | None:
    """The finding on a batch-normalised model that predicts far worse than it trains; ``None`` if it does not."""
    experiment = run.experiment
    if experiment.normalisation != "batch" or not experiment.hidden:
        return None
    trained = data_loss(run)
    y = run.data.y_train.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        predicting = float(values_of(experiment, y, run.predict(run.data.x_train).astype(float)).mean())
    if predicting <= PREDICTS_WORSE * trained + NEGLIGIBLE * abs(float(run.loss[0])):
        return None
    told = (
        f"In training, with the mean and variance of each batch, its loss is {number(trained)}; as it predicts, with"
        f" their moving averages, it is {number(predicting)} on the same points."
    )
    steps = run.epochs * ceil(experiment.points / experiment.rows_per_batch)
    start = MOMENTUM**steps
    if start > SETTLED:
        share = f"After {steps:,} steps {start:.0%} of the moving variance is still its first value: train longer."
        return Finding(Verdict.IMPROVING, (told, share.replace("%", "\u00a0%")), Cause.MOVING_STATISTICS)
    why = "The moving averages do not match the last batches: take larger batches or a smaller learning rate."
    return Finding(Verdict.OSCILLATING, (told, why), Cause.MOVING_STATISTICS)
