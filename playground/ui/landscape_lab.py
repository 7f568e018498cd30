"""The stories of the Landscape page: surfaces, the race of optimizers, why a training diverges, one step slowly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from playground.anatomy.catalogue import CATALOGUE
from playground.diagnosis import Diagnosis, largest_stable_rate
from playground.experiment import Experiment
from playground.figures import Replay
from playground.landscape.optima import Optimum, curvature, is_line, optimum
from playground.landscape.pulling import pull_legend, pull_panel
from playground.landscape.regimes import bounce, boundaries, losses_by_rate, rates_round, regime_map
from playground.landscape.sights import Sights
from playground.landscape.slow_motion import Step, can_be_slowed, step_of
from playground.landscape.stability import distance_panel, rate_panel, regime_legend, regime_panel
from playground.landscape.surfaces import (
    distance_to,
    pca_plane,
    plane_window,
    random_plane,
    slice_of,
    surface,
    true_weights,
    window_for,
)
from playground.landscape.terrain import loss_entry, race_replay, slice_panel, slices_replay, surfaces_replay
from playground.link import View
from playground.losses import LOSSES
from playground.numerals import number, plain
from playground.tables.optimizers import OPTIMIZERS
from playground.ui.controls import choice, slider, switch, typed
from playground.ui.engine import computed, trained
from playground.ui.html import loss_name, prose, section, table, wide
from playground.ui.icons import loss_icon
from playground.ui.live import Click, show
from playground.ui.session import change
from playground.words import line, name

Link = dict[str, list[str]]
LINES_ONLY = "This story is about a straight line. Choose no hidden layers, on the left under Model."


def surfaces(view: View, sights: Sights, link: Link, diagnoses: Sequence[Diagnosis]) -> None:
    """Every chosen loss over the same window of weights, with the way its training took."""
    if not is_line(view.experiment):
        _slices(view, sights, link, diagnoses)
        return
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
    with left:
        typed("start_slope", view)
    with middle:
        typed("start_intercept", view)
    with right.container(horizontal=True, vertical_alignment="center"):
        if view.experiment.start_slope is not None or view.experiment.start_intercept is not None:
            st.button("Start from the seed", on_click=lambda: change(start_slope=None, start_intercept=None))
        switch("deep", sights)
    experiments = view.experiments
    optima = [optimum(each) for each in experiments]
    window, truth = window_for(experiments), true_weights(view.experiment)
    shapes = [surface(each, window) for each in experiments]
    replay = surfaces_replay(diagnoses, shapes, optima, truth, window, deep=sights.deep)
    key = "hills" if sights.deep else "surfaces"
    show(replay, key=key, epoch=view.epoch, link=link, on_click=start_at)
    st.html(wide(section("Where each training ended, and where it should", _ends(diagnoses, optima))))
    st.html(prose(*SURFACES, small=True))


def start_at(click: Click) -> None:
    """A click's callback: training begins there."""
    change(start_slope=_short(click.x), start_intercept=_short(click.y))


def start_in_map(click: Click) -> None:
    """The same where only the first chart is a map of weights."""
    if click.panel == 0:
        start_at(click)


def _short(value: float) -> float:
    return min(max(float(f"{value:.3g}"), -1000.0), 1000.0)


def _ends(diagnoses: Sequence[Diagnosis], optima: Sequence[Optimum]) -> str:
    head = ["", *(loss_name(LOSSES[each.run.experiment.loss]) for each in diagnoses)]
    pairs = list(zip(diagnoses, optima, strict=True))
    cells = [
        ["its own exact optimum", *(line(best.slope, best.intercept) for best in optima)],
        ["training ended at", *(_end(each) for each in diagnoses)],
        ["least loss", *(number(best.loss) for best in optima)],
        ["loss at the end", *(number(float(each.run.loss[-1])) if len(each.run.loss) else "–" for each in diagnoses)],
        ["distance left", *(_left(each, best) for each, best in pairs)],
        ["valleys", *("one: no better line exists" if best.certain else "perhaps several" for best in optima)],
    ]
    return table(head, cells)


def _end(diagnosis: Diagnosis) -> str:
    slope, intercept = (float(array.ravel()[0]) for array in diagnosis.run.weights)
    return line(slope, intercept) if np.isfinite([slope, intercept]).all() else "beyond all bounds"


def _left(diagnosis: Diagnosis, best: Optimum) -> str:
    return number(float(distance_to(best, diagnosis.run)[-1]))


def _slices(view: View, sights: Sights, link: Link, diagnoses: Sequence[Diagnosis]) -> None:
    """A plane through the weights of each network."""
    choice("plane", sights)
    panels = []
    for diagnosis in diagnoses:
        run = diagnosis.run
        assert run.path is not None
        finite = run.path[np.isfinite(run.path).all(1)]
        if sights.plane == "pca":
            plane = pca_plane(finite)
        else:
            plane = random_plane(finite, run.experiment.widths, run.experiment.seed, run.experiment.normalisation)
        window = plane_window([plane])
        panels.append(slice_panel(diagnosis, slice_of(run.experiment, plane, window), plane, window))
    show(slices_replay(diagnoses, panels), key="slices", epoch=view.epoch, link=link)
    st.html(prose(SLICES[sights.plane], small=True))


def race(view: View, sights: Sights, link: Link) -> None:
    """One loss, one start, several optimizers."""
    if not is_line(view.experiment):
        st.info(LINES_ONLY)
        return
    choice("racers", sights)
    switch("usual", sights)
    racers = [key for key in OPTIMIZERS if key in sights.racers]
    if not racers:
        st.info("Choose at least one optimizer.")
        return
    first = view.experiment.replace(loss=sights.focus)
    experiments = tuple(
        first.replace(
            optimizer=key, learning_rate=OPTIMIZERS[key].typical_rate if sights.usual else first.learning_rate
        )
        for key in racers
    )
    if diagnoses := trained(experiments):
        best, truth, window = optimum(first), true_weights(first), window_for([first])
        replay = race_replay(diagnoses, surface(first, window), best, truth, window)
        show(replay, key="race", epoch=view.epoch, link=link, on_click=start_in_map)
        _standings(diagnoses, best)


def _standings(diagnoses: Sequence[Diagnosis], best: Optimum) -> None:
    rows = [
        [
            OPTIMIZERS[each.run.experiment.optimizer].label,
            plain(each.run.experiment.learning_rate),
            each.verdict if not each.diverged_at else f"diverged at epoch {each.diverged_at:,}",
            f"{each.settled:,}" if each.settled else "–",
            _left(each, best),
        ]
        for each in diagnoses
    ]
    head = ["", "learning rate", "verdict", "epochs until within 1 % of the end", "distance to the optimum"]
    st.html(wide(table(head, rows)))
    st.html(prose(RACE, small=True))


def limits(view: View, sights: Sights, link: Link, diagnoses: Sequence[Diagnosis]) -> None:
    """The curvature, the largest stable rate, and thousands of runs round it."""
    if not is_line(view.experiment):
        st.info(LINES_ONLY)
        return
    experiments = view.experiments
    st.html(wide(section("How the loss curves at its optimum", _curvatures(experiments))))
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
        legend = [loss_entry(each) for each in diagnoses]
        epochs = max(each.run.epochs for each in diagnoses)
        labels, readings = [name(each.run.experiment) for each in diagnoses], [each.shown for each in diagnoses]
        replay = Replay(panels, legend, epochs=epochs, labels=labels, readings=readings)
        show(replay, key="limits", epoch=view.epoch, link=link)
        _bounces(diagnoses)
    first = view.experiment.replace(loss=sights.focus)
    regimes = computed(regime_map, first, rates)
    if regimes is not None:
        today = (first.learning_rate, first.momentum if OPTIMIZERS[first.optimizer].settings else 0.0)
        edges = boundaries(first, regimes.momenta)
        title = f"{name(first)}: {regimes.regimes.size:,} real runs of 500 epochs"
        panel = regime_panel(regimes, edges, today, title)
        show(Replay([panel], regime_legend(regimes)), key="regimes", epoch=None, link=None, on_click=train_at)
        st.html(prose(REGIMES if edges else BOUNCING, small=True))


def train_at(click: Click) -> None:
    """A click's callback: train with this learning rate and momentum."""
    rate = min(max(float(f"{click.x:.2g}"), 1e-6), 100.0)
    change(optimizer="momentum", learning_rate=rate, momentum=round(min(max(click.y, 0.0), 0.99), 2))


def _curvatures(experiments: Sequence[Experiment]) -> str:
    """Curvature, condition and limit of each loss, with x as it is and standardised."""
    rows: list[list[str]] = []
    for standardise, label in [(False, "x as it is"), (True, "x standardised")]:
        each = [experiment.replace(standardise=standardise) for experiment in experiments]
        bends = [_bend(experiment) for experiment in each]
        stable = [largest_stable_rate(experiment) for experiment in each]
        rows += [
            [f"{label}: curvature along its two axes", *(bend[0] for bend in bends)],
            [f"{label}: condition number", *(bend[1] for bend in bends)],
            [f"{label}: largest stable rate", *(number(limit) if limit else "–" for limit in stable)],
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
    said = [
        f"{name(each.run.experiment)} never settles: its gradient does not fade, so every step near the optimum is"
        f" {number(height)} long, learning rate × gradient (the dotted line). A smaller learning rate bounces less."
        for each in diagnoses
        if (height := bounce(each.run)) is not None
    ]
    if said:
        st.html(prose(*said))


def step(view: View, sights: Sights, link: Link, diagnoses: Sequence[Diagnosis]) -> None:
    """One update in slow motion, under each chosen loss."""
    slowed = [each for each in diagnoses if can_be_slowed(each.run)]
    if not slowed:
        st.info("This story needs a straight line that sees all points in every step: no hidden layers, no batches.")
        return
    slider("step", sights)
    chosen = min(sights.step, min(each.run.epochs for each in slowed))
    steps = [found for each in slowed if (found := step_of(each.run, chosen))]
    if not steps:
        st.info("By this step the weights are beyond all bounds. Choose an earlier one.")
        return
    show(Replay([pull_panel(each) for each in steps], pull_legend(steps[0])), key="pulls", epoch=None, link=link)
    st.html(wide(section(f"The hardest pulls in step {chosen:,}", _pulls(steps))))
    shown = next((each for each in steps if each.experiment.loss == sights.focus), steps[0])
    choice("focus", sights, loss_icon, only=[each.experiment.loss for each in steps])
    for title, formula in formulas(shown):
        st.markdown(title)
        st.latex(formula)
    st.html(prose(PULLS, small=True))


def _pulls(steps: Sequence[Step]) -> str:
    """The points that pull hardest under any loss, and how hard under each."""
    places = sorted({int(place) for each in steps for place in np.argsort(-np.abs(each.pulls))[:2]})
    head = ["", *(loss_name(LOSSES[each.experiment.loss]) for each in steps)]
    rows = [
        [
            f"x = {number(float(steps[0].x[place]))}, y = {number(float(steps[0].y[place]))}",
            *(_pull(each, place) for each in steps),
        ]
        for place in places
    ]
    return table(head, rows)


def _pull(step: Step, place: int) -> str:
    total = float(np.abs(step.pulls).sum())
    share = abs(float(step.pulls[place])) / total if total else 0.0
    return f"{number(float(step.pulls[place]))} ({share:.0%} of all)".replace("%", "\u00a0%")


def formulas(step: Step) -> list[tuple[str, str]]:
    """The five stages of a step, each a title and its formula with the numbers of this very step."""
    n, place = len(step.x), int(np.abs(step.pulls).argmax())
    x, y, predicted, residual, pull = (
        float(values[place]) for values in (step.x, step.y, step.predicted, step.residuals, step.pulls)
    )
    w, b = step.before
    slope = CATALOGUE[step.experiment.loss].slope if step.experiment.loss in CATALOGUE else "L'"
    by_w, by_b = map(_tex, step.gradient)
    return [
        (
            "**1 Forward**, for the point that pulls hardest",
            rf"\hat y = w x + b = {_tex(w)} \cdot {_factor(x)} + {_factor(b)} = {_tex(predicted)}",
        ),
        ("**2 Residual**", rf"r = \hat y - y = {_tex(predicted)} - {_factor(y)} = {_tex(residual)}"),
        ("**3 Loss**, the mean over all points", rf"L = \frac{{1}}{{{n}}} \sum_i L_i = {_tex(step.loss)}"),
        (
            "**4 Gradient**: this point's pull, and the mean over all points",
            rf"\frac{{\partial L_i}}{{\partial \hat y}} = {slope} = {_tex(pull)} \qquad"
            rf" \frac{{\partial L}}{{\partial w}} = {by_w} \qquad \frac{{\partial L}}{{\partial b}} = {by_b}",
        ),
        ("**5 New weights**", _update(step)),
    ]


def _update(step: Step) -> str:
    """Old weights, what is added, new weights: by the learning rate, or by what the optimizer made of the gradient."""
    rule = OPTIMIZERS[step.experiment.optimizer]
    plainly = rule.key == "sgd" and not (step.experiment.global_clipnorm or step.experiment.clipvalue)
    rate = plain(step.experiment.learning_rate)
    parts = []
    for letter, now, slope, moved, then in zip("wb", step.before, step.gradient, step.change, step.after, strict=True):
        added = rf"- {rate} \cdot {_factor(slope)}" if plainly else f"+ {_factor(moved)}"
        parts.append(rf"{letter} \leftarrow {_tex(now)} {added} = {_tex(then)}")
    made = "" if plainly else rf" \qquad \text{{({rule.label} made these steps of the gradient)}}"
    return r" \qquad ".join(parts) + made


def _tex(value: float) -> str:
    """A number in a formula."""
    said = number(value, 4).replace("−", "-").replace(",", "{,}")
    for digit, raised in zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True):
        said = said.replace(digit, raised)
    if "× 10" in said:
        mantissa, power = said.split(" × 10")
        said = rf"{mantissa} \cdot 10^{{{power}}}"
    return said


def _factor(value: float) -> str:
    """A number behind a sign: in brackets if it has one of its own."""
    return rf"({_tex(value)})" if value < 0 else _tex(value)


SURFACES = (
    "Each chart is the mean loss over slope w and intercept b; all charts show the same window. The greyer, the higher"
    " the loss: lines, shades and the heights in 3-D stand at equal factors above the lowest loss of the window."
    " Click anywhere to start there.",
    "The optimum (◇) is found from the loss itself, with no training. It is what this loss wants, not the truth (★).",
)
SLICES = {
    "pca": "A network has too many weights to draw. This plane goes through the trained weights along the two"
    " directions in which the training moved most (PCA of its path); the percentages say how much of the way lies in"
    " each. Every loss has its own plane, so the charts cannot be laid over each other.",
    "random": "This plane goes through the trained weights along two random directions, in which every unit's weights"
    " are as long as they are in the model (Li et al. 2018): so that a surface is not flat only because its weights are"
    " large. Random directions see little of the way; they show how sharp the place is where the training ended.",
}
RACE = (
    "All start at the same weights and see the same points. “Usual” rates are common choices for each optimizer, not"
    " tuned ones: a race shows how they move, not which is best."
)
REGIMES = (
    "Each cell is a run. Blue walks down one side of the valley; light blue jumps from side to side and settles; red"
    " ends further away than it began. The dashed and the solid line are where theory puts the two borders. Click a"
    " cell to train there."
)
BOUNCING = (
    "Each cell is a run. This loss has no curvature, so no learning rate is too large for it; but its gradient never"
    " fades, and every run ends up jumping over the optimum by about learning rate × gradient. Click a cell to train"
    " there."
)
PULLS = (
    "A point's pull is the slope of its own loss by the prediction: the gradient is the mean of all pulls. An arrow"
    " shows where its point wants the line to go, its length how strongly; each chart has its own scale. Add an"
    " outlier and compare MSE with MAE: under MAE no point pulls harder than any other."
)
