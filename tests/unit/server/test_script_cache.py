"""The memory of compressed scripts: each is compressed once, and nothing else is kept."""

import asyncio
import gzip
from typing import Any

import zstandard
from starlette.types import ASGIApp

from playground.server.application import ScriptCache, middleware

IMMUTABLE = [(b"content-type", b"text/javascript"), (b"cache-control", b"public, immutable, max-age=31536000")]


SCRIPT = b"let a;" * 1000


class Streamlit:
    """Stands in for Streamlit: a script at one address, and at all others the page. It counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        script = scope["path"] == "/static/known.js"
        headers = list(IMMUTABLE) if script else [(b"content-type", b"text/html"), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT if script else b"<p>page</p>"})


def ask(cache: ASGIApp, path: str, *headers: tuple[bytes, bytes], encodings: bytes = b"gzip") -> bytes:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", encodings), *headers]}
    asyncio.run(cache(scope, None, send))  # type: ignore[arg-type]
    return b"".join(message.get("body", b"") for message in sent)


def test_a_script_is_compressed_once() -> None:
    app = Streamlit()
    cache = ScriptCache(app)
    assert [ask(cache, "/static/known.js") for _ in range(3)] == [SCRIPT] * 3
    assert app.asked == ["/static/known.js"]


def test_what_is_kept_is_what_the_servers_own_compression_makes() -> None:
    """Through all that the server puts round Streamlit: the first answer is compressed, the second is from memory."""
    app = Streamlit()
    whole: Any = app
    for each in reversed(middleware()):
        whole = each.cls(whole, *each.args, **each.kwargs)
    unpack = {
        b"gzip": gzip.decompress,
        b"zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    }
    for encodings, unpacked in unpack.items():
        first, second = (ask(whole, "/static/known.js", encodings=encodings) for _ in range(2))
        assert first == second
        assert len(first) < 0.1 * len(SCRIPT)
        assert unpacked(first) == SCRIPT
    assert len(app.asked) == 2


def test_a_part_of_a_script_is_neither_kept_nor_taken_from_what_is_kept() -> None:
    app = Streamlit()
    cache = ScriptCache(app)
    partial = (b"range", b"bytes=0-1"), (b"if-none-match", b"x")
    for header in partial:
        ask(cache, "/static/known.js", header)
    assert len(app.asked) == 2
    assert not cache.answers
    ask(cache, "/static/known.js")  # now the whole is kept
    for header in partial:
        ask(cache, "/static/known.js", header)
    assert len(app.asked) == 5
    assert len(cache.answers) == 1


def test_a_script_that_broke_off_is_not_kept() -> None:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": IMMUTABLE})
        await send({"type": "http.response.body", "body": b"let", "more_body": True})

    cache = ScriptCache(answer)
    assert ask(cache, "/static/known.js") == b"let"
    assert not cache.answers


def test_what_is_no_script_is_not_kept() -> None:
    """Any address below /static/ is answered with Streamlit's page: kept, these would fill the memory."""
    cache = ScriptCache(Streamlit())
    assert [ask(cache, f"/static/{place}.js") for place in range(5)] == [b"<p>page</p>"] * 5
    assert not cache.answers


def test_each_way_of_asking_for_compression_has_its_own_answer() -> None:
    app = Streamlit()
    cache = ScriptCache(app)
    for encodings in (b"gzip", b"br, gzip", b"gzip"):
        ask(cache, "/static/known.js", encodings=encodings)
    assert len(app.asked) == len(cache.answers) == 2


def test_a_header_that_no_browser_sends_does_not_fill_the_memory() -> None:
    """What is kept is bounded by its answers; a header of kilobytes would be a key of kilobytes to each of them."""
    app = Streamlit()
    cache = ScriptCache(app)
    for place in range(3):
        assert ask(cache, "/static/known.js", encodings=b"gzip, x%d" % place + b"x" * 1000) == SCRIPT
    assert len(app.asked) == 3
    assert not cache.answers
