"""The parts of the Overfit page: its controls, the fits side by side, and the tabs below them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from playground.experiment import Experiment
from playground.export.titles import caption
from playground.pages.overfit.figures import fit_replay, weight_replay
from playground.pages.overfit.settings import MOST_SHOWN, SEEDS, STRENGTHS, OverfitSettings, outlier_jobs
from playground.pages.overfit.stability import largest_polynomial_rate, safe_polynomial_rate
from playground.pages.overfit.strength_figures import strength_replay
from playground.pages.overfit.strengths import Decomposition, Strengths, train_strengths
from playground.pages.overfit.study import Fit, train_and_fit
from playground.pages.overfit.words import (
    decomposition_rows,
    decomposition_words,
    divergence_words,
    fit_rows,
    fit_words,
    outlier_words,
    rate_words,
    robust_words,
    strength_words,
    weight_words,
)
from playground.text.numbers import plain
from playground.text.phrases import listed
from playground.theory.rate_marks import group_rates
from playground.ui.controls import choice, draw_sliders, finish_panel, make_page_fold, seed, slider
from playground.ui.folds import Fold
from playground.ui.fragments import charts_first
from playground.ui.furnishing import show_rate_marks
from playground.ui.html import prose, table, wide
from playground.ui.jobs import computed
from playground.ui.kept_runs import keep_button
from playground.ui.live import show
from playground.ui.session import change_settings, settings_key

NEEDED_BY = {
    "l1": ("l1", "l1_proximal", "both"),
    "l2": ("l2", "both"),
    "patience": ("early",),
    "dropout": ("dropout",),
    "smaller": ("fewer",),
    "many": ("more",),
}


def controls(page: OverfitSettings) -> None:
    """The side panel: noise, training and remedies, then the rest in folds."""
    left, right = st.columns(2)
    with left:
        slider("noise", page)
    with right:
        slider("epochs", page)
    slider("learning_rate", page)
    choice("ways", page, only=page.offered, reshapes=True)
    for way in page.not_for_this_model:
        st.caption(f"Not shown: {way.label}. {way.reason}")
    if page.left_out:
        st.caption(f"{MOST_SHOWN} fit side by side. Not shown: {listed(page.left_out)}.")
    if page.smaller_is_not:
        st.caption("“Fewer parameters” has no fewer than the model: choose a smaller one to see what it does.")
    finish_panel(_list_folds(page), OverfitSettings)


def _list_folds(page: OverfitSettings) -> list[Fold]:
    needed = [name for name, ways in NEEDED_BY.items() if set(ways) & set(page.shown)]
    size = "degree" if page.model == "polynomial" else "width"
    folds = [
        make_page_fold("overfit_data", "Data", page, ("dataset", "points", "seed"), partial(_draw_data, page)),
        make_page_fold("overfit_model", "Model", page, ("model", size), partial(_draw_model, page, size)),
    ]
    if needed:
        folds.append(make_page_fold("remedies", "Remedies", page, needed, partial(draw_sliders, page, needed)))
    return folds


def _draw_data(page: OverfitSettings) -> None:
    choice("dataset", page)
    slider("points", page)
    seed(page)


def _draw_model(page: OverfitSettings, size: str) -> None:
    choice("model", page, reshapes=True)
    slider(size, page)


def train_remedies(page: OverfitSettings) -> list[Fit] | None:
    """The fits of the chosen remedies that came to numbers; ``None`` if none were trained: the page then says why."""
    if not page.jobs:
        st.info("Choose at least one remedy, or Nothing, in the settings.")
        return None
    fits = computed(train_and_fit, page.jobs)
    if not fits:
        return None
    if lost := [fit for fit in fits if not fit.finite]:
        weakest = min((fit.experiment for fit in lost), key=lambda each: largest_polynomial_rate(each) or 0.0)
        labels = listed([fit.label for fit in lost])
        st.warning(
            f"{labels}: the training diverged. {rate_words(page.learning_rate, largest_polynomial_rate(weakest))}"
        )
        offer_rate(weakest, "slower")
    return [fit for fit in fits if fit.finite]


def offer_rate(experiment: Experiment, key: str) -> None:
    """A button that sets the learning rate to one that is safe for an experiment, if the page knows such a rate."""
    rate = safe_polynomial_rate(experiment)
    if rate and rate < experiment.learning_rate:
        label = f"Use a learning rate of {plain(rate)}"
        st.button(label, key=key, on_click=change_settings, args=(OverfitSettings,), kwargs={"learning_rate": rate})


def side_by_side_story(page: OverfitSettings, fits: list[Fit]) -> None:
    if not fits:
        return
    show(fit_replay(fits), key="overfit", epoch=page.epoch, keeps_epoch=True)
    charts_first()
    limits = [("mse", largest_polynomial_rate(page.base), True)]  # of the model without remedies
    show_rate_marks(settings_key(OverfitSettings, "learning_rate"), group_rates(limits))
    keep_button([fit.ending for fit in fits], "overfit")
    st.markdown(fit_words(fits))
    st.html(wide(table(["", *(fit.label for fit in fits)], fit_rows(fits))))
    st.html(prose(ERRORS, small=True))


def weights(page: OverfitSettings, fits: list[Fit]) -> None:
    """Every weight as a bar."""
    if not fits:
        st.info("No training came to weights that can be drawn.")
        return
    show(weight_replay(fits), key="weights", epoch=None)
    if text := weight_words(fits):
        st.markdown(text)
    if texts := weight_prose(page):
        st.html(prose(*texts, small=True))


def weight_prose(page: OverfitSettings) -> list[str]:
    """What the penalties do to weights, of those that are shown."""
    chosen = [page.experiment(way) for way in page.shown]
    parts = {
        ZEROS: any(each.l1 for each in chosen),
        PROXIMAL: any(each.soft_threshold for each in chosen),
        SHRINKS: any(each.l2 for each in chosen),
        LEGENDRE: page.model == "polynomial",
    }
    return [text for text, fits in parts.items() if fits]


def train_penalties(page: OverfitSettings) -> tuple[Strengths, Decomposition] | None:
    """The U-curve and the decomposition, from the same trainings."""
    choice("penalty", page)
    return computed(train_strengths, page.varied, page.penalty, STRENGTHS, page.seeds)


def how_strong(page: OverfitSettings) -> None:
    """The U-curve, the best strength by one click, and where the error comes from."""
    found = train_penalties(page)
    if not found:
        return
    curve, parts = found
    if lost := divergence_words(curve, page.learning_rate, largest_polynomial_rate(page.strongest)):
        st.warning(lost)
        offer_rate(page.strongest, "slower_strengths")
    if curve.best is None:
        return
    show(
        strength_replay(curve, parts, page.strength, caption([page.varied])),
        key="strengths",
        epoch=None,
    )
    here = computed(train_and_fit, page.at_strengths(curve.best, page.strength))
    st.markdown(strength_words(curve, page.strength, (here[0].val_error, here[1].val_error) if here else None))
    way = page.way_of_penalty
    ways = (*[each for each in page.ways if each != way][1 - MOST_SHOWN :], way)
    st.button(
        "Use the best",
        type="primary",
        disabled=page.strength == curve.best,
        on_click=change_settings,
        args=(OverfitSettings,),
        kwargs={page.penalty: curve.best, "ways": ways},
    )
    st.markdown(decomposition_words(parts, curve.best))
    head = ["strength", "bias²", "variance", "noise", "sum", "measured on new points"]
    st.html(wide(table(head, decomposition_rows(parts, curve))))
    st.html(prose(decomposition_prose(page), small=True))


def decomposition_prose(page: OverfitSettings) -> str:
    """What the parts of the error are, and of how many models."""
    fewer = "" if page.seeds == SEEDS else f" A polynomial gets {SEEDS}; networks of so many epochs take too long."
    return f"Each strength trains {page.seeds} models, each on its own draw of the noise.{fewer} {DECOMPOSED}"


def outliers(page: OverfitSettings) -> None:
    """The same points with outliers: MSE with L2 beside Huber without."""
    jobs = outlier_jobs(page.seed)
    st.markdown(outlier_words(jobs[0][1]))
    found = computed(train_and_fit, jobs)
    if not found:
        return
    show(fit_replay(found), key="outliers", epoch=None)
    rows = [row for row in fit_rows(found) if row[0] in ("squared error on the clean truth", "Σw²")]
    st.html(wide(table(["", *(fit.label for fit in found)], rows)))
    st.markdown(robust_words(found))
    st.html(prose(ROBUST, small=True))


WHAT = [
    ["MSE, MAE, Huber, …", "a loss: how much an error costs"],
    ["L1, L2", "a penalty: added to the loss, it charges the weights, not the errors"],
    ["the proximal step", "a way to take L1's step: neither a loss nor a penalty of its own"],
    ["early stopping, dropout", "a rule for the training: neither a loss nor a penalty"],
    ["fewer parameters, more data", "another model, other data: neither a loss nor a penalty"],
]


def what_is_what() -> None:
    st.html(wide(table(["", "what it is"], WHAT, "answers kinds")))
    st.html(prose(CHOICE, small=True))


ERRORS = (
    "All errors on this page are without the penalty, on the training points and on the validation points, so that they"
    " compare. Keras's loss and val_loss hold the penalty. Early stopping is tried without a penalty: it chooses by the"
    " validation error that is shown."
)
ZEROS = (
    "A cross marks a weight that is 0 exactly. L1 pulls with the same force on both sides of 0, so plain gradient steps"
    " carry a small weight back and forth across 0."
)
PROXIMAL = (
    "A proximal step moves each weight towards 0 by rate × l1 after the gradient step, and leaves it at 0 where it"
    " would cross."
)
SHRINKS = "L2 pulls in proportion to the weight: the pull fades as the weight comes near 0."
LEGENDRE = (
    "The polynomials are Legendre's. They make the same curves as 1, x, x², …, but overlap less, so that gradient"
    " descent gets along with them."
)
DECOMPOSED = (
    "Bias² is how far their average is from the truth, variance how far each is from their average, noise what no model"
    " can know. The sum is compared with the squared error measured on new noisy points, ± its standard error over the"
    " seeds."
)
ROBUST = (
    "With MSE an outlier pulls in proportion to its size, and a penalty on the weights does not change that. With"
    " Huber's loss no point pulls harder than δ. A penalty is a remedy for a model that is too large, a robust loss one"
    " for points that are wrong; neither replaces the other. The errors in the charts are in the unit of each loss; the"
    " table compares all three with the truth."
)
CHOICE = (
    "Articles on loss functions often file L1 and L2 under choosing a suitable loss. They are penalties: whatever the"
    " loss, they may be added to it."
)
