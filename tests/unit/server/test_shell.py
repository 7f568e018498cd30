"""Each page's HTML begins with a head of its own; and Streamlit's HTML still has the places where that goes."""

from __future__ import annotations

import re
import struct
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit
from starlette.requests import Request

import playground
from playground.server import shell
from playground.ui import assets, footer
from playground.ui.frame import PLACES, Place
from playground.ui.streamlit_internals import SERVER_SCRIPT, SWITCH
from tests.support.site import ROOT

LONGEST = 160  # letters of a description that a search engine shows


class Head(HTMLParser):
    """The title and the meta tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self.feed(html)
        self.title = unescape(re.findall("<title>(.*?)</title>", html)[0])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "meta" and "content" in found:
            self.tags[found.get("property") or found.get("name", "")] = found["content"]


def test_streamlits_html_has_what_is_replaced() -> None:
    for part in (shell.STREAMLITS_TITLE, shell.STREAMLITS_ICON, shell.STREAMLITS_ROOT):
        assert shell.read_index().count(part) == 1, f"Streamlit {streamlit.__version__} has changed its HTML"


@pytest.mark.parametrize("place", PLACES.values(), ids=lambda place: place.key)
def test_a_link_to_a_page_previews_that_page(place: Place) -> None:
    scope = {"type": "http", "scheme": "https", "path": f"/play/{place.key}", "query_string": b"noise=2"}
    answer = shell.answer_with_page(place, Request({**scope, "headers": [(b"host", b"play.example")]}))
    head = Head(bytes(answer.body).decode())
    assert head.title == head.tags["og:title"] == f"{place.label} · Loss Playground"
    assert head.tags["description"] == head.tags["og:description"] == place.description
    assert 50 <= len(place.description) <= LONGEST
    assert head.tags["og:image"].startswith("https://play.example/play/assets/")
    assert head.tags["og:url"] == f"https://play.example/play/{place.key}"


def test_each_page_has_one_place() -> None:
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {*PLACES, "frame"}
    for texts in zip(*((place.label, place.description) for place in PLACES.values()), strict=True):
        assert len({*texts}) == len(PLACES)


def test_the_picture_of_a_preview_has_the_size_that_it_says() -> None:
    picture = assets.addresses()[assets.url_of(shell.PREVIEW)]
    head = Head(shell.write_page(PLACES["train"], "http://localhost/")).tags
    size = struct.unpack(">II", picture.read_bytes()[16:24])  # of a PNG
    assert size == (int(head["og:image:width"]), int(head["og:image:height"]))


@pytest.mark.parametrize("plain", [False, True])
def test_a_policy_allows_the_scripts_in_the_html(monkeypatch: pytest.MonkeyPatch, plain: bool) -> None:
    monkeypatch.setenv(SWITCH, "1" if plain else "0")
    html = shell.write_page(PLACES["losses"], "http://localhost/losses")
    found = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert (SERVER_SCRIPT in found) == (not plain)
    assert {*found} <= {*shell.inline_scripts()}


def test_streamlits_script_asks_where_its_server_is() -> None:
    scripts = (Path(streamlit.__file__).parent / "static").rglob("index*.js")
    assert any("window.__streamlit" in text and "BACKEND_BASE_URL" in text for text in map(Path.read_text, scripts))


def test_the_footer_leaves_out_what_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert playground.__version__ in footer.footer()
    assert "Source code" not in footer.footer()
    monkeypatch.setattr(footer, "LICENCE", "MIT licence")
    monkeypatch.setattr(footer, "SOURCE", "https://example.org/a?b&c")
    assert 'MIT licence · <a href="https://example.org/a?b&amp;c">Source code</a> · ' in footer.footer()
