"""Links written with earlier names of settings still open, on the numbers that they showed then."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from playground.pages.gradients.settings import GradientsSettings
from tests.support.app_tests import html, link_of, open_page
from tests.support.site import ROOT

LINKS: dict[str, list[list[str]]] = json.loads((Path(__file__).parent / "links.json").read_text())
NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
# Trainings so chaotic that their numbers depend on how a processor rounds: of these, the settings must be the same.
CHAOTIC = (
    "gradients?normalisation_a=batch&normalisation_b=layer&passes=10&loss_a=mae&loss_b=huber",
    "gradients?networks=1&activation_a=relu&initialiser_a=he&learning_rate_a=0.01&passes=50",
)
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-", ",")


def shown_numbers(page: AppTest) -> list[list[str]]:
    """The numbers in each table of a page; of a page without a table, those in its text."""
    tables = [markup for markup in html(page) if "<table" in markup]
    cells = [re.findall("<td.*?>(.*?)</td>", table, re.S) for table in tables]
    parts = cells or [[element.value for element in page.markdown]]
    return [
        [number for text in part for number in NUMBER.findall(unescape(re.sub("<.*?>", " ", text)))] for part in parts
    ]


def read_number(text: str) -> float:
    return float(text.translate(POWERS).replace(" × 10", "e"))


@pytest.mark.parametrize("link", LINKS)
def test_an_old_link_opens_on_the_numbers_that_it_showed(link: str) -> None:
    name, _, query = link.partition("?")
    shown = shown_numbers(open_page(name, query))
    assert [len(part) for part in shown] == [len(part) for part in LINKS[link]]
    for part, before in zip(shown, LINKS[link], strict=True):
        # Other processors round otherwise, which may move the last digit that is shown.
        numbers = [*map(read_number, part)]
        assert link in CHAOTIC or numbers == pytest.approx([*map(read_number, before)], rel=0.02, abs=1e-13)


@pytest.mark.parametrize("link", CHAOTIC)
def test_a_chaotic_link_opens_on_its_settings(link: str) -> None:
    query = link.partition("?")[2]
    opened = link_of(open_page("gradients", query), GradientsSettings).write_link()
    assert sorted(opened.values()) == sorted(parse_qs(query).values())  # some had other names then


def test_the_links_are_of_all_pages_and_say_nothing_twice() -> None:
    pages = {link.partition("?")[0] for link in LINKS}
    assert pages == {path.stem for path in (ROOT / "pages").glob("*.py")} - {"frame"}
    assert len({json.dumps(parse_qs(link, keep_blank_values=True)) for link in LINKS}) == len(LINKS)
