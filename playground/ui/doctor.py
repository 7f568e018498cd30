"""The doctor's panel: what happened in each run, why, and what mends it, tried before it is offered. For every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import streamlit as st

from playground.diagnosis import Diagnosis, Verdict, train_and_diagnose
from playground.diagnosis.fit import FitFinding, Misfit, has_withstood, judge_fits, measure_fits
from playground.diagnosis.fit_words import describe_fits, describe_wrong_labels
from playground.diagnosis.improvement import loss_above_least, steady_error
from playground.diagnosis.summary import describe_verdict
from playground.diagnosis.trials import Trial, try_remedies
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.experiment.view import View
from playground.figures.pull import pull_replay
from playground.figures.remedies import is_judged, left_out_words, remedies_replay
from playground.text.numbers import number
from playground.ui.html import table, wide
from playground.ui.jobs import computed
from playground.ui.link_bar import offer_undo
from playground.ui.live import show
from playground.ui.looks import expander
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
PULLS = "How hard each point pulls, loss by loss"
HOW_TO_READ_PULLS = (
    "The slope of a loss says how hard a point pulls at the line. A point to the right lies below the line, one to the"
    " left above it. Each chart has a scale of its own, as each loss has its own unit."
)
HOW_TO_READ_LABELS = (
    "The slope of a loss says how hard a point pulls at the border. Points to the right of 0 are on the wrong side of"
    " it. Each chart has a scale of its own, as each loss has its own unit."
)
COMPANION = "huber"
ADD = "Add {loss}: on these points it comes as near as {distance}"
CASE = "{loss}: {verdict}"
APPLIED = "Applied: {remedy}. Before, {before}. Now, {loss}: {now}."
_APPLIED = "_applied_remedy"


@dataclass(frozen=True)
class Applied:
    """A remedy that was pressed: its ``label``, how the run was ``before``, and the experiment ``after`` it."""

    label: str
    before: str
    loss: str
    after: Experiment


def doctor(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """What the fits say of the losses, and a panel for each run that is not well.

    What is serious stands open; the rest waits until it is asked for.
    """
    with st.container(key="doctor"):
        _say_what_was_applied(view, diagnoses)
        _judge_fits(view, diagnoses)
        for diagnosis in diagnoses:
            if diagnosis.needs_remedy:
                _show_panel(view, diagnosis)


def _judge_fits(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """Why a loss fitted badly, in words, and in a fold how hard each point pulls under each loss."""
    findings, fits = judge_fits(diagnoses), measure_fits(diagnoses)
    said = [*describe_fits(findings), describe_wrong_labels(fits)]
    if any(said):
        st.info("  \n".join(filter(None, said)), icon=":material/stethoscope:")
    _offer_companion(view, findings)
    if not fits:
        return
    more = expander(PULLS, key="doctor_pulls", icon=":material/query_stats:")
    if more.open:
        with more:
            show(pull_replay(fits), key="doctor_pulls_chart", epoch=None)
            st.caption(HOW_TO_READ_LABELS if fits[0].is_classifier else HOW_TO_READ_PULLS)


def _offer_companion(view: View, findings: Sequence[FitFinding]) -> None:
    """A button that adds Huber where no chosen loss withstands the points far off, if it does when it is trained."""
    alone = [finding.fit for finding in findings if finding.misfit is Misfit.FAR_POINTS and not finding.better]
    if not alone or COMPANION in view.losses or alone[0].is_classifier:
        return
    trained = computed(train_and_diagnose, (alone[0].experiment.replace(loss=COMPANION),))
    if not trained or not has_withstood(trained[0], alone[0]):
        return
    label = ADD.format(loss=name(trained[0].experiment), distance=number(trained[0].rmse))
    st.button(label, key="add_companion", on_click=_add_companion, args=(view,), icon=":material/add:")


def _add_companion(view: View) -> None:
    set_view(replace(view, losses=(*view.losses, COMPANION)))
    st.rerun()


def _say_what_was_applied(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """In the place of a panel that a remedy has emptied: what was changed, and what became of the run."""
    applied = st.session_state.get(_APPLIED)
    if applied is None or applied.after != view.experiment:
        return
    now = next((each for each in diagnoses if each.experiment.loss == applied.loss), None)
    if now is not None:
        text = APPLIED.format(
            remedy=applied.label, before=applied.before, loss=name(now.experiment), now=_describe_verdict(now)
        )
        st.success(text, icon=":material/healing:")
        offer_undo()


def _show_panel(view: View, diagnosis: Diagnosis) -> None:
    if diagnosis.verdict in (Verdict.DIVERGED, Verdict.STUCK):
        with st.container(border=True):
            _show_case(view, diagnosis)
        return
    experiment = diagnosis.experiment
    title = f"The doctor on {name(experiment)}: {diagnosis.verdict}"
    more = expander(title, key=f"doctor_{experiment.loss}", icon=":material/stethoscope:")
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
    _show_buttons(view, trials)
    show(remedies_replay(trials), key=f"remedies_{experiment.loss}", epoch=None)
    judged = is_judged(trials)
    head = ["", "verdict", "own loss", "above its least loss", *(["RMSE on clean points"] if judged else [])]
    st.html(wide(table(head, rows(diagnosis, trials, judged), "answers kinds")))
    st.caption(f"{OFFER} {uncured_words(trials)} {AVERAGED if judged else ''} {left_out_words(trials)}")


def _show_buttons(view: View, trials: Sequence[Trial[Diagnosis]]) -> None:
    """A button for each remedy, the likeliest in the colour of what is to be done if it leaves nothing to mend."""
    with st.container(horizontal=True):
        for index, trial in enumerate(trials):
            st.button(
                trial.remedy.label,
                key=f"remedy_{trial.before.experiment.loss}_{trial.remedy.key}",
                on_click=_apply_remedy,
                args=(view, trial),
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


def _apply_remedy(view: View, trial: Trial[Diagnosis]) -> None:
    """Change what the remedy changes; another loss takes the place of the ill one among the chosen."""
    changes, loss = dict(trial.remedy.changes), trial.before.experiment.loss
    other = changes.pop("loss", None)
    if other:
        view = replace(view, losses=tuple(dict.fromkeys(other if key == loss else key for key in view.losses)))
    after = view.with_experiment(view.experiment.replace(**changes))
    set_view(after)
    before = describe_case(trial.before)
    st.session_state[_APPLIED] = Applied(trial.remedy.label, before, other or loss, after.experiment)
    st.rerun()


def describe_case(diagnosis: Diagnosis) -> str:
    """A run's loss and its verdict, as "MSE diverged at epoch 14"."""
    return CASE.format(loss=name(diagnosis.experiment), verdict=_describe_verdict(diagnosis))
