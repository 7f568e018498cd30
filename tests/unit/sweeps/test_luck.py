"""The losses under several seeds: the answer against SciPy, and how often it names a winner among equal losses."""

import numpy as np
import pytest
from scipy import stats

from playground.experiment import Experiment
from playground.sweeps import Sweep, train_sweep
from playground.sweeps.behind import find_behind
from playground.sweeps.luck import TEN, answer_words, describe_chart, is_open, note_words, plan_seeds
from playground.sweeps.settings import SweepSettings
from playground.sweeps.stretches import describe_stretches
from playground.text.numbers import number
from tests.support.sweeps_by_hand import NAN, by_hand


def seeds_by_hand(values, losses=("mse", "mae")):
    """Judges ``(seeds, losses)`` of a sweep that varies nothing."""
    return by_hand(values, losses, axes=())


def test_the_answer_names_the_winner_its_lead_and_the_interval():
    values = np.array([[7.0, 0.3], [6.5, 0.4], [7.2, 0.1], [6.9, 0.6]])
    leads = values[:, 0] - values[:, 1]
    half = stats.t.ppf(0.975, 3) * stats.sem(leads)
    assert answer_words(seeds_by_hand(values), "rmse") == (
        f"MAE is better here: it beats MSE in 4 of 4 seeds, by {number(leads.mean(), 2)} ± {number(half, 2)} RMSE on"
        " average. The lead is real: equal losses would show one so clear in at most 5% of such studies."
    )
    assert not is_open(seeds_by_hand(values), "rmse")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[1.0, 1.1], [1.2, 1.1], [1.1, 1.0]], "No loss is better here: MAE has the lowest RMSE on average, but its"),
        ([[1.0, 1.0], [2.0, 2.0]], "MSE and MAE came to the same RMSE in every seed."),
        ([[1.0, 1.00001], [2.0, 2.00002]], "MSE and MAE came to the same RMSE in every seed, but for rounding."),
        ([[1.0, 1.005], [2.0, 2.011], [1.5, 1.508]], "less than 1% of the RMSE: too little to choose a loss by."),
        ([[NAN, 1.0], [NAN, 2.0]], "Only MAE is left: every training under another loss diverged."),
        ([[NAN, 1.0], [2.0, NAN]], "finished together with"),
        ([[NAN, NAN]], "Every training diverged: choose a smaller learning rate."),
    ],
)
def test_what_is_no_win_says_why(values, said):
    assert said in answer_words(seeds_by_hand(values), "rmse")


def test_a_loss_that_is_clearly_behind_is_named_where_two_others_are_equal():
    values = np.array([[7.0, 0.3, 0.32], [6.5, 0.4, 0.37], [7.2, 0.1, 0.12], [6.9, 0.6, 0.57]])
    said = answer_words(seeds_by_hand(values, ("mse", "mae", "huber")), "rmse")
    leads = values[:, 0] - values[:, 2]
    half = stats.t.ppf(0.975, 3) * stats.sem(leads)
    assert said.startswith("No loss is better here: Huber (δ = 1) has the lowest RMSE on average")
    assert said.endswith(
        f"MSE is clearly behind: Huber (δ = 1) beats it in 4 of 4 seeds, by {number(leads.mean(), 2)} ±"
        f" {number(half, 2)} RMSE on average."
    )
    rates = np.repeat(values[:, :, None], 3, axis=2)
    told = describe_stretches(by_hand(rates, ("mse", "mae", "huber")), "rmse")
    assert told == [
        "At none of the 3 values do the seeds tell which loss is better.",
        "Where that is open, MSE is clearly behind another loss, at 3 of 3 values.",
    ]


def test_one_loss_alone_has_its_mean_and_a_word_on_why_there_is_no_winner():
    said = answer_words(seeds_by_hand([[1.0], [3.0]], ("mse",)), "rmse")
    assert said.startswith("MSE: RMSE 2.00 ± 13, over 2 seeds. There is no winner: one loss alone")


def test_what_diverged_is_counted_and_a_quantile_is_excused():
    found = seeds_by_hand([[NAN, 1.0], [2.0, 2.0], [1.0, 3.0]], ("mse", "quantile"))
    assert note_words(found, "rmse") == [
        "MSE diverged in 1 of 3 seeds, which are left out of its mean.",
        "Quantile (τ = 0.9) aims at another line than the truth: its RMSE is no fault.",
    ]
    assert "MSE: RMSE 1.50 ± 6.4, over 2 seeds and Quantile (τ = 0.9)" in describe_chart(found, "rmse")


def test_among_losses_that_are_equal_by_construction_a_winner_is_named_in_one_of_twenty_sweeps():
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(400):  # both losses draw the same skewed law, with the part of the seed in common
        values = rng.gamma(2.0, 1.0, (TEN, 1)) + rng.gamma(2.0, 0.5, (TEN, 2))
        named += "better here: it beats" in answer_words(seeds_by_hand(values), "rmse")
    assert 400 * 0.015 < named < 400 * 0.085  # 5%, within three standard errors


def test_of_three_losses_that_are_equal_by_construction_one_is_called_behind_in_one_of_twenty_sweeps():
    rng = np.random.default_rng(4)
    sweeps = rng.normal(5.0, 1.0, (400, TEN, 3))
    losses = ("mse", "mae", "huber")
    named = sum(find_behind(seeds_by_hand(values, losses), "rmse").any() for values in sweeps)
    assert named < 400 * 0.085  # 5%, and three standard errors


def test_losses_that_are_equal_by_construction_are_called_equal_after_training():
    # Barron's loss at α = 2 is half the square of r/c times c²; at half the rate MSE takes the same steps.
    base = Experiment(epochs=50, outliers=0.1, delta=1000.0)
    found = train_sweep(Sweep(base.replace(alpha=2.0), (), ("huber", "general"), TEN))
    assert "came to the same RMSE in every seed" in answer_words(found, "rmse")


def test_the_seeds_are_those_asked_for_where_that_is_quick():
    losses, deep = ("mse", "mae"), Experiment(hidden=(64, 64), epochs=2000)
    assert plan_seeds(SweepSettings(), Experiment(), losses).shape == (10, 2)
    assert plan_seeds(SweepSettings(seeds=100), Experiment(), losses).shape == (100, 2)
    assert plan_seeds(SweepSettings(seeds=1), Experiment(), losses).shape == (10, 2)
    assert plan_seeds(SweepSettings(seeds=1000), deep, losses).shape == (10, 2)
    with pytest.raises(ValueError, match="times the work"):
        plan_seeds(SweepSettings(), deep.replace(epochs=10_000, points=500), losses)
