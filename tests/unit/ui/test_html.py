"""Tables as HTML."""

from playground.ui.html import table


def test_an_empty_head_has_a_name_for_screen_readers_and_no_other_has_two() -> None:
    markup = table(["", "MSE"], [["slope", "2"]])
    assert '<th scope="col" aria-label="Row"></th><th scope="col">MSE</th>' in markup
