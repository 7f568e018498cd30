"""A setting's numbers: what is typed for one, where it is on a slider, and how its slider's stops are made."""

import re

import pytest

from playground.experiment import settings
from playground.experiment.setting import Number, find_place, log_stops, whole_stops

NUMBERS = {name: setting for name, setting in settings().items() if isinstance(setting, Number)}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("learning_rate", "0.0273", 0.0273),
        ("learning_rate", " 2.5e-3 ", 0.0025),
        ("learning_rate", "0.02727272727272727", 0.02727272727272727),
        ("noise", "1,0", None),  # one, or ten?
        ("outlier_size", "0,500", None),
        ("noise", "0", 0.0),
        ("outlier_size", "−12.5", -12.5),
        ("outlier_size", "-1,000", -1000.0),
        ("outliers", "5%", 0.05),
        ("outliers", "7", 0.07),
        ("outliers", "51%", None),
        ("epochs", "1,234", 1234),
        ("epochs", "2.5", None),
        ("epochs", "10001", None),
        ("batch_size", "all points", 0),
        ("l1", "OFF", 0.0),
        ("noise", "off", None),
        ("noise", "nan", None),
        ("noise", "", None),
    ],
)
def test_what_is_typed_is_kept_to_every_digit_or_refused(name: str, typed: str, value: float | None) -> None:
    whole = name in ("epochs", "batch_size")
    if value is None:
        with pytest.raises(ValueError, match=NUMBERS[name].label):
            NUMBERS[name].read(typed, whole=whole)
        return
    found = NUMBERS[name].read(typed, whole=whole)
    assert found == value
    assert isinstance(found, int) or not whole


@pytest.mark.parametrize("name", NUMBERS)
def test_a_value_is_read_as_it_is_written(name: str) -> None:
    number = NUMBERS[name]
    for value in {*number.stops, number.low, number.high}:
        assert number.read(number.words(value), whole=False) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "typed", "whole", "said"),
    [
        (
            "learning_rate",
            "500",
            False,
            "500 is not allowed for Learning rate; allowed are numbers from 0.000001 to 100",
        ),
        ("epochs", "abc", True, "“abc” is not a number; allowed for Epochs are whole numbers from 1 to 10,000"),
        ("outliers", "51%", False, "51% is not allowed for Outliers; allowed are numbers from 0% to 50%"),
        ("noise", "x" * 40, False, f"“{'x' * 19}…” is not a number; allowed for Noise σ are numbers from 0 to 100"),
    ],
)
def test_a_refusal_says_what_was_received_and_what_is_allowed(name: str, typed: str, whole: bool, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{said}: type one of them")):
        NUMBERS[name].read(typed, whole=whole)


def test_a_decimal_comma_is_refused_with_the_way_to_write_it() -> None:
    said = "“0,5” has a comma; the decimal mark is a point: type 0.5. Allowed for Noise σ are numbers from 0 to 100"
    with pytest.raises(ValueError, match=re.escape(said)):
        NUMBERS["noise"].read("0,5", whole=False)
    with pytest.raises(ValueError, match=re.escape("type 12.5%.")):
        NUMBERS["outliers"].read("12,5%", whole=False)


def test_a_value_has_its_place_between_its_stops() -> None:
    stops = (0.0, 1.0, 3.0)
    assert [find_place(stops, value) for value in (0, 1, 2, 3)] == [0, 0.5, 0.75, 1]
    assert find_place(stops, -0.1) is None
    assert find_place(stops, 3.1) is None
    assert find_place((1.0,), 1.0) is None


def test_whole_stops_are_the_fine_ones_that_are_whole() -> None:
    assert whole_stops(0, 2) == (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
    assert log_stops(-2, 0, (1, 1.2)) == (0.01, 0.012, 0.1, 0.12, 1)
