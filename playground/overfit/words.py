"""What the fits of the Overfit page say, in sentences and tables with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from playground.experiment import Experiment
from playground.overfit.remedies import Fit
from playground.overfit.strengths import Decomposition, Strengths
from playground.tables.sources import SOURCES
from playground.words import count, listed, number, plain

NAMES = {"l1": "L1", "l2": "L2"}


def fit_rows(fits: Sequence[Fit]) -> list[list[str]]:
    """A row a question, a column a remedy; errors are without penalties."""
    questions = [
        ("error on the training points", lambda fit: number(fit.error)),
        ("error on the validation points", lambda fit: number(fit.val_error)),
        ("gap between them", lambda fit: number(fit.gap)),
        ("squared error on the clean truth", lambda fit: number(fit.test)),
        ("best epoch on the validation points", lambda fit: f"{fit.best_epoch:,}"),
        ("stopped at epoch", lambda fit: f"{fit.stop.stopped:,}" if fit.stop else "–"),
        ("weights that are 0 exactly", lambda fit: f"{fit.zeros} of {len(fit.weights)}"),
        ("verdict on the training", lambda fit: fit.verdict),
        ("Σ|w|", lambda fit: number(fit.absolute)),
        ("Σw²", lambda fit: number(fit.squared)),
    ]
    return [[question, *(cell(fit) for fit in fits)] for question, cell in questions]


def fit_words(fits: Sequence[Fit]) -> str:
    """Which setting overfits, and which is nearest to the truth."""
    worst = max(fits, key=lambda fit: fit.gap)
    best = min(fits, key=lambda fit: fit.test)
    said = (
        f"{worst.label}: the error is {number(worst.error)} on the points it was trained on and"
        f" {number(worst.val_error)} on new ones."
    )
    if len(fits) < 2:
        return said
    return f"{said} Nearest to the truth is {best.label}: a squared error of {number(best.test)} there."


def weight_words(fits: Sequence[Fit]) -> str:
    """What the penalties made of the weights."""
    by_label = {fit.label: fit for fit in fits}
    said = []
    for label in ("L1", "L1, proximal", "L1 and L2"):
        if label in by_label:
            fit = by_label[label]
            said.append(f"{label} has {count(fit.zeros, 'weight')} of {len(fit.weights)} at 0 exactly")
    return f"{listed(said)}." if said else ""


def strength_words(found: Strengths, chosen: float, here: tuple[float, float] | None = None) -> str:
    """Where the curve is lowest, and how far from it the chosen strength is.

    ``here`` are the validation errors on the page's own seed, at the best strength and at the chosen one.
    """
    best = found.values.index(found.best)
    said = (
        f"Over {found.val_errors.shape[1]} seeds the validation error is lowest at {NAMES[found.setting]} ="
        f" {plain(found.best)}: {number(float(found.mean[best]))} ± {number(float(found.standard_error[best]), 2)}."
    )
    if 0.0 in found.values:
        said += f" Without the penalty it is {number(float(found.mean[found.values.index(0.0)]))}."
    said += f" The chosen strength is {plain(chosen)}."
    return f"{said} {_here_words(*here)}" if here and chosen != found.best else said


def _here_words(best: float, chosen: float) -> str:
    """An average promises nothing of one seed."""
    than = "better than" if best < chosen else "worse than"
    return f"That is an average: on this seed it gives {number(best)}, {than} the {number(chosen)} of the chosen one."


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
    """What the points with outliers are, which the sidebar has no say in."""
    return (
        f"This tab has settings of its own and takes only the seed from the sidebar: {experiment.points} points of the"
        f" law “{SOURCES[experiment.dataset].label}”, noise {plain(experiment.noise)},"
        f" {100 * experiment.outliers:.0f}\u00a0% of them moved by {plain(experiment.outlier_size)}, a polynomial of"
        f" degree {experiment.degree}."
    )


def decomposition_rows(found: Decomposition) -> list[list[str]]:
    """A row a strength."""
    return [
        [
            plain(value),
            *(number(float(column[place])) for column in (found.bias, found.variance, found.noise, found.total)),
            f"{number(float(found.test[place]))} ± {number(float(found.test_error[place]), 2)}",
        ]
        for place, value in enumerate(found.values)
    ]
