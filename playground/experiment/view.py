"""The view of a page, and its link: a link is read into a view, with a sentence for whatever had to be repaired."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from playground.experiment.experiment import CLIPPINGS, Experiment, equalise_widths
from playground.experiment.query import Field, Query, find_fields, read_keys, read_value, read_values, write_settings
from playground.experiment.setting import Choice, Number, Switch
from playground.losses import losses_for
from playground.tables.labelled_distributions import DATASETS_FOR

DEFAULT_LOSSES = ("mse", "mae", "huber")
LOG = Field("log", Switch("Log scale", "Whether the losses are drawn on a logarithmic scale."), whole=False, many=False)


# An address of Train without settings opens the first scene, so the run in which all are as usual has a name.
ARTICLE = {"scene": ["article"]}
SCENE = Field(
    "scene", Choice("Scene", "Settings that have a name.", {"article": "The article's run"}), whole=False, many=False
)
# What a link of each task names beside the experiment's settings.
VIEW_NAMES = {"regression": ("log", "epoch", "scene"), "classification": ("log", "epoch")}


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
        """One experiment for each loss, in the order of the table, so that colours and columns keep their places."""
        return [self.experiment.replace(loss=key) for key in self.keys]

    @property
    def keys(self) -> list[str]:
        """The chosen losses in the order of the table."""
        return [key for key in losses_for(self.task) if key in self.losses]

    @property
    def task(self) -> str:
        """``regression`` or ``classification``, as of its experiment."""
        return self.experiment.task

    def with_experiment(self, experiment: Experiment) -> View:
        """This view of another experiment."""
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
    """The query of a view, without what a page of its task opens on. The browser adds the ``epoch`` it shows."""
    first = FIRST[view.task]
    query = write_settings(view.experiment, first.experiment)
    query.pop("loss", None)
    if set(view.losses) != set(first.losses):
        query["loss"] = view.keys or [""]
    if not view.log:
        query["log"] = ["false"]
    return query


def read_link(query: Query, task: str = "regression") -> tuple[View, list[str]]:
    """The view of a task that a link stands for, and a sentence in Markdown for every value that was repaired."""
    notices: list[str] = []
    first = FIRST[task]
    view = first.with_experiment(_read_experiment(query, first.experiment, task, notices))
    if "loss" in query:
        view = replace(view, losses=read_keys("loss", query["loss"], losses_for(task), first.losses, notices))
    if "scene" in query:
        read_value(SCENE, query["scene"], None, notices)
    if "log" in query:
        view = replace(view, log=read_value(LOG, query["log"], True, notices))
    if "epoch" in query:
        epochs = view.experiment.epochs
        setting = Number("Epoch", "The shown epoch.", 0, epochs, ())
        epoch = read_value(Field("epoch", setting, whole=True, many=False), query["epoch"], None, notices)
        view = replace(view, epoch=None if epoch == epochs else epoch)
    return view, notices


def _read_experiment(query: Query, default: Experiment, task: str, notices: list[str]) -> Experiment:
    """The experiment that a link stands for, without its losses; values that exclude each other are repaired too."""
    values: dict[str, Any] = _read_dataset(query, default.dataset, task, notices)
    values |= read_values(default, query, notices, leave=["loss", "dataset"])
    _keep_one_clipping(values, notices)
    names = ("hidden", "normalisation", "residual")
    hidden, normalisation, residual = (values.get(name, getattr(default, name)) for name in names)
    equal = equalise_widths(hidden, normalisation, residual)
    if equal != hidden:
        notices.append(
            "hidden has layers of different width; more than six, normalised ones and those with residual connections"
            f" have to be equal. All were set to {equal[0]}."
        )
        values["hidden"] = equal
    return default.replace(**values)


def _keep_one_clipping(values: dict[str, Any], notices: list[str]) -> None:
    """Set all kinds of clipping but the first to 0, since Keras allows one."""
    first, *others = [name for name in CLIPPINGS if values.get(name)] or [""]
    for name in others:
        notices.append(f"{name} and {first} are both set, and only one can be: {name} was set to 0.")
        values[name] = 0.0


def _read_dataset(query: Query, default: str, task: str, notices: list[str]) -> dict[str, str]:
    """The dataset, of those that are for the task."""
    if "dataset" not in query:
        return {}
    setting = Choice("Dataset", "The law that the points follow.", DATASETS_FOR[task])
    field = replace(find_fields(Experiment)["dataset"], setting=setting)
    return {"dataset": read_value(field, query["dataset"], default, notices)}
