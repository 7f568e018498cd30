"""The fits of the Overfit page in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np

from playground.experiment import Experiment
from playground.pages.overfit.settings import REMEDY_OPTIONS
from playground.pages.overfit.stability import round_down
from playground.pages.overfit.strengths import Decomposition, Strengths
from playground.pages.overfit.study import Fit
from playground.tables.functions import TRUE_FUNCTIONS
from playground.text.numbers import number, plain
from playground.text.phrases import count, listed

NAMES = {"l1": "L1", "l2": "L2"}


def fit_rows(fits: Sequence[Fit]) -> list[list[str]]:
    """One row per quantity, one column per remedy; errors are without penalties."""
    questions = [
        ("error on the training points", lambda fit: number(fit.error)),
        ("error on the validation points", lambda fit: number(fit.val_error)),
        ("gap between them", lambda fit: number(fit.gap)),
        ("squared error on the clean truth", lambda fit: number(fit.test)),
        ("epoch with the lowest validation error", lambda fit: f"{fit.best_epoch:,}"),
        ("lowest validation error", lambda fit: number(fit.best_error)),
        ("stopped at epoch", lambda fit: _stop_words(fit) if fit.stop else "–"),
        ("weights that are 0 exactly", lambda fit: f"{fit.zeros} of {len(fit.weights)}"),
        ("verdict on the training", lambda fit: fit.verdict),
        ("Σ|w|", lambda fit: number(fit.absolute)),
        ("Σw²", lambda fit: number(fit.squared)),
    ]
    return [[question, *(cell(fit) for fit in fits)] for question, cell in questions]


def _stop_words(fit: Fit) -> str:
    """Where early stopping ended a training; it gives back the best weights of one that it lets run to the end, too."""
    assert fit.stop is not None
    stopped = fit.stop.stopped
    return f"{stopped:,}" if stopped < fit.experiment.epochs else f"{stopped:,}, the last one"


def fit_words(fits: Sequence[Fit]) -> str:
    """Which setting overfits, and which is nearest to the truth."""
    worst = max(fits, key=lambda fit: fit.gap)
    text = (
        f"{worst.label}: the error is {number(worst.error)} on the points it was trained on and"
        f" {number(worst.val_error)} on new ones."
    )
    if len(fits) < 2:
        return text
    return f"{text} {nearest_words(fits)}"


def nearest_words(fits: Sequence[Fit]) -> str:
    """Which fits are nearest to the truth: all whose error there is the same number as it is printed."""
    least = number(min(fit.test for fit in fits))
    nearest = [fit.label for fit in fits if number(fit.test) == least]
    if len(nearest) == len(fits):
        return f"All are equally near to the truth: a squared error of {least} there."
    verb = "is" if len(nearest) == 1 else "are"
    return f"Nearest to the truth {verb} {listed(nearest)}: a squared error of {least} there."


def weight_words(fits: Sequence[Fit]) -> str:
    """What the penalties made of the weights, beside the fit without a remedy where it is shown."""
    sentences = [_zero_words(fit) for fit in fits if fit.experiment.l1]
    plain_fit = next((fit for fit in fits if fit.label == REMEDY_OPTIONS["none"].label), None)
    if plain_fit:
        sentences += [_shrink_words(fit, plain_fit) for fit in fits if fit.experiment.l1 or fit.experiment.l2]
    return " ".join(sentences)


def _zero_words(fit: Fit) -> str:
    """How many weights L1 brought to 0; by plain steps also how many it carries back and forth across 0."""
    experiment, amount = fit.experiment, count(len(fit.weights), "weight")
    text = f"{fit.label}: {fit.zeros} of {amount} {_is_or_are(fit.zeros)} 0 exactly"
    if experiment.soft_threshold or experiment.optimizer != "sgd":
        return f"{text}."
    step = experiment.learning_rate * experiment.l1
    near = int((np.abs(fit.weights) <= step).sum())
    return f"{text}, and {near} {_is_or_are(near)} within rate × l1 = {number(step)} of it."


def _shrink_words(fit: Fit, plain_fit: Fit) -> str:
    """How many weights a penalty made smaller than they are without."""
    smaller = int((np.abs(fit.weights) < np.abs(plain_fit.weights)).sum())
    amount = f"{smaller} of {count(len(fit.weights), 'weight')}"
    return (
        f"{fit.label}: {amount} {_is_or_are(smaller)} smaller than without a penalty; Σ|w| is {number(fit.absolute)}"
        f" instead of {number(plain_fit.absolute)}, Σw² {number(fit.squared)} instead of {number(plain_fit.squared)}."
    )


def _is_or_are(amount: int) -> str:
    return "is" if amount == 1 else "are"


def strength_words(found: Strengths, chosen: float, here: tuple[float, float] | None = None) -> str:
    """Where the curve is lowest, and how far from it the chosen strength is.

    ``here`` are the validation errors on the page's own seed, at the best strength and at the chosen one.
    """
    if found.best is None:
        return ""
    best = found.values.index(found.best)
    text = (
        f"Over {found.seeds} seeds the validation error is lowest at {NAMES[found.setting]} ="
        f" {plain(found.best)}: {number(float(found.mean[best]))} ± {number(float(found.standard_error[best]), 2)}."
    )
    if 0.0 in found.values and found.stable[found.values.index(0.0)]:
        text += f" Without the penalty it is {number(float(found.mean[found.values.index(0.0)]))}."
    text += f" The chosen strength is {plain(chosen)}."
    return f"{text} {_here_words(*here)}" if here and chosen != found.best else text


def _here_words(best: float, chosen: float) -> str:
    """How the two strengths compare on this seed, of which an average over seeds promises nothing."""
    if not (isfinite(best) and isfinite(chosen)):
        lost = "the chosen one" if isfinite(best) else "the best one"
        return f"That is an average: on this seed the training with {lost} diverged."
    here = f"That is an average: on this seed it gives {number(best)}"
    if number(best) == number(chosen):
        return f"{here}, as the chosen one does."
    than = "better than" if best < chosen else "worse than"
    return f"{here}, {than} the {number(chosen)} of the chosen one."


def divergence_words(found: Strengths, rate: float, limit: float | None) -> str:
    """At how many strengths a training diverged, why, and what to do; nothing if none did.

    ``limit`` is the largest stable learning rate at the strongest penalty that was tried, ``None`` if none is known.
    """
    lost = [plain(value) for value, stable in zip(found.values, found.stable, strict=True) if not stable]
    if not lost:
        return ""
    trainings = f"{int(found.diverged.sum())} of {count(len(found.values) * found.seeds, 'training')}"
    if found.best is None:
        text = f"{trainings} diverged, at every strength at least one: there is no curve to draw, and no best strength."
    else:
        text = (
            f"{trainings} diverged, all of them at {NAMES[found.setting]} = {listed(lost)}. These strengths are not"
            " drawn and cannot be the best."
        )
    return f"{text} {rate_words(rate, limit, 'at the strongest penalty')}"


def rate_words(rate: float, limit: float | None, where: str = "here") -> str:
    """Why trainings diverge, and what to do."""
    if limit is None or rate <= limit:
        return f"The steps are too large: choose a learning rate below {plain(rate)}."
    return (
        f"The learning rate {plain(rate)} is above {plain(round_down(limit))}, the largest stable one {where}:"
        " each step overshoots the optimum by more than it corrects. Choose a smaller learning rate."
    )


def decomposition_words(found: Decomposition, best: float) -> str:
    """The sum at the best strength, and how near the measured error is."""
    place = found.values.index(best)
    off = abs(float(found.total[place] - found.test[place]))
    within = "within" if off <= float(found.test_error[place]) else "outside of"
    return (
        f"At the best, {NAMES[found.setting]} = {plain(best)}: bias² {number(float(found.bias[place]))} + variance"
        f" {number(float(found.variance[place]))} + noise {number(float(found.noise[place]))} ="
        f" {number(float(found.total[place]))}; measured on new points: {number(float(found.test[place]))} ±"
        f" {number(float(found.test_error[place]), 2)}, {within} one standard error."
    )


def outlier_words(experiment: Experiment) -> str:
    """The settings of the points with outliers, which the sidebar does not change."""
    return (
        f"This tab has settings of its own and takes only the seed from the settings: {experiment.points} points of the"
        f" law “{TRUE_FUNCTIONS[experiment.dataset].label}”, noise {plain(experiment.noise)},"
        f" {100 * experiment.outliers:.0f}% of them moved by {plain(experiment.outlier_size)}, a polynomial of"
        f" degree {experiment.degree}, and {experiment.epochs:,} epochs at a learning rate of"
        f" {plain(experiment.learning_rate)} for each of the three."
    )


def robust_words(fits: Sequence[Fit]) -> str:
    """What L2 and Huber's loss do about outliers, with their numbers: MSE alone, MSE with L2, Huber alone."""
    alone, penalised, huber = fits
    return (
        f"{nearest_words(fits)} L2 brings Σw² of MSE from {number(alone.squared)} to {number(penalised.squared)}, and"
        f" the squared error on the truth from {number(alone.test)} to {number(penalised.test)}. Huber's loss without a"
        f" penalty comes to {number(huber.test)}."
    )


def decomposition_rows(found: Decomposition, curve: Strengths) -> list[list[str]]:
    """One row per strength; where trainings diverged, how many."""
    rows = []
    for place, value in enumerate(found.values):
        if curve.stable[place]:
            parts = [number(float(part[place])) for part in (found.bias, found.variance, found.noise, found.total)]
            measured = f"{number(float(found.test[place]))} ± {number(float(found.test_error[place]), 2)}"
        else:
            parts, measured = ["–"] * 4, f"{curve.diverged[place]} of {curve.seeds} diverged"
        rows.append([plain(value), *parts, measured])
    return rows
