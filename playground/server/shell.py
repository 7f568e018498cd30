"""The HTML that the browser gets before anything else: Streamlit's, with a head of the page's own.

Search engines and previews of links read the head only: they run no scripts.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urljoin

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from playground.ui import assets
from playground.ui.frame import APP, Place, bar, skip_links
from playground.ui.streamlit_internals import SERVER_SCRIPT, are_internals_used

PREVIEW = "preview.png"  # 1,200 × 630, as previews of links are
STREAMLITS_TITLE, STREAMLITS_ICON, STREAMLITS_ROOT = (
    "<title>Streamlit</title>",
    "./favicon.png",
    '<div id="root"></div>',
)
_HEAD = """\
<title>{title}</title>
    <meta name="description" content="{description}" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="{app}" />
    <meta property="og:title" content="{title}" />
    <meta property="og:description" content="{description}" />
    <meta property="og:url" content="{address}" />
    <meta property="og:image" content="{picture}" />
    <meta property="og:image:width" content="1200" />
    <meta property="og:image:height" content="630" />
    <meta property="og:image:alt" content="{app}" />
    <meta name="twitter:card" content="summary_large_image" />
    <link rel="stylesheet" href="./{style}" />
    <script type="module" src="./{script}"></script>
    {scripts}"""


def answer_with_page(place: Place, request: Request) -> Response:
    """The HTML of a page. A preview needs whole addresses, which begin as the one that was asked for."""
    address = str(request.url.replace(query="", fragment=""))
    return HTMLResponse(write_page(place, address), headers={"Cache-Control": "no-cache"})


def write_page(place: Place, address: str) -> str:
    """Streamlit's HTML with the head of a page whose whole address is this, and our frame round its body."""
    head = _HEAD.format(
        title=escape(place.title),
        description=escape(place.description),
        app=escape(APP),
        address=escape(address),
        picture=escape(urljoin(address, assets.url_of(PREVIEW))),
        style=assets.url_of("frame.css"),
        script=assets.url_of("frame.js"),
        scripts=f"<script>{SERVER_SCRIPT}</script>" if are_internals_used() else "",
    )
    icon = f"./{assets.url_of('favicon.svg')}"
    body = f"{skip_links()}{STREAMLITS_ROOT}{bar()}"
    html = read_index().replace(STREAMLITS_TITLE, head).replace(STREAMLITS_ICON, icon)
    return html.replace(STREAMLITS_ROOT, body)


def inline_scripts() -> list[str]:
    """The scripts that stand in the HTML itself, ours and Streamlit's, which a policy has to allow one by one."""
    return [*re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", read_index(), re.DOTALL), SERVER_SCRIPT]


@cache
def read_index() -> str:
    """Streamlit's own HTML, which is the same for every page."""
    return (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
