"""What is said of a fit: whether a loss followed points far off, the model is unsuitable, or training is not done."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan

from playground.diagnosis.fit import Fit, FitFinding, Misfit, Reach, find_reach, judge_fits
from playground.diagnosis.verdict import Verdict
from playground.experiment.names import name
from playground.losses import LOSSES
from playground.text.numbers import number, plain

FOLLOWED = {
    "line": {
        False: "{loss} followed {far} points: its line lies {distance} from the truth (RMSE).",
        True: "{loss} followed one point: its line lies {distance} from the truth (RMSE).",
    },
    "curve": {
        False: "{loss} followed {far} points: its curve lies {distance} from the truth (RMSE).",
        True: "{loss} followed one point: its curve lies {distance} from the truth (RMSE).",
    },
}
FOLLOWED_BESIDE = {
    "line": {
        False: "{loss} followed {far} points: its line lies {distance} from the truth (RMSE), {other}'s {nearer}.",
        True: "{loss} followed one point: its line lies {distance} from the truth (RMSE), {other}'s {nearer}.",
    },
    "curve": {
        False: "{loss} followed {far} points: its curve lies {distance} from the truth (RMSE), {other}'s {nearer}.",
        True: "{loss} followed one point: its curve lies {distance} from the truth (RMSE), {other}'s {nearer}.",
    },
}
MISLED = {
    False: ("{loss} followed {far} wrong labels: it calls {distance} of new points wrong, {other} only {nearer}."),
    True: "{loss} followed one wrong label: it calls {distance} of new points wrong, {other} only {nearer}.",
}
CARRIED = {
    False: "At the end these points carry {share} of its pull.",
    True: "At the end this point carries {share} of its pull.",
}
CARRIED_BESIDE = {
    False: "At the end these points carry {share} of its pull, and {others_share} of {other}'s.",
    True: "At the end this point carries {share} of its pull, and {others_share} of {other}'s.",
}
WITHOUT = {
    False: "Without them, its best fit would lie {without} from the truth.",
    True: "Without it, its best fit would lie {without} from the truth.",
}
REACHES = {
    Reach.GROWS: "{loss}'s pull grows with the error.",
    Reach.LEVEL: "{loss}'s pull is the same for all large errors.",
    Reach.FADES: "{loss}'s pull fades where the error is large.",
    Reach.NOTHING: "{loss} does not pull at points so far off.",
}
STOPS_AT_DELTA = "{loss}'s pull stops growing at δ = {delta}."
STRAIGHT = (
    "No straight line comes nearer to this truth than {least} (RMSE). That is the limit of the model, not of a loss:"
    " add a hidden layer or raise the degree."
)
POLYNOMIAL = (
    "No polynomial of degree {degree} comes nearer to this truth than {least} (RMSE). That is the limit of the model,"
    " not of a loss: add a hidden layer or raise the degree."
)
UNFINISHED = (
    "{loss} lies {distance} from the truth (RMSE), but its training is not finished: it is {verdict}. Judge the loss"
    " when it has come to rest."
)
STUCK = (
    "{loss} lies {distance} from the truth (RMSE), but it is stuck above its least loss: that is where its training"
    " ended, not where the loss leads."
)
EVEN = (
    "{far} of {points} labels are wrong. They carry {lowest} to {highest} of the pull, and no loss's border is clearly"
    " worse for it on new points."
)


def describe_fits(findings: Sequence[FitFinding]) -> list[str]:
    """One text a finding; runs whose model is unsuitable share one."""
    texts = [_DESCRIBE[finding.misfit](finding) for finding in findings]
    return list(dict.fromkeys(texts))


def _describe_followed(finding: FitFinding) -> str:
    """Which points a loss followed, how far from the truth, and how its pull and that of a better loss change."""
    sentences = [_say_what_it_followed(finding), _say_what_they_carry(finding)]
    if not finding.better and finding.fit.distance_without_far is not None:
        without = number(finding.fit.distance_without_far)
        sentences.append(WITHOUT[len(finding.fit.far) == 1].format(without=without))
    sentences.append(_describe_reach(finding.fit))
    if finding.better:
        sentences.append(_describe_reach(finding.better))
    return " ".join(sentences)


def _say_what_it_followed(finding: FitFinding) -> str:
    fit, better = finding.fit, finding.better
    one = len(fit.far) == 1
    if fit.is_classifier:
        template = MISLED[one]
    else:
        shape = "line" if fit.experiment.is_line else "curve"
        template = (FOLLOWED_BESIDE if better else FOLLOWED)[shape][one]
    return template.format(
        loss=name(fit.experiment),
        far=f"{len(fit.far):,}",
        distance=_write_distance(fit),
        other=better and _call_loss(better),
        nearer=better and _write_distance(better),
    )


def _say_what_they_carry(finding: FitFinding) -> str:
    fit, better = finding.fit, finding.better
    one = len(fit.far) == 1
    if not better or isnan(better.far_share):  # nothing pulls under the other loss
        return CARRIED[one].format(share=_write_share(fit.far_share))
    return CARRIED_BESIDE[one].format(
        share=_write_share(fit.far_share), others_share=_write_share(better.far_share), other=_call_loss(better)
    )


def _describe_reach(fit: Fit) -> str:
    reach, experiment = find_reach(fit), fit.experiment
    if reach is Reach.LEVEL and "delta" in experiment.parameters:
        return STOPS_AT_DELTA.format(loss=_call_loss(fit), delta=plain(experiment.delta))
    return REACHES[reach].format(loss=_call_loss(fit))


def _describe_limit(finding: FitFinding) -> str:
    degree = finding.fit.experiment.degree
    least = number(finding.least or 0.0)
    return POLYNOMIAL.format(degree=degree, least=least) if degree > 1 else STRAIGHT.format(least=least)


def _describe_unfinished(finding: FitFinding) -> str:
    fit = finding.fit
    distance, verdict = _write_distance(fit), fit.diagnosis.verdict
    template = STUCK if verdict is Verdict.STUCK else UNFINISHED
    return template.format(loss=name(fit.experiment), distance=distance, verdict=str(verdict))


def describe_wrong_labels(fits: Sequence[Fit]) -> str:
    """How much of each classifier's pull wrong labels carry, where no loss suffers more than another; else empty."""
    shares = [fit.far_share for fit in fits if fit.is_judged and isfinite(fit.far_share)]
    if not shares or not len(fits[0].far) or not fits[0].is_classifier or judge_fits([fit.diagnosis for fit in fits]):
        return ""
    lowest, highest = _write_share(min(shares)), _write_share(max(shares))
    return EVEN.format(far=f"{len(fits[0].far):,}", points=f"{len(fits[0].pulls):,}", lowest=lowest, highest=highest)


def _call_loss(fit: Fit) -> str:
    return LOSSES[fit.experiment.loss].label


def _write_distance(fit: Fit) -> str:
    return _write_share(fit.distance) if fit.is_classifier else number(fit.distance)


def _write_share(share: float) -> str:
    """A share as whole per cent; a small one with a digit behind the point."""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


_DESCRIBE = {
    Misfit.FAR_POINTS: _describe_followed,
    Misfit.MODEL: _describe_limit,
    Misfit.TRAINING: _describe_unfinished,
}
