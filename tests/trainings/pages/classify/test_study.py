"""Classifiers against scikit-learn and against Keras, and the demonstrations against independent reckoning."""

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score

from playground.data import make_data
from playground.diagnosis import Verdict
from playground.diagnosis.classifier import ClassifierScores
from playground.diagnosis.metrics import brier
from playground.experiment import Experiment
from playground.experiment.view import FIRST
from playground.losses import LOSSES
from playground.losses.classification import probability
from playground.models.keras_model import build_model
from playground.pages.classify.demonstrations import (
    CALIBRATED,
    CENTRE,
    L2_PENALTIES,
    SEPARABLE,
    WRONG,
    WRONG_LABELS,
    calibration_experiments,
    calibration_study,
    pull,
    train_growths,
    train_recoveries,
    train_rounding,
)
from playground.pages.classify.figures import decision_replay
from playground.pages.classify.study import best_judge, best_map, grid, train_classifiers
from playground.pages.classify.words import score_rows, score_words, study_rows, study_words, weight_words
from playground.text.numbers import number
from playground.training import train

SMALL = Experiment(
    dataset="moons", loss="cross_entropy", hidden=(4,), points=30, optimizer="adam", learning_rate=0.05, epochs=40
)


def logistic(experiment):
    """scikit-learn's answer to the same penalised loss: C = 1 / (2 n l2), the intercept free."""
    data = make_data(experiment)
    strength = 1 / (2 * experiment.points * experiment.l2)
    fitted = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(data.x_train, data.y_train[:, 0])
    return np.concatenate([fitted.coef_[0], fitted.intercept_])


def test_logistic_regression_with_l2_is_that_of_scikit_learn():
    kinds = [("two_groups", 1.0), ("blobs", 0.8), ("moons", 1.0), ("xor", 1.0)]
    experiments = [
        Experiment(
            dataset=dataset, overlap=overlap, loss="cross_entropy", seed=seed, points=60, l2=0.02, label_noise=0.1,
            learning_rate=0.5, epochs=1000,
        )
        for dataset, overlap in kinds
        for seed in range(5)
    ]  # fmt: skip
    for run in train(experiments):
        ours = np.concatenate([run.weights[0][:, 0], run.weights[1]])
        theirs = logistic(run.experiment)
        assert np.abs(ours - theirs).max() <= 1e-3 * np.abs(theirs).max()


@cache
def small():
    return train_classifiers([SMALL, SMALL.replace(loss="hinge"), SMALL.replace(dataset="two_groups")])


def test_a_map_is_what_keras_says_after_so_many_epochs():
    result = small()[0]
    frame = len(result.frames) // 2
    epoch = int(result.frames[frame])
    model, data = build_model(SMALL), make_data(SMALL)
    model.fit(data.x_train, data.y_train, batch_size=30, shuffle=False, epochs=epoch, verbose=0)
    said = probability(model.predict(grid(SMALL), verbose=0)[:, 0])
    np.testing.assert_allclose(result.maps[frame].ravel(), said, atol=1e-4)


def test_a_classifier_is_judged_on_points_it_has_not_seen():
    for result in small():
        data, run = result.diagnosis.run.data, result.diagnosis.run
        np.testing.assert_array_equal(result.judge.y, data.y_test[:, 0])
        np.testing.assert_allclose(result.judge.z, run.predict(data.x_test)[:, 0], rtol=1e-6)
        assert (result.frames[0], result.frames[-1]) == (0, SMALL.epochs)
        assert result.maps.shape[1:] == best_map(result.experiment).shape
        assert run.path is None


def test_no_model_beats_the_best_possible_one():
    for result in small():
        best = best_judge(result.experiment)
        assert best.log_loss < result.judge.log_loss
        assert best.brier < result.judge.brier
        assert best.reliability.error < 0.03


def test_a_model_beyond_all_numbers_has_no_scores_and_no_map_of_them():
    lost = train_classifiers([SMALL.replace(hidden=(), loss="squared_hinge", optimizer="sgd", learning_rate=100.0)])[0]
    assert lost.diagnosis.verdict is Verdict.DIVERGED
    assert np.isfinite(lost.maps).all()
    judge = ClassifierScores(np.array([0.0, 1.0]), np.array([np.nan, 1.0]))
    assert [judge.accuracy(0.5), judge.precision(0.5), judge.recall(0.5)] == [None] * 3
    assert [judge.log_loss, judge.brier, judge.auc, judge.reliability] == [None] * 4


@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize(
    "changes", [{"positives": 0.0}, {"positives": 1.0}, {"label_noise": 1.0}, {"points": 2}], ids=str
)
def test_odd_data_are_trained_and_judged_without_a_warning(changes):
    for dataset in ("moons", "two_groups"):
        experiment = SMALL.replace(dataset=dataset, epochs=5, **changes)
        result, best = train_classifiers([experiment])[0], best_judge(experiment)
        assert np.isfinite([result.judge.log_loss, best.log_loss, result.judge.accuracy(0.5)]).all()
        one_label = changes.get("positives") in (0.0, 1.0)
        assert (result.judge.auc is None) == one_label
        assert (best.auc is None) == one_label
        assert np.isfinite(result.maps).all()


@pytest.mark.parametrize("loss", ["cross_entropy", "brier"])
def test_the_pull_is_the_slope_of_the_loss(loss):
    z, step = np.linspace(-8, 8, 33), 1e-5
    value = lambda z: LOSSES[loss].value(np, np.zeros_like(z), z)  # noqa: E731
    np.testing.assert_allclose(pull(loss, z), (value(z + step) - value(z - step)) / (2 * step), atol=1e-8)


def test_a_sure_mistake_comes_back_when_keras_says_so():
    strong, weak = train_recoveries(3.0)
    for found in (strong, weak):
        experiment = found.run.experiment
        assert experiment == WRONG.replace(loss=experiment.loss, start_slope=0.0, start_intercept=3.0)
        model, data = build_model(experiment), make_data(experiment)
        said = []
        for _ in range(found.turned):
            model.train_on_batch(data.x_train, data.y_train)
            said.append(float(model(np.array([[CENTRE]], np.float32))[0, 0]))
        assert min(said[:-1]) >= 0 > said[-1]
    assert strong.turned < weak.turned
    assert strong.probabilities[0] == pytest.approx(probability(3.0), abs=1e-6)


@pytest.mark.parametrize("wrong", [0.0, 0.5, 6.0, 12.0])
def test_a_demonstration_starts_from_the_logit_that_its_slider_says(wrong):
    for found in train_recoveries(wrong):
        assert found.probabilities[0] == pytest.approx(1 / (1 + np.exp(-wrong)), rel=1e-6)


def test_the_surer_the_mistake_the_longer_the_squared_error_needs():
    turns = [[found.turned for found in train_recoveries(wrong)] for wrong in (0.0, 2.0, 5.0, 12.0)]
    strong, weak = zip(*turns, strict=True)
    assert strong[-1] < 30
    assert weak[1] < weak[2]
    assert weak[3] is None


def test_weights_grow_without_bound_and_a_penalty_stops_them_where_scikit_learn_does():
    free, *held = train_growths()
    data = make_data(SEPARABLE)
    assert data.x_train[data.y_train == 0].max() < data.x_train[data.y_train == 1].min()
    assert (np.diff(free.slope) > 0).all()
    # Soudry et al. 2018: like the logarithm of the epochs, so as much for each tenfold.
    at = [float(free.slope[np.searchsorted(free.frames, epoch)]) for epoch in (50, 500, 5000)]
    assert at[2] - at[1] == pytest.approx(at[1] - at[0], rel=0.2)
    for found, l2 in zip(held, L2_PENALTIES[1:], strict=True):
        assert found.slope[-1] == pytest.approx(logistic(SEPARABLE.replace(l2=l2))[0], rel=2e-3)


def test_the_naive_formula_fails_at_the_epoch_that_is_told():
    found = train_rounding()
    losses = found.naive.run.loss
    assert np.isfinite(losses[: found.failed - 1]).all()
    assert np.isnan(losses[found.failed - 1 :]).all()
    assert np.isfinite(found.stable.run.loss).all()
    assert found.naive.diverged_at == found.failed
    # In 32 bits, by NumPy: the probability of the surest logit is exactly 1.
    assert np.float32(1) / (np.float32(1) + np.exp(-np.float32(found.surest))) == 1


def test_the_study_trains_each_loss_with_each_share_of_wrong_labels():
    experiments = calibration_experiments(SMALL.replace(hidden=(), epochs=10))
    study = calibration_study(experiments)
    assert np.shape(study) == (3, 4, 2)
    assert len(set(experiments)) == 12
    judge = train_classifiers([experiments[6]])[0].judge
    # Trained alone it may be rounded otherwise than among twelve.
    assert study[1][2] == pytest.approx((judge.reliability.error, judge.overconfidence), rel=1e-6)
    assert study_rows(study, WRONG_LABELS, "excess")[2] == [
        "20% wrong labels",
        *(number(row[2].excess) for row in study),
    ]


def test_the_study_says_on_which_side_a_model_errs():
    """With 30% wrong labels Focal's error is the smallest, but it says more than it knows, and with none far less."""
    study = calibration_study(calibration_experiments(FIRST["classification"].experiment))
    (few, many), (first, last) = ((row[0], row[-1]) for row in (study[1], study[0]))
    assert few.excess < 0 < many.excess
    assert all(focal.excess < other.excess for focal, other in zip(study[1], study[0], strict=True))
    said = study_words(study, CALIBRATED, WRONG_LABELS)
    assert (
        f"With 0%, Cross-entropy is surer than right by {number(first.excess)}, Focal is less sure than right" in said
    )
    assert f"Focal is surer than right by {number(many.excess)}" in said
    assert f"with 30%, Cross-entropy is surer than right by {number(last.excess)}" in said


def test_the_best_possible_model_is_a_bound_at_a_half_only():
    """At 0.9, with wrong labels, the law's own probabilities are right less often than a model that is too sure."""
    experiment = FIRST["classification"].experiment.replace(dataset="xor", label_noise=0.3, epochs=50)
    results, best = train_classifiers([experiment]), best_judge(experiment)
    right = results[0].judge.accuracy(0.9)
    assert best.accuracy(0.9) < right < best.accuracy(0.5)
    said = score_words(results, best, 0.9)
    assert f"Cross-entropy on {right:.1%}." in said
    assert f"is right on {best.accuracy(0.5):.1%}. Cut at 0.9" in said
    assert f"its probabilities are right on {best.accuracy(0.9):.1%}:" in said
    assert f"The best possible model is right on {best.accuracy(0.5):.1%}." in score_words(results, best, 0.5)


@pytest.mark.usefixtures("step_by_step")
def test_what_diverged_is_not_called_best():
    base = FIRST["classification"].experiment.replace(optimizer="sgd", learning_rate=10.0, epochs=8, hidden=())
    results = train_classifiers([base.replace(loss="squared_hinge"), base])
    best = best_judge(base)
    assert results[0].diagnosis.verdict is Verdict.DIVERGED
    assert not results[0].judge.has_infinite_logits  # its answers are large, but numbers
    assert "Squared hinge on" in score_words(results[:1], best, 0.5)
    assert "log-loss" not in score_words(results[:1], best, 0.5)
    assert "The log-loss of Cross-entropy is" in score_words(results, best, 0.5)
    assert "is best" not in score_words(results, best, 0.5)


def test_the_brier_score_is_the_formula_of_the_loss():
    y, z = np.array([0.0, 1.0, 1.0]), np.array([-1.0, 2.0, -3.0])
    assert brier(y, probability(z)) == pytest.approx(float(np.mean(LOSSES["brier"].value(np, y, z))))


@pytest.mark.parametrize("threshold", [0.1, 0.9])
def test_the_table_counts_at_the_threshold(threshold):
    result = small()[0]
    y, called = result.judge.y, result.judge.p > threshold
    rows = {question: answers for question, *answers in score_rows([result], best_judge(SMALL), threshold)}
    for question, theirs in [("accuracy", accuracy_score), ("precision", precision_score), ("recall", recall_score)]:
        assert rows[question][0] == f"{theirs(y, called):.1%}"
    assert rows["AUC"][0] == number(roc_auc_score(y, result.judge.p))
    assert rows["own loss at the end"] == [number(float(result.diagnosis.run.loss[-1])), "–"]


def words_of(*losses, **changes):
    first = SMALL.replace(**changes)
    return score_words(train_classifiers([first.replace(loss=loss) for loss in losses]), best_judge(first), 0.5)


def test_a_model_that_is_alone_wins_nothing():
    said = words_of("cross_entropy")
    assert "is best" not in said
    assert "The log-loss of Cross-entropy is" in said


@pytest.mark.parametrize("dataset", ["xor", "circles"])
@pytest.mark.parametrize("losses", [("cross_entropy",), ("cross_entropy", "brier")])
def test_models_that_learned_nothing_have_no_winner(dataset, losses):
    changes = {"hidden": (), "optimizer": "sgd", "learning_rate": 0.1, "points": 200, "epochs": 500}
    said = words_of(*losses, dataset=dataset, **changes)
    assert "is best" not in said
    assert "better than one probability for all points" in said


def test_models_that_are_equal_have_no_winner():
    # Without smoothing and with weight 1 the weighted loss is plain cross-entropy.
    said = words_of("cross_entropy", "weighted", label_smoothing=0.0, class_weight=1.0)
    assert "is best" not in said
    assert "within 2% of each other" in said.replace("\u00a0", "")


@pytest.mark.usefixtures("step_by_step")
def test_what_a_class_weight_counts_in_is_said_and_true():
    experiment = SMALL.replace(loss="weighted", class_weight=5.0, label_smoothing=0.2, epochs=1)
    (found,) = train_classifiers([experiment])
    (said,) = weight_words([found])
    assert "counts 5 times" in said
    assert weight_words(train_classifiers([SMALL])) == []
    # The training loss is weighted: by hand, of the first weights, divided by the number of points.
    model, data = build_model(experiment), make_data(experiment)
    z, y = model(data.x_train).numpy().astype(float), data.y_train.astype(float)
    soft = y * 0.8 + 0.1
    plain = -soft * np.log(probability(z)) - (1 - soft) * np.log(probability(-z))
    assert found.diagnosis.run.loss[0] == pytest.approx(float(((1 + 4 * y) * plain).mean()), rel=1e-5)
    # The score is not: the plain cross-entropy of the new points.
    assert found.judge.log_loss == pytest.approx(
        float(-np.mean(np.log(probability((2 * found.judge.y - 1) * found.judge.z)))), rel=1e-6
    )


@pytest.mark.parametrize(("threshold", "borders"), [(0.0, 0), (0.001, 1), (0.5, 1), (0.999, 1), (1.0, 0)])
def test_a_map_has_a_border_only_where_its_threshold_parts_answers(threshold, borders):
    (found,) = train_classifiers([SMALL])
    replay = decision_replay([found], threshold, log=False)
    panel = replay.panels[0]
    drawn = [place for place, trace in enumerate(panel.figure["data"]) if trace["name"] == "border"]
    assert len(drawn) == borders
    assert ("border of each map" in [entry.label for entry in replay.legend]) == bool(borders)
    for place in drawn:
        (moved,) = [each for each in panel.heatmaps if place in each.traces]
        values = moved.low + moved.maps.astype(float) / 255 * (moved.high - moved.low)
        # A place is on the side of the border that its answer says, but for what 8 bits tell apart.
        clear = np.abs(found.maps - threshold) > (moved.high - moved.low) / 255
        assert ((values > threshold) == (found.maps > threshold))[clear].all()
        assert (moved.high - moved.low) / 255 < 0.01 * min(threshold, 1 - threshold)


def test_at_a_threshold_of_0_every_point_is_called_1():
    judge = ClassifierScores(np.array([0.0, 1.0]), np.array([-100.0, -60.0]))
    assert (judge.recall(0.0), judge.precision(0.0)) == (1.0, 0.5)
