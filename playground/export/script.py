"""Experiments as a program: plain NumPy and TensorFlow that prints the numbers which the page shows.

What ``playground.models`` builds, ``playground.data`` draws and ``playground.engine.batches`` orders is said here a
second time, for a reader who has none of it. The tests run what is written, and compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.names import name
from playground.experiment.relevance import loss_parameters, optimizer_settings
from playground.export.script_helpers import helpers
from playground.export.script_model import training_code
from playground.export.script_points import data_code
from playground.tables.labelled_distributions import DATASETS
from playground.text.phrases import count

PACKAGES = ("numpy", "tensorflow", "keras")

# The settings that the program knows how to say. Those of losses and optimizers come from their tables.
SAID = {
    *("dataset", "noise", "noise_shape", "outliers", "outlier_size", "points", "seed", "hidden", "activation", "loss"),
    *(
        "standardise",
        "start_slope",
        "start_intercept",
        "overlap",
        "positives",
        "label_noise",
    ),
    *("degree", "initialiser", "normalisation", "residual", "dropout", "proximal"),
    *("optimizer", "learning_rate", "epochs", "batch_size", "shuffle", "l1", "l2", *CLIPPINGS),
    *loss_parameters(),
    *optimizer_settings(),
}


@dataclass(frozen=True)
class Part:
    """A part of the program: what it does, in a line, and its code. A notebook has a cell for each."""

    title: str
    code: str


def script(experiments: Sequence[Experiment], link: str = "", hanging: Sequence[str] = ()) -> str:
    """The program as Python, ready to run. Raises ``ValueError`` for an experiment that it cannot say.

    ``hanging`` says for each experiment which of its numbers are sensitive to rounding (``diagnosis.reproducibility``).
    """
    head = f'"""{_about(experiments, link, hanging)}\n"""'
    parts = [f"# {part.title}\n{part.code}" for part in _parts(experiments)]
    return "\n\n".join([head, *parts]) + "\n"


def notebook(experiments: Sequence[Experiment], link: str = "", hanging: Sequence[str] = ()) -> str:
    """The same program as a Jupyter notebook."""
    cells = [_cell("markdown", "about", _about(experiments, link, hanging))]
    for place, part in enumerate(_parts(experiments)):
        cells.append(_cell("markdown", f"title-{place}", f"## {part.title}"))
        cells.append({**_cell("code", f"code-{place}", part.code), "execution_count": None, "outputs": []})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _cell(kind: str, key: str, text: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": key, "metadata": {}, "source": text.splitlines(keepends=True)}


def versions() -> dict[str, str]:
    """The packages that decide the numbers, and which of them is installed here."""
    return {package: version(package) for package in PACKAGES}


def _about(experiments: Sequence[Experiment], link: str, hanging: Sequence[str]) -> str:
    names = ", ".join(dict.fromkeys(name(experiment) for experiment in experiments))
    epochs = sum(experiment.epochs for experiment in experiments)
    made = ", ".join(f"{package} {number}" for package, number in versions().items())
    lines = [
        f"Trains {names} and prints what the Loss Playground shows.",
        "",
        f"Needs numpy and tensorflow (written with {made}).",
        f"Keras takes about 25 ms an epoch, so this takes about {count(max(1, round(epochs * 0.025)), 'second')}.",
    ]
    return "\n".join([*lines, *([link] if link else []), *_hanging(experiments, hanging)])


def _hanging(experiments: Sequence[Experiment], hanging: Sequence[str]) -> list[str]:
    """A warning of numbers that another computer need not come to."""
    told = [f"- {title}: {said}" for title, said in zip(_titles(experiments), hanging, strict=False) if said]
    return ["", HANGING, "", *told] if told else []


HANGING = "These hang on rounding, so expect other digits than the page's:"


def _titles(experiments: Sequence[Experiment]) -> list[str]:
    names = [name(experiment) for experiment in experiments]
    return names if len(names) == 1 else [f"{place} · {each}" for place, each in enumerate(names, 1)]


def _parts(experiments: Sequence[Experiment]) -> Iterable[Part]:
    """The program, part by part. What does not change from one experiment to the next is not said again."""
    if not experiments:
        raise ValueError("there is no experiment to write a program for; choose one or more")
    yield Part("What is needed", "import numpy as np\nimport tensorflow as tf")
    yield Part("Helpers", "\n\n\n".join(helpers(experiments)))
    reason = unsaid(experiments)
    if reason:
        raise ValueError(reason)
    said = ""
    for experiment, title in zip(experiments, _titles(experiments), strict=True):
        code = data_code(experiment)
        if code != said:
            yield Part(f"The points: {DATASETS[experiment.dataset].summary}", code)
        said = code
        yield Part(title, training_code(experiment, title))


def unsaid(experiments: Sequence[Experiment]) -> str:
    """Why there can be no program of these; empty if there can. What is left out must not be so in silence."""
    default = Experiment()
    for experiment in experiments:
        for setting in [setting for setting in Experiment.model_fields if setting not in SAID]:
            value, usual = getattr(experiment, setting), getattr(default, setting)
            if value != usual:
                return f"{setting} is {value!r}, which an exported program cannot say; set it to {usual!r}"
    return ""
