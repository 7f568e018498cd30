"""An experiment as a link, and a link as an experiment: what is wrong in it is mended and named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from playground.experiment import MAX_LAYERS, Experiment, settings
from playground.losses import fits_anything
from playground.settings import Choice, Number, Setting, Switch

DEFAULT_LOSSES = ("mse", "mae", "huber")

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class View:
    """What the Train page shows: one experiment, run once for each of ``losses``; and how it is looked at.

    ``epoch`` is the scrubbed epoch, ``None`` at the end of the training; ``log`` the scale of the loss.
    """

    experiment: Experiment = field(default_factory=Experiment)
    losses: tuple[str, ...] = DEFAULT_LOSSES
    epoch: int | None = None
    log: bool = True

    @property
    def experiments(self) -> list[Experiment]:
        """One experiment a loss, in the order of the table, so that colours and columns keep their places."""
        return [self.experiment.replace(loss=key) for key in fits_anything() if key in self.losses]

    def with_experiment(self, experiment: Experiment) -> View:
        return replace(self, experiment=experiment)


def write_link(view: View) -> dict[str, list[str]]:
    """The query of a view; what equals the default is left out. The browser adds the ``epoch`` it shows."""
    default = Experiment()
    query = {
        name: _write(getattr(view.experiment, name))
        for name in settings()
        if name != "loss" and getattr(view.experiment, name) != getattr(default, name)
    }
    if set(view.losses) != set(DEFAULT_LOSSES):
        query["loss"] = [key for key in fits_anything() if key in view.losses] or [""]
    if not view.log:
        query["log"] = ["false"]
    return query


def _write(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [repr(value)] if isinstance(value, float) else [str(value)]


def read_link(query: Query) -> tuple[View, list[str]]:
    """The view a link stands for, and a sentence in Markdown for every value that had to be mended."""
    notices: list[str] = []
    values: dict[str, Any] = {}
    for name, setting in settings().items():
        if name in query and name != "loss":
            read = _read_layers if name == "hidden" else _read_last
            values[name] = read(name, setting, query[name], notices)
    values = {name: value for name, value in values.items() if value is not None}
    if values.get("global_clipnorm") and values.get("clipvalue"):
        notices.append("clipvalue and global_clipnorm are both set, and only one can be: clipvalue was set to 0.")
        values["clipvalue"] = 0.0
    view = View(experiment=Experiment(**values))
    if "loss" in query:
        view = replace(view, losses=_read_losses(query["loss"], notices))
    if "log" in query:
        view = replace(view, log=_read_log(query["log"][-1], notices))
    if "epoch" in query:
        view = replace(view, epoch=_read_epoch(query["epoch"][-1], view.experiment.epochs, notices))
    return view, notices


def _read_last(name: str, setting: Setting, texts: Sequence[str], notices: list[str]) -> Any:
    text = texts[-1]
    value = _read(setting, text, whole=isinstance(getattr(Experiment(), name), int))
    default = getattr(Experiment(), name)
    if value is None:
        notices.append(f"{name} was {quoted(text)}; allowed are {setting.allowed}. It was set to {default}.")
        return None
    mended = _clamp(setting, value)
    if isinstance(setting, Number) and mended != float(text):
        whole = "whole numbers from " if isinstance(default, int) else ""
        notices.append(f"{name} was {quoted(text)}; allowed are {whole}{setting.allowed}. It was set to {mended:.10g}.")
    return mended


def _read(setting: Setting, text: str, whole: bool = False) -> Any:
    """The value a text stands for, ``None`` if it stands for none."""
    if isinstance(setting, Choice):
        return text if text in setting.options else None
    if isinstance(setting, Switch):
        return {"true": True, "false": False}.get(text.lower())
    try:
        value = float(text)
    except ValueError:
        return None
    if not isfinite(value):
        return None
    return round(value) if whole else value


def _clamp(setting: Setting, value: Any) -> Any:
    if not isinstance(setting, Number):
        return value
    return type(value)(min(max(value, setting.low), setting.high))


def _read_layers(name: str, setting: Setting, texts: Sequence[str], notices: list[str]) -> tuple[int, ...] | None:
    pieces = [piece for text in texts for piece in text.split(",") if piece]
    widths = [_read(setting, piece, whole=True) for piece in pieces]
    if len(widths) > MAX_LAYERS or None in widths:
        notices.append(
            f"{name} was {quoted(','.join(texts))}; allowed are up to {MAX_LAYERS} whole numbers of"
            f" {setting.allowed} each. It was left out."
        )
        return None
    clamped = tuple(_clamp(setting, width) for width in widths)
    if clamped != tuple(map(float, pieces)):
        said = ", ".join(map(str, clamped))
        notices.append(
            f"{name} was {quoted(','.join(texts))}; allowed are {setting.allowed} each. It was set to {said}."
        )
    return clamped


def _read_losses(texts: Sequence[str], notices: list[str]) -> tuple[str, ...]:
    pieces = [piece for text in texts for piece in text.split(",") if piece]
    allowed = fits_anything()
    known = tuple(dict.fromkeys(piece for piece in pieces if piece in allowed))
    unknown = [piece for piece in pieces if piece not in allowed]
    if unknown:
        notices.append(f"loss was {quoted(', '.join(unknown))}; allowed are {', '.join(allowed)}. It was left out.")
    return known if known or not unknown else DEFAULT_LOSSES


def _read_log(text: str, notices: list[str]) -> bool:
    switch = Switch("Log", "")
    value = _read(switch, text)
    if value is None:
        notices.append(f"log was {quoted(text)}; allowed are {switch.allowed}. It was set to true.")
    return True if value is None else bool(value)


def _read_epoch(text: str, epochs: int, notices: list[str]) -> int | None:
    value = _read(Number("Epoch", "", 0, epochs, ()), text, whole=True)
    if value is None:
        notices.append(f"epoch was {quoted(text)}; allowed are 0 to {epochs}. The end is shown.")
        return None
    if not 0 <= value <= epochs:
        notices.append(
            f"epoch was {quoted(text)}; allowed are 0 to {epochs}. It was set to {min(max(value, 0), epochs)}."
        )
    clamped = min(max(value, 0), epochs)
    return None if clamped == epochs else clamped


def quoted(text: str) -> str:
    """What was received, short, as Markdown's code: a stranger's text must not become a link or a picture."""
    said = repr(text if len(text) <= 40 else text[:40] + "…")
    fence = "`" * (1 + max(map(len, re.findall("`*", said))))
    return f"{fence}{said}{fence}"
