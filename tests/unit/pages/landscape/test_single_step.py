"""One step in slow motion: its numbers are those of the training, and the formulas hold between them."""

import numpy as np
import pytest

from playground.pages.landscape.single_step import can_be_slowed, find_step, step_lengths
from playground.pages.landscape.step_figures import pull_panel
from tests.support.runs import diagnosed


@pytest.mark.parametrize("changes", [{}, {"loss": "huber"}, {"standardise": True, "l2": 0.3}], ids=str)
@pytest.mark.parametrize("number", [1, 2, 40])
def test_gradient_descent_steps_by_rate_times_gradient(changes: dict, number: int) -> None:
    run = diagnosed(**changes).run
    step = find_step(run, number)
    expected = np.array(step.before) - 0.01 * np.array(step.gradient)
    np.testing.assert_allclose(step.after, expected, rtol=1e-4, atol=1e-5)
    assert step.loss == pytest.approx(float(run.loss[number - 1]), rel=1e-4)
    assert step.before == tuple(run.path[number - 1].astype(float))


def test_the_numbers_of_the_first_step_by_hand() -> None:
    # Start (w, b) = (1, 0) on y = 2x + 3 without noise: residuals −x − 3, so the MSE is 770/21 + 9, its gradient
    # (2 · mean(r x), 2 · mean(r)) = (−2 · 770/21, −6).
    step = find_step(diagnosed(noise=0.0, start_slope=1.0, start_intercept=0.0).run, 1)
    np.testing.assert_allclose(step.residuals, -step.x - 3, atol=1e-6)
    np.testing.assert_allclose(step.pulls, 2 * step.residuals, atol=1e-4)
    assert step.loss == pytest.approx(770 / 21 + 9, rel=1e-6)
    np.testing.assert_allclose(step.gradient, [-2 * 770 / 21, -6], rtol=1e-5)
    np.testing.assert_allclose(step.change, [0.01 * 2 * 770 / 21, 0.06], rtol=1e-4)


def test_the_outlier_lets_go_under_mae() -> None:
    shares = {}
    for loss in ("mse", "mae"):
        step = find_step(diagnosed(loss=loss, outliers=0.05, outlier_size=60.0, noise=0.1).run, 300)
        (outlier,) = diagnosed(loss=loss, outliers=0.05, outlier_size=60.0, noise=0.1).run.data.outliers
        shares[loss] = abs(step.pulls[outlier]) / np.abs(step.pulls).sum()
    assert shares["mse"] > 0.4
    assert shares["mae"] == pytest.approx(1 / 21, rel=1e-3)


def test_what_cannot_be_slowed() -> None:
    assert can_be_slowed(diagnosed().run)
    assert not can_be_slowed(diagnosed(hidden=(4,)).run)
    assert not can_be_slowed(diagnosed(batch_size=4).run)
    assert find_step(diagnosed(learning_rate=100.0).run, 900) is None


def test_the_last_steps_are_as_long_as_the_weights_moved() -> None:
    run = diagnosed(loss="mae", learning_rate=0.01).run
    moves = [np.hypot(*(run.path[-k] - run.path[-k - 1]).astype(float)) for k in range(1, 21)]
    assert step_lengths(run, 20) == pytest.approx((min(moves), max(moves)))
    # The pulls are 1 or −1, so a step is 0.01 · √(mean(±x)² + mean(±1)²): the mean length says little of each.
    assert max(moves) > 2 * min(moves)


def test_a_step_of_billions_is_drawn_in_powers_of_ten() -> None:
    step = find_step(diagnosed(learning_rate=10.0).run, 5)
    assert pull_panel(step).figure["layout"]["yaxis"]["exponentformat"] == "power"  # else 10T
