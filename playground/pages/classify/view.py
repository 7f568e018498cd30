"""The parts of the Classify page: its controls, the scores, and the demonstrations in its tabs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.classify.demonstration_figures import growth_replay, recovery_replay, rounding_replay
from playground.pages.classify.demonstrations import (
    CALIBRATED,
    WRONG_LABELS,
    calibration_experiments,
    calibration_study,
    train_growths,
    train_recoveries,
    train_rounding,
)
from playground.pages.classify.figures import decision_replay, reliability_replay
from playground.pages.classify.settings import ClassifySettings
from playground.pages.classify.study import Classified, best_judge, train_classifiers
from playground.pages.classify.words import (
    CALIBRATION,
    PULL,
    SEPARABLE,
    STABILITY,
    STUDY,
    TERMS,
    WHY,
    chance_words,
    conditions_words,
    data_words,
    growth_words,
    recovery_words,
    rounding_words,
    score_rows,
    score_words,
    study_rows,
    study_words,
    weight_words,
)
from playground.sweeps.settings import SweepSettings
from playground.text.numbers import plain
from playground.ui.controls import slider
from playground.ui.doctor import doctor
from playground.ui.fragments import charts_first
from playground.ui.html import loss_name, prose, section, side_by_side, table, wide
from playground.ui.jobs import check_affordable, computed
from playground.ui.kept_runs import keep_button
from playground.ui.live import show
from playground.ui.luck_results import luck_results
from playground.ui.session import open_settings
from playground.ui.sweep_controls import sweep_controls
from playground.ui.sweep_results import sweep_results

MOST_BESIDE = 3  # columns of a table that has words at its side


def train_chosen(view: View) -> list[Classified] | None:
    """The classifiers of the view, trained and judged; ``None`` if there are none: the page then says why."""
    experiments = tuple(view.experiments)
    return computed(train_classifiers, experiments) if check_affordable(experiments) else None


def maps(results: Sequence[Classified], view: View, settings: ClassifySettings) -> None:
    """Maps or curves with Train and scrub, the scores, and what they say."""
    replay = decision_replay(results, settings.threshold, log=view.log)
    show(replay, key="classify", epoch=view.epoch, keeps_epoch=True)
    charts_first()
    keep_button(view.experiments, "classify")
    slider("threshold", settings)
    doctor(view, [each.diagnosis for each in results])
    for sentence in data_words(view.experiment, settings.threshold):
        st.info(sentence)
    best = best_judge(view.experiment)
    names = [*(loss_name(LOSSES[each.experiment.loss]) for each in results), "best<br>possible"]
    scores = wide(table(["", *names], score_rows(results, best, settings.threshold)))
    words = (
        prose(score_words(results, best, settings.threshold), *weight_words(results)),
        prose(conditions_words(), TERMS, small=True),
    )
    sections = [
        section(f"On new points, called 1 above {plain(settings.threshold)}", scores),
        section("What happened", *words),
    ]
    st.html(side_by_side(sections) if len(results) <= MOST_BESIDE else "".join(sections))


def why_cross_entropy(settings: ClassifySettings) -> None:
    """A model that begins surely wrong, under two losses."""
    st.markdown(WHY)
    slider("wrong", settings)
    found = computed(train_recoveries, settings.wrong)
    if found:
        show(recovery_replay(found), key="recovery", epoch=None)
        st.html(prose(recovery_words(found), PULL))


def calibration(results: Sequence[Classified], view: View) -> None:
    """Reliability of the trained models, and what wrong labels do to it."""
    best = best_judge(view.experiment)
    st.markdown(CALIBRATION)
    show(reliability_replay(results, best), key="reliability", epoch=None)
    experiments = calibration_experiments(view.experiment)
    if not check_affordable(experiments):
        return
    study = computed(calibration_study, experiments)
    if study:
        head = ["", *(loss_name(LOSSES[key]) for key in CALIBRATED)]
        quantities = {"Calibration error with wrong labels": "error", "Surer than right by": "excess"}
        tables = [
            section(title, wide(table(head, study_rows(study, WRONG_LABELS, each))))
            for title, each in quantities.items()
        ]
        st.html(
            side_by_side(tables)
            + prose(study_words(study, CALIBRATED, WRONG_LABELS), chance_words(best))
            + prose(STUDY, small=True)
        )


def stability() -> None:
    """The textbook's formula and the stable one in the same training."""
    st.markdown(STABILITY)
    found = computed(train_rounding)
    if found:
        show(rounding_replay(found), key="rounding", epoch=None)
        st.html(prose(rounding_words(found)))


def separable() -> None:
    """Weights without bound, and what L2 does about it."""
    st.markdown(SEPARABLE)
    found = computed(train_growths)
    if found:
        show(growth_replay(found), key="growth", epoch=None)
        st.html(prose(growth_words(found)))


def sweep(view: View) -> None:
    """Any setting varied over many trainings, with error bands."""
    st.markdown("Everything else is as in the settings. Every loss is trained under the same seeds.")
    sweep_controls(view)
    if open_settings(SweepSettings).varied:
        sweep_results(view)
    else:
        luck_results(view)
