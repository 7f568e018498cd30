"""In a real browser: every page shows a chart on the first screen of a small laptop."""

import pytest
from playwright.sync_api import Page

from tests.support.live import settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

LOWEST = 500  # pixels from the top, at which the first chart begins

STORIES = ("", "losses", "landscape", *(f"landscape?story={story}" for story in ("race", "limits", "step")))
PAGES = (*STORIES, "classify", "overfit", "gradients", "compare")

TOPS = """() => [...document.querySelectorAll(".live-plot")]
    .map((plot) => plot.getBoundingClientRect().top).filter((top) => top > 0)"""


def test_the_first_chart_of_every_page_is_in_sight(linked_page: Page, site: Site) -> None:
    page = linked_page
    page.set_viewport_size({"width": 1366, "height": 768})
    tops = {}
    for path in PAGES:
        page.goto(f"{site.url}/{path}")
        page.wait_for_selector(".live-plot .main-svg")
        settle(page)
        tops[path] = min(page.evaluate(TOPS))
    assert {path: top for path, top in tops.items() if top > LOWEST} == {}
