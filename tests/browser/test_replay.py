"""In a real browser: while a replay runs, lines, dots and maps are where Plotly itself would draw them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.live import drag, let_go, open_fold, open_page, plot, redrawn, rest, settle
from tests.support.site import Site

pytestmark = pytest.mark.browser

NEAR = 1.0  # pixels: Plotly leaves out points of a line that cannot be seen

# Where every moving thing of a chart is: the ends and the extent of each line, each dot, each border, a map's pixels.
DRAWN = """async (plot) => {
    const ends = (path) => [0, path.getTotalLength()].map((length) => {
        const { x, y } = path.getPointAtLength(length);
        return [x, y];
    });
    const all = (selector) => [...plot.querySelectorAll(selector)];
    const extent = (group) => {
        const all = [...group.querySelectorAll("path")].map((path) => path.getBBox());
        const boxes = all.filter(({ width, height }) => width || height);
        const low = (side) => Math.min(...boxes.map((box) => box[side]));
        const high = (side, size) => Math.max(...boxes.map((box) => box[side] + box[size]));
        return [low("x"), low("y"), high("x", "width"), high("y", "height")];
    };
    const shaded = (path) => grid.map(([x, y]) => Number(path.isPointInFill(new DOMPoint(x, y))));
    const grid = Array.from({ length: 900 }, (_, place) => [9 * (place % 30) + 0.5, 9 * Math.floor(place / 30) + 0.5]);
    const boxed = (path) => ["x", "y", "width", "height"].map((side) => path.getBBox()[side]);
    const moved = (point) => point.getAttribute("transform").match(/-?[\\d.]+/g).slice(0, 2).map(Number);
    const pixels = async (picture) => {
        const image = new Image();
        image.src = picture.getAttribute("href");
        await image.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
        canvas.getContext("2d").drawImage(image, 0, 0);
        return Array.from(canvas.getContext("2d").getImageData(0, 0, image.width, image.height).data);
    };
    return {
        lines: all("path.js-line").map((path) => [...ends(path).flat(), ...boxed(path)]),
        dots: all("path.point").map(moved),
        bands: all("path.js-fill").map(boxed),
        borders: all("g.contourlevel").map(extent),
        shades: all("g.contourfill path").map(shaded),
        maps: await Promise.all(all(".heatmaplayer image").map(pixels)),
    };
}"""

COUNT = """() => {
    const { restyle } = Plotly;
    window.restyled = 0;
    Plotly.restyle = (...all) => { window.restyled++; return restyle(...all); };
}"""


@pytest.mark.parametrize(
    "path",
    [
        "/?loss=mse,mae,huber&noise=3",
        "/?hidden=8&activation=tanh&dataset=sine",
        "/landscape?loss=mse,mae",
        "/landscape?learning_rate=0.027",
        "/classify",
        "/gradients",
    ],
)
def test_what_moves_is_where_plotly_draws_it(linked_page: Page, site: Site, path: str) -> None:
    page = linked_page
    open_page(page, site.url + path)
    panels = page.locator(".live").first.locator(".live-plot").count()
    epoch = page.locator(".live").first.get_by_role("slider", name="Epoch", exact=True)
    drag(epoch, 5)  # so that there is a piece of every line
    let_go(epoch)
    page.evaluate(COUNT)
    start = [drawn(page, panel) for panel in range(panels)]
    drag(epoch, 60)
    moved = [drawn(page, panel) for panel in range(panels)]
    assert page.evaluate("restyled") == 0
    let_go(epoch)
    assert page.evaluate("restyled") == panels
    assert moved != start
    for panel, quick in enumerate(moved):
        assert_alike(quick, drawn(page, panel))


def test_a_replay_that_stops_is_drawn_by_plotly(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?epochs=200")
    page.get_by_role("button", name="▶ Train").click()
    page.wait_for_function("() => Number(document.querySelector('.live').dataset.epoch) > 20")
    assert page.locator(".live-moving").count() == 1
    page.get_by_role("button", name="❚❚ Pause").click()
    assert page.locator(".live-moving").count() == 0
    shown = plot(page, 1).evaluate("plot => plot._fullData[0].x.length")
    assert shown == int(page.locator(".live").first.get_attribute("data-epoch") or 0)


# Plotly's drawing that follows is held back, until it is let go on.
HOLD = """() => {
    const { react } = Plotly;
    window.reacted = 0;
    Plotly.react = (...all) => { window.reacted++; return react(...all); };
    const later = window.setTimeout;
    window.setTimeout = (work, wait, ...rest) => (wait === 150 ? (window.held = work, 0) : later(work, wait, ...rest));
}"""
AXES = "plot => [plot._fullLayout.xaxis.range, plot._fullLayout.yaxis.range]"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/?loss=mse,mae,huber&outliers=0.1", "Learning rate"),
        ("/landscape?loss=mse,mae", "Learning rate"),
        ("/landscape?loss=mse,huber", "Huber δ"),
        ("/landscape?loss=mse,cauchy&outliers=0.3", "Scale c"),
        ("/losses?shown=huber,quantile", "Quantile τ"),
    ],
)
def test_new_numbers_are_where_plotly_draws_them(linked_page: Page, site: Site, path: str, name: str) -> None:
    page = linked_page
    open_page(page, site.url + path)
    if name in ("Huber δ", "Scale c"):
        open_fold(page, "parameters")
    live = page.locator(".live").first
    page.evaluate(HOLD)
    panels = range(live.locator(".live-plot").count())
    before, shown = live.get_attribute("data-drawn"), [drawn(page, panel) for panel in panels]
    page.get_by_role("slider", name=name).press("ArrowRight")
    page.wait_for_function("before => document.querySelector('.live').dataset.drawn !== before", arg=before)
    axes, moved = [[plot(page, panel).evaluate(script) for panel in panels] for script in (AXES, DRAWN)]
    assert page.evaluate("reacted") == 0
    assert moved != shown
    page.evaluate("held()")
    assert page.evaluate("reacted") == len(panels)
    rest(page)
    still = [panel for panel in panels if plot(page, panel).evaluate(AXES) == axes[panel]]
    assert still
    for panel in still:
        assert_alike(moved[panel], drawn(page, panel))


def test_what_has_moved_far_is_drawn_by_plotly(linked_page: Page, site: Site) -> None:
    """Small moves add up: none is far from the one before it, all are far from the axes on the screen."""
    page = linked_page
    open_page(page, site.url + "/landscape?loss=mse&outliers=0.4&outlier_size=30")
    open_fold(page, "odd_points")
    live = page.locator(".live").first
    page.evaluate(HOLD)
    for _ in range(10):
        before = live.get_attribute("data-drawn")
        page.get_by_role("slider", name="Outlier size").press("ArrowRight")
        page.wait_for_function("before => document.querySelector('.live').dataset.drawn !== before", arg=before)
    assert page.evaluate("reacted") > 0


# Of the last figure: how many boxes are on the screen, how many there should be, and what they hold.
BOXES = """(live) => {
    const plot = live.querySelector(".live-plot");
    const boxes = plot._fullData.filter((trace) => trace.type === "box");
    return {
        drawn: plot.querySelectorAll("path.box").length,
        given: boxes.length,
        values: boxes.map((trace) => Array.from(trace.y ?? trace.x)),
    };
}"""


@pytest.mark.parametrize("name", ["Quantile τ", "Huber δ"])
def test_a_chart_of_boxes_outlives_a_slider(linked_page: Page, site: Site, name: str) -> None:
    page = linked_page
    open_page(page, site.url + "/losses?shown=mse,huber,quantile")
    page.get_by_text("Noise and its loss").click()
    page.wait_for_function("() => document.querySelectorAll('.live[data-drawn]').length > 1")
    boxes = page.locator(".live").last
    before = boxes.get_attribute("data-drawn"), boxes.evaluate(BOXES)
    with redrawn(page):
        page.get_by_role("slider", name=name).first.press("ArrowRight")
    if name == "Huber δ":
        page.wait_for_function(
            "before => [...document.querySelectorAll('.live')].at(-1).dataset.drawn !== before", arg=before[0]
        )
    settle(page)
    assert page.locator(".live-failed").count() == 0
    after = boxes.evaluate(BOXES)
    assert after["drawn"] == after["given"] > 0
    # Quantile never settles, so it has no box: its slider moves the other charts only.
    assert (after["values"] != before[1]["values"]) == (name == "Huber δ")


def drawn(page: Page, panel: int) -> dict[str, Any]:
    return plot(page, panel).evaluate(DRAWN)


def assert_alike(quick: dict[str, Any], plotlys: dict[str, Any]) -> None:
    for kind in ("lines", "dots", "bands", "borders"):
        assert np.shape(quick[kind]) == np.shape(plotlys[kind])
        np.testing.assert_allclose(quick[kind], plotlys[kind], atol=NEAR, err_msg=kind)
    # Where a shade begins, by less than a pixel.
    assert np.shape(quick["shades"]) == np.shape(plotlys["shades"])
    others = np.not_equal(quick["shades"], plotlys["shades"])
    assert others.sum() <= 0.001 * others.size
    # Of 255: a colour that one rounds and the other cuts.
    np.testing.assert_allclose(quick["maps"], plotlys["maps"], atol=3)
