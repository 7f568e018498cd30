"""Experiments as a program: plain NumPy and TensorFlow that prints the numbers which the page shows.

The program needs nothing of this package: what ``playground.models`` builds, ``playground.data`` draws and
``playground.engine.batches`` orders stands once more in the templates. The tests run the programs and compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from playground.experiment import Experiment
from playground.experiment.names import name
from playground.export.definitions import write_definitions
from playground.export.templates import fill_in, settings_written
from playground.tables.labelled_distributions import DATASETS
from playground.text.phrases import count

PACKAGES = ("numpy", "tensorflow", "keras")
SECONDS_PER_EPOCH = 0.025  # of ``model.fit``, for runs as small as these


@dataclass(frozen=True)
class Part:
    """A part of the program: what it does, in a line, and its code. A notebook has a cell for each."""

    title: str
    code: str


def script(experiments: Sequence[Experiment], link: str = "", sensitive: Sequence[str] = ()) -> str:
    """The program as Python, ready to run. Raises ``ValueError`` if a setting cannot be written.

    ``sensitive`` names for each experiment the numbers that are sensitive to rounding (``diagnosis.reproducibility``).
    """
    head = f'"""{_write_about(experiments, link, sensitive)}\n"""'
    parts = [f"# {part.title}\n{part.code}" for part in _write_parts(experiments)]
    return "\n\n".join([head, *parts]) + "\n"


def notebook(experiments: Sequence[Experiment], link: str = "", sensitive: Sequence[str] = ()) -> str:
    """The same program as a Jupyter notebook."""
    cells = [_make_cell("markdown", "about", _write_about(experiments, link, sensitive))]
    for place, part in enumerate(_write_parts(experiments)):
        cells.append(_make_cell("markdown", f"title-{place}", f"## {part.title}"))
        cells.append({**_make_cell("code", f"code-{place}", part.code), "execution_count": None, "outputs": []})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _make_cell(kind: str, key: str, text: str) -> dict[str, object]:
    return {"cell_type": kind, "id": key, "metadata": {}, "source": text.splitlines(keepends=True)}


def versions() -> dict[str, str]:
    """The packages that decide the numbers, and which of them is installed here."""
    return {package: version(package) for package in PACKAGES}


def _write_about(experiments: Sequence[Experiment], link: str, sensitive: Sequence[str]) -> str:
    """What the program does, needs and takes; and a warning of numbers that another computer need not come to."""
    seconds = max(1, round(sum(experiment.epochs for experiment in experiments) * SECONDS_PER_EPOCH))
    titled = zip(_make_titles(experiments), sensitive, strict=False)
    return fill_in(
        "about.txt",
        names=list(dict.fromkeys(map(name, experiments))),
        versions=versions(),
        duration=count(seconds, "second"),
        link=link,
        sensitive=[(title, numbers) for title, numbers in titled if numbers],
    )


def _make_titles(experiments: Sequence[Experiment]) -> list[str]:
    names = [name(experiment) for experiment in experiments]
    return names if len(names) == 1 else [f"{place} · {each}" for place, each in enumerate(names, 1)]


def _write_parts(experiments: Sequence[Experiment]) -> list[Part]:
    """The program, part by part, with the helpers that it calls."""
    if not experiments:
        raise ValueError("there is no experiment to write a program for; choose one or more")
    if reason := unsaid(experiments):
        raise ValueError(reason)
    trainings = list(_write_trainings(experiments))
    program = "\n".join(part.code for part in trainings)
    helpers = fill_in("helpers.py", definitions=write_definitions(experiments), program=program)
    return [
        Part("What is needed", "import numpy as np\nimport tensorflow as tf"),
        Part("Helpers", helpers),
        *trainings,
    ]


def _write_trainings(experiments: Sequence[Experiment]) -> Iterable[Part]:
    """Points, model and training of each experiment. Points that are those of the one before are not written again."""
    before = ""
    for experiment, title in zip(experiments, _make_titles(experiments), strict=True):
        kind = "labels.py" if experiment.task == "classification" else "numbers.py"
        points = fill_in(kind, experiment=experiment)
        if points != before:
            yield Part(f"The points: {DATASETS[experiment.dataset].summary}", points)
        before = points
        yield Part(title, fill_in("training.py", experiment=experiment, title=title))


def unsaid(experiments: Sequence[Experiment]) -> str:
    """Why there can be no program of these experiments; empty if there can. No setting may be left out in silence."""
    default = Experiment()
    for experiment in experiments:
        for setting in [each for each in Experiment.model_fields if each not in settings_written()]:
            value, usual = getattr(experiment, setting), getattr(default, setting)
            if value != usual:
                return f"{setting} is {value!r}, which an exported program cannot say; set it to {usual!r}"
    return ""
