"""Noise and its loss: which loss a noise shape asks for, and by how much it beats the others, on live trainings."""

from __future__ import annotations

import streamlit as st

from playground.experiment.view import View
from playground.losses import LOSSES
from playground.pages.losses.noise_figure import slopes_replay
from playground.pages.losses.noise_ranking import NOISE_POINTS
from playground.pages.losses.settings import LossesSettings
from playground.pages.losses.words import (
    EFFICIENCY,
    likelihood_words,
    ranking_words,
    short_words,
    spread_rows,
)
from playground.text.language import N_, _
from playground.text.phrases import listed
from playground.theory.efficiency import settling_losses, study_noise
from playground.ui.controls import choice
from playground.ui.html import loss_name, prose, table, wide
from playground.ui.icons import noise_icon
from playground.ui.jobs import computed
from playground.ui.live import show

LEFT_OUT = N_("Not compared here: {losses}. They do not converge on a line within 1,000 epochs.")


def noise_story(view: View, settings: LossesSettings) -> None:
    """The noise, its likelihood, and the slopes that each shown loss fits under many seeds."""
    choice("noise_shape", view, noise_icon, unused="")
    experiment = view.experiment
    st.markdown(likelihood_words(experiment.noise_shape))
    keys = tuple(dict.fromkeys(["mse", *(key for key in settings.keys if key in settling_losses())]))
    left_out = [LOSSES[key].label for key in settings.keys if key not in settling_losses()]
    if left_out:
        st.caption(_(LEFT_OUT).format(losses=listed(left_out)))
    names = {name for key in keys for name in LOSSES[key].parameters}
    parameters = {name: getattr(experiment, name) for name in names}
    spreads = computed(study_noise, experiment.noise_shape, keys, points=NOISE_POINTS, **parameters)
    if not spreads:
        return
    show(slopes_replay(spreads, experiment.noise_shape), key="slopes", epoch=None)
    st.html(wide(table(["", *(loss_name(LOSSES[each.loss]) for each in spreads)], spread_rows(spreads))))
    theory = _(EFFICIENCY).format(points=NOISE_POINTS)
    st.html(prose(*ranking_words(spreads), *short_words(spreads), theory, small=True))
