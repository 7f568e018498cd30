"""Settings in words: as the panel writes them, and nothing where they have no say."""

import pytest

from playground.data import make_data
from playground.experiment import Experiment, settings
from playground.experiment.setting_words import (
    amount_words,
    brief_words,
    describe_layers,
    describe_setting,
    find_differences,
    setting_name,
    tell_apart,
    value_words,
)
from playground.sweeps import Axis, Sweep
from playground.sweeps.axis_words import place_words

BASE = Experiment()
MOONS = BASE.replace(dataset="moons", loss="cross_entropy")
DEEP = BASE.replace(hidden=(16,) * 20)


def test_only_settings_with_a_say_count_as_differing():
    assert find_differences([BASE, BASE.replace(delta=5.0)]) == []
    assert find_differences([BASE, BASE.replace(delta=5.0, loss="huber"), BASE.replace(noise=2.0)]) == [
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
    assert describe_setting(setting, experiment) == words


def test_layers_are_called_as_in_the_panel():
    assert setting_name("hidden") == "Hidden layers"
    assert setting_name("noise") == settings()["noise"].label
    assert value_words("outliers", 0.3) == "30%"
    assert value_words("learning_rate", 0.3) == "0.3"


def test_experiments_of_one_loss_are_told_apart_by_what_differs():
    runs = [BASE, BASE.replace(degree=15, dataset="sine"), BASE.replace(degree=3, dataset="sine"), DEEP]
    assert tell_apart([*runs, BASE.replace(loss="mae")]) == [
        "MSE, Line, Polynomial degree 1, no hidden layers",
        "MSE, Sine, Polynomial degree 15, no hidden layers",
        "MSE, Sine, Polynomial degree 3, no hidden layers",
        "MSE, Line, Polynomial degree 1, Hidden layers 20 × 16",
        "MAE",
    ]
    assert tell_apart([BASE, BASE.replace(loss="huber", delta=2.0)]) == ["MSE", "Huber (δ = 2)"]
    # What tells no two more apart is left out.
    assert tell_apart([BASE, BASE.replace(seed=1, noise=2.0)]) == ["MSE, Noise σ 1", "MSE, Noise σ 2"]


@pytest.mark.parametrize(
    ("setting", "value", "experiment", "words"),
    [
        ("outliers", 0.025, BASE, "2.5% (1 of 21 points)"),
        ("outliers", 0.05, BASE, "5% (1 of 21 points)"),
        ("outliers", 0.0, BASE, "0% (0 of 21 points)"),
        ("label_noise", 0.3, MOONS.replace(points=10), "30% (3 of 10 points)"),
        ("positives", 0.5, MOONS.replace(points=9), "50% (4 of 9 points)"),
        ("batch_size", 32, BASE, "32 (all 21 points)"),
        ("batch_size", 0, BASE, "all points"),
        ("batch_size", 8, BASE, "8"),
        ("learning_rate", 0.3, BASE, "0.3"),
    ],
)
def test_what_is_rounded_to_points_says_how_many(setting, value, experiment, words):
    assert amount_words(setting, value, experiment) == words
    if setting == "outliers":
        moved = make_data(experiment.replace(outliers=value)).outliers
        assert f"({len(moved)} of" in words


def test_where_the_points_are_swept_too_their_number_is_not_said():
    axes = (Axis("outliers", (0.1,)), Axis("points", (10, 20)))
    assert place_words(Sweep(BASE, axes, ("mse",)), 0, 0) == "10%"
    assert place_words(Sweep(BASE, axes[:1], ("mse",)), 0, 0) == "10% (2 of 21 points)"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dataset", "sine", "Sine"),
        ("normalisation", "none", "Normalisation None"),
        ("points", 21, "Points 21"),
        ("outliers", 0.1, "Outliers 10%"),
        ("batch_size", 0, "Batch size all points"),
        ("standardise", True, "Standardise x on"),
        ("shuffle", False, "Shuffle off"),
        ("start_slope", None, "Start slope drawn"),
    ],
)
def test_a_setting_in_a_few_words(name, value, words):
    assert brief_words(settings()[name], value) == words


def test_layers_in_a_few_words():
    assert describe_layers(Experiment()) == "no hidden layers"
    assert describe_layers(Experiment(hidden=(8, 4))) == "hidden layers 8, 4"
