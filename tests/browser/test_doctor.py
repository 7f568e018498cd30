"""From a diverged run to an answer, in one visit: the doctor keeps its place, and Compare opens on ten seeds."""

import pytest
from playwright.sync_api import Page, expect

from playground.experiment import Experiment
from tests.support.live import settle, view_of
from tests.support.site import Site

pytestmark = pytest.mark.browser

TOP = "element => element.getBoundingClientRect().top"
MOST_ABOVE = 500  # pixels above the first chart of Compare


def test_a_remedy_keeps_its_place_and_ten_seeds_answer_on_the_first_screen(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{site.url}/?learning_rate=0.03&loss=mse&loss=mae")
    settle(page)
    remedy = page.locator(".st-key-remedy_mse_rate button")
    remedy.scroll_into_view_if_needed()
    doctor = page.locator(".st-key-doctor")
    before = doctor.evaluate(TOP)
    remedy.click()
    expect(page.get_by_text("Applied: Set the learning rate to 0.024.")).to_be_in_viewport()
    settle(page)
    assert doctor.evaluate(TOP) == pytest.approx(before, abs=3)
    page.get_by_text("How hard each point pulls, loss by loss").click()
    expect(page.locator(".st-key-doctor_pulls_chart .live-plot")).to_have_count(2)

    page.get_by_role("button", name="Is it luck? Ten seeds").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    seeds = page.locator(".st-key-seeds .live-plot")
    dots = seeds.locator(".scatterlayer .trace").nth(1).locator("path.point")
    expect(dots).to_have_count(10)
    assert seeds.evaluate(TOP) < MOST_ABOVE
    page.wait_for_function(
        "() => location.pathname.endsWith('/compare') && location.search.includes('learning_rate=0.024')"
    )
    dots.nth(7).hover(force=True)
    dots.nth(7).click(force=True)  # the eighth seed of MSE
    expect(page.get_by_role("heading", name="Loss Playground")).to_be_visible()
    settle(page)
    assert view_of(page).experiment == Experiment(learning_rate=0.024, seed=7)
