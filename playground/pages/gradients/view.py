"""The parts of the Gradients page: its controls, the networks side by side, and what is tried on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import streamlit as st

from playground.diagnosis.reproducibility import train_perturbed
from playground.experiment import Experiment
from playground.pages.gradients.clipping_words import explosion_rows, explosion_words
from playground.pages.gradients.figures import gradient_replay
from playground.pages.gradients.remedies import list_candidates, try_lower_rates, try_remedies
from playground.pages.gradients.settings import MOST_LAYER_STEPS, GradientsSettings, changes_for, count_layer_steps
from playground.pages.gradients.study import EXPLODING, Study, train_and_study, train_explosion
from playground.pages.gradients.words import (
    chart_words,
    died_words,
    duration_words,
    inference_words,
    network_words,
    revival_words,
    steadiness_row,
    study_rows,
    theory_words,
    trial_rows,
    verdict_words,
)
from playground.text.numbers import plain
from playground.ui.controls import choice, draw_summaries, finish_panel, make_page_fold, seed, slider, switch
from playground.ui.folds import Fold
from playground.ui.fragments import charts_first, reshape
from playground.ui.html import prose, section, side_by_side, table, wide
from playground.ui.jobs import computed
from playground.ui.kept_runs import keep_button
from playground.ui.live import show
from playground.ui.looks import keep_choice
from playground.ui.session import change_settings

TRIAL_HEAD = ["", "loss at the end", "layer 1 over last", "verdict", "why it may help"]
NETWORK, NETWORK_KEY = "Controls of network", "network_shown"
LAYERS_OF, CLIPPING_OF, SHARED = "Layers of {letter}", "Clipping of {letter}", "Data and optimizer"
LAYERS = ("width", "initialiser", "normalisation", "residual")
CLIPPING = ("global_clipnorm", "clipvalue")


def controls(networks: GradientsSettings) -> None:
    """The side panel: what changes the charts most of one network at a time, then the rest in folds."""
    left, right = st.columns(2)
    with left:
        slider("epochs", networks)
    with right:
        choice("networks", networks, reshapes=True)
    keep_choice("network", NETWORK_KEY, networks.letters)
    letter = find_letter(networks)
    if len(networks.letters) > 1:
        st.segmented_control(NETWORK, networks.letters, key=NETWORK_KEY, required=True, on_change=reshape)
    slider(f"learning_rate_{letter}", networks)
    slider(f"depth_{letter}", networks, reshapes=True)
    choice(f"activation_{letter}", networks)
    choice(f"loss_{letter}", networks, reshapes=True)
    draw_summaries([networks.network(letter).loss])
    finish_panel(_list_folds(networks), GradientsSettings)


def find_letter(networks: GradientsSettings) -> str:
    """The network whose controls are shown, as settings name it."""
    if st.session_state.get(NETWORK_KEY) not in networks.letters:
        st.session_state[NETWORK_KEY] = networks.letters[0]
    return str(st.session_state[NETWORK_KEY]).lower()


def _list_folds(networks: GradientsSettings) -> list[Fold]:
    letter = find_letter(networks)
    layers = [f"{name}_{letter}" for name in LAYERS]
    clipping = [f"{name}_{letter}" for name in CLIPPING]
    return [
        make_page_fold(
            "layers", LAYERS_OF.format(letter=letter.upper()), networks, layers, partial(_draw_layers, networks, letter)
        ),
        make_page_fold(
            "clipping",
            CLIPPING_OF.format(letter=letter.upper()),
            networks,
            clipping,
            partial(_draw_clipping, networks, letter),
        ),
        make_page_fold("shared", SHARED, networks, ("dataset", "seed", "optimizer"), partial(_draw_shared, networks)),
    ]


def _draw_layers(networks: GradientsSettings, letter: str) -> None:
    slider(f"width_{letter}", networks)
    choice(f"initialiser_{letter}", networks)
    choice(f"normalisation_{letter}", networks)
    switch(f"residual_{letter}", networks)
    if networks.network(letter).depth == 1:
        st.caption("Residual connections change nothing here: they lead round every layer but the first.")


def _draw_clipping(networks: GradientsSettings, letter: str) -> None:
    by_norm, by_value = networks.network(letter).global_clipnorm, networks.network(letter).clipvalue
    slider(f"global_clipnorm_{letter}", networks, disabled=bool(by_value), reshapes=True)
    slider(f"clipvalue_{letter}", networks, disabled=bool(by_norm), reshapes=True)
    if by_norm or by_value:
        idle, used = ("value", "norm") if by_norm else ("norm", "value")
        st.caption(f"Clipping by {idle} is off while clipping by {used} is on: Keras allows one of them.")


def _draw_shared(networks: GradientsSettings) -> None:
    choice("dataset", networks)
    seed(networks)
    choice("optimizer", networks)


def train_networks(networks: GradientsSettings) -> list[Study] | None:
    """Train and study the networks; ``None`` if that is too much or was stopped, which the page then says."""
    steps = count_layer_steps(networks.experiments)
    if steps > MOST_LAYER_STEPS:
        st.error(
            f"These networks have {steps:,} layers × epochs to go through; one page may ask for"
            f" {MOST_LAYER_STEPS:,}. Choose fewer epochs, less depth or fewer networks."
        )
        return None
    with announce_duration(networks.experiments):
        return computed(train_and_study, networks.experiments)


@contextmanager
def announce_duration(experiments: Sequence[Experiment]) -> Iterator[None]:
    """What will take long says so before it starts."""
    text = duration_words(experiments)
    place = st.info(text, icon=":material/hourglass_empty:") if text else None
    yield
    if place:
        place.empty()


def side_by_side_story(networks: GradientsSettings, studies: list[Study]) -> None:
    """The charts, the verdicts with the theory beside them, and the same as a table."""
    cure = st.container()  # above the charts, where the page says that a layer died; its trainings come after them
    show(gradient_replay(studies, networks.letters), key="gradients", epoch=networks.epoch, keeps_epoch=True)
    charts_first()
    st.html(prose(chart_words(), small=True))
    keep_button(networks.experiments, "gradients")
    pairs = list(zip(networks.letters, studies, strict=True))
    with cure:
        offer_revival(pairs)
    st.html(
        side_by_side(
            section(
                f"{letter}: {network_words(study)}", prose(verdict_words(study)), prose(theory_words(study), small=True)
            )
            for letter, study in pairs
        )
    )
    if text := inference_words(studies, networks.letters):
        st.markdown(text)
    st.html(wide(table(["", *networks.letters], study_rows(studies))))


def offer_revival(pairs: Sequence[tuple[str, Study]]) -> None:
    """Networks in which a layer died during training, at a hundredth of the learning rate, with a button to take it."""
    lost = [(letter, study) for letter, study in pairs if study.death and not study.death.at_start]
    if not lost:
        return
    found = computed(try_lower_rates, tuple(study.experiment for _, study in lost))
    for (letter, study), trial in zip(lost, found or [], strict=False):
        st.markdown(f"{letter}: {died_words(study)} {revival_words(trial)}")
        if trial.helps:
            changes = changes_for(letter, trial.after.experiment)
            label, key = f"{letter}: a hundredth of the learning rate", f"revive_{letter}"
            st.button(label, key=key, on_click=change_settings, args=(GradientsSettings,), kwargs=changes)


def remedies(networks: GradientsSettings) -> None:
    """Every remedy tried by the engine on one of the networks; those that help can be taken."""
    keep_choice("remedies_of", "remedy_for", networks.letters)
    st.session_state.setdefault("remedy_for", "A")
    letter = st.segmented_control("Network", networks.letters, required=True, key="remedy_for")
    experiment = networks.experiment(letter or "A")
    with announce_duration([experiment, *(remedy.apply(experiment) for remedy in list_candidates(experiment))]):
        found = computed(try_remedies, experiment)
    if not found:
        return
    st.html(wide(table(TRIAL_HEAD, trial_rows(found), "answers reasons")))
    helping = [trial for trial in found if trial.helps]
    if not helping:
        st.info("None of them makes the loss at the end a tenth lower than it is.")
        return
    st.markdown("Take one that helps:")
    with st.container(horizontal=True):
        for trial in helping:
            changes = changes_for(letter or "A", trial.after.experiment)
            st.button(trial.remedy.label, on_click=change_settings, args=(GradientsSettings,), kwargs=changes)


def exploding(networks: GradientsSettings) -> None:
    """An exploding run, and what clipping changes in it, step by step."""
    bursting = [
        (letter, each)
        for letter, each in zip(networks.letters, networks.experiments, strict=True)
        if each.initialiser == "large"
    ]
    letter, experiment = bursting[0] if bursting else ("", EXPLODING.replace(seed=networks.seed))
    st.markdown(
        f"This is network {letter}, first without clipping, then with."
        if letter
        else "None of the networks above starts with too large weights, so this one does:"
        f" {len(experiment.hidden)} layers of {experiment.hidden[0]} ReLU units, trained with SGD at a learning rate of"
        f" {plain(experiment.learning_rate)}."
    )
    with announce_duration([experiment, experiment]):
        found = computed(train_explosion, experiment)
    if not found:
        return
    head = ["", "gradient norm before", "after clipping", "loss, clipped", "loss, not clipped"]
    st.html(wide(table(head, explosion_rows(found))))
    st.markdown(explosion_words(found))


def steadiness(networks: GradientsSettings, studies: Sequence[Study]) -> None:
    """Each network beside itself with a learning rate that differs by a millionth."""
    st.markdown(STEADINESS)
    ends = computed(train_perturbed, networks.experiments)
    if not ends:
        return
    names = [f"{letter}: {network_words(study)}" for letter, study in zip(networks.letters, studies, strict=True)]
    found = [[name, *steadiness_row(study, end.loss)] for name, study, end in zip(names, studies, ends, strict=True)]
    st.html(wide(table(["", "loss at the end", "with the other rate", "verdict"], found)))


STEADINESS = (
    "A computer rounds every number that it keeps, in 32 bits by up to six parts in a hundred million. In a steady"
    " training that stays small; in a chaotic one it grows, and decides where the loss ends. Here each network is"
    " trained again with a learning rate that differs by a millionth. If the loss ends elsewhere, its digits"
    " are not reproducible: another computer gets different ones. A smaller learning rate often helps."
)

WHAT = [
    ["MSE, Huber, …", "a loss: what the training makes small"],
    ["activation, first weights, depth", "the model: neither a loss nor a penalty"],
    ["normalisation, residual connections", "the model: neither a loss nor a penalty"],
    ["clipping by norm or by value", "a rule for the step: neither a loss nor a penalty"],
    ["learning rate, optimizer", "a rule for the step: neither a loss nor a penalty"],
]


def what_is_what() -> None:
    st.html(wide(table(["", "what it is"], WHAT, "answers kinds")))
    st.html(prose(CHOICE, small=True))


CHOICE = (
    "Articles on loss functions often file vanishing and exploding gradients under choosing a suitable loss. On this"
    " page only one control is the loss. It sets the gradient at the output, and no more: what the layers make of it"
    " on the way back is the model's doing."
)
