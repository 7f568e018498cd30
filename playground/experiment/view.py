"""An experiment as a link, and a link as an experiment: what is wrong in it is mended and named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from playground.experiment.experiment import CLIPPINGS, Experiment, of_one_width
from playground.experiment.query import Field, Query, fields_of, read_keys, read_value, read_values, write_settings
from playground.experiment.setting import Choice, Number, Switch
from playground.losses import losses_for
from playground.tables.labelled_distributions import DATASETS_FOR

DEFAULT_LOSSES = ("mse", "mae", "huber")
LOG = Field("log", Switch("Log scale", "Whether the losses are drawn on a logarithmic scale."), whole=False, many=False)


@dataclass(frozen=True)
class View:
    """What a page of trainings shows: one experiment, run once for each of ``losses``; and how it is looked at.

    ``epoch`` is the scrubbed epoch, ``None`` at the end of the training; ``log`` the scale of the loss.
    """

    experiment: Experiment = field(default_factory=Experiment)
    losses: tuple[str, ...] = DEFAULT_LOSSES
    epoch: int | None = None
    log: bool = True

    @property
    def experiments(self) -> list[Experiment]:
        """One experiment a loss, in the order of the table, so that colours and columns keep their places."""
        return [self.experiment.replace(loss=key) for key in self.keys]

    @property
    def keys(self) -> list[str]:
        """The chosen losses in the order of the table."""
        return [key for key in losses_for(self.task) if key in self.losses]

    @property
    def task(self) -> str:
        """That of its experiment."""
        return self.experiment.task

    def with_experiment(self, experiment: Experiment) -> View:
        return replace(self, experiment=experiment)


# What a page of each task opens on.
FIRST = {
    "regression": View(),
    "classification": View(
        Experiment(
            dataset="moons",
            loss="cross_entropy",
            points=200,
            hidden=(8,),
            optimizer="adam",
            learning_rate=0.03,
            epochs=200,
        ),
        losses=("cross_entropy", "hinge", "brier"),
    ),
}


def write_link(view: View) -> dict[str, list[str]]:
    """The query of a view; what its task opens on is left out. The browser adds the ``epoch`` it shows."""
    first = FIRST[view.task]
    query = write_settings(view.experiment, first.experiment)
    query.pop("loss", None)
    if set(view.losses) != set(first.losses):
        query["loss"] = view.keys or [""]
    if not view.log:
        query["log"] = ["false"]
    return query


def read_link(query: Query, task: str = "regression") -> tuple[View, list[str]]:
    """The view of a task that a link stands for, and a sentence in Markdown for every value that had to be mended."""
    notices: list[str] = []
    first = FIRST[task]
    values: dict[str, Any] = _read_dataset(query, first.experiment.dataset, task, notices)
    values |= read_values(first.experiment, query, notices, leave=["loss", "dataset"])
    first_clipping, *others = [name for name in CLIPPINGS if values.get(name)] or [""]
    for name in others:
        notices.append(f"{name} and {first_clipping} are both set, and only one can be: {name} was set to 0.")
        values[name] = 0.0
    how = {name: values.get(name, getattr(first.experiment, name)) for name in ("hidden", "normalisation", "residual")}
    equal = of_one_width(**how)
    if equal != how["hidden"]:
        notices.append(
            "hidden has layers of different width; more than six, normalised ones and those with residual connections"
            f" have to be equal. All were set to {equal[0]}."
        )
        values["hidden"] = equal
    view = first.with_experiment(first.experiment.replace(**values))
    if "loss" in query:
        losses = read_keys("loss", query["loss"], losses_for(task), first.losses, notices)
        view = replace(view, losses=losses)
    if "log" in query:
        view = replace(view, log=read_value(LOG, query["log"], True, notices))
    if "epoch" in query:
        epochs = view.experiment.epochs
        shown = Field("epoch", Number("Epoch", "The shown epoch.", 0, epochs, ()), whole=True, many=False)
        epoch = read_value(shown, query["epoch"], None, notices)
        view = replace(view, epoch=None if epoch == epochs else epoch)
    return view, notices


def _read_dataset(query: Query, default: str, task: str, notices: list[str]) -> dict[str, str]:
    """The dataset, of those that are for the task."""
    if "dataset" not in query:
        return {}
    setting = Choice("Dataset", "The law that the points follow.", DATASETS_FOR[task])
    field = replace(fields_of(Experiment)["dataset"], setting=setting)
    return {"dataset": read_value(field, query["dataset"], default, notices)}
