"""Controls lead to the results: what a touch starts and sends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support.live import open_page, press, slider
from tests.support.site import Site

pytestmark = pytest.mark.browser


def test_a_touch_starts_the_script_once_and_sends_no_control_again(page: Page, site: Site) -> None:
    heard: list[ForwardMsg] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(ForwardMsg.FromString(frame))),
    )
    open_page(page, f"{site.url}/?scene=article")
    heard.clear()
    press(page, "Noise σ", "ArrowRight")
    assert [message.WhichOneof("type") for message in heard].count("new_session") == 1
    sent = [message.delta.new_element.WhichOneof("type") for message in heard if message.WhichOneof("type") == "delta"]
    assert "bidi_component" in sent  # the charts
    assert "slider" not in sent
    assert slider(page, "Noise σ").is_visible()
