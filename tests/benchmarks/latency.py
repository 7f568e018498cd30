"""From a key press on a slider to both charts: our page, three trainings included, beside a bare page."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Page

from tests.benchmarks.report import Figure
from tests.benchmarks.serving import ROOT, browsing, ready, serving, serving_bare

PRESSES = 40  # each to a value that was not shown before: nothing is remembered

# The clock runs in the page: from the key event to the first moment at which both charts' lines
# have other coordinates than before.
WATCH = """() => {
  const lines = () => [...document.querySelectorAll(".js-plotly-plot")].slice(0, 2)
    .map((plot) => [...plot.querySelectorAll(".scatterlayer path.js-line")])
    .map((paths) => paths.map((path) => path.getAttribute("d")).join("|"));
  window.answered = new Promise((resolve) => {
    document.addEventListener("keydown", () => {
      const start = performance.now();
      const before = lines();
      const look = () => {
        const now = lines();
        if (now.length === 2 && now.every((text, place) => text && text !== before[place])) {
          watcher.disconnect();
          resolve(performance.now() - start);
        }
      };
      const watcher = new MutationObserver(look);
      watcher.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["d"] });
    }, { once: true, capture: true });
  });
}"""


def figures() -> list[Figure]:
    return [*train_page(), *losses_page()]


def train_page() -> list[Figure]:
    """A slider of the Train page to both its charts, beside a bare page that trains nothing."""
    with serving(ROOT / "app.py") as (ours, _), serving_bare() as bare, browsing() as browser:
        ready(ours)
        pages = [browser.new_page(viewport={"width": 1440, "height": 900}) for _ in range(2)]
        for page, url in zip(pages, (f"{ours}/?scene=article", bare), strict=True):
            page.goto(url)
            page.wait_for_selector(".js-plotly-plot .scatterlayer path.js-line", timeout=60_000)
        pages[0].wait_for_timeout(12_000)  # until the warm-up in the background is over
        times: list[list[float]] = [[], []]
        for place in range(PRESSES + 5):
            for page, column in zip(pages, times, strict=True):
                took = _press(page)
                if place >= 5:
                    column.append(took)
    our, their = median(times[0]), median(times[1])
    return [
        Figure(
            "key press to both charts, 3 losses × 1,000 epochs trained, against a bare page that trains nothing",
            "≤ 1.5 ×",
            f"{our / their:.2f} × ({their:.0f} ms → {our:.0f} ms)",
            our <= 1.5 * their,
        ),
        Figure("the same, absolute median", "≤ 120 ms", f"{our:.0f} ms", our <= 120),
    ]


def losses_page() -> list[Figure]:
    """A slider of the Losses page to its redrawn curves."""
    with serving(ROOT / "app.py") as (url, _), browsing() as browser:
        ready(url)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/losses?shown=huber,quantile,tukey&quantile=0.1")
        page.wait_for_selector(".js-plotly-plot .scatterlayer path.js-line", timeout=60_000)
        page.wait_for_timeout(12_000)
        took = median([_press(page, "Quantile τ") for _ in range(PRESSES)][5:])
    return [Figure("key press to redrawn curves on the Losses page", "≤ 100 ms", f"{took:.0f} ms", took <= 100)]


def _press(page: Page, slider: str = "Noise σ") -> float:
    page.bring_to_front()
    page.get_by_role("slider", name=slider).focus()
    page.wait_for_timeout(150)
    page.evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    return float(page.evaluate("() => window.answered"))
