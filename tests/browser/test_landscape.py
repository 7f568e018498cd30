"""The Landscape page in a real browser: click to start, play, a remedy, and a link that restores the view."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment import Experiment
from playground.experiment.view import View
from playground.pages.landscape.study import window_for
from tests.support.live import epoch, open_page, plot, redrawn, settle, slider, traces, view_of
from tests.support.runs import diagnosed
from tests.support.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(linked_page: Page) -> Page:
    return linked_page


WAY = (
    "plot => { const {x, y} = plot.data.find((trace) => trace.name === 'MSE'); return [Array.from(x), Array.from(y)]; }"
)


def way(page: Page) -> np.ndarray:
    """The way of the MSE's training as it is drawn: slopes and intercepts."""
    return np.array(plot(page, 0).evaluate(WAY))


def test_a_click_sets_the_start_and_the_link_keeps_it(page: Page, site: Site, new_context: NewContext) -> None:
    open_page(page, f"{site.url}/landscape?epochs=200")
    window = window_for(View().experiments)
    box = plot(page, 0).locator(".nsewdrag").bounding_box()
    with redrawn(page):
        page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.2 * box["height"])
    chosen = view_of(page).experiment
    expected = [window.left + 0.25 * (window.right - window.left), window.top - 0.2 * (window.top - window.bottom)]
    np.testing.assert_allclose([chosen.start_slope, chosen.start_intercept], expected, atol=0.05)
    run = diagnosed(epochs=200, start_slope=chosen.start_slope, start_intercept=chosen.start_intercept).run
    np.testing.assert_allclose(way(page)[:, [0, -1]].T, run.path[[0, -1]], rtol=1e-4, atol=1e-4)
    other = new_context().new_page()
    open_page(other, page.url)
    np.testing.assert_array_equal(way(other), way(page))
    expect(other.get_by_role("spinbutton", name="Start slope")).to_have_value(f"{chosen.start_slope:g}")


def test_all_ways_are_replayed_together(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/landscape")
    whole = way(page).shape[1]
    slider(page, "Epoch").press("Home")
    assert epoch(page) == 0
    assert way(page).shape[1] == 1
    slider(page, "Epoch").press("ArrowRight")
    np.testing.assert_allclose(way(page).T, diagnosed().run.path[:2], rtol=1e-5)
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="▶ Resume").click()
    page.wait_for_function("() => document.querySelector('.live').dataset.epoch === '1000'")
    assert way(page).shape[1] == whole
    tips = [trace for panel in range(3) for trace in traces(page, panel)[-2:-1]]
    for trace, loss in zip(tips, ("mse", "mae", "huber"), strict=True):
        np.testing.assert_allclose([trace["x"][0], trace["y"][0]], diagnosed(loss=loss).run.path[-1], rtol=1e-4)


def test_a_remedy_mends_the_run_it_was_tried_on(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/landscape?learning_rate=0.03&loss=mse")
    expect(page.get_by_text("diverged at epoch 14").first).to_be_visible()
    with redrawn(page):
        page.get_by_role("button", name="Standardise x", exact=True).click()
    assert view_of(page).experiment == Experiment(learning_rate=0.03, standardise=True)
    applied = "Applied: Standardise x. Before, MSE: diverged at epoch 14. Now, MSE: exactly optimal."
    expect(page.get_by_text(applied, exact=True)).to_be_visible()
    expect(page.get_by_text("diverged at epoch 14", exact=True)).to_have_count(0)  # in the table


def test_a_link_opens_the_same_story(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/landscape?story=race&focus=mae&racers=sgd&racers=lion&epochs=100")
    names = [trace["name"] for trace in traces(page, 1)]
    assert names == ["SGD", "Lion"]
    with redrawn(page):
        page.get_by_role("button", name="Adam", exact=True).click()
    page.reload()
    settle(page)
    assert [trace["name"] for trace in traces(page, 1)] == ["SGD", "Adam", "Lion"]


def test_hills_are_drawn(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/landscape?deep=true&loss=mse&epochs=50")
    assert plot(page, 0).evaluate("plot => plot._fullData.map((trace) => trace.type)")[0] == "surface"
    slider(page, "Epoch").press("Home")
    assert way(page).shape[1] == 1
