"""What ``app.py`` starts: warm-up in the background, security headers, compressed scripts."""

from __future__ import annotations

import base64
import gc
import gzip
import hashlib
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground import compute
from playground.compute import Call
from playground.server.warmup import first_page, neighbours
from playground.ui import assets
from playground.ui.sessions import draw_unknown_pages_whole

STATIC = "/static/"
SCRIPTS = ("text/javascript", "application/javascript", "text/css")
HEAD_START = 3.0  # seconds in which the first page is drawn, before the warm-up takes the processor again
KEEP = "public, max-age=31536000, immutable"  # an address with a digest in it never changes its content


def routes() -> list[Route]:
    """The scripts of the live figure, each at its address beside the pages."""
    return [Route(f"{path_of_app()}/{address}", _serve(content)) for address, content in assets.contents().items()]


def path_of_app() -> str:
    """The path under which Streamlit serves the app, such as ``/play``; empty at the server's root."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def middleware() -> list[Middleware]:
    """What every answer passes through, outermost first."""
    return [Middleware(SecurityHeaders), Middleware(CompressedScripts)]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """From the start of the server to its end; the warm-up goes on beside it."""
    draw_unknown_pages_whole()
    Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def _warm_up() -> None:
    """Start the process that trains, and compile what visitors ask for first, while the first page is on its way."""
    try:
        compute.prepare(Call(first_page))
        sleep(HEAD_START)
        compute.prepare(Call(neighbours))
    except Exception:  # the pages ask for what they need themselves, only later
        logging.getLogger(__name__).exception("The warm-up failed; the first visitor will wait instead.")
    gc.collect()
    gc.freeze()  # what is loaded by now stays; the collector need not look at it again


def _serve(content: bytes) -> Any:
    packed = gzip.compress(content, compresslevel=6)

    async def respond(request: Request) -> Response:
        headers = {"Cache-Control": KEEP, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(content, media_type="text/javascript", headers=headers)
        return Response(packed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})

    return respond


class SecurityHeaders:
    """A content-security policy and its companions on every answer: nothing is asked of any other host."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.policy = content_security_policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                if headers.get("content-type", "").startswith("text/html"):
                    # The charts' script is asked for with the page, not after it. The address is relative, as all
                    # of Streamlit's are, so it holds behind a proxy that takes a path away.
                    plotly = assets.url_of("plotly.min.js")
                    headers["Link"] = f"<{plotly}>; rel=preload; as=script"
            await send(message)

        await self.app(scope, receive, send_with_headers)


def content_security_policy() -> str:
    """Only this server, and Streamlit's own inline scripts by their digests.

    ``blob:`` is how Streamlit loads a component's script; ``unsafe-inline`` styles are Plotly's and
    Streamlit's. WebAssembly is Streamlit's, for Arrow.
    """
    index = (Path(st.__file__).parent / "static" / "index.html").read_text()
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {allowed}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' ws: wss:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


class CompressedScripts:
    """Streamlit sends its scripts as they are; this packs each once and keeps it.

    Only what is a script is kept: to any other address Streamlit answers with its page, and there is no end of those.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _can_pack(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self.packed:
            start, body = await _collect(self.app, scope, receive)
            if not _is_script(start):
                await send(start)
                await send({"type": "http.response.body", "body": body})
                return
            self.packed[path] = _pack(start, body)
        headers, body = self.packed[path]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _can_pack(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path, headers = scope["path"], Headers(scope=scope)
    packs = path.startswith(f"{path_of_app()}{STATIC}") and path.endswith((".js", ".css"))
    return packs and "gzip" in headers.get("accept-encoding", "") and "range" not in headers


def _is_script(start: Message) -> bool:
    kind = Headers(raw=list(start["headers"])).get("content-type", "")
    return bool(start["status"] == 200 and kind.startswith(SCRIPTS))


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    start: Message = {}
    parts: list[bytes] = []

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    # Without the conditions of a half-forgotten copy, the answer is always the whole file.
    asked = [(name, value) for name, value in scope["headers"] if not name.startswith(b"if-")]
    await app({**scope, "headers": asked}, receive, take)
    return start, b"".join(parts)


def _pack(start: Message, body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    packed = gzip.compress(body, compresslevel=6)
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    headers["Vary"] = "Accept-Encoding"
    return headers.raw, packed
