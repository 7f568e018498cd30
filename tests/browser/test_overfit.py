"""The Overfit page in a real browser: the U-curve's one click."""

import pytest
from playwright.sync_api import Page, expect

from playground.pages.overfit.settings import STRENGTHS, OverfitSettings
from playground.pages.overfit.strengths import train_strengths
from tests.support.deep_pages import (
    assert_stands_in_columns_and_fits_on_a_phone,
    kept_on_the_way_to_compare,
    open_by_name,
)
from tests.support.site import Site

pytestmark = pytest.mark.browser


def test_what_belongs_together_stands_under_each_other_and_fits_on_a_phone(page: Page, site: Site) -> None:
    assert_stands_in_columns_and_fits_on_a_phone(page, site, "Overfit")


def test_the_best_strength_is_one_click_on_the_u_curve(page: Page, site: Site) -> None:
    open_by_name(page, site, "Overfit")
    page.get_by_role("tab", name="How strong?").click()
    page.get_by_role("button", name="Use the best").click()
    settings = OverfitSettings()
    found = train_strengths(settings.varied, "l2", STRENGTHS, 40)
    assert found is not None
    page.wait_for_function(f"() => location.search.includes('l2={found[0].best}')")
    expect(page.get_by_text(f"The chosen strength is {found[0].best:g}.")).to_be_visible()
    expect(page.get_by_role("button", name="Use the best")).to_be_disabled()
    best = OverfitSettings(l2=found[0].best)
    kept_on_the_way_to_compare(page, [best.experiment("none"), best.experiment("l2")])
