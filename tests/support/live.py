"""What the browser tests read on a page, and how they wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import BrowserContext, Locator, Page, expect

from playground.experiment.view import View, read_link
from playground.losses import LOSSES
from playground.text.numbers import number
from tests.support.runs import diagnosed

PATIENCE = 60_000  # milliseconds; a busy machine is no failure
expect.set_options(timeout=PATIENCE)

FIT, CURVES = 0, 1


def watch(page: Page, home: str) -> list[str]:
    """What a page should never do, as it happens: errors, broken policies, requests to other hosts."""
    heard: list[str] = []

    def on_request(request: Any) -> None:
        if not request.url.startswith((home, "data:", "blob:")):
            heard.append(f"request to {request.url}")

    page.on("request", on_request)
    page.on("pageerror", lambda error: heard.append(f"error {error}"))
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    return heard


@contextmanager
def listened_to(context: BrowserContext, home: str) -> Iterator[Page]:
    """A page that by the end has seen no error, and asked no other host for anything."""
    page = context.new_page()
    heard = watch(page, home)
    yield page
    page.close()
    assert heard == []


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page's script has run and its figure is drawn."""
    page.wait_for_selector(".live[data-drawn]", timeout=PATIENCE)
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=PATIENCE)
    rest(page)


def rest(page: Page) -> None:
    """Wait until Plotly itself has drawn what was moved in place."""
    page.wait_for_function("() => !document.querySelector('.live-moving')")


@contextmanager
def redrawn(page: Page) -> Iterator[None]:
    """Wait until what is done inside has led to a new figure."""
    before = page.locator(".live").first.get_attribute("data-drawn")
    yield
    page.wait_for_function("before => document.querySelector('.live')?.dataset.drawn !== before", arg=before)
    settle(page)


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=name == "Epoch")


def open_fold(page: Page, key: str) -> None:
    """Open a fold of the side panel."""
    page.locator(f".st-key-fold_{key} button").click()
    page.locator(f".st-key-fold_{key}_body").wait_for()


def drag(slider: Locator, to: int) -> None:
    """Move the slider of a replay, as a hand does that has not let go of it."""
    slider.evaluate("(slider, epoch) => { slider.value = epoch; slider.dispatchEvent(new Event('input')); }", to)


def let_go(slider: Locator) -> None:
    slider.dispatch_event("change")


def press(page: Page, name: str, key: str, times: int = 1) -> None:
    """Move one of the sliders in the side panel and wait for the new figure."""
    for _ in range(times):
        with redrawn(page):
            slider(page, name).press(key)


def epoch(page: Page) -> int:
    return int(page.locator(".live").first.get_attribute("data-epoch") or -1)


def plot(page: Page, panel: int) -> Locator:
    return page.locator(".live-plot").nth(panel)


def traces(page: Page, panel: int) -> list[dict[str, Any]]:
    """The traces as Plotly holds them: name, x, y and the first symbol."""
    script = """plot => plot._fullData.map(({name, x, y, marker}) => (
        {name, x: Array.from(x), y: Array.from(y), symbol: marker?.symbol}))"""
    return plot(page, panel).evaluate(script)


def table(page: Page) -> dict[str, list[str]]:
    """The table as text: a row's cells by its question."""
    rows = page.locator("main table tr").all()
    cells = [[text.strip() for text in row.locator("th, td").all_inner_texts()] for row in rows]
    return {question: answers for question, *answers in cells}


def view_of(page: Page) -> View:
    """What the address bar says."""
    view, notices = read_link(parse_qs(urlparse(page.url).query, keep_blank_values=True))
    assert notices == []
    return view


def assert_shows(page: Page, view: View) -> None:
    """The address bar and the table are those of a view: the numbers are computed here, by training it."""
    assert view_of(page) == view
    shown = table(page)
    for column, experiment in enumerate(view.experiments):
        diagnosis = diagnosed(**dict(experiment))
        assert shown[""][column] == LOSSES[experiment.loss].label
        assert shown["own loss at the end"][column] == number(float(diagnosis.run.loss[-1]))
        assert shown["RMSE on clean points"][column] == number(diagnosis.rmse)
        assert shown["verdict"][column] == diagnosis.verdict
