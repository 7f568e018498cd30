"""In a real browser: the app below a path of its server, and a page whose scripts cannot be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment import Experiment
from playground.experiment.view import View
from tests.support.live import PATIENCE, assert_shows, listened_to, open_fold, open_page, press, settle
from tests.support.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def below() -> Iterator[Site]:
    """The app below a path, as behind a proxy that passes the path on."""
    with Site(below="deep/down") as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def page_below(context: BrowserContext, below: Site) -> Iterator[Page]:
    context.set_default_timeout(PATIENCE)
    with listened_to(context, below.url) as page:
        yield page


def test_below_a_path_the_pages_draw_their_charts(page_below: Page, below: Site) -> None:
    open_page(page_below, f"{below.url}/?noise=2")
    assert_shows(page_below, View(Experiment(noise=2.0)))
    press(page_below, "Noise σ", "ArrowRight")
    assert page_below.url == f"{below.url}/?noise=2.1"
    page_below.reload()
    settle(page_below)
    assert_shows(page_below, View(Experiment(noise=2.1)))
    open_page(page_below, f"{below.url}/losses")
    page_below.get_by_role("link", name="Landscape", exact=True).click()
    page_below.wait_for_url("**/landscape*")
    settle(page_below)
    expect(page_below.get_by_role("heading", name="Landscape", exact=True)).to_be_visible()
    assert page_below.url.startswith(f"{below.url}/landscape")


@pytest.mark.parametrize("script", ["live.js", "plotly.min.js"])
def test_without_our_scripts_streamlit_draws_the_charts(new_context: NewContext, site: Site, script: str) -> None:
    page = new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.route(f"**/assets/*/{script}", lambda route: route.abort())
    page.goto(f"{site.url}/?noise=2&loss=mae")
    said = page.get_by_role("alert").filter(has_text="script of the charts could not be loaded")
    expect(said).to_have_count(1)
    charts = page.locator("[data-testid=stPlotlyChart] .js-plotly-plot")
    expect(charts).to_have_count(2)
    drawn = "(plot) => plot.data.map((trace) => trace.name)"
    assert charts.first.evaluate(drawn) == ["truth", "points", "MAE"]
    open_fold(page, "data")
    page.get_by_role("radio", name="Sine", exact=True).click()
    expect(page.get_by_role("heading", name="Loss Playground", exact=True)).to_be_visible()
    page.wait_for_url("**/?*dataset=sine*")
    expect(said).to_have_count(1)
    expect(charts).to_have_count(2)


def test_a_page_of_html_is_no_script(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    page.set_default_timeout(PATIENCE)

    def answer_with_page(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>Not here</title>")

    page.route("**/assets/**", answer_with_page)
    page.goto(f"{site.url}/?scene=article")
    expect(page.locator("[data-testid=stPlotlyChart] .js-plotly-plot")).to_have_count(2)
