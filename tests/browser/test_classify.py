"""The Classify page in a real browser: decision maps are scrubbed, a sure mistake comes back, a link opens the same."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment.view import FIRST
from playground.pages.classify.demonstrations import train_recoveries
from playground.pages.classify.study import train_classifiers
from tests.support.live import drag, let_go
from tests.support.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(linked_page: Page) -> Page:
    return linked_page


def open_classify(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/classify")
    expect(page.get_by_role("heading", name="Classify", exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelector('.live-small')?.querySelectorAll('.live-plot').length >= 2")
    page.wait_for_function("() => document.querySelector('.live-small')?.dataset.drawn")
    page.wait_for_selector("[data-test-script-state=notRunning]")


def replay(page: Page, place: int) -> Locator:
    return page.locator(".live").nth(place)


def scrub(page: Page, place: int, epoch: int) -> None:
    """Move the slider of a replay, as a hand does, and let go of it."""
    slider = replay(page, place).get_by_role("slider", name="Epoch", exact=True)
    drag(slider, epoch)
    let_go(slider)
    expect(replay(page, place)).to_have_attribute("data-epoch", str(epoch))


def shown_map(page: Page, panel: int) -> list[list[float]]:
    """The probabilities that Plotly holds for a map."""
    plot = replay(page, 0).locator(".live-plot").nth(panel)
    return plot.evaluate("plot => Array.from(plot._fullData[0].z, (row) => Array.from(row))")


def test_decision_maps_are_scrubbed_without_the_server(page: Page, site: Site) -> None:
    open_classify(page, site)
    results = train_classifiers(FIRST["classification"].experiments)
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


def test_a_sure_mistake_comes_back_under_cross_entropy_first(page: Page, site: Site) -> None:
    open_classify(page, site)
    expect(replay(page, 1).locator(".live-plot")).to_have_count(2)
    slider = page.get_by_role("slider", name="How wrong")
    before = replay(page, 1).get_attribute("data-drawn")
    slider.press("ArrowRight")
    page.wait_for_function("before => document.querySelectorAll('.live')[1].dataset.drawn !== before", arg=before)
    strong, weak = train_recoveries(6.5)
    expect(page.get_by_text(f"{strong.turned} epochs to change its mind")).to_be_visible()
    assert "wrong=6.5" in page.url
    # The live points move on the curves: each at its own probability and slope.
    place = "plot => plot._fullData.slice(2).map((trace) => [trace.x[0], trace.y[0]])"
    for frame in (0, 8, 60):
        scrub(page, 1, int(strong.frames[frame]))
        dots = replay(page, 1).locator(".live-plot").first.evaluate(place)
        expected = [[found.probabilities[frame], found.slope[frame]] for found in (strong, weak)]
        assert dots == [pytest.approx(dot, abs=2e-3) for dot in expected]
    # The maps above have not moved, and the address still tells of their end.
    expect(replay(page, 0)).to_have_attribute("data-epoch", "200")
    assert "epoch" not in page.url


def test_a_link_opens_on_the_same_map_on_a_phone(page: Page, site: Site, new_context: NewContext) -> None:
    open_classify(page, site)
    scrub(page, 0, 9)
    replay(page, 0).get_by_role("slider", name="Epoch", exact=True).dispatch_event("change")
    page.wait_for_function("() => location.search.includes('epoch=9')")
    shown = shown_map(page, 1)
    other = new_context(viewport={"width": 390, "height": 844}).new_page()
    other.goto(page.url)
    other.wait_for_function("() => document.querySelector('.live-small')?.dataset.drawn")
    expect(replay(other, 0)).to_have_attribute("data-epoch", "9")
    assert shown_map(other, 1) == shown
    assert other.evaluate("() => document.documentElement.scrollWidth") <= 390
