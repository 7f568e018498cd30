"""A story of the Landscape page: why a training settles, bounces or diverges."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.experiment.view import View
from playground.export.titles import caption
from playground.figures.replay import Replay
from playground.losses import LOSSES
from playground.pages.landscape.path_figures import assemble_replay, run_entry
from playground.pages.landscape.regimes import (
    RegimeMap,
    bounce,
    boundaries,
    losses_by_rate,
    map_rule,
    nearest_cell,
    rates_round,
    regime_map,
)
from playground.pages.landscape.settings import LandscapeSettings
from playground.pages.landscape.stability_figures import (
    distance_panel,
    limit_entries,
    rate_panel,
    regime_legend,
    regime_panel,
)
from playground.pages.landscape.study import distance_to
from playground.pages.landscape.words import CURVES, LINES_ONLY, RULE_NAMES, bounce_words, map_words
from playground.text.numbers import number
from playground.theory.limit_words import format_rate_limit
from playground.theory.line_loss import curvature
from playground.theory.optima import optimum
from playground.theory.stable_rate import largest_stable_rate
from playground.ui.controls import choice
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.icons import loss_icon
from playground.ui.jobs import computed
from playground.ui.live import Click, show
from playground.ui.session import change_experiment


def limits(view: View, settings: LandscapeSettings, diagnoses: Sequence[Diagnosis]) -> None:
    """The curvature, the largest stable rate, and thousands of runs round it."""
    if not view.experiment.is_line:
        st.info(LINES_ONLY)
        return
    rates = rates_round(view.experiment)
    _show_rates(view, rates, diagnoses)
    st.html(wide(section("How the loss curves at its optimum", _tabulate_curvatures(view.experiments))))
    st.html(prose(CURVES, small=True))
    choice("focus", settings, loss_icon, reshapes=True)
    _show_regimes(view.experiment.replace(loss=settings.focus), rates)


def _show_rates(view: View, rates: tuple[float, float], diagnoses: Sequence[Diagnosis]) -> None:
    """Where each learning rate ends, and how far each training is from its optimum."""
    experiments = view.experiments
    last_losses = computed(losses_by_rate, tuple(experiments), rates)
    if last_losses is None:
        return
    optima, stable = [optimum(each) for each in experiments], [largest_stable_rate(each) for each in experiments]
    distances = [distance_to(best, each.run) for best, each in zip(optima, diagnoses, strict=True)]
    bounces = [bounce(each.run) for each in diagnoses]
    keys = [each.loss for each in experiments]
    panels = [
        rate_panel(*last_losses, keys, optima, stable, view.experiment.learning_rate),
        distance_panel(diagnoses, distances, bounces),
    ]
    entries = [*map(run_entry, diagnoses), *limit_entries(view.experiment.optimizer, stable)]
    show(assemble_replay(panels, diagnoses, entries), key="limits", epoch=view.epoch, keeps_epoch=True)
    sentences = [
        bounce_words(each, height) for each, height in zip(diagnoses, bounces, strict=True) if height is not None
    ]
    if sentences:
        st.html(prose(*sentences))


def _show_regimes(experiment: Experiment, rates: tuple[float, float]) -> None:
    """How thousands of runs move, over learning rate and momentum."""
    regimes = computed(regime_map, experiment, rates)
    if regimes is None:
        return
    edges, rule = boundaries(experiment, regimes.momenta), map_rule(experiment)
    momentum = {"sgd": 0.0, rule: experiment.momentum}.get(experiment.optimizer)
    today = None if momentum is None else (experiment.learning_rate, momentum)  # other optimizers are not on the map
    title = f"{name(experiment)}: {regimes.regimes.size:,} real runs of 500 epochs by {RULE_NAMES[rule]}"
    show(
        Replay([regime_panel(regimes, edges, today, title)], regime_legend(regimes), caption=caption([experiment])),
        key="regimes",
        epoch=None,
        on_click=partial(train_at, regimes, rule, experiment.optimizer),
    )
    st.html(prose(*map_words(experiment, bordered=bool(edges), on_map=bool(today)), small=True))


def train_at(found: RegimeMap, rule: str, optimizer: str, click: Click) -> None:
    """A click's callback: train at this cell of the map."""
    change_experiment(**changes_of_cell(rule, optimizer, *nearest_cell(found, click.x, click.y)))


def changes_of_cell(rule: str, optimizer: str, rate: float, momentum: float) -> dict[str, Any]:
    """The settings of a cell's run. In the bottom row momentum is 0, which is plain SGD: that stays what it is."""
    rate, momentum = float(f"{rate:.4g}"), round(momentum, 4)
    if optimizer == "sgd" and not momentum:
        return {"learning_rate": rate}
    return {"optimizer": rule, "learning_rate": rate, "momentum": momentum}


def _tabulate_curvatures(experiments: Sequence[Experiment]) -> str:
    """Curvature, condition and limit of each loss, with x as it is and standardised."""
    rows: list[list[str]] = []
    for standardise, label in [(False, "x as it is"), (True, "x standardised")]:
        each = [experiment.replace(standardise=standardise) for experiment in experiments]
        bends = [_describe_curvature(experiment) for experiment in each]
        in_batches = [experiment for experiment in each if experiment.rows_per_batch < experiment.points]
        whole = [experiment.replace(batch_size=0) for experiment in in_batches]
        rows += [
            [f"{label}: curvature along its two axes", *(bend[0] for bend in bends)],
            [f"{label}: condition number", *(bend[1] for bend in bends)],
            [f"{label}: largest stable rate", *map(format_rate_limit, each)],
            *([[f"{label}: the same with all points in every step", *map(format_rate_limit, whole)]] if whole else []),
        ]
    return table(["", *(loss_name(LOSSES[each.loss]) for each in experiments)], rows)


def _describe_curvature(experiment: Experiment) -> tuple[str, str]:
    """The curvature along both axes, and the condition number."""
    if LOSSES[experiment.loss].curvature is None:
        return "a fold, not a bowl", "–"
    best = optimum(experiment)
    bend = curvature(experiment, best.slope, best.intercept)
    condition = "without bound" if np.isinf(bend.condition) else number(bend.condition)
    return f"{number(bend.values[0])} and {number(bend.values[1])}", condition
