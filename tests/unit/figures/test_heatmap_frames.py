"""Frames of heat maps: 8 bits a cell, and frames that are dense where a training moves most."""

import numpy as np
import pytest

from playground.figures.heatmap_frames import make_heatmap_frames, pick_frames


def test_frames_lose_no_more_than_half_a_shade():
    values = np.random.default_rng(0).uniform(-2, 3, (4, 5, 6))
    made = make_heatmap_frames((7,), values, low=-2.0, high=3.0)
    assert (made.traces, made.maps.dtype, made.maps.shape) == ((7,), np.uint8, values.shape)
    np.testing.assert_allclose(made.low + (made.high - made.low) * made.maps / 255, values, atol=5 / 255 / 2 + 1e-12)


def test_what_lies_outside_is_shown_as_the_end():
    assert make_heatmap_frames((0,), np.array([[[-9.0, 0.0, 1.0, 9.0]]])).maps.tolist() == [[[0, 0, 255, 255]]]


@pytest.mark.parametrize("last", [0, 1, 5, 39, 40, 1000, 10_000])
def test_frames_begin_and_end_with_the_training(last):
    epochs = np.arange(last + 1)
    frames, places = pick_frames(epochs, 40)
    assert len(frames) <= 41
    assert (frames[0], frames[-1]) == (0, last)
    assert (np.diff(frames) > 0).all()
    np.testing.assert_array_equal(epochs[places], frames)
    assert last < 40 or np.diff(frames)[:3].max() <= np.diff(frames)[-3:].min()  # dense at the start


def test_only_recorded_epochs_are_frames():
    epochs = np.array([0, 10, 20, 30, 37])
    assert pick_frames(epochs, 40)[0].tolist() == epochs.tolist()
