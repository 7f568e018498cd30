"""One step of training as formulas, with the numbers of this very step in them."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.losses.loss import translate_formula
from playground.pages.landscape.single_step import Step
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number, plain
from playground.text.phrases import listed

RAISED_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
ROUNDING_WORDS = "rounding (the points pull so hard in both directions that their mean, in 32 bits, keeps few digits)"


def formulas(step: Step) -> list[tuple[str, str]]:
    """The five stages of a step, each a title and its formula with the numbers of this very step."""
    n, place = len(step.x), step.hardest
    x, y, predicted, residual, pull = (
        float(values[place]) for values in (step.x, step.y, step.predicted, step.residuals, step.pulls)
    )
    w, b = step.before
    slope = translate_formula(LOSSES[step.experiment.loss].slope)
    experiment = step.experiment
    worked = "first point, as all pull alike" if step.pulls_alike else "point that pulls hardest"
    penalised = ", penalties included" if experiment.l1 or experiment.l2 else ""
    return [
        (
            f"**1 Forward**, for the {worked}",
            rf"\hat y = w x + b = {_to_tex(w)} \cdot {_to_factor(x)} + {_to_factor(b)} = {_to_tex(predicted)}",
        ),
        ("**2 Residual**", rf"r = \hat y - y = {_to_tex(predicted)} - {_to_factor(y)} = {_to_tex(residual)}"),
        (
            f"**3 Loss**, the mean over all points{penalised}",
            rf"L = \frac{{1}}{{{n}}} \sum_i L_i = {_to_tex(step.loss)}",
        ),
        (
            f"**4 Gradient**: this point's pull, and the mean over all points{penalised}",
            _stack_equations(
                rf"\frac{{\partial L_i}}{{\partial \hat y}} = {slope} = {_to_tex(pull)}",
                rf"\frac{{\partial L}}{{\partial w}} = {_by_slope(step)}",
                rf"\frac{{\partial L}}{{\partial b}} = {_to_tex(step.gradient[1])}",
            ),
        ),
        _update_stage(step),
    ]


def _stack_equations(*lines: str) -> str:
    """Equations under each other, so that they fit a phone."""
    return r"\begin{gathered}" + r" \\[0.5em] ".join(lines) + r"\end{gathered}"


def _by_slope(step: Step) -> str:
    """The derivative by w; with penalties as a sum, that of the points first."""
    total = _to_tex(step.gradient[0])
    if not step.penalty:
        return total
    return rf"{_to_tex(step.gradient[0] - step.penalty)} + {_to_factor(step.penalty)} = {total}"


def _update_stage(step: Step) -> tuple[str, str]:
    """Old weights, what is added, new weights: by the learning rate, or by what else makes a step of the gradient."""
    changed = _step_changes(step.experiment) or ([ROUNDING_WORDS] if step.is_rounded else [])
    plainly = not changed
    rate = plain(step.experiment.learning_rate)
    lines = []
    for letter, now, slope, moved, then in zip("wb", step.before, step.gradient, step.change, step.after, strict=True):
        added = rf"- {rate} \cdot {_to_factor(slope)}" if plainly else f"+ {_to_factor(moved)}"
        lines.append(rf"{letter} \leftarrow {_to_tex(now)} {added} = {_to_tex(then)}")
    made = "" if plainly else f": what is added is not just rate × gradient, because of {listed(changed)}"
    return f"**5 New weights**{made}", _stack_equations(*lines)


def _step_changes(experiment: Experiment) -> list[str]:
    """What makes a step other than learning rate times gradient."""
    rule = OPTIMIZERS[experiment.optimizer]
    return [
        *([] if rule.key == "sgd" else [f"the optimizer ({rule.label})"]),
        *(["clipping"] if experiment.clipping else []),
        *(["the proximal step of L1"] if experiment.soft_threshold else []),
    ]


def _to_tex(value: float) -> str:
    """A number in a formula."""
    text = number(value, 4).replace("−", "-").replace(",", "{,}")
    mantissa, times, power = text.translate(RAISED_DIGITS).partition(" × 10")
    return rf"{mantissa} \cdot 10^{{{power}}}" if times else mantissa


def _to_factor(value: float) -> str:
    """A number behind a sign: in brackets if it has one of its own."""
    return rf"({_to_tex(value)})" if value < 0 else _to_tex(value)
