"""The numbers of several classifiers side by side, and what they say, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from playground.data import make_data
from playground.data.labelled import TEST_LABELLED
from playground.diagnosis import Verdict
from playground.diagnosis.classifier import ClassifierScores
from playground.diagnosis.metrics import constant_log_loss
from playground.diagnosis.summary import CLOSE, describe_unfinished, describe_verdict
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.losses import LOSSES
from playground.pages.classify.demonstrations import ROUNDED_FROM, Growth, Recovery, Rounding, Study
from playground.pages.classify.study import Classified
from playground.text.numbers import number, plain, write_apart
from playground.text.phrases import count, listed, per_cent

NOTHING = "–"
LEARNED = 0.98  # of the log-loss of the best constant: what is not below it has learned nothing
MOST_RIGHT = 0.5  # the threshold at which true probabilities are right most often

Question = tuple[str, Callable[[ClassifierScores], float | None], Callable[[float], str]]


def score_rows(results: Sequence[Classified], best: ClassifierScores, threshold: float) -> list[list[str]]:
    """Each row: the question, then the answer of each classifier and of the best possible one."""
    judges = [*(each.judge for each in results), best]
    questions = _list_questions(threshold)
    rows = [[question, *(_answer_or_dash(ask(judge), words) for judge in judges)] for question, ask, words in questions]
    own = [number(float(each.diagnosis.run.loss[-1])) if _has_trained(each) else NOTHING for each in results]
    verdicts = [describe_verdict(each.diagnosis.verdict, each.diagnosis.diverged_at) for each in results]
    return [*rows, ["own loss at the end", *own, NOTHING], ["verdict", *verdicts, NOTHING]]


def _list_questions(threshold: float) -> list[Question]:
    return [
        ("accuracy", lambda judge: judge.accuracy(threshold), per_cent),
        ("log-loss", lambda judge: judge.log_loss, number),
        ("Brier score", lambda judge: judge.brier, number),
        ("AUC", lambda judge: judge.auc, number),
        ("precision", lambda judge: judge.precision(threshold), per_cent),
        ("recall", lambda judge: judge.recall(threshold), per_cent),
        ("calibration error", lambda judge: judge.reliability.error if judge.reliability else None, number),
        ("surer than right by", lambda judge: judge.overconfidence, number),
    ]


def _answer_or_dash(value: float | None, words: Callable[[float], str] = number) -> str:
    return NOTHING if value is None else words(value)


def _has_trained(result: Classified) -> bool:
    return result.diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)


def score_words(results: Sequence[Classified], best: ClassifierScores, threshold: float) -> str:
    """Who is right how often, who is best by log-loss, and what is possible."""
    known = [(each, each.judge.accuracy(threshold)) for each in results if not each.judge.has_infinite_logits]
    if not known:
        return "No model has an answer: all diverged (NaN or infinity). Choose a smaller learning rate."
    shares = [f"{name(each.experiment)} on {per_cent(right)}" for each, right in known if right is not None]
    epochs = count(results[0].diagnosis.run.epochs, "epoch")
    first = f"After {epochs} the models are right on points they have not seen: {listed(shares)}."
    trained = [each for each, _ in known if _has_trained(each)]
    parts = [
        first,
        _bound_words(best, threshold),
        _log_loss_words(trained, best),
        describe_unfinished([each.diagnosis for each, _ in known]),
    ]
    return " ".join(part for part in parts if part)


def _bound_words(best: ClassifierScores, threshold: float) -> str:
    """How often the law itself is right. Only at 0.5 is that a bound: elsewhere, true probabilities are cut wrongly."""
    top = best.accuracy(MOST_RIGHT) or 0.0
    if threshold == MOST_RIGHT:
        return f"The best possible model is right on {per_cent(top)}."
    here = best.accuracy(threshold) or 0.0
    return (
        f"The best possible model calls 1 what is more likely 1 than 0, above {plain(MOST_RIGHT)}, and is right on"
        f" {per_cent(top)}. Cut at {plain(threshold)} as the models here, its probabilities are right on"
        f" {per_cent(here)}: another threshold makes fewer mistakes of one kind, more of the other, and a model may"
        " come out ahead."
    )


def _log_loss_words(results: Sequence[Classified], best: ClassifierScores) -> str:
    """Which of those that did not diverge has the least: none of one, none that learned nothing, none of equals."""
    constant = constant_log_loss(best.y)
    ranked = sorted((each.judge.log_loss, name(each.experiment)) for each in results if each.judge.log_loss is not None)
    if not ranked or best.log_loss is None or not constant:
        return ""
    bounds = f"{number(best.log_loss)} is possible, and one probability for all points costs {number(constant)}"
    least, winner = ranked[0]
    if least > LEARNED * constant:
        none = "the model is no" if len(ranked) == 1 else "no model is"
        return (
            f"By log-loss {none} better than one probability for all points: the least is"
            f" {number(least)}, where {bounds}."
        )
    if len(ranked) == 1:
        return f"The log-loss of {winner} is {number(least)}, where {bounds}."
    equal = [(value, label) for value, label in ranked if value <= least * (1 + CLOSE)]
    if len(equal) > 1:
        names = listed([label for _, label in equal])
        return (
            f"By log-loss, which asks for honest probabilities, {names} are within {CLOSE:.0%} of each other:"
            f" {number(least)} to {number(equal[-1][0])}, where {bounds}."
        )
    return (
        f"By log-loss, which asks for honest probabilities, {winner} is best: {number(least)}, against"
        f" {number(ranked[1][0])} for {ranked[1][1]}, where {bounds}."
    )


def conditions_words() -> str:
    """On what all classifiers are judged."""
    return (
        f"Judged on {TEST_LABELLED:,} points that no model has seen, drawn from the same law, wrong labels included."
        " “Best possible” is the model that knows the law itself (Bayes), on the same points: but by chance, nobody"
        f" beats its log-loss, its Brier score, its AUC, or its accuracy at a threshold of {plain(MOST_RIGHT)}. A loss"
        " that is no cross-entropy gives no probability by itself; its answer z is read as one all the same,"
        " 1 / (1 + e⁻ᶻ)."
    )


def weight_words(results: Sequence[Classified]) -> list[str]:
    """What a class weight and smoothed labels count in, and what they do not; nothing where there are none."""
    return [
        f"{name(each.experiment)}: its class weight and its smoothed labels count in every training step and in the"
        " training loss, which is the curve and the row “own loss at the end”: there a point of label 1 counts"
        f" {plain(each.experiment.class_weight)} times, and the sum is divided by the number of points, as Keras does"
        " it. They do not count on new points: in all other rows each point counts once, with its plain label."
        for each in results
        if "class_weight" in each.experiment.parameters
    ]


def data_words(experiment: Experiment, threshold: float) -> list[str]:
    """What is odd about the data or the threshold, and what follows from it."""
    labels = make_data(experiment).y_train[:, 0]
    few = f"{len(labels)} points are hardly a law: another seed gives another map." if len(labels) < 10 else ""
    sentences = [
        _one_label_words(labels),
        _wrong_label_words(experiment),
        few,
        _threshold_words(threshold),
    ]
    return [sentence for sentence in sentences if sentence]


def _one_label_words(labels: np.ndarray) -> str:
    if len(set(labels)) > 1:
        return ""
    return (
        f"All {len(labels)} training points have label {labels[0]:.0f}: there is nothing to tell apart, and the models"
        " learn to say that label everywhere. What needs both labels has no answer in the table (–)."
    )


def _wrong_label_words(experiment: Experiment) -> str:
    share = experiment.label_noise
    if share == 1:
        return "Every label is wrong: the models learn the opposite of the law, as well as they would learn the law."
    if share == 0.5:
        return "Half of the labels are wrong, so that a label says nothing: the best answer is 0.5 everywhere."
    if share > 0.5:
        return "More labels are wrong than right: the best answer is the opposite of the law."
    return ""


def _threshold_words(threshold: float) -> str:
    if threshold == 0:
        return "At a threshold of 0 every point is called 1: recall is complete, and precision is the share of label 1."
    if threshold == 1:
        return "At a threshold of 1 no point is called 1: recall is 0, and precision has no answer."
    return ""


def accuracy_words(right: float | None) -> str:
    """How often a model is right on points it has not seen; ``None``: it diverged."""
    if right is None:
        return "it diverged (NaN or infinity); its last finite answers are shown."
    return f"right on {right:.1%} of points it has not seen."


def recovery_words(recoveries: Sequence[Recovery]) -> str:
    """How long each loss takes to change a sure and wrong mind."""
    first = [f"{name(each.run.experiment)} {_effort_words(each)}" for each in recoveries]
    weak, strong = sorted(float(each.slope[0]) for each in recoveries)
    start = float(recoveries[0].probabilities[0])
    undecided = " They are undecided, not wrong." if start == MOST_RIGHT else ""
    return (
        f"At the start both models say {write_apart(start, 1.0)[0]} where 0 is right.{undecided} {listed(first)}."
        f" Before the first step the squared error of probabilities pulls with {number(weak)}, cross-entropy with"
        f" {number(strong)}: {number(strong / weak)} times as hard."
    )


def turn_words(recovery: Recovery) -> str:
    """From when on a model that began wrong is right."""
    if recovery.turned is None:
        return f"is still wrong after {recovery.run.epochs:,} epochs"
    return f"is right from epoch {recovery.turned:,} on"


def _effort_words(recovery: Recovery) -> str:
    if recovery.turned is None:
        return turn_words(recovery)
    if recovery.turned == 0:
        return "was not wrong at the start"
    if float(recovery.probabilities[0]) == MOST_RIGHT:
        return f"needs {count(recovery.turned, 'epoch')} to decide"
    return f"needs {count(recovery.turned, 'epoch')} to change its mind"


def rounding_words(found: Rounding) -> str:
    """At which epoch the naive formula failed, and why."""
    stable = number(float(found.stable.run.loss[-1]))
    if found.failed is None:
        return f"Here the naive formula held for all epochs; the stable one ends at {stable}."
    return (
        f"At epoch {found.failed:,} the naive formula's loss is not a number, and the model with it. The surest point's"
        f" logit had reached {number(found.surest, 4)}. From {number(float(ROUNDED_FROM), 4)} on, 32 bits round its"
        " probability to 1, and (1 − y) log(1 − p) is 0 times infinity. From the logit, the same training goes on to"
        f" epoch {found.stable.run.epochs:,}, with a loss of {stable}."
    )


def penalty_words(growth: Growth) -> str:
    """The penalty under which a slope grew."""
    l2 = growth.run.experiment.l2
    return f"L2 penalty {plain(l2)}" if l2 else "no penalty"


def growth_words(growths: Sequence[Growth]) -> str:
    """How the slope grows without a penalty, and where each penalty stops it."""
    free, *held = growths
    moments = [epochs for epochs in (50, 500, 5000) if epochs <= free.run.epochs]
    sizes = [number(float(free.slope[np.searchsorted(free.frames, epoch)])) for epoch in moments]
    grown = listed([f"{size} after {epoch:,} epochs" for size, epoch in zip(sizes, moments, strict=True)])
    stops = listed([f"{number(float(each.slope[-1]))} with {plain(each.run.experiment.l2)}" for each in held])
    return (
        f"Without a penalty the slope is {grown}. It never settles: as long as every point is on its right side, a"
        " steeper slope costs a little less, at any steepness. An L2 penalty makes steepness cost something, and the"
        f" slope comes to rest: {stops}."
    )


def study_rows(study: Study, shares: Sequence[float], quantity: str) -> list[list[str]]:
    """``error`` or ``excess`` as a table: a row for each share of wrong labels, a column for each loss."""
    answers = [[_answer_or_dash(None if each is None else getattr(each, quantity)) for each in row] for row in study]
    return [
        [f"{share:.0%} wrong labels", *cells] for share, cells in zip(shares, zip(*answers, strict=True), strict=True)
    ]


def study_words(study: Study, losses: Sequence[str], shares: Sequence[float]) -> str:
    """From the fewest wrong labels to the most: what becomes of each loss's calibration, and which way it errs."""
    ends = [(LOSSES[key].label, row[0], row[-1]) for key, row in zip(losses, study, strict=True)]
    known = [(label, first, last) for label, first, last in ends if first and last]
    if not known:
        return ""
    errors = [f"{label} goes from {number(first.error)} to {number(last.error)}" for label, first, last in known]
    few = listed([f"{label} is {_excess_words(first.excess)}" for label, first, _ in known])
    many = listed([f"{label} is {_excess_words(last.excess)}" for label, _, last in known])
    return (
        f"From {shares[0]:.0%} to {shares[-1]:.0%} wrong labels, {listed(errors)}. With {shares[0]:.0%}, {few}; with"
        f" {shares[-1]:.0%}, {many}."
    )


def chance_words(best: ClassifierScores) -> str:
    """How large a calibration error is by chance: that of the model that knows the law; empty if it has none."""
    if best.reliability is None:
        return ""
    return (
        "Small numbers are chance. On the points of the chart the best possible model, whose probabilities are true,"
        f" has a calibration error of {number(best.reliability.error)}."
    )


def _excess_words(excess: float) -> str:
    """Which way a model is off: a small calibration error may lie on either."""
    return f"{'surer' if excess > 0 else 'less sure'} than right by {number(abs(excess))}"


TERMS = (
    "Log-loss is the mean cross-entropy; the Brier score the mean squared distance of the probability from the"
    f" label, the very formula of the loss {LOSSES['brier'].label}; AUC how often a point of label 1 is given more"
    " than one of label 0. Precision: of the points called 1, how many are. Recall: of the points that are 1, how many"
    " are called so. Calibration error: how far said probabilities are from what comes. Surer than right: the mean"
    " probability of a model's own answers, less how often they hold; below 0 it is too unsure."
)
WHY = (
    "A model answers with a **logit** z, any number, and gives label 1 the probability 1 / (1 + e⁻ᶻ): a logit of 0 is a"
    " probability of 0.5, one of 6 is 0.998. It can be **surely wrong**: here it starts with a large logit everywhere."
    " At the points of label 0 that is a mistake. Press *Train* and watch which loss brings it back."
)
PULL = (
    "By the logit z, cross-entropy's slope at a point of label 0 is p itself: the surer the mistake, the harder"
    " it pulls. The squared error of the probability has the slope 2p · p(1 − p): where p is nearly 1, the factor"
    " p(1 − p) is nearly 0, and the surest mistakes are not heard. Both trainings share the points, the first"
    " weights and the steps."
)
CALIBRATION = (
    "A model is **calibrated** if of all points to which it gives 0.8, eight in ten are of label 1. On the grey"
    " line it is as sure as it is right; below the line (on the right half) it is too sure. Larger dots hold more"
    " points."
)
STUDY = (
    "Each number is a training of its own, of the model in the settings, with that share of wrong labels in the"
    " training points and in those it is judged on. Where labels are wrong, nobody can be sure; a model with"
    " enough units and epochs to learn wrong labels by heart stays sure all the same. Focal loss looks away from"
    " what is nearly right: as a rule, its models are less sure than those of cross-entropy. The error alone does not"
    " say on which side it lies: a model that is surer than right by less than 0 says less than it knows."
)
STABILITY = (
    "The textbook writes cross-entropy with the probability: −(y log p + (1 − y) log(1 − p)). Keras computes the"
    " same from the logit z, without ever rounding p. Two real trainings, equal in all but this formula:"
)
SEPARABLE = (
    "Where a straight border leaves no point on the wrong side, the data are **separable**. Then cross-entropy"
    " has no best slope: here are two groups far apart, and a logistic regression that trains for 5,000 epochs."
)
