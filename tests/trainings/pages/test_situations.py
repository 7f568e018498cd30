"""What situations tell a visitor to look at is there, in the numbers of their trainings."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.classifier import ClassifierScores
from playground.experiment.presets import Situations
from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.classify.study import best_judge, train_classifiers
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.study import train_and_study
from playground.pages.landscape.settings import list_racers
from playground.pages.landscape.single_step import find_step
from playground.pages.overfit.settings import OverfitSettings
from playground.pages.overfit.study import train_and_fit
from playground.sweeps import train_sweep
from playground.sweeps.luck import answer_words, plan_seeds
from playground.sweeps.settings import plan_sweep
from playground.theory.optima import optimum
from playground.theory.properties import Property, find_properties
from playground.theory.stable_rate import largest_stable_rate
from playground.training import train


def opened(page: str, label: str) -> tuple[View, Any]:
    """What a page shows in a situation, and the page's own settings."""
    found: Situations = import_module(f"playground.pages.{page}.situations").SITUATIONS
    situation = next(each for each in found.choices if each.label == label)
    view = found.view_of(situation, View() if found.task != "classification" else CLASSIFYING)
    return view, found.model.read_link(situation.query)[0] if found.model else None


CLASSIFYING = View().with_experiment(View().experiment.replace(dataset="moons", loss="cross_entropy"))


@cache
def diagnoses_of(page: str, label: str) -> dict[str, Diagnosis]:
    view, _ = opened(page, label)
    return {run.experiment.loss: Diagnosis(run) for run in train(view.experiments, record=("weights",))}


def test_with_small_gaussian_noise_the_lines_lie_on_each_other() -> None:
    runs = [each.run for each in diagnoses_of("train", "The article's run").values()]
    assert {run.experiment.epochs for run in runs} == {1000}
    lines = [run.predict(np.linspace(-10, 10, 5)) for run in runs]
    assert np.ptp(lines, axis=0).max() < 0.2


def test_at_too_high_a_rate_one_diverges_and_one_does_not() -> None:
    found = diagnoses_of("train", "Too fast")
    assert found["mse"].verdict is Verdict.DIVERGED
    assert found["mse"].diverged_at is not None
    assert found["mse"].diverged_at < 20
    assert found["huber"].verdict == "exactly optimal"
    assert all(each.run.data.outliers.size == 2 for each in found.values())


def test_at_too_low_a_rate_two_have_come_a_tenth_of_the_way() -> None:
    slopes = {loss: each.run.line[0] for loss, each in diagnoses_of("train", "Too slow").items()}
    assert slopes["mse"] == pytest.approx(2, abs=0.1)
    for loss in ("mae", "huber"):
        assert 0.05 < slopes[loss] / 2 < 0.15


def test_nine_in_ten_points_lie_below_the_quantile_line() -> None:
    below = {}
    for loss, each in diagnoses_of("train", "Nine in ten below").items():
        data = each.run.data
        below[loss] = float((data.y_train[:, 0] < each.run.predict(data.x_train[:, 0])).mean())
    assert below["quantile"] == pytest.approx(0.9, abs=0.03)
    assert below["mae"] == pytest.approx(0.5, abs=0.05)


def test_hidden_units_follow_a_sine_and_a_line_does_not() -> None:
    bent = diagnoses_of("train", "A curve").values()
    lines = [Diagnosis(run) for run in train([each.experiment.replace(hidden=()) for each in bent])]
    assert max(each.rmse for each in bent) < 0.5 * min(each.rmse for each in lines)


def test_far_out_losses_pull_as_is_said() -> None:
    view, shown = opened("losses", "Far from 0")
    assert shown.keys == ["mse", "huber", "cauchy", "tukey"]
    far = np.array([5.0, 100.0])
    pulls = {key: pull(view, key, far) for key in shown.keys}
    assert pulls["mse"][1] == pytest.approx(20 * pulls["mse"][0])
    assert pulls["huber"] == pytest.approx([1, 1])
    assert pulls["cauchy"][1] < pulls["cauchy"][0]
    assert pulls["tukey"] == pytest.approx([0, 0])


def pull(view: View, key: str, residuals: np.ndarray) -> np.ndarray:
    parameters = view.experiment.replace(loss=key).parameters
    return LOSSES[key].gradient(np.zeros(len(residuals)), residuals, **parameters)


def test_mae_has_a_corner_and_its_kin_have_none() -> None:
    view, shown = opened("losses", "A corner at 0")
    differentiable = {}
    for key in shown.keys:
        parameters = tuple(view.experiment.replace(loss=key).parameters.items())
        differentiable[key] = find_properties(LOSSES[key], 0.0, parameters)[Property.DIFFERENTIABLE].holds
    assert differentiable == {"mae": False, "huber": True, "log_cosh": True}
    near = np.array([-1e-6, 1e-6])
    assert pull(view, "mae", near) == pytest.approx([-1, 1])
    assert [pull(view, key, np.array([30.0])) for key in shown.keys] == pytest.approx([1, 1, 1])


def test_too_low_costs_nine_times_as_much() -> None:
    view, _ = opened("losses", "Too low costs more")
    parameters = view.experiment.replace(loss="quantile").parameters
    low, high = LOSSES["quantile"].value(np, np.zeros(2), np.array([-1.0, 1.0]), **parameters)
    assert low == pytest.approx(9 * high)


def test_cross_entropy_pulls_where_the_other_hardly_does() -> None:
    _, shown = opened("losses", "Confident mistake")
    assert shown.keys == ["cross_entropy", "brier"]
    entropy, brier = (float(LOSSES[key].gradient(np.ones(1), np.array([-8.0]))[0]) for key in shown.keys)
    assert abs(entropy) == pytest.approx(1, abs=0.001)
    assert abs(brier) < 0.001


def test_outliers_move_the_lowest_point_of_one_landscape() -> None:
    view, page = opened("landscape", "Two outliers")
    assert page.story == "surfaces"
    far = {each.loss: np.hypot(optimum(each).slope - 2, optimum(each).intercept - 3) for each in view.experiments}
    assert far["mse"] > 5
    assert max(far["mae"], far["huber"]) < 0.3


def test_adam_comes_to_rest_before_sgd_in_the_race() -> None:
    view, page = opened("landscape", "A race")
    runs = {run.experiment.optimizer: Diagnosis(run) for run in train(list_racers(view.experiment, page))}
    settled = {key: each.settled_epoch for key, each in runs.items()}
    assert settled["adam"] < settled["sgd"]
    late = {key: each.run.loss[-100:] for key, each in runs.items()}
    assert np.ptp(late["lion"]) > 100 * np.ptp(late["adam"])


def test_over_the_limit_only_the_loss_without_a_bound_leaves() -> None:
    view, page = opened("landscape", "Over the limit")
    assert page.focus == "mse"
    limit = largest_stable_rate(view.experiment.replace(loss="mse"))
    assert limit is not None
    assert view.experiment.learning_rate > limit
    verdicts = {loss: each.verdict for loss, each in diagnoses_of("landscape", "Over the limit").items()}
    assert [verdicts[loss] is Verdict.DIVERGED for loss in ("mse", "mae", "huber")] == [True, False, False]


def test_two_outliers_pull_hardest_under_mse_and_as_all_others_under_mae() -> None:
    _, page = opened("landscape", "Who pulls?")
    steps = {loss: find_step(each.run, page.step) for loss, each in diagnoses_of("landscape", "Who pulls?").items()}
    mse, mae = steps["mse"], steps["mae"]
    assert mse is not None
    assert mae is not None
    data = diagnoses_of("landscape", "Who pulls?")["mse"].run.data
    assert set(mse.by_strength[:2]) == set(data.outliers)
    assert mae.pulls_alike


def accuracy(judge: ClassifierScores) -> float:
    found = judge.accuracy(0.5)
    assert found is not None
    return found


def test_the_border_bends_between_the_moons_under_each_loss() -> None:
    view, _ = opened("classify", "Two moons")
    straight = train_classifiers([each.replace(hidden=()) for each in view.experiments])
    for bent, line in zip(train_classifiers(view.experiments), straight, strict=True):
        assert accuracy(bent.judge) > accuracy(line.judge)


def test_no_model_is_right_about_more_than_the_true_labels() -> None:
    view, _ = opened("classify", "Wrong labels")
    assert accuracy(best_judge(view.experiment)) < 0.82
    sure = {each.experiment.loss: each.judge.overconfidence for each in train_classifiers(view.experiments)}
    assert sure["cross_entropy"] > 0.03  # beyond chance on 2,000 points, 0.01
    assert sure["hinge"] < 0.01


def test_no_straight_line_parts_a_ring_from_a_ring() -> None:
    view, _ = opened("classify", "Too straight")
    assert view.experiment.hidden == ()
    assert all(accuracy(each.judge) < 0.7 for each in train_classifiers(view.experiments))


def test_where_a_label_is_rare_recall_is_far_below_accuracy() -> None:
    view, _ = opened("classify", "A rare label")
    for each in train_classifiers(view.experiments):
        recall = each.judge.recall(0.5)
        assert recall is not None
        assert accuracy(each.judge) == pytest.approx(0.9, abs=0.03)
        assert recall < 0.3


@pytest.mark.parametrize(
    ("label", "better"), [("L2 or nothing", "l2"), ("Stop in time", "early"), ("More points", "more")]
)
def test_each_remedy_beats_nothing_on_new_points(label: str, better: str) -> None:
    _, page = opened("overfit", label)
    assert isinstance(page, OverfitSettings)
    assert page.shown == ["none", better]
    nothing, remedy = train_and_fit(page.jobs)
    assert remedy.val_error < 0.7 * nothing.val_error
    assert remedy.val_error - remedy.error < 0.7 * (nothing.val_error - nothing.error)
    if better == "l2":
        assert remedy.val_error > 10 * remedy.error  # the gap is smaller, and still wide


def test_only_proximal_steps_come_to_exact_zeros() -> None:
    _, page = opened("overfit", "Exact zeros")
    plain, proximal = train_and_fit(page.jobs)
    zeros = [int((fit.weights == 0).sum()) for fit in (plain, proximal)]
    assert zeros[0] == 0 < zeros[1]


def studies(label: str) -> list[Any]:
    _, page = opened("gradients", label)
    assert isinstance(page, GradientsSettings)
    return list(train_and_study(page.experiments))


def test_the_gradient_vanishes_under_sigmoid_and_arrives_under_relu() -> None:
    sigmoid, relu = studies("Sigmoid against ReLU")
    assert sigmoid.ratio() < 1e-6
    assert relu.ratio() > 0.5


def test_a_layer_of_relu_dies() -> None:
    (study,) = studies("ReLU dies")
    assert study.death is not None
    assert (study.death.layer, study.death.at_start) == (20, False)
    assert study.dead[-1][19] == 16


def test_too_large_a_start_explodes_and_clipping_keeps_the_loss_finite() -> None:
    free, clipped = studies("Too large a start")
    assert free.explodes
    assert clipped.explodes
    assert free.infinite_at
    assert not clipped.infinite_at


def test_normalisation_lets_the_gradient_of_sigmoid_arrive() -> None:
    alone, layer, batch = (study.ratio() for study in studies("Normalised"))
    assert alone < 1e-10
    assert 1e-10 < layer < 1e-6
    assert batch > 0.5


def test_shortcuts_lead_the_gradient_round_the_layers() -> None:
    without, with_shortcuts = studies("Shortcuts")
    assert without.ratio() < 0.01
    assert with_shortcuts.ratio() > 0.1


def answer(label: str) -> tuple[str, np.ndarray]:
    """The first answer of Compare in a situation, and the error of each seed and loss ``(seeds, losses)``."""
    view, page = opened("compare", label)
    found = train_sweep(plan_seeds(page, view.experiment, tuple(view.keys)))
    return answer_words(found, "rmse"), np.stack(
        [found.judge_values("rmse", loss).ravel() for loss in view.keys], axis=1
    )


def test_with_small_gaussian_noise_chance_explains_the_lead() -> None:
    said, _ = answer("Was it luck?")
    assert said.startswith("No loss is better here: MSE has the lowest RMSE on average")


def test_with_outliers_huber_wins_and_mse_is_worst_in_every_seed() -> None:
    said, errors = answer("Outliers")
    assert said.startswith("Huber (δ = 1) is best here")
    assert (errors.argmax(axis=1) == 0).all()


def test_too_small_a_rate_makes_mse_win_in_every_seed() -> None:
    said, errors = answer("Not trained enough")
    assert said.startswith("MSE is best here")
    assert (errors.argmin(axis=1) == 0).all()


def test_from_the_first_outlier_on_mse_has_the_largest_error() -> None:
    view, page = opened("compare", "How many outliers?")
    frame = train_sweep(plan_sweep(page, view.experiment, tuple(view.keys))).frame()
    errors = frame.groupby(["outliers", "loss"]).rmse.mean().unstack()
    assert len(errors) > 4
    assert (errors.loc[errors.index > 0.03].idxmax(axis=1) == "mse").all()
    assert errors.loc[0].idxmax() != "mse"
