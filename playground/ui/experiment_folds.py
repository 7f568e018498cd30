"""The folds of a page that trains experiments: all settings but the four knobs, by what they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from playground.experiment import Experiment, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.query import PageSettings
from playground.experiment.relevance import reason_unused_by_all
from playground.experiment.setting import Choice, Switch
from playground.experiment.setting_words import brief_words, describe_layers
from playground.experiment.view import View
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import DATASETS_FOR
from playground.tables.optimizers import OPTIMIZERS
from playground.ui.folds import Fold
from playground.ui.fragments import reshape
from playground.ui.furnishing import LAYERS_HELP
from playground.ui.icons import noise_icon, source_icon
from playground.ui.session import FIELDS, change_experiment, layer_key, prepare_widget
from playground.ui.widgets import (
    choice,
    is_changed,
    list_trained,
    number_stops,
    seed,
    slider,
    switch,
    typed,
)

MAX_SHOWN_LAYERS = 3
STRAIGHT = {"regression": "a line", "classification": "logistic"}  # a model without hidden layers
ODD_POINTS = {"regression": "Outliers", "classification": "Labels"}
PENALTIES = ("l1", "l2", "proximal", *CLIPPINGS)
NO_PENALTY = "off"

# Settings whose controls are always shown, disabled where they have no effect; all others only where they have one.
PLACED = (
    "standardise",
    "seed",
    "initialiser",
    "proximal",
    *CLIPPINGS,
    "optimizer",
    "learning_rate",
)


@dataclass(frozen=True)
class Panel:
    """What a page does with the side panel, where it is not the usual: train one experiment for each chosen loss.

    ``experiments`` are those that it trains instead. ``reasons`` says of ``losses`` or a setting why the page does not
    use it. ``start`` says whether the start of a line is asked for here, and not beside the charts.
    """

    experiments: tuple[Experiment, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    start: bool = True


USUAL = Panel()


def list_folds(view: View, panel: Panel) -> list[Fold]:
    experiments = panel.experiments or list_trained(view)
    parameters = list(dict.fromkeys(name for each in experiments for name in each.parameters))
    folds = [_make_data_fold(view), _make_odd_points_fold(view)]
    if parameters:
        folds.append(
            _make_fold("parameters", "Loss parameters", view, parameters, (), partial(draw_sliders, view, parameters))
        )
    return [*folds, _make_model_fold(view, panel), _make_optimizer_fold(view, panel), _make_penalty_fold(view)]


def _make_fold(
    key: str, title: str, view: View, named: Sequence[str], others: Sequence[str], draw: Callable[[], None]
) -> Fold:
    """A fold that names the values of some settings always, and of others where they are not as usual."""
    changed = [name for name in others if is_changed(name, view)]
    values = []
    for name in (*named, *changed):
        words = (
            describe_layers(view.experiment)
            if name == "hidden"
            else brief_words(settings()[name], getattr(view.experiment, name))
        )
        values.append(words.removeprefix(f"{title} "))
    return Fold(key, title, values, draw)


def draw_sliders(holder: View | PageSettings, names: Sequence[str]) -> None:
    """Sliders that are shown because they have an effect."""
    for name in names:
        slider(name, holder, unused="")


def _make_data_fold(view: View) -> Fold:
    others = ("noise_shape", "standardise") if view.task == "regression" else ("standardise",)
    return _make_fold("data", "Data", view, ("dataset", "points", "seed"), others, partial(_draw_data, view))


def _draw_data(view: View) -> None:
    choice("dataset", view, source_icon, only=[*DATASETS_FOR[view.task]])
    if view.task == "regression":
        choice("noise_shape", view, noise_icon)
    slider("points", view)
    seed(view)
    switch("standardise", view)


def _make_odd_points_fold(view: View) -> Fold:
    """The points that do not follow the law: outliers, or wrong labels and labels that are rare."""
    names = ("outliers", "outlier_size") if view.task == "regression" else ("positives", "label_noise")
    named = names[: 1 + (view.task == "classification" or view.experiment.outliers > 0)]
    others = [name for name in names if name not in named]
    return _make_fold("odd_points", ODD_POINTS[view.task], view, named, others, partial(_draw_pair, view, names))


def _draw_pair(view: View, names: Sequence[str]) -> None:
    for column, name in zip(st.columns(2), names, strict=True):
        with column:
            slider(name, view)


def _make_model_fold(view: View, panel: Panel) -> Fold:
    named = ["hidden", *(["activation"] if view.experiment.hidden else [])]
    others = ["degree"] if view.experiment.dataset in TRUE_FUNCTIONS else []
    others += ["initialiser", *(["normalisation", "residual", "dropout"] if view.experiment.hidden else [])]
    if panel.start and view.experiment.is_line:
        others += ["start_slope", "start_intercept"]
    return _make_fold("model", "Model", view, named, others, partial(_draw_model, view, panel))


def _draw_model(view: View, panel: Panel) -> None:
    """The layers; and where a line starts, unless the page asks for that itself."""
    _draw_layers(view)
    hidden = view.experiment.hidden
    if hidden:
        choice("activation", view)
    elif panel.start and view.experiment.is_line:
        _draw_start(view)
    if view.experiment.dataset in TRUE_FUNCTIONS:
        slider("degree", view)
    choice("initialiser", view)
    if hidden:
        choice("normalisation", view, reshapes=True)
        switch("residual", view, reshapes=True)
        slider("dropout", view)


def _draw_layers(view: View) -> None:
    hidden = view.experiment.hidden
    prepare_widget("layers", len(hidden))
    st.segmented_control(
        "Hidden layers",
        range(max(MAX_SHOWN_LAYERS, len(hidden)) + 1),
        key="layers",
        required=True,
        format_func=lambda layers: f"none: {STRAIGHT[view.task]}" if layers == 0 else str(layers),
        help=LAYERS_HELP,
        on_change=reshape,
    )
    equal = view.experiment.is_deep
    for place in range(min(len(hidden), 1) if equal else len(hidden)):
        label = "Units in each layer" if equal else f"Units in layer {place + 1}"
        number_stops(settings()["hidden"], layer_key(place), hidden[place], label=label)


def _draw_start(view: View) -> None:
    """Where the line starts: drawn from the seed, or two numbers."""
    left, right = st.columns(2)
    with left:
        typed("start_slope", view)
    with right:
        typed("start_intercept", view)


def _make_optimizer_fold(view: View, panel: Panel) -> Fold:
    experiments = panel.experiments or list_trained(view)
    own = list(dict.fromkeys(name for each in experiments for name in OPTIMIZERS[each.optimizer].settings))
    others = ["shuffle"] if view.experiment.rows_per_batch < view.experiment.points else []
    named = ["optimizer", *own, "batch_size"]
    draw = partial(_draw_optimizer, view, panel, own)
    return _make_fold("optimizer", "Optimizer and batches", view, named, others, draw)


def _draw_optimizer(view: View, panel: Panel, own: Sequence[str]) -> None:
    choice("optimizer", view, reshapes=True, unused=panel.reasons.get("optimizer"))
    for name in own:
        slider(name, view, unused="")
    slider("batch_size", view, reshapes=True)
    if view.experiment.rows_per_batch < view.experiment.points:
        switch("shuffle", view)


def _make_penalty_fold(view: View) -> Fold:
    fold = _make_fold("penalties", "Penalties and clipping", view, (), PENALTIES, partial(_draw_penalties, view))
    return fold if fold.values else replace(fold, values=[NO_PENALTY])


def _draw_penalties(view: View) -> None:
    slider("l1", view)
    slider("l2", view)
    switch("proximal", view)
    for name in CLIPPINGS:
        slider(name, view)


def draw_idle_controls(view: View, experiments: Sequence[Experiment]) -> None:
    """The settings that have no effect, have no place above, and are not as usual: each with the reason."""
    shape_of_noise = ("noise_shape", "outlier_size") if view.task == "regression" else ()
    placed_above = {*PLACED, *shape_of_noise, *(("residual",) if view.experiment.hidden else ())}
    names = [name for name in FIELDS if name not in placed_above and is_changed(name, view)]
    reasons = {name: reason_unused_by_all(name, experiments) for name in names}
    idle = {name: reason for name, reason in reasons.items() if reason}
    if not idle:
        return
    st.subheader("Without effect", anchor=False)
    st.button("Set these to their usual values", on_click=_reset_settings, args=(tuple(idle),))
    for name, reason in idle.items():
        _draw_control(name, view, reason)


def _reset_settings(names: Sequence[str]) -> None:
    """A button's callback."""
    change_experiment(**{name: getattr(Experiment(), name) for name in names})


def _draw_control(name: str, view: View, reason: str) -> None:
    """A control of the kind that the setting is."""
    setting = settings()[name]
    if isinstance(setting, Choice):
        choice(name, view, unused=reason)
    elif isinstance(setting, Switch):
        switch(name, view, unused=reason)
    elif getattr(Experiment(), name) is None:
        typed(name, view, unused=reason)
    else:
        slider(name, view, unused=reason)
