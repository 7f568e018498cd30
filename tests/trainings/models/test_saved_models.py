"""What a saved model keeps, and what it cannot hold. ``tests/parity`` opens the files in plain Keras."""

import keras
import numpy as np
import pytest

from playground.data import make_data
from playground.experiment import Experiment
from playground.export.record import keras_file, keras_file_limits, keras_file_refusal
from playground.losses import LOSSES
from playground.models.keras_model import build_keras_loss, build_model, build_weighted_loss, fit_options
from playground.models.keras_objects import FormulaLoss
from playground.training import train
from tests.support.saved_models import LABELS, LAYERED, NUMBERS, other_value

pytestmark = pytest.mark.usefixtures("step_by_step")


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_a_loss_comes_back_from_its_configuration_with_every_parameter(loss):
    y_true, y_pred = np.array([[0.0], [1.0], [1.0]], np.float32), np.array([[0.3], [2.5], [0.1]], np.float32)
    defaults = Experiment(loss=loss.key).parameters
    for parameters in (defaults, *({**defaults, name: other_value(name)} for name in defaults)):
        given = build_keras_loss(loss, parameters)
        again = given
        for _ in range(2):  # what comes back must be complete, too
            again = keras.losses.deserialize(keras.losses.serialize(again))
        assert float(again(y_true, y_pred)) == float(given(y_true, y_pred))
        assert type(again) is type(given)


def test_a_loss_that_is_not_in_the_table_is_refused():
    with pytest.raises(ValueError, match="loss is 'msee'; allowed are mse"):
        FormulaLoss("msee")
    with pytest.raises(TypeError, match=r"parameters of cauchy are \[\]; it takes \['scale'\]"):
        FormulaLoss("cauchy")


def test_the_state_of_an_optimizer_survives(tmp_path):
    for optimizer in ("adam", "nesterov", "rmsprop"):
        run = train([LAYERED.replace(optimizer=optimizer)])[0]
        model, data = run.to_keras(), run.data
        model.fit(data.x_train, data.y_train, epochs=2, verbose=0)
        model.save(tmp_path / "model.keras")
        again = keras.saving.load_model(tmp_path / "model.keras")
        for ours, theirs in zip(again.optimizer.variables, model.optimizer.variables, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        assert again.optimizer.get_config() == model.optimizer.get_config()


def test_training_goes_on_with_proximal_steps(tmp_path):
    experiment = NUMBERS.replace(l1=20.0, proximal=True, learning_rate=0.01, epochs=3)
    run, longer = train([experiment, experiment.replace(epochs=6)])
    run.to_keras().save(tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras")
    history = model.fit(run.data.x_train, run.data.y_train, batch_size=len(run.data.x_train), epochs=3, verbose=0)
    np.testing.assert_allclose(history.history["loss"], longer.loss[3:], rtol=1e-4)
    np.testing.assert_allclose(model.get_weights()[0], longer.weights[0], rtol=1e-4)


def test_normalisation_and_dropout_survive(tmp_path):
    """Batch normalisation has other statistics in training, so the reference is the model before it was saved."""
    batch = LAYERED.replace(normalisation="batch", dropout=0.3, activation="relu")
    for run in train([batch, batch.replace(normalisation="layer"), LAYERED.replace(dropout=0.4)]):
        model, data = run.to_keras(), run.data
        model.save(tmp_path / "model.keras")
        again = keras.saving.load_model(tmp_path / "model.keras")
        evaluated = again.evaluate(data.x_train, data.y_train, verbose=0)
        assert evaluated == pytest.approx(model.evaluate(data.x_train, data.y_train, verbose=0), rel=1e-6)
        dropped = [layer.rate for layer in again.layers if isinstance(layer, keras.layers.Dropout)]
        assert dropped == [run.experiment.dropout] * 2


def test_weights_inside_the_loss_are_those_that_fit_takes():
    experiment = LABELS.replace(loss="weighted", class_weight=5.0, label_smoothing=0.2)
    data, plain = make_data(experiment), build_model(experiment)
    whole = {"batch_size": len(data.x_train), "epochs": 1, "verbose": 0}
    by_fit = plain.fit(data.x_train, data.y_train, **whole, **fit_options(experiment)).history["loss"][0]
    start = build_model(experiment)
    start.compile(loss=build_weighted_loss(experiment))
    assert start.evaluate(data.x_train, data.y_train, verbose=0) == pytest.approx(by_fit, rel=1e-5)


def test_what_a_file_of_the_page_cannot_hold_is_said():
    assert keras_file_limits(NUMBERS.replace(loss="huber", delta=0.2)) == []
    (quantile,) = keras_file_limits(NUMBERS.replace(loss="quantile"))
    assert quantile.startswith("Keras has no loss Quantile, so the file holds the model without a loss.")
    (weighted,) = keras_file_limits(LABELS.replace(loss="weighted"))
    assert weighted.startswith("A Keras file cannot hold class weights")
    assert keras_file_limits(LABELS.replace(loss="weighted", class_weight=1.0)) == []
    (proximal,) = keras_file_limits(NUMBERS.replace(l1=0.1, proximal=True))
    assert "plain gradient steps" in proximal


def test_a_model_of_weights_that_are_not_finite_is_refused():
    burst = NUMBERS.replace(learning_rate=100.0, epochs=60)
    with pytest.raises(ValueError, match="its weights are NaN or infinite"):
        keras_file(burst)
    huge, single = train([burst.replace(epochs=8), NUMBERS.replace(epochs=1)])
    assert max(np.abs(array).max() for array in huge.weights) > 1e30
    for run in (huge, single):
        assert keras_file_refusal(run) == ""
        assert keras_file(run.experiment)
