"""What the numbers say, in sentences. Every number comes from a run; nothing here is typed in."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.verdict import Cause, Verdict
from playground.experiment import Experiment
from playground.experiment.names import line, name, optimizer_words
from playground.tables.functions import SOURCES
from playground.text.numbers import number as number
from playground.text.numbers import plain as plain
from playground.text.phrases import count, listed
from playground.theory.coverage import aims_at_centre, share_below_fresh, share_below_training

ONE_DRAW = "This is one draw of the noise: another seed may order the losses differently."
CLOSE = 0.02  # judges nearer than 2 % of each other are called equal


def verdict_words(verdict: Verdict, diverged_at: int | None) -> str:
    """A verdict, with the epoch of a divergence."""
    return str(verdict) if diverged_at is None else f"{verdict} at epoch {diverged_at:,}"


def held_equal(experiment: Experiment) -> str:
    """What all losses share, so that only the loss can make the difference."""
    optimizer = optimizer_words(experiment)
    full = experiment.rows_per_batch == experiment.points
    penalty = " The penalty of its weights is in each loss." if experiment.l1 or experiment.l2 else ""
    batches = "all points in every step" if full else f"the same batches of {count(experiment.rows_per_batch, 'point')}"
    return (
        f"Held equal for every loss: the same {count(experiment.points, 'point')}, the same first weights"
        f" (seed {experiment.seed}), {batches}, {optimizer} at learning rate {plain(experiment.learning_rate)}"
        f" for {count(experiment.epochs, 'epoch')}. Only the loss differs. The loss of an epoch is Keras's: it is taken"
        " before each step, so the last one is not yet that of the model at the end: at a shown epoch, the line is that"
        " after the epoch, the loss that before its steps."
        f"{penalty}"
    )


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """What happened, in one paragraph with the live numbers in it."""
    finished = [
        diagnosis for diagnosis in diagnoses if diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    ]
    central = [diagnosis for diagnosis in finished if aims_at_centre(diagnosis.run.experiment)]
    aside = [diagnosis for diagnosis in finished if diagnosis not in central]
    parts = [_lines(finished), _winner(central), *map(_share_below, aside), unfinished(finished)]
    parts += [
        f"{name(each.run.experiment)} diverged at epoch {each.diverged_at:,}."
        for each in diagnoses
        if each.verdict is Verdict.DIVERGED
    ]
    return " ".join(part for part in parts if part)


def _lines(diagnoses: Sequence[Diagnosis]) -> str:
    """Which lines were found, beside the true one; nothing of other models, nor of borders between labels."""
    lines = [(diagnosis.run.experiment, diagnosis.run.line) for diagnosis in diagnoses]
    said = [f"{name(one)} found {line(*fitted)}" for one, fitted in lines if fitted and one.task == "regression"]
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
        f" against {number(worst.rmse)} for {name(worst.run.experiment)}{farthest}. {ONE_DRAW}"
    )


def _share_below(diagnosis: Diagnosis) -> str:
    """What a quantile's line is for: so many of the points should lie below it, and so many do, old ones and new."""
    experiment = diagnosis.run.experiment
    below, (fresh, among) = share_below_training(diagnosis.run), share_below_fresh(diagnosis.run)
    fewer = ": the line was fitted to its own points only" if fresh < below else ""
    return (
        f"{name(experiment)} is not meant to be near the truth: {100 * experiment.quantile:.3g}% of the training points"
        f" are to lie below its line, and {below:.0%} do. Of {among:,} fresh points of the same law {fresh:.0%}"
        f" do{fewer}."
    ).replace("%", "\u00a0%")


def unfinished(diagnoses: Sequence[Diagnosis]) -> str:
    """Which runs are not at rest where they should be, with what is known of the cause of each."""
    early = ["One epoch shows no trend yet."] if any(each.verdict is Verdict.EARLY for each in diagnoses) else []
    groups: dict[str, list[str]] = {}
    for each in diagnoses:
        for says in _open_questions(each):
            groups.setdefault(says, []).append(name(each.run.experiment))
    return " ".join([*early, *(f"{_are(names)} {says}" for says, names in groups.items())])


def _open_questions(diagnosis: Diagnosis) -> list[str]:
    """What a run that is not well does, as the end of a sentence; nothing of one that is well or has one epoch."""
    known = {
        Verdict.IMPROVING: "still improving: the loss would fall further in more epochs.",
        Verdict.STUCK: "stuck: at rest, but not at its least loss.",
        Verdict.OSCILLATING: "oscillating: a smaller learning rate makes the swings smaller.",
    }
    if diagnosis.verdict not in known:
        return []
    return [_CAUSES.get((diagnosis.verdict, diagnosis.cause), known[diagnosis.verdict])]


_CAUSES: dict[tuple[Verdict, Cause | None], str] = {
    (Verdict.IMPROVING, Cause.SEPARABLE): (
        "still improving, and never comes to rest: the labels are separable, so the weights grow without end. An L2"
        " penalty gives the loss an optimum."
    ),
    (Verdict.IMPROVING, Cause.MOVING_STATISTICS): (
        "still improving: the moving averages of its batch normalisation, with which it predicts, have not caught up"
        " with those of its training. Train longer."
    ),
    (Verdict.OSCILLATING, Cause.MOVING_STATISTICS): (
        "oscillating: the moving averages of its batch normalisation, with which it predicts, do not match the batches"
        " that it trains on."
    ),
    (Verdict.OSCILLATING, Cause.UNFADING_GRADIENT): (
        "oscillating, since the gradient of this loss does not fade near the optimum: a smaller learning rate makes"
        " the swings smaller, but does not end them."
    ),
    (Verdict.OSCILLATING, Cause.MINI_BATCHES): (
        "oscillating, since each step sees only a few points: larger batches or a smaller learning rate make the"
        " swings smaller."
    ),
    (Verdict.STUCK, Cause.WRONG_VALLEY): (
        "stuck in a valley that is not the lowest: begin elsewhere, or choose a loss that hears far points."
    ),
    (Verdict.STUCK, Cause.NO_PULL): (
        "stuck: nearly all points are too far off to pull at the line. Begin nearer, or choose a loss that hears far"
        " points."
    ),
    (Verdict.STUCK, Cause.SMALL_STEPS): "stuck: the steps are too small, or too few, to reach the least loss.",
    (Verdict.STUCK, Cause.DEAD_UNITS): (
        "stuck: all units of a hidden layer are dead, so the model says the same of every point."
    ),
    (Verdict.STUCK, Cause.CONSTANT): "stuck: no better than one constant for all points.",
    (Verdict.STUCK, Cause.STRAIGHT_BORDER): (
        "stuck: a straight border is no better than one constant for all points here. Add a hidden layer."
    ),
}


def _are(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"
