"""A saved model opens elsewhere, in plain Keras where it can, else after one import: it predicts what the run predicts,
and evaluates to the run's own next loss.
"""

import json

import keras
import numpy as np
import pytest

from playground.data import make_data
from playground.experiment import Experiment
from playground.export.record import keras_file
from playground.losses import LOSSES, losses_for
from playground.models.keras_model import build_weighted_loss
from playground.models.keras_objects import FormulaLoss
from playground.training import train
from tests.support import fresh
from tests.support.eager import run_step_by_step
from tests.support.saved_models import LABELS, LAYERED, NUMBERS, other_value

pytestmark = pytest.mark.usefixtures("step_by_step")


def each_parameter_off_its_default():
    """Every loss that a model can train on, at its defaults and with each parameter at another value."""
    for base in (NUMBERS, LABELS):
        for key in losses_for(base.task):
            plain = base.replace(loss=key)
            yield plain
            yield from (plain.replace(**{name: other_value(name)}) for name in LOSSES[key].parameters)


EXPERIMENTS = [
    *each_parameter_off_its_default(),
    NUMBERS.replace(dataset="sine", degree=9, l1=0.5, l2=0.1, proximal=True),
    LAYERED.replace(l1=0.5, proximal=True, residual=True),
    LAYERED.replace(dataset="sine", degree=3, residual=True, l2=0.1),
    LAYERED.replace(residual=True, normalisation="layer", activation="selu", standardise=True),
    LAYERED.replace(optimizer="nesterov", momentum=0.7, clipvalue=0.5, l1=0.1),
    LAYERED.replace(optimizer="adamw", global_clipnorm=0.5, initialiser="he"),
]


def next_losses(experiments):
    """What each run's next epoch reports: the loss of the weights that it ended with."""
    return [float(run.loss[-1]) for run in train([each.replace(epochs=each.epochs + 1) for each in experiments])]


def needs_ours(experiment):
    """Whether a saved model holds what only our package knows."""
    return isinstance(build_weighted_loss(experiment), FormulaLoss) or experiment.soft_threshold > 0


EVALUATED = """
import json, keras, warnings
import numpy as np
{first}
for name, (x, y) in json.loads(open("points.json").read()).items():
    with warnings.catch_warnings(action="error"):
        model = keras.saving.load_model(name)
    model.save("again.keras")
    model = keras.saving.load_model("again.keras")
    print(float(model.evaluate(np.array(x, np.float32), np.array(y, np.float32), verbose=0)))
    model.fit(np.array(x, np.float32), np.array(y, np.float32), verbose=0)
"""


def evaluate_in_a_fresh_process(files, folder, first="", **options):
    """What each saved model evaluates to on the points of its experiment, loaded by a process that knows no more.

    It is saved and loaded there a second time: what a file keeps must not be lost by the next.
    """
    points = {
        name: (data.x_train.tolist(), data.y_train.tolist())
        for name, data in ((name, make_data(experiment)) for name, experiment in files.items())
    }
    (folder / "points.json").write_text(json.dumps(points))
    printed = fresh.run(EVALUATED.format(first=first), folder, eagerly=True, **options)
    return [float(line) for line in printed.split()]


@pytest.fixture(scope="module")
def runs():
    with run_step_by_step():
        return train(EXPERIMENTS)


@pytest.mark.parametrize("ours", [False, True], ids=["in plain Keras", "after one import"])
def test_a_saved_model_evaluates_to_the_runs_next_loss(runs, ours, tmp_path):
    chosen = {f"{place}.keras": run for place, run in enumerate(runs) if needs_ours(run.experiment) is ours}
    before = []
    for name, run in chosen.items():
        model = run.to_keras()
        before.append(model.evaluate(run.data.x_train, run.data.y_train, verbose=0))
        model.save(tmp_path / name)
    files = {name: run.experiment for name, run in chosen.items()}
    first = "import playground.models.keras_objects" if ours else ""
    after = evaluate_in_a_fresh_process(files, tmp_path, first, with_ours=ours)
    expected = next_losses(files.values())
    np.testing.assert_allclose(before, expected, rtol=1e-4)
    np.testing.assert_allclose(after, expected, rtol=1e-4)


def test_a_file_of_the_page_evaluates_to_the_runs_next_loss_in_plain_keras(tmp_path):
    """All but those of a loss that plain Keras does not know, which come without a loss and so evaluate to nothing."""
    files = {f"{place}.keras": each for place, each in enumerate(EXPERIMENTS)}
    for name, experiment in files.items():
        (tmp_path / name).write_bytes(keras_file(experiment))
    compiled = {name: each for name, each in files.items() if not isinstance(build_weighted_loss(each), FormulaLoss)}
    after = evaluate_in_a_fresh_process(compiled, tmp_path)
    np.testing.assert_allclose(after, next_losses(compiled.values()), rtol=1e-4)
    for name in files.keys() - compiled.keys():
        assert not keras.saving.load_model(tmp_path / name).compiled


BASE = Experiment(epochs=5, noise=2.0)
OPENED = """
import keras
import numpy as np
for loss in {losses}:
    model = keras.saving.load_model(f"{{loss}}.keras")
    print(loss, model.predict(np.linspace(-10, 10, 5)[:, None], verbose=0)[:, 0].tolist(), sep="|")
    if loss in {fitting}:
        model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
"""


def test_the_trained_model_opens_in_plain_keras(tmp_path):
    losses = losses_for("regression")
    for loss in losses:
        (tmp_path / f"{loss}.keras").write_bytes(keras_file(BASE.replace(loss=loss)))
    known = [loss for loss in losses if LOSSES[loss].keras_name]
    told = dict(
        line.split("|") for line in fresh.run(OPENED.format(losses=losses, fitting=known), tmp_path).splitlines()
    )
    for run in train([BASE.replace(loss=loss) for loss in losses]):
        np.testing.assert_allclose(
            json.loads(told[run.experiment.loss]), run.predict(np.linspace(-10, 10, 5)), rtol=1e-4, atol=1e-5
        )


KINDS = {
    "polynomial": BASE.replace(dataset="sine", degree=15, l1=0.1, proximal=True),
    "shortcuts": BASE.replace(dataset="sine", degree=3, hidden=(4, 4), residual=True, normalisation="layer"),
    "dropout": BASE.replace(standardise=True, hidden=(4, 4), activation="selu", dropout=0.3, normalisation="batch"),
    "adam": BASE.replace(hidden=(4,), optimizer="adam"),
    "labels": BASE.replace(dataset="moons", loss="weighted", hidden=(4,), l2=0.1),
}
ANY = """
import json, keras, warnings
import numpy as np
warnings.simplefilter("error")
for kind, points in {asked}.items():
    model = keras.saving.load_model(f"{{kind}}.keras")
    print(json.dumps(model.predict(np.array(points, np.float32), verbose=0)[:, 0].tolist()))
"""


def test_every_kind_of_model_opens_in_plain_keras(tmp_path):
    runs = dict(zip(KINDS, train(KINDS.values()), strict=True))
    for kind, experiment in KINDS.items():
        (tmp_path / f"{kind}.keras").write_bytes(keras_file(experiment))
    asked = {kind: run.data.x_test[:5].tolist() for kind, run in runs.items()}
    told = fresh.run(ANY.format(asked=asked), tmp_path).splitlines()
    for line, run in zip(told, runs.values(), strict=True):
        plain = run.to_keras().predict(run.data.x_test[:5], verbose=0)[:, 0]
        np.testing.assert_allclose(json.loads(line), plain, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(json.loads(line), run.predict(run.data.x_test[:5])[:, 0], rtol=1e-4, atol=1e-4)
