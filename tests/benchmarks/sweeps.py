"""How fast sweeps are: ten thousand lines, a large map from click to picture, and twice as many in twice the time."""

from __future__ import annotations

import resource
from itertools import pairwise
from statistics import median
from time import perf_counter

import numpy as np

from playground.experiment import Experiment
from playground.sweeps import Axis, Sweep, train_sweep
from playground.sweeps.settings import MOST_TRAININGS
from tests.benchmarks.report import Figure, seconds
from tests.benchmarks.serving import ROOT, browsing, ready, serving

RATES = Axis("learning_rate", tuple(np.geomspace(5e-4, 1.2e-2, 10).tolist()))
DOUBLINGS = (12_500, 25_000, 50_000, 100_000)


def figures() -> list[Figure]:
    return [*ten_thousand(), *doubling(), *map_in_the_browser()]


def _plan(size: int, first_seed: int) -> Sweep:
    """So many lines of 1,000 epochs, under seeds that nobody has asked for yet."""
    return Sweep(Experiment(seed=first_seed), (RATES,), ("mse",), size // len(RATES.values))


def ten_thousand() -> list[Figure]:
    """Fresh seeds every time, so that building the data counts."""
    train_sweep(_plan(10_000, 0))
    seeds = iter(range(10**6, 10**9, 10**6))
    took = seconds(lambda: train_sweep(_plan(10_000, next(seeds))), 5)
    alone = seconds(lambda: train_sweep(Sweep(Experiment(seed=next(seeds)), (), ("mse",), 10_000)), 5)
    return [
        Figure(
            "10,000 lines × 1,000 epochs with judges, warm: 10 rates × 1,000 seeds", "≤ 1 s", f"{took:.2f} s", took <= 1
        ),
        Figure("the same, 10,000 seeds", "≤ 1 s", f"{alone:.2f} s", alone <= 1),
    ]


def doubling() -> list[Figure]:
    """Time and memory up to the largest sweep that the page allows."""
    assert DOUBLINGS[-1] == MOST_TRAININGS
    seeds = iter(range(10**7, 10**9, 10**7))
    rounds = [
        [seconds(lambda size=size: train_sweep(_plan(size, next(seeds)))) for size in DOUBLINGS] for _ in range(5)
    ]
    times = [median(column) for column in zip(*rounds, strict=True)]  # in turns: the machine's moods hit all alike
    ratios = [later / earlier for earlier, later in pairwise(times)]
    curve = ", ".join(f"{size:,}: {took:.2f} s" for size, took in zip(DOUBLINGS, times, strict=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Figure(f"twice the trainings ({curve})", "≤ 2.2 ×", f"{max(ratios):.2f} ×", max(ratios) <= 2.2),
        Figure("memory of the process that trains 100,000", "< 1.5 GB", f"{memory:.2f} GB", memory < 1.5),
    ]


def map_in_the_browser() -> list[Figure]:
    """From the click on Sweep to three drawn maps of 4,096 cells, one seed, once a map was drawn before."""
    query = "vary=learning_rate&vary_steps=64&against=noise&against_steps=64&against_to=6.3&seeds=1"
    with serving(ROOT / "app.py") as (url, _), browsing() as browser:
        ready(url)
        page = browser.new_page(viewport={"width": 1440, "height": 1200})
        times = []
        for seed in (1, 2, 3):
            page.goto(f"{url}/compare?{query}&seed={seed}")
            page.get_by_role("button", name="Sweep", exact=True).wait_for(timeout=60_000)
            page.wait_for_timeout(2_000 if seed > 1 else 12_000)
            start = perf_counter()
            page.get_by_role("button", name="Sweep", exact=True).click()
            drawn = "() => document.querySelectorAll('.st-key-sweep_2 .heatmaplayer image').length === 3"
            page.wait_for_function(drawn, timeout=120_000)
            times.append(perf_counter() - start)
    took = float(np.median(times[1:]))
    return [
        Figure("click to 3 maps of 4,096 cells, warm", "≤ 2 s", f"{took:.2f} s (first {times[0]:.1f} s)", took <= 2)
    ]
