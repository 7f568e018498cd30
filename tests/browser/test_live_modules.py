"""The scripts' pure functions, by value: in a browser that has an empty page and no server."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from playground.figures.dashes_and_symbols import SYMBOLS
from playground.figures.replay import Entry, Replay
from playground.losses import LOSSES
from playground.text.numbers import number
from playground.ui.link_bar import WORDS as LINK_WORDS
from playground.ui.live import pack_replay
from playground.ui.live.words import WORDS
from tests.support.colours import contrast
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
    assert call(empty_page, "arrays.js", f"module.readRow(module.decode({packed(table)}), 1)") == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("value", "place"), [(-1, -1), (0, 0), (0.5, 0), (10, 2), (19, 2), (20, 3), (1000, 3)], ids=str
)
def test_the_last_entry_that_is_not_after_a_value(empty_page: Page, value: float, place: int) -> None:
    entries = [0, 5, 10, 20]
    assert call(empty_page, "arrays.js", f"module.findLast({entries}, {value})") == place
    assert place == np.searchsorted(entries, value, side="right") - 1


def test_two_ends_are_spread_over_a_straight_line(empty_page: Page) -> None:
    assert call(empty_page, "arrays.js", "module.spread([1, 3], 5)") == np.linspace(1, 3, 5).tolist()
    assert call(empty_page, "arrays.js", "module.spread([1, 7, 3], 3)") == [1, 7, 3]


def test_a_heatmap_has_one_map_a_frame_and_stays_at_its_last(empty_page: Page) -> None:
    maps = packed(np.arange(12, dtype="u1").reshape(3, 2, 2))
    heatmap = f"{{maps: module.decode({maps}), shades: module.listShades(0, 255)}}"
    assert call(empty_page, "arrays.js", f"module.takePicture({heatmap}, 1)") == [[4, 5], [6, 7]]
    assert call(empty_page, "arrays.js", f"module.takePicture({heatmap}, 9)") == [[8, 9], [10, 11]]
    assert call(empty_page, "arrays.js", "module.listShades(-1, 1)") == pytest.approx(np.linspace(-1, 1, 256).tolist())


def test_a_line_has_a_gap_where_a_point_has_no_place(empty_page: Page) -> None:
    path = "module.linePath([0, 1, 2, 3], [0, 1, NaN, 3], (x) => 10 * x, (y) => 100 - 10 * y)"
    assert call(empty_page, "fast/paths.js", path) == "M0,100L10,90M30,70"
    assert call(empty_page, "fast/paths.js", "module.linePath([], [], (x) => x, (y) => y)") == "M0,0"
    # What lies beyond every screen is still a number that a browser can draw.
    assert call(empty_page, "fast/paths.js", "module.linePath([0], [1e30], (x) => x, (y) => y)") == "M0,100000"


def trace_contour(page: Page, heights: np.ndarray, level: float) -> dict[str, list[list[list[float]]]]:
    """The strokes of ``area`` and ``edge`` of a map, as lists of points; rows and columns are 10 pixels apart."""
    rows, columns = ([10 * place for place in range(size)] for size in heights.shape)
    size = f"{{height: {len(rows)}, width: {len(columns)}}}"
    array = f"Object.assign(new Float32Array({heights.ravel().tolist()}), {size})"
    paths = call(page, "fast/contours.js", f"module.traceContour(module.frameMap({array}, {columns}, {rows}), {level})")
    return {name: read_path(path) for name, path in paths.items()}


def read_path(path: str) -> list[list[list[float]]]:
    strokes = [stroke.split("L") for stroke in path.removeprefix("M").split("M")]
    return [[[float(number) for number in place.split(",")] for place in stroke] for stroke in strokes]


def polygon_area(points: list[list[float]]) -> float:
    """The shoelace formula, https://en.wikipedia.org/wiki/Shoelace_formula."""
    x, y = np.transpose(points)
    return float(abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2)


def test_a_contour_crosses_each_cell_where_the_map_has_the_level(empty_page: Page) -> None:
    """A map that rises by 100 from column to column has 150 half way between the second and the third."""
    contour = trace_contour(empty_page, np.array([[0, 100, 200]] * 3), 150)
    (edge,) = [stroke for stroke in contour["edge"] if len(stroke) > 1]
    assert sorted(edge) == [[15, 0], [15, 10], [15, 20]]
    (area,) = contour["area"]
    assert polygon_area(area) == 5 * 20  # all to the right of it


def test_a_contour_of_a_hill_is_round(empty_page: Page) -> None:
    x, y = np.meshgrid(np.arange(21) - 10, np.arange(21) - 10)
    contour = trace_contour(empty_page, -(x**2 + y**2), -49)  # a radius of 7 cells
    (area,) = contour["area"]
    assert polygon_area(area) == pytest.approx(np.pi * 70**2, rel=0.01)
    radii = np.hypot(*(np.transpose(area) - 100))
    assert radii == pytest.approx(70, abs=0.5)
    assert contour["edge"] == [area]


@pytest.mark.parametrize(("level", "area"), [(-1, 20 * 20), (1, 0)])
def test_a_level_beyond_the_map_has_no_edge(empty_page: Page, level: float, area: float) -> None:
    contour = trace_contour(empty_page, np.zeros((3, 3)), level)
    assert sum(map(polygon_area, contour["area"])) == area
    assert all(len(stroke) == 1 for stroke in contour["edge"])  # a stroke of one point draws nothing


def test_two_hills_have_an_edge_each(empty_page: Page) -> None:
    heights = np.zeros((3, 7))
    heights[1, [1, 5]] = 1
    contour = trace_contour(empty_page, heights, 0.5)
    assert sorted(map(polygon_area, contour["area"])) == [50, 50]  # a rhombus whose diagonals are 10


def test_levels_are_counted_as_plotly_does(empty_page: Page) -> None:
    levels = call(empty_page, "fast/contours.js", "module.listLevels({start: 0, end: 0.3, size: 0.1})")
    assert levels == pytest.approx([0, 0.1, 0.2, 0.3])


def test_a_scale_is_mixed_between_its_colours(empty_page: Page) -> None:
    scale = '[[0, "rgba(0, 0, 0, 0)"], [1, "rgba(255, 100, 51, 1)"]]'
    colours = np.reshape(call(empty_page, "fast/paths.js", f"module.mixColours({scale})"), (256, 4))
    assert colours[0].tolist() == [0, 0, 0, 0]
    assert colours[-1].tolist() == [255, 100, 51, 255]
    assert colours[51].tolist() == [51, 20, 10, 51]  # a fifth of the way
    assert call(empty_page, "fast/paths.js", 'module.mixColours([[0, "red"], [1, "blue"]])') is None


def outline(data: str, x_range: str = "[0, 10]", title: str = "loss") -> str:
    return f'module.summarise({data}, {{title: "{title}", xaxis: {{range: {x_range}}}, yaxis: {{range: [0, 1]}}}})'


DRAWN = "{xaxis: {range: [0, 10]}, yaxis: {range: [0, 1]}}"
ONE = '[{name: "MSE", x: [0, 1], y: [2, 3]}, {name: "MAE", x: [0, 1], y: [4, 5]}]'
MOVED = '[{name: "MSE", x: [0, 1], y: [2, 3]}, {name: "MAE", x: [0, 1], y: [4, 9]}]'


def test_only_traces_with_new_places_have_moved(empty_page: Page) -> None:
    moves = call(empty_page, "fast/moves.js", f"module.findMoves({outline(ONE)}, {outline(MOVED)}, {DRAWN})")
    assert moves == [{"trace": 1, "x": [0, 1], "y": [4, 9]}]
    assert call(empty_page, "fast/moves.js", f"module.findMoves({outline(ONE)}, {outline(ONE)}, {DRAWN})") == []


def test_a_figure_of_another_look_or_other_axes_is_drawn_anew(empty_page: Page) -> None:
    red = ONE.replace('name: "MSE"', 'name: "MSE", mode: "markers"')
    for other in (outline(red), outline(ONE, title="error"), outline(ONE, "[0, 20]")):
        assert call(empty_page, "fast/moves.js", f"module.findMoves({outline(ONE)}, {other}, {DRAWN})") is None
    little = outline(ONE, "[0, 12]")  # by less than a quarter
    assert call(empty_page, "fast/moves.js", f"module.findMoves({outline(ONE)}, {little}, {DRAWN})") == []


MOMENTS = f"""new module.Moments({{
    figure: {{ data: [
        {{ name: "fit", x: [0, 1, 2], y: [7, 8, 9], hovertemplate: "y" }},
        {{ name: "loss", x: {packed(np.array([0, 5, 10, 20], "f4"))}, y: {packed(np.array([4, 3, 2, 1], "f4"))} }},
        {{}},
        {{}},
    ] }},
    tracks: [{{ trace: 0, rows: {packed(np.array([[0, 2], [4, 8]], "f4"))} }}],
    reveals: [{{ trace: 1 }}],
    tips: 2,
    heatmaps: [],
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


def test_a_relief_that_moves_brings_its_heights(empty_page: Page) -> None:
    def relief(heights: list[list[float]]) -> str:
        z = packed(np.array(heights, "f4"))
        return f"[{{type: 'contour', x: [0, 1], y: [0, 1], z: {z}, contours: {{start: 1}}}}]"

    before, now = (outline(relief([[0, 1], [2, last]])) for last in (3, 4))
    (move,) = call(empty_page, "fast/moves.js", f"module.findMoves({before}, {now}, {DRAWN})")
    assert move == {"trace": 0, "x": [0, 1], "y": [0, 1], "z": [0, 1, 2, 4], "contours": {"start": 1}}


def test_what_moves_is_lines_others_and_heatmaps(empty_page: Page) -> None:
    heatmap = f"{{traces: [2], low: 0, high: 1, maps: {packed(np.zeros((2, 1, 1), 'u1'))}}}"
    moments = MOMENTS.replace("heatmaps: []", f"heatmaps: [{heatmap}]").replace("tips: 2", "tips: null")
    moves = call(empty_page, "moments.js", f"{moments}.moves(12, [{{trace: 0, x: [9]}}, {{trace: 3, x: [9]}}])")
    assert [(move["trace"], move.get("frame")) for move in moves] == [(0, None), (1, None), (3, None), (2, 1)]
    assert moves[0]["x"] == [0, 1, 2]  # a line of the replay, not the other of the same trace


def pace(page: Page, script: str) -> Any:
    return call(page, "pace.js", f"module.{script}")


def test_a_replay_takes_no_longer_than_six_seconds_and_shows_every_of_few_epochs(empty_page: Page) -> None:
    assert [pace(empty_page, f"findDuration({epochs})") for epochs in (1, 4, 1000, 5000)] == [0.5, 2.0, 5.5, 5.5]
    for epochs in (1, 7, 1000, 5000):
        seen = pace(
            empty_page, f"findEpoch && Array.from({{length: 601}}, (_, i) => module.findEpoch(i / 100, {epochs}))"
        )
        assert (seen[0], seen[-1]) == (0, epochs)
        assert seen == sorted(seen)
        assert set(range(min(epochs, 8) + 1)) <= set(seen)


@pytest.mark.parametrize("speed", ["slow", "normal", "fast"])
def test_the_first_epochs_are_not_over_in_a_blink(empty_page: Page, speed: str) -> None:
    """Of a thousand epochs the first ten take a second and more, and even fast each is seen for a while."""
    factor = pace(empty_page, f"SPEEDS.{speed}")
    seconds = [pace(empty_page, f"findSeconds({epoch}, 1000)") / factor for epoch in (1, 2, 10, 1000)]
    assert seconds == pytest.approx(5.5 / factor * np.log1p([1, 2, 10, 1000]) / np.log1p(1000))
    assert seconds[0] > 0.25
    assert seconds[2] > 0.9
    assert pace(empty_page, f"findEpoch({seconds[2] * factor}, 1000)") == 10  # and back


@pytest.mark.parametrize(
    ("epoch", "played", "word"),
    [(0, "false", "train"), (0, "true", "train"), (5, "true", "resume"), (9, "false", "train"), (9, "true", "again")],
)
def test_the_play_button_says_what_it_will_do(empty_page: Page, epoch: int, played: str, word: str) -> None:
    assert call(empty_page, "bar.js", f"module.chooseStart({epoch}, 9, {played})") == word


def test_a_template_is_filled(empty_page: Page) -> None:
    assert call(empty_page, "html.js", "module.fill('{a} of {b}, {c}', {a: 0, b: '<x>'})") == "0 of <x>, {c}"


NUMBERS = [0.0, 1.0, 1.23456, -0.5, 12.0, 999.7, 123456.0, 999999.0, 1e6, -1e-7, 1e-4, 9.99e-5, 3.4e38]


def test_numbers_are_written_as_in_python(empty_page: Page) -> None:
    rng = np.random.default_rng(0)
    drawn = rng.choice([-1, 1], 200) * 10 ** rng.uniform(-8, 9, 200)
    values = [*NUMBERS, *drawn.astype(np.float32).astype(float).tolist()]
    for digits in (3, 4):
        texts = call(empty_page, "html.js", f"{values}.map((value) => module.number(value, {digits}))")
        assert texts == [number(value, digits) for value in values]


def test_an_entry_of_a_legend_has_its_stroke_its_symbol_and_its_label_as_text(empty_page: Page) -> None:
    (entry,) = _legend([Entry("<b>MSE</b>", "#123456", "dash", mark="diamond-open")])
    markup = call(
        empty_page, "html.js", f"module.fillEntry(document.createElement('li'), {json.dumps(entry)}).outerHTML"
    )
    assert 'stroke-dasharray="9 6"' in markup
    assert SYMBOLS["diamond"] in markup
    assert 'fill="none"' in markup
    assert "&lt;b&gt;MSE&lt;/b&gt;" in markup
    (entry,) = _legend([Entry("points", "#123456", "circle", 0)])
    markup = call(
        empty_page, "html.js", f"module.fillEntry(document.createElement('li'), {json.dumps(entry)}).outerHTML"
    )
    assert "<line" not in markup
    assert SYMBOLS["circle"] in markup


def _legend(entries: list[Entry]) -> list[dict[str, Any]]:
    """Entries as the browser gets them."""
    packed = json.loads(pack_replay(Replay([], entries), None))
    legend: list[dict[str, Any]] = packed["legend"]
    return legend


BY_LOSS = "{name: 'MSE (δ = 1)', legendgroup: 'MSE', x: [1]}"
ENDS = "{name: '', ids: ['MSE', 'MAE'], mode: 'markers+text', text: ['a', 'b'], marker: {size: 9}}"


@pytest.mark.parametrize(
    ("trace", "group", "belongs"),
    [(BY_LOSS, "MSE", True), (BY_LOSS, "MSE (δ = 1)", False), (ENDS, "MAE", True), ("{name: 'MAE'}", "MAE", True)],
)
def test_an_entry_of_a_legend_stands_for_traces_and_points(
    empty_page: Page, trace: str, group: str, belongs: bool
) -> None:
    assert call(empty_page, "legend.js", f"module.belongsTo({trace}, '{group}')") is belongs


def test_what_is_hidden_is_not_drawn(empty_page: Page) -> None:
    def hide(trace: str, group: str) -> Any:
        return call(empty_page, "legend.js", f"module.hideTrace({trace}, new Set(['{group}']))")

    assert hide(BY_LOSS, "MSE")["visible"] is False
    assert "visible" not in hide(BY_LOSS, "MAE")
    ends = hide(ENDS, "MSE")  # the other point stays, in its place
    assert (ends["marker"], ends["text"]) == ({"size": 9, "opacity": [0, 1]}, ["", "b"])
    # Nor is it moved: Plotly has not drawn it.
    moves = call(
        empty_page, "moments.js", f"(() => {{ const m = {MOMENTS}; m.hide(new Set(['fit'])); return m.moves(12); }})()"
    )
    assert [move["trace"] for move in moves] == [1, 2]


def test_one_tool_of_a_chart_leads_to_the_next(empty_page: Page) -> None:
    keys = {"ArrowRight": 0, "ArrowLeft": 3, "Home": 0, "End": 4, "Tab": None, "Enter": None}
    for key, place in keys.items():
        assert call(empty_page, "toolbar.js", f"module.chooseTool('{key}', 4, 5)") == place


def test_zooming_and_turning_keep_the_middle(empty_page: Page) -> None:
    assert call(empty_page, "toolbar.js", "module.scaleRange([10, 0], 0.5)") == [7.5, 2.5]
    turned = call(empty_page, "toolbar.js", "module.turnEye({x: 2, y: 0, z: 1}, Math.PI / 2)")
    assert turned == pytest.approx({"x": 0, "y": 2, "z": 1})


TARGETS = f"""module.listTargets([
    {{ type: "scatter", name: "far", hoverinfo: "skip", x: [0], y: [0] }},
    {{ type: "scatter", name: "MSE", x: [0, 1, 5], y: {packed(np.array([4, 3, 2], "f4"))} }},
    {{ type: "scatter", name: "hidden", visible: false, x: [0], y: [0] }},
    {{ type: "scatter", name: "dots", x: [2, 4], y: [7, 8], text: ["a<br>b", "c"] }},
    {{ type: "heatmap", x: [0, 1], y: [0, 1, 2], z: {packed(np.arange(6, dtype="f4").reshape(3, 2))} }},
])"""


@pytest.mark.parametrize(
    ("at", "key", "then"),
    [
        ((0, 0), "ArrowRight", (0, 1)),
        ((0, 2), "ArrowUp", (1, 1)),  # the nearest in x of the next trace
        ((0, 1), "PageDown", (2, 0)),
        ((2, 1), "ArrowUp", (2, 3)),  # in a map, the row above
        ((2, 5), "ArrowUp", (2, 5)),
        ((2, 1), "ArrowDown", (2, 1)),
        ((2, 1), "End", (2, 5)),
        ((2, 1), "a", None),
    ],
)
def test_keys_move_over_the_points_of_a_chart(
    empty_page: Page, at: tuple[int, int], key: str, then: tuple[int, int] | None
) -> None:
    target, place = at
    moved = call(
        empty_page, "picker.js", f"module.movePlace({TARGETS}, {{target: {target}, place: {place}}}, '{key}', 1)"
    )
    assert moved == (None if then is None else {"target": then[0], "place": then[1]})


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ((0, 1), "MSE: rate 1.00, y 3.00."),
        ((1, 0), "dots: rate 2.00, y 7.00: a, b."),
        ((2, 3), "rate 1.00, y 1.00: 3.00."),
    ],
)
def test_a_point_is_read_out(empty_page: Page, at: tuple[int, int], words: str) -> None:
    layout = "{ xaxis: { title: { text: 'rate' } }, yaxis: { title: { text: '' } } }"
    point = f"module.readPoint({TARGETS}, {{target: {at[0]}, place: {at[1]}}})"
    assert call(empty_page, "picker.js", f"module.describePoint({point}, {layout}, {json.dumps(WORDS)})") == words


def test_words_are_broken_where_a_chart_is_narrow(empty_page: Page) -> None:
    def wrap(text: str, letters: int) -> Any:
        return call(empty_page, "labels.js", f"module.wrapText({json.dumps(text)}, {letters})")

    assert wrap("one two three<br>four", 8) == "one two<br>three<br>four"
    assert wrap("rate %{x:.3g}: %{text}", 20) == "rate %{x:.3g}: %{text}"  # numbers count as six letters
    assert wrap("unbreakable", 4) == "unbreakable"


@pytest.mark.parametrize(
    ("room", "text", "position"),
    [
        ((300, 300), "MSE diverged, epoch 13", "middle right"),
        ((300, 40), "MSE diverged, epoch 13", "middle left"),
        ((110, 110), "MSE diverged,<br>epoch 13", "middle right"),
        ((120, 10), "MSE diverged,<br>epoch 13", "middle left"),
    ],
)
def test_the_words_of_a_mark_stand_where_there_is_room(
    empty_page: Page, room: tuple[int, int], text: str, position: str
) -> None:
    sides = f"{{left: {room[0]}, right: {room[1]}}}"
    fitted = call(empty_page, "labels.js", f"module.fitLabel('MSE diverged, epoch 13', 'middle right', {sides})")
    assert fitted == {"text": text, "position": position}


def test_notes_stand_one_under_the_other(empty_page: Page) -> None:
    notes = "[{text: 'a long note that is broken', yanchor: 'top'}, {text: 'next', yanchor: 'top'}]"
    layout = "{width: 200, margin: {l: 40, r: 44}}"  # 20 letters
    first, second = call(empty_page, "labels.js", f"module.fitNotes({notes}, {layout})")
    assert (first["text"], first["yshift"]) == ("a long note that is<br>broken", 0)
    assert second["yshift"] == -30


@pytest.mark.parametrize("theme", [("#ffffff", "#16202e"), ("#0e1117", "#e8ecf3")], ids=["light", "dark"])
def test_words_in_the_colour_of_a_loss_can_be_read(empty_page: Page, theme: tuple[str, str]) -> None:
    """WCAG 2.2 asks for 4.5 : 1 of text (criterion 1.4.3); the loss's own colour is kept where it has that."""
    ground, text = theme
    for loss in LOSSES.values():
        arguments = f"'{loss.colour}', {{ground: '{ground}', text: '{text}'}}"
        written = call(empty_page, "colours.js", f"module.makeReadable({arguments})")
        ours, kept = contrast(written, ground), contrast(loss.colour, ground)
        assert ours >= 4.5
        assert kept < 4.5 or written == loss.colour.lower()
        assert call(empty_page, "colours.js", f"module.measureContrast('{written}', '{ground}')") == pytest.approx(ours)


def test_a_button_has_its_words_and_its_label(empty_page: Page) -> None:
    markup = call(empty_page, "html.js", 'module.button("−1", "step", null, "One epoch back").outerHTML')
    assert markup == '<button class="step" type="button" aria-label="One epoch back">−1</button>'


def choose_write(page: Page, *, entry: str = "noise=1", link: str = "noise=2", **now: object) -> str:
    """What becomes of a link that Python writes after another burst of touches, unless ``now`` says otherwise."""
    before = {"session": "s", "arrivals": 0, "steps": 0, "burst": 1}
    popped = now.pop("popped", False)
    written = {"session": "s", "arrivals": 0, "steps": 0, "burst": 2, "link": link, **now}
    shown = {"link": entry}
    return str(call(page, "address.js", f"module.chooseWrite(...{json.dumps([shown, before, written, popped])})"))


def test_a_change_of_settings_is_an_entry_of_the_history(empty_page: Page) -> None:
    assert choose_write(empty_page) == "push"
    assert choose_write(empty_page, link="noise=1") == "replace"  # the epoch may be another
    assert choose_write(empty_page, burst=1) == "replace"  # the same drag of a slider
    assert choose_write(empty_page, burst=1, steps=1) == "push"  # a button
    assert choose_write(empty_page, arrivals=1, popped=True) == "replace"  # the address as Python has read it
    assert choose_write(empty_page, popped=True) == "ask"  # Python has not heard of Back
    assert choose_write(empty_page, session="new") == "ask"  # a new server, which read an old address
    assert choose_write(empty_page, session="new", link="noise=1") == "replace"
    assert call(empty_page, "address.js", "module.chooseWrite(null, null, {})") == "replace"


def test_a_copied_link_says_what_it_holds(empty_page: Page) -> None:
    def describe(search: str) -> str:
        return str(
            call(empty_page, "link_bar.js", f"module.describeLink({json.dumps(search)}, {json.dumps(LINK_WORDS)})")
        )

    assert describe("") == "settings, losses"
    assert describe("?noise=2&epoch=1000&kept=a&kept=b") == "settings, losses, epoch 1,000, 2 kept runs"
    assert describe("?kept=a&open=data") == "settings, losses, 1 kept run, open tab and folds"


WRITTEN = {"link": "noise=2", "look": "", "epochs": False, "page": "", "visit": "v", "session": "s"} | {
    "arrivals": 0,
    "steps": 0,
    "hears": True,
}
# Python writes, Streamlit makes a bare entry of its own for another page and back, and Python writes the same again.
AGAIN = """(() => {
    const data = new TextEncoder().encode(%s);
    module.render({ data, setTriggerValue() {} });
    history.pushState({}, "", location.pathname);
    module.render({ data, setTriggerValue() {} });
    return location.search;
})()"""


def test_an_entry_of_streamlits_is_filled_in_even_if_python_says_the_same(empty_page: Page) -> None:
    assert call(empty_page, "address.js", AGAIN % json.dumps(json.dumps(WRITTEN))) == "?noise=2"
