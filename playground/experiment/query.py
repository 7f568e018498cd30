"""Settings as the query of a link, and a query as settings: what is wrong in it is mended and named.

For every frozen pydantic model whose fields declare a ``Setting``: the experiment, and what each page adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from annotated_types import MaxLen
from pydantic import BaseModel, ValidationError

from playground.experiment.setting import Choice, Number, Setting, Switch, Text
from playground.text.typed_numbers import parse_number

MOST_NAMED = 5  # unknown parameters of a link that are called by their names

Query = Mapping[str, Sequence[str]]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Field:
    """A field of a model that is a setting, by its name in the link.

    ``whole`` says that its numbers are whole. ``many`` says that it holds a tuple, of at most ``most`` values.
    """

    name: str
    setting: Setting
    whole: bool
    many: bool
    most: int | None = None


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Field]:
    """The fields of a model that are settings, in the order of declaration."""
    hints = get_type_hints(model, include_extras=True)
    found = {name: _field(name, hints[name]) for name in model.model_fields}
    return {name: field for name, field in found.items() if field}


def _field(name: str, hint: Any) -> Field | None:
    many = any(get_origin(each) is tuple for each in _inside(hint))
    marks = [mark for each in _inside(hint) for mark in getattr(each, "__metadata__", ())]
    setting = next((mark for mark in marks if isinstance(mark, Setting)), None)
    most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    return Field(name, setting, int in _inside(hint), many, most) if setting else None


def _inside(hint: Any) -> list[Any]:
    """A type and all that it is made of."""
    return [hint, *(inner for part in get_args(hint) for inner in _inside(part))]


def write_settings(value: BaseModel, default: BaseModel | None = None) -> dict[str, list[str]]:
    """The query of a value; what equals the default is left out."""
    default = default or type(value)()
    return {
        name: _write(getattr(value, name))
        for name in fields_of(type(value))
        if getattr(value, name) != getattr(default, name)
    }


def _write(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [_text(item) for item in value] or [""]
    return [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def read_settings(model: type[Model], query: Query, default: Model | None = None) -> tuple[Model, list[str]]:
    """The value that a link stands for, and a sentence in Markdown for everything that had to be mended.

    What the link leaves out is as in ``default``; so is everything if the values do not go together.
    """
    notices: list[str] = []
    default = default or model()
    values = read_values(default, query, notices)
    try:
        return model(**{**vars(default), **values}), notices
    except ValidationError as error:
        reasons = "; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())
        return default, [*notices, f"{reasons}. The settings of this page were left as they are."]


def unread_names(query: Query, read: Iterable[str]) -> list[str]:
    """A sentence in Markdown about the parameters of a link that no setting is called after; none if there are none."""
    known = set(read)
    names = [quoted(name) for name in query if name not in known]
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    ending = (
        "is no setting of this page, so it was" if len(names) == 1 else "are no settings of this page, so they were"
    )
    return [f"{', '.join(names[:MOST_NAMED])}{more} {ending} ignored."]


def read_values(default: BaseModel, query: Query, notices: list[str], leave: Iterable[str] = ()) -> dict[str, Any]:
    """What a query says of each setting of a model, mended; only of those that it names, and none of ``leave``."""
    fields = [field for name, field in fields_of(type(default)).items() if name in query and name not in leave]
    return {field.name: read_value(field, query[field.name], getattr(default, field.name), notices) for field in fields}


def read_value(field: Field, texts: Sequence[str], default: Any, notices: list[str]) -> Any:
    """What the texts of one setting stand for: the nearest allowed value, or the default."""
    if not field.many:
        if len(set(texts)) > 1:
            notices.append(f"{field.name} was given {len(texts)} times. The last value counts: {quoted(texts[-1])}.")
        return _read_last(field, texts[-1], default, notices)
    if isinstance(field.setting, Choice):
        return read_keys(field.name, texts, list(field.setting.options), default, notices)
    return _read_numbers(field, texts, default, notices)


def _read_last(field: Field, text: str, default: Any, notices: list[str]) -> Any:
    setting = field.setting
    if isinstance(setting, Text) and len(text) > setting.longest:
        notices.append(f"{field.name} has {len(text):,} letters; allowed are {setting.allowed}. The rest was left out.")
    value = _read(setting, text, field.whole)
    if value is None:
        done = "left out" if default is None else f"set to {default}"
        notices.append(f"{field.name} was {quoted(text)}; allowed are {setting.allowed}. It was {done}.")
        return default
    mended = _clamp(setting, value)
    if isinstance(setting, Number) and mended != parse_number(text):
        whole = "whole numbers from " if field.whole else ""
        said = f"{field.name} was {quoted(text)}; allowed are {whole}{setting.allowed}."
        notices.append(f"{said} It was set to {mended:.10g}.")
    return mended


def _read(setting: Setting, text: str, whole: bool = False) -> Any:
    """The value a text stands for, ``None`` if it stands for none."""
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


def _clamp(setting: Setting, value: Any) -> Any:
    if not isinstance(setting, Number):
        return value
    return type(value)(min(max(value, setting.low), setting.high))


def _read_numbers(field: Field, texts: Sequence[str], default: Any, notices: list[str]) -> Any:
    setting, pieces = field.setting, _pieces(texts)
    numbers = [_read(setting, piece, field.whole) for piece in pieces]
    whole = "whole numbers" if field.whole else "numbers"
    if None in numbers or (field.most is not None and len(numbers) > field.most):
        amount = f"up to {field.most} {whole} of" if field.most is not None else f"{whole} of"
        said = f"{field.name} was {quoted(','.join(texts))}; allowed are {amount} {setting.allowed} each."
        notices.append(f"{said} It was left out.")
        return default
    clamped = tuple(_clamp(setting, number) for number in numbers)
    if clamped != tuple(map(parse_number, pieces)):
        said = f"{field.name} was {quoted(','.join(texts))}; allowed are {setting.allowed} each."
        notices.append(f"{said} It was set to {', '.join(map(str, clamped))}.")
    return clamped


def read_keys(
    name: str, texts: Sequence[str], allowed: Sequence[str], default: tuple[str, ...], notices: list[str]
) -> tuple[str, ...]:
    """Several keys of a table, each once; unknown ones are left out, and if no other is there the default is taken."""
    pieces = _pieces(texts)
    known = tuple(dict.fromkeys(piece for piece in pieces if piece in allowed))
    unknown = [piece for piece in pieces if piece not in allowed]
    if unknown:
        notices.append(f"{name} was {quoted(', '.join(unknown))}; allowed are {', '.join(allowed)}. It was left out.")
    return known if known or not unknown else default


def _pieces(texts: Sequence[str]) -> list[str]:
    return [piece for text in texts for piece in text.split(",") if piece]


def quoted(text: str) -> str:
    """What was received, short, as Markdown's code: a stranger's text must not become a link or a picture."""
    said = repr(text if len(text) <= 40 else text[:40] + "…")
    fence = "`" * (1 + max(map(len, re.findall("`*", said))))
    return f"{fence}{said}{fence}"
