"""From starting the server to a trained page, and what a second visitor waits for and downloads."""

from __future__ import annotations

import time

from playwright.sync_api import Browser

from tests.benchmarks.report import Figure
from tests.benchmarks.serving import ROOT, browsing, ready, serving, serving_bare

MEGABYTE = 1e6

BARE_DRAWN = ".js-plotly-plot .scatterlayer path.js-line"


def figures() -> list[Figure]:
    with browsing() as browser:
        start = time.monotonic()
        with serving(ROOT / "app.py") as (url, _):
            ready(url)
            _visit(browser, url)
            cold = time.monotonic() - start
            time.sleep(25)  # until the warm-up in the background is over
            visits = [_visit(browser, url) for _ in range(5)]
        with serving_bare() as bare:
            for_bare, _ = sorted(_visit(browser, bare, BARE_DRAWN) for _ in range(5))[2]
    second, volume = sorted(visits)[len(visits) // 2]
    return [
        Figure("start of the server to a trained page, cold", "≤ 6 s", f"{cold:.1f} s", cold <= 6),
        Figure("a second visitor, empty cache, to a trained page", "≤ 2 s", f"{second:.2f} s", second <= 2),
        Figure("the same on a bare Streamlit page with two ready-made charts", "–", f"{for_bare:.2f} s", True),
        Figure("transferred for a second visitor", "≤ 3 MB", f"{volume / MEGABYTE:.2f} MB", volume <= 3 * MEGABYTE),
    ]


def _visit(browser: Browser, url: str, drawn: str = ".live[data-drawn]") -> tuple[float, float]:
    """Seconds to a drawn page in a fresh browser profile, and the bytes that came over the wire."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    volume = 0.0

    def finished(event: dict[str, float]) -> None:
        nonlocal volume
        volume += event["encodedDataLength"]

    def frame(event: dict[str, dict[str, str]]) -> None:
        nonlocal volume
        volume += len(event["response"]["payloadData"]) * 3 / 4  # the payload is told in base64

    wire.send("Network.enable")
    wire.on("Network.loadingFinished", finished)
    wire.on("Network.webSocketFrameReceived", frame)
    start = time.monotonic()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(drawn, timeout=60_000)
    took = time.monotonic() - start
    page.wait_for_timeout(1500)
    context.close()
    return took, volume
