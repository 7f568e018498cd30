"""Situations worth a look, each a link with the question it asks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.experiment.view import ARTICLE, View, read_link, write_link


@dataclass(frozen=True)
class Lesson:
    """A situation: its ``label``, the ``question`` that it asks, and its link as pairs of name and values."""

    label: str
    question: str
    query: tuple[tuple[str, tuple[str, ...]], ...]

    def shows(self, view: View) -> bool:
        """Whether a view is this situation, at whatever epoch."""
        lesson, _ = read_link({name: list(values) for name, values in self.query})
        return replace(view, epoch=None, log=lesson.log) == lesson


LESSONS = (
    Lesson(
        "The article's run", "Do the losses agree when the noise is Gaussian and small?", (("scene", ("article",)),)
    ),
    Lesson(
        "Outliers",
        "Two points lie far too high. Which line follows them, and which does not?",
        (("outliers", ("0.1",)), ("outlier_size", ("60",))),
    ),
    Lesson(
        "Too fast", "The learning rate is 0.03. Which loss cannot take it, and why?", (("learning_rate", ("0.03",)),)
    ),
    Lesson(
        "Too slow",
        "The learning rate is 0.0003. Which loss would you give more epochs?",
        (("learning_rate", ("0.0003",)),),
    ),
    Lesson(
        "Nine in ten below",
        "Being too low costs nine times as much as too high. Where does the line go?",
        (
            ("loss", ("mae", "quantile")),
            ("noise", ("5.0",)),
            ("points", ("60",)),
            ("optimizer", ("adam",)),
            ("learning_rate", ("0.05",)),
        ),
    ),
    Lesson(
        "Bend it",
        "A line cannot follow a sine. What do sixteen hidden units do?",
        (("dataset", ("sine",)), ("hidden", ("16",)), ("optimizer", ("adam",)), ("learning_rate", ("0.02",))),
    ),
)

# What an address of Train without settings opens: losses that disagree.
FIRST_SCENE, _ = read_link({"outliers": ["0.1"], "outlier_size": ["60"]})


def write_train_link(view: View) -> dict[str, list[str]]:
    """The query of a view on Train, which is never empty: there, an empty one opens the first scene."""
    return write_link(view) or ARTICLE
