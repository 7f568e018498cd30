"""How well each loss fitted, and why one fitted badly: points far off, the model, or a training that was not finished.

The truth behind the points is known here, so a bad fit is measured, not guessed. It is blamed on a loss only where all
of this holds: its run came to rest, it ended farther from the truth than the noise explains, points far off carry a
large part of its pull, and either its own best fit without these points is much nearer, or another loss's was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import inf, isfinite, nan, sqrt

import numpy as np

from playground.data import Dataset, model_inputs
from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.remedies import MAD_OF_NORMAL
from playground.diagnosis.verdict import Verdict
from playground.experiment import Experiment
from playground.models.arrays import count_weights
from playground.tables.functions import TrueFunction
from playground.theory.coverage import aims_at_centre
from playground.theory.line_loss import point_slopes

FAR = 5.0  # times the spread of the noise: normal noise throws one point in two million so far
ROUNDED = 1e-6  # of the largest y: what single precision may leave of no error
SURPRISING = 4.0  # times the error that the noise explains: normal noise leaves a line farther off in 1 of 3,000 cases
HALF = 0.5  # of a distance: another fit has to be so much nearer
CARRIED = 0.25  # of the pull: points that carry less did not decide the fit
COARSE = 0.1  # of the spread of the truth: a model that can come no nearer is unsuitable
SURE = 3.0  # standard errors
CALLED_WRONG = 0.01  # of the new points: a smaller difference between two borders does not matter
MOST_REFITS = 60  # of a fit without some points
SURELY_WRONG = 4.0  # a logit against the label: a probability of 2% for what is the case
CHANGED = 1.2  # times: a slope that changes by less as the error doubles is level; a smaller lead of shares is none
VISIBLE = 0.02  # of the spread of the truth: no chart shows a line that is nearer to it


class Misfit(StrEnum):
    """Why a run ended far from the truth."""

    FAR_POINTS = "its loss followed points that lie far off"
    MODEL = "no model of its kind comes nearer"
    TRAINING = "its training is not finished"


@dataclass(frozen=True, eq=False)
class Fit:
    """A trained run held against the truth.

    ``far`` are the rows ``(k,)`` of the training points that lie far from the truth; of labelled points, those whose
    label is wrong.
    """

    diagnosis: Diagnosis
    far: np.ndarray

    @property
    def experiment(self) -> Experiment:
        return self.diagnosis.experiment

    @property
    def is_classifier(self) -> bool:
        return self.experiment.task == "classification"

    @property
    def is_judged(self) -> bool:
        """Whether it can be held against the truth: a penalty pulls elsewhere, and so does another quantile."""
        return aims_at_centre(self.experiment) and not (self.experiment.l1 or self.experiment.l2)

    @property
    def rests(self) -> bool:
        """Whether its training is done, so that what it fitted is the loss's doing."""
        return self.diagnosis.verdict in (Verdict.EXACT, Verdict.CONVERGED)

    @cached_property
    def wrong(self) -> np.ndarray:
        """Which new points a classifier calls wrongly, booleans ``(n,)``."""
        data = self.diagnosis.run.data
        return (self.diagnosis.run.predict(data.x_test)[:, 0] > 0) != (data.y_test[:, 0] > 0.5)

    @cached_property
    def distance(self) -> float:
        """The RMSE to the truth on clean points, in units of y; infinite where a prediction is.

        Of a classifier it is the share, 0 to 1, of new points that it calls wrong.
        """
        distance = float(self.wrong.mean()) if self.is_classifier else self.diagnosis.rmse
        return distance if isfinite(distance) else inf

    @cached_property
    def _answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The targets and the model's answers at the training points, ``(n,)`` each."""
        run = self.diagnosis.run
        return run.data.y_train[:, 0].astype(float), run.predict(run.data.x_train)[:, 0].astype(float)

    @cached_property
    def residuals(self) -> np.ndarray:
        """Answer minus target of each training point ``(n,)``; of a classifier, the logit against the label.

        That is −z where the label is 1 and z where it is 0: above 0 the point is on the wrong side.
        """
        y, answers = self._answers
        return (1.0 - 2.0 * y) * answers if self.is_classifier else answers - y

    @cached_property
    def pulls(self) -> np.ndarray:
        """How hard each training point pulls at its prediction: the size of the loss's slope there, ``(n,)``."""
        return np.abs(point_slopes(self.experiment, *self._answers))

    @property
    def far_share(self) -> float:
        """The share, 0 to 1, of all pull that the far points carry; NaN where nothing pulls."""
        total = float(self.pulls.sum())
        return float(self.pulls[self.far].sum()) / total if total > 0 and isfinite(total) else nan

    @cached_property
    def distance_without_far(self) -> float | None:
        """The RMSE to the truth of this loss's best fit without the far points; ``None`` of models with hidden layers.

        Repeated weighted least squares, weighted by slope over residual: see Holland and Welsch 1977, Robust
        regression using iteratively reweighted least-squares, https://doi.org/10.1080/03610927708827533
        """
        experiment, data = self.experiment, self.diagnosis.run.data
        if (
            experiment.hidden
            or self.is_classifier
            or len(self.far) + count_weights(experiment.widths) > len(data.y_train)
        ):
            return None
        kept = np.delete(np.arange(len(data.y_train)), self.far)
        weights = _refit(experiment, _design(experiment, data.x_train[kept]), data.y_train[kept, 0].astype(float))
        return _measure_error(experiment, weights, data)


@dataclass(frozen=True, eq=False)
class FitFinding:
    """What is to be said of one run's fit: the cause of its distance, and the chosen loss that came nearest.

    ``better`` is ``None`` where no other came at least twice as near. ``least`` is the distance of the model of this
    kind that is nearest to the truth, in units of y; ``None`` where it is not known.
    """

    fit: Fit
    misfit: Misfit
    better: Fit | None = None
    least: float | None = None


def judge_fits(diagnoses: Sequence[Diagnosis]) -> list[FitFinding]:
    """What is to be said of the fits of runs on the same points: nothing where the noise explains them.

    Losses that aim at another line than the middle, and those under a penalty, are not judged.
    """
    fits = [fit for fit in measure_fits(diagnoses) if fit.is_judged]
    if not fits:
        return []
    return _judge_classifiers(fits) if fits[0].is_classifier else _judge_regressions(fits)


def measure_fits(diagnoses: Sequence[Diagnosis]) -> list[Fit]:
    """A fit for each run that was trained and stayed finite; all are of the same points."""
    trained = [each for each in diagnoses if each.verdict not in (Verdict.NOT_TRAINED, Verdict.DIVERGED)]
    if not trained:
        return []
    far = find_far_points(trained[0].run.data)
    return [Fit(diagnosis, far) for diagnosis in trained]


def has_withstood(diagnosis: Diagnosis, misled: Fit) -> bool:
    """Whether a run under another loss ended at most half as far from the truth as one that followed points far off."""
    return diagnosis.verdict is not Verdict.DIVERGED and diagnosis.rmse < HALF * misled.distance


def find_far_points(data: Dataset) -> np.ndarray:
    """The rows ``(k,)`` of points farther from the truth than five times the spread of the noise.

    The spread is the median of their distances by 0.6745, which a few far points do not change. Of labelled points, the
    rows whose label is wrong.
    """
    if not isinstance(data.source, TrueFunction):
        return data.outliers
    errors = _point_errors(data)
    limit = FAR * _noise_spread(data) + ROUNDED * float(np.abs(data.y_train).max())
    return np.flatnonzero(np.abs(errors) > limit)


def _point_errors(data: Dataset) -> np.ndarray:
    """The distance of each training point from the truth, in units of the noise's spread at its place."""
    assert isinstance(data.source, TrueFunction)
    x = data.x_train[:, 0].astype(float)
    return (data.y_train[:, 0] - data.source.truth(x)) / data.source.spread(x)


def _noise_spread(data: Dataset) -> float:
    return float(np.median(np.abs(_point_errors(data)))) / MAD_OF_NORMAL


def _judge_regressions(fits: Sequence[Fit]) -> list[FitFinding]:
    least = _find_least_distance(fits[0])
    noise = _explain_by_noise(fits[0])
    nearest = min(fits, key=lambda fit: fit.distance)
    found = []
    for fit in fits:
        better = nearest if nearest.distance < HALF * fit.distance else None
        misfit = _find_misfit(fit, better, noise, least or 0.0)
        if misfit:
            found.append(FitFinding(fit, misfit, better, least))
    return found


def _find_misfit(fit: Fit, better: Fit | None, noise: float, least: float) -> Misfit | None:
    if not isfinite(fit.distance):
        return None
    spread = float(fit.diagnosis.run.data.y_test.std())
    excess = sqrt(max(fit.distance**2 - least**2, 0.0))
    if excess > max(SURPRISING * noise, VISIBLE * spread):
        if not fit.rests:
            return None if fit.diagnosis.verdict is Verdict.OSCILLATING else Misfit.TRAINING
        if _did_far_points_decide(fit, better):
            return Misfit.FAR_POINTS
    if least > max(COARSE * spread, SURPRISING * noise) and excess < least:
        return Misfit.MODEL
    return None


def _did_far_points_decide(fit: Fit, better: Fit | None) -> bool:
    if not len(fit.far) or not fit.far_share >= CARRIED:
        return False
    without = fit.distance_without_far
    return better is not None if without is None else without < HALF * fit.distance


def _explain_by_noise(fit: Fit) -> float:
    """The RMSE to the truth, in units of y, that noise without far points leaves to a model of so many weights."""
    data = fit.diagnosis.run.data
    assert isinstance(data.source, TrueFunction)
    spread = float(np.sqrt(np.square(data.source.spread(data.x_train[:, 0].astype(float))).mean()))
    weights = min(count_weights(fit.experiment.widths), len(data.y_train))
    return _noise_spread(data) * spread * sqrt(weights / len(data.y_train))


def _find_least_distance(fit: Fit) -> float | None:
    """The RMSE of the line or polynomial that is nearest to the truth; ``None`` of models with hidden layers."""
    if fit.experiment.hidden:
        return None
    data = fit.diagnosis.run.data
    design = _design(fit.experiment, data.x_test)
    weights = np.linalg.lstsq(design, data.y_test[:, 0].astype(float), rcond=None)[0]
    least = _measure_error(fit.experiment, weights, data)
    return least if least > ROUNDED * float(np.abs(data.y_test).max()) else 0.0


def _design(experiment: Experiment, x: np.ndarray) -> np.ndarray:
    """What a linear model multiplies by its weights: its inputs and a column of ones, ``(n, inputs + 1)``."""
    inputs = model_inputs(experiment, x).astype(float)
    return np.column_stack([inputs, np.ones(len(inputs))])


def _measure_error(experiment: Experiment, weights: np.ndarray, data: Dataset) -> float:
    errors = _design(experiment, data.x_test) @ weights - data.y_test[:, 0]
    return float(np.sqrt(np.square(errors).mean()))


def _refit(experiment: Experiment, design: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The weights with the least loss of a linear model: exact for squares, within a thousandth for other losses."""
    weights: np.ndarray = np.linalg.lstsq(design, y, rcond=None)[0]
    tiny = 1e-6 * (float(np.ptp(y)) or 1.0)
    for _ in range(MOST_REFITS):
        residuals = design @ weights - y
        heed = np.abs(point_slopes(experiment, y, y + residuals)) / np.maximum(np.abs(residuals), tiny)
        if not heed.any():
            break
        root = np.sqrt(heed)
        new = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
        moved, weights = float(np.abs(design @ (new - weights)).max()), new
        if moved < 10 * tiny:
            break
    return weights


def _judge_classifiers(fits: Sequence[Fit]) -> list[FitFinding]:
    """The runs whose border is clearly worse on new points than another's, as wrong labels pull harder at it."""
    nearest = min(fits, key=lambda fit: fit.distance)
    return [
        FitFinding(fit, Misfit.FAR_POINTS, nearest)
        for fit in fits
        if fit.rests and isfinite(fit.distance) and _is_misled(fit, nearest)
    ]


def _is_misled(fit: Fit, better: Fit) -> bool:
    """Whether wrong labels carry more of a classifier's pull than of a better one's, and its border shows it.

    The difference of two shares on the same points has to be larger than three times its standard error.
    Source: McNemar 1947, https://doi.org/10.1007/BF02295996
    """
    few = 0 < len(fit.far) < HALF * len(fit.pulls)  # where most labels are wrong, they are the pattern
    if not few or not fit.far_share >= CARRIED or not fit.far_share > CHANGED * better.far_share:
        return False
    only, other = int((fit.wrong & ~better.wrong).sum()), int((better.wrong & ~fit.wrong).sum())
    lead = only - other
    return lead >= CALLED_WRONG * len(fit.wrong) and lead > SURE * sqrt(only + other)


class Reach(StrEnum):
    """How the pull of a point changes with its error, far out."""

    GROWS = "it grows with the error"
    LEVEL = "it is the same for all large errors"
    FADES = "it fades with the error"
    NOTHING = "it is 0"


def find_reach(fit: Fit) -> Reach:
    """How a loss's pull changes at the far points of a fit, by its slope at their median error and at half of it.

    Of a classifier it is asked at a surely wrong answer, if those points are not so far on the wrong side.
    """
    error = float(np.median(np.abs(fit.residuals[fit.far])))
    error = max(error, SURELY_WRONG) if fit.is_classifier else error
    at, half = slope_sizes(fit.experiment, np.array([error, error / 2]))
    if at == 0:
        return Reach.NOTHING
    if at > CHANGED * half:
        return Reach.GROWS
    return Reach.FADES if half > CHANGED * at else Reach.LEVEL


def slope_sizes(experiment: Experiment, errors: np.ndarray) -> np.ndarray:
    """How hard a point pulls at each error ``(n,)``, as ``Fit.pulls`` measures it: a labelled point, if it is a 1."""
    y = np.full_like(errors, 1.0 if experiment.task == "classification" else 0.0)
    return np.abs(point_slopes(experiment, y, -errors if experiment.task == "classification" else errors))
