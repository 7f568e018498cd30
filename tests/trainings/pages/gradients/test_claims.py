"""What the Gradients page claims: that a layer died, that a gradient explodes, what batch normalisation changes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.data import make_data
from playground.experiment import Experiment
from playground.models.arrays import unflatten
from playground.models.keras_model import build_model
from playground.pages.gradients.death import Death, find_death
from playground.pages.gradients.remedies import try_lower_rates
from playground.pages.gradients.settings import FITTING, GradientsSettings
from playground.pages.gradients.study import train_and_study
from playground.pages.gradients.words import inference_words, study_rows, verdict_words
from playground.tables.activations import ACTIVATIONS
from playground.tables.initialisers import INITIALISERS
from playground.text.numbers import number
from playground.training import train
from tests.support.app_tests import open_page, words

DYING = GradientsSettings().replace(activation_a="relu", learning_rate_a=1.0)


def keras_layers(experiment: Experiment, weights: np.ndarray) -> tuple[list[np.ndarray], list[float]]:
    """What Keras's own layers give on, and the length of the gradient of each layer's kernel."""
    model, data = build_model(experiment), make_data(experiment)
    model.set_weights(unflatten(weights, experiment.widths))
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    inner = keras.Model(model.inputs[0], [layer.output for layer in dense])
    with tf.GradientTape() as tape:
        loss = model.compute_loss(data.x_train, data.y_train, model(data.x_train))
    kernels = tape.gradient(loss, [layer.kernel.value for layer in dense])
    return [np.asarray(each) for each in inner(data.x_train)], [float(np.linalg.norm(each)) for each in kernels]


def test_a_dead_layer_is_named_with_its_epoch_and_a_remedy_that_was_tried() -> None:
    experiment = DYING.experiment("A")
    (study,) = train_and_study([experiment])
    run = train([experiment.replace(epochs=10)], record=("weights",), deep=True)[0]
    death = study.death
    assert death == Death(20, 4)
    # Keras: after that many epochs the layer gives 0 at every point and nothing arrives before it; one epoch earlier
    # something does.
    for epochs, passes in ((death.epochs - 1, True), (death.epochs, False), (death.epochs + 3, False)):
        given, lengths = keras_layers(experiment, run.path[list(run.path_epochs).index(epochs)])
        assert bool(given[death.layer - 1].any()) == passes
        assert any(lengths[: death.layer]) == passes
        assert passes or np.ptp(given[-1]) == 0  # the same answer for every point
    said = verdict_words(study)
    assert "After 4 epochs layer 20 is dead, all 16 units of it: no gradient passes to layers 1 to 19" in said
    assert "learning rate 1 was too long" in said
    told = {question: cells[0] for question, *cells in study_rows([study])}
    assert told["dead layer"] == "20, after 4 epochs"
    assert told["the same in the last epoch"] == "0: layer 20 is dead"
    # More epochs change nothing, a hundredth of the rate does.
    (longer,) = train_and_study([experiment.replace(epochs=400)])
    assert longer.loss[-1] > 0.98 * study.loss[0]
    (trial,) = try_lower_rates([experiment])
    assert trial.helps
    assert trial.after.death is None
    assert trial.after.experiment == experiment.replace(learning_rate=0.01)
    assert trial.after.end < 0.3 * study.end


def test_a_death_is_where_the_gradient_ends_and_units_have_no_slope() -> None:
    alive, zero = np.ones((5, 4)), np.ones((5, 4))
    zero[2:, :2] = 0.0  # the two first hidden layers, from the third epoch's gradient on
    assert find_death(alive, np.array([0, 0, 0]), 8) is None
    assert find_death(zero, np.array([3, 8, 0]), 8) == Death(2, 2)
    assert find_death(zero, np.array([8, 7, 0]), 8) is None  # units with a slope: too small for 32 bits
    assert find_death(np.zeros((5, 4)), np.array([8, 8, 8]), 8) is None  # no error is left
    born = np.ones((3, 3))
    born[:, 0] = 0.0
    assert find_death(born, np.array([4, 0]), 4) == Death(1, 0)
    lost = zero.copy()
    lost[4] = np.nan
    assert find_death(lost, np.array([8, 8, 8]), 8) is None


def test_a_vanished_gradient_is_no_death() -> None:
    deep = GradientsSettings().replace(depth_a=30, initialiser_a="small", epochs=10)
    (study,) = train_and_study([deep.experiment("A")])
    assert study.ratio() < 1e-10
    assert study.death is None
    assert "dead" not in verdict_words(study)


def test_ordinary_networks_of_dead_layers_are_told_apart() -> None:
    """Over seeds and widths: each death that is told ends at the loss of a constant, no other network is silent."""
    experiments = [
        GradientsSettings()
        .replace(activation_a="relu", depth_a=depth, width_a=width, seed=seed, learning_rate_a=0.05, epochs=60)
        .experiment("A")
        for depth in (2, 8)
        for width in (1, 2)
        for seed in range(6)
    ]  # fmt: skip
    found = train_and_study(experiments)
    dead = [study for study in found if study.death]
    assert 3 < len(dead) < len(found)
    for study in found:
        data = make_data(study.experiment)
        run = train([study.experiment], deep=True)[0]
        constant = np.ptp(run.predict(data.x_train)) == 0
        if study.death:
            assert constant
            assert study.end > 0.98 * float(data.y_train.var())
        elif np.isfinite(study.end):
            assert not constant or study.norms[-1, 0] > 0


def test_a_healthy_network_does_not_explode() -> None:
    healthy = GradientsSettings().replace(
        activation_a="relu", learning_rate_a=0.01, normalisation_a="batch", activation_b="relu"
    )
    studies = train_and_study(healthy.experiments)
    assert studies[0].length > 1000
    noise = healthy.experiments[0].noise
    assert studies[0].end < noise**2  # it has learnt; how well its last epoch is depends on rounding
    for study in studies:
        assert "explodes" not in verdict_words(study)


def random_network(rng: np.random.Generator) -> Experiment:
    return Experiment(
        dataset=str(rng.choice(["sine", "line"])),
        noise=0.3,
        points=32,
        standardise=True,
        seed=int(rng.integers(1000)),
        hidden=(int(rng.choice([2, 4, 8, 16])),) * int(rng.integers(1, 31)),
        activation=str(rng.choice(list(ACTIVATIONS))),
        initialiser=str(rng.choice(list(INITIALISERS))),
        normalisation=str(rng.choice(["none", "none", "batch", "layer"])),
        residual=bool(rng.random() < 0.3),
        loss=str(rng.choice(list(FITTING))),
        learning_rate=1e-4,
        epochs=3,
    )


def test_what_explodes_cannot_bear_a_plain_step() -> None:
    """Against what a plain first step of 1e-4 does to the loss: at least doubles it, or not."""
    rng = np.random.default_rng(77)
    studies = train_and_study([random_network(rng) for _ in range(120)])
    counts = {(claim, truth): 0 for claim in (False, True) for truth in (False, True)}
    for study in studies:
        after = float(study.loss[1])
        doubled = not np.isfinite(after) or after > 2.0 * study.loss[0]
        counts[study.explodes, doubled] += 1
    assert counts[True, True] >= 3
    assert counts[True, True] >= 0.9 * (counts[True, True] + counts[False, True])
    assert counts[True, False] <= 0.03 * len(studies)


@pytest.mark.parametrize("normalisation", ["none", "layer", "batch"])
def test_the_loss_at_inference_is_keras_own(normalisation: str) -> None:
    settings = GradientsSettings().replace(depth_a=8, activation_a="tanh", normalisation_a=normalisation, epochs=50)
    experiment = settings.experiment("A")
    (study,) = train_and_study([experiment])
    model, data = train([experiment], deep=True)[0].to_keras(), make_data(experiment)
    assert study.inference == pytest.approx(float(model.evaluate(data.x_train, data.y_train, verbose=0)), rel=1e-4)
    if normalisation == "batch":
        assert study.start_left == pytest.approx(0.99**50)
        assert study.inference > 1.1 * study.end
    else:
        assert study.inference == pytest.approx(study.end, rel=0.05)


def test_a_network_that_wins_in_training_and_loses_at_inference_is_said_to() -> None:
    networks = GradientsSettings().replace(networks="3", epochs=50)
    first, _, batch = studies = train_and_study(networks.experiments)
    assert batch.end < first.end
    assert batch.inference > first.inference
    said = inference_words(studies, networks.letters)
    assert "C ends below A in training, and above it at inference." in said
    assert f"{number(100 * 0.99**50, 2)}% of them is still their start" in said
    page = open_page("gradients", "networks=3&epochs=50")
    assert said in words(page)
    assert "loss at the end, at inference" in words(page)
    assert inference_words(studies[:2], "AB") == ""
