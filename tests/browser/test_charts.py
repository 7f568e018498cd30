"""In a real browser: the tools, the legend and the points of a chart by keyboard; a chart under a finger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.live import PATIENCE, open_page, plot, redrawn, slider, view_of
from tests.support.site import Site

pytestmark = pytest.mark.browser

STOPS = "live => [...live.querySelectorAll('.live-tool')].filter((tool) => tool.tabIndex === 0).length"
VISIBLE = """plot => plot._fullData
    .filter(({ visible, name }) => visible === true && !/^trace/.test(name))
    .map(({ name }) => name)"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
# What says something where the pointer is, and the room that it has left within its chart, in pixels.
HOVERED = """() => [...document.querySelectorAll(".hoverlayer .legend, .hoverlayer .hovertext")].map((said) => {
    const [own, chart] = [said.getBoundingClientRect(), said.closest("svg").getBoundingClientRect()];
    return Math.min(own.left - chart.left, chart.right - own.right);
})"""


def test_a_chart_is_used_by_keyboard(linked_page: Page, site: Site) -> None:
    page = linked_page
    open_page(page, f"{site.url}/?loss=mse,mae&outliers=0.1")
    live = page.locator(".live").first
    assert live.evaluate(STOPS) == live.locator(".live-plot").count() == 2
    # The legend hides a loss in both charts, and it stays hidden when a setting changes.
    entry = live.get_by_role("button", name="Show MAE")
    entry.press("Enter")
    expect(entry).to_have_attribute("aria-pressed", "false")
    for panel, names in enumerate((["truth", "points", "outliers", "MSE"], ["MSE"])):
        assert plot(page, panel).evaluate(VISIBLE) == names
    with redrawn(page):
        slider(page, "Noise σ").press("ArrowRight")
    assert plot(page, 1).evaluate(VISIBLE) == ["MSE"]
    entry.press("Enter")
    assert plot(page, 1).evaluate(VISIBLE) == ["MSE", "MAE"]
    # From tool to tool, and over the points.
    tools = live.get_by_role("toolbar", name="Fitted lines")
    tools.get_by_role("button").first.press("End")
    expect(tools.get_by_role("button", name="Save as SVG")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    said = live.locator(".live-said").first
    expect(said).to_contain_text("truth: x −10.0, y −17.0. Arrow keys move, Esc leaves.")
    page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("points: x −10.0")
    assert page.evaluate(HOVERED)[0] >= 0
    page.keyboard.press("Escape")
    expect(tools.get_by_role("button", name="Pick a point")).to_be_focused()
    expect(said).to_be_empty()


def test_a_start_is_picked_by_keyboard_and_the_map_stays(linked_page: Page, site: Site) -> None:
    page = linked_page
    open_page(page, f"{site.url}/landscape?loss=mse")
    window = "plot => plot._fullLayout.xaxis.range"
    before = plot(page, 0).evaluate(window)
    page.get_by_role("toolbar", name="MSE").get_by_role("button", name="Pick a point").press("Enter")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".live-said").first).to_contain_text("slope w")
    with redrawn(page):
        page.keyboard.press("Enter")
    experiment = view_of(page).experiment
    assert before[0] < experiment.start_slope < before[1]
    assert plot(page, 0).evaluate(window) == before


def test_a_finger_scrolls_the_page_over_a_chart_and_taps_on_its_points(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    open_page(page, f"{site.url}/?loss=mse,mae&epoch=42")
    expect(page.get_by_role("button", name="To the end. The charts show epoch 42 of 1,000")).to_be_visible()
    swipe(page, context.new_cdp_session(page), 100)
    page.wait_for_function(f"() => ({SCROLLED})() > 50")
    box = plot(page, 0).bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".hoverlayer .legend")
    assert page.evaluate(HOVERED)[0] >= 0
    context.close()


def swipe(page: Page, session: CDPSession, pixels: int) -> None:
    """A finger that moves up over the first chart, a little at a time."""
    box = plot(page, 0).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, min(box["y"] + box["height"] / 2, 760)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for moved in range(10, pixels + 1, 10):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - moved}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
