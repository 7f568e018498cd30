"""What the tests of the running app share: the server and the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from playground import programs
from tests.browser import FLAGS, chromium_path
from tests.live import PATIENCE, watch
from tests.site import Site


@pytest.fixture(scope="session", autouse=True)
def _room_for_every_program() -> None:
    """The tests need more programs than a server may hold; past the server's bound they would crawl."""
    programs.MAX_PROGRAMS = 10_000


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The app, running. What it has been asked by the end has raised nothing."""
    with Site() as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Any) -> dict[str, Any]:
    path = chromium_path()
    if not path and not Path(playwright.chromium.executable_path).exists():
        pytest.fail("There is no Chromium for the browser tests. Run: python -m tests.browser")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def page(page: Page, site: Site) -> Iterator[Page]:
    """A page that by the end has seen no error and asked no other host for anything."""
    heard = watch(page, site.url)
    yield page
    assert heard == []
