"""Two stories of the Landscape page: surfaces with the paths over them, and the race of optimizers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from playground.diagnosis import Diagnosis
from playground.diagnosis.summary import describe_verdict
from playground.experiment.names import line
from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.landscape.figures import slices_replay, surfaces_replay
from playground.pages.landscape.race_figures import race_replay
from playground.pages.landscape.settings import LandscapeSettings, list_racers
from playground.pages.landscape.study import (
    Window,
    cut_plane,
    distance_to,
    plane_window,
    slice_surface,
    surface,
    true_weights,
    window_for,
)
from playground.pages.landscape.words import (
    LINES_ONLY,
    ONE_LOSS,
    RACE,
    RACERS,
    SLICES,
    SURFACES,
    USUAL_RATES,
    excursion_words,
)
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number, plain
from playground.theory.optima import Optimum, optimum
from playground.ui.controls import Panel, choice, switch, typed
from playground.ui.fragments import charts_first
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.icons import loss_icon
from playground.ui.jobs import trained
from playground.ui.live import Click, show
from playground.ui.session import change_experiment


def surfaces(view: View, settings: LandscapeSettings, diagnoses: Sequence[Diagnosis]) -> None:
    """Every chosen loss over the same window of weights, with the path of its training."""
    if not view.experiment.is_line:
        _show_slices(view, settings, diagnoses)
        return
    experiments = view.experiments
    optima = [optimum(each) for each in experiments]
    window, truth = window_for(experiments), true_weights(view.experiment)
    shapes = [surface(each, window) for each in experiments]
    replay = surfaces_replay(diagnoses, shapes, optima, truth, window, deep=settings.deep)
    key = "hills" if settings.deep else "surfaces"
    show(replay, key=key, epoch=view.epoch, keeps_epoch=True, on_click=start_at)
    charts_first()
    _draw_start_controls(view, settings)
    st.html(wide(section("Where each training ended, and where it should", _tabulate_ends(diagnoses, optima))))
    st.html(prose(*SURFACES, small=True))


def _draw_start_controls(view: View, settings: LandscapeSettings) -> None:
    """Where the training starts, for those who do not click, and whether the maps are hills."""
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
    with left:
        typed("start_slope", view)
    with middle:
        typed("start_intercept", view)
    with right.container(horizontal=True, vertical_alignment="center"):
        if view.experiment.start_slope is not None or view.experiment.start_intercept is not None:
            st.button("Start from the seed", on_click=lambda: change_experiment(start_slope=None, start_intercept=None))
        switch("deep", settings)


def start_at(click: Click) -> None:
    """A click's callback: training begins there."""
    change_experiment(start_slope=_round_weight(click.x), start_intercept=_round_weight(click.y))


def start_in_map(click: Click) -> None:
    """The same where only the first chart is a map of weights."""
    if click.panel == 0:
        start_at(click)


def _round_weight(value: float) -> float:
    return min(max(float(f"{value:.3g}"), -1000.0), 1000.0)


def _tabulate_ends(diagnoses: Sequence[Diagnosis], optima: Sequence[Optimum]) -> str:
    head = ["", *(loss_name(LOSSES[each.run.experiment.loss]) for each in diagnoses)]
    pairs = list(zip(diagnoses, optima, strict=True))
    ends = [[float(array.ravel()[0]) for array in each.run.weights] for each in diagnoses]
    diverged = "diverged (NaN or infinity)"
    cells = [
        ["its own optimum, by search", *(line(best.slope, best.intercept) for best in optima)],
        ["training ended at", *(line(w, b) if np.isfinite([w, b]).all() else diverged for w, b in ends)],
        ["least loss", *(number(best.loss) for best in optima)],
        ["loss at the end", *(number(float(each.run.loss[-1])) if len(each.run.loss) else "–" for each in diagnoses)],
        ["distance left", *(_distance_words(each, best) for each, best in pairs)],
        ["valleys", *("one: no better line exists" if best.certain else "perhaps several" for best in optima)],
    ]
    return table(head, cells)


def _distance_words(diagnosis: Diagnosis, best: Optimum) -> str:
    distance = float(distance_to(best, diagnosis.run)[-1])
    return number(distance) if np.isfinite(distance) else "–"


def _show_slices(view: View, settings: LandscapeSettings, diagnoses: Sequence[Diagnosis]) -> None:
    """A plane through the weights of each network."""
    choice("plane", settings)
    planes = [cut_plane(diagnosis.run, settings.plane) for diagnosis in diagnoses]
    windows = [plane_window([plane]) for plane in planes]
    cut = [
        slice_surface(diagnosis.run.experiment, plane, window)
        for diagnosis, plane, window in zip(diagnoses, planes, windows, strict=True)
    ]
    show(slices_replay(diagnoses, planes, cut, windows), key="slices", epoch=view.epoch, keeps_epoch=True)
    st.html(prose(SLICES[settings.plane], small=True))


def race(view: View, settings: LandscapeSettings) -> None:
    """One loss, one start, several optimizers."""
    if not view.experiment.is_line:
        st.info(LINES_ONLY)
        return
    experiments = list_racers(view.experiment, settings)
    if not experiments:
        st.info("Choose at least one optimizer.")
    elif diagnoses := trained(experiments):
        first = experiments[0]
        best, truth, window = optimum(first), true_weights(first), window_for([first])
        replay = race_replay(diagnoses, surface(first, window), best, truth, window)
        show(replay, key="race", epoch=view.epoch, keeps_epoch=True, on_click=start_in_map)
        charts_first()
        _draw_race_controls(settings)
        _show_standings(diagnoses, best, window)
        return
    _draw_race_controls(settings)


def _draw_race_controls(settings: LandscapeSettings) -> None:
    """Which loss is raced on, and by whom: below the charts, which are to be seen at once."""
    choice("focus", settings, loss_icon, reshapes=True)
    choice("racers", settings, reshapes=True)
    switch("usual", settings, reshapes=True)


def adapt_side_panel(view: View, settings: LandscapeSettings) -> Panel:
    """What the story of the page does with the side panel."""
    if settings.story == "race":
        usual = {"learning_rate": USUAL_RATES} if settings.usual else {}
        reasons = {"losses": ONE_LOSS, "optimizer": RACERS, **usual}
        return Panel(list_racers(view.experiment, settings), reasons)
    if settings.story == "limits":
        return Panel((*view.experiments, view.experiment.replace(loss=settings.focus)))
    return Panel(start=settings.story != "surfaces")


def _show_standings(diagnoses: Sequence[Diagnosis], best: Optimum, window: Window) -> None:
    rows = [
        [
            OPTIMIZERS[each.run.experiment.optimizer].label,
            plain(each.run.experiment.learning_rate),
            describe_verdict(each.verdict, each.diverged_at),
            f"{each.settled_epoch:,}" if each.settled_epoch else "–",
            _distance_words(each, best),
            excursion_words(each, window),
        ]
        for each in diagnoses
    ]
    head = [
        "",
        "learning rate",
        "verdict",
        "epochs until within 1% of the end",
        "distance to the optimum",
        "outside the map",
    ]
    st.html(wide(table(head, rows)))
    st.html(prose(RACE, small=True))
