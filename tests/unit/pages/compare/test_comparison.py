"""What the Compare page says and draws: every number in it is computed here a second time."""

import re

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.experiment.view import FIRST
from playground.export.kept import Kept
from playground.figures.sweeps import point_of, sweep_replay
from playground.pages.classify.study import classified
from playground.pages.compare.comparison import (
    SYMBOLS,
    CompareSettings,
    crossing_words,
    notes,
    ordered,
    orders,
    overlay,
    table,
)
from playground.sweeps import JUDGES, Axis, Sweep, Swept
from playground.sweeps.claims import claims_of
from playground.sweeps.settings import MOST_TRAININGS, SweepSettings, pinned, plan, repeats_words, usual_range
from playground.sweeps.verdicts import is_contest, no_contest_words, verdict
from playground.sweeps.words import cell, map_summary, summary, table_rows
from playground.text.numbers import number, plain
from playground.training import train
from playground.ui import dashes_and_symbols

RATES = Axis("learning_rate", (0.001, 0.01, 0.1))
NOISES = Axis("noise", (0.0, 1.0))
NAN = np.nan


def by_hand(rmse, losses=("mse", "mae"), axes=(RATES,)):
    """A sweep whose judges are written by hand: NaN is a training that diverged at epoch 7."""
    rmse = np.array(rmse, float)
    sweep = Sweep(Experiment(), axes, losses, len(rmse))
    gone = np.isnan(rmse)
    columns = {"rmse": rmse, "trained": np.ones(sweep.shape, bool), "diverged_at": np.where(gone, 7, 0)}
    return Swept(sweep, columns)


# Three seeds; MSE, then MAE, at three rates: equal, clearly worse, gone.
SWEPT = by_hand(
    [
        [[1.0, 2.0, NAN], [1.1, 1.0, 1.0]],
        [[1.2, 2.2, NAN], [1.1, 1.1, NAN]],
        [[1.1, 2.1, 5.0], [1.1, 1.2, 2.0]],
    ]
)


def verdict_at(found, *places, judge="rmse"):
    return verdict(found, judge, claims_of(found, judge), *places)


def test_verdicts_by_hand():
    # The leads of MAE at 0.01 are 1.0, 1.1 and 0.9: mean 1, deviation 0.1, t of two degrees 4.303, so ± 0.25.
    assert verdict_at(SWEPT, 1) == "MAE beats MSE in 3 of 3 seeds, by 1.0 ± 0.25 RMSE"
    assert verdict_at(SWEPT, 0).startswith("no winner: ")
    assert "not distinguishable from the noise between seeds (0 ± 0.25 RMSE)" in verdict_at(SWEPT, 0)
    assert verdict_at(SWEPT, 2) == (
        "no winner: MAE is ahead of MSE in the only common seed, which may be luck;"
        " in 2 seeds one of them did not finish"
    )
    np.testing.assert_array_equal(claims_of(SWEPT, "rmse").winners, [-1, 1, -1])


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
    assert [row[0] for row in rows] == ["0.001", "0.01", "0.1"]
    assert rows[0][1:3] == ["1.10 ± 0.25", "1.10 ± 0"]
    assert rows[2][1] == "5.00, 2 of 3 diverged"
    assert rows[2][2].endswith(", 1 of 3 diverged")


def test_the_summary_names_ranges_and_losses():
    said = summary(SWEPT, "rmse")
    assert "MAE is clearly best at 0.01; at 0.001 and at 0.1, the seeds do not tell." in said
    assert (
        "At 0.1 half of a loss's trainings or more diverged: there, only the seeds that are left are compared." in said
    )
    assert "MSE in 2 of 9 trainings and MAE in 1 of 9 trainings" in said


def test_the_summary_says_where_only_one_loss_is_left_and_where_none():
    found = by_hand([[[NAN, NAN, NAN], [1.0, 2.0, NAN]]] * 2)
    said = summary(found, "rmse")
    assert "Learning rate: from 0.001 to 0.01 only MAE is left; at 0.1 every training diverged." in said
    assert "clearly" not in said
    assert "half" not in said
    assert verdict_at(found, 0) == "no comparison: only MAE is left"


def test_what_was_stopped_before_its_turn_is_not_gone():
    found = by_hand([[[1.0], [NAN]]], axes=(Axis("noise", (0.0,)),))
    found.columns["diverged_at"][:] = 0
    found.columns["trained"][:, 1] = False
    assert "is left" not in summary(found, "rmse")


def test_one_seed_says_that_it_says_nothing():
    found = by_hand([[[1.0, 2.0, NAN], [1.1, 1.0, 1.0]]])
    assert "at 0.1 only MAE is left; with one seed nobody can say which is better; take more seeds." in summary(
        found, "rmse"
    )
    assert "With one seed nobody can say" in map_summary(
        by_hand([[[[1.0, 2.0]], [[2.0, 1.0]]]], axes=(NOISES, NOISES)), "rmse"
    )


def test_a_map_says_where_one_loss_is_left():
    found = by_hand([[[[NAN, 1.0]], [[2.0, 1.0]]]] * 2, axes=(Axis("noise", (0.0,)), NOISES))
    assert "In no cell is one loss clearly best. Alone left: MAE in 50%." in map_summary(found, "rmse")


def test_a_map_says_where_each_loss_is_lowest():
    found = by_hand([[[[3.0, 1.0], [2.0, NAN], [4.0, 5.0]]]], losses=("mse",), axes=(RATES, NOISES))
    said = map_summary(found, "rmse")
    assert "MSE has its lowest RMSE, 1.00, at Learning rate 0.001 and Noise σ 1." in said
    assert "MSE in 1 of 6 trainings" in said


def test_the_curves_are_the_means_and_their_bands():
    panel = sweep_replay(SWEPT, "rmse", log=True).panels[0]
    figure = go.Figure(panel.figure)
    band, mean, lost, *_ = figure.data
    np.testing.assert_allclose(mean.y, [1.1, 2.1, 5.0])
    np.testing.assert_allclose(np.array(band.y[:2]) - mean.y[:2], [0.2484, 0.2484], rtol=1e-3)
    np.testing.assert_array_equal(lost.x, [0.1])
    assert figure.layout.xaxis.type == "log"
    # A click on the triangle, the fourth trace of MAE's, is the third rate.
    assert point_of(SWEPT, 5, 0) == ("mae", 2)
    assert point_of(SWEPT, 1, 1) == ("mse", 1)


def test_maps_share_their_colours_and_hatch_what_diverged():
    values = [[[[3.0, 1.0], [2.0, NAN], [4.0, 5.0]], [[0.5, 1.0], [2.0, 1.0], [4.0, 9.0]]]]
    found = by_hand(values, axes=(RATES, NOISES))
    figures = [go.Figure(panel.figure) for panel in sweep_replay(found, "rmse", log=False).panels]
    assert [(figure.data[0].zmin, figure.data[0].zmax) for figure in figures] == [(0.5, 9.0)] * 2
    np.testing.assert_array_equal(np.array(figures[0].data[0].z), np.array(values[0][0]).T)
    assert [shape.path for shape in figures[0].layout.shapes] == ["M0.7,0.7L1.3,1.3"]  # the second rate and noise
    assert not figures[1].layout.shapes
    assert figures[0].data[0].text[1][1] == "Learning rate 0.01, Noise σ 1<br>1 of 1 diverged"


def drawn_map(values, *axes):
    """The map of one loss whose values are given: ``(across, up)``."""
    replay = sweep_replay(by_hand([[values]], ("mse",), axes), "rmse", log=False)
    return go.Figure(replay.panels[0].figure)


def test_the_names_of_whole_values_stand_at_their_own_cells():
    """A tick at cell 1 once stood under the value that is written "1"."""
    rates = Axis("learning_rate", (0.01, 0.1, 1.0, 10.0))
    noises = Axis("noise", tuple(map(float, range(11))))
    figure = drawn_map(np.ones((4, 11)), rates, noises)
    for axis, values, cells in (
        (figure.layout.xaxis, rates.values, figure.data[0].x),
        (figure.layout.yaxis, noises.values, figure.data[0].y),
    ):
        assert axis.type == "linear"  # on an axis of names, Plotly reads the number 1 as the name "1"
        assert list(cells) == list(range(len(values)))
        assert list(axis.ticktext) == [plain(values[place]) for place in axis.tickvals]


def test_a_map_says_what_its_colours_measure():
    one = Axis("noise", (0.0,))
    narrow, broad = (drawn_map([[low, high]], one, NOISES) for low, high in ((1.0, 2.0), (0.001, 1e7)))
    assert narrow.data[0].colorbar.title.text == "RMSE on clean points"
    assert broad.data[0].colorbar.title.text == "RMSE on clean points, logarithmic"
    assert [broad.data[0].colorbar.ticktext[place] for place in (0, -1)] == [number(0.001), number(1e7)]


def test_a_wide_map_is_coloured_by_powers():
    found = by_hand([[[[0.01, 1.0], [2.0, 3.0], [4.0, 100.0]]]], losses=("mse",), axes=(RATES, NOISES))
    cells = go.Figure(sweep_replay(found, "rmse", log=False).panels[0].figure).data[0]
    assert (cells.zmin, cells.zmax) == (-2.0, 2.0)
    assert cells.colorbar.ticktext[0] == "0.0100"


def test_what_was_not_reached_is_said():
    from playground.sweeps.bands import band

    assert cell(band(np.full((2, 1), NAN)), np.zeros(1, int), 0) == "not trained"


KEPT = (
    Kept(experiment=Experiment(epochs=20), name="first"),
    Kept(experiment=Experiment(epochs=20, loss="mae", noise=4.0)),
    Kept(experiment=Experiment(epochs=20, learning_rate=50.0)),
)


@pytest.fixture(scope="module")
def diagnoses():
    return [Diagnosis(run) for run in train([each.experiment for each in KEPT], record=("weights",))]


def test_the_comparison_names_what_differs(diagnoses):
    head, rows = table(KEPT, diagnoses, CompareSettings())
    assert head == ["", "loss", "own loss", "MAE", "RMSE", "verdict", "Noise σ", "Learning rate"]
    assert rows[0][:2] == ["1 · first", "MSE"]
    assert rows[0][6:] == ["1", "0.01"]
    assert rows[1][6:] == ["4", "0.01"]
    assert rows[1][4] == number(diagnoses[1].rmse)
    assert rows[2][2:5] == ["–", "–", "–"]
    assert rows[2][5].startswith("diverged at epoch")


def test_classifiers_and_lines_are_judged_in_columns_of_their_own():
    kept = [KEPT[0], Kept(experiment=FIRST["classification"].experiment.replace(epochs=20), page="classify")]
    found = [Diagnosis(run) for run in train([each.experiment for each in kept])]
    head, rows = table(kept, found, CompareSettings())
    assert head[2:7] == ["own loss", "MAE", "RMSE", "accuracy", "log-loss"]
    judge = classified([kept[1].experiment])[0].judge
    assert rows[0][5:7] == ["–", "–"]
    assert rows[1][3:7] == ["–", "–", f"{judge.accuracy(0.5):.1%}", number(judge.log_loss)]
    assert ordered(kept, found, CompareSettings(order="rmse", reverse=True)) == [0, 1]
    assert ordered(kept, found, CompareSettings(order="log_loss")) == [1, 0]
    assert "log_loss" in orders(kept, "kept")
    assert "log_loss" not in orders(kept[:1], "kept")
    assert "log_loss" in orders(kept[:1], "log_loss")
    assert [len(notes(some)) for some in (kept, kept[:1], kept[1:])] == [3, 2, 2]


def test_the_comparison_is_sorted_and_what_has_no_number_comes_last(diagnoses):
    low, high = sorted((0, 1), key=lambda place: diagnoses[place].rmse)
    assert ordered(KEPT, diagnoses, CompareSettings(order="rmse")) == [low, high, 2]
    assert ordered(KEPT, diagnoses, CompareSettings(order="rmse", reverse=True)) == [high, low, 2]
    assert ordered(KEPT, diagnoses, CompareSettings(order="kept", reverse=True)) == [2, 1, 0]
    assert ordered(KEPT, diagnoses, CompareSettings(order="loss"))[0] == 1


def test_the_overlay_tells_runs_of_one_loss_apart(diagnoses):
    replay = overlay(KEPT, diagnoses, log=True)
    assert [panel.title for panel in replay.panels] == ["Fitted lines", "Loss curves"]
    figure = go.Figure(replay.panels[1].figure)
    symbols = [trace.marker.symbol for trace in figure.data[-3:]]
    assert len(set(symbols)) == 3
    assert [entry.mark for entry in replay.legend] == symbols
    assert list(figure.data[3].marker.symbol) == symbols  # at the ends of the curves, too
    assert [entry.label for entry in replay.legend] == ["1 · first", "2 · MAE", "3 · MSE, Learning rate 50"]


def test_a_legend_can_draw_every_mark():
    assert list(SYMBOLS) == list(dashes_and_symbols.SYMBOLS)


def test_different_laws_do_not_share_a_picture():
    kept = [Kept(experiment=Experiment(epochs=3, dataset=key)) for key in ("line", "sine")]
    found = [Diagnosis(run) for run in train([each.experiment for each in kept], record=("weights",))]
    assert [panel.title for panel in overlay(kept, found, log=False).panels] == ["Loss curves"]


def test_the_usual_range_is_round_the_base():
    assert usual_range("learning_rate", Experiment(learning_rate=0.02)) == (0.002, 0.2, True)
    assert usual_range("noise", Experiment()) == (0.0, 10.0, False)
    low, high, log = usual_range("l2", Experiment())
    assert (low, log) == (1e-4, True)
    assert high > 1


def test_an_opened_point_does_not_move_the_sweep_it_is_from():
    """The usual range is round the base's own value, which the opened point has overwritten."""
    base, losses = Experiment(learning_rate=0.0123), ("mse",)
    for sweeping in (SweepSettings(), SweepSettings(vary="noise", against="learning_rate", against_to=3.0)):
        other = base.replace(learning_rate=1.0, noise=7.0)
        axes = plan(sweeping, base, losses).axes
        assert plan(sweeping, other, losses).axes != axes
        assert plan(pinned(sweeping, base), other, losses).axes == axes
    fixed = SweepSettings(vary="noise")  # whose range stands still, and stays unsaid
    assert pinned(fixed, base) == fixed


def test_a_plan_is_the_sweep_that_is_asked_for():
    sweeping = SweepSettings(vary="outliers", vary_to=0.3, vary_steps=4, against="delta", against_steps=3, seeds=5)
    found = plan(sweeping, Experiment(), ("mse", "huber"))
    assert found.shape == (5, 2, 4, 3)
    assert found.axes[0].values == (0.0, 0.1, 0.2, 0.3)
    assert found.axes[1].values == (0.1, 1.0, 10.0)


def test_values_that_train_alike_are_trained_once_and_told():
    sweeping = SweepSettings(vary="outliers", vary_to=0.1, vary_steps=5)
    found = plan(sweeping, Experiment(), ("mse", "huber"))
    assert found.axes[0].values == (0.0, 0.025, 0.075)  # of 21 points: 0, 1 and, of 0.075 and 0.1, 2
    (said,) = repeats_words(sweeping, found)
    assert said.startswith("Outliers: 5 values come to 3 different trainings")
    assert repeats_words(sweeping, plan(sweeping, Experiment(points=200), ("mse",))) == []


def test_a_setting_that_changes_nothing_is_not_swept():
    with pytest.raises(ValueError, match="nothing in this experiment depends on Momentum β: all 21 values"):
        plan(SweepSettings(vary="momentum"), Experiment(), ("mse",))


@pytest.mark.parametrize(
    ("changes", "base", "said"),
    [
        ({"against": "learning_rate"}, {}, "both axes vary Learning rate"),
        ({"vary_from": 1.0, "vary_to": 0.1}, {}, "has to be less than to"),
        (
            {"vary_steps": 101, "against": "noise", "against_steps": 64, "seeds": 30},
            {},
            f"allowed are {MOST_TRAININGS:,}",
        ),
        ({"seeds": 100}, {"hidden": (64, 64), "epochs": 10_000}, "times the work"),
    ],
)
def test_what_is_wrong_or_too_much_is_refused(changes, base, said):
    with pytest.raises(ValueError, match=said):
        plan(SweepSettings(**changes), Experiment(**base), ("mse", "mae"))


def quantile_fits(quantiles, **changes):
    kept = [Kept(experiment=Experiment(loss="quantile", quantile=each, **changes)) for each in quantiles]
    return kept, [Diagnosis(run) for run in train([each.experiment for each in kept], record=("weights",))]


def test_quantile_lines_that_cross_are_named_where_they_do():
    kept, diagnoses = quantile_fits((0.8, 0.9), points=6, noise=8.0, epochs=3000, seed=7)
    (first, one), (second, two) = (each.run.line for each in diagnoses)
    at = (two - one) / (first - second)  # where the two lines are equal
    (said,) = crossing_words(kept, diagnoses)
    named = re.search(r"cross at x = (−?[\d.]+)\. ", said)[1].replace("−", "-")
    assert float(named) == pytest.approx(at, abs=0.06)


def test_quantile_lines_in_their_order_and_of_other_points_are_not_named():
    kept, diagnoses = quantile_fits((0.1, 0.9))
    assert crossing_words(kept, diagnoses) == []
    kept, diagnoses = quantile_fits((0.8, 0.9), points=6, noise=8.0, epochs=3000, seed=7)
    others, more = quantile_fits((0.9,), points=6, noise=8.0, epochs=3000, seed=8)
    assert crossing_words([kept[0], *others], [diagnoses[0], *more]) == []


def test_every_judge_is_described_with_its_direction():
    assert JUDGES["rmse"].described == "RMSE on clean points: lower is better"
    assert JUDGES["slope"].described == "slope of the line: neither more nor less is better"
