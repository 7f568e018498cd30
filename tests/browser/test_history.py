"""In a real browser: Back, Forward and reload step between the settings, on a page and across pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from playground.experiment import Experiment
from playground.experiment.view import View
from tests.support.live import assert_shows, open_page, press, redrawn, settle, slider
from tests.support.site import Site

pytestmark = pytest.mark.browser

# Three steps of a slider as a held key takes them, which a busy machine must not take apart.
HOLD_KEY = """async (slider) => {
    for (let step = 0; step < 3; step += 1) {
        slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""
QUIET = 700  # milliseconds after which another touch is another change


def shows(page: Page, noise: str, at: int) -> None:
    """The address, the control and the chart agree."""
    expect(slider(page, "Noise σ")).to_have_attribute("aria-valuetext", noise)
    expect(page.locator(".live").first).to_have_attribute("data-epoch", str(at))
    expect(page).to_have_url(re.compile(r"^((?!noise=).)*$" if noise == "1" else rf"\Wnoise={noise}\b"))


def step(page: Page, way: str) -> None:
    with redrawn(page):
        page.evaluate(f"history.{way}()")


def test_back_undoes_the_last_change_and_forward_redoes_it(linked_page: Page, site: Site) -> None:
    page = linked_page
    open_page(page, f"{site.url}/?outliers=0.1&open=optimizer")
    entries = page.evaluate("history.length")
    slider(page, "Noise σ").evaluate(HOLD_KEY)
    shows(page, "1.3", 1000)
    assert page.evaluate("history.length") == entries + 1  # one drag is one change
    page.wait_for_timeout(QUIET)
    with redrawn(page):
        page.get_by_role("radio", name="Adam", exact=True).click()
    page.get_by_role("button", name="One epoch back").click()
    assert page.evaluate("history.length") == entries + 2  # another epoch is no change
    page.locator(".live").first.evaluate("chart => { chart.dataset.mine = 'yes'; }")
    step(page, "back")
    shows(page, "1.3", 1000)
    assert_shows(page, View(Experiment(outliers=0.1, noise=1.3)))
    step(page, "back")
    shows(page, "1", 1000)
    step(page, "forward")
    shows(page, "1.3", 1000)
    step(page, "forward")
    shows(page, "1.3", 999)
    expect(page.get_by_role("radio", name="Adam", exact=True)).to_be_checked()
    expect(page.locator(".live").first).to_have_attribute("data-mine", "yes")  # the chart was never made anew


def test_pages_and_reloads_keep_what_was_seen(linked_page: Page, site: Site) -> None:
    page = linked_page
    open_page(page, f"{site.url}/?noise=3&epochs=50")
    press(page, "Noise σ", "ArrowRight")
    page.get_by_role("button", name="One epoch back").click()
    page.get_by_role("link", name="Landscape", exact=True).click()
    expect(page.get_by_role("heading", name="Landscape", exact=True)).to_be_visible()
    settle(page)
    page.wait_for_timeout(QUIET)
    with redrawn(page):
        page.get_by_role("radio", name="Optimizer race").click()
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Landscape", exact=True)).to_have_count(0)
    settle(page)
    shows(page, "3.1", 49)  # the epoch survives the visit to another page
    page.go_back()
    expect(page.get_by_role("radio", name="Optimizer race")).to_be_checked()
    step(page, "back")
    expect(page.get_by_role("radio", name="Optimizer race")).not_to_be_checked()
    page.reload()
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Landscape", exact=True)).to_have_count(0)
    settle(page)
    shows(page, "3.1", 49)
    page.goto("about:blank")
    page.go_back()  # out of the app, and in again
    settle(page)
    shows(page, "3.1", 49)
    step(page, "back")
    shows(page, "3", 50)


def test_a_remedy_is_undone_beside_it_and_the_link_is_copied(linked_page: Page, site: Site) -> None:
    page = linked_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, f"{site.url}/?learning_rate=0.03&epoch=12")
    bar = page.locator(".link-bar")
    expect(bar.get_by_role("button", name="Undo")).to_be_disabled()
    with redrawn(page):
        page.get_by_test_id("stBaseButton-primary").get_by_text("Set the learning rate to 0.024").click()
    expect(page).to_have_url(re.compile("learning_rate=0.024"))
    with redrawn(page):
        page.locator("button.undo").click()
    expect(page).to_have_url(f"{site.url}/?learning_rate=0.03&epoch=12")
    expect(page.locator("button.undo")).to_have_count(0)
    expect(bar.get_by_role("button", name="Redo")).to_be_visible()
    bar.get_by_role("button", name="Copy link").press("Enter")
    expect(bar.get_by_role("status")).to_have_text("Link copied. It holds: settings, losses, epoch 12.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    bar.get_by_role("button", name="Copy link").click()
    field = bar.get_by_role("textbox", name="Copy link")
    expect(field).to_be_focused()
    expect(field).to_have_value(page.url)
