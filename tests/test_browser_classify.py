"""The Classify page in a real browser: decision maps are scrubbed, a sure mistake comes back, a link opens the same."""

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.classification import classified
from playground.link import FIRST
from tests.live import settle
from tests.site import Site

pytestmark = pytest.mark.browser

LOSSES = ("cross_entropy", "hinge", "brier")


def open_classify(page: Page, site: Site, query: str = "") -> None:
    """By way of the first page: for one opened directly Streamlit tries two addresses, of which one is none."""
    page.goto(site.url)
    settle(page)
    if query:
        other = f"{site.url}/classify?{query}"
        page.evaluate("address => history.replaceState(null, '', address)", other)
        page.reload()
    else:
        page.get_by_role("link", name="Classify").click()
    expect(page.get_by_role("heading", name="Classify", exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelector('.live-small')?.querySelectorAll('.live-plot').length >= 2")
    page.wait_for_function("() => document.querySelector('.live-small')?.dataset.drawn")
    page.wait_for_selector("[data-test-script-state=notRunning]")


def replay(page: Page, place: int) -> Locator:
    return page.locator(".live").nth(place)


def scrub(page: Page, place: int, epoch: int) -> None:
    """Move the slider of a replay, as a hand does: the page hears one input event."""
    slider = replay(page, place).get_by_role("slider", name="Epoch", exact=True)
    slider.evaluate("(slider, epoch) => { slider.value = epoch; slider.dispatchEvent(new Event('input')); }", epoch)
    expect(replay(page, place)).to_have_attribute("data-epoch", str(epoch))


def shown_map(page: Page, panel: int) -> list[list[float]]:
    """The probabilities that Plotly holds for a map."""
    plot = replay(page, 0).locator(".live-plot").nth(panel)
    return plot.evaluate("plot => Array.from(plot._fullData[0].z, (row) => Array.from(row))")


def test_decision_maps_are_scrubbed_without_the_server(page: Page, site: Site) -> None:
    open_classify(page, site)
    results = classified(FIRST["classification"].experiments)
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    for frame in (0, 12, -1):
        scrub(page, 0, int(results[0].frames[frame]))
        for panel, result in enumerate(results):
            # 8 bits: half a shade is 0.002; the page's own training may differ in the last digits.
            assert shown_map(page, panel) == [pytest.approx(row, abs=0.004) for row in result.maps[frame].tolist()]
    assert asked == []
    expect(replay(page, 0)).to_contain_text("Loss at epoch 200: Cross-entropy")
    assert "epoch" not in page.url
