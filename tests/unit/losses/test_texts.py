"""What is said of losses, in Chinese."""

from __future__ import annotations

import pytest

from playground.losses import LOSSES, Loss
from playground.losses.loss import translate_formula
from playground.text.language import spoken_language
from tests.support.chinese import find_english


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_a_loss_is_described_in_chinese(loss: Loss) -> None:
    with spoken_language("zh"):
        texts = loss.summary, loss.likelihood
    assert not any(map(find_english, texts))
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts)


def test_the_words_of_formulas_are_translated_and_nothing_else() -> None:
    formulas = [text for loss in LOSSES.values() for text in (loss.formula, loss.slope)]
    words = [text for text in formulas if r"\text" in text]
    assert len(words) > 5
    with spoken_language("zh"):
        assert translate_formula(r"r \text{ if } |r|\le c,\quad 0 \text{ beyond}") == (
            r"r \text{ 若 } |r|\le c,\quad 0 \text{ 其余 }"
        )
        assert all("若" in translate_formula(text) for text in words)
