"""The side panel in a browser: what is on the first screen, what the keyboard reaches, values that are typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.experiment import Experiment
from playground.experiment.view import View
from tests.support.live import assert_shows, open_fold, open_page, redrawn, slider, view_of
from tests.support.site import Site

SCREENS = [(1366, 768), (1440, 900)]
KNOBS = ["noise", "epochs", "learning_rate", "losses"]
FOCUS = """() => {
  const key = document.activeElement.closest('[class*=st-key-]')?.className.match(/st-key-([\\w-]+)/)?.[1] ?? '';
  return [document.activeElement.tagName, document.activeElement.getAttribute('aria-label') ?? '', key];
}"""


def bottom(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"] + box["height"]


def box_of(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} .typed-value")


def test_the_knobs_and_both_charts_are_on_the_first_screen_and_near_for_the_keyboard(page: Page, site: Site) -> None:
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        open_page(page, f"{site.url}/?scene=article")
        expect(page.locator(".rate-steps").first).to_be_visible()
        lowest = [bottom(page.locator(f".st-key-{key}")) for key in KNOBS]
        lowest += [bottom(page.locator(".live-plot").nth(panel)) for panel in range(2)]
        assert max(lowest) <= height, lowest
    stops = []
    while not stops or stops[-1][2] != "losses":
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        assert len(stops) <= 10, stops
    assert [key for _, _, key in stops if key in KNOBS[:2]] == KNOBS[:2]
    assert not [stop for stop in stops if stop[1].startswith("Help for")]
    # The icons are there for mouse and touch.
    expect(page.get_by_role("button", name="Help for Learning rate")).to_be_visible()


def test_a_value_is_typed_marked_and_explained(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    rate = slider(page, "Learning rate")
    with redrawn(page):
        rate.focus()
        page.keyboard.type("0.0271")
        page.keyboard.press("Enter")
    expect(rate).to_be_focused()
    assert rate.get_attribute("aria-valuetext") == box_of(page, "learning_rate").input_value() == "0.0271"
    assert_shows(page, View().with_experiment(Experiment(learning_rate=0.0271)))
    with redrawn(page):
        page.get_by_role("button", name="just above").press("Enter")
    above = view_of(page).experiment.learning_rate
    assert 1.01 < above / (21 / 770) < 1.02  # the limit of MSE on points from −10 to 10
    expect(page.get_by_text("diverged").first).to_be_visible()
    rate.press("Enter")
    box_of(page, "learning_rate").fill("500")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").get_by_text("500 is not allowed for Learning rate")).to_be_visible()
    expect(box_of(page, "learning_rate")).to_have_value(f"{above:g}")
    rate.press("5")
    page.keyboard.press("Escape")
    expect(rate).to_be_focused()
    expect(box_of(page, "learning_rate")).to_have_value(f"{above:g}")
    with redrawn(page):
        rate.press("ArrowLeft")
    expect(box_of(page, "learning_rate")).to_have_value("0.025")


def test_help_is_the_controls_description_and_opens_by_key(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    noise = slider(page, "Noise σ")
    expect(noise).to_have_attribute("aria-description", "Standard deviation of the noise, in units of y. "
        "Type a number for a value between the stops. Press F1 or ? for help.")  # fmt: skip
    for key in ("F1", "?"):
        noise.press(key)
        expect(page.locator(".control-help")).to_have_text("Standard deviation of the noise, in units of y.")
        noise.press("Escape")
        expect(page.locator(".control-help")).to_have_count(0)
    fold = page.locator(".st-key-fold_data button")
    expect(fold).to_have_attribute("aria-expanded", "false")
    open_fold(page, "data")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(fold).to_be_focused()
    page.get_by_role("switch", name="Standardise x").press("F1")
    expect(page.locator(".control-help")).to_contain_text("shifted and scaled to mean 0")


def test_every_name_of_streamlits_markup_is_found(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    address = page.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).find(n => /controls.js/.test(n))"
    )
    names = page.evaluate("async (address) => (await import(address)).NAMES", address)
    for name, selector in names.items():
        assert page.locator(selector).count() > 0, name


@pytest.mark.parametrize("key", ["noise", "learning_rate"])
def test_on_a_phone_a_thumb_finds_the_slider(key: str, new_context: object, site: Site) -> None:
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)  # type: ignore[operator]
    page = context.new_page()
    open_page(page, f"{site.url}/?scene=article")
    page.get_by_role("button", name="Settings", exact=True).tap()
    track = page.locator(f".st-key-{key} [role=group] > [data-orientation]")
    expect(track).to_be_visible()
    size = track.bounding_box()
    assert size
    assert size["height"] >= 44
    page.get_by_role("button", name="Help for Learning rate").tap()
    expect(page.get_by_text("Size of each step.").first).to_be_visible()
