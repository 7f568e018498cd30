"""In a real browser: what becomes of a link on the way through the pages, and of links that hold what no page reads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.support.live import open_fold, open_page, press, redrawn, settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

PAGES = ("Train", "Losses", "Landscape", "Classify", "Overfit", "Gradients", "Compare")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    heading = "Loss Playground" if name == "Train" else name
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    settle(page)


def alerts(page: Page) -> list[str]:
    return page.get_by_role("alert").all_inner_texts()


def test_settings_neither_vanish_nor_linger_on_the_way_through_the_pages(linked_page: Page, site: Site) -> None:
    """Every page of lines shows the same experiment, Classify its own; each address holds just what its page shows.

    The visit goes on past Classify and Overfit, which show nothing of it. A reload is a new visit: it knows what the
    address says, and no more.
    """
    page, lines = linked_page, {"noise": ["3.0"], "outliers": ["0.1"]}
    open_page(page, f"{site.url}/?noise=3&outliers=0.1")
    assert query(page) == lines
    held_by = {"Compare": lines, "Classify": {}, "Landscape": lines, "Overfit": {}, "Train": lines}
    for name, held in held_by.items():
        go(page, name)
        assert query(page) == held, name
        assert alerts(page) == []
        if held:
            page.reload()
            settle(page)
            assert query(page) == held, name
            assert alerts(page) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/?noise=250&learning_rate=hello&epoch=99999", ["noise was", "learning_rate was", "epoch was"]),
        ("/classify?threshold=0.4&story=race", ["'story' is no setting of this page"]),
    ],
)
def test_what_a_page_ignores_or_changes_is_said(linked_page: Page, site: Site, path: str, said: list[str]) -> None:
    open_page(linked_page, f"{site.url}{path}")
    for text, part in zip(alerts(linked_page), said, strict=True):
        assert part in text


def test_what_was_ignored_is_said_until_something_is_changed(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?foo=1")
    assert len(alerts(page)) == 1
    open_fold(page, "optimizer")
    assert len(alerts(page)) == 1
    with redrawn(page):
        page.get_by_role("radio", name="Adam", exact=True).click()  # draws the whole page
    expect(page.get_by_role("alert")).to_have_count(0)
    press(page, "Noise σ", "ArrowRight")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert "foo" not in page.url
