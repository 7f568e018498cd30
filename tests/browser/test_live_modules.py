"""The scripts' pure functions, by value: in a browser that has an empty page and no server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.support.site import ROOT

pytestmark = pytest.mark.browser

LIVE = ROOT / "playground/ui/live"
HOME = "http://modules.test"

# Calls a function of a module, and gives typed arrays as lists and what is no number as text.
CALL = """async ([file, script]) => {
    const module = await import(file);
    const plain = (value) => (
        ArrayBuffer.isView(value) ? Array.from(value, plain)
        : Array.isArray(value) ? value.map(plain)
        : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
        : typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
    return plain(new Function("module", `return ${script}`)(module));
}"""


def serve(route: Route) -> None:
    """An empty page, and the modules as they are on the disk."""
    name = route.request.url.removeprefix(f"{HOME}/")
    if name:
        route.fulfill(path=LIVE / name, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>empty</title>", content_type="text/html")


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route(f"{HOME}/**", serve)
    page.goto(f"{HOME}/")
    yield page
    page.close()


def call(page: Page, file: str, script: str) -> Any:
    return page.evaluate(CALL, [f"/{file}", script])


def packed(array: np.ndarray) -> str:
    """An array as Python sends it, as JavaScript reads it."""
    shape = f", shape: '{','.join(map(str, array.shape))}'" if array.ndim > 1 else ""
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    return f'{{dtype: "{kind}", bdata: "{base64.b64encode(array.tobytes()).decode()}"{shape}}}'


@pytest.mark.parametrize("kind", ["f4", "f8", "i4", "i2", "i1", "u1", "u2"])
def test_every_kind_of_array_arrives(empty_page: Page, kind: str) -> None:
    array = np.array([0, 1, 100], kind)
    assert call(empty_page, "arrays.js", f"module.decode({packed(array)})") == [0, 1, 100]


def test_a_row_of_a_table_is_its_frame(empty_page: Page) -> None:
    table = np.arange(12, dtype="f4").reshape(3, 4)
    assert call(empty_page, "arrays.js", f"module.row(module.decode({packed(table)}), 1)") == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("value", "place"), [(-1, -1), (0, 0), (0.5, 0), (10, 2), (19, 2), (20, 3), (1000, 3)], ids=str
)
def test_the_last_entry_that_is_not_after_a_value(empty_page: Page, value: float, place: int) -> None:
    entries = [0, 5, 10, 20]
    assert call(empty_page, "arrays.js", f"module.before({entries}, {value})") == place
    assert place == np.searchsorted(entries, value, side="right") - 1


def test_two_ends_are_spread_over_a_straight_line(empty_page: Page) -> None:
    assert call(empty_page, "arrays.js", "module.spread([1, 3], 5)") == np.linspace(1, 3, 5).tolist()
    assert call(empty_page, "arrays.js", "module.spread([1, 7, 3], 3)") == [1, 7, 3]


def test_a_film_has_one_map_a_frame_and_stays_at_its_last(empty_page: Page) -> None:
    maps = packed(np.arange(12, dtype="u1").reshape(3, 2, 2))
    film = f"{{maps: module.decode({maps}), shades: module.shades(0, 255)}}"
    assert call(empty_page, "arrays.js", f"module.picture({film}, 1)") == [[4, 5], [6, 7]]
    assert call(empty_page, "arrays.js", f"module.picture({film}, 9)") == [[8, 9], [10, 11]]
    assert call(empty_page, "arrays.js", "module.shades(-1, 1)") == pytest.approx(np.linspace(-1, 1, 256).tolist())


def test_a_line_has_a_gap_where_a_point_has_no_place(empty_page: Page) -> None:
    path = "module.linePath([0, 1, 2, 3], [0, 1, NaN, 3], (x) => 10 * x, (y) => 100 - 10 * y)"
    assert call(empty_page, "paths.js", path) == "M0,100L10,90M30,70"
    assert call(empty_page, "paths.js", "module.linePath([], [], (x) => x, (y) => y)") == "M0,0"
    # What lies beyond every screen is still a number that a browser can draw.
    assert call(empty_page, "paths.js", "module.linePath([0], [1e30], (x) => x, (y) => y)") == "M0,100000"


def test_a_contour_crosses_each_cell_where_the_map_has_the_level(empty_page: Page) -> None:
    """A map that rises by 100 from column to column has 150 half way between the second and the third."""
    ramp = packed(np.array([[[0, 100, 200]] * 3], "u1"))
    film = f"{{maps: (await import('/arrays.js')).decode({ramp}), low: 0, high: 255}}"
    path = empty_page.evaluate(
        f"async () => (await import('/paths.js')).contourPath({film}, 0, 150, [0, 10, 20], [30, 20, 10])"
    )
    strokes = [stroke.split("L") for stroke in path.removeprefix("M").split("M")]
    assert {place for stroke in strokes for place in stroke} == {"15,30", "15,20", "15,10"}
    assert len(strokes) == 2


def test_a_scale_is_mixed_between_its_colours(empty_page: Page) -> None:
    scale = '[[0, "rgba(0, 0, 0, 0)"], [1, "rgba(255, 100, 51, 1)"]]'
    colours = np.reshape(call(empty_page, "paths.js", f"module.tint({scale})"), (256, 4))
    assert colours[0].tolist() == [0, 0, 0, 0]
    assert colours[-1].tolist() == [255, 100, 51, 255]
    assert colours[51].tolist() == [51, 20, 10, 51]  # a fifth of the way
    assert call(empty_page, "paths.js", 'module.tint([[0, "red"], [1, "blue"]])') is None


def outline(data: str, x_range: str = "[0, 10]", title: str = "loss") -> str:
    return f'module.outline({data}, {{title: "{title}", xaxis: {{range: {x_range}}}, yaxis: {{range: [0, 1]}}}})'


DRAWN = "{xaxis: {range: [0, 10]}, yaxis: {range: [0, 1]}}"
ONE = '[{name: "MSE", x: [0, 1], y: [2, 3]}, {name: "MAE", x: [0, 1], y: [4, 5]}]'
MOVED = '[{name: "MSE", x: [0, 1], y: [2, 3]}, {name: "MAE", x: [0, 1], y: [4, 9]}]'


def test_only_traces_with_new_places_have_moved(empty_page: Page) -> None:
    moves = call(empty_page, "shifts.js", f"module.shifts({outline(ONE)}, {outline(MOVED)}, {DRAWN})")
    assert moves == [{"trace": 1, "x": [0, 1], "y": [4, 9]}]
    assert call(empty_page, "shifts.js", f"module.shifts({outline(ONE)}, {outline(ONE)}, {DRAWN})") == []


def test_a_figure_of_another_look_or_other_axes_is_drawn_anew(empty_page: Page) -> None:
    red = ONE.replace('name: "MSE"', 'name: "MSE", mode: "markers"')
    for other in (outline(red), outline(ONE, title="error"), outline(ONE, "[0, 20]")):
        assert call(empty_page, "shifts.js", f"module.shifts({outline(ONE)}, {other}, {DRAWN})") is None
    little = outline(ONE, "[0, 12]")  # by less than a quarter
    assert call(empty_page, "shifts.js", f"module.shifts({outline(ONE)}, {little}, {DRAWN})") == []


MOMENTS = f"""new module.Moments({{
    figure: {{ data: [
        {{ name: "fit", x: [0, 1, 2], y: [7, 8, 9], hovertemplate: "y" }},
        {{ name: "loss", x: {packed(np.array([0, 5, 10, 20], "f4"))}, y: {packed(np.array([4, 3, 2, 1], "f4"))} }},
        {{}},
    ] }},
    tracks: [{{ trace: 0, rows: {packed(np.array([[0, 2], [4, 8]], "f4"))} }}],
    reveals: [{{ trace: 1 }}],
    tips: 2,
    films: [],
}}, [0, 10], 20)"""


def test_a_moment_has_the_line_of_its_frame_and_the_curve_so_far(empty_page: Page) -> None:
    fit, loss, tips = call(empty_page, "moments.js", f"{MOMENTS}.lines(12)")
    assert fit == {"trace": 0, "x": [0, 1, 2], "y": [4, 6, 8], "hovertemplate": "y"}
    assert loss == {"trace": 1, "x": [0, 5, 10], "y": [4, 3, 2]}
    assert tips == {"trace": 2, "x": [10], "y": [2]}


def test_the_last_moment_is_the_figure_itself(empty_page: Page) -> None:
    fit, loss, tips = call(empty_page, "moments.js", f"{MOMENTS}.lines(20)")
    assert fit["y"] == [7, 8, 9]
    assert loss["x"] == [0, 5, 10, 20]
    assert tips == {"trace": 2, "x": [20], "y": [1]}


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("1.23456", "1.235"), ("-0.5", "-0.5"), ("123456", "123,500"), ("1e-7", "1.00 × 10⁻⁷")],
)
def test_numbers_are_written_for_people(empty_page: Page, value: str, text: str) -> None:
    assert call(empty_page, "html.js", f"module.number({value})") == text
