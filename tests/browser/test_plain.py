"""The app without private parts of Streamlit and of Plotly: all works, less smoothly."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from playground.experiment import Experiment
from playground.experiment.view import View
from playground.ui import live, streamlit_internals
from tests.support.live import assert_shows, drag, let_go, open_fold, open_page, press, slider, watch
from tests.support.site import Site

pytestmark = pytest.mark.browser


def assert_plotly_draws_what_moves(page: Page, to: int) -> None:
    page.evaluate(
        "() => { for (const plot of document.querySelectorAll('.live-plot'))"
        " plot.on('plotly_afterplot', () => { plot.dataset.plotted = 'yes'; }); }"
    )
    drag(slider(page, "Epoch"), to)
    page.wait_for_selector(".live-plot[data-plotted]")  # while the hand has not let go
    let_go(slider(page, "Epoch"))


def test_the_app_works_without_private_parts(context: BrowserContext) -> None:
    with Site(**{live.SWITCH: "1", streamlit_internals.SWITCH: "1"}) as site:
        page = context.new_page()
        heard = watch(page, site.url)
        open_page(page, f"{site.url}/?epochs=50")
        assert_plotly_draws_what_moves(page, 3)
        press(page, "Noise σ", "ArrowRight", times=2)
        assert_shows(page, View(Experiment(noise=1.2, epochs=50), epoch=3))
        open_fold(page, "model")
        page.get_by_role("radio", name="1", exact=True).click()  # a hidden layer, whose controls come with it
        slider(page, "Units in layer 1").wait_for()
        assert heard == []
        assert "Traceback" not in site.log()
