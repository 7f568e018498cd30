"""What the numbers say, in sentences. Every number comes from a run; nothing here is typed in."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from playground.diagnosis import Diagnosis, Verdict, largest_stable_rate
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.optimizers import OPTIMIZERS
from playground.sources import SOURCES

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
    decimals = max(0, digits - 1 - _magnitude(size))
    return f"{value:,.{decimals}f}".replace("-", "−")


def _magnitude(size: float) -> int:
    return int(f"{size:e}".split("e")[1])


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def count(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def line(slope: float, intercept: float) -> str:
    sign = "−" if intercept < 0 else "+"
    return f"y = {number(slope)}x {sign} {number(abs(intercept))}"


def name(experiment: Experiment) -> str:
    """The loss with its parameter, as the page calls it."""
    loss = LOSSES[experiment.loss]
    symbols = {"delta": "δ", "quantile": "τ"}
    values = [f"{symbols.get(key, key)} = {number(value)}" for key, value in experiment.parameters.items()]
    return f"{loss.label} ({', '.join(values)})" if values else loss.label


def held_equal(experiment: Experiment) -> str:
    """What all losses share, so that only the loss can make the difference."""
    optimizer = OPTIMIZERS[experiment.optimizer].label
    full = experiment.rows_per_batch == experiment.points
    batches = "all points in every step" if full else f"the same batches of {experiment.rows_per_batch} points"
    return (
        f"Held equal for every loss: the same {count(experiment.points, 'point')}, the same first weights"
        f" (seed {experiment.seed}), {batches}, {optimizer} at learning rate {number(experiment.learning_rate)}"
        f" for {count(experiment.epochs, 'epoch')}. Only the loss differs."
    )


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """What happened, in one paragraph with the live numbers in it."""
    finished = [diagnosis for diagnosis in diagnoses if diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)]
    parts = [_lines(finished), _winner(finished), _unfinished(finished)]
    parts += [diverged(diagnosis) for diagnosis in diagnoses if diagnosis.verdict is Verdict.DIVERGED]
    return " ".join(part for part in parts if part)


def _lines(diagnoses: Sequence[Diagnosis]) -> str:
    found = [(diagnosis, diagnosis.run.line) for diagnosis in diagnoses]
    said = [f"{name(each.run.experiment)} found {line(*fitted)}" for each, fitted in found if fitted]
    if not said:
        return ""
    experiment = diagnoses[0].run.experiment
    truth = SOURCES[experiment.dataset].line
    told = f" The truth is {line(*truth)}." if truth else " No straight line is the truth here."
    return f"After {count(experiment.epochs, 'epoch')} {listed(said)}.{told}"


def _winner(diagnoses: Sequence[Diagnosis]) -> str:
    if len(diagnoses) < 2:
        return "".join(
            f"On clean points it is off by {number(each.rmse)} (RMSE) in units of y." for each in diagnoses
        )
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
    verb = {True: "is", False: "are"}
    said = []
    if improving:
        said.append(f"{listed(improving)} {verb[len(improving) == 1]} still improving: more epochs would help.")
    if swinging:
        said.append(
            f"{listed(swinging)} {verb[len(swinging) == 1]} swinging by more than 1 %: a smaller learning rate would settle it."
        )
    return " ".join(said)


def diverged(diagnosis: Diagnosis) -> str:
    """Why a run blew up, and the rate that would have held."""
    experiment = diagnosis.run.experiment
    limit = largest_stable_rate(experiment)
    epoch = f"{diagnosis.diverged_at:,}"
    said = f"{name(experiment)} diverged: at epoch {epoch} its loss had left the chart, more than 100 times its first value."
    if limit is not None and experiment.learning_rate > limit:
        return (
            f"{said} Each step overshoots the optimum by more than it corrects, since the learning rate"
            f" {number(experiment.learning_rate)} is above {number(limit)}, the largest stable rate for these points."
        )
    return f"{said} The steps are too large for this model: a smaller learning rate, or clipping, would hold it."
