"""What the Losses page shows, as a value and as the part of a link that the Train page does not have."""

from __future__ import annotations

from typing import Annotated

from playground.experiment.query import PageSettings, Query, read_keys, read_values, write_settings
from playground.experiment.setting import Choice, Number, Text
from playground.losses import LOSSES, Target
from playground.pages.losses.figures import CurveAxis
from playground.text.language import N_

TASKS = {"regression": N_("Regression"), "classification": N_("Classification")}
TARGETS = {"regression": (Target.REAL, Target.POSITIVE), "classification": (Target.LABEL,)}
FIRST_SHOWN = {"regression": ("mse", "mae", "huber"), "classification": ("cross_entropy", "hinge", "brier")}
FIRST_BATCHES = {"regression": ("1, 2, 3, 4", "1.5, 2, 2, 8"), "classification": ("1, 1, 0, 0", "2, -0.5, -3, 1")}
LABELS = {"1": "1", "0": "0"}
AXES = {"logit": N_("logit"), "probability": N_("probability")}
TRUTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


class LossesSettings(PageSettings):
    """Which losses are looked at, from where, and what the visitor has written into the fields of numbers.

    ``truth`` is the true value for losses that need one, ``label`` the label, ``axis`` what a
    classification loss is drawn against.
    """

    task: Annotated[str, Choice(N_("Task"), N_("What the losses are for."), TASKS)] = "regression"
    shown: tuple[Annotated[str, Choice(N_("Losses"), N_("The losses to draw."), LOSSES)], ...] = FIRST_SHOWN[
        "regression"
    ]
    truth: Annotated[
        float,
        Number(
            N_("True value y"),
            N_("Under MSLE, MAPE and Poisson the cost of an error depends on the true value."),
            0.1,
            100,
            TRUTHS,
        ),
    ] = 3.0
    label: Annotated[str, Choice(N_("True label y"), N_("The correct label."), LABELS)] = "1"
    axis: Annotated[str, Choice(N_("Horizontal axis"), N_("What the curves are drawn over."), AXES)] = "logit"
    y_true: Annotated[str, Text(N_("True values y"))] = FIRST_BATCHES["regression"][0]
    y_pred: Annotated[str, Text(N_("Predictions ŷ"))] = FIRST_BATCHES["regression"][1]
    numbers: Annotated[str, Text(N_("Numbers on a line"))] = "1, 2, 3, 4, 20"

    @property
    def keys(self) -> list[str]:
        """The shown losses in the order of the table."""
        return [key for key in list_losses(self.task) if key in self.shown]

    @property
    def curve_axis(self) -> CurveAxis:
        if self.task == "classification":
            return CurveAxis(Target.LABEL, float(self.label), self.axis == "probability")
        needs_truth = any(LOSSES[key].target is Target.POSITIVE for key in self.keys)
        return CurveAxis(Target.POSITIVE if needs_truth else Target.REAL, self.truth)

    def with_task(self, task: str) -> LossesSettings:
        """The same page on another task, with that task's own first choice of losses and a batch it can take."""
        y_true, y_pred = FIRST_BATCHES[task]
        return self.replace(task=task, shown=FIRST_SHOWN[task], y_true=y_true, y_pred=y_pred)

    @classmethod
    def read_link(cls, query: Query) -> tuple[LossesSettings, list[str]]:
        """As on every page; what a link leaves out is as in the first view of its task."""
        notices: list[str] = []
        task = read_values(cls(), {name: query[name] for name in query if name == "task"}, notices).get("task")
        first = cls().with_task(task or "regression")
        values = read_values(first, query, notices, leave=["task", "shown"])
        if "shown" in query:
            values["shown"] = read_keys("shown", query["shown"], list_losses(first.task), (), notices)
        return first.replace(**values), notices

    def write_link(self) -> dict[str, list[str]]:
        """The query of what differs from the first view of its task."""
        query = write_settings(self, LossesSettings().with_task(self.task))
        query.pop("shown", None)
        if self.task != LossesSettings().task:
            query["task"] = [self.task]
        if set(self.shown) != set(FIRST_SHOWN[self.task]):
            query["shown"] = self.keys or [""]
        return query


def list_losses(task: str) -> list[str]:
    """The losses of a task, by key."""
    return [key for key, loss in LOSSES.items() if loss.target in TARGETS[task]]
