"""The formulas of a step, taken apart as they are printed, and worked out again with their own digits."""

import re
from itertools import product

import numpy as np
import pytest

from playground.pages.landscape.single_step import Step, find_step
from playground.pages.landscape.step_formulas import formulas
from tests.support.exact_losses import SLOPES, exactly
from tests.support.runs import diagnosed

NUMBER = re.compile(r"(?<![\w^{])(-?\d[\d.,]*\d|-?\d)(?: \\cdot 10\^\{(-?\d+)\})?")
CASES = [
    *({"loss": loss, "learning_rate": rate} for loss, rate in product(["mse", "mae", "huber"], [0.01, 0.1, 10.0])),
    *({"loss": loss} for loss in ("log_cosh", "quantile", "epsilon_insensitive", "cauchy", "tukey", "general")),
    {"loss": "mse", "learning_rate": 100.0},
    {"loss": "general", "alpha": -2.0, "learning_rate": 10.0},
    {"loss": "mae", "noise": 0.0, "start_slope": 2.0, "start_intercept": 3.0},
    {"loss": "quantile", "noise": 0.0, "start_slope": 2.0, "start_intercept": 3.0},
    {"loss": "mse", "l1": 0.5, "l2": 0.3},
    {"loss": "mae", "l1": 5.0, "learning_rate": 0.3},
    {"loss": "mse", "l1": 5.0, "proximal": True},
    {"loss": "mae", "l1": 1.0, "l2": 0.1, "proximal": True, "learning_rate": 1.0},
    {"loss": "mse", "global_clipnorm": 1.0, "learning_rate": 0.1},
    {"loss": "mse", "clipvalue": 0.5, "learning_rate": 0.1, "l2": 1.0},
    {"loss": "huber", "global_clipnorm": 1.0, "proximal": True, "l1": 1.0},
    {"loss": "mse", "standardise": True, "learning_rate": 0.5},
    {"loss": "mse", "outliers": 0.2, "outlier_size": 1000.0, "learning_rate": 0.001},
    *({"loss": "mse", "optimizer": rule} for rule in ("momentum", "nesterov", "adam", "lion", "adamw", "rmsprop")),
    {"loss": "mae", "optimizer": "momentum", "learning_rate": 10.0, "l1": 0.1},
]
STEPS = (1, 2, 5, 10, 12, 100, 500, 1000)


def steps_of(changes: dict) -> list[Step]:
    run = diagnosed(**changes).run
    return [step for number in STEPS if (step := find_step(run, number)) is not None]


def read(piece: re.Match) -> tuple[float, float]:
    """A printed number, and half a unit of its last digit."""
    mantissa = piece[1].replace(",", "")
    power = 10.0 ** int(piece[2] or 0)
    decimals = len(mantissa.partition(".")[2])
    return float(mantissa) * power, 0.5 * 10.0**-decimals * power


def worked_out(expression: str) -> tuple[float, float]:
    """What a printed expression gives, and by how much the rounding of its numbers may change that."""
    expression = expression.replace("{,}", "")
    numbers = [read(piece) for piece in NUMBER.finditer(expression)]
    places = iter(range(len(numbers)))
    template = NUMBER.sub(lambda _: f"(v[{next(places)}])", expression).replace(r"\cdot", "*")

    def value(v: list[float]) -> float:
        return eval(template, {"v": v})

    plain = [number for number, _ in numbers]
    shifted = [[*plain[:i], plain[i] + half, *plain[i + 1 :]] for i, (_, half) in enumerate(numbers)]
    return value(plain), sum(abs(value(each) - value(plain)) for each in shifted)


def assert_holds(left: str, right: str) -> None:
    (expected, loose), (value, half) = worked_out(left), worked_out(right)
    assert abs(expected - value) <= 1.001 * (loose + half), f"{left} is {expected}, not {right}"


@pytest.mark.parametrize("changes", CASES, ids=str)
def test_the_printed_arithmetic_holds(changes: dict) -> None:
    steps = steps_of(changes)
    assert steps
    for step in steps:
        forward, residual, _, _, update = (formula for _, formula in formulas(step))
        assert_holds(*forward.split(" = ")[2:])
        assert_holds(*residual.split(" = ")[2:])
        lines = re.findall(r"[wb] \\leftarrow (.*?)(?= \\\\|\\end)", update)
        assert len(lines) == 2
        for line in lines:
            assert_holds(*line.split(" = "))


@pytest.mark.parametrize("changes", CASES, ids=str)
def test_the_printed_gradient_is_that_of_the_books(changes: dict) -> None:
    for step in steps_of(changes):
        experiment = step.experiment
        residuals = [exactly(lambda y, p: p - y, *pair) for pair in zip(step.y, step.predicted, strict=True)]
        expected = np.array([exactly(SLOPES[experiment.loss], 0.0, r, **experiment.parameters) for r in step.residuals])
        np.testing.assert_allclose(step.residuals, residuals, rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(step.pulls, expected, rtol=1e-9, atol=1e-12)
        l1 = 0.0 if experiment.proximal else experiment.l1
        by_w = float((expected * step.x).mean()) + l1 * np.sign(step.before[0]) + 2 * experiment.l2 * step.before[0]
        assert step.gradient == pytest.approx((by_w, float(expected.mean())), rel=1e-9, abs=1e-12)
        pull = formulas(step)[3][1].split(r"\\")[0].split(" = ")[-1]
        value, half = worked_out(pull)
        assert abs(value - expected[step.hardest]) <= 1.001 * half


@pytest.mark.parametrize(("changes", "number", "rounded"), [({}, 1, False), ({}, 1000, False), (CASES[2], 12, True)])
def test_rounding_is_named_only_where_it_shows(changes: dict, number: int, rounded: bool) -> None:
    step = find_step(diagnosed(**changes).run, number)
    assert step.is_rounded == rounded
    assert ("because of rounding" in formulas(step)[-1][0]) == rounded


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"optimizer": "adam"}, "the optimizer (Adam)"),
        ({"global_clipnorm": 1.0}, "clipping"),
        ({"l1": 1.0, "proximal": True, "clipvalue": 1.0}, "clipping and the proximal step of L1"),
    ],
)
def test_what_changes_a_step_is_named(changes: dict, reason: str) -> None:
    title, _ = formulas(find_step(diagnosed(**changes).run, 1))[-1]
    assert title.endswith(f"because of {reason}")
