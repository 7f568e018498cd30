"""What the numbers say, in sentences. Every number comes from a run; nothing here is typed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from playground.diagnosis import Diagnosis, Verdict
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.numerals import number as number
from playground.numerals import plain as plain
from playground.tables.optimizers import OPTIMIZERS
from playground.tables.sources import SOURCES

SYMBOLS = {"delta": "δ", "quantile": "τ", "epsilon": "ε", "scale": "c", "alpha": "α", "gamma": "γ", "momentum": "β"}
SYMBOLS |= {"label_smoothing": "s", "class_weight": "w"}
CLOSE = 0.02  # judges nearer than 2 % of each other are called equal


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


def verdict_words(verdict: Verdict, diverged_at: int | None) -> str:
    """A verdict, with the epoch of a divergence."""
    return str(verdict) if diverged_at is None else f"{verdict} at epoch {diverged_at:,}"


def held_equal(experiment: Experiment) -> str:
    """What all losses share, so that only the loss can make the difference."""
    optimizer = optimizer_words(experiment)
    full = experiment.rows_per_batch == experiment.points
    batches = "all points in every step" if full else f"the same batches of {count(experiment.rows_per_batch, 'point')}"
    return (
        f"Held equal for every loss: the same {count(experiment.points, 'point')}, the same first weights"
        f" (seed {experiment.seed}), {batches}, {optimizer} at learning rate {plain(experiment.learning_rate)}"
        f" for {count(experiment.epochs, 'epoch')}. Only the loss differs. The loss of an epoch is Keras's: it is taken"
        " before each step, so the last one is not yet that of the model at the end."
    )


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """What happened, in one paragraph with the live numbers in it."""
    finished = [
        diagnosis for diagnosis in diagnoses if diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    ]
    central = [diagnosis for diagnosis in finished if _aims_at_centre(diagnosis.run.experiment)]
    aside = [diagnosis for diagnosis in finished if diagnosis not in central]
    parts = [_lines(finished), _winner(central), *map(_share_below, aside), _unfinished(finished)]
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
        return "".join(
            f"On clean points {name(each.run.experiment)} is off by {number(each.rmse)} (RMSE) in units of y."
            for each in diagnoses
        )
    ranked = sorted(diagnoses, key=lambda diagnosis: diagnosis.rmse)
    best, worst = ranked[0], ranked[-1]
    if worst.rmse - best.rmse <= CLOSE * worst.rmse:
        span = f"RMSE {number(best.rmse)} to {number(worst.rmse)}"
        return f"On clean points they are within {CLOSE:.0%} of each other: {span}.".replace("%", "\u00a0%")
    farthest = "" if len(ranked) == 2 else ", the farthest"
    return (
        f"On clean points {name(best.run.experiment)} is nearest to the truth: RMSE {number(best.rmse)},"
        f" against {number(worst.rmse)} for {name(worst.run.experiment)}{farthest}."
    )


def _aims_at_centre(experiment: Experiment) -> bool:
    """Whether a loss wants the middle of the points; a quantile other than the median wants to lie aside."""
    return "quantile" not in experiment.parameters or experiment.quantile == 0.5


def _share_below(diagnosis: Diagnosis) -> str:
    """What a quantile's line is for: so many of the points should lie below it, and so many do."""
    data, experiment = diagnosis.run.data, diagnosis.run.experiment
    below = float((data.y_train < diagnosis.run.predict(data.x_train)).mean())
    return (
        f"{name(experiment)} is not meant to be near the truth: {100 * experiment.quantile:.3g}% of the points are to"
        f" lie below its line, and {below:.0%} do."
    ).replace("%", "\u00a0%")


def _unfinished(diagnoses: Sequence[Diagnosis]) -> str:
    early = any(each.verdict is Verdict.EARLY for each in diagnoses)
    improving = [name(each.run.experiment) for each in diagnoses if each.verdict is Verdict.IMPROVING]
    stuck = [name(each.run.experiment) for each in diagnoses if each.told is Verdict.STUCK]
    swinging = [name(each.run.experiment) for each in diagnoses if each.verdict is Verdict.OSCILLATING]
    return " ".join(
        [
            *(["One epoch shows no trend yet."] if early else []),
            *([f"{_are(improving)} still improving: the loss would fall further in more epochs."] if improving else []),
            *([f"{_are(stuck)} stuck: at rest, but not at its least loss."] if stuck else []),
            *(
                [f"{_are(swinging)} swinging by more than 1\u00a0%: a smaller learning rate makes the swing smaller."]
                if swinging
                else []
            ),
        ]
    )


def _are(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"
