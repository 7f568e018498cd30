"""What a sweep says: every number in it is computed here a second time."""

from dataclasses import replace

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.sweeps import JUDGES, Axis, Swept
from playground.sweeps.claims import compare_losses
from playground.sweeps.stretches import describe_stretches, describe_today, find_today
from playground.sweeps.verdicts import is_contest, no_contest_words, verdict_words
from playground.sweeps.words import judge_cell, summarise_axis, summarise_map, table_rows
from tests.support.sweeps_by_hand import NAN, NOISES, RATES, SWEPT, by_hand


def verdict_at(found, *places, judge="rmse"):
    return verdict_words(found, judge, compare_losses(found, judge), *places)


def test_verdicts_by_hand():
    # The leads of MAE at 0.01 are 1.0, 1.1 and 0.9: mean 1, deviation 0.1, t of two degrees 4.303, so ± 0.25.
    assert verdict_at(SWEPT, 1) == "MAE beats MSE in 3 of 3 seeds, by 1.0 ± 0.25 RMSE"
    assert verdict_at(SWEPT, 0).startswith("no winner: ")
    assert "not distinguishable from the noise between seeds (0 ± 0.25 RMSE)" in verdict_at(SWEPT, 0)
    assert verdict_at(SWEPT, 2) == (
        "no winner: MAE is ahead of MSE in the only common seed, which may be luck;"
        " in 2 seeds one of them did not finish"
    )
    np.testing.assert_array_equal(compare_losses(SWEPT, "rmse").winners, [-1, 1, -1])


def test_a_loss_that_is_left_alone_and_none_at_all():
    alone = by_hand([[[NAN], [1.0]], [[NAN], [2.0]]], axes=(Axis("noise", (0.0,)),))
    assert verdict_at(alone, 0) == "no comparison: only MAE is left"
    nobody = by_hand([[[NAN], [NAN]]], axes=(Axis("noise", (0.0,)),))
    assert verdict_at(nobody, 0) == "no winner: every training diverged"
    apart = by_hand([[[NAN], [1.0]], [[2.0], [NAN]]], axes=(Axis("noise", (0.0,)),))
    assert verdict_at(apart, 0).startswith("no winner: MAE and MSE finished in no common seed")


def test_a_tie_has_no_winner_and_says_so():
    found = by_hand([[[1.0], [1.0]], [[2.0], [2.0]]], axes=(Axis("noise", (0.0,)),))
    assert verdict_at(found, 0) == "no winner: MSE and MAE are equal"


@pytest.mark.parametrize(
    ("losses", "judge", "said"),
    [
        (("mse",), "rmse", "one loss alone has nothing to be compared with"),
        (("mse", "mae"), "slope", "of the slope, neither more nor less is better"),
        (("mse", "mae"), "final_loss", "the own loss is measured in another unit for each loss"),
        (("mse", "mae"), "rmse", ""),
    ],
)
def test_what_names_no_winner_says_why(losses, judge, said):
    found = by_hand(np.ones((2, len(losses), 3)), losses)
    assert said in no_contest_words(found, judge)
    assert is_contest(found, judge) == (not said)


def test_the_table_counts_what_diverged():
    rows = table_rows(SWEPT, "rmse")
    assert [row[0] for row in rows] == ["0.001", "0.01 (today)", "0.1"]
    assert rows[0][1:3] == ["1.10 ± 0.25", "1.10 ± 0"]
    assert rows[2][1] == "5.00, 2 of 3 diverged"
    assert rows[2][2].endswith(", 1 of 3 diverged")


def test_the_summary_names_ranges_and_losses():
    said = summarise_axis(SWEPT, "rmse")
    assert said.startswith(
        "By RMSE, of which less is better, over Learning rate. At today's Learning rate 0.01: MAE beats MSE in 3 of 3"
        " seeds, by 1.0 ± 0.25 RMSE. At 2 of 3 values the seeds do not tell which loss is better. At 0.01, MAE is"
        " clearly best."
    )
    assert "At one of 3 values half of a loss's trainings or more diverged: there, only the seeds that are left" in said
    assert "MSE in 2 of 9 trainings and MAE in 1 of 9 trainings" in said


def test_the_summary_says_where_only_one_loss_is_left_and_where_none():
    found = by_hand([[[NAN, NAN, NAN], [1.0, 2.0, NAN]]] * 2)
    said = summarise_axis(found, "rmse")
    assert "From 0.001 to 0.01, only MAE is left. At 0.1, every training diverged." in said
    assert "clearly" not in said
    assert "half" not in said
    assert verdict_at(found, 0) == "no comparison: only MAE is left"


def test_what_was_stopped_before_its_turn_is_not_gone():
    found = by_hand([[[1.0], [NAN]]], axes=(Axis("noise", (0.0,)),))
    found.columns["diverged_at"][:] = 0
    found.columns["trained"][:, 1] = False
    assert "is left" not in summarise_axis(found, "rmse")


def test_one_seed_says_that_it_says_nothing():
    found = by_hand([[[1.0, 2.0, NAN], [1.1, 1.0, 1.0]]])
    said = summarise_axis(found, "rmse")
    assert "One seed cannot tell which loss is better: use more seeds. At 0.1, only MAE is left." in said
    assert "One seed cannot tell" in summarise_map(
        by_hand([[[[1.0, 2.0]], [[2.0, 1.0]]]], axes=(NOISES, NOISES)), "rmse"
    )


def test_a_map_says_where_one_loss_is_left():
    found = by_hand([[[[NAN, 1.0]], [[2.0, 1.0]]]] * 2, axes=(Axis("noise", (0.0,)), NOISES))
    assert "In no cell is one loss clearly best. Alone left: MAE in 50%." in summarise_map(found, "rmse")


def test_a_map_says_where_each_loss_is_lowest():
    found = by_hand([[[[3.0, 1.0], [2.0, NAN], [4.0, 5.0]]]], losses=("mse",), axes=(RATES, NOISES))
    said = summarise_map(found, "rmse")
    assert "MSE has its lowest RMSE, 1.00, at Learning rate 0.001 and Noise σ 1." in said
    assert "MSE in 1 of 6 trainings" in said


def test_what_was_not_reached_is_said():
    from playground.sweeps.bands import band

    assert judge_cell(band(np.full((2, 1), NAN)), np.zeros(1, int), 0) == "not trained"


def test_every_judge_is_described_with_its_direction():
    assert JUDGES["rmse"].described == "RMSE on clean points: lower is better"
    assert JUDGES["slope"].described == "slope of the line: neither more nor less is better"


def many(winners, seeds=3):
    """A sweep over noises in which MSE (0), MAE (1) or nobody (-1) wins at each place."""
    noises = Axis("noise", tuple(float(place) for place in range(len(winners))))
    level = np.array([[5.0, 4.0] if who == 1 else [4.0, 5.0] for who in winners]).T
    wobble = np.array([[-2.0, 2.0] if who == -1 else [0.1, 0.1] for who in winners]).T
    steps = np.arange(seeds) - (seeds - 1) / 2
    return by_hand(level + steps[:, None, None] * wobble, axes=(noises,))


def test_never_more_than_three_stretches_are_told_and_the_rest_is_counted():
    found = many([0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0])
    told = describe_stretches(found, "rmse")
    assert told == [
        "From 0 to 2, MSE is clearly best.",
        "From 5 to 8, MAE is clearly best.",
        "From 11 to 12, MSE is clearly best.",
        "4 shorter stretches are in the table below.",
    ]
    assert describe_stretches(many([0, 0, 1, 1, 0, 0, 1]), "rmse")[-1] == "One shorter stretch is in the table below."


def test_where_the_seeds_tell_little_that_is_said_first():
    assert describe_stretches(many([-1] * 5), "rmse") == [
        "At none of the 5 values do the seeds tell which loss is better."
    ]
    assert describe_stretches(many([-1, -1, -1, 1]), "rmse") == [
        "At 3 of 4 values the seeds do not tell which loss is better.",
        "At 3, MAE is clearly best.",
    ]
    assert describe_stretches(many([-1, 1, 1]), "rmse") == [
        "At 0, the seeds do not tell which loss is better.",
        "From 1 to 2, MAE is clearly best.",
    ]


@pytest.mark.parametrize(
    ("values", "today", "place", "said"),
    [
        ((0.0, 1.0, 2.0), 1.0, 1, "At today's Noise σ 1: "),
        ((0.0, 1.0, 2.0), 1.4, 1, "At 1, the nearest to today's Noise σ 1.4: "),
        ((0.0, 0.5), 1.0, None, "Today's Noise σ 1 lies outside this range."),
        ((0.01, 1.0, 100.0), 12.0, 2, "At 100, the nearest to today's Noise σ 12: "),  # by factors
    ],
)
def test_what_holds_today_is_said_at_the_nearest_value(values, today, place, said):
    level = np.array([[[5.0] * len(values), [4.0] * len(values)]]) + np.arange(3)[:, None, None]
    found = by_hand(level, axes=(Axis("noise", values),))
    found = Swept(replace(found.sweep, base=Experiment(noise=today)), found.columns)
    assert find_today(found.sweep) == place
    assert describe_today(found, "rmse").startswith(said)
    if place is not None:
        assert [row[0].endswith("(today)") for row in table_rows(found, "rmse")].index(True) == place
