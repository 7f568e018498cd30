"""One verdict a run, with its cause: the trend against the swing, the valley, what was learned, what never rests."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from playground.data import make_data
from playground.diagnosis import Cause, Verdict, diagnose
from playground.diagnosis.convergence import is_diverging, is_falling
from playground.diagnosis.line_motion import descend_valley, line_weights
from playground.diagnosis.model_verdict import data_loss
from playground.diagnosis.result_table import build_result_rows
from playground.diagnosis.summary import summarise_runs
from playground.experiment import Experiment
from playground.models.arrays import initial_weights
from playground.run import Run
from playground.theory.line_loss import gradient, mean_loss
from playground.theory.optima import constant_loss, has_minimum, optimum
from playground.training import train
from tests.support.runs import diagnosed, with_losses

MOST_OF_NOISE = {"outliers": 0.5, "outlier_size": 100.0, "noise": 10.0}
# Written as a person would; each was told otherwise by the loss alone, or on another page.
CAUSES = [
    # A step of length 0.1 from one side of the optimum to the other, for ever: the loss stays level.
    ({"global_clipnorm": 1.0, "learning_rate": 0.1}, Verdict.OSCILLATING, Cause.LARGE_STEPS),
    ({"points": 2}, Verdict.OSCILLATING, Cause.LARGE_STEPS),
    ({"optimizer": "lion", "learning_rate": 0.05}, Verdict.OSCILLATING, Cause.LARGE_STEPS),
    ({"optimizer": "rmsprop", "learning_rate": 100.0}, Verdict.OSCILLATING, Cause.LARGE_STEPS),
    ({"loss": "mae", "learning_rate": 0.015}, Verdict.OSCILLATING, Cause.UNFADING_GRADIENT),
    ({"loss": "mae", "learning_rate": 0.024}, Verdict.OSCILLATING, Cause.UNFADING_GRADIENT),
    ({"loss": "mae", "learning_rate": 0.03}, Verdict.OSCILLATING, Cause.UNFADING_GRADIENT),
    ({"batch_size": 4, "learning_rate": 0.005}, Verdict.OSCILLATING, Cause.MINI_BATCHES),
    ({"loss": "cauchy", **MOST_OF_NOISE}, Verdict.STUCK, Cause.WRONG_VALLEY),
    ({"loss": "tukey"}, Verdict.STUCK, Cause.NO_PULL),
    ({"optimizer": "adagrad", "learning_rate": 1e-4}, Verdict.STUCK, Cause.SMALL_STEPS),
    ({"loss": "huber", "outliers": 0.5, "outlier_size": 1000.0}, Verdict.STUCK, Cause.SMALL_STEPS),
    ({"dataset": "xor", "loss": "cross_entropy", "learning_rate": 0.1, "points": 200}, "stuck", Cause.STRAIGHT_BORDER),
    ({"dataset": "circles", "loss": "cross_entropy", "learning_rate": 0.1, "points": 200}, "stuck", "straight"),
    (
        {"dataset": "circles", "loss": "cross_entropy", "learning_rate": 0.1, "points": 200, "positives": 0.05},
        Verdict.STUCK,
        Cause.STRAIGHT_BORDER,
    ),
    ({"hidden": (8, 8), "normalisation": "batch", "epochs": 50}, Verdict.IMPROVING, Cause.MOVING_STATISTICS),
    ({"hidden": (16, 16, 16), "activation": "relu", "loss": "mae"}, Verdict.OSCILLATING, Cause.UNFADING_GRADIENT),
]
CAUSES = [
    (changes, Verdict(verdict), Cause.STRAIGHT_BORDER if cause == "straight" else cause)
    for changes, verdict, cause in CAUSES
]


@pytest.mark.parametrize(("changes", "verdict", "cause"), CAUSES, ids=str)
def test_a_run_that_is_not_well_has_a_cause(changes: dict, verdict: Verdict, cause: Cause) -> None:
    diagnosis = diagnosed(**changes)
    assert (diagnosis.verdict, diagnosis.cause) == (verdict, cause)
    assert build_result_rows([diagnosis])[-1][1] == verdict
    assert str(verdict) in summarise_runs([diagnosis])


@pytest.mark.parametrize("changes", [{"learning_rate": 0.1, "global_clipnorm": 1.0}, {"points": 2}], ids=str)
def test_a_cycle_is_seen_without_a_path_too(changes: dict) -> None:
    bare = train([Experiment(**changes)])[0]
    assert bare.path is None
    assert diagnose(bare).verdict is diagnosed(**changes).verdict is Verdict.OSCILLATING


def test_absolute_error_swings_where_squared_error_arrives_in_one_step() -> None:
    # Standardised, the MSE's curvature is 2 along both axes: at rate 0.5 one step leaves 1 − 0.5 · 2 = 0 of the way.
    shared = {"standardise": True, "noise": 0.0, "learning_rate": 0.5, "start_slope": 0.5}
    mse, mae = diagnosed(loss="mse", **shared), diagnosed(loss="mae", **shared)
    assert mse.verdict is Verdict.EXACT
    assert mse.run.loss[1] < 1e-10
    assert (mae.verdict, mae.cause) == (Verdict.OSCILLATING, Cause.UNFADING_GRADIENT)
    np.testing.assert_allclose([mae.run.loss[500:].min(), mae.run.loss[500:].max()], [1 / 7, 5 / 14], rtol=1e-5)
    calm = diagnosed(loss="mae", **{**shared, "learning_rate": 0.05})
    assert calm.verdict is Verdict.OSCILLATING
    np.testing.assert_allclose([calm.run.loss[500:].min(), calm.run.loss[500:].max()], [0.0097, 0.0279], rtol=0.02)


def test_steps_that_only_get_smaller_are_stuck_and_stay_at_the_optimum() -> None:
    slow = {"optimizer": "adagrad", "learning_rate": 1e-4}
    best = optimum(Experiment())
    assert diagnosed(**slow).verdict is Verdict.STUCK
    assert diagnosed(**slow, start_slope=best.slope, start_intercept=best.intercept).verdict is Verdict.EXACT


def test_a_wrong_valley_is_one_whose_floor_has_no_slope_and_is_higher_than_another() -> None:
    run = diagnosed(loss="cauchy", **MOST_OF_NOISE).run
    bottom, best = descend_valley(run.experiment, *line_weights(run)), optimum(run.experiment)
    assert np.abs(gradient(run.experiment, *bottom)).max() < 1e-5
    assert mean_loss(run.experiment, *bottom) > 1.1 * best.loss
    # Downhill from every place nearby, too.
    around = np.array(bottom) + 0.05 * np.random.default_rng(0).standard_normal((200, 2))
    assert (mean_loss(run.experiment, around[:, 0], around[:, 1]) >= mean_loss(run.experiment, *bottom)).all()


@pytest.mark.parametrize("loss", ["cauchy", "tukey", "general"])
@pytest.mark.parametrize("epochs", [20, 1000])
def test_of_a_loss_with_several_valleys_no_least_is_claimed(loss: str, epochs: int) -> None:
    said = " ".join(diagnosed(loss=loss, alpha=-2.0, epochs=epochs, learning_rate=0.001).evidence)
    assert "that any line can have" not in said
    assert "a line can have" not in said


def test_exact_means_the_line_as_well_as_the_loss() -> None:
    """Huge errors make the loss huge, so that a line that is off changes no digit of it."""
    run = diagnosed(loss="log_cosh", outliers=0.3, outlier_size=1000.0).run
    best = optimum(run.experiment)
    gap = float(mean_loss(run.experiment, *line_weights(run))) - best.loss
    assert gap < 1e-5 * best.loss
    assert abs(line_weights(run)[1] - best.intercept) > 0.05
    assert diagnose(run).verdict is Verdict.CONVERGED
    there = replace(run, weights=[np.float32([[best.slope]]), np.float32([best.intercept])])
    assert diagnose(there).verdict is Verdict.EXACT


def test_a_least_of_nothing_is_0() -> None:
    for changes in ({}, {"loss": "mae"}, {"loss": "huber"}, {"points": 2}):
        assert optimum(Experiment(noise=0.0, **changes)).loss == 0.0
    assert optimum(Experiment(noise=1e-3)).loss > 0


def test_a_straight_border_between_circles_is_no_better_than_a_constant() -> None:
    run = diagnosed(dataset="circles", loss="cross_entropy", learning_rate=0.1, points=200).run
    x, y = make_data(run.experiment).x_train, make_data(run.experiment).y_train[:, 0]
    fitted = LogisticRegression(C=1e9).fit(x, y)
    cost = -np.log(fitted.predict_proba(x)[np.arange(200), y.astype(int)]).mean()
    assert data_loss(run) == pytest.approx(cost, rel=1e-3)
    assert cost > 0.98 * constant_loss(run.experiment)


def test_labels_that_nobody_can_tell_apart_are_no_fault_of_the_model() -> None:
    # Half of the labels are wrong: the law itself costs log 2.
    found = diagnosed(dataset="circles", loss="cross_entropy", learning_rate=0.1, points=200, label_noise=0.5)
    assert found.verdict is Verdict.CONVERGED
    assert "The law itself costs 0.693" in found.evidence[1]


@pytest.mark.parametrize(("loss", "rests"), [("hinge", True), ("squared_hinge", True), ("cross_entropy", False)])
def test_separable_labels_never_rest_under_a_loss_without_a_least(loss: str, rests: bool) -> None:
    changes = {"dataset": "two_groups", "overlap": 0.05, "learning_rate": 1.0, "epochs": 5000, "loss": loss}
    found = diagnosed(**changes)
    assert has_minimum(found.run.experiment) is rests
    assert (found.cause is Cause.SEPARABLE) is not rests
    assert ("rests" in found.evidence[0]) is rests
    if not rests:
        assert "logarithm" in " ".join(found.evidence)
        slopes = np.abs(found.run.path[[50, 500, 5000], 0])
        assert slopes[2] - slopes[1] == pytest.approx(slopes[1] - slopes[0], rel=0.5)  # as much in every tenfold
        assert diagnosed(**changes, l2=0.01).cause is not Cause.SEPARABLE


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_a_layer_that_says_the_same_of_every_point_is_stuck(activation: str) -> None:
    """What the best constant costs, by hand: under the squared error the variance of y."""
    experiments = [
        Experiment(hidden=(2, 1), activation=activation, standardise=True, learning_rate=0.05, seed=seed)
        for seed in range(40)
    ]
    runs = train(experiments, record=("weights",))
    flat = [float(run.loss[-1]) >= 0.98 * run.data.y_train.astype(float).var() for run in runs]
    assert any(flat) == (activation == "relu")
    assert [diagnose(run).verdict is Verdict.STUCK for run in runs] == flat
    assert all(diagnose(run).cause is Cause.DEAD_UNITS for run, dead in zip(runs, flat, strict=True) if dead)


def test_moving_statistics_that_lag_are_named_with_their_share() -> None:
    found = diagnosed(hidden=(8, 8), normalisation="batch", epochs=50)
    model = found.run.to_keras()
    predicting = model.evaluate(found.run.data.x_train, found.run.data.y_train, verbose=0)
    assert predicting > 1.2 * found.run.loss[-1]
    assert f"{predicting:.3g}" in found.evidence[0]
    assert "After 50 steps 61% of the moving variance" in found.evidence[1]  # 0.99⁵⁰


def test_a_trend_counts_against_its_swing() -> None:
    rng = np.random.default_rng(1)
    noise = rng.uniform(0.7, 1.3, 1000)
    assert not is_falling(noise)
    assert not any(is_falling(rng.uniform(0.7, 1.3, 1000)) for _ in range(200))
    assert is_falling(np.geomspace(100.0, 1.0, 1000))
    assert is_falling(np.geomspace(100.0, 1.0, 1000) * noise)
    assert not is_falling(np.array([9.0, 5.0, 8.0, 5.0, 8.0, 5.0, 8.0, 5.0]))
    assert is_falling(np.array([9.0, 7.0, 6.0, 5.0, 4.0]))


def test_a_finite_run_that_ends_near_its_start_did_not_diverge() -> None:
    grown = 10.0 * 1.03 ** np.linspace(0, 30, 100)  # to 24: growing, and below three times its start
    assert not is_diverging(grown)
    assert with_losses(*grown).verdict is Verdict.OSCILLATING
    assert is_diverging(10.0 * 1.03 ** np.linspace(0, 60, 100))


def test_a_run_that_is_lost_at_once_is_told_so() -> None:
    lost = with_losses(np.inf, np.nan, np.nan)
    assert (lost.verdict, lost.diverged_at, len(lost.shown)) == (Verdict.DIVERGED, 1, 0)
    assert lost.evidence[0] == "Its loss was not a finite number from the first epoch on."


def test_a_last_step_that_leaves_all_numbers_has_diverged() -> None:
    experiment = Experiment(epochs=3)
    weights = [np.full_like(each, np.nan) for each in initial_weights(experiment)]
    lost = diagnose(Run(experiment, np.float32([3.0, 2.0, 1.0]), weights))
    assert (lost.verdict, lost.diverged_at) == (Verdict.DIVERGED, 3)
    assert lost.evidence[0] == "The step after epoch 3 left weights that are not finite numbers."


def test_a_fall_is_told_with_the_digits_that_show_it() -> None:
    for changes in ({"optimizer": "adadelta"}, {"loss": "huber", "delta": 0.001}):
        before, after = re.findall(r"fell from (\S+) to (\S+) over the last tenth", diagnosed(**changes).evidence[0])[0]
        assert float(before) > float(after)
    assert "over the last epoch" in diagnosed(epochs=2).evidence[0]


def test_a_loss_that_is_deaf_to_small_errors_says_that_no_point_pulls() -> None:
    said = " ".join(diagnosed(loss="epsilon_insensitive", epsilon=100.0).evidence)
    assert "Every point is within ε = 100 of it, so none pulls" in said
    assert "none pulls" not in " ".join(diagnosed(loss="epsilon_insensitive").evidence)


def test_a_straight_border_that_misses_most_of_the_law_is_told_of_hidden_layers() -> None:
    said = diagnosed(dataset="xor", points=200, loss="hinge", learning_rate=0.1)
    assert said.verdict is Verdict.CONVERGED
    assert "The law itself costs 0" in said.evidence[1]
    assert "hidden layer" in said.evidence[1]
    near = diagnosed(dataset="blobs", overlap=1.0, points=200, loss="cross_entropy", learning_rate=0.1, epochs=3000)
    assert "hidden layer" not in " ".join(near.evidence)


SWINGS = [  # what swings, what is said of its cause, and what must not be said of it
    ({"batch_size": 4}, "All points in every step would end it", "0 otherwise"),
    ({"batch_size": 3, "learning_rate": 0.027}, "0.027 is above 0.01", "step to step. A smaller"),
    ({"batch_size": 4, "loss": "mae"}, "others would remain", "would end it"),
    ({"batch_size": 4, "optimizer": "lion", "learning_rate": 0.1}, "others would remain", "would end it"),
    ({"loss": "mae", "optimizer": "adam", "learning_rate": 0.1}, "does not fade", "too large to come to rest"),
    ({"loss": "huber", "l1": 100.0, "learning_rate": 0.03}, "moves it by 3.00, the learning rate times L1", "Huber"),
    ({"loss": "huber", "l1": 100.0, "learning_rate": 0.03, "batch_size": 7}, "times L1", "would end it"),
    ({"loss": "mae", "l1": 100.0, "learning_rate": 0.03}, "Proximal steps land on 0", "Huber"),
]


@pytest.mark.parametrize(("changes", "said", "unsaid"), SWINGS, ids=str)
def test_a_swing_is_told_by_what_keeps_it_up(changes: dict, said: str, unsaid: str) -> None:
    diagnosis = diagnosed(**changes)
    assert diagnosis.verdict is Verdict.OSCILLATING
    words = " ".join(diagnosis.evidence)
    assert said in words
    assert unsaid not in words
    if "l1" in changes:  # and it is the penalty that the summary means
        assert diagnosis.cause is Cause.UNFADING_GRADIENT


def test_one_point_pulls_and_two_runs_are_separable_in_good_grammar() -> None:
    far = {"loss": "tukey", "outliers": 0.5, "outlier_size": 1000.0}
    assert "Only 1 of 21 points pulls noticeably on the line" in " ".join(diagnosed(**far).evidence)
    apart = {"dataset": "blobs", "overlap": 0.05, "learning_rate": 0.1}
    runs = [diagnosed(**apart, loss=loss) for loss in ("cross_entropy", "focal")]
    assert "are still improving, without ever coming to rest" in summarise_runs(runs)
