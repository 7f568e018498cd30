"""What the numbers say, in sentences. Every number comes from a run; nothing here is typed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite

from playground.diagnosis import Diagnosis, Verdict, largest_stable_rate
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.optimizers import OPTIMIZERS
from playground.sources import SOURCES

SYMBOLS = {"delta": "δ", "quantile": "τ", "epsilon": "ε", "scale": "c", "alpha": "α", "gamma": "γ", "momentum": "β"}
SYMBOLS |= {"label_smoothing": "s", "class_weight": "w"}
CLOSE = 0.02  # judges nearer than 2 % of each other are called equal


def number(value: float, digits: int = 3) -> str:
    """A number as a person writes it: three digits that count, thousands set apart, no 1e-05 where 0 is meant."""
    if not isfinite(value):
        return "beyond all bounds"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{_superscript(int(exponent))}".replace("-", "−")
    decimals = max(0, digits - 1 - _magnitude(size, digits))
    return f"{value:,.{decimals}f}".replace("-", "−")


def plain(value: float) -> str:
    """A setting as a person would type it: all its digits, and no more."""
    return f"{value:,.10g}".replace("-", "−")


def _magnitude(size: float, digits: int) -> int:
    return int(f"{size:.{digits - 1}e}".split("e")[1])


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def sentence(text: str) -> str:
    """A message of a check as a sentence in Markdown; what it quotes stays as it was written."""
    literal = re.sub(r"([\\`*_\[\]<>$~:#])", r"\\\1", text)
    return f"{literal[:1].upper()}{literal[1:].rstrip('.')}."


def count(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def line(slope: float, intercept: float, words: Callable[[float], str] = number) -> str:
    sign = "−" if intercept < 0 else "+"
    return f"y = {words(slope)}x {sign} {words(abs(intercept))}"


def name(experiment: Experiment) -> str:
    """The loss with its parameter, as the page calls it."""
    return LOSSES[experiment.loss].label + parameter_words(experiment.parameters)


def parameter_words(parameters: Mapping[str, float]) -> str:
    """Parameters by their symbols, in brackets; nothing if there are none."""
    said = ", ".join(f"{SYMBOLS.get(key, key)} = {plain(value)}" for key, value in parameters.items())
    return f" ({said})" if said else ""


def optimizer_words(experiment: Experiment) -> str:
    """The optimizer with its own settings, as the page calls it."""
    rule = OPTIMIZERS[experiment.optimizer]
    return rule.label + parameter_words({name: getattr(experiment, name) for name in rule.settings})


def held_equal(experiment: Experiment) -> str:
    """What all losses share, so that only the loss can make the difference."""
    optimizer = optimizer_words(experiment)
    full = experiment.rows_per_batch == experiment.points
    batches = "all points in every step" if full else f"the same batches of {experiment.rows_per_batch} points"
    return (
        f"Held equal for every loss: the same {count(experiment.points, 'point')}, the same first weights"
        f" (seed {experiment.seed}), {batches}, {optimizer} at learning rate {plain(experiment.learning_rate)}"
        f" for {count(experiment.epochs, 'epoch')}. Only the loss differs."
    )


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """What happened, in one paragraph with the live numbers in it."""
    finished = [
        diagnosis for diagnosis in diagnoses if diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    ]
    parts = [_lines(finished), _winner(finished), _unfinished(finished)]
    parts += [
        f"{name(each.run.experiment)} diverged at epoch {each.diverged_at:,}."
        for each in diagnoses
        if each.verdict is Verdict.DIVERGED
    ]
    return " ".join(part for part in parts if part)


def _lines(diagnoses: Sequence[Diagnosis]) -> str:
    found = [(diagnosis, diagnosis.run.line) for diagnosis in diagnoses]
    said = [f"{name(each.run.experiment)} found {line(*fitted)}" for each, fitted in found if fitted]
    if not said:
        return ""
    experiment = diagnoses[0].run.experiment
    truth = SOURCES[experiment.dataset].line
    told = f" The truth is {line(*truth, plain)}." if truth else " No straight line is the truth here."
    return f"After {count(experiment.epochs, 'epoch')} {listed(said)}.{told}"


def _winner(diagnoses: Sequence[Diagnosis]) -> str:
    if len(diagnoses) < 2:
        return "".join(f"On clean points it is off by {number(each.rmse)} (RMSE) in units of y." for each in diagnoses)
    ranked = sorted(diagnoses, key=lambda diagnosis: diagnosis.rmse)
    best, worst = ranked[0], ranked[-1]
    if worst.rmse - best.rmse <= CLOSE * worst.rmse:
        return f"On clean points they are equally good: RMSE {number(best.rmse)}."
    return (
        f"On clean points {name(best.run.experiment)} is nearest to the truth: RMSE {number(best.rmse)},"
        f" against {number(worst.rmse)} for {name(worst.run.experiment)}."
    )


def _unfinished(diagnoses: Sequence[Diagnosis]) -> str:
    improving = [name(each.run.experiment) for each in diagnoses if each.verdict is Verdict.IMPROVING]
    swinging = [name(each.run.experiment) for each in diagnoses if each.verdict is Verdict.OSCILLATING]
    return " ".join(
        [
            *([f"{_are(improving)} still improving: more epochs would help."] if improving else []),
            *(
                [f"{_are(swinging)} swinging by more than 1\u00a0%: a smaller learning rate calms it."]
                if swinging
                else []
            ),
        ]
    )


def _are(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"


def diverged(diagnosis: Diagnosis) -> str:
    """Why a run blew up, and the rate that would have held."""
    experiment, loss = diagnosis.run.experiment, diagnosis.run.loss
    limit = largest_stable_rate(experiment)
    first, last = number(float(loss[0])), number(float(diagnosis.shown[-1]))
    if diagnosis.exploded:
        epoch = f"{diagnosis.diverged_at:,}"
        said = f"{name(experiment)} diverged: by epoch {epoch} its loss had grown from {first} to {last}."
    else:
        said = f"{name(experiment)} is diverging: its loss grew from {first} to {last} and keeps growing."
    if limit is not None and experiment.learning_rate > limit:
        return (
            f"{said} Each step overshoots the optimum by more than it corrects, since the learning rate"
            f" {plain(experiment.learning_rate)} is above {number(limit)}, the largest stable rate for these points."
        )
    return f"{said} The steps are too large for this model: a smaller learning rate, or clipping, would hold it."
