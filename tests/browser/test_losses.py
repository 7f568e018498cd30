"""The Losses page in a real browser: the overlay, the marks of what fails, the batch editor, and links."""

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment import Experiment
from tests.support.live import PATIENCE, plot, redrawn, settle, slider, view_of
from tests.support.site import Site

pytestmark = pytest.mark.browser

VALUE, SLOPE, CURVATURE = 0, 1, 2


@pytest.fixture
def page(linked_page: Page) -> Page:
    return linked_page


def open_losses(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/losses")
    expect(page.get_by_role("heading", name="Losses", exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('.live-plot').length === 3")
    settle(page)


def come_from_train(page: Page, site: Site, query: str) -> None:
    """The experiment of Train, which has more settings than the address of this page, comes along."""
    page.goto(f"{site.url}/{query}")
    settle(page)
    page.get_by_role("link", name="Losses").click()
    expect(page.get_by_role("heading", name="Losses", exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('.live-plot').length === 3")
    settle(page)


def named(page: Page, panel: int, mode: str) -> list[str]:
    script = "(plot, mode) => plot._fullData.filter((trace) => trace.mode === mode).map((trace) => trace.name)"
    return plot(page, panel).evaluate(script, mode)


def test_losses_are_overlaid_and_taken_away(page: Page, site: Site) -> None:
    open_losses(page, site)
    assert [named(page, panel, "lines") for panel in (VALUE, SLOPE, CURVATURE)] == [["MSE", "MAE", "Huber"]] * 3
    with redrawn(page):
        page.get_by_role("button", name="Cauchy").click()
    with redrawn(page):
        page.get_by_role("button", name="MSE", exact=True).click()
    assert named(page, VALUE, "lines") == ["MAE", "Huber", "Cauchy"]
    assert "shown=mae&shown=huber&shown=cauchy" in page.url


@pytest.mark.parametrize(
    ("task", "another", "title", "losses"),
    [
        ("Regression", "Cauchy", "Loss Playground", ["mse", "mae", "huber", "cauchy"]),
        ("Classification", "Focal", "Classify", ["cross_entropy", "focal", "hinge", "brier"]),
    ],
)
def test_what_is_looked_at_can_be_trained(
    page: Page, site: Site, task: str, another: str, title: str, losses: list[str]
) -> None:
    open_losses(page, site)
    if task != "Regression":
        with redrawn(page):
            page.get_by_role("radio", name=task).or_(page.get_by_role("button", name=task)).click()
    with redrawn(page):
        page.get_by_role("button", name=another).click()
    page.get_by_role("button", name="Train with these").click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.wait_for_function("() => location.search.includes('loss=')")
    assert parse_qs(urlparse(page.url).query)["loss"] == losses


def test_a_failing_property_is_marked_on_its_curve(page: Page, site: Site) -> None:
    open_losses(page, site)
    with redrawn(page):
        page.get_by_role("button", name="ε-insensitive").click()
    script = """plot => plot._fullData.filter((trace) => trace.name === "counter-examples")
        .flatMap((trace) => trace.text.map((said, place) => [trace.x[place], said.replaceAll("<br>", " ")]))"""
    marks = plot(page, VALUE).evaluate(script)
    assert any(abs(abs(x) - 0.5) < 1e-3 and said.startswith("ε-insensitive is not diff") for x, said in marks)
    table = page.locator("table.words")
    expect(table.locator("tr", has_text="differentiable")).to_contain_text("✗")


def test_a_slider_redraws_the_curves(page: Page, site: Site) -> None:
    open_losses(page, site)
    read = "plot => Array.from(plot._fullData.find((trace) => trace.name === 'Huber').y)"
    before = plot(page, SLOPE).evaluate(read)
    with redrawn(page):
        slider(page, "Huber δ").press("ArrowRight")
    after = plot(page, SLOPE).evaluate(read)
    assert max(before) == pytest.approx(1.0, abs=1e-3)
    assert max(after) == pytest.approx(1.5, abs=1e-3)
    assert "delta=1.5" in page.url


def test_settings_are_kept_from_page_to_page(page: Page, site: Site) -> None:
    come_from_train(page, site, "?delta=0.5&noise=2.5&hidden=4&learning_rate=0.003")
    with redrawn(page):
        slider(page, "Huber δ").press("ArrowRight")
    page.get_by_role("link", name="Train").click()
    page.wait_for_function("() => document.querySelectorAll('.live-plot').length === 2")
    settle(page)
    assert view_of(page).experiment == Experiment(delta=0.7, noise=2.5, hidden=(4,), learning_rate=0.003)


WRONG_BATCHES = {
    "": "0 numbers were given",
    "1, 2, 3": "The batch has 4 numbers in y and 3 in ŷ",
    "1, 2, x, 4": "“x” is not a number",
    "1, 2, inf, 4": "Among the numbers is inf",
}


def test_a_wrong_batch_is_named_and_nothing_is_lost(page: Page, site: Site) -> None:
    open_losses(page, site)
    page.get_by_role("tab", name="Four ways to one number").click()
    expect(page.get_by_text("Python, a loop")).to_be_visible()
    field = page.get_by_label("Predictions ŷ")
    for text, said in WRONG_BATCHES.items():
        field.fill(text)
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(field).to_have_value(text)
        expect(page.get_by_label("True values y")).to_have_value("1, 2, 3, 4")
    field.fill("1, 2, 3, 5")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("tr", has_text="Python, a loop").locator("td").first).to_have_text("0.25")


def test_the_numbers_that_are_fitted_can_be_moved(page: Page, site: Site) -> None:
    open_losses(page, site)
    page.get_by_role("tab", name="What does it fit?").click()
    row = page.locator("tr", has_text="best constant").locator("td")
    expect(row.nth(0)).to_have_text("6.00")
    expect(row.nth(1)).to_have_text("3.00")
    page.get_by_label("Numbers on a line").fill("1, 2, 3, 4, 90")
    page.get_by_label("Numbers on a line").press("Enter")
    expect(row.nth(0)).to_have_text("20.0")
    expect(row.nth(1)).to_have_text("3.00")


def test_the_slopes_of_every_seed_are_drawn(page: Page, site: Site) -> None:
    come_from_train(page, site, "?noise_shape=laplace")
    page.get_by_role("tab", name="Noise and its loss").click()
    page.wait_for_function("() => document.querySelectorAll('.live-plot').length === 4", timeout=PATIENCE)
    page.wait_for_function("() => document.querySelectorAll('.live-plot')[3].querySelectorAll('path.box').length === 3")
    expect(page.locator("tr", has_text="efficiency relative to MSE")).to_contain_text("±")
    lengths = "plot => plot._fullData.map((trace) => trace.x.length)"
    assert plot(page, 3).evaluate(lengths) == [300, 300, 300]


def test_a_link_opens_on_the_same_view(page: Page, site: Site, new_context: NewContext) -> None:
    open_losses(page, site)
    page.get_by_text("Classification", exact=True).click()
    page.wait_for_function("() => location.search.includes('task=classification')")
    with redrawn(page):
        page.get_by_text("probability", exact=True).click()
    address = page.url
    axis = "plot => plot._fullLayout.xaxis.title.text"
    assert plot(page, VALUE).evaluate(axis) == "probability p of label 1"
    other = new_context().new_page()
    other.goto(address)
    other.wait_for_function("() => document.querySelectorAll('.live-plot').length === 3")
    settle(other)
    assert plot(other, VALUE).evaluate(axis) == "probability p of label 1"
    assert other.url == address


def test_on_a_phone_the_page_does_not_scroll_sideways(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_losses(page, site)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
