"""Settings in words: as the panel writes them, and nothing where they have no say."""

import pytest

from playground.compare.setting_words import differing, said, setting_name, told_apart, value_words
from playground.experiment import Experiment, settings

BASE = Experiment()
MOONS = BASE.replace(dataset="moons", loss="cross_entropy")
DEEP = BASE.replace(hidden=(16,) * 20)


def test_only_settings_with_a_say_count_as_differing():
    assert differing([BASE, BASE.replace(delta=5.0)]) == []
    assert differing([BASE, BASE.replace(delta=5.0, loss="huber"), BASE.replace(noise=2.0)]) == [
        "noise",
        "loss",
        "delta",
    ]


@pytest.mark.parametrize(
    ("setting", "experiment", "words"),
    [
        ("hidden", BASE, "none: a line"),
        ("hidden", BASE.replace(degree=3), "none: a polynomial"),
        ("hidden", MOONS, "none: logistic"),
        ("hidden", DEEP, "20 × 16"),
        ("hidden", BASE.replace(hidden=(8,)), "8"),
        ("hidden", BASE.replace(hidden=(8, 4)), "8, 4"),
        ("optimizer", BASE, "SGD"),
        ("dataset", MOONS, "Moons"),
        ("activation", DEEP, "tanh"),
        ("activation", BASE, "–"),
        ("noise", MOONS, "–"),
        ("label_noise", BASE, "–"),
        ("label_noise", MOONS.replace(label_noise=0.3), "30%"),
        ("outliers", BASE.replace(outliers=0.07), "7%"),
        ("outlier_size", BASE, "–"),
        ("momentum", BASE, "–"),
        ("momentum", BASE.replace(optimizer="momentum"), "0.9"),
        ("degree", MOONS, "–"),
        ("start_slope", DEEP, "–"),
        ("shuffle", BASE, "–"),
        ("shuffle", BASE.replace(batch_size=4), "on"),
        ("batch_size", BASE, "all points"),
        ("seed", BASE, "0"),
    ],
)
def test_a_setting_is_said_as_in_the_panel(setting, experiment, words):
    assert said(setting, experiment) == words


def test_layers_are_called_as_in_the_panel():
    assert setting_name("hidden") == "Hidden layers"
    assert setting_name("noise") == settings()["noise"].label
    assert value_words("outliers", 0.3) == "30%"
    assert value_words("learning_rate", 0.3) == "0.3"


def test_experiments_of_one_loss_are_told_apart_by_what_differs():
    runs = [BASE, BASE.replace(degree=15, dataset="sine"), BASE.replace(degree=3, dataset="sine"), DEEP]
    assert told_apart([*runs, BASE.replace(loss="mae")]) == [
        "MSE, Line, Polynomial degree 1, no hidden layers",
        "MSE, Sine, Polynomial degree 15, no hidden layers",
        "MSE, Sine, Polynomial degree 3, no hidden layers",
        "MSE, Line, Polynomial degree 1, Hidden layers 20 × 16",
        "MAE",
    ]
    assert told_apart([BASE, BASE.replace(loss="huber", delta=2.0)]) == ["MSE", "Huber (δ = 2)"]
    # What tells no two more apart is left out.
    assert told_apart([BASE, BASE.replace(seed=1, noise=2.0)]) == ["MSE, Noise σ 1", "MSE, Noise σ 2"]
