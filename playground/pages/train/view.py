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
from playground.ui.controls import draw_log_switch
from playground.ui.doctor import doctor
from playground.ui.html import loss_name, prose, section, side_by_side, table, wide
from playground.ui.navigation import go_to_page
from playground.ui.session import set_settings
from playground.ui.situations import draw_situations

LUCK = "Is it luck? Ten seeds"
LUCK_HELP = "Trains these losses at these settings under ten seeds, and says whether one is better."
VERDICTS = (
    "Verdicts: diverged means that the loss was not a finite number at some epoch, or ended above three times its first"
    " value and still growing. A run that stays finite and does not get better is oscillating or stuck, and keeps its"
    " numbers. Exactly optimal means that both the loss and the line are those of the optimum; converged, that the loss"
    " is at rest within 1% of the least, or of the way down to it."
)
INCOMPARABLE = (
    "The heights of different loss curves cannot be compared: each loss has its own unit."
    " The common judges are MAE and RMSE on clean points that no model trained on."
)


def heading(view: View) -> None:
    """The page's title, its sentence, and situations to try."""
    st.title("Loss Playground", anchor=False)
    st.markdown(
        "Find out what a loss makes of your data: every loss that you choose trains its own model on the same points."
        " Change a setting, and see what they learn. The page's address holds it all."
    )
    draw_situations(SITUATIONS, lambda: draw_log_switch(view))


def report(view: View, diagnoses: Sequence[Diagnosis]) -> None:
    """The doctor, what happened in words, the table, and what was held equal."""
    doctor(view, diagnoses)
    names = [loss_name(LOSSES[diagnosis.run.experiment.loss]) for diagnosis in diagnoses]
    results = wide(table(["", *names], build_result_rows(diagnoses)))
    small = (words.describe_equal_settings(diagnoses[0].run.experiment), INCOMPARABLE, VERDICTS)
    summary = (prose(words.summarise_runs(diagnoses)), prose(*small, small=True))
    st.html(side_by_side([section("What each loss found", results), section("What happened", *summary)]))
    if len(diagnoses) > 1:
        ten_seeds(view)


def ten_seeds(view: View) -> None:
    """A link to the first answer of Compare: one draw of the noise proves little."""
    st.button(
        LUCK,
        key="ten_seeds",
        help=LUCK_HELP,
        icon=":material/casino:",
        on_click=_ask_ten_seeds,
        args=(view,),
    )


def _ask_ten_seeds(view: View) -> None:
    set_settings(SweepSettings())
    go_to_page(view, "compare")
