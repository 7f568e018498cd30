"""The doctor's panel: what happened in each run, why, and what mends it, tried before it is offered. For every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import streamlit as st

from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.improvement import loss_above_least, steady_error
from playground.diagnosis.remedies import Remedy
from playground.diagnosis.summary import describe_verdict
from playground.diagnosis.trials import Trial, try_remedies
from playground.experiment.names import name
from playground.experiment.view import View
from playground.figures.remedies import is_judged, left_out_words, remedies_replay
from playground.text.numbers import number
from playground.ui.html import table, wide
from playground.ui.jobs import computed
from playground.ui.live import show
from playground.ui.session import set_view

NOTHING_HELPED = (
    "None of the remedies that were tried helped: each left the loss about where it is, or made the model worse on"
    " clean points."
)
OFFER = (
    "Each remedy was trained before it is offered, and only those are shown that helped: the run came nearer to the"
    " least of its own loss, or another loss or model is no worse on clean points."
)
AVERAGED = "The RMSE is the mean over the last tenth of the epochs, since a run that swings ends by chance."


def doctor(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """A panel for each run that is not well. What is serious stands open; the rest waits until it is asked for."""
    for diagnosis in diagnoses:
        if diagnosis.needs_remedy:
            _show_panel(view, diagnosis)


def _show_panel(view: View, diagnosis: Diagnosis) -> None:
    if diagnosis.verdict in (Verdict.DIVERGED, Verdict.STUCK):
        with st.container(border=True):
            _show_case(view, diagnosis)
        return
    experiment = diagnosis.experiment
    title = f"The doctor on {name(experiment)}: {diagnosis.verdict}"
    more = st.expander(title, key=f"doctor_{experiment.loss}", on_change="rerun", icon=":material/stethoscope:")
    if more.open:
        with more:
            _show_case(view, diagnosis)


def _show_case(view: View, diagnosis: Diagnosis) -> None:
    """The verdict with its evidence, and for each remedy that helped a button, a curve and a row."""
    experiment = diagnosis.experiment
    st.markdown(f"**{name(experiment)}: {_describe_verdict(diagnosis)}.** {' '.join(diagnosis.evidence)}")
    trials = computed(try_remedies, experiment)
    if trials is None:
        return
    if not trials:
        st.markdown(NOTHING_HELPED)
        return
    _show_buttons(view, experiment.loss, trials)
    show(remedies_replay(trials), key=f"remedies_{experiment.loss}", epoch=None, link=None)
    judged = is_judged(trials)
    head = ["", "verdict", "own loss", "above its least loss", *(["RMSE on clean points"] if judged else [])]
    st.html(wide(table(head, rows(diagnosis, trials, judged), "answers kinds")))
    st.caption(f"{OFFER} {uncured_words(trials)} {AVERAGED if judged else ''} {left_out_words(trials)}")


def _show_buttons(view: View, loss: str, trials: Sequence[Trial[Diagnosis]]) -> None:
    """A button for each remedy, the likeliest in the colour of what is to be done if it leaves nothing to mend."""
    with st.container(horizontal=True):
        for index, trial in enumerate(trials):
            st.button(
                trial.remedy.label,
                key=f"remedy_{loss}_{trial.remedy.key}",
                on_click=_apply_remedy,
                args=(view, loss, trial.remedy),
                type="secondary" if index or not trial.cures else "primary",
            )


def rows(before: Diagnosis, trials: Sequence[Trial[Diagnosis]], judged: bool) -> list[list[str]]:
    """How the run is now, and how each remedy leaves it: its verdict, its loss, what is left of it, its error."""
    cases = [("now", before), *((trial.remedy.label, trial.after) for trial in trials)]
    described = (_describe_verdict, _describe_course, _describe_left, *([_describe_error] if judged else []))
    return [[label, *(describe(diagnosis) for describe in described)] for label, diagnosis in cases]


def uncured_words(trials: Sequence[Trial[Diagnosis]]) -> str:
    """What is said where no remedy leaves a run that is well."""
    if any(trial.cures for trial in trials):
        return ""
    return "None of them brings the run to rest at its least loss. Apply one, and the doctor looks at the new run."


def _describe_left(diagnosis: Diagnosis) -> str:
    """How far a line ends above the least loss that a line has; a dash of other models and of lost runs."""
    left = loss_above_least(diagnosis.run)
    return "–" if left is None else number(left)


def _describe_error(diagnosis: Diagnosis) -> str:
    error = steady_error(diagnosis.run)
    return number(error) if isfinite(error) else "–"


def _describe_verdict(diagnosis: Diagnosis) -> str:
    return describe_verdict(diagnosis.verdict, diagnosis.diverged_at)


def _describe_course(diagnosis: Diagnosis) -> str:
    """The loss at the first epoch and at the last."""
    loss = diagnosis.run.loss
    return f"{number(float(loss[0]))} → {number(float(loss[-1]))}"


def _apply_remedy(view: View, loss: str, remedy: Remedy) -> None:
    """Change what the remedy changes; another loss takes the place of the ill one among the chosen."""
    changes = dict(remedy.changes)
    other = changes.pop("loss", None)
    if other:
        view = replace(view, losses=tuple(dict.fromkeys(other if key == loss else key for key in view.losses)))
    set_view(view.with_experiment(view.experiment.replace(**changes)))
    st.rerun()
