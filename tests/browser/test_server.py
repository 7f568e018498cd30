"""What the server sends: headers, compressed scripts, and nothing that is not meant for visitors."""

import gzip
import re
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urljoin

import brotli
import pytest
import zstandard

from playground.server import application as server
from playground.ui import assets
from playground.ui.frame import HOME, PLACES
from tests.support.site import ROOT, Site

ASSETS = [f"/{address}" for address in assets.addresses()]


def get(site: Site, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """An answer to a path sent as it is, dots and all."""
    with closing(HTTPConnection("localhost", site.port, timeout=60)) as connection:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.fixture(scope="module")
def scripts(site: Site) -> list[str]:
    """The scripts and styles that the first page names."""
    _, page = get(site, "/")
    found = re.findall(r'(?:src|href)="\.(/static/[^"]+\.(?:js|css))"', page.decode())
    assert found
    return found


def test_every_answer_carries_the_policy(site: Site, scripts: list[str]) -> None:
    for path in ["/", "/_stcore/health", "/no/such/page", *ASSETS, *scripts]:
        answer, _ = get(site, path)
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == "'none'"
        assert "'unsafe-inline'" not in policy["script-src"]
        assert "'unsafe-eval'" not in policy["script-src"]
        assert "http" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.mark.parametrize(
    ("accepted", "used"), [("gzip, deflate", "gzip"), ("gzip, br", "br"), ("gzip, deflate, br, zstd", "zstd")]
)
def test_scripts_come_compressed_and_unpack_to_the_original(
    site: Site, scripts: list[str], accepted: str, used: str
) -> None:
    for path in [*ASSETS, *scripts]:
        plain, original = get(site, path)
        assert (plain.status, plain.headers["Content-Encoding"]) == (200, None)
        for _ in range(2):  # the second answer comes from memory
            packed, body = get(site, path, Accept_Encoding=accepted)
            encoding = packed.headers["Content-Encoding"]
            shrinks = len(original) >= 500 and not path.endswith(".png")
            assert encoding == (used if shrinks else None)
            assert (UNPACK[used](body) if encoding else body) == original
            assert not encoding or len(body) < 0.9 * len(original)
            assert not encoding or "Accept-Encoding" in packed.headers["Vary"]
            assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
            assert packed.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]


def test_a_part_of_a_script_is_that_part(site: Site, scripts: list[str]) -> None:
    _, original = get(site, scripts[0])
    part, body = get(site, scripts[0], Accept_Encoding="gzip", Range="bytes=10-19")
    assert (part.status, body) == (206, original[10:20])


def test_a_browser_that_has_a_script_still_gets_all_of_it_or_none(site: Site, scripts: list[str]) -> None:
    first, _ = get(site, scripts[0], Accept_Encoding="gzip")
    again, body = get(site, scripts[0], Accept_Encoding="gzip", If_None_Match=first.headers["ETag"] or "x")
    assert again.status == 304 or gzip.decompress(body)


def test_assets_are_kept_by_the_browser(site: Site) -> None:
    for path in ASSETS:
        answer, _ = get(site, path)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith(assets.TYPES[Path(path).suffix])


def test_the_address_of_an_asset_changes_with_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def address_with(content: str) -> str:
        (tmp_path / "live.js").write_text("import './part.js'")
        (tmp_path / "part.js").write_text(content)
        assets.addresses.cache_clear()
        return assets.url_of("live.js")

    monkeypatch.setattr(assets, "_SCRIPTS", tmp_path)
    try:
        assert address_with("one") != address_with("two")
        assert address_with("one") == address_with("one")
    finally:
        assets.addresses.cache_clear()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/../__init__.py",
        "/static/js/../../web/cli.py",
        "/assets/../app.py",
        "/app.py",
        "/playground/server/application.py",
        "/static/..%5c..%5capp.py",
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_no_other_file_is_served(site: Site, path: str, encoding: str) -> None:
    answer, body = get(site, path, Accept_Encoding=encoding)
    text = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
    assert b"root:" not in text
    assert b"import " not in text.replace(b"@import ", b"")
    assert answer.status in (400, 403, 404) or b"<title>" in text


def test_our_script_names_no_other_host() -> None:
    for path in (ROOT / "playground").rglob("*.[jc]s*"):
        assert not re.findall(r"(?:https?:)?//[\w-]+\.[\w.]+", path.read_text()), path


def test_streamlit_declares_its_scripts_immutable_and_nothing_else(site: Site, scripts: list[str]) -> None:
    for path in scripts:
        assert "immutable" in get(site, path)[0].headers["Cache-Control"]
    for path in ("/", "/losses", "/static/no/such.js", "/no/such.css"):
        assert "immutable" not in get(site, path)[0].headers["Cache-Control"]


@pytest.mark.parametrize(("page", "script"), [("/", "/"), ("/play/", "/play/"), ("/play/losses", "/play/")])
def test_the_charts_script_is_named_relative_to_the_page(site: Site, page: str, script: str) -> None:
    """A proxy may take ``/play`` away before the server sees it: the browser's address holds all the same."""
    answer, _ = get(site, page.removeprefix("/play"))
    address = re.fullmatch("<(.+)>; rel=preload; as=script", answer.headers["Link"])[1]
    assert urljoin(f"http://somewhere{page}", address) == f"http://somewhere{script}{assets.url_of('plotly.min.js')}"


@pytest.mark.parametrize(("option", "path"), [("", ""), ("play", "/play"), ("/a/b/", "/a/b")])
def test_scripts_are_served_below_the_path_of_the_app(monkeypatch: pytest.MonkeyPatch, option: str, path: str) -> None:
    monkeypatch.setattr(server.st, "get_option", lambda name: {"server.baseUrlPath": option}[name])
    pages = ["", *(name for name in PLACES if name != HOME)]
    assert [route.path for route in server.routes()] == [f"{path}/{each}" for each in [*pages, *assets.addresses()]]
