"""An experiment as a link, and a link as an experiment: what is wrong in it is mended and named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from playground.experiment import Experiment
from playground.losses import fits_anything
from playground.queries import Field, Query, read_keys, read_value, read_values, write_settings
from playground.settings import Number, Switch

DEFAULT_LOSSES = ("mse", "mae", "huber")
LOG = Field("log", Switch("Log scale", "Whether the losses are drawn on a logarithmic scale."), whole=False, many=False)


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
    query = write_settings(view.experiment)
    query.pop("loss", None)
    if set(view.losses) != set(DEFAULT_LOSSES):
        query["loss"] = [key for key in fits_anything() if key in view.losses] or [""]
    if not view.log:
        query["log"] = ["false"]
    return query


def read_link(query: Query) -> tuple[View, list[str]]:
    """The view a link stands for, and a sentence in Markdown for every value that had to be mended."""
    notices: list[str] = []
    values = read_values(Experiment(), query, notices, leave=["loss"])
    if values.get("global_clipnorm") and values.get("clipvalue"):
        notices.append("clipvalue and global_clipnorm are both set, and only one can be: clipvalue was set to 0.")
        values["clipvalue"] = 0.0
    view = View(experiment=Experiment(**values))
    if "loss" in query:
        losses = read_keys("loss", query["loss"], fits_anything(), DEFAULT_LOSSES, notices)
        view = replace(view, losses=losses)
    if "log" in query:
        view = replace(view, log=read_value(LOG, query["log"], True, notices))
    if "epoch" in query:
        epochs = view.experiment.epochs
        shown = Field("epoch", Number("Epoch", "The shown epoch.", 0, epochs, ()), whole=True, many=False)
        epoch = read_value(shown, query["epoch"], None, notices)
        view = replace(view, epoch=None if epoch == epochs else epoch)
    return view, notices
