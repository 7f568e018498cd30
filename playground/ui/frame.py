"""The frame round every page: which pages there are, and what their titles and descriptions say."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

APP = "Loss Playground"
TITLE = "{page} · {app}"  # of a browser's tab, and of the preview of a link


_SKIP_LINK = '<a href="#root" data-part="{part}">{text}</a>'
_SKIP_LINKS = '<nav class="frame-skip" aria-label="Skip links">{links}</nav>'
_BUTTON = (
    '<button type="button" aria-expanded="false" aria-controls="stSidebar" data-sheet="{sheet}" data-open="{open}"'
    ' data-close="{close}">{open}</button>'
)
_BAR = '<nav class="frame-bar" aria-label="{label}">{buttons}</nav>'


@dataclass(frozen=True)
class Place:
    """A page: the name of its file, which is its address; its name in the menu; and what a link to it promises."""

    key: str
    label: str
    description: str

    @property
    def title(self) -> str:
        return TITLE.format(page=self.label, app=APP)


# In the order of the menu; the first is the one at the address of the app.
PLACES: dict[str, Place] = {
    place.key: place
    for place in (
        Place(
            "train",
            "Train",
            "Choose losses, change the data, and see each loss train its own model on the same points, epoch by epoch.",
        ),
        Place(
            "losses",
            "Losses",
            "What each error costs, how hard it pulls on the model, and which properties of a loss hold: checked live.",
        ),
        Place(
            "landscape",
            "Landscape",
            "Each loss as a landscape over slope and intercept: the way that training takes, eleven optimizers in a"
            " race, and why some trainings diverge.",
        ),
        Place(
            "classify",
            "Classify",
            "Train classifiers with cross-entropy and other losses, watch the border move, and see which probabilities"
            " can be believed.",
        ),
        Place(
            "overfit",
            "Overfit",
            "Overfit a polynomial, and try what L1, L2, early stopping, dropout and more data do about it.",
        ),
        Place(
            "gradients",
            "Gradients",
            "Follow the gradient through up to thirty layers: where it vanishes, explodes or dies, and what helps.",
        ),
        Place(
            "compare",
            "Compare",
            "Compare runs side by side, and sweep a setting over thousands of trainings with error bands.",
        ),
    )
}

# Before the page: where the keyboard may skip to. After it: what a narrow screen shows at its bottom.
SKIP_LINKS = {"charts": "Skip to the charts", "settings": "Skip to the settings"}
SHEETS = {"pages": ("Pages", "Close pages"), "settings": ("Settings", "Close settings")}
BAR = "Pages and settings"

HOME = next(iter(PLACES))


def list_pages() -> list[StreamlitPage]:
    """The pages for Streamlit's menu; their scripts stand beside that of the frame."""
    return [st.Page(f"{place.key}.py", title=place.label, default=place.key == HOME) for place in PLACES.values()]


def title_of(page: StreamlitPage) -> str:
    """What the browser's tab says on a page."""
    return PLACES[page.url_path or HOME].title


def skip_links() -> str:
    """The markup of the links that stand before the page; see ``frame.js``."""
    links = "".join(_SKIP_LINK.format(part=part, text=escape(text)) for part, text in SKIP_LINKS.items())
    return _SKIP_LINKS.format(links=links)


def bar() -> str:
    """The markup of the bar of a narrow screen; see ``frame.js``."""
    buttons = "".join(
        _BUTTON.format(sheet=sheet, open=escape(open), close=escape(close)) for sheet, (open, close) in SHEETS.items()
    )
    return _BAR.format(label=escape(BAR), buttons=buttons)
