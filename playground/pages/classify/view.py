"""The parts of the Classify page: its controls, the scores, and the demonstrations in its tabs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiment.view import View, write_link
from playground.losses import LOSSES
from playground.pages.classify.demonstration_figures import growth_replay, recovery_replay, rounding_replay
from playground.pages.classify.demonstrations import (
    CALIBRATED,
    WRONG_LABELS,
    calibration_experiments,
    calibration_study,
    growths,
    recoveries,
    rounding,
)
from playground.pages.classify.figures import decision_replay, reliability_replay
from playground.pages.classify.settings import ClassifySettings
from playground.pages.classify.study import Classified, best_judge, classified
from playground.pages.classify.words import (
    data_words,
    growth_words,
    held_equal,
    recovery_words,
    rounding_words,
    score_rows,
    score_words,
    study_rows,
    study_words,
    weight_words,
)
from playground.sweeps.settings import SweepSettings
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.text.numbers import plain
from playground.ui.controls import choice, seed, slider, switch
from playground.ui.doctor import doctor
from playground.ui.fragments import charts_first
from playground.ui.html import loss_name, prose, section, side_by_side, table, wide
from playground.ui.icons import source_icon
from playground.ui.jobs import check_affordable, computed
from playground.ui.kept_runs import keep_button
from playground.ui.link_notices import Query
from playground.ui.live import show
from playground.ui.session import open_settings
from playground.ui.sweep_controls import sweep_controls
from playground.ui.sweep_results import sweep_results

MOST_BESIDE = 3  # columns of a table that has words at its side


def label_controls(view: View) -> None:
    """Which points, with which labels."""
    st.subheader("1 · Data", anchor=False)
    choice("dataset", view, source_icon, only=[*LABELLED_DISTRIBUTIONS])
    left, right = st.columns(2)
    with left:
        slider("overlap", view)
        slider("positives", view)
    with right:
        slider("points", view)
        slider("label_noise", view)
    switch("standardise", view)
    seed(view)


def link_of(view: View, looked: ClassifySettings) -> Query:
    return {**write_link(view), **looked.write_link(), **open_settings(SweepSettings).write_link()}


def results_of(view: View) -> list[Classified] | None:
    """The classifiers of the view, trained and judged; ``None`` if there are none: the page then says why."""
    experiments = tuple(view.experiments)
    return computed(classified, experiments) if check_affordable(experiments) else None


def maps(results: Sequence[Classified], view: View, looked: ClassifySettings) -> None:
    """Maps or curves with Train and scrub, the scores, and what they say."""
    replay = decision_replay(results, looked.threshold, log=view.log)
    show(replay, key="classify", epoch=view.epoch, link=link_of(view, looked))
    charts_first()
    keep_button(view.experiments, "classify")
    slider("threshold", looked)
    doctor(view, [each.diagnosis for each in results])
    for said in data_words(view.experiment, looked.threshold):
        st.info(said)
    best = best_judge(view.experiment)
    names = [*(loss_name(LOSSES[each.experiment.loss]) for each in results), "best<br>possible"]
    scores = wide(table(["", *names], score_rows(results, best, looked.threshold)))
    words = (
        prose(score_words(results, best, looked.threshold), *weight_words(results)),
        prose(held_equal(), TERMS, small=True),
    )
    sections = [
        section(f"On new points, called 1 above {plain(looked.threshold)}", scores),
        section("What happened", *words),
    ]
    st.html(side_by_side(sections) if len(results) <= MOST_BESIDE else "".join(sections))


def why_cross_entropy(looked: ClassifySettings) -> None:
    """A model that begins surely wrong, under two losses."""
    st.markdown(WHY)
    slider("wrong", looked)
    found = computed(recoveries, looked.wrong)
    if found:
        show(recovery_replay(found), key="recovery", epoch=None, link=None)
        st.html(prose(recovery_words(found), PULL))


def calibration(results: Sequence[Classified], view: View) -> None:
    """Reliability of the trained models, and what wrong labels do to it."""
    best = best_judge(view.experiment)
    st.markdown(CALIBRATION)
    show(reliability_replay(results, best), key="reliability", epoch=None, link=None)
    experiments = calibration_experiments(view.experiment)
    if not check_affordable(experiments):
        return
    study = computed(calibration_study, experiments)
    if study:
        head = ["", *(loss_name(LOSSES[key]) for key in CALIBRATED)]
        asked = {"Calibration error with wrong labels": "error", "Surer than right by": "excess"}
        tables = [
            section(title, wide(table(head, study_rows(study, WRONG_LABELS, each)))) for title, each in asked.items()
        ]
        st.html(side_by_side(tables) + prose(study_words(study, CALIBRATED, WRONG_LABELS)) + prose(STUDY, small=True))


def stability() -> None:
    """The textbook's formula and the stable one in the same training."""
    st.markdown(STABILITY)
    found = computed(rounding)
    if found:
        show(rounding_replay(found), key="rounding", epoch=None, link=None)
        st.html(prose(rounding_words(found)))


def separable() -> None:
    """Weights without bound, and what L2 does about it."""
    st.markdown(SEPARABLE)
    found = computed(growths)
    if found:
        show(growth_replay(found), key="growth", epoch=None, link=None)
        st.html(prose(growth_words(found)))


def sweep(view: View) -> None:
    """Any setting varied over many trainings, with error bands."""
    st.markdown("Everything else is as in the side panel. Every loss is trained under the same seeds.")
    sweep_controls(view)
    sweep_results(view)


TERMS = (
    "Log-loss is the mean cross-entropy; the Brier score the mean squared distance of the probability from the"
    f" label, the very formula of the loss {LOSSES['brier'].label}; AUC how often a point of label 1 is given more"
    " than one of label 0. Precision: of the points called 1, how many are. Recall: of the points that are 1, how many"
    " are called so. Calibration error: how far said probabilities are from what comes. Surer than right: the mean"
    " probability of a model's own answers, less how often they hold; below 0 it is too unsure."
)
WHY = (
    "A model can be **surely wrong**: here it starts by giving label 1 a large logit everywhere. At the points of"
    " label 0 that is a mistake. Press *Train* and watch which loss brings it back."
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
    "Each number is a training of its own, of the model on the left, with that share of wrong labels in the"
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
