"""From starting the server to a trained page, and what a second visitor waits for and downloads."""

from __future__ import annotations

import time
from statistics import median

from playwright.sync_api import Browser

from tests.benchmarks.report import Figure
from tests.benchmarks.serving import ROOT, browsing, ready, serving, serving_bare

MEGABYTE = 1e6

VISITS = 5
DRAWN = ".live[data-drawn]"
BARE_DRAWN = ".js-plotly-plot .scatterlayer path.js-line"


def figures() -> list[Figure]:
    with browsing() as browser:
        start = time.monotonic()
        with serving(ROOT / "app.py") as (url, _):
            ready(url)
            _visit(browser, url)
            cold = time.monotonic() - start
            time.sleep(25)  # until the warm-up in the background is over
            second = median(_visit(browser, url) for _ in range(VISITS))
            volume = _volume(browser, url)
        with serving_bare() as bare:
            for_bare = median(_visit(browser, bare, BARE_DRAWN) for _ in range(VISITS))
    return [
        Figure("start of the server to a trained page, cold", "≤ 6 s", f"{cold:.1f} s", cold <= 6),
        Figure("a second visitor, empty cache, to a trained page", "≤ 2 s", f"{second:.2f} s", second <= 2),
        Figure("the same on a bare Streamlit page with two ready-made charts", "–", f"{for_bare:.2f} s", True),
        Figure("transferred for a second visitor", "≤ 3 MB", f"{volume / MEGABYTE:.2f} MB", volume <= 3 * MEGABYTE),
    ]


def _visit(browser: Browser, url: str, drawn: str = DRAWN) -> float:
    """Seconds to a drawn page in a fresh browser profile."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        start = time.monotonic()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(drawn, timeout=60_000)
        return time.monotonic() - start


def _volume(browser: Browser, url: str) -> float:
    """The bytes that come over the wire for a drawn page; counting them slows a visit down, so it is one of its own."""
    volume = 0.0

    def finished(event: dict[str, float]) -> None:
        nonlocal volume
        volume += event["encodedDataLength"]

    def frame(event: dict[str, dict[str, str]]) -> None:
        nonlocal volume
        volume += len(event["response"]["payloadData"]) * 3 / 4  # the payload is told in base64

    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", finished)
        wire.on("Network.webSocketFrameReceived", frame)
        page.goto(url, wait_until="commit")
        page.wait_for_selector(DRAWN, timeout=60_000)
        page.wait_for_timeout(1500)
    return volume
