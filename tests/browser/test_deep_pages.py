"""The Overfit and Gradients pages in a real browser: the U-curve's one click, the heat map's scrubbing, and Stop."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.experiment import Experiment
from playground.export.kept import read_kept
from playground.pages.gradients.settings import GradientsSettings
from playground.pages.gradients.study import train_and_study
from playground.pages.overfit.settings import STRENGTHS, OverfitSettings
from playground.pages.overfit.strengths import strengths
from tests.support.live import drag, let_go, settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

HEAT_A, HEAT_B, ACTIVATIONS_A = 0, 1, 2


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
    page.get_by_role("button", name="Train", exact=False).first.click()
    page.wait_for_function("() => Number(document.querySelector('.live').dataset.epoch) > 125")
    assert asked == []


@pytest.mark.parametrize("name", ["Overfit", "Gradients"])
def test_what_belongs_together_stands_under_each_other_and_fits_on_a_phone(page: Page, site: Site, name: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    open_by_name(page, site, name)
    left, right, below_left, below_right = [plot(page, panel).bounding_box()["x"] for panel in range(4)]
    assert (left, right) == (below_left, below_right)
    assert left < right
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")
    boxes = [plot(page, panel).bounding_box() for panel in range(4)]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})  # one under the other


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


def test_the_best_strength_is_one_click_on_the_u_curve(page: Page, site: Site) -> None:
    open_by_name(page, site, "Overfit")
    page.get_by_role("tab", name="How strong?").click()
    page.get_by_role("button", name="Use the best").click()
    settings = OverfitSettings()
    found = strengths(settings.varied, "l2", STRENGTHS, 40)
    assert found is not None
    page.wait_for_function(f"() => location.search.includes('l2={found[0].best}')")
    expect(page.get_by_text(f"The chosen strength is {found[0].best:g}.")).to_be_visible()
    expect(page.get_by_role("button", name="Use the best")).to_be_disabled()
    best = OverfitSettings(l2=found[0].best)
    kept_on_the_way_to_compare(page, [best.experiment("none"), best.experiment("l2")])


def test_a_long_training_can_be_stopped(linked_page: Page, site: Site) -> None:
    linked_page.goto(f"{site.url}/gradients?epochs=1000&width_a=64&depth_a=30&width_b=64&depth_b=30")
    stop = linked_page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible()
    expect(linked_page.get_by_text("60,000 layers × epochs to go through: about 5 seconds.")).to_be_visible()
    stop.click()
    expect(linked_page.get_by_text("Training was stopped.")).to_be_visible()
