"""In a real browser: a line outside its chart, bad links, phones, themes, the keyboard, Stop, a restarted server."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment import Experiment
from playground.experiment.view import View
from playground.ui.assets import url_of
from tests.support.live import (
    CURVES,
    FIT,
    assert_shows,
    listened_to,
    open_page,
    plot,
    press,
    redrawn,
    settle,
    slider,
    view_of,
    watch,
)
from tests.support.site import Site

pytestmark = pytest.mark.browser


GROUND = "element => getComputedStyle(element).backgroundColor"
# WCAG's contrast of an element's text (or fill) against its ground or the page's: 1 is invisible, 21 black on white.
CONTRAST = """(element) => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = numbers(colour).map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = getComputedStyle(element);
    const text = light(element instanceof SVGElement ? style.fill : style.color);
    const clear = style.backgroundColor.startsWith("rgba");
    const behind = clear ? document.querySelector("[data-testid=stApp]") : element;
    const ground = light(getComputedStyle(behind).backgroundColor);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""


def test_the_stand_in_for_a_line_that_left_the_chart_is_not_shown_as_a_number(page: Page, site: Site) -> None:
    """1e30 stands for a diverged line and is no value of the model; at an epoch with a value the value is shown."""
    hover = "plot => plot.data.filter((trace) => trace.name === 'MSE').map((trace) => trace.hovertemplate)"
    for epoch, words in (("", "outside the chart<extra>MSE</extra>"), ("&epoch=2", "y %{y:.5g}<extra>MSE</extra>")):
        open_page(page, f"{site.url}/?learning_rate=0.03&loss=mse{epoch}")
        assert plot(page, FIT).evaluate(hover) == [words]


def test_the_text_of_a_link_stays_text(page: Page, site: Site) -> None:
    hostile = ["[x](https://evil.example)", "![x](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", "$x^2$"]
    names = ["noise", "points", "epochs", "seed"]
    page.goto(f"{site.url}/?" + "&".join(f"{name}={text}" for name, text in zip(names, hostile, strict=True)))
    settle(page)
    for text in hostile:
        expect(page.get_by_role("alert").get_by_text(text)).to_be_visible()
    expect(page.get_by_role("alert").locator("a, .katex")).to_have_count(0)


TOOLS = ("Move the chart by dragging", "Zoom in", "Zoom out", "Show all", "Pick a point with the arrow keys")


def test_the_charts_stand_side_by_side_and_no_button_sends_them_away(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    fit, curves = boxes(page)
    assert fit["y"] == curves["y"]
    assert fit["x"] + fit["width"] <= curves["x"]
    for title in ("Fitted lines", "Loss curves"):
        tools = page.get_by_role("toolbar", name=f"Tools of the chart “{title}”").get_by_role("button")
        labels = tools.evaluate_all("all => all.map((each) => each.ariaLabel)")
        assert labels == [*TOOLS, "Save as PNG", "Save as SVG"]
        expect(tools.last).to_be_visible()


@pytest.fixture
def phone(new_context: NewContext, site: Site) -> Iterator[Page]:
    context = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    with listened_to(context, site.url) as page:
        yield page


MISSING = """(url) => import(url).then(({PARTS}) =>
    Object.keys(PARTS).filter((part) => !document.querySelector(PARTS[part])))"""


def test_on_a_phone_everything_can_be_reached_and_the_settings_are_behind_a_button(phone: Page, site: Site) -> None:
    open_page(phone, f"{site.url}/?scene=article")
    fit, curves = boxes(phone)
    assert fit["y"] + fit["height"] <= curves["y"]
    for box in (fit, curves):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    for cell in phone.locator("main table").locator("th, td").all():
        cell.scroll_into_view_if_needed()
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390

    sheet, dom = phone.locator("#stSidebar"), f"{site.url}/{url_of('streamlit_dom.js')}"
    assert phone.evaluate(MISSING, dom) == ["collapse"], "Streamlit has changed what streamlit_dom.js leans on"
    phone.get_by_role("button", name="Settings", exact=True).tap()
    assert phone.evaluate(MISSING, dom) == ["expand"], "Streamlit has changed what streamlit_dom.js leans on"
    press(phone, "Noise σ", "ArrowRight")
    assert_shows(phone, View().with_experiment(Experiment(noise=1.1)))
    chart, half = plot(phone, FIT).bounding_box(), sheet.bounding_box()
    assert chart["y"] >= 0
    assert chart["y"] + 0.9 * chart["height"] <= half["y"]
    assert half["height"] <= 844 / 2
    phone.get_by_role("button", name="Close settings").tap()
    expect(sheet).to_be_hidden()
    phone.get_by_role("button", name="Pages", exact=True).tap()
    expect(phone.get_by_role("link", name="Train", exact=True)).to_have_attribute("aria-current", "page")
    phone.get_by_role("link", name="Losses", exact=True).tap()
    expect(phone.get_by_role("heading", name="Losses", exact=True)).to_be_visible()
    expect(sheet).to_be_hidden()
    expect(phone.get_by_role("button", name="Pages", exact=True)).to_have_attribute("aria-expanded", "false")


def boxes(page: Page) -> list[dict[str, float]]:
    return [plot(page, panel).bounding_box() for panel in (FIT, CURVES)]


def legible(page: Page) -> list[Locator]:
    charts = [plot(page, panel).locator(each).first for panel in (FIT, CURVES) for each in (".xtick text", ".ytitle")]
    return [
        *charts,
        page.locator(".live-entry").first,
        page.locator(".live-reading").first,
        page.locator(".live-counter").first,
        page.locator("main td").first,
    ]


def assert_can_be_read(page: Page, scheme: str) -> None:
    """The page has the theme's ground, and so has what stays in sight; texts and the button that mends stand out."""
    ground = page.get_by_test_id("stApp").evaluate(GROUND)
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) > 384) == (scheme == "light")
    assert page.locator(".wide th").first.evaluate(GROUND) == ground
    for element in [*legible(page), page.get_by_role("button", name="Set the learning rate to 0.024").first]:
        assert element.evaluate(CONTRAST) > 4.5


def test_everything_can_be_read_in_both_themes_and_follows_them(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="light")
    open_page(page, f"{site.url}/?learning_rate=0.03")
    assert_can_be_read(page, "light")
    page.emulate_media(color_scheme="dark")
    press(page, "Noise σ", "ArrowRight")
    assert_can_be_read(page, "dark")
    page.reload()
    settle(page)
    assert_can_be_read(page, "dark")


def test_training_is_three_keys_away(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the charts")).to_be_focused()
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
    assert page.evaluate("() => document.activeElement.classList.contains('live-train')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="❚❚ Pause")).to_be_focused()
    page.wait_for_function("() => Number(document.querySelector('.live').dataset.epoch) > 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="▶ Resume")).to_be_focused()


def test_the_settings_are_a_skip_away(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    for key in ("Tab", "Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    assert page.locator("#stSidebar :focus").count() == 1


def test_a_long_training_can_be_stopped(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/?epochs=10000&batch_size=1&points=90&hidden=64,64&loss=mse")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Training was stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Train to the end")).to_be_visible()
    expect(page.locator(".live")).to_have_count(0)
    slider(page, "Epochs").press("Home")
    settle(page)
    assert_shows(page, View(Experiment(epochs=1, batch_size=1, points=90, hidden=(64, 64)), ("mse",)))


ANSWERED = "([url, drawn]) => location.href !== url || document.querySelector('.live')?.dataset.drawn !== drawn"


def touch_until_it_counts(page: Page) -> None:
    """The first touch has a new server draw the page, from its address; from then on touches count."""
    before = page.url
    for _ in range(4):
        drawn = page.locator(".live").first.get_attribute("data-drawn")
        slider(page, "Noise σ").press("ArrowRight")
        with suppress(TimeoutError):  # a touch may be lost while the page is still on its way to the new server
            page.wait_for_function(ANSWERED, arg=[before, drawn], timeout=10_000)
        settle(page)
        if page.url != before:
            return


def test_an_open_page_outlives_a_restart_of_the_server(context: BrowserContext) -> None:
    with Site() as site:
        page = context.new_page()
        watch(page, site.url)
        open_page(page, f"{site.url}/?scene=article")
        press(page, "Noise σ", "ArrowRight")
        site.stop()
        expect(page.get_by_role("dialog")).to_contain_text("Connection error")
        site.start()
        expect(page.get_by_role("dialog")).to_have_count(0)
        touch_until_it_counts(page)
        settle(page)
        noise = view_of(page).experiment.noise
        assert noise in (1.2, 1.3)
        assert_shows(page, View().with_experiment(Experiment(noise=noise)))


def test_after_a_restart_the_address_of_now_counts(context: BrowserContext) -> None:
    """Not the one that the visit began with: settings, the page's own ones and the shown epoch come back untouched."""
    with Site() as site:
        page = context.new_page()
        watch(page, site.url)
        open_page(page, f"{site.url}/?noise=3&epochs=50")
        page.get_by_role("link", name="Landscape", exact=True).click()
        expect(page.get_by_role("heading", name="Landscape", exact=True)).to_be_visible()
        settle(page)
        press(page, "Noise σ", "ArrowRight")
        with redrawn(page):
            page.get_by_role("radio", name="Optimizer race").click()
        scrubber = slider(page, "Epoch")
        scrubber.press("Home")
        scrubber.press("ArrowRight")
        before = page.url
        assert before == f"{site.url}/landscape?noise=3.1&epochs=50&story=race&epoch=1"
        site.stop()
        expect(page.get_by_role("dialog")).to_contain_text("Connection error")
        site.start()
        expect(page.get_by_role("dialog")).to_have_count(0)
        settle(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert page.url == before
        assert slider(page, "Noise σ").get_attribute("aria-valuetext") == "3.1"
        expect(page.get_by_role("radio", name="Optimizer race")).to_be_checked()
        expect(page.locator(".live").first).to_have_attribute("data-epoch", "1")
        touch_until_it_counts(page)
        assert re.sub(r"noise=3\.\d+", "noise=3.1", page.url) == before != page.url
