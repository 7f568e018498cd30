"""Controls lead to the results: what a touch starts and sends, and what it does without private parts of Streamlit."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from playground.experiment import Experiment
from playground.experiment.view import View
from playground.ui.streamlit_internals import SWITCH
from tests.support.live import assert_shows, open_fold, open_page, press, slider, watch
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


def test_the_app_works_without_private_parts_of_streamlit(
    context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "1")
    with Site() as site:
        page = context.new_page()
        heard = watch(page, site.url)
        open_page(page, f"{site.url}/?scene=article")
        press(page, "Noise σ", "ArrowRight", times=2)
        assert_shows(page, View().with_experiment(Experiment(noise=1.2)))
        open_fold(page, "model")
        page.get_by_role("radio", name="1", exact=True).click()  # a hidden layer, whose controls come with it
        slider(page, "Units in layer 1").wait_for()
        assert heard == []
        assert "Traceback" not in site.log()
