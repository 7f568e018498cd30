"""Each loss, optimizer and kind of model takes its first steps as plain Keras does.

Nothing is compiled here; ``tests/parity/test_fit.py`` compares whole trainings by the compiled programs.
"""

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.losses import losses_for
from playground.tables.activations import ACTIVATIONS
from playground.tables.optimizers import OPTIMIZERS
from playground.training import train
from tests.support.engine_cases import ROUNDING, relative_difference
from tests.support.keras_fit import fitted

pytestmark = pytest.mark.usefixtures("step_by_step")

# Tukey's loss does not move where every point lies further off than its scale.
LINE = Experiment(epochs=4, points=13, outliers=0.1, scale=30.0, learning_rate=0.003, shuffle=False, seed=3)
LABELS = LINE.replace(dataset="moons", loss="weighted", outliers=0.0, label_smoothing=0.2, class_weight=3.0)
NETWORK = LINE.replace(hidden=(4,), learning_rate=0.001)
DEEP = LINE.replace(hidden=(4, 4), dataset="sine", residual=True, epochs=2, learning_rate=0.001)
KINDS = {
    "line in batches": LINE.replace(batch_size=8),
    "polynomial": LINE.replace(dataset="sine", degree=3),
    "standardised": LINE.replace(standardise=True),
    "penalties": LINE.replace(l1=0.1, l2=0.2),
    "clipped by norm": LINE.replace(global_clipnorm=5),
    "each variable clipped": LINE.replace(clipnorm=2),
    "each value clipped": LINE.replace(clipvalue=2),
    "network in batches": NETWORK.replace(batch_size=8, l2=0.1),
    **{key: NETWORK.replace(hidden=(4, 3), activation=key) for key in ACTIVATIONS},
    "line of labels": LABELS,
    "network of labels": LABELS.replace(hidden=(4,)),
    "residual": DEEP,
    "layer normalisation": DEEP.replace(normalisation="layer", initialiser="he"),
    "batch normalisation": DEEP.replace(normalisation="batch", residual=False, l2=0.1),
}


def assert_same_steps(run):
    model, history = fitted(run.experiment)
    assert run.loss[-1] != run.loss[0]
    assert relative_difference(run.loss, history["loss"]) < ROUNDING, run.experiment
    for ours, theirs in zip(run.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5, err_msg=str(run.experiment))


@pytest.mark.parametrize("base", [LINE, LABELS], ids=["regression", "classification"])
def test_each_loss(base):
    experiments = [base.replace(loss=loss) for loss in losses_for(base.task)]
    runs = train(experiments)
    assert len(runs) == len(experiments) >= 6
    for run in runs:
        assert_same_steps(run)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_optimizer(optimizer):
    (run,) = train([LINE.replace(optimizer=optimizer, momentum=0.7)])
    assert_same_steps(run)


@pytest.mark.parametrize("experiment", KINDS.values(), ids=KINDS.keys())
def test_each_kind_of_model(experiment):
    (run,) = train([experiment])
    assert_same_steps(run)
