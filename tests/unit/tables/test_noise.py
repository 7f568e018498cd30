"""A noise shape says all of itself: what it draws has the density that it names."""

from dataclasses import replace

import numpy as np
import pytest

from playground.tables.noise import NOISES
from playground.theory.efficiency import find_likelihood


@pytest.mark.parametrize("key", NOISES)
def test_the_draws_have_the_density(key):
    edges = np.linspace(-2.0, 2.0, 9)
    draws = NOISES[key].draw(np.random.default_rng(0), 200_000)
    shares = np.histogram(draws, edges)[0] / len(draws)
    for low, high, share in zip(edges[:-1], edges[1:], shares, strict=True):
        middles = low + (np.arange(1000) + 0.5) / 1000 * (high - low)
        assert share == pytest.approx(NOISES[key].density(middles).mean() * (high - low), abs=0.004)


def test_an_added_noise_has_its_likelihood_looked_for(monkeypatch):
    monkeypatch.setitem(NOISES, "bell", replace(NOISES["gaussian"], key="bell"))
    assert find_likelihood.__wrapped__("bell") == ("mse", {})
