"""The doctor's judgement of fits: what it blames on a loss holds, and what it does not blame is not said."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from playground.data import make_data, model_inputs
from playground.diagnosis import Diagnosis, Verdict, train_and_diagnose
from playground.diagnosis.fit import Fit, Misfit, Reach, find_reach, has_withstood, judge_fits, measure_fits
from playground.diagnosis.fit_words import describe_fits, describe_wrong_labels
from playground.experiment import Experiment
from playground.experiment.view import FIRST
from playground.losses import LOSSES
from playground.tables.functions import TRUE_FUNCTIONS
from playground.text.numbers import number
from playground.theory.line_loss import point_losses
from tests.support.runs import several

TWO_FAR = {"outliers": 0.1, "outlier_size": 60.0}


def causes(diagnoses: list[Diagnosis]) -> dict[str, Misfit]:
    return {finding.fit.experiment.loss: finding.misfit for finding in judge_fits(diagnoses)}


def test_mse_followed_two_points_and_the_numbers_are_those_of_least_squares() -> None:
    diagnoses = several("mse", "mae", "huber", **TWO_FAR)
    (finding,) = judge_fits(diagnoses)
    data = make_data(Experiment(**TWO_FAR))
    x, y = data.x_train[:, 0].astype(float), data.y_train[:, 0].astype(float)
    grid = np.linspace(-10, 10, 201)
    line = np.polyfit(x, y, 1)
    kept = np.delete(np.arange(21), data.outliers)
    assert finding.fit.far.tolist() == data.outliers.tolist()
    assert finding.fit.distance == pytest.approx(
        np.sqrt(np.mean((np.polyval(line, grid) - 2 * grid - 3) ** 2)), rel=1e-3
    )
    pulls = np.abs(2 * (np.polyval(line, x) - y))
    assert finding.fit.far_share == pytest.approx(pulls[data.outliers].sum() / pulls.sum(), rel=1e-3)
    without = np.polyval(np.polyfit(x[kept], y[kept], 1), grid)
    assert finding.fit.distance_without_far == pytest.approx(np.sqrt(np.mean((without - 2 * grid - 3) ** 2)), rel=1e-6)
    assert finding.better is not None
    assert finding.better.experiment.loss == "huber"
    huber = np.clip(finding.better.residuals, -1, 1)
    assert finding.better.far_share == pytest.approx(2 / np.abs(huber).sum(), rel=1e-6)
    (said,) = describe_fits([finding])
    assert said == (
        f"MSE followed 2 points: its line lies {number(finding.fit.distance)} from the truth (RMSE),"
        f" Huber's {number(diagnoses[2].rmse)}. At the end these points carry 48% of its pull, and 15% of Huber's."
        " MSE's pull grows with the error. Huber's pull stops growing at δ = 1."
    )


@pytest.mark.parametrize(
    ("losses", "changes", "expected"),
    [
        (("mse", "mae", "huber"), {}, {}),
        (("mse", "mae"), {"noise": 8.0}, {}),
        (("mse",), TWO_FAR, {"mse": Misfit.FAR_POINTS}),
        (("mse", "huber"), {**TWO_FAR, "delta": 100.0}, {"mse": Misfit.FAR_POINTS, "huber": Misfit.FAR_POINTS}),
        (("mse", "huber"), {**TWO_FAR, "l2": 0.5}, {}),  # a penalty pulls, too
        (("quantile",), {**TWO_FAR, "quantile": 0.9}, {}),  # its aim is another line
        (("mse", "mae"), {"dataset": "sine"}, {"mse": Misfit.MODEL, "mae": Misfit.MODEL}),
        (("mse", "mae"), {**TWO_FAR, "dataset": "sine"}, {"mse": Misfit.FAR_POINTS, "mae": Misfit.MODEL}),
        (("mse", "huber"), {"learning_rate": 0.0003}, {"mse": Misfit.TRAINING, "huber": Misfit.TRAINING}),
        (("mse", "huber"), {**TWO_FAR, "learning_rate": 0.03}, {}),  # one diverged, the other is well
    ],
)
def test_each_cause_is_told_from_the_others(
    losses: tuple[str, ...], changes: dict[str, Any], expected: dict[str, Misfit]
) -> None:
    assert causes(several(*losses, **changes)) == expected


def test_a_loss_alone_is_held_against_its_own_fit_without_the_points() -> None:
    (finding,) = judge_fits(several("mse", **TWO_FAR))
    assert finding.better is None
    without = finding.fit.distance_without_far
    assert without is not None
    assert f"Without them, its best fit would lie {number(without)} from the truth." in describe_fits([finding])[0]
    (huber,) = several("huber", **TWO_FAR)
    assert has_withstood(huber, finding.fit)
    assert not has_withstood(finding.fit.diagnosis, finding.fit)


@pytest.mark.parametrize(
    ("loss", "reach"),
    [
        ("mse", Reach.GROWS),
        ("mae", Reach.LEVEL),
        ("huber", Reach.LEVEL),
        ("log_cosh", Reach.LEVEL),
        ("cauchy", Reach.FADES),
        ("tukey", Reach.NOTHING),
    ],
)
def test_how_a_pull_changes_with_the_error(loss: str, reach: Reach) -> None:
    (fit,) = measure_fits(several(loss, **TWO_FAR, start_slope=2.0, start_intercept=3.0, epochs=50))
    assert find_reach(fit) is reach


def test_what_is_said_of_an_unsuitable_model_and_of_an_unfinished_training() -> None:
    least = np.polyfit(grid := np.linspace(-3, 3, 201), 4 * np.sin(grid), 1)
    off = np.sqrt(np.mean((np.polyval(least, grid) - 4 * np.sin(grid)) ** 2))
    (said,) = describe_fits(judge_fits(several("mse", "mae", dataset="sine")))
    assert said.startswith(f"No straight line comes nearer to this truth than {number(off)} (RMSE).")
    (said,) = describe_fits(judge_fits(several("mae", learning_rate=0.0003)))
    assert "its training is not finished: it is still improving" in said
    far_start = {"outliers": 0.2, "scale": 2.0, "start_slope": -9.0}
    (stuck,) = several("tukey", **far_start)
    assert stuck.verdict is Verdict.STUCK
    assert "it is stuck above its least loss" in describe_fits(judge_fits([stuck]))[0]


def test_wrong_labels_are_told_of_with_their_share_of_the_pull() -> None:
    base = FIRST["classification"].experiment.replace(hidden=(), label_noise=0.2)
    diagnoses = train_and_diagnose([base.replace(loss=loss) for loss in ("cross_entropy", "hinge")])
    data = make_data(base)
    y, flipped = data.y_train[:, 0], data.outliers
    shares = []
    for diagnosis in diagnoses:
        z = diagnosis.run.predict(data.x_train)[:, 0].astype(float)
        pulls = (
            np.abs(1 / (1 + np.exp(-z)) - y) if diagnosis.experiment.loss == "cross_entropy" else (2 * y - 1) * z < 1
        )
        shares.append(pulls[flipped].sum() / pulls.sum())
    said = describe_wrong_labels(measure_fits(diagnoses))
    assert said.startswith(f"{len(flipped)} of {len(y)} labels are wrong.")
    assert f"They carry {min(shares):.0%} to {max(shares):.0%} of the pull" in said
    assert describe_wrong_labels(measure_fits(several("mse"))) == ""


def test_a_classifier_that_followed_wrong_labels_is_named_with_its_errors_on_new_points() -> None:
    changes = {"dataset": "blobs", "label_noise": 0.1, "overlap": 0.15, "optimizer": "adam", "learning_rate": 0.1}
    losses = ("hinge", "squared_hinge")
    diagnoses = train_and_diagnose([Experiment(**changes, seed=1, loss=loss) for loss in losses])
    wrong = []
    for diagnosis in diagnoses:
        data, (weights, bias) = diagnosis.run.data, diagnosis.run.weights
        logits = data.x_test.astype(float) @ weights + bias
        wrong.append(float(((logits > 0) != (data.y_test > 0.5)).mean()))
    (said,) = describe_fits(judge_fits(diagnoses))
    assert said.startswith(
        f"Squared hinge followed 2 wrong labels: it calls {wrong[1]:.0%} of new points wrong, Hinge only"
        f" {wrong[0]:.0%}."
    )
    assert said.endswith("Squared hinge's pull grows with the error. Hinge's pull is the same for all large errors.")
    assert describe_wrong_labels(measure_fits(diagnoses)) == ""


def random_lines(count: int, seed: int) -> list[Experiment]:
    """Random experiments on numbers that train in few programs, each under three losses."""
    rng = np.random.default_rng(seed)
    shapes = ["gaussian", "gaussian", "uniform", "laplace", "student_t", "skewed"]
    found = []
    for _ in range(count):
        base = Experiment(
            dataset=str(rng.choice(["line", "line", "heteroscedastic", "sine", "quadratic"])),
            noise=float(rng.choice([0.0, 0.3, 1.0, 4.0, 10.0])),
            noise_shape=str(rng.choice(shapes)),
            outliers=float(rng.choice([0.0, 0.0, 0.05, 0.1, 0.3])),
            outlier_size=float(rng.choice([-200.0, -20.0, 10.0, 60.0, 1000.0])),
            delta=float(rng.choice([0.1, 1.0, 50.0])),
            learning_rate=float(rng.choice([0.003, 0.01, 0.02])),
            seed=int(rng.integers(1000)),
        )
        found += [base.replace(loss=loss) for loss in ("mse", "mae", "huber")]
    return found


def fit_by_search(fit: Fit) -> float:
    """The distance from the truth of the line with the least loss on all but the far points, by Nelder and Mead."""
    experiment, data = fit.experiment, fit.diagnosis.run.data
    kept = np.delete(np.arange(len(data.y_train)), fit.far)
    x, y = model_inputs(experiment, data.x_train[kept])[:, 0].astype(float), data.y_train[kept, 0].astype(float)
    start = np.polyfit(x, y, 1)
    found = minimize(
        lambda w: point_losses(experiment, y, w[0] * x + w[1]).mean(),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
    )
    test = model_inputs(experiment, data.x_test)[:, 0]
    return float(np.sqrt(np.mean((found.x[0] * test + found.x[1] - data.y_test[:, 0]) ** 2)))


def check_claims(diagnoses: list[Diagnosis]) -> int:
    """How many losses are blamed; each blame is held against a second computation."""
    blamed = 0
    for finding in judge_fits(diagnoses):
        fit, experiment = finding.fit, finding.fit.experiment
        if finding.misfit is Misfit.TRAINING:
            assert fit.diagnosis.needs_remedy
        if finding.misfit is Misfit.MODEL:
            assert not experiment.hidden
            assert TRUE_FUNCTIONS[experiment.dataset].line is None
        if finding.misfit is Misfit.FAR_POINTS:
            blamed += 1
            assert not fit.diagnosis.needs_remedy
            assert experiment.outliers or experiment.noise_shape in ("laplace", "student_t", "skewed")
            assert len(fit.far) < len(fit.pulls) / 2
            if experiment.is_line:
                assert fit_by_search(fit) < 0.6 * fit.diagnosis.rmse
    return blamed


def test_on_random_runs_that_it_was_not_made_for_what_it_says_holds() -> None:
    found = train_and_diagnose(random_lines(40, seed=11))
    blamed = [check_claims(found[place : place + 3]) for place in range(0, len(found), 3)]
    assert sum(blamed) > 3  # some of them have outliers


def test_every_regression_loss_has_a_pull() -> None:
    """A fit of each loss of the table has as many pulls as points, none of them below 0."""
    keys = [key for key, loss in LOSSES.items() if loss.target == "real"]
    for fit in measure_fits(several(*keys, epochs=20)):
        assert fit.pulls.shape == (21,)
        assert (fit.pulls >= 0).all()
