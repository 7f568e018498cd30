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
from playground.figures.replay import Replay
from playground.losses import LOSSES
from playground.pages.landscape.path_figures import assemble_replay, loss_entry
from playground.pages.landscape.regimes import (
    LATE,
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
from playground.pages.landscape.single_step import step_lengths
from playground.pages.landscape.stability_figures import (
    distance_panel,
    limit_entries,
    rate_panel,
    regime_legend,
    regime_panel,
)
from playground.pages.landscape.study import distance_to
from playground.pages.landscape.view import LINES_ONLY, Link
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number
from playground.theory.limit_words import format_rate_limit
from playground.theory.line_loss import curvature, is_line
from playground.theory.optima import is_convex, optimum
from playground.theory.stable_rate import largest_stable_rate, rate_limit
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.jobs import computed
from playground.ui.live import Click, show
from playground.ui.session import change_experiment


def limits(view: View, settings: LandscapeSettings, link: Link, diagnoses: Sequence[Diagnosis]) -> None:
    """The curvature, the largest stable rate, and thousands of runs round it."""
    if not is_line(view.experiment):
        st.info(LINES_ONLY)
        return
    experiments = view.experiments
    st.html(wide(section("How the loss curves at its optimum", _curvatures(experiments))))
    st.html(prose(CURVES, small=True))
    rates = rates_round(view.experiment)
    optima = [optimum(each) for each in experiments]
    found = computed(losses_by_rate, tuple(experiments), rates)
    if found is not None:
        stable = [largest_stable_rate(each) for each in experiments]
        panels = [
            rate_panel(*found, [each.loss for each in experiments], optima, stable, view.experiment.learning_rate),
            distance_panel(
                diagnoses,
                [distance_to(best, each.run) for best, each in zip(optima, diagnoses, strict=True)],
                [bounce(each.run) for each in diagnoses],
            ),
        ]
        replay = assemble_replay(
            panels, diagnoses, [*map(loss_entry, diagnoses), *limit_entries(view.experiment.optimizer, stable)]
        )
        show(replay, key="limits", epoch=view.epoch, link=link)
        _bounces(diagnoses)
    first = view.experiment.replace(loss=settings.focus)
    regimes = computed(regime_map, first, rates)
    if regimes is not None:
        edges = boundaries(first, regimes.momenta)
        rule = map_rule(first)
        title = f"{name(first)}: {regimes.regimes.size:,} real runs of 500 epochs by {RULES[rule]}"
        panel = regime_panel(regimes, edges, _today(first), title)
        show(
            Replay([panel], regime_legend(regimes)),
            key="regimes",
            epoch=None,
            link=None,
            on_click=partial(train_at, regimes, rule, first.optimizer),
        )
        st.html(prose(*_told(first, bool(edges)), small=True))


def _today(experiment: Experiment) -> tuple[float, float] | None:
    """Where a training stands on its map, if it follows the map's rule."""
    momentum = {"sgd": 0.0, map_rule(experiment): experiment.momentum}.get(experiment.optimizer)
    return None if momentum is None else (experiment.learning_rate, momentum)


def _told(experiment: Experiment, bordered: bool) -> list[str]:
    """How the map is read."""
    more = [] if is_convex(experiment) else [FAR_AWAY]
    other = [] if _today(experiment) else [OTHER_RULE.format(OPTIMIZERS[experiment.optimizer].label)]
    return [REGIMES if bordered else _borderless_words(experiment), *more, *other, CLICKS]


def _borderless_words(experiment: Experiment) -> str:
    """Why theory draws no borders."""
    if experiment.rows_per_batch < experiment.points:
        return IN_BATCHES
    penalty = PENALISED.format(format_rate_limit(experiment)) if experiment.l2 and rate_limit(experiment) else ""
    return f"{BOUNCING}{penalty}"


def train_at(found: RegimeMap, rule: str, optimizer: str, click: Click) -> None:
    """A click's callback: train at this cell of the map."""
    change_experiment(**changes_of_cell(rule, optimizer, *nearest_cell(found, click.x, click.y)))


def changes_of_cell(rule: str, optimizer: str, rate: float, momentum: float) -> dict[str, Any]:
    """The settings of a cell's run. In the bottom row momentum is 0, which is plain SGD: that stays what it is."""
    rate, momentum = float(f"{rate:.4g}"), round(momentum, 4)
    if optimizer == "sgd" and not momentum:
        return {"learning_rate": rate}
    return {"optimizer": rule, "learning_rate": rate, "momentum": momentum}


def _curvatures(experiments: Sequence[Experiment]) -> str:
    """Curvature, condition and limit of each loss, with x as it is and standardised."""
    rows: list[list[str]] = []
    for standardise, label in [(False, "x as it is"), (True, "x standardised")]:
        each = [experiment.replace(standardise=standardise) for experiment in experiments]
        bends = [_bend(experiment) for experiment in each]
        in_batches = [experiment for experiment in each if experiment.rows_per_batch < experiment.points]
        whole = [experiment.replace(batch_size=0) for experiment in in_batches]
        rows += [
            [f"{label}: curvature along its two axes", *(bend[0] for bend in bends)],
            [f"{label}: condition number", *(bend[1] for bend in bends)],
            [f"{label}: largest stable rate", *map(format_rate_limit, each)],
            *([[f"{label}: the same with all points in every step", *map(format_rate_limit, whole)]] if whole else []),
        ]
    return table(["", *(loss_name(LOSSES[each.loss]) for each in experiments)], rows)


def _bend(experiment: Experiment) -> tuple[str, str]:
    if LOSSES[experiment.loss].curvature is None:
        return "a fold, not a bowl", "–"
    best = optimum(experiment)
    bend = curvature(experiment, best.slope, best.intercept)
    condition = "without bound" if np.isinf(bend.condition) else number(bend.condition)
    return f"{number(bend.values[0])} and {number(bend.values[1])}", condition


def _bounces(diagnoses: Sequence[Diagnosis]) -> None:
    said = [_bounce_words(each, height) for each in diagnoses if (height := bounce(each.run)) is not None]
    if said:
        st.html(prose(*said))


def _bounce_words(diagnosis: Diagnosis, height: float) -> str:
    shortest, longest = step_lengths(diagnosis.run, LATE)
    return (
        f"{name(diagnosis.run.experiment)} never settles: its gradient does not fade, so neither do its steps, learning"
        f" rate × gradient. The last {LATE} are {number(shortest)} to {number(longest)} long, {number(height)} on"
        f" average (the dotted line). {_size_of_swing(diagnosis)}"
    )


def _size_of_swing(diagnosis: Diagnosis) -> str:
    if diagnosis.needs_remedy:
        return f"Its verdict is {diagnosis.verdict}. A smaller learning rate makes the swings smaller."
    return f"They keep its loss within 1\u00a0% of the least, so its verdict is {diagnosis.verdict}."


CURVES = (
    "A step multiplies the distance to the optimum by 1 − rate × curvature along each axis. So the larger curvature"
    " λmax allows no rate above 2/λmax (with momentum β, 2(1 + β)/λmax; with Nesterov's, 2(1 + β)/(1 + 2β)/λmax), while"
    " the smaller one says how slow the rest is: the condition number is how many times slower. A loss that curves less"
    " at its optimum than elsewhere is held to the most it can curve anywhere. Where a step sees only a batch, the"
    " batch with the largest curvature sets the limit. Other optimizers have no such limit."
)
REGIMES = (
    "Each cell is a run, in the colour of how it moves. The dashed and the solid line are where theory puts the two"
    " borders."
)
CLICKS = (
    "Click a cell to train there. A click sets the learning rate and momentum β of the cell, so the largest stable rate"
    " becomes that of its β. In the bottom row β is 0, which is plain SGD."
)
IN_BATCHES = (
    "Each cell is a run. Each step sees only some of the points, and every batch has a curvature of its own: theory"
    " draws no borders here. Runs that keep jumping swing with the batches."
)
PENALISED = " Only its L2 penalty curves, and is stable up to {}."
FAR_AWAY = (
    "This loss is no bowl: far from its optimum hardly a point pulls, and a run that starts there walks down so slowly"
    " that it does not arrive. Theory speaks of the bowl near the optimum only."
)
OTHER_RULE = "{} is another rule, so today's training is not on this map; a click changes to SGD with momentum."
RULES = {"momentum": "SGD with momentum", "nesterov": "SGD with Nesterov momentum"}
BOUNCING = (
    "Each cell is a run. This loss has no curvature, so theory draws no borders; its gradient never fades, and every"
    " run ends up jumping over the optimum by about learning rate × gradient."
)
