"""The landscape: surfaces against the loss itself, and planes through a network against work by hand."""

import numpy as np
import pytest

from playground.data import make_data
from playground.experiment import Experiment
from playground.pages.landscape.study import (
    Window,
    find_start,
    normalise_filters,
    pca_plane,
    plane_window,
    random_plane,
    slice_surface,
    surface,
    true_weights,
    window_for,
)
from playground.theory.line_loss import mean_loss
from playground.theory.optima import optimum
from playground.training import train
from tests.support.runs import diagnosed

NET = {"hidden": (2,), "dataset": "sine", "learning_rate": 0.02, "epochs": 60}


def test_a_surface_is_the_mean_loss_at_each_place() -> None:
    experiment = Experiment(loss="huber", outliers=0.2, l1=0.1)
    found = surface(experiment, Window(-1, 3, -4, 8), size=9)
    assert found.loss.shape == (9, 9)
    for row, column in [(0, 0), (3, 7), (8, 2)]:
        value = mean_loss(experiment, found.across[column], found.up[row])
        assert found.loss[row, column] == pytest.approx(float(value))


def test_the_window_holds_what_matters_and_stands_still_while_training_changes() -> None:
    experiments = [Experiment(loss=loss, outliers=0.2, start_slope=-8.0) for loss in ("mse", "mae", "huber")]
    window = window_for(experiments)
    best = [optimum(each) for each in experiments]
    places = [(-8.0, find_start(experiments[0])[1]), (2.0, 3.0), *((each.slope, each.intercept) for each in best)]
    assert window.holds(np.array(places)).all()
    assert window_for([each.replace(learning_rate=1.0, optimizer="adam") for each in experiments]) == window


def test_a_start_chosen_in_the_window_leaves_it_as_it_is() -> None:
    """So a click on the map does not zoom it."""
    experiments = [Experiment(loss=loss, outliers=0.2) for loss in ("mse", "mae")]
    window = window_for(experiments)
    inside = (0.99 * window.right + 0.01 * window.left, 0.99 * window.bottom + 0.01 * window.top)
    for slope, intercept in (inside, (0.0, 0.0)):
        moved = [each.replace(start_slope=slope, start_intercept=intercept) for each in experiments]
        assert window_for(moved) == window
    outside = [each.replace(start_slope=window.right + 1.0) for each in experiments]
    assert window_for(outside).holds(np.array([find_start(outside[0])])).all()


def test_the_truth_of_standardised_x_is_the_same_line() -> None:
    experiment = Experiment(standardise=True, noise=0.0, learning_rate=0.5, epochs=200)
    assert true_weights(experiment.replace(standardise=False)) == (2.0, 3.0)
    run = train([experiment])[0]
    np.testing.assert_allclose([run.weights[0][0, 0], run.weights[1][0]], true_weights(experiment), rtol=1e-4)


def test_the_plane_of_a_flat_path_is_that_path() -> None:
    # By hand: the path goes along (3, 0, 4)/5 by 10, then along (0, 1, 0) by 1, and ends at (0, 0, 0).
    path = np.array([[6.0, 1.0, 8.0], [3.0, 1.0, 4.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    plane = pca_plane(path)
    assert sum(plane.explained) == pytest.approx(1)
    np.testing.assert_allclose(plane.path @ plane.directions, path, atol=1e-9)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-9)
    # The scatter about the end is [[125, 15], [15, 3]] along the two: its eigenvalues sum to 128.
    eigenvalues = np.linalg.eigvalsh([[125.0, 15.0], [15.0, 3.0]])[::-1]
    np.testing.assert_allclose(plane.explained, eigenvalues / 128)


def test_a_path_that_never_turned_has_one_direction() -> None:
    plane = pca_plane(np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 0.0]]))
    np.testing.assert_allclose(plane.explained, [1, 0], atol=1e-12)


def test_filter_normalisation_by_hand() -> None:
    # One input, two units, one output: kernel (2), bias (2), kernel (2), bias (1). A unit's filter is its incoming
    # weights and bias: lengths 5, 13 and 3 of the model; 1, 2 and 2 of the direction.
    weights = np.array([3.0, 5.0, 4.0, 12.0, 2.0, 2.0, 1.0])
    direction = np.array([1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 2.0])
    expected = [5.0, 0.0, 0.0, 13.0, 0.0, 0.0, 3.0]
    np.testing.assert_allclose(normalise_filters(direction, weights, (1, 2, 1)), expected)


def test_a_random_plane_is_drawn_from_the_seed_and_says_how_little_it_holds() -> None:
    run = diagnosed(**NET).run
    one, same, other = (random_plane(run.path, run.experiment.widths, seed) for seed in (0, 0, 1))
    assert np.array_equal(one.directions, same.directions)
    assert not np.allclose(one.directions, other.directions)
    assert 0 <= sum(one.explained) <= 1
    assert sum(pca_plane(run.path).explained) >= sum(one.explained)
    # What is left of each step is at right angles to the plane.
    rest = run.path - one.centre - one.path @ one.directions
    np.testing.assert_allclose(rest @ one.directions.T, 0, atol=1e-3)


@pytest.mark.parametrize("make", [pca_plane, lambda path: random_plane(path, (1, 2, 1), 0)], ids=["pca", "random"])
def test_a_slice_is_the_loss_of_the_network_there(make) -> None:
    run = diagnosed(**NET, l2=0.01).run
    plane = make(run.path)
    window = plane_window([plane])
    assert window.holds(plane.path).all()
    found = slice_surface(run.experiment, plane, window, size=5)
    model, data = run.to_keras(), make_data(run.experiment)
    for row, column in [(0, 0), (2, 3), (4, 1)]:
        flat = plane.centre + found.across[column] * plane.directions[0] + found.up[row] * plane.directions[1]
        pieces = np.split(flat, [2, 4, 6])
        model.set_weights([piece.reshape(array.shape) for piece, array in zip(pieces, run.weights, strict=True)])
        theirs = model.evaluate(data.x_train, data.y_train, batch_size=500, verbose=0)
        assert found.loss[row, column] == pytest.approx(theirs, rel=1e-4)
