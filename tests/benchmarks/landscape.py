"""The Landscape page: from a slider to six drawn surfaces with their paths, and a map of 4,096 real runs."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from playwright.sync_api import Page

from playground.experiment import Experiment
from playground.pages.landscape.regimes import MAP_CELLS, MAP_EPOCHS, rates_round, regime_map
from tests.benchmarks.report import Figure
from tests.benchmarks.serving import ROOT, browsing, ready, serving

PRESSES = 18
REPEATS = 5
LINK = "landscape?loss=mse,mae,huber,log_cosh,quantile,epsilon_insensitive"

# From the key event to the moment at which the charts of another state stand on the screen.
WATCH = """() => {
  window.answered = new Promise((resolve) => {
    const live = document.querySelector(".live");
    document.addEventListener("keydown", () => {
      const start = performance.now();
      new MutationObserver(() => resolve(performance.now() - start)).observe(live, { attributeFilter: ["data-drawn"] });
    }, { once: true, capture: true });
  });
}"""


def figures() -> list[Figure]:
    return [*surfaces(), regimes()]


def surfaces() -> list[Figure]:
    with serving(ROOT / "app.py") as (url, _), browsing() as browser:
        ready(url)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/{LINK}")
        page.wait_for_selector(".live[data-drawn]", timeout=60_000)
        page.wait_for_timeout(12_000)  # until the warm-up in the background is over
        rate, noise = (_median(page, name) for name in ("Learning rate", "Noise σ"))
    what = "key press to six drawn surfaces of 100 × 100 with their paths"
    return [
        Figure(f"{what}: the learning rate, new paths", "≤ 300 ms", f"{rate:.0f} ms", rate <= 300),
        Figure(f"{what}: the noise, new surfaces and optima too", "≤ 300 ms", f"{noise:.0f} ms", noise <= 300),
    ]


def _median(page: Page, name: str) -> float:
    """Each press is a setting that was not asked for before, so that nothing is remembered."""
    slider = page.get_by_role("slider", name=name)
    times = []
    for _ in range(PRESSES):
        slider.focus()
        page.wait_for_timeout(300)
        page.evaluate(WATCH)
        page.keyboard.press("ArrowLeft" if name == "Learning rate" else "ArrowRight")
        times.append(float(page.evaluate("() => window.answered")))
    return median(times[4:])


def regimes() -> Figure:
    line = Experiment()
    rates = rates_round(line)
    regime_map(line, rates)
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        regime_map(line, rates)
        times.append(perf_counter() - start)
    took = median(times)
    what = f"the map of regimes, {MAP_CELLS} × {MAP_CELLS} real runs × {MAP_EPOCHS} epochs, warm"
    return Figure(what, "≤ 1 s", f"{took:.2f} s", took <= 1)
