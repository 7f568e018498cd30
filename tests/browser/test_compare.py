"""The Compare page in a real browser: keeping, sweeping, stopping, and files that really arrive."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from playground.diagnosis import Diagnosis, train_and_diagnose
from playground.experiment import Experiment
from playground.export.kept import Kept
from playground.export.record import history_csv, predictions_csv, write_record
from playground.export.script import notebook, script
from playground.sweeps import Axis, Sweep, train_sweep
from playground.sweeps.bands import band
from playground.text.numbers import number
from playground.training import train
from tests.support import fresh
from tests.support.live import PATIENCE, settle, view_of
from tests.support.site import Site

pytestmark = pytest.mark.browser

BASE = Experiment(epochs=50)
QUERY = "?epochs=50&loss=mse&loss=mae&seeds=1000"  # too large a sweep to be shown unasked, with its table
KEPT = tuple(Kept(experiment=BASE.replace(loss=loss)) for loss in ("mse", "mae"))


def open_compare(linked_page: Page, site: Site, query: str = QUERY) -> Page:
    linked_page.goto(f"{site.url}/compare{query}")
    expect(linked_page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    return linked_page


def rows(page: Page) -> Locator:
    return page.locator("main table.answers tbody tr")


def test_what_is_kept_survives_a_reload_and_can_be_named_and_removed(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/{QUERY}")
    settle(page)
    page.get_by_role("button", name="Keep 2 runs").click()
    expect(page.get_by_role("button", name="Kept")).to_be_disabled()
    page.wait_for_function("() => location.search.includes('kept=')")
    page.reload()
    page.get_by_role("link", name="Compare 2 runs").click()
    expect(rows(page)).to_have_count(2)
    rmse = number(Diagnosis(train([KEPT[1].experiment])[0]).rmse)
    expect(rows(page).nth(1)).to_contain_text(rmse)
    name = page.get_by_role("textbox", name="Name")
    name.fill("the usual")
    name.press("Enter")
    page.get_by_role("button", name="Remove", exact=True).click()  # at once, while the name is still taken in
    expect(rows(page)).to_have_count(1)
    page.wait_for_function("() => !location.search.includes('the+usual')")
    name.fill("the other")
    name.press("Enter")
    expect(rows(page).first).to_contain_text("1 · the other")
    page.wait_for_function("() => location.search.includes('name~the+other')")
    page.get_by_role("button", name="Open on Train").first.click()
    expect(page.get_by_role("heading", name="Loss Playground")).to_be_visible()
    settle(page)
    assert view_of(page).experiments == [KEPT[1].experiment]


def sweep_chart(page: Page) -> Locator:
    return page.locator(".st-key-sweep_1 .live-plot, .st-key-sweep_2 .live-plot")


def test_a_sweep_from_click_to_an_opened_experiment(linked_page: Page, site: Site) -> None:
    base = BASE.replace(epochs=150)  # with a thousand seeds too much to be trained before it is asked for
    query = "?epochs=150&loss=mse&loss=mae&vary=noise&vary_to=4&vary_steps=5&seeds=1000"
    page = open_compare(linked_page, site, query)
    page.get_by_role("button", name="Sweep", exact=True).click()
    expect(sweep_chart(page)).to_have_count(1)
    page.wait_for_function("() => document.querySelectorAll('.st-key-sweep_1 .scatterlayer .trace').length > 3")
    sweep = Sweep(base, (Axis("noise", (0.0, 1.0, 2.0, 3.0, 4.0)),), ("mse", "mae"), 1000)
    means = sweep_chart(page).evaluate("plot => Array.from(plot._fullData[1].y)")
    np.testing.assert_allclose(means, band(train_sweep(sweep).judge_values("rmse", "mse")).mean, rtol=1e-3)
    page.wait_for_function("() => location.search.includes('swept=true')")  # the address follows the charts
    # Each loss has drawn its band and its curve; a click on the third point of MAE's.
    sweep_chart(page).locator(".scatterlayer .trace").nth(3).locator("path.point").nth(2).hover(force=True)
    sweep_chart(page).locator(".scatterlayer .trace").nth(3).locator("path.point").nth(2).click(force=True)
    expect(page.get_by_role("heading", name="Loss Playground")).to_be_visible()
    settle(page)
    assert view_of(page).experiments == [base.replace(noise=2.0, loss=loss) for loss in ("mse", "mae")]


def test_a_cell_of_a_map_opens_its_experiment(linked_page: Page, site: Site) -> None:
    query = (
        f"{QUERY}&vary_from=0.01&vary_to=1&vary_steps=3&against=noise&against_to=2&against_steps=2&seeds=2&swept=true"
    )
    page = open_compare(linked_page, site, query)
    expect(sweep_chart(page)).to_have_count(2)
    page.wait_for_function("() => document.querySelectorAll('.st-key-sweep_2 .heatmaplayer image').length === 2")
    strokes = sweep_chart(page).first.locator(".shapelayer path").get_attribute("d") or ""
    assert strokes.count("M") == 4  # at the rates 0.1 and 1 MSE diverges, whatever the noise
    cells = sweep_chart(page).nth(1).locator(".nsewdrag")
    box = cells.bounding_box()
    assert box
    ticks = sweep_chart(page).nth(1).locator(".xtick text")
    expect(ticks).to_have_text(["0.01", "0.1", "1"])
    for place, tick in enumerate(ticks.all()):  # each under the middle of its own column
        text = tick.bounding_box()
        assert text
        assert text["x"] + text["width"] / 2 == pytest.approx(box["x"] + box["width"] * (2 * place + 1) / 6, abs=3)
    upper_left = {"x": box["width"] / 6, "y": box["height"] / 4}
    cells.hover(position=upper_left)
    cells.click(position=upper_left)
    expect(page.get_by_role("heading", name="Loss Playground")).to_be_visible()
    settle(page)
    assert view_of(page).experiment == BASE.replace(learning_rate=0.01, noise=2.0)


def test_stop_keeps_what_is_done(linked_page: Page, site: Site) -> None:
    query = "?hidden=32&hidden=32&loss=mse&epochs=2000&vary_steps=41&seeds=20&swept=true"
    page = open_compare(linked_page, site, query)
    for trainings in (20, 820):  # the answer under 20 seeds comes before the sweep
        page.get_by_role("button", name="Stop").click()
        said = page.get_by_text(
            re.compile(rf"Stopped: [\d,]+ of {trainings} trainings are done, (and shown|so nothing is shown yet)\.")
        )
        expect(said).to_be_visible()
    expect(page.get_by_role("button", name="Do the rest, too")).to_have_count(2)
    expect(page.get_by_role("combobox", name="Vary", exact=True)).to_have_value("Learning rate")


def test_controls_do_not_wait_for_a_long_sweep_in_a_browser_that_has_none_of_them_yet(
    browser: Browser, site: Site
) -> None:
    query = "?hidden=32&hidden=32&loss=mse&epochs=2000&vary_steps=41&seeds=21&swept=true"
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/compare{query}")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    expect(page.get_by_test_id("stSlider").filter(has_text="Seeds")).to_contain_text("21", timeout=15_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    stop.click()
    expect(page.get_by_text(re.compile(r"of (21|861) trainings are done"))).to_be_visible()
    page.context.close()


def test_files_arrive_as_the_library_makes_them(linked_page: Page, site: Site, tmp_path: Path) -> None:
    kept = "&kept=train~loss~mse~epochs~50&kept=train~loss~mae~epochs~50"
    page = open_compare(linked_page, site, f"{QUERY}{kept}")
    expect(rows(page)).to_have_count(2)
    experiments = [each.experiment for each in KEPT]
    diagnoses = train_and_diagnose(tuple(experiments))
    assert download(page, "Python program") == script(experiments)
    assert download(page, "Notebook") == notebook(experiments)
    record = download(page, "JSON")
    assert record == write_record(KEPT, diagnoses)
    assert download(page, "History as CSV") == history_csv(diagnoses)
    assert download(page, "Predictions as CSV") == predictions_csv(diagnoses)
    (tmp_path / "model.keras").write_bytes(download_bytes(page, "Keras file"))
    code = "import keras\nprint([float(each.item()) for each in keras.saving.load_model('model.keras').get_weights()])"
    assert json.loads(fresh.run(code, tmp_path)) == [each.item() for each in train(experiments[:1])[0].weights]
    page.get_by_role("button", name="Remove all").click()
    expect(rows(page)).to_have_count(0)
    page.locator("input[type=file]").set_input_files(
        {"name": "c.json", "mimeType": "application/json", "buffer": record.encode()}
    )
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_text("all came to the numbers")).to_be_visible()
    broken = record.replace('"mse"', '"msee"').encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "c.json", "mimeType": "application/json", "buffer": broken}
    )
    expect(page.get_by_role("alert").filter(has_text="msee")).to_contain_text("settings")


def test_a_chart_is_saved_as_a_picture(linked_page: Page, site: Site) -> None:
    page = open_compare(linked_page, site, f"{QUERY}&kept=train~loss~mse~epochs~50")
    tools = page.get_by_role("toolbar", name="Loss curves")
    expect(tools.get_by_role("button", name="Save as SVG")).to_be_visible()
    drawn = save_picture(page, tools.get_by_role("button", name="Save as SVG")).decode()
    assert drawn.startswith("<svg")
    assert "Loss curves" in drawn
    assert "MSE · Line · Noise σ 1 · Points 21 · Seed 0 · SGD · Learning rate 0.01 · Epochs 50" in drawn
    assert "loss, each in its own unit" in drawn
    legend = drawn[drawn.index('class="legend"') :]
    entries = page.locator(".st-key-overlay .live-entry").all_inner_texts()
    assert entries
    assert all(entry in legend for entry in entries)
    assert legend.count('class="legendpoints"') == legend.count("scatterpts") == len(entries)  # each with its mark
    assert save_picture(page, tools.get_by_role("button", name="Save as PNG")).startswith(b"\x89PNG\r\n")


def save_picture(page: Page, button: Locator) -> bytes:
    with page.expect_download() as caught:
        button.click()
    return Path(caught.value.path()).read_bytes()


def download(page: Page, label: str) -> str:
    return download_bytes(page, label).decode()


def download_bytes(page: Page, label: str) -> bytes:
    with page.expect_download(timeout=PATIENCE) as arriving:
        page.get_by_role("button", name=label, exact=True).click()
    return Path(arriving.value.path()).read_bytes()


def test_only_the_words_of_a_mark_stand_out(linked_page: Page, site: Site) -> None:
    """A verdict begins with a loss's name, whose first letter is no mark."""
    page = open_compare(linked_page, site, "?epochs=20&loss=mse&loss=mae&seeds=3&vary_steps=3&swept=true")
    page.get_by_text("The numbers, and who wins").click()
    cell = page.locator("main table.words td").first
    expect(cell).to_be_visible()
    assert cell.evaluate("cell => getComputedStyle(cell, '::first-letter').fontWeight") == "400"
