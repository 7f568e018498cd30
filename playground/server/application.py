"""What ``app.py`` starts: warm-up in the background, security headers, compressed answers."""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from time import sleep

import streamlit as st
from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, remove_compress_type

from playground import compute
from playground.compute import Call
from playground.server.shell import answer_with_page, inline_scripts
from playground.server.warmup import first_page, neighbours
from playground.ui import assets
from playground.ui.frame import HOME, PLACES
from playground.ui.streamlit_internals import draw_unknown_pages_whole

KEPT_BYTES = 32 * 2**20  # of compressed scripts, which take 6 MB in three encodings
LONGEST_ENCODINGS = 100  # letters of an Accept-Encoding header that is a key of that memory; browsers send 23
HEAD_START = 3.0  # seconds in which the first page is drawn, before the warm-up takes the processor again
KEEP = "public, max-age=31536000, immutable"  # an address with a digest in it never changes its content


def routes() -> list[Route]:
    """The pages, each with a head of its own; and our scripts and pictures, each at its address beside the pages."""
    folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path_of_app = f"/{folder}" if folder else ""
    pages = [
        Route(f"{path_of_app}/{'' if place.key == HOME else place.key}", partial(answer_with_page, place))
        for place in PLACES.values()
    ]
    files = [Route(f"{path_of_app}/{address}", _send_file(path)) for address, path in assets.addresses().items()]
    return [*pages, *files]


def middleware() -> list[Middleware]:
    """What every answer passes through, outermost first.

    Streamlit sends its scripts uncompressed: 7 MB with Plotly's, which become 1.8 MB in a fifth of a second. Zstandard
    and Brotli are smaller than gzip at that speed; browsers ask for them over HTTPS and from localhost only. Streamlit
    would compress other answers with gzip: without the header that asks for it, all are compressed in one place.
    """
    remove_compress_type("text/event-stream")  # an event is sent when it happens
    compress = Middleware(CompressMiddleware, zstd_level=9, brotli_quality=5, gzip_level=6, remove_accept_encoding=True)
    return [Middleware(ScriptCache), Middleware(SecurityHeaders), compress]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """From the start of the server to its end; the warm-up goes on beside it."""
    draw_unknown_pages_whole()
    Thread(target=_warm_up, name="warm-up", daemon=True).start()
    try:
        yield
    finally:
        compute.end_processes()


def _warm_up() -> None:
    """Start the process that trains, and compile what visitors ask for first, while the first page is on its way."""
    try:
        compute.prepare(Call(first_page))
        sleep(HEAD_START)
        compute.prepare(Call(neighbours))
    except Exception:  # the pages ask for what they need themselves, only later
        if not compute.are_ending():
            logging.getLogger(__name__).exception("The warm-up failed; the first visitor will wait instead.")
    gc.collect()
    gc.freeze()  # what is loaded by now stays; the collector need not look at it again


def _send_file(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_request: Request) -> Response:
        return FileResponse(path, media_type=assets.TYPES[path.suffix], headers={"Cache-Control": KEEP})

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
    """Only this server, and the inline scripts of its HTML by their digests.

    ``blob:`` is how Streamlit loads a component's script; ``unsafe-inline`` styles are Plotly's and
    Streamlit's. WebAssembly is Streamlit's, for Arrow.
    """
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline_scripts()]
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


class ScriptCache:
    """Keeps compressed scripts: compressing them for each visitor takes 0.15 s of the server's time, this 0.01 s.

    Only what is declared immutable is kept. To an unknown address Streamlit answers with its page, and there is no end
    of those.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.answers: LRUCache[tuple[str, str], list[Message]] = LRUCache(KEPT_BYTES, getsizeof=_count_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _asks_for_compressed_file(scope):
            await self.app(scope, receive, send)
            return
        key = scope["path"], Headers(scope=scope)["accept-encoding"]
        if key in self.answers:
            for message in self.answers[key]:
                await send(message)
            return
        messages: list[Message] = []

        async def send_and_record(message: Message) -> None:
            messages.append(message)
            await send(message)

        await self.app(scope, receive, send_and_record)
        if _may_be_kept(messages):
            self.answers[key] = messages


def _asks_for_compressed_file(scope: Scope) -> bool:
    """Whether a request is for a whole file: not for a part of it, nor only if it has changed."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    partial = any(name == "range" or name.startswith("if-") for name in headers)
    return 0 < len(headers.get("accept-encoding", "")) <= LONGEST_ENCODINGS and not partial


def _may_be_kept(messages: Sequence[Message]) -> bool:
    """Whether an answer is whole, never changes, and fits."""
    if not messages or messages[-1].get("more_body") or _count_bytes(messages) > KEPT_BYTES:
        return False
    start = messages[0]
    return start["status"] == 200 and "immutable" in Headers(raw=start["headers"]).get("cache-control", "")


def _count_bytes(messages: Sequence[Message]) -> int:
    return sum(len(message.get("body", b"")) for message in messages)
