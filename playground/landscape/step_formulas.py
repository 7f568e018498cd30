"""One step of training as formulas, with the numbers of this very step in them."""

from __future__ import annotations

import numpy as np

from playground.anatomy.catalogue import CATALOGUE
from playground.landscape.slow_motion import Step
from playground.numerals import number, plain
from playground.tables.optimizers import OPTIMIZERS


def formulas(step: Step) -> list[tuple[str, str]]:
    """The five stages of a step, each a title and its formula with the numbers of this very step."""
    n, place = len(step.x), int(np.abs(step.pulls).argmax())
    x, y, predicted, residual, pull = (
        float(values[place]) for values in (step.x, step.y, step.predicted, step.residuals, step.pulls)
    )
    w, b = step.before
    slope = CATALOGUE[step.experiment.loss].slope if step.experiment.loss in CATALOGUE else "L'"
    by_w, by_b = map(_tex, step.gradient)
    return [
        (
            "**1 Forward**, for the point that pulls hardest",
            rf"\hat y = w x + b = {_tex(w)} \cdot {_factor(x)} + {_factor(b)} = {_tex(predicted)}",
        ),
        ("**2 Residual**", rf"r = \hat y - y = {_tex(predicted)} - {_factor(y)} = {_tex(residual)}"),
        ("**3 Loss**, the mean over all points", rf"L = \frac{{1}}{{{n}}} \sum_i L_i = {_tex(step.loss)}"),
        (
            "**4 Gradient**: this point's pull, and the mean over all points",
            _stacked(
                rf"\frac{{\partial L_i}}{{\partial \hat y}} = {slope} = {_tex(pull)}",
                rf"\frac{{\partial L}}{{\partial w}} = {by_w}",
                rf"\frac{{\partial L}}{{\partial b}} = {by_b}",
            ),
        ),
        _update(step),
    ]


def _stacked(*lines: str) -> str:
    """Equations under each other, so that they fit a phone."""
    return r"\begin{gathered}" + r" \\[0.5em] ".join(lines) + r"\end{gathered}"


def _update(step: Step) -> tuple[str, str]:
    """Old weights, what is added, new weights: by the learning rate, or by what the optimizer made of the gradient."""
    rule = OPTIMIZERS[step.experiment.optimizer]
    plainly = rule.key == "sgd" and not step.experiment.clipping
    rate = plain(step.experiment.learning_rate)
    lines = []
    for letter, now, slope, moved, then in zip("wb", step.before, step.gradient, step.change, step.after, strict=True):
        added = rf"- {rate} \cdot {_factor(slope)}" if plainly else f"+ {_factor(moved)}"
        lines.append(rf"{letter} \leftarrow {_tex(now)} {added} = {_tex(then)}")
    made = "" if plainly else f": {rule.label} made these steps of the gradient"
    return f"**5 New weights**{made}", _stacked(*lines)


def _tex(value: float) -> str:
    """A number in a formula."""
    said = number(value, 4).replace("−", "-").replace(",", "{,}")
    for digit, raised in zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True):
        said = said.replace(digit, raised)
    if "× 10" in said:
        mantissa, power = said.split(" × 10")
        said = rf"{mantissa} \cdot 10^{{{power}}}"
    return said


def _factor(value: float) -> str:
    """A number behind a sign: in brackets if it has one of its own."""
    return rf"({_tex(value)})" if value < 0 else _tex(value)
