"""The charts of every page: their names, what their legends hide, what a picture says, and how they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest

from playground.tables.optimizers import OPTIMIZERS
from tests.support.app_tests import drawings, open_page
from tests.support.colours import GROUNDS, channels, contrast

# What a page shows, and the names of entries that say what a mark is, and hide nothing.
STORIES: dict[str, tuple[str, str, set[str]]] = {
    "train": ("train", "outliers=0.1&learning_rate=0.05&loss=mse,mae", set()),
    "losses": ("losses", "shown=huber,mae", set()),
    "surfaces": ("landscape", "loss=mse,mae&learning_rate=0.03", set()),
    "race": ("landscape", "story=race&racers=" + ",".join(OPTIMIZERS), set()),
    "limits": ("landscape", "story=limits&loss=mse,mae", {"rate", "diverg", "monotone", "oscillating", "settles"}),
    "step": ("landscape", "story=step", set()),
    "classify": ("classify", "label_noise=0.1", set()),
    "overfit": ("overfit", "", set()),
    "gradients": ("gradients", "", set()),
    "compare": ("compare", "kept=train~loss~mse~epochs~50&kept=train~loss~mae~epochs~50", set()),
}
LINES = 3.0  # WCAG 2.2, criterion 1.4.11: what is needed to understand a chart, against its ground


@pytest.mark.parametrize("story", STORIES)
def test_charts_have_names_legends_captions_and_colours_that_are_seen(story: str) -> None:
    page, query, marks = STORIES[story]
    replays = [each for each in drawings(open_page(page, query)) if each["panels"]]
    assert replays
    for replay in replays:
        assert replay["caption"].strip()
        assert replay["pictures"]
        titles = [panel["title"] for panel in replay["panels"]]
        assert all(titles)
        assert len(set(titles)) == len(titles)
        traces = [trace for panel in replay["panels"] for trace in panel["figure"]["data"]]
        known = set(chain.from_iterable(map(groups_of, traces)))
        idle = [entry["label"] for entry in replay["legend"] if entry["group"] not in known]
        assert [label for label in idle if not any(mark in label for mark in marks)] == []
        for trace in traces:
            faint = [colour for colour in list_colours(trace) if min(contrasts(colour)) < LINES]
            assert faint == [], trace.get("name")
        assert [entry["label"] for entry in replay["legend"] if min(contrasts((entry["colour"], 1.0))) < LINES] == []


def groups_of(trace: dict[str, Any]) -> Iterator[str]:
    """What a trace and its points are called by entries of a legend."""
    yield trace.get("legendgroup", trace.get("name", ""))
    yield from trace.get("ids", [])


def list_colours(trace: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """The colours of a trace with their opacity: of lines and of marks, but for those over a map in colours."""
    opacity = trace.get("opacity", 1.0)
    if trace["type"] in ("heatmap", "contour"):
        return
    for part in ("line", "marker"):
        look = trace.get(part, {})
        colours = look.get("color")
        for colour in colours if isinstance(colours, list) else [colours]:
            if isinstance(colour, str) and colour.lower() != OVER_A_MAP:
                yield colour, opacity * look.get("opacity", 1.0)


OVER_A_MAP = "#ffffff"  # lines and crosses on a map of colours, which are dark enough for it


def contrasts(colour: tuple[str, float]) -> list[float]:
    """Of a colour with its opacity against the grounds of both themes."""
    own, opacity = colour
    mixed = [opacity * channels(own) + (1 - opacity) * channels(ground) for ground in GROUNDS.values()]
    return [contrast(write_colour(each), ground) for each, ground in zip(mixed, GROUNDS.values(), strict=True)]


def write_colour(mixed: np.ndarray) -> str:
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in mixed)
