"""Settings as the query of a link, and a query as settings: what is wrong in it is repaired and named.

For every frozen pydantic model whose fields declare a ``Setting``: the experiment, and what each page adds to it. A
field that is itself such a model, as ``a: Network``, has its settings in the link with its name behind theirs:
``depth_a``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, reduce
from math import isfinite
from typing import Any, Self, TypeVar, get_args, get_origin, get_type_hints

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, ValidationError

from playground.experiment.setting import Choice, Number, Setting, Switch, Text
from playground.text.phrases import shorten_text
from playground.text.typed_numbers import parse_number

MOST_QUOTED = 41  # characters of a link's text that a message repeats
MOST_LISTED = 16  # keys of a table that a message lists; of a longer table it names the nearest ones
NEAREST = 3
MOST_NAMED = 5  # unknown parameters of a link that are called by their names

Query = Mapping[str, Sequence[str]]
Scalar = bool | float | str
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Formerly:
    """Beside a setting's declaration: the name that it had in links written earlier, which still open."""

    name: str


@dataclass(frozen=True)
class Field:
    """A field of a model that is a setting, by its name in the link.

    ``whole`` says that its numbers are whole. ``many`` says that it holds a tuple, of at most ``most`` values.
    ``formerly`` are the names that it had in earlier links. ``path`` is where its value stands in the model.
    """

    name: str
    setting: Setting
    whole: bool
    many: bool
    most: int | None = None
    formerly: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def inside(self, part: str) -> Field:
        """The same setting as one of a model's part."""
        formerly = tuple(f"{name}_{part}" for name in self.formerly)
        return replace(self, name=f"{self.name}_{part}", formerly=formerly, path=(part, *self.path))

    def get_value(self, model: BaseModel) -> Any:
        """The value of this setting in a model that has it."""
        return reduce(getattr, self.path, model)


@cache
def find_fields(model: type[BaseModel]) -> dict[str, Field]:
    """The settings of a model by their names in the link, in the order of declaration."""
    hints = get_type_hints(model, include_extras=True)
    fields: list[Field] = []
    for name in model.model_fields:
        if isinstance(hints[name], type) and issubclass(hints[name], BaseModel):
            fields += [field.inside(name) for field in find_fields(hints[name]).values()]
        else:
            fields += _read_declaration(name, hints[name])
    return {field.name: field for field in fields}


def _read_declaration(name: str, hint: object) -> list[Field]:
    """The setting that a type hint declares; none if it declares none."""
    parts = _unpack_hint(hint)
    marks = [mark for part in parts for mark in getattr(part, "__metadata__", ())]
    setting = next((mark for mark in marks if isinstance(mark, Setting)), None)
    if not setting:
        return []
    many = any(get_origin(part) is tuple for part in parts)
    most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    formerly = tuple(mark.name for mark in marks if isinstance(mark, Formerly))
    return [Field(name, setting, int in parts, many, most, formerly, path=(name,))]


def _unpack_hint(hint: object) -> list[object]:
    """A type and all that it is made of."""
    return [hint, *(inner for part in get_args(hint) for inner in _unpack_hint(part))]


def get_values(model: BaseModel) -> dict[str, Any]:
    """The values of a model's settings by their names in the link."""
    return {name: field.get_value(model) for name, field in find_fields(type(model)).items()}


def replace_values(model: Model, changes: Mapping[str, object]) -> Model:
    """The model with some settings changed, by their names in the link.

    Raises ``pydantic.ValidationError`` if it does not allow the values, ``KeyError`` if it has no such setting.
    """
    values, fields = model.model_dump(), find_fields(type(model))
    for name, value in changes.items():
        *parts, last = fields[name].path
        reduce(dict.__getitem__, parts, values)[last] = value
    return type(model).model_validate(values)


class PageSettings(BaseModel):
    """The settings of a page beside the experiment: frozen, each declared once for link, widget and check."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def replace(self, **changes: object) -> Self:
        """These settings with some changed, by their names in the link, and checked like new ones."""
        return replace_values(self, changes)

    @classmethod
    def read_link(cls, query: Query) -> tuple[Self, list[str]]:
        """The settings that a link stands for, and a sentence in Markdown for everything that was repaired."""
        return read_settings(cls, query)

    def write_link(self) -> dict[str, list[str]]:
        """The query of these settings. The browser adds the ``epoch`` it shows."""
        return {name: texts for name, texts in write_settings(self).items() if name != "epoch"}


def write_settings(value: BaseModel, default: BaseModel | None = None) -> dict[str, list[str]]:
    """The query of a model's settings; those that equal the default's are left out."""
    defaults = get_values(default or type(value)())
    query = {}
    for name, now in get_values(value).items():
        if now != defaults[name]:
            several = now if isinstance(now, tuple) else (now,)
            query[name] = [_write_text(each) for each in several] or [""]
    return query


def _write_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def read_settings(model: type[Model], query: Query, default: Model | None = None) -> tuple[Model, list[str]]:
    """The value that a link stands for, and a sentence in Markdown for everything that had to be repaired.

    What the link leaves out is as in ``default``; so is everything if the values do not go together.
    """
    notices: list[str] = []
    default = default or model()
    values = read_values(default, query, notices)
    try:
        return replace_values(default, values), notices
    except ValidationError as error:
        reasons = "; ".join(detail["msg"].removeprefix("Value error, ") for detail in error.errors())
        return default, [*notices, f"{reasons}. The settings of this page were left as they are."]


def unread_names(query: Query, read: Iterable[str]) -> list[str]:
    """A sentence in Markdown about the parameters of a link that no setting is called after; empty without any."""
    read = set(read)
    names = [quote_text(name) for name in query if name not in read]
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    ending = (
        "is no setting of this page, so it was" if len(names) == 1 else "are no settings of this page, so they were"
    )
    return [f"{', '.join(names[:MOST_NAMED])}{more} {ending} ignored."]


def read_values(default: BaseModel, query: Query, notices: list[str], leave: Iterable[str] = ()) -> dict[str, Any]:
    """The values that a query gives to a model's settings, repaired; without those that it does not name or ``leave``.

    A sentence in Markdown for every repair is added to ``notices``.
    """
    values = {}
    for name, field in find_fields(type(default)).items():
        written = next((known for known in (name, *field.formerly) if known in query), None)
        if written and name not in leave:
            values[name] = read_value(replace(field, name=written), query[written], field.get_value(default), notices)
    return values


def list_names(model: type[BaseModel]) -> set[str]:
    """Every name that a link may give a setting of a model, former names included."""
    return {name for field in find_fields(model).values() for name in (field.name, *field.formerly)}


def read_value(field: Field, texts: Sequence[str], default: object, notices: list[str]) -> Any:
    """The value that the texts of one setting stand for: the nearest allowed one, or the default.

    A sentence in Markdown for every repair is added to ``notices``.
    """
    if not field.many:
        if len(set(texts)) > 1:
            notices.append(
                f"{field.name} was given {len(texts)} times. The last value counts: {quote_text(texts[-1])}."
            )
        return _read_last_value(field, texts[-1], default, notices)
    if isinstance(field.setting, Choice):
        assert isinstance(default, tuple)
        return read_keys(field.name, texts, list(field.setting.options), default, notices)
    return _read_numbers(field, texts, default, notices)


def _read_last_value(field: Field, text: str, default: object, notices: list[str]) -> object:
    setting = field.setting
    if isinstance(setting, Text) and len(text) > setting.longest:
        notices.append(f"{field.name} has {len(text):,} letters; allowed are {setting.allowed}. The rest was left out.")
    value = _read_text(setting, text, field.whole)
    if value is None:
        repair = "left out" if default is None else f"set to {default}"
        allowed = list_allowed(setting, text)
        notices.append(f"{field.name} was {quote_text(text)}; allowed are {allowed}. It was {repair}.")
        return default
    nearest = _clamp_value(setting, value)
    if isinstance(setting, Number) and nearest != parse_number(text):
        whole = "whole numbers from " if field.whole else ""
        notices.append(
            f"{field.name} was {quote_text(text)}; allowed are {whole}{setting.allowed}. It was set to {nearest:.10g}."
        )
    return nearest


def list_allowed(setting: Setting, text: str) -> str:
    """The allowed values in words; of a long table the keys that are nearest to what was received."""
    if not isinstance(setting, Choice) or len(setting.options) <= MOST_LISTED:
        return setting.allowed
    nearest = get_close_matches(text[:MOST_QUOTED], setting.options, NEAREST, cutoff=0.0)
    return f"{', '.join(nearest)} and {len(setting.options) - NEAREST} others"


def _read_text(setting: Setting, text: str, whole: bool = False) -> Scalar | None:
    """The value that a text stands for; ``None`` if the setting cannot have such a value."""
    if isinstance(setting, Text):
        return text[: setting.longest]
    if isinstance(setting, Choice):
        return text if text in setting.options else None
    if isinstance(setting, Switch):
        return {"true": True, "false": False}.get(text.lower())
    value = parse_number(text)
    if value is None or not isfinite(value):
        return None
    return round(value) if whole else value + 0.0  # no −0, which is written otherwise than 0


def _clamp_value(setting: Setting, value: Scalar) -> Scalar:
    if not isinstance(setting, Number) or isinstance(value, str):
        return value
    return type(value)(min(max(value, setting.low), setting.high))


def _read_numbers(field: Field, texts: Sequence[str], default: object, notices: list[str]) -> object:
    setting, pieces = field.setting, _split_pieces(texts)
    values = [_read_text(setting, piece, field.whole) for piece in pieces]
    numbers = [value for value in values if value is not None]
    whole = "whole numbers" if field.whole else "numbers"
    if len(numbers) < len(values) or (field.most is not None and len(values) > field.most):
        amount = f"up to {field.most} {whole} of" if field.most is not None else f"{whole} of"
        problem = f"{field.name} was {quote_text(','.join(texts))}; allowed are {amount} {setting.allowed} each."
        notices.append(f"{problem} It was left out.")
        return default
    clamped = tuple(_clamp_value(setting, number) for number in numbers)
    if clamped != tuple(map(parse_number, pieces)):
        problem = f"{field.name} was {quote_text(','.join(texts))}; allowed are {setting.allowed} each."
        notices.append(f"{problem} It was set to {', '.join(map(str, clamped))}.")
    return clamped


def read_keys(
    name: str, texts: Sequence[str], allowed: Sequence[str], default: tuple[str, ...], notices: list[str]
) -> tuple[str, ...]:
    """Several keys of a table, each once; unknown ones are left out, and if no other is there the default is taken."""
    pieces = _split_pieces(texts)
    known = tuple(dict.fromkeys(piece for piece in pieces if piece in allowed))
    unknown = [piece for piece in pieces if piece not in allowed]
    if unknown:
        notices.append(
            f"{name} was {quote_text(', '.join(unknown))}; allowed are {', '.join(allowed)}. It was left out."
        )
    return known if known or not unknown else default


def _split_pieces(texts: Sequence[str]) -> list[str]:
    return [piece for text in texts for piece in text.split(",") if piece]


def quote_text(text: str) -> str:
    """What was received, short, as Markdown's code: a stranger's text must not become a link or a picture."""
    shortened = repr(shorten_text(text, MOST_QUOTED))
    fence = "`" * (1 + max(map(len, re.findall("`*", shortened))))
    return f"{fence}{shortened}{fence}"
