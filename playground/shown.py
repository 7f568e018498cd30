"""What the Losses page shows, as a value and as the part of a link that the Train page does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import isfinite

from playground.curves import Sight
from playground.link import quoted
from playground.losses import LOSSES, Target

TASKS = {"regression": (Target.REAL, Target.POSITIVE), "classification": (Target.LABEL,)}
FIRST = {"regression": ("mse", "mae", "huber"), "classification": ("cross_entropy", "hinge", "brier")}
BATCHES = {"regression": ("1, 2, 3, 4", "1.5, 2, 2, 8"), "classification": ("1, 1, 0, 0", "2, -0.5, -3, 1")}
AXES = ("logit", "probability")
LOWEST_TRUTH, HIGHEST_TRUTH = 0.1, 100.0
LONGEST_TEXT = 600


@dataclass(frozen=True)
class Shown:
    """Which losses are looked at, from where, and what the visitor has written into the fields of numbers.

    ``truth`` is the true value for losses that need one, ``label`` the label, ``axis`` what a
    classification loss is drawn against.
    """

    task: str = "regression"
    shown: tuple[str, ...] = FIRST["regression"]
    truth: float = 3.0
    label: int = 1
    axis: str = "logit"
    y_true: str = BATCHES["regression"][0]
    y_pred: str = BATCHES["regression"][1]
    numbers: str = "1, 2, 3, 4, 20"

    @property
    def keys(self) -> list[str]:
        """The shown losses in the order of the table."""
        return [key for key in of_task(self.task) if key in self.shown]

    @property
    def sight(self) -> Sight:
        if self.task == "classification":
            return Sight(Target.LABEL, float(self.label), self.axis == "probability")
        needs_truth = any(LOSSES[key].target is Target.POSITIVE for key in self.keys)
        return Sight(Target.POSITIVE if needs_truth else Target.REAL, self.truth)


def of_task(task: str) -> list[str]:
    """The losses of a task, by key."""
    return [key for key, loss in LOSSES.items() if loss.target in TASKS[task]]


def with_task(shown: Shown, task: str) -> Shown:
    """The same page on another task, with that task's own first choice of losses and a batch it can take."""
    y_true, y_pred = BATCHES[task]
    return replace(shown, task=task, shown=FIRST[task], y_true=y_true, y_pred=y_pred)


def write_shown(shown: Shown) -> dict[str, list[str]]:
    """The query of what differs from the first view of its task."""
    first = with_task(Shown(), shown.task)
    query = {
        each.name: [str(getattr(shown, each.name))]
        for each in fields(Shown)
        if each.name not in ("task", "shown") and getattr(shown, each.name) != getattr(first, each.name)
    }
    if shown.task != Shown.task:
        query["task"] = [shown.task]
    if set(shown.shown) != set(first.shown):
        query["shown"] = shown.keys or [""]
    return query


def read_shown(query: Mapping[str, Sequence[str]]) -> tuple[Shown, list[str]]:
    """What a link shows, and a sentence in Markdown for every value that had to be mended."""
    notices: list[str] = []
    task = _one_of("task", query, tuple(TASKS), Shown.task, notices)
    shown = with_task(Shown(), task)
    shown = replace(shown, axis=_one_of("axis", query, AXES, shown.axis, notices))
    shown = replace(shown, label=int(_one_of("label", query, ("0", "1"), str(shown.label), notices)))
    shown = replace(shown, truth=_truth(query, shown.truth, notices))
    if "shown" in query:
        pieces = [piece for text in query["shown"] for piece in text.split(",") if piece]
        unknown = [piece for piece in pieces if piece not in of_task(task)]
        if unknown:
            notices.append(f"shown was {quoted(', '.join(unknown))}; allowed are {', '.join(of_task(task))}.")
        shown = replace(shown, shown=tuple(piece for piece in pieces if piece in of_task(task)))
    for name in ("y_true", "y_pred", "numbers"):
        if name in query:
            shown = replace(shown, **{name: query[name][-1][:LONGEST_TEXT]})  # type: ignore[arg-type]
    return shown, notices


def _one_of(
    name: str, query: Mapping[str, Sequence[str]], allowed: tuple[str, ...], default: str, notices: list[str]
) -> str:
    text = query[name][-1] if name in query else default
    if text in allowed:
        return text
    notices.append(f"{name} was {quoted(text)}; allowed are {', '.join(allowed)}. It was set to {default}.")
    return default


def _truth(query: Mapping[str, Sequence[str]], default: float, notices: list[str]) -> float:
    if "truth" not in query:
        return default
    text = query["truth"][-1]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    mended = min(max(value, LOWEST_TRUTH), HIGHEST_TRUTH) if isfinite(value) else default
    if mended != value:
        notices.append(
            f"truth was {quoted(text)}; allowed are {LOWEST_TRUTH} to {HIGHEST_TRUTH}. It was set to {mended}."
        )
    return mended
