"""What the browser tests of the Overfit and Gradients pages share."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator, Page, expect

from playground.experiment import Experiment
from playground.export.kept import read_kept
from tests.support.live import drag, let_go, settle
from tests.support.site import Site


def open_by_name(page: Page, site: Site, name: str, query: str = "") -> None:
    """By way of the first page: for one opened directly Streamlit tries two addresses, of which one is none."""
    page.goto(f"{site.url}/{query}")
    settle(page)
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('.live-plot').length >= 4")
    settle(page)


def plot(page: Page, panel: int) -> Locator:
    return page.locator(".live").first.locator(".live-plot").nth(panel)


def scrub(page: Page, epoch: int) -> None:
    """Move the slider of the first replay, as a hand does."""
    live = page.locator(".live").first
    slider = live.get_by_role("slider", name="Epoch", exact=True)
    drag(slider, epoch)
    let_go(slider)
    expect(live).to_have_attribute("data-epoch", str(epoch))


def kept_on_the_way_to_compare(page: Page, experiments: Sequence[Experiment]) -> None:
    """Press Keep: the address then holds these experiments, and Compare shows them."""
    page.get_by_role("button", name="Keep 2 runs").click()
    page.get_by_role("link", name="Compare 2 runs").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    page.wait_for_function("() => location.search.split('kept=').length === 3")
    kept, notices = read_kept(parse_qs(urlparse(page.url).query, keep_blank_values=True))
    assert [each.experiment for each in kept] == list(experiments)
    assert notices == []


FITS_ON_A_PHONE = """() => {
    const plots = document.querySelector(".live").querySelectorAll(".live-plot");
    const boxes = [...plots].map((plot) => plot.getBoundingClientRect());
    const within = boxes.every((box) => box.left >= 0 && box.right <= 390);
    const oneUnderTheOther = new Set(boxes.map((box) => box.top)).size === boxes.length;
    return within && oneUnderTheOther && document.documentElement.scrollWidth <= 390;
}"""


def assert_stands_in_columns_and_fits_on_a_phone(page: Page, site: Site, name: str) -> None:
    """What belongs together stands under each other; on a phone all charts do, none wider than the screen."""
    page.set_viewport_size({"width": 1440, "height": 900})
    open_by_name(page, site, name)
    left, right, below_left, below_right = [plot(page, panel).bounding_box()["x"] for panel in range(4)]
    assert (left, right) == (below_left, below_right)
    assert left < right
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(FITS_ON_A_PHONE)
