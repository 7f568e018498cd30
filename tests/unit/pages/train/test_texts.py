"""What the Train page says in Chinese."""

from __future__ import annotations

from playground.pages.train.situations import SITUATIONS
from playground.pages.train.view import INCOMPARABLE, LUCK, LUCK_HELP, VERDICTS
from playground.text.language import _, spoken_language
from tests.support.chinese import find_english


def test_the_sentences_hold_no_english() -> None:
    with spoken_language("zh"):
        texts = [
            *(_(text) for text in (INCOMPARABLE, LUCK, LUCK_HELP, VERDICTS)),
            *(_(text) for each in SITUATIONS.choices for text in (each.label, each.look)),
        ]
    assert [text for text in texts if find_english(text)] == []
