"""The Gradients page's numbers: activations and dead units against Keras, the theory against the measurement."""

from time import perf_counter

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from playground.data import make_data
from playground.experiment import Experiment
from playground.experiment.query import read_settings, write_settings
from playground.models.arrays import unflatten
from playground.models.keras_model import build_model
from playground.pages.gradients.clipping_words import explosion_rows, explosion_words
from playground.pages.gradients.figures import gradient_replay, powers
from playground.pages.gradients.remedies import list_candidates, try_remedies
from playground.pages.gradients.settings import GradientsSettings, changes_for, estimate_seconds
from playground.pages.gradients.study import EXPLODING, SHARES, train_and_study, train_explosion
from playground.pages.gradients.words import duration_words, network_words, study_rows, theory_words, verdict_words
from playground.tables.activations import ACTIVATIONS
from playground.text.numbers import number
from playground.training import train

DEEP = Experiment(
    dataset="sine", noise=0.3, points=32, standardise=True, hidden=(16,) * 20, activation="sigmoid", epochs=20
)
FIRST = GradientsSettings().experiments


@pytest.fixture(scope="module")
def first():
    """The studies of the page's first view."""
    return train_and_study(FIRST)


def test_the_verdict_of_the_first_view(first):
    sigmoid, relu = first
    # The numbers that the page says, from the norms themselves.
    shrink = (sigmoid.norms[0, 19] / sigmoid.norms[0, 0]) ** (1 / 19)
    assert f"shrinks {number(float(shrink))}-fold a layer" in verdict_words(sigmoid)
    assert 3.5 < shrink < 4.5  # a little less than the 4 that a slope of 1/4 alone would do, with these weights
    assert sigmoid.ratio() < 1e-10
    assert "it vanishes" in verdict_words(sigmoid)
    assert "arrives whole" in verdict_words(relu)
    assert 1 / 1.5 < relu.ratio() < 1.5
    assert sigmoid.end > 0.95 * sigmoid.loss[0]  # it has learnt nothing
    assert relu.end < 0.2 * relu.loss[0]
    assert network_words(sigmoid) == "Sigmoid, 20 × 16, Glorot start"
    assert study_rows(first)[0][1:] == [number(sigmoid.ratio()), number(relu.ratio())]


@pytest.mark.usefixtures("step_by_step")
def test_a_gradient_beyond_all_numbers_is_not_said_to_arrive():
    networks = GradientsSettings().replace(
        depth_a=30, width_a=64, activation_a="relu", initialiser_a="large", depth_b=1, epochs=10
    )
    burst, shallow = train_and_study(networks.experiments)
    assert not np.isfinite(burst.norms[0]).all()
    assert "explodes: its length is infinite in 32 bits" in verdict_words(burst)
    assert "arrives" not in verdict_words(burst)
    assert theory_words(burst).endswith("in theory; measured as infinite or NaN in 32 bits.")
    told = {question: cells for question, *cells in study_rows([burst, shallow])}
    assert told["from a layer to the one before it, times"] == ["–", "–"]  # the one has no number, the other no layer
    assert told["gradient, layer 1 over the last hidden, first epoch"] == ["–", "1.00"]


def test_gradient_norms_of_twenty_layers_are_those_of_the_tape(first):
    for experiment, study in zip(FIRST, first, strict=True):
        # Few epochs: later the sigmoid network's error is nothing but what 32 bits round.
        run = train([experiment.replace(epochs=4)], record=("weights", "gradient_norms"), deep=True)[0]
        np.testing.assert_allclose(run.gradient_norms, study.norms[:4], rtol=1e-6)
        model, data = build_model(experiment), make_data(experiment)
        for epoch in (0, 1, 3):
            model.set_weights(unflatten(run.path[epoch], experiment.widths))
            with tf.GradientTape() as tape:
                loss = model.compute_loss(data.x_train, data.y_train, model(data.x_train))
            found = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
            lengths = [float(np.linalg.norm(np.asarray(each, float))) for each in found]
            norms = np.hypot(lengths[::2], lengths[1::2])
            np.testing.assert_allclose(study.norms[epoch], norms, rtol=1e-5, atol=0)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_slopes_are_those_of_keras_and_their_bound_holds(key):
    z = np.linspace(-8, 8, 1600).astype(np.float32)
    with tf.GradientTape() as tape:
        x = tf.constant(z)
        tape.watch(x)
        y = keras.activations.get(key)(x)
    np.testing.assert_allclose(ACTIVATIONS[key].slope(z), tape.gradient(y, x), atol=2e-5)
    assert np.abs(ACTIVATIONS[key].slope(z)).max() == pytest.approx(ACTIVATIONS[key].steepest, rel=6e-3)


def test_activations_and_dead_units_are_those_of_the_plain_model():
    for changes in ({"activation": "relu"}, {"normalisation": "batch"}, {"residual": True, "activation": "relu"}):
        experiment = DEEP.replace(hidden=(8,) * 3, initialiser="he", **changes)
        (study,) = train_and_study([experiment])
        run = train([experiment], record=("weights",), deep=True)[0]
        model, data = build_model(experiment), make_data(experiment)
        model.set_weights(unflatten(run.path[-1], experiment.widths, experiment.normalisation))
        kinds = {"residual": (keras.layers.Dense, keras.layers.Add), "normalisation": (keras.layers.Activation,)}
        kind = next((kinds[name] for name in changes if name in kinds), (keras.layers.Dense,))
        layers = [layer for layer in model.layers if isinstance(layer, kind)]
        if "residual" in changes:
            layers = [layers[0], *[layer for layer in layers if isinstance(layer, keras.layers.Add)]]
        inner = keras.Model(model.inputs[0], [layer.output for layer in layers[:3]])
        for place, values in enumerate(inner(data.x_train, training=True)):
            np.testing.assert_allclose(study.spread[-1, place], np.quantile(values, SHARES), rtol=1e-4, atol=1e-4)
            if changes == {"activation": "relu"}:
                assert study.dead[-1, place] == (np.asarray(values) == 0).all(axis=0).sum()


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("start", ["glorot", "he", "large"])
def test_the_theory_foretells_what_is_measured(activation, start):
    found = train_and_study(
        [DEEP.replace(activation=activation, initialiser=start, epochs=1, seed=seed) for seed in (0, 1)]
    )
    assert len(found) == 2
    for study in found:
        assert study.factor() == pytest.approx(study.theory.factor, rel=0.25)
        assert number(study.theory.factor) in theory_words(study)


def test_no_theory_is_told_where_there_is_none():
    for changes in ({"normalisation": "layer"}, {"residual": True}, {"hidden": (16,)}):
        assert train_and_study([DEEP.replace(**changes, epochs=1)])[0].theory is None


def test_remedies_are_offered_only_if_they_help():
    experiment = DEEP.replace(hidden=(16,) * 12, epochs=100)
    found = try_remedies(experiment)
    (before,) = train_and_study([experiment])
    changed = {remedy.label: remedy.apply(experiment) for remedy in list_candidates(experiment)}
    assert len(found) == len(changed) == 10
    for trial in found:
        assert trial.helps == (trial.after.end < 0.9 * before.end and trial.after.death is None)
        assert trial.after.experiment == changed[trial.remedy.label]
    assert found[0].helps
    assert not next(trial for trial in found if trial.remedy.label.startswith("Clip")).helps
    assert [trial.after.end for trial in found] == sorted(trial.after.end for trial in found)


def test_an_exploding_run_step_by_step():
    found = train_explosion(EXPLODING)
    free = train([EXPLODING])[0]
    lost = int(np.argmin(np.isfinite(free.loss))) + 1
    assert found.free.infinite_at == lost
    assert f"NaN or infinite from epoch {lost} on" in explosion_words(found)
    assert "Clipping by the global norm changes the length of a gradient" in explosion_words(found)
    assert found.clipped.infinite_at is None
    assert found.before[0] > 1e6
    np.testing.assert_allclose(found.after[:5], 1.0)
    # The step that was taken is the clipped gradient times the rate, for all weights together.
    run = train([found.clipped.experiment], record=("weights",), deep=True)[0]
    weights = run.path[:2].astype(float)
    steps = int(run.path_epochs[1])
    assert np.linalg.norm(weights[1] - weights[0]) <= steps * 0.01 * 1.001
    assert explosion_rows(found)[0][1:] == [number(found.before[0]), "1.00", *[number(float(found.free.loss[0]))] * 2]


def test_the_charts_hold_finite_numbers_whatever_happened():
    studies = train_and_study(
        [EXPLODING, EXPLODING.replace(global_clipnorm=1.0), EXPLODING.replace(initialiser="small")]
    )
    replay = gradient_replay(studies, ("A", "B", "C"))
    for panel in replay.panels:
        for trace in panel.figure["data"]:
            for name in ("x", "y", "z"):
                assert name not in trace or np.isfinite(trace[name]).all()
        for track in panel.moving_traces:
            assert np.isfinite(track.rows).all()
            assert len(track.rows) == len(replay.frames)
    assert powers(np.array([0.0, np.nan, np.inf, 100.0])).tolist() == [-14.0, 12.0, 12.0, 2.0]
    # The line that marks the epoch moves with it.
    marker = replay.panels[1].moving_traces[0]
    assert marker.across[:, 0].tolist() == replay.frames.tolist()


def test_nothing_is_drawn_once_the_loss_is_lost():
    lost, clipped = train_and_study([EXPLODING, EXPLODING.replace(global_clipnorm=1.0)])
    assert lost.sound == lost.infinite_at - 1
    replay = gradient_replay([lost, clipped], ("A", "B"))
    panels = dict(zip(("heat", "B heat", "spread", "B spread", "layers", "loss", "dead"), replay.panels, strict=True))
    said = f"diverged at epoch {lost.infinite_at}"
    for name, panel in panels.items():
        assert (said in panel.title) == (name in ("heat", "spread", "layers", "dead"))
    assert max(panels["heat"].figure["data"][0]["x"]) == lost.sound
    assert max(panels["dead"].figure["data"][0]["x"]) < lost.sound + 1
    there = lost.frames < lost.sound
    for track in (*panels["spread"].moving_traces, panels["layers"].moving_traces[0]):
        assert (track.rows[~there] == np.float32(1e30)).all()  # far outside of the chart
        assert (track.rows[there] < 1e12).all()
    assert panels["layers"].figure["layout"]["yaxis"]["range"][1] < 12  # no scale for what is no number
    cells = {row[0]: row[1] for row in study_rows([lost])}
    assert cells["dead units at the end"] == cells["the same in the last epoch"] == "–"
    assert cells["dead units at the start"] == f"{lost.dead[0].sum()} of {lost.units}"


def test_layers_come_whole_and_one_alone_is_called_so():
    (study,) = train_and_study([DEEP.replace(hidden=(16,), epochs=1)])
    assert "With one hidden layer there is no layer before it" in theory_words(study)
    assert "shortcuts" not in theory_words(study)
    heat, spread, by_layer, *_ = gradient_replay([study], ("A",)).panels
    for axis in (heat.figure["layout"]["yaxis"], spread.figure["layout"]["xaxis"], by_layer.figure["layout"]["xaxis"]):
        assert axis["dtick"] == 1


def test_what_is_said_of_the_gradient_is_dated_and_an_explosion_comes_first(first):
    for study in first:
        assert verdict_words(study).startswith("In the first epoch the gradient ")
    (exploded,) = train_and_study([EXPLODING.replace(epochs=10)])
    said = verdict_words(exploded)
    assert said.startswith("In the first epoch the gradient explodes: its length is ")
    assert number(float(np.linalg.norm(exploded.norms[0].astype(float)))) in said
    assert "arrives." not in said
    assert network_words(exploded) == "ReLU, 10 × 16, too large start"


def test_the_page_is_its_link():
    rng = np.random.default_rng(0)
    for _ in range(50):
        letter = str(rng.choice(["a", "b", "c"]))
        changes = {
            f"depth_{letter}": int(rng.integers(1, 31)),
            f"activation_{letter}": str(rng.choice(list(ACTIVATIONS))),
            f"residual_{letter}": bool(rng.random() < 0.5),
            f"clipvalue_{letter}": float(rng.choice([0.0, 0.5])),
            "networks": str(rng.integers(1, 4)),
            "epoch": int(rng.integers(0, 1001)),
        }
        networks = GradientsSettings().replace(**changes)
        assert read_settings(GradientsSettings, write_settings(networks)) == (networks, [])
    assert write_settings(GradientsSettings()) == {}


def test_what_takes_long_is_told_before_it_starts():
    assert duration_words(FIRST) == ""
    long = GradientsSettings().replace(depth_a=30, depth_b=20, width_a=17, epochs=1000).experiments
    assert duration_words(long) == "50,000 layers × epochs to go through: about 4 seconds."
    # The seconds of a layer are what this machine needs, give or take what else it does.
    experiment = FIRST[0].replace(epochs=1000)
    train_and_study([experiment.replace(epochs=1)])
    start = perf_counter()
    train_and_study([experiment])
    assert estimate_seconds([experiment]) / 10 < perf_counter() - start < 10 * estimate_seconds([experiment])


def test_two_ways_of_clipping_are_refused_with_a_remedy():
    with pytest.raises(ValidationError, match="network B is clipped by norm and by value"):
        GradientsSettings().replace(global_clipnorm_b=1.0, clipvalue_b=1.0)
    found, notices = read_settings(GradientsSettings, {"clipvalue_a": ["1"], "global_clipnorm_a": ["1"]})
    assert found == GradientsSettings()
    assert len(notices) == 1


def test_what_a_remedy_changes_is_all_that_changes():
    changed = FIRST[0].replace(activation="relu", initialiser="he")
    networks = GradientsSettings().replace(**changes_for("A", changed))
    assert networks.experiments == (changed, FIRST[1])


def test_activations_that_leave_their_chart_are_named_in_it():
    dying, sound = train_and_study(GradientsSettings().replace(activation_a="relu", learning_rate_a=1.0).experiments)
    panels = [panel for panel in gradient_replay([dying, sound], ("A", "B")).panels if "activations" in panel.title]
    for study, panel in zip((dying, sound), panels, strict=True):
        _low, high = panel.figure["layout"]["yaxis"]["range"]
        top = float(study.spread[-1, :, -1].max())
        said = [note["text"] for note in panel.figure["layout"].get("annotations", [])]
        assert said == ([f"▲ 95% at the end: up to {number(top)}, above this chart"] if top > high else [])
    assert "annotations" in panels[0].figure["layout"]
