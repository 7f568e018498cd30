"""What the tests of the running app share: the server and the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_playwright import CreateContextCallback as NewContext
from streamlit.runtime.scriptrunner import script_runner

from playground import compute
from tests.browser import FLAGS, chromium_path
from tests.live import PATIENCE, watch
from tests.site import Site


@pytest.fixture(autouse=True)
def _computed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are run by a test compute in its own process, so that what it plants there counts."""
    monkeypatch.setattr(compute, "call", compute.here)
    monkeypatch.setattr(compute, "started", lambda: True)
    # Streamlit clears Keras after every run of a page where it finds it, and the engine's programs with it.
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)


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


@pytest.fixture
def linked_page(new_context: NewContext, site: Site) -> Iterator[Page]:
    """A page for links to others than the first: for such a one Streamlit tries two addresses, of which one is none."""
    page = new_context().new_page()
    page.set_default_timeout(PATIENCE)
    heard = watch(page, site.url)
    yield page
    assert [text for text in heard if "404" not in text] == []
