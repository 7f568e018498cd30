"""On every page: axe finds no barrier in either theme, and on a phone nothing is cut off and a chart is in sight."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from playground.ui.frame import HOME, PLACES
from tests.support.live import rest, settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

BARRIERS = ("serious", "critical")
ORDER = ("heading-order", "page-has-heading-one", "empty-heading")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
GROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
DARK = "rgb(14, 17, 23)"  # of .streamlit/config.toml

PHONE, SMALL_PHONE = {"width": 390, "height": 844}, {"width": 360, "height": 740}
TOP = "() => document.querySelector('.live-plot').getBoundingClientRect().top"


def find_barriers(page: Page) -> list[str]:
    """What axe calls serious or critical, or out of order: each with the first element that it is about."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in BARRIERS or each["id"] in ORDER
    ]


@pytest.mark.parametrize("key", PLACES)
def test_a_page_has_no_barriers(page: Page, site: Site, key: str) -> None:
    page.goto(f"{site.url}/{'' if key == HOME else key}")
    settle(page)
    expect(page).to_have_title(PLACES[key].title)
    expect(page.locator(".foot")).to_contain_text("Your settings are in this page's address.")
    expect(page.get_by_role("navigation", name="App pages").locator("[aria-current=page]")).to_have_text(
        PLACES[key].label
    )
    assert find_barriers(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => ({GROUND})() === '{DARK}'")
    rest(page)
    assert find_barriers(page) == []
    page.set_viewport_size(SMALL_PHONE)
    page.wait_for_function("() => document.documentElement.matches('[data-frame]')")
    assert page.evaluate("() => document.querySelector('main').scrollWidth") <= SMALL_PHONE["width"]
    page.set_viewport_size(PHONE)
    bar = page.locator(".frame-bar").bounding_box()
    assert page.evaluate(TOP) < bar["y"]
