"""The parts of the Compare page: what is kept, the sweep, and what can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from playground import compute
from playground.compare.comparison import Comparing, overlay, title
from playground.compare.comparison import table as rows_of
from playground.compare.export import (
    MOST_BYTES,
    Results,
    history_csv,
    keras_file,
    predictions_csv,
    read_record,
    write_record,
)
from playground.compare.kept import LONGEST_NAME, PAGES, Kept, add, fitting
from playground.compare.script import notebook, script, unsaid
from playground.compare.sweep_figures import point_of, sweep_replay
from playground.compare.sweep_words import lost_words, map_summary, summary, table_rows
from playground.compare.sweeping import AT_ONCE, NONE, Sweeping, is_log, offered, plan, usual_range, work_of
from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.figures import Replay
from playground.link import View, write_link
from playground.losses import LOSSES
from playground.queries import write_settings
from playground.sweeps import (
    JUDGES,
    TRAININGS_AT_ONCE,
    Axis,
    Sweep,
    Swept,
    judges_of,
    parts,
    sweepable,
    swept_part,
    together,
)
from playground.ui.controls import choice, slider, switch, typed
from playground.ui.engine import computed_in_parts, trained
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.keep import kept, kept_notices, put_kept
from playground.ui.live import Click, show
from playground.ui.session import (
    HOMES,
    change_settings,
    open_on,
    open_settings,
    settings_key,
    settings_notices,
    take_notices,
)
from playground.words import count, name, plain, sentence

_IMPORTED, _FILES = "_imported", "_files_read"
WORK_A_PART = 6e9  # about a second: what Stop may lose
MOST_PARTS = 40


def mended_compare() -> None:
    """What was wrong in this page's link."""
    for model in (Sweeping, Comparing):
        open_settings(model)
    notices = [*take_notices(), *kept_notices(), *settings_notices(Sweeping), *settings_notices(Comparing)]
    for notice in notices:
        st.warning(f"In the link, {notice}", icon=":material/build:")


def address(view: View) -> None:
    """Keep the address bar at what the page shows, charts or none. What is kept comes with every link."""
    link = {
        **write_link(view),
        **write_settings(open_settings(Sweeping)),
        **write_settings(open_settings(Comparing)),
    }
    show(Replay([], []), key="address", epoch=None, link=link)


def comparison(view: View) -> list[Diagnosis] | None:
    """The kept experiments: charts, table, and what can be done with each."""
    mine = kept()
    st.subheader("Kept runs", anchor=False)
    if not mine:
        st.info(NOTHING_KEPT)
        return []
    diagnoses = trained(tuple(each.experiment for each in mine))
    if not diagnoses:
        return None
    show(overlay(mine, diagnoses, log=view.log), key="overlay", epoch=None, link=None, pictures="comparison")
    comparing = open_settings(Comparing)
    head, rows = rows_of(mine, diagnoses, comparing)
    st.html(wide(table([escape(cell) for cell in head], rows, "answers kept")))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        choice("order", comparing)
    with right:
        switch("reverse", comparing)
    _manage(mine)
    if fitting(mine) < len(mine):
        st.warning(TOO_LONG.format(held=fitting(mine), all=len(mine)), icon=":material/link_off:")
    st.html(prose(JUDGED, small=True))
    return diagnoses


def _manage(mine: Sequence[Kept]) -> None:
    """Name, open or remove one of them."""
    choose, rename, buttons = st.columns([2, 2, 3], vertical_alignment="bottom")
    chosen = choose.selectbox(
        "Run", range(len(mine)), format_func=lambda place: title(place, mine[place]), key="chosen"
    )
    place = chosen if chosen is not None and chosen < len(mine) else 0
    key = f"name_{hash(mine[place])}"
    st.session_state.setdefault(key, mine[place].name)
    rename.text_input(
        "Name", key=key, max_chars=LONGEST_NAME, placeholder="a name of your own", on_change=_rename, args=(place, key)
    )
    with buttons, st.container(horizontal=True):
        page = mine[place].page
        st.button(f"Open on {PAGES[page]}", on_click=open_on, args=(_view_of([mine[place].experiment]), page))
        st.button("Remove", on_click=_remove, args=(place,))
        st.button("Remove all", on_click=_remove, args=(None,), type="tertiary")


def _view_of(experiments: Sequence[Experiment]) -> View:
    return View(experiments[0], losses=tuple(dict.fromkeys(experiment.loss for experiment in experiments)))


def _rename(place: int, key: str) -> None:
    mine = list(kept())
    mine[place] = mine[place].model_copy(update={"name": st.session_state[key].strip()})
    put_kept(mine)


def _remove(place: int | None) -> None:
    put_kept([each for number, each in enumerate(kept()) if place is not None and number != place])
    st.session_state.pop("chosen", None)


def sweep_controls(view: View) -> None:
    """What is varied, how often, and by what it is judged."""
    sweeping = open_settings(Sweeping)
    across, up, how = st.columns(3)
    with across:
        _axis("vary", "Vary", sweeping, view)
    with up:
        _axis("against", "and", sweeping, view)
    with how:
        slider("seeds", sweeping)
        judges = judges_of(view.experiment)
        key = settings_key(Sweeping, "judge")
        if st.session_state.get(key) not in judges:
            st.session_state[key] = judges[0]
        st.selectbox("Judge by", judges, key=key, format_func=lambda judge: JUDGES[judge].label)


def _axis(axis: str, label: str, sweeping: Sweeping, view: View) -> None:
    """One axis: the setting, the range, the scale and the number of steps."""
    key = settings_key(Sweeping, axis)
    options = [*([NONE] if axis == "against" else []), *offered(view.task, getattr(sweeping, axis))]
    st.session_state.setdefault(key, getattr(sweeping, axis))
    st.selectbox(
        label,
        options,
        key=key,
        format_func=lambda setting: "nothing else" if setting == NONE else sweepable()[setting].label,
        on_change=_new_axis,
        args=(axis,),
    )
    setting = getattr(sweeping, axis)
    if setting == NONE:
        return
    low, high, _ = usual_range(setting, view.experiment)
    left, right = st.columns(2)
    for column, end, usual in ((left, "from", low), (right, "to", high)):
        with column:
            typed(f"{axis}_{end}", sweeping, label=f"{end} (usual {plain(float(f'{usual:.4g}'))})")
    slider(f"{axis}_steps", sweeping)
    choice(f"{axis}_scale", sweeping)


def _new_axis(axis: str) -> None:
    """Another setting has another usual range."""
    chosen = st.session_state[settings_key(Sweeping, axis)]
    change_settings(Sweeping, **{axis: chosen, f"{axis}_from": None, f"{axis}_to": None, f"{axis}_scale": "usual"})


def sweep_results(view: View) -> None:
    """The sweep, at once if it is small, else when it is asked for: progress, charts, words, numbers."""
    sweeping = open_settings(Sweeping)
    if not view.experiments:
        st.info("Choose at least one loss, on the left under Training.")
        return
    try:
        wanted = plan(sweeping, view.experiment, tuple(view.keys))
    except ValueError as error:
        st.error(sentence(_reason(error)), icon=":material/straighten:")
        return
    st.markdown(_size_words(wanted))
    if not sweeping.swept and work_of(wanted) > AT_ONCE:
        st.button("Sweep", type="primary", icon=":material/stacked_line_chart:", on_click=_sweep)
        return
    found = _swept(wanted)
    if found is not None and found.trained.any():
        _shown(found, sweeping, sweeping.judged_by(view.experiment))


def _reason(error: ValueError) -> str:
    """What a check says, without pydantic's frame round it."""
    errors: Any = getattr(error, "errors", None)
    return errors()[0]["msg"].removeprefix("Value error, ") if errors else str(error)


def _size_words(wanted: Sweep) -> str:
    seeds, losses, *steps = wanted.shape
    grid = " × ".join(f"{step:,}" for step in steps)
    each = f"{losses} loss{'es' if losses > 1 else ''}"
    return f"{grid} points × {each} × {count(seeds, 'seed')} = **{wanted.size:,} trainings**."


def _sweep() -> None:
    change_settings(Sweeping, swept=True)


def _swept(wanted: Sweep) -> Swept | None:
    pieces = max(-(-wanted.size // TRAININGS_AT_ONCE), min(MOST_PARTS, round(work_of(wanted) / WORK_A_PART)))
    cuts = parts(wanted, min(pieces, wanted.size))
    found = computed_in_parts([compute.Call(swept_part, (wanted, *cut), ()) for cut in cuts])
    return together(wanted, cuts, found) if found else None


def _shown(found: Swept, sweeping: Sweeping, judge: str) -> None:
    sweep = found.sweep
    one = len(sweep.axes) == 1
    replay = sweep_replay(found, judge, log=is_log(sweeping, "vary", sweep.base))

    def clicked(click: Click) -> None:
        open_on(at := _view_at(found, click), HOMES[at.task])

    show(replay, key=f"sweep_{len(sweep.axes)}", epoch=None, link=None, on_click=clicked, pictures="sweep")
    compared = len(sweep.losses) > 1 and JUDGES[judge].better and JUDGES[judge].common
    told = (summary(found, judge) if compared else lost_words(found)) if one else map_summary(found, judge)
    st.html(prose(*([told] if told else []), *([SWEEP_NOTE] if one else [MAP_NOTE]), small=False))
    _pick(found)
    _numbers(found, judge)
    st.download_button(
        "Sweep as CSV",
        lambda: found.frame().to_csv(index=False),
        "sweep.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _view_at(found: Swept, click: Click) -> View:
    """The experiment of a clicked point, under the first seed, with all losses of the sweep."""
    sweep = found.sweep
    if isinstance(click.point, tuple):
        row, column = click.point
        return View(sweep.at(0, sweep.losses[click.panel], column, row), losses=sweep.losses)
    loss, place = point_of(found, click.trace, click.point)
    return View(sweep.at(0, loss, place), losses=sweep.losses)


def _pick(found: Swept) -> None:
    """The same as a click on a point, by keyboard."""
    sweep = found.sweep
    with st.container(horizontal=True, vertical_alignment="bottom"):
        places = [_place_on(axis) for axis in sweep.axes]
        view = View(sweep.at(0, sweep.losses[0], *places), losses=sweep.losses)
        home = HOMES[view.task]
        st.button(f"Open on {PAGES[home]}", key="pick_open", on_click=open_on, args=(view, home))


def _place_on(axis: Axis) -> int:
    """The place on an axis that the visitor chose by its value."""
    values = list(axis.values)
    label = sweepable()[axis.setting].label
    chosen = st.selectbox(label, values, format_func=plain, key=f"pick_{hash(axis)}")
    return values.index(chosen) if chosen in values else 0


def _numbers(found: Swept, judge: str) -> None:
    if len(found.sweep.axes) > 1:
        return
    more = st.expander("The numbers, and who wins", key="sweep_numbers", on_change="rerun")
    if not more.open:
        return
    with more:
        axis = sweepable()[found.sweep.axes[0].setting].label
        rows = table_rows(found, judge)
        verdicts = ["verdict"] if len(rows[0]) > 1 + len(found.sweep.losses) else []
        head = [escape(axis), *(loss_name(LOSSES[loss]) for loss in found.sweep.losses), *verdicts]
        st.html(wide(table(head, rows, "answers words")))


def take_away(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """Everything as files; and a file back as what it was."""
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
    _say_imported()


def _downloads(mine: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> None:
    experiments = [each.experiment for each in mine]
    reason = unsaid(experiments)
    if reason:
        st.caption(sentence(reason))
    offers: list[tuple[str, Callable[[], str], str, str]] = [
        ("JSON", lambda: write_record(mine, diagnoses), "comparison.json", "application/json"),
        ("History as CSV", lambda: history_csv(diagnoses), "history.csv", "text/csv"),
        ("Predictions as CSV", lambda: predictions_csv(diagnoses), "predictions.csv", "text/csv"),
    ]
    if not reason:
        offers[:0] = [
            ("Python program", lambda: script(experiments), "losses.py", "text/x-python"),
            ("Notebook", lambda: notebook(experiments), "losses.ipynb", "application/x-ipynb+json"),
        ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, make, file, kind in offers:
            st.download_button(label, make, file, kind, on_click="ignore", key=f"take_{file}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            "Trained model", range(len(mine)), format_func=lambda place: title(place, mine[place]), key="take_which"
        )
        chosen = experiments[place if place is not None and place < len(mine) else 0]
        st.download_button(
            "Keras file",
            lambda: _model(chosen),
            f"{chosen.loss}.keras",
            "application/octet-stream",
            on_click="ignore",
            key="take_model",
            disabled=chosen.inputs != chosen.features,
            help="A Keras file has no layer of polynomials." if chosen.inputs != chosen.features else None,
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


def _say_imported() -> None:
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
    apart = [
        name(each.experiment)
        for (each, results), diagnosis in zip(told, again, strict=True)
        if not results.agrees(Results.of(diagnosis))
    ]
    came = f"{count(len(said.kept), 'run')} came from the file."
    if apart:
        st.warning(f"{came} Trained again, {len(apart)} of them came to other numbers than the file says.")
    else:
        st.success(f"{came} Trained again, all came to the numbers that the file says.")


NOTHING_KEPT = (
    "Nothing is kept yet. On the page Train (and others), press **Keep** under the charts; what you keep is compared"
    " here, and travels in the link. Or open a file, at the foot of this page."
)
TOO_LONG = (
    "An address cannot hold all of this: the link has the first {held} of {all} runs. Take the JSON file below to keep"
    " all of them; this page opens it again."
)
JUDGED = (
    "Own losses have each their own unit and cannot be compared. MAE and RMSE are taken on clean points that no model"
    " trained on."
)
SWEEP_NOTE = (
    "Lines are means over the seeds; the shade is where the mean of many more seeds would lie, in 95 of 100 such"
    " studies. Every loss is trained under the same seeds, so losses are compared seed by seed. A triangle says that"
    " trainings diverged there. Click on a point to open it."
)
MAP_NOTE = (
    "All maps share one scale of colours. A stroke through a cell says that trainings diverged there; they are left"
    " out of its mean. Click on a cell to open it."
)
