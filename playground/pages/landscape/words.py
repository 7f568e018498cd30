"""The sentences of the Landscape page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.pages.landscape.path_figures import Place
from playground.pages.landscape.regimes import LATE_STEPS
from playground.pages.landscape.single_step import Step, step_lengths
from playground.pages.landscape.study import Window, leaving_epoch
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number
from playground.text.phrases import listed
from playground.theory.limit_words import format_rate_limit
from playground.theory.optima import is_convex
from playground.theory.stable_rate import rate_limit


def excursion_words(diagnosis: Diagnosis, window: Window) -> str:
    """Whether a training leaves a window, in a few words."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    if epoch := leaving_epoch(diagnosis, window):
        return f"for good, at epoch {epoch:,}"
    outside = np.flatnonzero(~window.holds(run.path))
    return f"until epoch {int(run.path_epochs[outside[-1]]):,}" if len(outside) else "no"


def trajectory_words(diagnosis: Diagnosis, best: Place, window: Window) -> str:
    """Where a training went, in a sentence."""
    run = diagnosis.run
    assert run.path is not None
    start = f"Training starts at w = {number(float(run.path[0, 0]))}, b = {number(float(run.path[0, 1]))}"
    optimum = f"its own optimum is at w = {number(best[0])}, b = {number(best[1])}"
    if epoch := leaving_epoch(diagnosis, window):
        return f"{start} and leaves the chart for good at epoch {epoch:,}; {optimum}."
    end = f"and ends at w = {number(float(run.path[-1, 0]))}, b = {number(float(run.path[-1, 1]))}"
    return f"{start} {end}; {optimum}."


def map_words(experiment: Experiment, *, bordered: bool, on_map: bool) -> list[str]:
    """How the map of regimes is read: whether theory draws borders, and whether today's training is on it."""
    more = [] if is_convex(experiment) else [FAR_AWAY]
    other = [] if on_map else [OTHER_RULE.format(OPTIMIZERS[experiment.optimizer].label)]
    return [REGIMES if bordered else _borderless_words(experiment), *more, *other, CLICKS]


def _borderless_words(experiment: Experiment) -> str:
    """Why theory draws no borders."""
    if experiment.rows_per_batch < experiment.points:
        return IN_BATCHES
    penalty = PENALISED.format(format_rate_limit(experiment)) if experiment.l2 and rate_limit(experiment) else ""
    return f"{BOUNCING}{penalty}"


def bounce_words(diagnosis: Diagnosis, height: float) -> str:
    """Why a run keeps moving about its optimum: steps of about ``height``, which do not fade."""
    shortest, longest = step_lengths(diagnosis.run, LATE_STEPS)
    swings = (
        f"Its verdict is {diagnosis.verdict}. A smaller learning rate makes the swings smaller."
        if diagnosis.needs_remedy
        else f"They keep its loss within 1% of the least, so its verdict is {diagnosis.verdict}."
    )
    return (
        f"{name(diagnosis.run.experiment)} never settles: its gradient does not fade, so neither do its steps, learning"
        f" rate × gradient. The last {LATE_STEPS} are {number(shortest)} to {number(longest)} long, {number(height)} on"
        f" average (the dotted line). {swings}"
    )


def alike_words(steps: Sequence[Step]) -> list[str]:
    """A sentence for each loss under which all points pull equally hard: none of them is the hardest."""
    return [
        f"Under {name(step.experiment)} all {len(step.pulls)} points pull alike: none of them is the hardest."
        for step in steps
        if step.pulls_alike
    ]


def strongest_pull_words(step: Step) -> str:
    """Which point pulls hardest, and how hard."""
    pull = number(float(step.pulls[step.hardest]))
    if step.pulls_alike:
        return f"All points pull equally hard, with {pull.removeprefix('−')}."
    return f"The point at x = {number(float(step.x[step.hardest]))} pulls hardest, with {pull}."


def missing_words(experiments: Sequence[Experiment], steps: Sequence[Step]) -> str:
    """Which losses are not shown, as their weights have diverged."""
    shown = {step.experiment.loss for step in steps}
    missing = listed([name(each) for each in experiments if each.loss not in shown])
    return f"{missing}: not shown, since the weights have diverged (NaN or infinity) by this step."


def pull_words(step: Step, point: int) -> str:
    """How hard a point pulls, and what share of all pulls that is."""
    total = float(np.abs(step.pulls).sum())
    share = abs(float(step.pulls[point])) / total if total else 0.0
    return f"{number(float(step.pulls[point]))} ({share:.0%} of all)"


LINES_ONLY = "This story is about a straight line. Choose no hidden layers in the settings, under Model."
ONE_LOSS = "The race is about one loss. Choose it below the charts."
RACERS = "The race has optimizers of its own. Choose them below the charts."
USUAL_RATES = "Each optimizer races at its usual rate. Switch that off, below the charts, to use this one."
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
    "All start at the same weights and see the same points. A triangle is the last place on the map of a training that"
    " leaves it for good. “Usual” rates are common choices for each optimizer, not"
    " tuned ones: a race shows how they move, not which is best. Of Keras's optimizers five take no part: LAMB,"
    " Adafactor and Muon scale a step by a whole layer, which would mix trainings that run side by side here; FTRL sets"
    " all weights near 0 before it begins, and schedule-free AdamW begins from a copy of the weights as they were when"
    " it was made: neither starts where the others do."
)
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
RULE_NAMES = {"momentum": "SGD with momentum", "nesterov": "SGD with Nesterov momentum"}
BOUNCING = (
    "Each cell is a run. This loss has no curvature, so theory draws no borders; its gradient never fades, and every"
    " run ends up jumping over the optimum by about learning rate × gradient."
)
PULLS = (
    "A point's pull is the slope of its own loss by the prediction: the gradient is the mean of all pulls. An arrow"
    " shows where its point wants the line to go, its length how strongly; each chart has its own scale. Add an"
    " outlier and compare MSE with MAE: under MAE no point pulls harder than any other."
)
