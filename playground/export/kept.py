"""Kept experiments: what a comparison is made of, and how it travels in a link.

One kept experiment is one value of the parameter ``kept``: the page, then names and values of the settings that
differ from the defaults, all set apart by ``~``, which no address needs to escape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playground.data.suitability import check_losses, explain_misfit
from playground.experiment import Experiment
from playground.experiment.query import quote_text, read_settings, write_settings

PARAMETER = "kept"
PAGES = {
    "train": "Train",
    "landscape": "Landscape",
    "classify": "Classify",
    "overfit": "Overfit",
    "gradients": "Gradients",
}
MOST_KEPT = 200
LONGEST_NAME = 40
# Addresses of up to 8,000 letters pass every proxy; the rest of a page's settings must fit in, too.
LONGEST_LINK = 6000
APART = "~"


class Kept(BaseModel):
    """An experiment, the page it came from, and the name that the visitor gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment: Experiment
    page: str = "train"
    name: str = Field("", max_length=LONGEST_NAME)

    @model_validator(mode="after")
    def _loss_fits(self) -> Kept:
        check_losses([self.experiment])
        return self


def add(kept: Sequence[Kept], new: Sequence[Kept]) -> tuple[Kept, ...]:
    """The comparison with more in it: each experiment once, the oldest first, and no more than fit."""
    known = {each.experiment for each in kept}
    fresh = {each.experiment: each for each in new if each.experiment not in known}
    return (*kept, *fresh.values())[:MOST_KEPT]


def write_kept(kept: Sequence[Kept]) -> dict[str, list[str]]:
    """The query of a comparison: all of it, or the first ones that fit into an address."""
    return {PARAMETER: [_write_one(each) for each in kept[: count_fitting(kept)]]} if kept else {}


def count_fitting(kept: Sequence[Kept]) -> int:
    """How many of them an address can hold."""
    length = 0
    for place, each in enumerate(kept):
        length += len(urlencode({PARAMETER: _write_one(each)})) + 1
        if length > LONGEST_LINK:
            return place
    return len(kept)


def _write_one(kept: Kept) -> str:
    parts = [kept.page]
    for setting, values in write_settings(kept.experiment).items():
        parts += [setting, "_".join(values)]
    return APART.join([*parts, *(["name", kept.name.replace(APART, "-")] if kept.name else [])])


def read_kept(query: Mapping[str, Sequence[str]]) -> tuple[tuple[Kept, ...], list[str]]:
    """The comparison in a link, and a sentence in Markdown for everything that had to be repaired."""
    notices: list[str] = []
    texts = list(query.get(PARAMETER, []))
    if len(texts) > MOST_KEPT:
        notices.append(
            f"{PARAMETER} has {len(texts):,} experiments; allowed are {MOST_KEPT}. The others were left out."
        )
    found = [_read_one(text, notices) for text in texts[:MOST_KEPT]]
    return add((), [each for each in found if each]), notices


def _read_one(text: str, notices: list[str]) -> Kept | None:
    page, *rest = text.split(APART)
    query = dict(zip(rest[::2], rest[1::2], strict=False))
    name = query.pop("name", "")[:LONGEST_NAME]
    unknown = [setting for setting in query if setting not in Experiment.model_fields]
    if page not in PAGES or len(rest) % 2 or unknown:
        what = f"the setting {quote_text(unknown[0])} is unknown" if unknown else "it is no experiment"
        notices.append(f"{PARAMETER} was {quote_text(text)}: {what}. It was left out.")
        return None
    # A setting that is a tuple, such as the widths of the layers, has several values in one text.
    several = {key for key in query if isinstance(Experiment.model_fields[key].default, tuple)}
    values = {key: value.split("_") if key in several else [value] for key, value in query.items()}
    experiment, repairs = read_settings(Experiment, values)
    notices += [f"in {PARAMETER}, {notice}" for notice in repairs]
    reason = explain_misfit(experiment)
    if reason:
        notices.append(f"{PARAMETER} was {quote_text(text)}: {reason}. It was left out.")
        return None
    return Kept(experiment=experiment, page=page, name=name)
