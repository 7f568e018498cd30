"""What the Overfit page shows: one model that is too large for its data, and the remedies it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from playground.diagnosis.remedies import Remedy
from playground.experiment import Experiment, settings
from playground.experiment.experiment import LEARNING_RATE_HELP
from playground.experiment.query import Formerly, PageSettings
from playground.experiment.setting import FINE, Choice, Number, linear_stops, log_stops, whole_stops
from playground.tables.functions import TRUE_FUNCTIONS

MOST_SHOWN = 4
SEEDS = 40
NETWORK_STEPS = 720_000  # of a U-curve over networks, whose steps take longer: some seven seconds
STRENGTHS = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 1.0)


@dataclass(frozen=True)
class RemedyOption:
    """An entry of the menu of remedies: ``Overfitting.remedy`` makes a ``Remedy`` of it by the page's settings.

    ``penalty`` says whether it adds a penalty to the loss; no remedy is a loss itself. ``only`` is the key of the
    one model that can have it, with the ``reason``; both are empty if both models can.
    """

    key: str
    label: str
    summary: str
    penalty: bool = False
    only: str = ""
    reason: str = ""

    def fits(self, model: str) -> bool:
        return self.only in ("", model)


REMEDY_OPTIONS: dict[str, RemedyOption] = {
    way.key: way
    for way in (
        RemedyOption("none", "Nothing", "The model as it is."),
        RemedyOption("l1", "L1", "A penalty: adds l1 × Σ|w| to the loss, by plain gradient steps.", penalty=True),
        RemedyOption(
            "l1_proximal",
            "L1, proximal",
            "The same penalty by proximal steps, which reach 0; for polynomials.",
            penalty=True,
            only="polynomial",
            # Adam scales each weight's step by itself: a threshold of rate × l1 would be another penalty, which does
            # not even have the same optimum.
            reason="A network trains with Adam here. The proximal step of L1 belongs to SGD, with which a polynomial"
            " trains.",
        ),
        RemedyOption("l2", "L2", "A penalty: adds l2 × Σw² to the loss.", penalty=True),
        RemedyOption(
            "both", "L1 and L2", "Both penalties. A polynomial takes L1's step as a proximal one.", penalty=True
        ),
        RemedyOption("early", "Early stopping", "Keeps the weights that were best on the validation points."),
        RemedyOption(
            "dropout",
            "Dropout",
            "Leaves out a share of the hidden units in each step; for networks.",
            only="network",
            reason="A polynomial has no hidden units to leave out.",
        ),
        RemedyOption("fewer", "Fewer parameters", "A smaller model."),
        RemedyOption("more", "More data", "More points of the same law."),
    )
}

MODELS = {"polynomial": "Polynomial", "network": "Network"}
PENALTIES = {"l2": "L2", "l1": "L1"}


class OverfitSettings(PageSettings):
    """The settings of the page. A polynomial trains with SGD, a network with Adam.

    The first seed is one whose points show what the page is about; a test says how much.
    """

    ways: Annotated[
        tuple[Annotated[str, Choice("Remedies", "What is tried, side by side: up to four.", REMEDY_OPTIONS)], ...],
        MaxLen(9),
    ] = ("none", "l2")
    dataset: Annotated[str, Choice("Data", "The law that the points follow.", TRUE_FUNCTIONS), Formerly("law")] = "sine"
    noise: Annotated[
        float,
        Number("Noise σ", "Standard deviation of the noise.", 0, 10, linear_stops(0, 4, 0.25)),
        Formerly("noise_level"),
    ] = 1.0
    points: Annotated[
        int,
        Number("Points", "Number of training points.", 4, 200, (8, 10, 12, 15, 20, 30, 50, 100)),
        Formerly("few"),
    ] = 15
    seed: Annotated[
        int, Number("Seed", "Draws the noise and the first weights.", 0, 2**31 - 1, ()), Formerly("draw")
    ] = 50
    model: Annotated[
        str, Choice("Model", "What is fitted. A polynomial trains with SGD, a network with Adam.", MODELS)
    ] = "polynomial"
    degree: Annotated[int, settings()["degree"], Formerly("degrees")] = 15
    width: Annotated[
        int, Number("Hidden units", "Width of the network's layer.", 1, 64, (2, 4, 8, 16, 32, 64)), Formerly("units")
    ] = 64
    epochs: Annotated[
        int,
        Number("Epochs", "How often training goes through all points.", 10, 10_000, whole_stops(1, 4)),
        Formerly("passes"),
    ] = 3000
    learning_rate: Annotated[
        float, Number("Learning rate", LEARNING_RATE_HELP, 1e-5, 1, log_stops(-4, 0, FINE)), Formerly("rate")
    ] = 0.02
    l1: Annotated[
        float, Number("L1 strength", "In front of Σ|w|.", 0, 10, (0, *log_stops(-4, 1, FINE))), Formerly("l1_strength")
    ] = 0.1
    l2: Annotated[
        float, Number("L2 strength", "In front of Σw².", 0, 10, (0, *log_stops(-4, 1, FINE))), Formerly("l2_strength")
    ] = 0.05
    patience: Annotated[
        int, Number("Patience", "Epochs without a new best before it stops.", 1, 5000, (5, 10, 20, 50, 100, 200, 500))
    ] = 100
    dropout: Annotated[
        float, Number("Dropout", "Share of units left out.", 0, 0.9, linear_stops(0, 0.9, 0.05)), Formerly("share")
    ] = 0.2
    smaller: Annotated[int, Number("Smaller model", "Its degree, or its units.", 1, 15, linear_stops(1, 15, 1))] = 4
    many: Annotated[int, Number("More points", "Points of “more data”.", 10, 500, (30, 50, 100, 200, 500))] = 100
    penalty: Annotated[str, Choice("Penalty", "Whose strength is varied.", PENALTIES)] = "l2"
    epoch: Annotated[int | None, Number("Epoch", "The shown epoch.", 0, 10_000, ())] = None

    @property
    def offered(self) -> list[str]:
        """The remedies that this model can be given, and those that are chosen all the same."""
        return [key for key, way in REMEDY_OPTIONS.items() if way.fits(self.model) or key in self.ways]

    @property
    def _fitting(self) -> list[str]:
        return [key for key, way in REMEDY_OPTIONS.items() if key in self.ways and way.fits(self.model)]

    @property
    def shown(self) -> list[str]:
        """The chosen remedies in the order of the table, at most ``MOST_SHOWN``."""
        return self._fitting[:MOST_SHOWN]

    @property
    def left_out(self) -> list[str]:
        """The labels of the chosen remedies that do not fit side by side."""
        return [REMEDY_OPTIONS[key].label for key in self._fitting[MOST_SHOWN:]]

    @property
    def not_for_this_model(self) -> list[RemedyOption]:
        """The chosen remedies that this model cannot be given."""
        return [way for key, way in REMEDY_OPTIONS.items() if key in self.ways and not way.fits(self.model)]

    @property
    def base(self) -> Experiment:
        """The model without any remedy."""
        polynomial = self.model == "polynomial"
        return Experiment(
            dataset=self.dataset,
            noise=self.noise,
            points=self.points,
            seed=self.seed,
            degree=self.degree if polynomial else 1,
            hidden=() if polynomial else (self.width,),
            optimizer="sgd" if polynomial else "adam",
            learning_rate=self.learning_rate,
            epochs=self.epochs,
        )

    def remedy(self, way: str) -> Remedy:
        """A remedy of the menu as a change of the base, in the size that the page's settings give it."""
        fewer: dict[str, object] = (
            {"degree": self.smaller} if self.model == "polynomial" else {"hidden": (self.smaller,)}
        )
        changes: dict[str, dict[str, object]] = {
            "l1": {"l1": self.l1},
            "l1_proximal": {"l1": self.l1, "proximal": True},
            "l2": {"l2": self.l2},
            "both": {"l1": self.l1, "l2": self.l2, "proximal": self.model == "polynomial"},
            "dropout": {"dropout": self.dropout},
            "fewer": fewer,
            "more": {"points": self.many},
        }
        return Remedy(way, REMEDY_OPTIONS[way].label, tuple(changes.get(way, {}).items()))

    def experiment(self, way: str) -> Experiment:
        """The base with one remedy."""
        return self.remedy(way).apply(self.base)

    @property
    def smaller_is_not(self) -> bool:
        """Whether the smaller model is shown and has no fewer parameters."""
        return "fewer" in self.shown and self.smaller >= (self.degree if self.model == "polynomial" else self.width)

    @property
    def jobs(self) -> tuple[tuple[str, Experiment, int], ...]:
        """What ``playground.pages.overfit.study.train_and_fit`` is to train."""
        return tuple(
            (REMEDY_OPTIONS[way].label, self.experiment(way), self.patience if way == "early" else 0)
            for way in self.shown
        )

    @property
    def varied(self) -> Experiment:
        """The base of the U-curve: of a polynomial's L1 by proximal steps."""
        return self.base.replace(proximal=self.way_of_penalty == "l1_proximal")

    @property
    def way_of_penalty(self) -> str:
        """The remedy that the penalty of the U-curve is."""
        return "l1_proximal" if self.penalty == "l1" and self.model == "polynomial" else self.penalty

    @property
    def strength(self) -> float:
        return self.l1 if self.penalty == "l1" else self.l2

    @property
    def seeds(self) -> int:
        """Over how many seeds the U-curve goes."""
        return SEEDS if self.model == "polynomial" else min(SEEDS, NETWORK_STEPS // (self.epochs * len(STRENGTHS)))

    @property
    def strongest(self) -> Experiment:
        """The base of the U-curve at the strongest penalty that is tried, which bears the smallest learning rate."""
        return self.varied.replace(**{self.penalty: max(STRENGTHS)})

    def at_strengths(self, *values: float) -> tuple[tuple[str, Experiment, int], ...]:
        """Trainings of the page's own seed at some strengths of the penalty that is varied."""
        return tuple(("", self.varied.replace(**{self.penalty: value}), 0) for value in values)


OUTLIERS = Experiment(
    dataset="sine", noise=0.5, points=40, outliers=0.1, outlier_size=15, degree=7, learning_rate=0.05, epochs=4000
)


def outlier_jobs(seed: int) -> tuple[tuple[str, Experiment, int], ...]:
    """The same points with outliers: MSE alone, MSE with L2, and Huber without any penalty."""
    base = OUTLIERS.replace(seed=seed)
    huber = base.replace(loss="huber", delta=1.0)
    return (("MSE", base, 0), ("MSE with L2", base.replace(l2=0.1), 0), ("Huber, no penalty", huber, 0))
