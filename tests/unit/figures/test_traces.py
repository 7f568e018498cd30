"""The parts of charts: each as Plotly takes it, and the ranges and choices of points by hand."""

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.figures.replay import GREY
from playground.figures.traces import (
    dots,
    end_marker,
    epoch_axis,
    line,
    log_epoch_axis,
    loss_entry,
    loss_line,
    move_upright,
    reference_line,
    rgba,
    shade_to_previous,
    span,
    span_of_logs,
    text_marker,
    thin_by_factors,
    thin_evenly,
)
from playground.losses import LOSSES

X, Y = np.array([1.0, 2.0]), np.array([3.0, 4.0])


def test_every_part_is_one_that_plotly_knows() -> None:
    parts = [
        line("a line", X, Y, GREY, dash="dot", width=1, hover="%{y}"),
        loss_line(LOSSES["huber"], X, Y),
        reference_line("truth", X, Y),
        dots("points", X, Y, GREY, hover="%{x}", size=7, symbol="square"),
        text_marker(X[:1], Y[:1], "best", GREY, "top center", label="best", hover="%{x}"),
        end_marker(X[:1], Y[:1], "diverged", GREY, 0.9),
        shade_to_previous(line("high", X, Y, GREY), "#D55E00", 0.2),
    ]
    drawn = go.Figure({"data": parts})  # checks every name and value
    assert len(drawn.data) == len(parts)


def test_a_trace_says_its_name_when_it_is_pointed_at_or_nothing() -> None:
    assert line("MSE", X, Y, GREY, hover="%{y}")["hovertemplate"] == "%{y}<extra>MSE</extra>"
    assert line("MSE", X, Y, GREY, hover="%{y}", box="")["hovertemplate"] == "%{y}<extra></extra>"
    silent = dots("", X, Y, GREY)
    assert (silent["hoverinfo"], "name" in silent) == ("skip", False)


def test_a_loss_has_its_own_stroke_in_charts_and_legends() -> None:
    loss = LOSSES["mae"]
    drawn, entry = loss_line(loss, X, Y, label="MAE, again"), loss_entry(loss)
    assert drawn["line"] == {"color": loss.colour, "dash": loss.dash, "width": 2.5}
    assert (drawn["name"], entry.label) == ("MAE, again", loss.label)
    assert (entry.colour, entry.dash) == (loss.colour, loss.dash)


def test_the_words_of_an_end_stand_where_there_is_room() -> None:
    sides = [end_marker(X[:1], Y[:1], "diverged", GREY, share)["textposition"] for share in (0.1, 0.9)]
    assert sides == ["middle right", "middle left"]


def test_a_shade_is_the_colour_seen_through() -> None:
    assert rgba("#D55E00", 0.2) == "rgba(213, 94, 0, 0.2)"


def test_an_upright_line_stands_at_each_epoch() -> None:
    moved = move_upright(4, np.array([0, 5]), (0.5, 3.5))
    assert moved.across is not None
    assert (moved.trace, moved.rows.tolist(), moved.across.tolist()) == (4, [[0.5, 3.5]] * 2, [[0, 0], [5, 5]])


@pytest.mark.parametrize("thin", [thin_evenly, thin_by_factors])
@pytest.mark.parametrize("count", [1, 2, 10, 11, 1000])
def test_thinned_places_are_few_and_keep_both_ends(thin, count) -> None:
    places = thin(count, 10)
    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) <= 10
    assert (np.diff(places) > 0).all()


def test_nothing_is_thinned_to_nothing() -> None:
    assert len(thin_evenly(0, 10)) == len(thin_by_factors(0, 10)) == 0


def test_thinning_by_factors_keeps_the_first_places() -> None:
    # 1, 10 and 100, and between them 3.16 and 31.6, which are cut or rounded.
    assert thin_by_factors(100, 5).tolist() == [0, 2, 9, 30, 99]
    assert thin_by_factors(100, 5, nearest=True).tolist() == [0, 2, 9, 31, 99]
    assert thin_evenly(101, 5).tolist() == [0, 25, 50, 75, 100]


def test_a_span_holds_its_values_with_room_beside_them() -> None:
    assert span(0.0, 10.0) == pytest.approx([-0.6, 10.6])
    assert span(3.0, 3.0) == [2.0, 4.0]
    assert span_of_logs(np.array([1.0, 100.0, 10.0])) == pytest.approx([-0.1, 2.1])
    assert span_of_logs(np.array([10.0])) == [0.5, 1.5]


def test_an_axis_of_epochs_has_room_for_both_ends() -> None:
    assert epoch_axis(100)["range"] == pytest.approx([-1.0, 103.0])
    assert log_epoch_axis(100) == {"type": "log", "exponentformat": "power", "range": pytest.approx([-0.1, 2.1])}
