"""What the tests of pages without a browser share: how a page is opened, and what is read on it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from playground.experiment.query import PageSettings
from playground.ui.folds import STATE
from tests.support.site import ROOT

FOLDS = (
    *("data", "odd_points", "parameters", "model", "optimizer", "penalties"),
    *("overfit_data", "overfit_model", "remedies", "layers", "clipping", "shared"),
)
PATIENCE = 120  # seconds; a busy machine is no failure


def page_file(name: str) -> Path:
    """The file of a page; ``frame`` is the one that is round all of them."""
    return ROOT / "pages" / f"{name}.py"


def open_folds(page: AppTest) -> None:
    """Have every fold of the side panel open, so that all its controls are drawn; before the page is run."""
    for key in FOLDS:
        page.session_state[STATE.format(key=key)] = True


def open_page(name: str, query: str = "", **state: object) -> AppTest:
    """A page inside the frame with all folds open, opened with a link and with what its visit has in mind."""
    page = AppTest.from_file(page_file("frame"), default_timeout=PATIENCE)
    open_folds(page)
    page.switch_page(f"{name}.py")
    for key, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[key] = values
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    return page


def choose(control: Any, value: object) -> None:
    """Move a control. AppTest knows only what the last run drew, which may be a fragment: so all is run again."""
    control.set_value(value).run().run()


def html(page: AppTest) -> list[str]:
    return [element.proto.body for element in page.get("html")]


def plain_text(markup: str) -> str:
    return unescape(re.sub("<.*?>", "", markup))


def texts(page: AppTest) -> list[str]:
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "info", "error")
    return [*(element.value for kind in kinds for element in page.get(kind)), *map(plain_text, html(page))]


def words(page: AppTest) -> str:
    """All that the page says, tables included, as one text."""
    return " ".join(plain_text(text) for text in [*html(page), *texts(page)])


def components(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the components of a kind were given: JSON without NaN."""
    found = [each.proto for each in page.get("bidi_component")]
    return [json.loads(each.bytes, parse_constant=pytest.fail) for each in found if each.component_name == name]


def address(page: AppTest) -> str:
    """The query that the address bar will show, without the epoch."""
    (written,) = components(page, "address")
    link: str = written["link"]
    return link


def drawings(page: AppTest) -> list[dict]:
    """What each live figure was given: JSON without NaN, with names and values that Plotly knows."""
    found = components(page, "live")
    for drawing in found:
        for panel in drawing["panels"]:
            go.Figure(panel["figure"])  # checks every name and value
            assert all("range" in panel["figure"]["layout"][axis] for axis in ("xaxis", "yaxis"))
            assert panel["description"].strip().endswith((".", ")"))
    return found


def link_of(page: AppTest, model: type[PageSettings]) -> Any:
    """The page's settings as the address bar will hold them."""
    value, notices = model.read_link(parse_qs(address(page), keep_blank_values=True))
    assert notices == []
    return value
