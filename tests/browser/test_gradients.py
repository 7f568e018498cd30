"""The Gradients page in a real browser: the heat map's scrubbing, and a new depth."""

import pytest
from playwright.sync_api import Page, expect

from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.study import train_and_study
from tests.support.deep_pages import (
    assert_stands_in_columns_and_fits_on_a_phone,
    kept_on_the_way_to_compare,
    open_by_name,
    plot,
    scrub,
)
from tests.support.live import settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

HEAT_A, HEAT_B, ACTIVATIONS_A = 0, 1, 2


def test_the_heat_map_is_scrubbed_without_the_server(page: Page, site: Site) -> None:
    open_by_name(page, site, "Gradients")
    study = train_and_study(GradientsSettings().experiments)[0]
    marker = "plot => Array.from(plot._fullData.find((trace) => trace.type === 'scatter').x)"
    heat = "plot => plot._fullData[0].type + ' ' + plot._fullData[0].z.length"
    assert plot(page, HEAT_A).evaluate(heat) == "heatmap 21"
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    for epoch in (0, 40, 120):
        scrub(page, epoch)
        assert plot(page, HEAT_A).evaluate(marker) == [epoch, epoch]
        assert plot(page, HEAT_B).evaluate(marker) == [epoch, epoch]
        frame = list(study.frames).index(epoch)
        median = plot(page, ACTIVATIONS_A).evaluate("plot => Array.from(plot._fullData[2].y)")
        assert median == pytest.approx(study.spread[frame, :, 2].tolist(), abs=1e-3)
    page.locator(".live-train").first.click()
    page.wait_for_function("() => Number(document.querySelector('.live').dataset.epoch) > 125")
    assert asked == []


def test_what_belongs_together_stands_under_each_other_and_fits_on_a_phone(page: Page, site: Site) -> None:
    assert_stands_in_columns_and_fits_on_a_phone(page, site, "Gradients")


def test_a_new_depth_is_seen_at_once_and_travels_in_the_link(page: Page, site: Site) -> None:
    open_by_name(page, site, "Gradients")
    before = page.locator(".live").first.get_attribute("data-drawn")
    page.get_by_role("slider", name="Depth").press("ArrowLeft")
    page.wait_for_function("before => document.querySelector('.live')?.dataset.drawn !== before", arg=before)
    settle(page)
    assert plot(page, HEAT_A).evaluate("plot => plot._fullData[0].z.length") == 20
    assert "depth_a=19" in page.url
    expect(page.get_by_text("Sigmoid, 19 × 16, Glorot start").first).to_be_visible()
    kept_on_the_way_to_compare(page, GradientsSettings().replace(depth_a=19).experiments)
