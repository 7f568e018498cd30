"""What the tests of exported programs share: programs are run by themselves, and print what the page shows."""

import json
import re
from itertools import groupby

import numpy as np

from playground.diagnosis import Diagnosis
from playground.diagnosis.metrics import accuracy, log_loss
from playground.experiment import Experiment
from playground.losses.classification import probability
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.training import train
from tests.support import fresh

BASE = Experiment(epochs=3, learning_rate=0.003, scale=30.0, outliers=0.1, seed=3)
PRINTED = re.compile(r"^(.+): loss (\S+), (?:MAE|accuracy) (\S+), (?:RMSE|log-loss) (\S+)$", re.MULTILINE)


def assert_prints_the_same(code, experiments, folder, *, eagerly=True):
    printed = PRINTED.findall(fresh.run(code, folder, eagerly=eagerly))
    assert len(printed) == len(experiments)
    for (_, *numbers), run in zip(printed, train_few(experiments), strict=True):
        said, judges = float(numbers[0]), [float(number) for number in numbers[1:]]
        np.testing.assert_allclose(said, float(run.loss[-1]), rtol=1e-4, err_msg=str(run.experiment))
        np.testing.assert_allclose(judges, judged(run), rtol=limit_of(run.experiment), err_msg=str(run.experiment))


def limit_of(experiment):
    """How far the judges may differ.

    A bias before a batch normalisation has no gradient: what 32 bits round of it is noise, which an optimizer that
    divides a gradient by its size makes a whole step of. In training that cancels; the judges' moving means keep it.
    """
    return 1e-3 if experiment.normalisation == "batch" else 1e-4


def train_few(experiments):
    """The runs, trained a few of a kind at a time: those share a stack."""
    kinds = [
        list(group)
        for _, group in groupby(experiments, key=lambda each: (each.widths, each.dataset in LABELLED_DISTRIBUTIONS))
    ]
    parts = [kind[start : start + 5] for kind in kinds for start in range(0, len(kind), 5)]
    return [run for part in parts for run in train(part)]


def judged(run):
    """MAE and RMSE, or accuracy and log-loss, as the pages say them."""
    if run.experiment.dataset not in LABELLED_DISTRIBUTIONS:
        diagnosis = Diagnosis(run)
        return [diagnosis.mae, diagnosis.rmse]
    y, z = run.data.y_test[:, 0], run.predict(run.data.x_test)[:, 0]
    return [accuracy(y, probability(z)), log_loss(y, z)]


def cells(text):
    """The code of a notebook, as a kernel would run it: cell by cell in one namespace."""
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
