"""Controls lead to the results: what Streamlit's storage of fragments makes of a touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.fragment import MemoryFragmentStorage

from playground.ui.fragments import RESULTS, lead_to_results
from tests.support.live import open_page, press, slider
from tests.support.site import Site


def test_a_touch_of_a_control_runs_the_results() -> None:
    fragments = MemoryFragmentStorage()
    fragments.register("side", lambda: None, target_key="controls_side")
    fragments.register("shown", lambda: None, target_key=RESULTS)
    lead_to_results(fragments)
    assert fragments.order_fragment_ids(["side"]) == ["shown"]
    assert fragments.order_fragment_ids(["side", "shown"]) == ["shown"]


def test_before_there_are_results_a_touch_runs_what_was_touched() -> None:
    fragments = MemoryFragmentStorage()
    fragments.register("side", lambda: None, target_key="controls_side")
    lead_to_results(fragments)
    assert fragments.order_fragment_ids(["side"]) == ["side"]


@pytest.mark.browser
def test_a_touch_starts_the_script_once_and_sends_no_control_again(page: Page, site: Site) -> None:
    heard: list[ForwardMsg] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(ForwardMsg.FromString(frame))),
    )
    open_page(page, site.url)
    heard.clear()
    press(page, "Noise σ", "ArrowRight")
    assert [message.WhichOneof("type") for message in heard].count("new_session") == 1
    sent = [message.delta.new_element.WhichOneof("type") for message in heard if message.WhichOneof("type") == "delta"]
    assert "bidi_component" in sent  # the charts
    assert "slider" not in sent
    assert slider(page, "Noise σ").is_visible()
