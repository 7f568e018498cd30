"""The study of a deep network in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

from playground.diagnosis.reproducibility import DIGITS, final_loss, is_sensitive
from playground.diagnosis.trials import Trial
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.pages.gradients.settings import LONG, count_layer_steps, estimate_seconds
from playground.pages.gradients.study import DEAD, SHARES, VANISHED, Study
from playground.tables.activations import ACTIVATIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number, plain
from playground.text.phrases import count

STEADY = 1.5  # a gradient that changes by less than this from the last layer to the first is called steady


def duration_words(experiments: Sequence[Experiment]) -> str:
    """How long the trainings will take; empty if that is too short to be announced."""
    seconds = estimate_seconds(experiments)
    if seconds <= LONG:
        return ""
    return f"{count_layer_steps(experiments):,} layers × epochs to go through: about {count(round(seconds), 'second')}."


def network_words(study: Study) -> str:
    """A network in a few words."""
    experiment = study.experiment
    start = INITIALISERS[experiment.initialiser]
    parts = [
        f"{ACTIVATIONS[experiment.activation].label}, {study.depth} × {experiment.hidden[0]}",
        f"{start.label if start.is_proper_name else start.label.lower()} start",
    ]
    if experiment.normalisation != "none":
        parts.append(f"{NORMALISATIONS[experiment.normalisation].label.lower()} normalisation")
    if experiment.residual:
        parts.append("residual connections")
    if experiment.global_clipnorm:
        parts.append(f"clipped by norm {plain(experiment.global_clipnorm)}")
    if experiment.clipvalue:
        parts.append(f"clipped by value {plain(experiment.clipvalue)}")
    if experiment.loss != "mse":
        parts.append(LOSSES[experiment.loss].label)
    return ", ".join(parts)


def verdict_words(study: Study) -> str:
    """Whether the gradient vanishes, grows or arrives, with the numbers of the first epoch."""
    if study.infinite_at == 1:
        return "In the first epoch the loss is already NaN or infinite."
    return " ".join(
        part for part in (_size_words(study), _flow_words(study), _loss_words(study), death_words(study)) if part
    )


def _size_words(study: Study) -> str:
    """Whether the first gradient explodes, by what learning rate it would bear, and what is done about its length."""
    if not study.explodes:
        return ""
    if not isfinite(study.length):
        return "In the first epoch the gradient explodes: its length is infinite in 32 bits."
    bearable = number(study.bearable_rate, 2)
    return (
        f"In the first epoch the gradient explodes: its length is {number(study.length)}, with which plain gradient"
        f" descent overshoots at any learning rate above about {bearable}.{_bounded_words(study.experiment)}"
    )


def _bounded_words(experiment: Experiment) -> str:
    if experiment.global_clipnorm:
        return f" Clipping cuts it to a length of {plain(experiment.global_clipnorm)}."
    if experiment.clipvalue:
        return f" Clipping cuts each entry of it to ±{plain(experiment.clipvalue)}."
    rule = OPTIMIZERS[experiment.optimizer]
    return "" if rule.largest_step else f" {rule.label} divides by the size of its gradients."


def death_words(study: Study) -> str:
    """Which layer died when and why, and what can be done; empty if none did."""
    death = study.death
    if not death:
        return ""
    units = count(study.experiment.hidden[0], "unit")
    activation = ACTIVATIONS[study.experiment.activation].label
    earlier = "layer 1" if death.layer == 2 else f"layers 1 to {death.layer - 1}"
    before = f" no gradient passes to {earlier}," if death.layer > 1 else ""
    cause = (
        f"With the first weights {activation}'s slope is 0 there at every point. Draw others, or change the activation."
        if death.at_start
        else f"A step at the learning rate {plain(study.experiment.learning_rate)} was too long: it moved their sums to"
        f" where {activation}'s slope is 0 at every point."
    )
    since = "From the start" if death.at_start else f"After {count(death.epochs, 'epoch')}"
    return (
        f"{since} layer {death.layer} is dead, all {units} of it:{before} the network gives every training point the"
        f" same answer, and more epochs cannot change that. {cause}"
    )


def died_words(study: Study) -> str:
    """Which layer died during training, and when, in one sentence."""
    assert study.death is not None
    return f"Layer {study.death.layer} died after {count(study.death.epochs, 'epoch')}."


def revival_words(trial: Trial[Study]) -> str:
    """What a hundredth of the learning rate made of a network in which a layer died."""
    study = trial.after
    text = f"Tried: at a learning rate of {plain(study.experiment.learning_rate)} from the start"
    if study.infinite_at:
        return f"{text} it diverges."
    alive = f"layer {study.death.layer} dies, too" if study.death else "no layer dies"
    return f"{text} {alive}, and the loss goes from {number(float(study.loss[0]))} to {number(study.end)}."


def _flow_words(study: Study) -> str:
    if study.depth == 1:
        return "With one hidden layer there is no way back on which a gradient could fade."
    if not isfinite(study.ratio()):
        return ""
    return f"{'On its way back it' if study.explodes else 'In the first epoch the gradient'} {_way_back_words(study)}"


def _way_back_words(study: Study) -> str:
    ratio, factor, last = study.ratio(), study.factor(), f"layer {study.depth}"
    if ratio == 0:
        return "is 0 in layer 1, too small for 32 bits: it vanishes."
    if ratio < 1 / STEADY:
        # What has exploded has not faded, however little of it is left.
        name = "" if study.explodes else ": it vanishes" if ratio < VANISHED else ": it fades, but arrives"
        return f"shrinks {number(1 / factor)}-fold a layer; layer 1 gets {number(ratio)} of {last}'s{name}."
    if ratio > STEADY:
        return f"grows {number(factor)}-fold a layer; layer 1 gets {number(ratio)} × {last}'s."
    return f"arrives whole: layer 1 gets {number(ratio)} of {last}'s."


def _loss_words(study: Study) -> str:
    first = number(float(study.loss[0]))
    if study.infinite_at:
        return f"The loss, {first} at first, is NaN or infinite from epoch {study.infinite_at:,} on."
    dead = int(study.dead[-1].sum())
    units = f" At the end {count(dead, 'unit')} of {study.units} {'is' if dead == 1 else 'are'} dead." if dead else ""
    return f"The loss goes from {first} to {number(study.end)} in {count(len(study.loss), 'epoch')}.{units}"


def theory_words(study: Study) -> str:
    """What theory expects at the start, beside what was measured."""
    activation = ACTIVATIONS[study.experiment.activation]
    bound = f"{activation.label}'s slope is at most {number(activation.steepest)}."
    if study.depth == 1:
        return f"{bound} With one hidden layer there is no layer before it to compare."
    if study.theory is None:
        return f"{bound} With normalisation or shortcuts no simple rule says what a layer does to the gradient."
    factor = study.factor()
    measured = number(factor) if isfinite(factor) else "as infinite or NaN in 32 bits"
    return (
        f"{bound} By its first weights and slopes a layer multiplies the error by {number(study.theory.error)} on its"
        f" way back. The gradient of its weights is the error times what the layer was given: from a layer to the one"
        f" before it, {number(study.theory.factor)} in theory; measured {measured}."
    )


def chart_words() -> str:
    """What the charts show."""
    *some, last = (f"{100 * share:.0f}" for share in SHARES)
    return (
        "Gradient norm: the length of the gradient of a layer's weights and biases, before clipping. Activations: at"
        f" each layer {', '.join(some)} and {last}% of all values lie below the lines. Dead: a unit whose slope is"
        f" below {100 * DEAD:.0f}% of the steepest at every point."
    )


def study_rows(studies: Sequence[Study]) -> list[list[str]]:
    """The table below the charts: one row per quantity, one column per network."""
    questions = [
        ("gradient, layer 1 over the last hidden, first epoch", lambda each: _number_cell(each.ratio())),
        ("the same in the last epoch", _last_ratio_cell),
        (
            "from a layer to the one before it, times",
            lambda each: _number_cell(each.factor() if each.depth > 1 else nan),
        ),
        ("the same in theory", lambda each: number(each.theory.factor) if each.theory else "–"),
        ("dead units at the start", lambda each: _dead_units_cell(each, 0) if each.sound_frames else "–"),
        ("dead units at the end", lambda each: "–" if each.infinite_at else _dead_units_cell(each, -1)),
        ("dead layer", _death_cell),
        ("loss at first", lambda each: number(float(each.loss[0]))),
        ("loss at the end, in training", lambda each: or_diverged(each.end)),
        ("loss at the end, at inference", lambda each: or_diverged(each.inference)),
        ("verdict on the loss", lambda each: each.verdict),
        ("loss NaN or infinite from epoch", lambda each: f"{each.infinite_at:,}" if each.infinite_at else "never"),
    ]
    return [[question, *(cell(study) for study in studies)] for question, cell in questions]


def _last_ratio_cell(study: Study) -> str:
    """What arrives at the end; a layer that is dead lets nothing pass."""
    if study.infinite_at:
        return "–"
    return f"0: layer {study.death.layer} is dead" if study.death else _number_cell(study.ratio(len(study.norms)))


def _death_cell(study: Study) -> str:
    if not study.death:
        return "none"
    since = "from the start" if study.death.at_start else f"after {count(study.death.epochs, 'epoch')}"
    return f"{study.death.layer}, {since}"


def or_diverged(loss: float) -> str:
    """A loss, or that it diverged."""
    return number(loss) if isfinite(loss) else "diverged"


def inference_words(studies: Sequence[Study], letters: Sequence[str]) -> str:
    """What batch normalisation changes between training and inference; empty if no network has it."""
    pairs = list(zip(letters, studies, strict=True))
    batch = [(letter, study) for letter, study in pairs if study.experiment.normalisation == "batch"]
    if not batch:
        return ""
    ends = "; ".join(
        f"{letter} {or_diverged(study.end)} in training, {or_diverged(study.inference)} at inference"
        for letter, study in batch
    )
    left = 100 * batch[0][1].start_left
    moving = f"{number(left, 2)}% of them" if left >= 0.1 else "less than 0.1% of them"
    return (
        "The loss curves are those of training, where batch normalisation goes by the mean and variance of the batch."
        f" At inference it goes by moving ones, and after so many steps {moving} is still their start. Loss at the end:"
        f" {ends}."
        f"{_order_words(pairs)}"
    )


def _order_words(pairs: Sequence[tuple[str, Study]]) -> str:
    """Which networks change places between training and inference, among those with the same loss."""
    turned = [
        f" {one} ends below {other} in training, and above it at inference."
        for one, mine in pairs
        for other, theirs in pairs
        if mine.experiment.loss == theirs.experiment.loss
        and mine.end < theirs.end
        and mine.inference > theirs.inference
    ]
    return "".join(turned)


def _dead_units_cell(study: Study, frame: int) -> str:
    return f"{int(study.dead[frame].sum())} of {study.units}"


def _number_cell(value: float) -> str:
    """A number, or a dash where it is not finite."""
    return number(value) if isfinite(value) else "–"


def divergence_words(study: Study) -> str:
    """When the loss diverged, to follow a title; empty if it did not."""
    return f"diverged at epoch {study.infinite_at:,}" if study.infinite_at else ""


def steadiness_row(study: Study, nudged_end: float) -> list[str]:
    """Where the loss ends, where it does with a learning rate a millionth beside, and what that says."""
    ends = [number(end, DIGITS) if isfinite(end) else "diverges" for end in (final_loss(study.loss), nudged_end)]
    return [*ends, "sensitive to rounding" if is_sensitive(study.loss, nudged_end) else "steady"]


def trial_rows(trials: Sequence[Trial[Study]]) -> list[list[str]]:
    """Each remedy: the loss at its end, the share of the gradient that arrives, and whether it helps."""
    return [
        [
            trial.remedy.label,
            or_diverged(trial.after.end),
            _number_cell(trial.after.ratio()),
            "helps" if trial.helps else "does not help here",
            trial.remedy.reason,
        ]
        for trial in trials
    ]
