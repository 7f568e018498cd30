"""Files of the Compare page: a comparison to take along, and one that comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from playground import compute
from playground.diagnosis import Diagnosis
from playground.diagnosis.reproducibility import describe_sensitivity, train_probes
from playground.experiment.names import name
from playground.experiment.view import View
from playground.export.kept import PAGES, Kept, add
from playground.export.record import (
    MOST_BYTES,
    Record,
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

MOST_LISTED = 5  # runs of a file whose numbers did not come again
_IMPORTED, _FILES = "_imported", "_files_read"


def take_away(view: View, diagnoses: Sequence[Diagnosis], *, elsewhere: bool = False) -> None:
    """Everything as files; and a file back as what it was, which a page that shows no kept runs has ``elsewhere``."""
    st.header("Take it with you", anchor=False)
    home = HOMES[view.task]
    runs = kept() if diagnoses else tuple(Kept(experiment=each, page=home) for each in view.experiments)
    if runs and not diagnoses:
        diagnoses = trained(tuple(view.experiments)) or []
    if runs and diagnoses:
        what = "the kept runs" if runs == kept() else f"what the page {PAGES[home]} shows"
        st.markdown(f"Of {what}: {count(len(runs), 'run')}. The program needs NumPy and TensorFlow, nothing of ours.")
        _offer_files(runs, diagnoses)
    uploaded = f"file_{st.session_state.get(_FILES, 0)}"
    st.file_uploader(
        "Open a file", "json", key=uploaded, on_change=_read_file, args=(uploaded,), help="A JSON file of this page."
    )
    _show_imported(" and went to the page Compare" if elsewhere else "")


def _offer_files(runs: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> None:
    experiments = [each.experiment for each in runs]
    reason = unsaid(experiments)
    if reason:
        st.caption(sentence(reason))
    sensitive = _describe_sensitive_runs(runs, diagnoses)
    offers: list[tuple[str, Callable[[], str], str, str]] = [
        ("JSON", lambda: write_record(runs, diagnoses), "comparison.json", "application/json"),
        ("History as CSV", lambda: history_csv(diagnoses), "history.csv", "text/csv"),
        ("Predictions as CSV", lambda: predictions_csv(diagnoses), "predictions.csv", "text/csv"),
    ]
    if not reason:
        offers[:0] = [
            ("Python program", lambda: script(experiments, sensitive=sensitive), "losses.py", "text/x-python"),
            (
                "Notebook",
                lambda: notebook(experiments, sensitive=sensitive),
                "losses.ipynb",
                "application/x-ipynb+json",
            ),
        ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, make, file, kind in offers:
            st.download_button(label, make, file, kind, on_click="ignore", key=f"take_{file}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox("Trained model", range(len(runs)), format_func=titles(runs).__getitem__, key="take_which")
        diagnosis = diagnoses[place if place is not None and place < len(runs) else 0]
        refusal = keras_file_refusal(diagnosis.run)
        _offer_model(diagnosis.run, refused=bool(refusal))
    for note in [sentence(refusal)] if refusal else keras_file_limits(diagnosis.run.experiment):
        st.caption(note)


def _offer_model(run: Run, *, refused: bool) -> None:
    job = compute.Call(keras_file, (run.experiment,), ())
    st.download_button(
        "Keras file",
        lambda: compute.call(job, lambda share: None).value,  # runs when the button is pressed, beside the page
        f"{run.experiment.loss}.keras",
        "application/octet-stream",
        on_click="ignore",
        key="take_model",
        disabled=refused,
    )


def _describe_sensitive_runs(runs: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> list[str]:
    """What of each run is sensitive to rounding, which the page says; empty where it was not tried."""
    ends = computed(train_probes, tuple(each.experiment for each in runs)) or []
    effects = [describe_sensitivity(diagnosis.run, end) for diagnosis, end in zip(diagnoses, ends, strict=False)]
    lines = [sentence(f"{title}: {effect}") for title, effect in zip(titles(runs), effects, strict=False) if effect]
    if lines:
        verb = "hangs" if len(lines) == 1 else "hang"
        st.info(f"Of {count(len(runs), 'run')}, {len(lines):,} {verb} on rounding: {SENSITIVE}\n\n{_list_first(lines)}")
    return effects


SENSITIVE = (
    "small differences grow in training, so the program, another computer or another version of TensorFlow may"
    " come to other numbers than this page. A smaller learning rate is often steady."
)


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


def _show_imported(where: str) -> None:
    """What a file brought: why it could not be read, or whether training gave its numbers again."""
    record = st.session_state.get(_IMPORTED)
    if record is None:
        return
    if isinstance(record, str):
        st.error(sentence(record), icon=":material/error:")
        return
    differences = _find_differences(record)
    if differences is None:
        return
    came = f"{count(len(record.kept), 'run')} came from the file{where}."
    if differences:
        runs = "one of them came" if len(differences) == 1 else f"{len(differences):,} of them came"
        st.warning(f"{came} Trained again, {runs} to other numbers than the file says:\n\n{_list_first(differences)}")
    else:
        st.success(f"{came} Trained again, all came to the numbers that the file says.")


def _find_differences(record: Record) -> list[str] | None:
    """Where the runs of a file, trained again, come to other numbers; ``None`` if they could not be trained."""
    places = [place for place, results in enumerate(record.results) if results]
    experiments = tuple(record.kept[place].experiment for place in places)
    diagnoses = trained(experiments) if experiments else []
    if diagnoses is None:
        return None
    return [
        f"Run {place + 1} of the file, {name(diagnosis.experiment)}: {difference}"
        for place, diagnosis in zip(places, diagnoses, strict=True)
        if (results := record.results[place]) and (difference := results.describe_differences(Results.of(diagnosis)))
    ]


def _list_first(lines: Sequence[str]) -> str:
    """The first few as a list in Markdown."""
    more = [f"and {len(lines) - MOST_LISTED:,} more"] if len(lines) > MOST_LISTED else []
    return "\n".join(f"- {line}" for line in [*lines[:MOST_LISTED], *more])
