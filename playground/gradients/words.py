"""What a study of a deep network says, in sentences with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

from playground.experiment import Experiment
from playground.gradients.settings import LONG, expected_seconds, layer_steps
from playground.gradients.study import DEAD, SHARES, VANISHED, Explosion, Study, Trial
from playground.losses import LOSSES
from playground.rounding import DIGITS, end_of, hangs
from playground.tables.activations import ACTIVATIONS
from playground.tables.starts import NORMALISATIONS, STARTS
from playground.words import count, number, plain

EXPLODED = 1e3  # a gradient of this length moves weights of about 1 out of all proportion
STEADY = 1.5  # a gradient that changes by less than this from the last layer to the first is called steady


def announcement(experiments: Sequence[Experiment]) -> str:
    """How long the trainings will take, if that is long enough to be told before they start; else nothing."""
    seconds = expected_seconds(experiments)
    if seconds <= LONG:
        return ""
    return f"{layer_steps(experiments):,} layers × epochs to go through: about {count(round(seconds), 'second')}."


def network(study: Study) -> str:
    """A network in a few words."""
    experiment = study.experiment
    start = STARTS[experiment.initialiser]
    parts = [
        f"{ACTIVATIONS[experiment.activation].label}, {study.depth} × {experiment.hidden[0]}",
        f"{start.label if start.is_name else start.label.lower()} start",
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


def verdict(study: Study) -> str:
    """Whether the gradient vanishes, grows or arrives, with the numbers of the first epoch."""
    if study.infinite_at == 1:
        return "In the first epoch the loss is already beyond all numbers."
    return " ".join(part for part in (_size(study), _flow(study), _outcome(study)) if part)


def _longest(study: Study) -> float:
    return float(study.norms[0].max())


def _size(study: Study) -> str:
    longest = _longest(study)
    if not isfinite(longest):
        return "In the first epoch the gradient explodes, beyond all numbers: there is no telling what of it arrives."
    said = f"In the first epoch the gradient explodes: its length is up to {number(longest)}."
    return said if longest > EXPLODED else ""


def _flow(study: Study) -> str:
    if study.depth == 1:
        return "With one hidden layer there is no way back on which a gradient could fade."
    if not isfinite(study.ratio()):
        return ""
    exploded = _longest(study) > EXPLODED
    return f"{'On its way back it' if exploded else 'In the first epoch the gradient'} {_way_back(study, exploded)}"


def _way_back(study: Study, exploded: bool) -> str:
    ratio, factor, last = study.ratio(), study.factor(), f"layer {study.depth}"
    if ratio == 0:
        return "does not come to layer 1 at all, not in 32 bits: it vanishes."
    if ratio < 1 / STEADY:
        # What has exploded has not faded, however little of it is left.
        name = "" if exploded else ": it vanishes" if ratio < VANISHED else ": it fades, but arrives"
        return f"shrinks {number(1 / factor)}-fold a layer; layer 1 gets {number(ratio)} of {last}'s{name}."
    if ratio > STEADY:
        return f"grows {number(factor)}-fold a layer; layer 1 gets {number(ratio)} × {last}'s."
    return f"arrives whole: layer 1 gets {number(ratio)} of {last}'s."


def _outcome(study: Study) -> str:
    first = number(float(study.loss[0]))
    if study.infinite_at:
        return f"The loss, {first} at first, is beyond all numbers from epoch {study.infinite_at:,} on."
    dead = int(study.dead[-1].sum())
    units = f" At the end {count(dead, 'unit')} of {study.units} {'is' if dead == 1 else 'are'} dead." if dead else ""
    return f"The loss goes from {first} to {number(study.end)} in {count(len(study.loss), 'epoch')}.{units}"


def theory(study: Study) -> str:
    """What is expected of the start, beside what was measured."""
    activation = ACTIVATIONS[study.experiment.activation]
    bound = f"{activation.label}'s slope is at most {number(activation.steepest)}."
    if study.depth == 1:
        return f"{bound} With one hidden layer there is no layer before it to compare."
    if study.theory is None:
        return f"{bound} With normalisation or shortcuts no simple rule says what a layer does to the gradient."
    return (
        f"{bound} By its first weights and slopes a layer multiplies the error by {number(study.theory.error)} on its"
        f" way back. The gradient of its weights is the error times what the layer was given: from a layer to the one"
        f" before it, {number(study.theory.factor)} in theory; {_measured(study.factor())}."
    )


def _measured(factor: float) -> str:
    return f"measured {number(factor)}" if isfinite(factor) else "in 32 bits it is beyond all numbers"


def chart_words() -> str:
    """What the charts show, for who reads them for the first time."""
    *some, last = (f"{100 * share:.0f}" for share in SHARES)
    return (
        "Gradient norm: the length of the gradient of a layer's weights and biases, before clipping. Activations: at"
        f" each layer {', '.join(some)} and {last} % of all values lie below the lines. Dead: a unit whose slope is"
        f" below {100 * DEAD:.0f} % of the steepest at every point."
    )


def rows(studies: Sequence[Study]) -> list[list[str]]:
    """The table below the charts: a row a question, a column a network."""
    questions = [
        ("gradient, layer 1 over the last hidden, first epoch", lambda each: _known(each.ratio())),
        ("the same in the last epoch", lambda each: "–" if each.infinite_at else _known(each.ratio(len(each.norms)))),
        ("from a layer to the one before it, times", lambda each: _known(each.factor() if each.depth > 1 else nan)),
        ("the same in theory", lambda each: number(each.theory.factor) if each.theory else "–"),
        ("dead units at the start", lambda each: _dead(each, 0) if each.sound_frames else "–"),
        ("dead units at the end", lambda each: "–" if each.infinite_at else _dead(each, -1)),
        ("loss at first", lambda each: number(float(each.loss[0]))),
        ("loss at the end", lambda each: number(each.end)),
        ("verdict on the loss", lambda each: each.verdict),
        ("loss infinite from epoch", lambda each: f"{each.infinite_at:,}" if each.infinite_at else "never"),
    ]
    return [[question, *(cell(study) for study in studies)] for question, cell in questions]


def _dead(study: Study, frame: int) -> str:
    return f"{int(study.dead[frame].sum())} of {study.units}"


def _known(value: float) -> str:
    """A number, or a dash where the loss was lost and there is none."""
    return number(value) if isfinite(value) else "–"


def lost(study: Study) -> str:
    """Where the loss is lost, as what follows a title; nothing if it is not."""
    return f"loss lost at epoch {study.infinite_at:,}" if study.infinite_at else ""


def steadiness_row(study: Study, nudged_end: float) -> list[str]:
    """Where the loss ends, where it does with a learning rate a millionth beside, and what that says."""
    ends = [number(end, DIGITS) if isfinite(end) else "diverges" for end in (end_of(study.loss), nudged_end)]
    return [*ends, "hangs on rounding" if hangs(study.loss, nudged_end) else "steady"]


def trial_rows(trials: Sequence[Trial]) -> list[list[str]]:
    """Each remedy: the loss at its end, the share of the gradient that arrives, and whether it helps."""
    return [
        [
            trial.remedy.label,
            number(trial.study.end),
            number(trial.study.ratio()),
            "helps" if trial.helps else "does not help here",
            trial.remedy.reason,
        ]
        for trial in trials
    ]


STEPS = 8


def explosion_rows(found: Explosion) -> list[list[str]]:
    """Step by step: the gradient before and after clipping, and the loss without and with it."""
    return [
        [
            f"step {step + 1}",
            number(float(found.before[step])),
            number(float(found.after[step])),
            number(float(found.clipped.loss[step])),
            number(float(found.free.loss[step])),
        ]
        for step in range(min(STEPS, len(found.before)))
    ]


def explosion_words(found: Explosion) -> str:
    """Where it breaks without clipping, and what clipping made of it."""
    limit = plain(found.clipped.experiment.global_clipnorm)
    if found.free.infinite_at:
        said = f"Without clipping the loss is beyond all numbers from epoch {found.free.infinite_at:,} on."
    else:
        said = f"Without clipping the loss stays a number: it ends at {number(found.free.end)}."
    if found.clipped.infinite_at:
        return f"{said} Clipped to a norm of {limit} it is so from epoch {found.clipped.infinite_at:,} on."
    cut = int((found.before > found.after).sum())
    return (
        f"{said} Clipped to a norm of {limit} it goes from {number(float(found.clipped.loss[0]))} to"
        f" {number(found.clipped.end)}; {cut} of {len(found.before)} steps were cut. Clipping by the"
        " global norm changes the length of a step, not its direction; clipping each variable by its own norm, or each"
        " entry by value, may change the direction, too."
    )
