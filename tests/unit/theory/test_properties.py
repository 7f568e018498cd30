"""The property panel: its verdict on every loss, written down with the reason, and that it sees a planted change."""

import re
from dataclasses import replace

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.losses import LOSSES, Loss
from playground.pages.losses.words import MEANINGS, MEANINGS_OF_LABELS
from playground.text.numbers import number
from playground.theory.properties import Curve, Property, check_properties, make_curve
from tests.support.losses_cases import SOUND

P = Property

# What fails, with the reason; all else holds. At the default parameters and a true value of 3.
FAILS = {
    "mse": {P.BOUNDED: "its slope 2r has no bound"},
    "mae": {P.DIFFERENTIABLE: "the slope turns from -1 to 1 at 0"},
    "huber": {P.EQUIVARIANT: "squared below delta, straight beyond"},
    "log_cosh": {P.EQUIVARIANT: "squared near 0, straight far out"},
    "quantile": {P.DIFFERENTIABLE: "a corner at 0", P.SYMMETRIC: "too low and too high cost tau and 1 - tau"},
    "epsilon_insensitive": {P.DIFFERENTIABLE: "corners at both epsilon", P.EQUIVARIANT: "nothing up to epsilon"},
    "cauchy": {P.CONVEX: "grows like a logarithm beyond c", P.EQUIVARIANT: "squared near 0, logarithm far out"},
    "tukey": {P.CONVEX: "flat beyond c", P.EQUIVARIANT: "squared near 0, constant far out"},
    "general": {P.EQUIVARIANT: "at alpha 1 squared near 0, straight far out"},
    "msle": {
        P.CONVEX: "the square of a logarithm bends down beyond e(1 + y) - 1",
        P.SYMMETRIC: "a ratio of 2 and of a half, not a difference",
        P.EQUIVARIANT: "a logarithm",
    },
    "mape": {P.DIFFERENTIABLE: "a corner at y"},
    "poisson": {
        P.NON_NEGATIVE: "y - y log y is below 0 for y = 3 > e",
        P.ZERO: "y - y log y is not 0",
        P.BOUNDED: "1 - y / y_pred, near 0",
        P.SYMMETRIC: "infinite near 0 only",
        P.EQUIVARIANT: "a sum of a line and a logarithm",
    },
    "cross_entropy": {P.EQUIVARIANT: "straight on one side, exponential on the other"},
    "weighted": {
        P.ZERO: "a smoothed label is never sure",
        P.SYMMETRIC: "a mistake with label 1 counts twice",
        P.EQUIVARIANT: "as cross-entropy",
    },
    "focal": {P.CONVEX: "known for gamma > 0", P.EQUIVARIANT: "as cross-entropy"},
    "hinge": {P.DIFFERENTIABLE: "a corner at the margin 1", P.EQUIVARIANT: "the margin is 1, whatever the scale"},
    "squared_hinge": {P.BOUNDED: "its slope grows as MSE's", P.EQUIVARIANT: "the margin is 1"},
    "brier": {P.CONVEX: "it levels off at 1", P.EQUIVARIANT: "bounded by 1"},
}


def found(loss: Loss, **parameters: float):
    return check_properties(make_curve(loss, 3.0, **(parameters or Experiment(loss=loss.key).parameters)))


def failing(loss: Loss, **parameters: float):
    return {each for each, finding in found(loss, **parameters).items() if not finding.holds}


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_the_verdict_on_every_loss(loss):
    assert failing(loss) == set(FAILS[loss.key])


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_every_failure_has_its_point_and_every_finding_its_reason(loss):
    for finding in found(loss).values():
        assert finding.reason
        assert finding.holds == (finding.at is None)


@pytest.mark.parametrize(
    ("key", "each", "place"),
    [
        ("mae", P.DIFFERENTIABLE, 0.0),
        ("quantile", P.DIFFERENTIABLE, 0.0),
        ("hinge", P.DIFFERENTIABLE, 1.0),
    ],
)
def test_the_counter_example_lies_where_the_corner_is(key, each, place):
    assert found(LOSSES[key])[each].at == pytest.approx(place, abs=1e-4)


@pytest.mark.parametrize("epsilon", [0.1, 0.77, 3.21])
def test_the_corner_moves_with_its_parameter(epsilon):
    finding = found(LOSSES["epsilon_insensitive"], epsilon=epsilon)[P.DIFFERENTIABLE]
    assert abs(finding.at) == pytest.approx(epsilon, abs=1e-4)


def test_barrons_loss_is_convex_from_one_on():
    general = LOSSES["general"]
    assert P.CONVEX not in failing(general, alpha=1.5, scale=1.0)
    assert P.CONVEX in failing(general, alpha=0.5, scale=1.0)
    assert P.BOUNDED in failing(general, alpha=1.5, scale=1.0)


def test_a_non_convex_point_lies_above_a_chord():
    loss = LOSSES["cauchy"]
    place = found(loss)[P.CONVEX].at
    # Cauchy's second derivative changes its sign at c: by then the chord test has the better of it.
    assert abs(place) > Experiment(loss="cauchy").scale


def test_what_is_compared_is_said_with_both_places():
    # Huber at delta 1: 4 while both errors are within it, (20 − 0.5) / (10 − 0.5) = 2.05 at 10.
    reason = found(LOSSES["huber"])[P.EQUIVARIANT].reason
    assert reason == "twice the error costs 4.00 times as much at −0.488, but 2.05 times as much at −10.0"
    reason = found(LOSSES["epsilon_insensitive"], epsilon=0.5)[P.EQUIVARIANT].reason
    assert reason == "twice the error costs something at −0.488, where once costs nothing"


@pytest.mark.parametrize("loss", SOUND.values(), ids=lambda loss: loss.key)
def test_the_two_multiples_are_those_of_the_loss(loss):
    finding = found(loss)[P.EQUIVARIANT]
    said = re.findall(r"costs (.+?) times as much at (.+?), but (.+?) times as much at (.+)", finding.reason)
    curve = make_curve(loss, 3.0, **Experiment(loss=loss.key).parameters)
    places = {number(u): u for u in curve.grid()}
    for multiple, place in [pair for one in said for pair in (one[:2], one[2:])]:
        u = np.array([places[place]])
        assert number(float((curve.value(2 * u) / curve.value(u))[0])) == multiple
    assert bool(said) or finding.holds or loss.key == "epsilon_insensitive"


def test_a_pull_without_bound_fails_where_it_was_measured():
    assert abs(found(LOSSES["mse"])[P.BOUNDED].at) == 1e4


def test_a_lowest_value_at_the_end_of_the_search_is_told():
    assert found(LOSSES["cross_entropy"])[P.NON_NEGATIVE].reason.endswith(" at 10.0, where the search ends")
    assert found(LOSSES["mse"])[P.NON_NEGATIVE].reason == "its lowest value is 0"


def test_symmetry_of_labels_swaps_label_and_sign():
    assert found(LOSSES["cross_entropy"])[P.SYMMETRIC].reason == "the other label at the opposite logit costs as much"
    assert found(LOSSES["mse"])[P.SYMMETRIC].reason == "the opposite mistake costs as much"
    assert set(MEANINGS) == set(MEANINGS_OF_LABELS) == set(P)


def planted(key: str, change) -> Loss:
    """A loss whose formula has something added: ``change(ops, residual)``."""
    loss = LOSSES[key]

    def value(ops, y_true, y_pred, **parameters):
        return loss.value(ops, y_true, y_pred, **parameters) + change(ops, y_pred - y_true)

    return replace(loss, value=value)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda ops, r: 0.01 * ops.abs(r - 1.2345), {P.DIFFERENTIABLE, P.ZERO, P.SYMMETRIC, P.EQUIVARIANT}),
        (lambda ops, r: ops.where(r > 2.345, 0.001, 0.0), {P.CONTINUOUS, P.SYMMETRIC, P.EQUIVARIANT}),
        (lambda ops, r: -0.5 * ops.ones_like(r), {P.NON_NEGATIVE, P.ZERO, P.EQUIVARIANT}),
        (lambda ops, r: 4 * ops.cos(r), {P.CONVEX, P.ZERO, P.EQUIVARIANT}),
    ],
    ids=["kink", "step", "below 0", "waves"],
)
def test_a_planted_fault_is_seen(change, seen):
    assert seen <= failing(planted("mse", change)) - {P.BOUNDED}


def test_a_small_step_is_found_where_it_is():
    finding = found(planted("mse", lambda ops, r: ops.where(r > 2.345, 0.001, 0.0)))[P.CONTINUOUS]
    assert finding.at == pytest.approx(2.345, abs=1e-6)


@pytest.mark.parametrize("slope", [0.1, 1.0, 30.0])
def test_a_steep_or_flat_curve_is_no_corner(slope):
    smooth = lambda u: np.logaddexp(0, slope * u)  # noqa: E731
    verdict = check_properties(Curve(smooth, lambda u: smooth(-u), right=0.0))
    assert verdict[P.DIFFERENTIABLE].holds
    assert verdict[P.CONVEX].holds
