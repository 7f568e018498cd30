"""Situations to try on the Classify page."""

from __future__ import annotations

from playground.experiment.presets import Situation, Situations
from playground.pages.classify.settings import ClassifySettings

SITUATIONS = Situations(
    (
        Situation(
            "Two moons",
            "Eight hidden units bend the border between the moons, under each loss.",
            "dataset=moons",
        ),
        Situation(
            "Wrong labels",
            "One label in five is wrong, so no model is right about more than four in five new points. Cross-entropy is"
            " surer than it is right, and hinge is not: look at the row “surer than right by”.",
            "dataset=moons&label_noise=0.2",
        ),
        Situation(
            "Too straight",
            "Without hidden layers the border is a straight line, and no line parts a ring from the ring round it.",
            "dataset=circles&hidden=",
        ),
        Situation(
            "A rare label",
            "One point in ten has label 1, and the bells overlap. Every model is right about nine times in ten, as is"
            " one that always says 0: look at recall.",
            "dataset=blobs&positives=0.1&overlap=1.5",
        ),
    ),
    task="classification",
    model=ClassifySettings,
)
