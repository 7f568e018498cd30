"""A summary of several runs in sentences. Every number in it is computed from the runs."""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.diagnosis import Diagnosis
from playground.diagnosis.verdict import Cause, Verdict
from playground.experiment import Experiment
from playground.experiment.names import line, name, optimizer_words
from playground.tables.functions import TRUE_FUNCTIONS
from playground.text.numbers import number as number
from playground.text.numbers import plain as plain
from playground.text.phrases import count, listed
from playground.theory.coverage import aims_at_centre, share_below_fresh, share_below_training

ONE_DRAW = "This is one draw of the noise: another seed may order the losses differently."
CLOSE = 0.02  # errors within 2% of each other are called equal


def describe_verdict(verdict: Verdict, diverged_at: int | None) -> str:
    """A verdict as text, with the epoch of a divergence."""
    return str(verdict) if diverged_at is None else f"{verdict} at epoch {diverged_at:,}"


def describe_equal_settings(experiment: Experiment) -> str:
    """The settings that all compared runs share, so that only the loss can make the difference."""
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


def summarise_runs(diagnoses: Sequence[Diagnosis]) -> str:
    """One paragraph on runs of one experiment under different losses: what they fitted, which is best, what went wrong.

    The best is the one with the smallest RMSE on clean points; quantiles are judged by their coverage instead.
    """
    finished = [
        diagnosis for diagnosis in diagnoses if diagnosis.verdict not in (Verdict.DIVERGED, Verdict.NOT_TRAINED)
    ]
    central = [diagnosis for diagnosis in finished if aims_at_centre(diagnosis.experiment)]
    aside = [diagnosis for diagnosis in finished if diagnosis not in central]
    parts = [_describe_lines(finished), _describe_winner(central), *map(_describe_share_below, aside)]
    parts.append(describe_unfinished(finished))
    parts += [
        f"{name(diagnosis.experiment)} diverged at epoch {diagnosis.diverged_at:,}."
        for diagnosis in diagnoses
        if diagnosis.verdict is Verdict.DIVERGED
    ]
    return " ".join(part for part in parts if part)


def _describe_lines(diagnoses: Sequence[Diagnosis]) -> str:
    """The fitted lines beside the true one; empty for other models and for borders between labels."""
    lines = [
        f"{name(diagnosis.experiment)} found {line(*diagnosis.run.line)}"
        for diagnosis in diagnoses
        if diagnosis.run.line and diagnosis.experiment.task == "regression"
    ]
    if not lines:
        return ""
    experiment = diagnoses[0].experiment
    truth = TRUE_FUNCTIONS[experiment.dataset].line
    truth_words = f" The truth is {line(*truth, plain)}." if truth else " No straight line is the truth here."
    return f"After {count(experiment.epochs, 'epoch')} {listed(lines)}.{truth_words}"


def _describe_winner(diagnoses: Sequence[Diagnosis]) -> str:
    if len(diagnoses) < 2:
        return "".join(
            f"On clean points {name(diagnosis.experiment)} is off by {number(diagnosis.rmse)} (RMSE) in units of y."
            for diagnosis in diagnoses
        )
    ranked = sorted(diagnoses, key=lambda diagnosis: diagnosis.rmse)
    best, worst = ranked[0], ranked[-1]
    if worst.rmse - best.rmse <= CLOSE * worst.rmse:
        span = f"RMSE {number(best.rmse)} to {number(worst.rmse)}"
        return f"On clean points they are within {CLOSE:.0%} of each other: {span}."
    farthest = "" if len(ranked) == 2 else ", the farthest"
    return (
        f"On clean points {name(best.experiment)} is nearest to the truth: RMSE {number(best.rmse)},"
        f" against {number(worst.rmse)} for {name(worst.experiment)}{farthest}. {ONE_DRAW}"
    )


def _describe_share_below(diagnosis: Diagnosis) -> str:
    """The share of points meant to lie below a quantile's line, and those of training and fresh points that do."""
    experiment = diagnosis.experiment
    below, (fresh, among) = share_below_training(diagnosis.run), share_below_fresh(diagnosis.run)
    fewer = ": the line was fitted to its own points only" if fresh < below else ""
    return (
        f"{name(experiment)} is not meant to be near the truth: {100 * experiment.quantile:.3g}% of the training points"
        f" are to lie below its line, and {below:.0%} do. Of {among:,} fresh points of the same law {fresh:.0%}"
        f" do{fewer}."
    )


def describe_unfinished(diagnoses: Sequence[Diagnosis]) -> str:
    """Which runs have not come to rest at their optimum, in sentences by cause; empty if all have."""
    verdicts = {diagnosis.verdict for diagnosis in diagnoses}
    sentences = ["One epoch shows no trend yet."] if Verdict.EARLY in verdicts else []
    groups: dict[str, list[str]] = {}
    for diagnosis in diagnoses:
        for ending in _describe_trouble(diagnosis):
            groups.setdefault(ending, []).append(name(diagnosis.experiment))
    for ending, names in groups.items():
        sentences.append(f"{listed(names)} {'is' if len(names) == 1 else 'are'} {ending}")
    return " ".join(sentences)


def _describe_trouble(diagnosis: Diagnosis) -> list[str]:
    """What is wrong with a run, as the end of a sentence in a list; an empty list if nothing is."""
    endings = {
        Verdict.IMPROVING: "still improving: the loss would fall further in more epochs.",
        Verdict.STUCK: "stuck: at rest, but not at its least loss.",
        Verdict.OSCILLATING: "oscillating: a smaller learning rate makes the swings smaller.",
    }
    if diagnosis.verdict not in endings:
        return []
    return [_CAUSES.get((diagnosis.verdict, diagnosis.cause), endings[diagnosis.verdict])]


_CAUSES: dict[tuple[Verdict, Cause | None], str] = {
    (Verdict.IMPROVING, Cause.SEPARABLE): (
        "still improving, without ever coming to rest: the labels are separable, so the weights grow on and on. An L2"
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
        "stuck in a valley that is not the lowest: start from another line, or choose a loss under which far points"
        " keep their influence."
    ),
    (Verdict.STUCK, Cause.NO_PULL): (
        "stuck: nearly all points are too far from the line to move it. Start nearer to them, or choose a loss under"
        " which far points keep their influence."
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
