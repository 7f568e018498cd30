"""Files of the Compare page: a comparison to take along, and one that comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from playground import compute
from playground.diagnosis import Diagnosis
from playground.diagnosis.reproducibility import describe_sensitivity, train_probes
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.experiment.view import View
from playground.export.kept import PAGES, Kept, add
from playground.export.record import (
    MOST_BYTES,
    Results,
    history_csv,
    keras_file,
    keras_file_limits,
    keras_file_refusal,
    predictions_csv,
    read_record,
    write_record,
)
from playground.export.script import notebook, script, unsaid
from playground.export.titles import titles
from playground.run import Run
from playground.text.phrases import count, sentence
from playground.ui.jobs import computed, trained
from playground.ui.kept_runs import kept, put_kept
from playground.ui.navigation import HOMES

MOST_SAID = 5  # runs of a file whose numbers did not come again
_IMPORTED, _FILES = "_imported", "_files_read"


def take_away(view: View, diagnoses: Sequence[Diagnosis], *, elsewhere: bool = False) -> None:
    """Everything as files; and a file back as what it was, which a page that shows no kept runs has ``elsewhere``."""
    st.subheader("Take it with you", anchor=False)
    mine = (
        kept()
        if diagnoses
        else tuple(Kept(experiment=experiment, page=HOMES[view.task]) for experiment in view.experiments)
    )
    if mine and not diagnoses:
        diagnoses = trained(tuple(view.experiments)) or []
    if mine and diagnoses:
        what = "the kept runs" if mine == kept() else f"what the page {PAGES[HOMES[view.task]]} shows"
        st.markdown(f"Of {what}: {count(len(mine), 'run')}. The program needs NumPy and TensorFlow, nothing of ours.")
        _downloads(mine, diagnoses)
    uploaded = f"file_{st.session_state.get(_FILES, 0)}"
    st.file_uploader(
        "Open a file", "json", key=uploaded, on_change=_read_file, args=(uploaded,), help="A JSON file of this page."
    )
    _say_imported(" and went to the page Compare" if elsewhere else "")


def _downloads(mine: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> None:
    experiments = [each.experiment for each in mine]
    reason = unsaid(experiments)
    if reason:
        st.caption(sentence(reason))
    hanging = _hanging(mine, diagnoses)
    offers: list[tuple[str, Callable[[], str], str, str]] = [
        ("JSON", lambda: write_record(mine, diagnoses), "comparison.json", "application/json"),
        ("History as CSV", lambda: history_csv(diagnoses), "history.csv", "text/csv"),
        ("Predictions as CSV", lambda: predictions_csv(diagnoses), "predictions.csv", "text/csv"),
    ]
    if not reason:
        offers[:0] = [
            ("Python program", lambda: script(experiments, sensitive=hanging), "losses.py", "text/x-python"),
            (
                "Notebook",
                lambda: notebook(experiments, sensitive=hanging),
                "losses.ipynb",
                "application/x-ipynb+json",
            ),
        ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, make, file, kind in offers:
            st.download_button(label, make, file, kind, on_click="ignore", key=f"take_{file}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox("Trained model", range(len(mine)), format_func=titles(mine).__getitem__, key="take_which")
        diagnosis = diagnoses[place if place is not None and place < len(mine) else 0]
        refusal = keras_file_refusal(diagnosis.run)
        _download_model(diagnosis.run, refused=bool(refusal))
    for told in [sentence(refusal)] if refusal else keras_file_limits(diagnosis.run.experiment):
        st.caption(told)


def _download_model(run: Run, *, refused: bool) -> None:
    st.download_button(
        "Keras file",
        lambda: _model(run.experiment),
        f"{run.experiment.loss}.keras",
        "application/octet-stream",
        on_click="ignore",
        key="take_model",
        disabled=refused,
    )


def _hanging(mine: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> list[str]:
    """What of each run is sensitive to rounding, which the page says; empty where it was not tried."""
    ends = computed(train_probes, tuple(each.experiment for each in mine)) or []
    hanging = [describe_sensitivity(diagnosis.run, end) for diagnosis, end in zip(diagnoses, ends, strict=False)]
    told = [sentence(f"{title}: {said}") for title, said in zip(titles(mine), hanging, strict=False) if said]
    if told:
        verb = "hangs" if len(told) == 1 else "hang"
        st.info(f"Of {count(len(mine), 'run')}, {len(told):,} {verb} on rounding: {HANGING}\n\n{_listed(told)}")
    return hanging


HANGING = (
    "small differences grow in training, so the program, another computer or another version of TensorFlow may"
    " come to other numbers than this page. A smaller learning rate is often steady."
)


def _model(experiment: Experiment) -> bytes:
    """The trained model. This runs when the button is pressed, beside the page."""
    return compute.call(compute.Call(keras_file, (experiment,), ()), lambda share: None).value


def _read_file(key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    state = st.session_state
    state[_FILES] = state.get(_FILES, 0) + 1  # an uploader of another key is empty again
    try:
        record = read_record(file.getvalue() if file.size <= MOST_BYTES else b" " * (MOST_BYTES + 1))
    except ValueError as error:
        state[_IMPORTED] = str(error)
    else:
        put_kept(add(kept(), record.kept))
        state[_IMPORTED] = record


def _say_imported(where: str) -> None:
    """What a file brought: a message, or whether its numbers came again."""
    said = st.session_state.get(_IMPORTED)
    if said is None:
        return
    if isinstance(said, str):
        st.error(sentence(said), icon=":material/error:")
        return
    told = [(each, results) for each, results in zip(said.kept, said.results, strict=True) if results]
    again = trained(tuple(each.experiment for each, _ in told)) if told else []
    if again is None:
        return
    places = [place for place, results in enumerate(said.results, 1) if results]
    apart = [
        f"Run {place} of the file, {name(each.experiment)}: {difference}"
        for place, (each, results), diagnosis in zip(places, told, again, strict=True)
        if (difference := results.describe_differences(Results.of(diagnosis)))
    ]
    came = f"{count(len(said.kept), 'run')} came from the file{where}."
    if apart:
        st.warning(f"{came} Trained again, {_are(len(apart))} to other numbers than the file says:\n\n{_listed(apart)}")
    else:
        st.success(f"{came} Trained again, all came to the numbers that the file says.")


def _are(runs: int) -> str:
    return "one of them came" if runs == 1 else f"{runs:,} of them came"


def _listed(lines: Sequence[str]) -> str:
    """The first few as a list in Markdown."""
    more = [f"and {len(lines) - MOST_SAID:,} more"] if len(lines) > MOST_SAID else []
    return "\n".join(f"- {line}" for line in [*lines[:MOST_SAID], *more])
