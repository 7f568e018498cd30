"""What is moved in a chart looks as if Plotly had drawn it: real charts on an empty page, without a server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import pytest
from playwright.sync_api import Page

from playground.ui.assets import addresses
from playground.ui.live import SWITCH

pytestmark = pytest.mark.browser

HOME = "http://charts.test"
CHANGED = (
    f"plotly {plotly.__version__} draws otherwise than the version with which playground/ui/live/fast was checked."
    f" Adapt redraw.js; until then Plotly draws by itself where CHECKED_VERSION differs or {SWITCH}=1."
)

DRAW = """async ([traces, layout]) => {
    document.body.replaceChildren(document.createElement("div"));
    window.plot = document.body.firstChild;
    await Plotly.newPlot(plot, traces, layout, { staticPlot: true });
}"""
REDRAW = """async (moves) => (await import("/fast/redraw.js")).tryRedraw(plot, new Function(`return ${moves}`)())"""
AXES = {"xaxis": {"range": [0, 4]}, "yaxis": {"range": [0, 4]}, "width": 500, "height": 400}


@pytest.fixture(scope="module")
def charts(browser: Any) -> Iterator[Page]:
    files = {f"/{address.split('/', 2)[2]}": path for address, path in addresses().items()}

    def serve(route: Any) -> None:
        path: Path | None = files.get(route.request.url.removeprefix(HOME))
        if path:
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>charts</title>", content_type="text/html")

    page = browser.new_page()
    page.route(f"{HOME}/**", serve)
    page.goto(f"{HOME}/")
    page.add_script_tag(url="/plotly.min.js")
    yield page
    page.close()


def draw(page: Page, *traces: dict[str, Any]) -> None:
    page.evaluate(DRAW, [list(traces), AXES])


def redraw(page: Page, moves: str) -> bool:
    return bool(page.evaluate(REDRAW, moves))


def attributes(page: Page, selector: str, name: str = "d") -> list[str]:
    script = "(all, name) => all.map((each) => each.getAttribute(name)).filter((value) => value !== 'M0,0')"
    return page.locator(selector).evaluate_all(script, name)


def numbers(texts: list[str]) -> list[float]:
    return [float(number) for text in texts for number in re.findall(r"-?[\d.]+", text)]


def test_plotly_is_the_version_that_was_checked(charts: Page) -> None:
    version = charts.evaluate("Plotly.version")
    checked = charts.evaluate("async () => (await import('/fast/redraw.js')).CHECKED_VERSION")
    assert version.startswith(f"{checked}."), f"{CHANGED} Its script is {version}, checked was {checked}."


@pytest.mark.parametrize("mode", ["lines", "markers", "lines+markers"])
def test_a_line_and_its_dots_are_where_plotly_puts_them(charts: Page, mode: str) -> None:
    trace = {"type": "scatter", "mode": mode, "x": [0, 1, 2, 3], "y": [1, 1, 1, 1], "line": {"simplify": False}}
    draw(charts, trace)
    assert redraw(charts, "[{trace: 0, x: [0, 1, 2, 3], y: [0, 3, 1, 2]}]"), CHANGED
    ours = attributes(charts, "path.js-line"), attributes(charts, "path.point", "transform")
    draw(charts, {**trace, "y": [0, 3, 1, 2]})
    theirs = attributes(charts, "path.js-line"), attributes(charts, "path.point", "transform")
    assert [bool(texts) for texts in ours] == ["lines" in mode, "markers" in mode]
    for one, other in zip(ours, theirs, strict=True):
        assert numbers(one) == pytest.approx(numbers(other), abs=0.01), CHANGED


def test_a_band_follows_both_of_its_lines(charts: Page) -> None:
    def lines(low: list[float], high: list[float]) -> list[dict[str, Any]]:
        line = {"type": "scatter", "mode": "lines", "x": [0, 1, 2], "line": {"simplify": False}}
        return [{**line, "y": low}, {**line, "y": high, "fill": "tonexty"}]

    draw(charts, *lines([1, 1, 1], [2, 2, 2]))
    moves = "[{trace: 0, x: [0, 1, 2], y: [0, 1, 0]}, {trace: 1, x: [0, 1, 2], y: [3, 2, 3]}]"
    assert redraw(charts, moves), CHANGED
    ours = attributes(charts, ".fills path.js-fill")
    draw(charts, *lines([0, 1, 0], [3, 2, 3]))
    theirs = attributes(charts, ".fills path.js-fill")
    corners = [{tuple(pair) for pair in np.reshape(numbers(texts), (-1, 2)).round(1)} for texts in (ours, theirs)]
    assert len(corners[0]) >= 6
    assert corners[0] == corners[1], CHANGED


HEIGHTS = np.subtract.outer(np.arange(4.0), np.arange(5.0))  # rows rise, columns fall
LEVELS = {"start": -2.5, "end": 1.5, "size": 1, "coloring": "fill"}


def array(values: np.ndarray, kind: str) -> str:
    size = f"{{height: {values.shape[-2]}, width: {values.shape[-1]}}}"
    return f"Object.assign(new {kind}({values.ravel().tolist()}), {size})"


def test_a_relief_has_its_lines_where_plotly_has_them(charts: Page) -> None:
    trace = {"type": "contour", "x": [0, 1, 2, 3, 4], "y": [0, 1, 2, 3], "contours": LEVELS, "line": {"smoothing": 0}}
    draw(charts, {**trace, "z": (HEIGHTS + 0.25).tolist()})
    z = array(HEIGHTS, "Float32Array")
    assert redraw(
        charts, f"[{{trace: 0, x: {trace['x']}, y: {trace['y']}, z: {z}, contours: {json.dumps(LEVELS)}}}]"
    ), CHANGED
    ours = attributes(charts, "g.contourlevel path")
    draw(charts, {**trace, "z": HEIGHTS.tolist()})
    theirs = attributes(charts, "g.contourlevel path")
    assert len(places(ours)) > 10
    assert places(ours) == places(theirs), CHANGED


def test_the_border_of_a_map_is_where_plotly_has_it(charts: Page) -> None:
    contours = {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"}
    trace = {"type": "contour", "x": [0, 1, 2, 3, 4], "y": [0, 1, 2, 3], "contours": contours, "line": {"smoothing": 0}}
    shades = (10 * (HEIGHTS + 5)).astype("u1")
    draw(charts, {**trace, "z": (shades / 255 + 0.3).tolist()})
    heatmap = f"{{maps: {array(shades, 'Uint8Array')}, low: 0.3, high: 1.3}}"
    assert redraw(charts, f"[{{trace: 0, heatmap: {heatmap}, frame: 0}}]"), CHANGED
    ours = attributes(charts, "g.contourlevel path")
    draw(charts, {**trace, "z": (shades / 255 + 0.3).tolist()})
    theirs = attributes(charts, "g.contourlevel path")
    assert places(ours) == places(theirs), CHANGED
    assert places(ours)


def places(paths: list[str]) -> set[tuple[float, ...]]:
    """The points that paths lead through, to a tenth of a pixel; a stroke of one point draws nothing."""
    points = [re.findall(r"(-?[\d.]+),(-?[\d.]+)", stroke) for path in paths for stroke in path.split("M")]
    return {tuple(np.round(np.float64(point), 1).tolist()) for stroke in points if len(stroke) > 1 for point in stroke}


def test_a_map_is_painted_as_a_picture_of_its_shades(charts: Page) -> None:
    scale = [[0, "rgba(0, 0, 0, 1)"], [1, "rgba(255, 255, 255, 1)"]]
    trace = {"type": "heatmap", "zsmooth": "fast", "x": [0, 1], "y": [0, 1], "colorscale": scale}
    draw(charts, {**trace, "z": [[0, 0], [0, 0]]})
    heatmap = f"{{maps: {array(np.array([[0, 51], [102, 255]]), 'Uint8Array')}}}"
    assert redraw(charts, f"[{{trace: 0, heatmap: {heatmap}, frame: 0}}]"), CHANGED
    pixels = charts.evaluate("""async () => {
        const picture = await fetch(plot.querySelector("image").getAttribute("href"));
        const image = await createImageBitmap(await picture.blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return Array.from(context.getImageData(0, 0, 2, 2).data);
    }""")
    assert np.reshape(pixels, (4, 4))[:, 0].tolist() == [102, 255, 0, 51]  # a picture begins at the top


LINE = {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [1, 2]}
MOVE = "{trace: 0, x: [0, 1], y: [3, 0]}"


@pytest.mark.parametrize(
    ("trace", "move"),
    [
        (LINE, "{trace: 7, x: [0], y: [0]}"),
        (LINE, "{trace: 0, x: [], y: []}"),
        ({**LINE, "mode": "lines+text", "text": ["a", "b"]}, MOVE),
        ({**LINE, "mode": "markers"}, "{trace: 0, x: [0, 1, 2], y: [3, 0, 1]}"),
        ({**LINE, "type": "bar"}, MOVE),
    ],
    ids=["no such trace", "no points", "text", "another number of dots", "bars"],
)
def test_what_cannot_be_moved_is_left_to_plotly(charts: Page, trace: dict[str, Any], move: str) -> None:
    draw(charts, LINE, trace) if "7" not in move else draw(charts, trace)
    before = charts.evaluate("plot.innerHTML")
    moves = f"[{MOVE}, {move.replace('trace: 0', 'trace: 1')}]"
    assert not redraw(charts, moves)
    assert charts.evaluate("plot.innerHTML") == before  # not even the line that could be moved


def test_another_version_of_plotly_draws_by_itself(charts: Page) -> None:
    draw(charts, LINE)
    version = charts.evaluate("Plotly.version")
    try:
        charts.evaluate("Plotly.version = '99.0.0'")
        assert not redraw(charts, f"[{MOVE}]")
    finally:
        charts.evaluate("(version) => { Plotly.version = version; }", version)
    assert redraw(charts, f"[{MOVE}]")
