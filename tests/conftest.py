"""What all tests share: the app's compiler, pages that compute in the test's process, the server and the browser.

What brings TensorFlow is imported where it is used: pytest reads this file before it starts its workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page
from streamlit.runtime.scriptrunner import script_runner

from playground import compute
from playground.compute.loading import choose_compiler
from tests.support.chromium import FLAGS, chromium_path
from tests.support.site import Site

choose_compiler()  # tests train as the app does


@pytest.fixture(autouse=True)
def _computed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are run by a test compute in its own process, so that what it plants there counts."""
    monkeypatch.setattr(compute, "call", compute.call_here)
    monkeypatch.setattr(compute, "is_ready", lambda: True)
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
        pytest.fail("There is no Chromium for the browser tests. Run: python -m tests.support.chromium")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """No visitor of a test sees the first scene play by itself, but in the test of that."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def regular(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The browser of one who has been here before: it keeps the scripts it has read, which saves a second a page."""
    from tests.support.live import PATIENCE

    profile = tmp_path_factory.mktemp("profile")
    with browser_type.launch_persistent_context(
        profile, **browser_type_launch_args, reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture
def page(regular: BrowserContext, site: Site) -> Iterator[Page]:
    from tests.support.live import listened_to

    with listened_to(regular, site.url) as page:
        yield page


@pytest.fixture
def linked_page(page: Page) -> Page:
    """A page for links to others than the first."""
    return page


@pytest.fixture
def step_by_step() -> Iterator[None]:
    """What the test trains is not compiled: see ``tests.support.eager``."""
    from tests.support.eager import run_step_by_step

    with run_step_by_step():
        yield
