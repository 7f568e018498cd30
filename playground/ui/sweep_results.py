"""A sweep on the Compare page: trained, drawn, told, and opened at a point."""

from __future__ import annotations

from html import escape

import streamlit as st

from playground.experiment import Experiment
from playground.experiment.view import View
from playground.export.kept import PAGES
from playground.figures.sweeps import find_point, sweep_replay
from playground.losses import LOSSES
from playground.sweeps import Sweep, Swept, sweepable
from playground.sweeps.axis_words import place_words
from playground.sweeps.claims import compare_losses
from playground.sweeps.settings import (
    AT_ONCE,
    SweepSettings,
    describe_merged_values,
    estimate_work,
    is_log,
    pin_ranges,
    plan_sweep,
)
from playground.sweeps.stretches import find_today
from playground.sweeps.verdicts import claim_words, is_contest, no_contest_words
from playground.sweeps.words import lost_words, summarise_axis, summarise_map, table_rows
from playground.text.phrases import count
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.live import Click, show
from playground.ui.looks import expander, keep_place
from playground.ui.luck_results import show_refusal
from playground.ui.navigation import HOMES, go_to_page
from playground.ui.session import (
    change_settings,
    open_settings,
    set_settings,
)
from playground.ui.sweep_runs import run_sweep


def sweep_results(view: View) -> None:
    """The sweep, at once if it is small, else when it is asked for: progress, charts, words, numbers.

    Nothing where it varies no setting: what then holds under several seeds is ``luck_results``.
    """
    sweeping = open_settings(SweepSettings)
    if not view.experiments or not sweeping.varied:
        return
    try:
        wanted = plan_sweep(sweeping, view.experiment, tuple(view.keys))
    except ValueError as error:
        show_refusal(error)
        return
    st.markdown(" ".join([_describe_size(wanted), *describe_merged_values(sweeping, wanted)]))
    if not sweeping.swept and estimate_work(wanted) > AT_ONCE:
        st.button("Sweep", type="primary", icon=":material/stacked_line_chart:", on_click=_start_sweep)
        return
    found = run_sweep(wanted)
    if found is not None and found.trained.any():
        _show_sweep(found, sweeping, sweeping.judged_by(view.experiment))


def _describe_size(wanted: Sweep) -> str:
    seeds, losses, *steps = wanted.shape
    grid = " × ".join(f"{step:,}" for step in steps)
    each = f"{losses} loss{'es' if losses > 1 else ''}"
    return f"{grid} values × {each} × {count(seeds, 'seed')} = **{wanted.size:,} trainings**."


def _start_sweep() -> None:
    change_settings(SweepSettings, swept=True)


def _show_sweep(found: Swept, sweeping: SweepSettings, judge: str) -> None:
    sweep = found.sweep
    one = len(sweep.axes) == 1
    replay = sweep_replay(found, judge, log=is_log(sweeping, sweeping.varied[0], sweep.base))

    def open_clicked(click: Click) -> None:
        _open_point(_make_view_at(found, click), sweep.base)

    show(replay, key=f"sweep_{len(sweep.axes)}", epoch=None, on_click=open_clicked, pictures="sweep")
    contest = is_contest(found, judge)
    result = (summarise_axis(found, judge) if contest else lost_words(found)) if one else summarise_map(found, judge)
    trust = claim_words(compare_losses(found, judge)) if contest else no_contest_words(found, judge)
    how_to_read = f"{LINES if sweep.seeds > 1 else ONE_TRAINING} {POINTS}" if one else MAP_NOTE
    notes = [result, trust, how_to_read]
    st.html(prose(*(note for note in notes if note), small=False))
    _draw_point_picker(found)
    _show_numbers(found, judge)
    st.download_button(
        "Sweep as CSV",
        lambda: found.frame().to_csv(index=False),
        "sweep.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _open_point(view: View, base: Experiment) -> None:
    """A button's callback: open a point. Its values become the page's own; the sweep they are from stays."""
    set_settings(pin_ranges(open_settings(SweepSettings), base))
    go_to_page(view, HOMES[view.task])


def _make_view_at(found: Swept, click: Click) -> View:
    """The experiment of a clicked point, under the first seed, with all losses of the sweep."""
    sweep = found.sweep
    if isinstance(click.point, tuple):
        row, column = click.point
        return View(sweep.at(0, sweep.losses[click.panel], column, row), losses=sweep.losses)
    loss, place = find_point(found, click.trace, click.point)
    return View(sweep.at(0, loss, place), losses=sweep.losses)


def _draw_point_picker(found: Swept) -> None:
    """The same as a click on a point, by keyboard."""
    sweep = found.sweep
    with st.container(horizontal=True, vertical_alignment="bottom"):
        places = [_choose_place(sweep, axis) for axis in range(len(sweep.axes))]
        view = View(sweep.at(0, sweep.losses[0], *places), losses=sweep.losses)
        label = f"Open on {PAGES[HOMES[view.task]]}"
        st.button(label, key="pick_open", on_click=_open_point, args=(view, sweep.base))


def _choose_place(sweep: Sweep, axis: int) -> int:
    """The place on an axis that the visitor chose by its value."""
    found = sweep.axes[axis]
    values = list(found.values)
    key = f"pick_{hash(found)}"
    keep_place(("point", "other_point")[axis], key, values, find_today(sweep, axis) or 0)
    chosen = st.selectbox(
        sweepable()[found.setting].label,
        values,
        format_func=lambda value: place_words(sweep, axis, values.index(value)),
        key=key,
    )
    return values.index(chosen) if chosen in values else 0


def _show_numbers(found: Swept, judge: str) -> None:
    if len(found.sweep.axes) > 1:
        return
    more = expander("The numbers, and who wins", key="sweep_numbers")
    if not more.open:
        return
    with more:
        axis = sweepable()[found.sweep.axes[0].setting].label
        rows = table_rows(found, judge)
        verdicts = ["verdict"] if len(rows[0]) > 1 + len(found.sweep.losses) else []
        head = [escape(axis), *(loss_name(LOSSES[loss]) for loss in found.sweep.losses), *verdicts]
        st.html(wide(table(head, rows, "answers words")))


LINES = (
    "Lines are means over the seeds; the shade is where the mean of many more seeds would lie, in 95 of 100 such"
    " studies. Every loss is trained under the same seeds, so losses are compared seed by seed."
)
ONE_TRAINING = "Each point is one training: there is no mean of several, and no shade that says how far chance goes."
POINTS = (
    "A triangle says that trainings diverged there, the dotted line stands at today's value. Click on a point to open"
    " it."
)


MAP_NOTE = (
    "All maps share one scale of colours. A stroke through a cell says that trainings diverged there; they are left"
    " out of its mean. Click on a cell to open it."
)
