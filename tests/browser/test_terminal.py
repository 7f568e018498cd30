"""What a server prints from its start to its end, and what it leaves behind: nothing but its address."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from playground.compute.processes import SWITCH
from playground.experiment import Experiment
from playground.experiment.view import View
from tests.support.live import assert_shows, listened_to, open_page, press
from tests.support.site import Site

pytestmark = pytest.mark.browser

PRINTED = """\

  You can now view your Streamlit app in your browser.

  URL: {url}

"""
SECONDS = 5.0  # after its end, for the system to clear away what has been killed


@pytest.mark.parametrize("spawned", ["0", "1"], ids=["copied", "spawned"])
def test_a_server_prints_its_address_and_leaves_nothing(regular: BrowserContext, tmp_path: Path, spawned: str) -> None:
    """Its workers are copies of a process that has loaded TensorFlow, or spawned as on macOS and Windows."""
    with Site(TMPDIR=str(tmp_path), **{SWITCH: spawned}) as site:
        with listened_to(regular, site.url) as page:
            open_page(page, f"{site.url}/?scene=article")
            press(page, "Noise σ", "ArrowRight")
            assert_shows(page, View().with_experiment(Experiment(noise=1.1)))
        assert len(site.processes()) > 1
        site.stop()
        end = time.monotonic() + SECONDS
        while site.processes() and time.monotonic() < end:
            time.sleep(0.1)
        assert site.processes() == []
        assert list(tmp_path.iterdir()) == []
        assert site.log() == PRINTED.format(url=site.url)
