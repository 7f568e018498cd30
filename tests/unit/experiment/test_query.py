"""Any model of settings survives its own link, and what else a link says is mended and named."""

from typing import Annotated

import pytest
from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from playground.experiment.query import (
    Formerly,
    PageSettings,
    find_fields,
    get_values,
    list_names,
    read_settings,
    unread_names,
    write_settings,
)
from playground.experiment.setting import Choice, Number, Switch, Text

COLOURS = {"red": "Red", "green": "Green", "blue": "Blue"}


class Paint(BaseModel):
    """A setting of each kind."""

    model_config = ConfigDict(frozen=True)

    colour: Annotated[str, Choice("Colour", "", COLOURS)] = "red"
    colours: tuple[Annotated[str, Choice("Colours", "", COLOURS)], ...] = ("red",)
    amount: Annotated[float, Number("Amount", "", 0, 10, ())] = 1.0
    coats: Annotated[int, Number("Coats", "", 1, 5, ())] = 2
    start: Annotated[float | None, Number("Start", "", -5, 5, ())] = None
    steps: Annotated[tuple[Annotated[int, Number("Steps", "", 1, 9, ())], ...], MaxLen(3)] = ()
    dry: Annotated[bool, Switch("Dry", "")] = True
    words: Annotated[str, Text("Words", "", 8)] = "hello"

    @model_validator(mode="after")
    def _dry_if_many(self) -> "Paint":
        if self.coats == 5 and not self.dry:
            raise ValueError("coats is 5 and dry is false: set dry to true")
        return self


VALUES = [
    Paint(),
    Paint(colour="blue", amount=0.1, coats=5, start=0.0, steps=(1, 2, 3), dry=True, words="a, b"),
    Paint(colours=(), start=-5.0, dry=False, words=""),
    Paint(colours=("blue", "green")),
]


@pytest.mark.parametrize("value", VALUES)
def test_every_value_survives_its_link(value: Paint) -> None:
    assert read_settings(Paint, write_settings(value)) == (value, [])


def test_a_link_holds_what_differs_from_the_default() -> None:
    assert write_settings(Paint()) == {}
    assert write_settings(Paint(start=0.0, dry=False)) == {"start": ["0.0"], "dry": ["false"]}
    assert write_settings(Paint(colour="blue"), Paint(colour="blue", coats=3)) == {"coats": ["2"]}


def test_what_a_link_leaves_out_is_as_in_the_given_default() -> None:
    default = Paint(colour="green", coats=3)
    assert read_settings(Paint, {"coats": ["4"]}, default) == (Paint(colour="green", coats=4), [])


@pytest.mark.parametrize(
    ("name", "text", "value", "said"),
    [
        ("colour", "pink", "red", "allowed are red, green, blue. It was set to red."),
        ("colours", "blue,pink", ("blue",), "`'pink'`; allowed are red, green, blue. It was left out."),
        ("colours", "pink", ("red",), "`'pink'`"),
        ("amount", "11", 10.0, "allowed are 0 to 10. It was set to 10."),
        ("amount", "abc", 1.0, "It was set to 1.0."),
        ("coats", "2.6", 3, "whole numbers from 1 to 5. It was set to 3."),
        ("start", "nan", None, "allowed are -5 to 5. It was left out."),
        ("start", "-9", -5.0, "It was set to -5."),
        ("steps", "1,2,3,4", (), "up to 3 whole numbers of 1 to 9 each. It was left out."),
        ("steps", "1,99", (1, 9), "It was set to 1, 9."),
        ("dry", "perhaps", True, "allowed are true or false"),
    ],
)
def test_a_wrong_value_is_mended_and_named(name: str, text: str, value: object, said: str) -> None:
    read, (notice,) = read_settings(Paint, {name: [text]})
    assert getattr(read, name) == value
    assert notice.startswith(f"{name} was ")
    assert said in notice


def test_long_words_are_cut_and_this_is_said() -> None:
    read, (notice,) = read_settings(Paint, {"words": ["123456789"]})
    assert read == Paint(words="12345678")
    assert notice == "words has 9 letters; allowed are up to 8 letters. The rest was left out."


@pytest.mark.parametrize("text", ["1_5", "1e400", "-inf", "nan", "0x10", "1,5", ""])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    read, (notice,) = read_settings(Paint, {"amount": [text]})
    assert read == Paint()
    assert notice.startswith("amount was ")


@pytest.mark.parametrize(
    ("text", "value"), [("\u0663", 3.0), ("\uff13.5", 3.5), (" 3 ", 3.0), ("3e0", 3.0), ("-0.0", 0.0)]
)
def test_what_is_a_number_is_read_as_that(text: str, value: float) -> None:
    read, notices = read_settings(Paint, {"amount": [text]})
    assert (read.amount, notices) == (value, [])
    assert repr(read.amount) == repr(value)  # no −0


def test_of_a_repeated_value_the_last_counts_and_this_is_said() -> None:
    read, (notice,) = read_settings(Paint, {"amount": ["2", "3"]})
    assert read == Paint(amount=3.0)
    assert notice == "amount was given 2 times. The last value counts: `'3'`."
    assert read_settings(Paint, {"amount": ["3", "3"]}) == (Paint(amount=3.0), [])


def test_what_no_setting_is_called_after_is_said() -> None:
    assert unread_names({"amount": ["1"]}, ["amount"]) == []
    assert unread_names({"amout": ["1"]}, ["amount"]) == ["`'amout'` is no setting of this page, so it was ignored."]
    (notice,) = unread_names({f"n{place}": [] for place in range(7)}, ["n0"])
    assert notice.startswith("`'n1'`, `'n2'`, `'n3'`, `'n4'`, `'n5'` and 1 more are no settings of this page")


def test_values_that_do_not_go_together_are_all_left_out() -> None:
    read, (notice,) = read_settings(Paint, {"coats": ["5"], "dry": ["false"], "colour": ["blue"]})
    assert read == Paint()
    assert notice.startswith("coats is 5 and dry is false: set dry to true.")


def test_the_declarations_are_found() -> None:
    fields = find_fields(Paint)
    assert list(fields) == list(Paint.model_fields)
    assert [name for name, field in fields.items() if field.whole] == ["coats", "steps"]
    assert [name for name, field in fields.items() if field.many] == ["colours", "steps"]
    assert fields["steps"].most == 3


class Room(PageSettings):
    """Settings with former names, and parts that are settings themselves."""

    walls: Annotated[int, Number("Walls", "", 1, 9, ()), Formerly("sides"), Formerly("faces")] = 4
    inside: Paint = Paint(amount=3.0)
    outside: Paint = Paint()


@pytest.mark.parametrize("name", ["walls", "sides", "faces"])
def test_a_link_with_a_former_name_opens_silently_right(name: str) -> None:
    assert read_settings(Room, {name: ["6"]}) == (Room(walls=6), [])
    assert name in list_names(Room)


def test_the_name_of_today_counts_before_a_former_one() -> None:
    assert Room.read_link({"sides": ["6"], "walls": ["5"]}) == (Room(walls=5), [])


def test_what_is_wrong_under_a_former_name_is_said_by_it() -> None:
    _, (notice,) = Room.read_link({"sides": ["60"]})
    assert notice.startswith("sides was `'60'`; allowed are whole numbers from 1 to 9. It was set to 9.")


def test_the_settings_of_a_part_end_with_its_name() -> None:
    room = Room().replace(coats_inside=3, steps_outside=(1, 2), walls=5)
    assert room == Room(walls=5, inside=Paint(amount=3.0, coats=3), outside=Paint(steps=(1, 2)))
    assert room.write_link() == {"walls": ["5"], "coats_inside": ["3"], "steps_outside": ["1", "2"]}
    assert Room.read_link(room.write_link()) == (room, [])
    assert get_values(room)["amount_inside"] == 3.0


def test_changed_settings_are_checked_like_new_ones() -> None:
    with pytest.raises(ValidationError, match="coats is 5 and dry is false"):
        Room().replace(coats_inside=5, dry_inside=False)
    with pytest.raises(KeyError):
        Room().replace(coats=3)
