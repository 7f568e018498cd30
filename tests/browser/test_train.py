"""In a real browser: controls move both charts, the training is replayed, links hold everything."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback as NewContext

from playground.experiment import Experiment
from playground.experiment.presets import FIRST_SCENE
from playground.experiment.view import View
from tests.support.live import (
    CURVES,
    FIT,
    assert_shows,
    epoch,
    open_fold,
    open_page,
    plot,
    press,
    redrawn,
    settle,
    slider,
    table,
    traces,
    view_of,
)
from tests.support.runs import diagnosed
from tests.support.site import Site

pytestmark = pytest.mark.browser

# Writes down each epoch that is shown, with what the charts show at that moment: the ends of the MSE's line and curve,
# from the strokes on the screen back to the units of the axes.
RECORD = """() => {
    const live = document.querySelector(".live");
    const [fit, curves] = document.querySelectorAll(".live-plot");
    const ends = (plot) => {
        const place = plot.data.findIndex((trace) => trace.name === "MSE");
        const stroke = plot.calcdata[place][0].node3.select("path.js-line").attr("d").match(/-?[\\d.]+/g).map(Number);
        const { xaxis, yaxis } = plot._fullLayout;
        return [stroke.slice(0, 2), stroke.slice(-2)].map(([x, y]) => [xaxis.p2d(x), yaxis.p2d(y)]);
    };
    window.seen = [];
    window.epochs = [];
    new MutationObserver(() => {
        window.epochs.push(Number(live.dataset.epoch));
        if (!live.classList.contains("live-moving") || live.dataset.epoch < 2) return;
        window.seen.push({ epoch: Number(live.dataset.epoch), line: ends(fit), curve: ends(curves) });
    }).observe(live, { attributes: true, attributeFilter: ["data-epoch"] });
}"""


def test_the_articles_run_is_drawn_as_it_was_trained(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    assert_shows(page, View())
    assert epoch(page) == 1000
    truth, points, *fitted = traces(page, FIT)
    data = diagnosed().run.data
    np.testing.assert_allclose(points["y"], data.y_train[:, 0])
    np.testing.assert_allclose(truth["y"], data.y_test[:, 0])
    np.testing.assert_allclose(fitted[0]["y"], diagnosed().run.predict(np.array(fitted[0]["x"])), rtol=1e-4, atol=1e-4)


# When the epoch begins to move and when it is at its end, in the browser's own milliseconds: how busy this process is
# does not count.
WATCH_EPOCH = """() => {
    window.played = {};
    const look = () => {
        const epoch = Number(document.querySelector(".live")?.dataset.epoch ?? NaN);
        if (epoch < 900) window.played.start ??= performance.now();
        if (epoch === 1000 && window.played.start) window.played.end ??= performance.now();
        requestAnimationFrame(look);
    };
    look();
}"""


def test_the_first_scene_plays_once_until_it_is_touched(site: Site, new_context: NewContext) -> None:
    visitor, hasty = (new_context().new_page() for _ in range(2))
    for each in (visitor, hasty):
        each.emulate_media(reduced_motion="no-preference")
    started = "() => document.querySelector('.live')?.dataset.epoch < 900"
    visitor.add_init_script(f"({WATCH_EPOCH})()")
    visitor.goto(site.url)
    visitor.wait_for_function("() => window.played.end")
    assert 3000 < visitor.evaluate("played.end - played.start") <= 6000  # 5,500 are planned
    assert view_of(visitor) == FIRST_SCENE
    for leave in (visitor.reload, lambda: visitor.goto(site.url)):  # a link, and a second visit
        leave()
        settle(visitor)
        assert epoch(visitor) == 1000
    hasty.goto(site.url)
    hasty.wait_for_function(started)
    hasty.get_by_role("heading", name="Loss Playground").click()
    assert epoch(hasty) == 1000
    calm = new_context().new_page()
    open_page(calm, site.url)
    assert_shows(calm, FIRST_SCENE)
    assert epoch(calm) == 1000


def test_a_slider_moves_both_charts_and_the_table(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    before = traces(page, FIT), traces(page, CURVES), table(page)
    press(page, "Noise σ", "ArrowRight")
    assert_shows(page, View().with_experiment(Experiment(noise=1.1)))
    after = traces(page, FIT), traces(page, CURVES), table(page)
    assert before[0][1]["y"] != after[0][1]["y"]  # the points, over the truth
    assert before[1][1]["y"] != after[1][1]["y"]
    assert before[2] != after[2]


def test_training_is_replayed_without_asking_the_server(page: Page, site: Site) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    open_page(page, f"{site.url}/?scene=article")
    page.get_by_label("Speed").select_option("fast")
    page.evaluate(RECORD)
    messages = len(sent)
    assert messages
    page.get_by_role("button", name="▶ Train").click()
    expect(page.get_by_role("button", name="❚❚ Pause")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.live').dataset.epoch === '1000'")
    expect(page.get_by_role("button", name="↻ Again")).to_be_visible()
    assert len(sent) == messages
    seen, epochs = page.evaluate("[window.seen, window.epochs]")
    assert (epochs[0], epochs[-1]) == (0, 1000)
    assert epochs == sorted(epochs)
    assert len(seen) > 10
    for moment in seen:
        slope, intercept = diagnosed().run.path[moment["epoch"]]
        line = [[-10, intercept - 10 * slope], [10, intercept + 10 * slope]]
        np.testing.assert_allclose(moment["line"], line, rtol=1e-3, atol=0.01)  # a hundredth of a pixel is 0.002
        loss = float(diagnosed().run.loss[moment["epoch"] - 1])
        assert moment["curve"][1][0] == pytest.approx(moment["epoch"], abs=0.1)
        assert moment["curve"][1][1] == pytest.approx(loss, rel=1e-3)


def test_training_can_be_paused_and_stepped(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    page.get_by_label("Speed").select_option("slow")
    page.get_by_role("button", name="▶ Train").click()
    page.wait_for_function("() => Number(document.querySelector('.live').dataset.epoch) > 2")
    page.get_by_role("button", name="❚❚ Pause").click()
    expect(page.get_by_role("button", name="▶ Resume")).to_be_visible()
    paused = epoch(page)
    assert paused < 1000
    assert view_of(page).epoch == paused
    page.get_by_role("button", name="+1: one epoch on").click()
    assert epoch(page) == paused + 1
    page.get_by_role("button", name="−1: one epoch back").click(click_count=2)
    assert epoch(page) == paused - 1
    assert view_of(page).epoch == paused - 1


def test_the_epoch_can_be_chosen_with_the_keyboard(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    scrubber = slider(page, "Epoch")
    scrubber.press("Home")
    assert epoch(page) == 0
    expect(page.locator(".live-reading")).to_contain_text("before its first step")
    for _ in range(3):
        scrubber.press("ArrowRight")
    assert epoch(page) == view_of(page).epoch == 3
    expect(page.locator(".live-reading")).to_contain_text(f"{diagnosed().run.loss[2]:.4g}")
    assert traces(page, CURVES)[1]["x"] == [1, 2, 3]


def test_the_chosen_epoch_outlives_other_changes(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    slider(page, "Epoch").press("Home")
    slider(page, "Epoch").press("ArrowRight")
    press(page, "Noise σ", "ArrowRight")
    press(page, "Learning rate", "ArrowLeft")
    assert epoch(page) == view_of(page).epoch == 1
    page.reload()
    settle(page)
    assert epoch(page) == 1
    page.get_by_role("button", name="To the end. The charts show epoch 1 of 1,000").click()
    assert epoch(page) == 1000
    assert view_of(page).epoch is None
    expect(page.get_by_role("button", name="To the end")).to_have_count(0)  # what is not seen is not reached


def test_the_zoom_outlives_other_changes(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    zoom(page, FIT)
    zoom(page, CURVES)
    zoomed = [ranges(page, panel) for panel in (FIT, CURVES)]
    assert -10 < zoomed[FIT][0][0] < zoomed[FIT][0][1] < 10
    press(page, "Noise σ", "ArrowRight")
    press(page, "Learning rate", "ArrowLeft")
    with redrawn(page):
        page.get_by_role("button", name="Log-cosh").click()
    assert [ranges(page, panel) for panel in (FIT, CURVES)] == zoomed


def test_after_a_change_a_double_click_shows_all_there_is_now(page: Page, site: Site) -> None:
    open_page(page, f"{site.url}/?scene=article")
    before = ranges(page, FIT)
    open_fold(page, "data")
    zoom(page, FIT)
    with redrawn(page):
        page.get_by_role("radio", name="Quadratic", exact=True).click()
    plot(page, FIT).locator(".nsewdrag").dblclick()
    page.wait_for_function("() => document.querySelector('.live-plot')._fullLayout.xaxis.range[0] < -3")
    assert ranges(page, FIT) != before
    lowest, highest = ranges(page, FIT)[1]
    assert all(lowest < value < highest for trace in traces(page, FIT)[:2] for value in trace["y"])


def zoom(page: Page, panel: int) -> None:
    box = plot(page, panel).locator(".nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()


def ranges(page: Page, panel: int) -> list[list[float]]:
    return plot(page, panel).evaluate("({_fullLayout: {xaxis, yaxis}}) => [xaxis.range, yaxis.range]")


def test_a_copied_link_opens_on_the_same_experiment(page: Page, site: Site, new_context: NewContext) -> None:
    open_page(page, f"{site.url}/?scene=article")
    for fold in ("data", "model", "optimizer"):
        open_fold(page, fold)
    for role, name in [("radio", "Sine"), ("radio", "Laplace"), ("radio", "Adam"), ("button", "MAE")]:
        with redrawn(page):
            page.get_by_role(role, name=name, exact=True).click()
    press(page, "Learning rate", "ArrowRight", times=5)
    with redrawn(page):
        page.get_by_role("radio", name="1", exact=True).click()
    view = view_of(page)
    changes = {"dataset": "sine", "noise_shape": "laplace", "optimizer": "adam", "learning_rate": 0.03, "hidden": (16,)}
    assert view == View(Experiment(**changes), ("mse", "huber"))
    assert_shows(page, view)
    other = new_context().new_page()
    open_page(other, page.url)
    assert table(other) == table(page)
    page.reload()
    settle(page)
    assert_shows(page, view)


def test_back_leaves_a_page_on_which_nothing_was_changed(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/_stcore/health")
    open_page(page, f"{site.url}/?scene=article")
    page.go_back()
    assert page.url.endswith("/health")


def test_two_visitors_see_their_own_numbers(page: Page, site: Site, new_context: NewContext) -> None:
    other = new_context().new_page()
    for visitor, query in [(page, "?noise=2"), (other, "?noise=5&loss=mae&loss=huber")]:
        open_page(visitor, f"{site.url}/{query}")
    with redrawn(page), redrawn(other):
        slider(page, "Noise σ").press("ArrowRight")
        slider(other, "Noise σ").press("ArrowLeft")
    assert_shows(page, View().with_experiment(Experiment(noise=2.1)))
    assert_shows(other, View(Experiment(noise=4.9), ("mae", "huber")))
