"""The catalogues are whole, and the texts in them keep to the glossary."""

import pytest

from playground.text.language import ENGLISH, LANGUAGES
from tests.support import catalogue, prose


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ENGLISH])
def test_every_marked_text_is_translated_with_its_placeholders_and_compiled(language: str) -> None:
    assert [*catalogue.find_faults(language)] == []


def test_the_texts_keep_to_the_glossary() -> None:
    assert [*prose.find_faults()] == []
