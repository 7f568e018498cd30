"""What stands around the charts of a training: the question, the remedies, the table and the words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.diagnosis import Diagnosis
from playground.diagnosis import summary as words
from playground.diagnosis.result_table import build_result_rows
from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.train.situations import SITUATIONS
from playground.sweeps.settings import SweepSettings
from playground.text.language import N_, _
from playground.ui.controls import draw_log_switch
from playground.ui.doctor import doctor
from playground.ui.html import loss_name, prose, section, side_by_side, table, wide
from playground.ui.navigation import go_to_page
from playground.ui.session import set_settings
from playground.ui.situations import draw_situations

LUCK = N_("Is it luck? Ten seeds")
LUCK_HELP = N_("Train these losses with these settings under ten seeds, and see whether one of them is better.")
VERDICTS = N_(
    "What the verdicts mean: diverged means that the loss was not a finite number at some epoch, or ended above three"
    " times its first value and was still growing. A run that stays finite and does not improve is oscillating or"
    " stuck, and keeps its numbers. Exactly optimal means that both the loss and the line are those of the optimum."
    " Converged means that the loss no longer changes and is within 1% of the best loss, or of the way down to it."
)
INCOMPARABLE = N_(
    "The heights of different loss curves cannot be compared, because each loss has its own unit. Compare MAE and RMSE"
    " on clean points instead: no model trained on these points."
)


def heading(view: View) -> None:
    """The page's title, its sentence, and situations to try."""
    st.title(_("Loss Playground"), anchor=False)
    st.markdown(
        _(
            "Find out what each loss learns from your data. Every loss that you choose trains its own model on the same"
            " points. Change a setting and see what the models learn. The address of the page holds all settings."
        )
    )
    draw_situations(SITUATIONS, lambda: draw_log_switch(view))


def report(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """The doctor, what happened in words, the table, and what was held equal."""
    doctor(view, diagnoses)
    names = [loss_name(LOSSES[diagnosis.run.experiment.loss]) for diagnosis in diagnoses]
    results = wide(table(["", *names], build_result_rows(diagnoses)))
    small = (words.describe_equal_settings(diagnoses[0].run.experiment), _(INCOMPARABLE), _(VERDICTS))
    summary = (prose(words.summarise_runs(diagnoses)), prose(*small, small=True))
    st.html(side_by_side([section(_("What each loss found"), results), section(_("What happened"), *summary)]))
    if len(diagnoses) > 1:
        ten_seeds(view)


def ten_seeds(view: View) -> None:
    """A link to the first answer of Compare: one draw of the noise proves little."""
    st.button(
        _(LUCK),
        key="ten_seeds",
        help=_(LUCK_HELP),
        icon=":material/casino:",
        on_click=_ask_ten_seeds,
        args=(view,),
    )


def _ask_ten_seeds(view: View) -> None:
    set_settings(SweepSettings())
    go_to_page(view, "compare")
