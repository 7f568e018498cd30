"""The language of texts: what a browser wishes, what a thread speaks, and that a catalogue is asked."""

from threading import Thread

import pytest

from playground.text.language import _, find_language, ngettext, prefer_language, speak_language, spoken_language


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,en;q=0.5,zh;q=0.4", "en"),
        ("en;q=0.1, zh-TW;q=0.7", "zh"),
        ("fr-FR", "en"),
        ("", "en"),
        ("zh;q=best, en;q=0.1", "en"),
        ("*;q=0.1" * 10_000, "en"),
    ],
)
def test_the_first_wish_that_can_be_met(wishes: str, language: str) -> None:
    assert prefer_language(wishes) == language


def test_a_language_is_spoken_for_a_while_and_in_its_thread_alone() -> None:
    heard: list[str] = []
    with spoken_language("zh"):
        assert find_language() == "zh"
        other = Thread(target=lambda: heard.append(find_language()))
        other.start()
        other.join()
    assert find_language() == "en"
    assert heard == ["en"]
    with pytest.raises(KeyError, match="allowed are en, zh"):
        speak_language("tlh")


def test_what_is_in_no_catalogue_stays_as_it_is() -> None:
    with spoken_language("zh"):
        assert _("Nobody translates this.") == "Nobody translates this."
        assert _("") == ""
        assert ngettext("{count} such thing", "{count} such things", 2) == "{count} such things"
