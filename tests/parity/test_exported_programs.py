"""The exported programs, run: in fresh processes, without us, they print what the page shows."""

import ast

import numpy as np
import pytest

from playground.data import make_data
from playground.diagnosis.reproducibility import describe_sensitivity, train_probes
from playground.experiment import Experiment
from playground.export.script import notebook, script
from playground.losses import losses_for
from playground.pages.gradients.settings import GradientsSettings
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES
from playground.tables.optimizers import OPTIMIZERS
from playground.training import train
from tests.support import fresh
from tests.support.pairwise import others, pairwise
from tests.support.programs import BASE, PRINTED, assert_prints_the_same, cells, judged

LABELS = BASE.replace(dataset="moons", points=40, loss="cross_entropy", label_noise=0.1, positives=0.4)

# One epoch of two steps: the loss tells the first of them, the judges the second.
TWO_STEPS = {"epochs": 1, "points": 13, "batch_size": 7, "shuffle": False}
KINDS = [
    *(BASE.replace(**TWO_STEPS, **kind) for kind in ({}, {"hidden": (4,)}, {"degree": 3})),
    *(LABELS.replace(**TWO_STEPS, **kind) for kind in ({}, {"hidden": (4,)})),
]
DEEP = [
    {"residual": True, "normalisation": "layer"},
    {"normalisation": "batch"},
    {"residual": True},
]


GRIDS = [
    (tuple(OPTIMIZERS), losses_for(kinds[0].task), kinds)
    for kinds in (tuple(kind for kind in KINDS if kind.task == task) for task in ("regression", "classification"))
]
PAIRS = [pairwise(*grid) for grid in GRIDS]  # a third of the grids


def experiments_of(cases, optimizer):
    """The cases of one optimizer as experiments, models of one kind beside each other."""
    found = [(kind, loss) for each, loss, kind in cases if each == optimizer]
    return [
        kind.replace(loss=loss, optimizer=optimizer) for kind, loss in sorted(found, key=lambda it: KINDS.index(it[0]))
    ]


def deep_one(place, optimizer):
    """A deep model, which takes long: one for each optimizer, and each loss at some optimizer."""
    losses = losses_for("regression")
    changes = {"loss": losses[place % len(losses)], "optimizer": optimizer, **DEEP[place % len(DEEP)]}
    return BASE.replace(hidden=(4, 4), **changes)


@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize(("place", "optimizer"), [*enumerate(OPTIMIZERS)])
def test_each_loss_with_each_optimizer_and_in_each_kind_of_model(place, optimizer, tmp_path):
    experiments = [each for pairs in PAIRS for each in experiments_of(pairs, optimizer)] + [deep_one(place, optimizer)]
    code = cells(notebook(experiments)) if place % 2 else script(experiments)  # the same code, as another test says
    assert_prints_the_same(code, experiments, tmp_path)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_loss_with_every_optimizer_in_every_kind_of_model(optimizer, tmp_path):
    rest = [others(pairs, *grid) for pairs, grid in zip(PAIRS, GRIDS, strict=True)]
    experiments = [each for cases in rest for each in experiments_of(cases, optimizer)]
    assert_prints_the_same(script(experiments), experiments, tmp_path)


def test_the_program_as_it_is_run_by_a_visitor(tmp_path):
    experiments = [BASE, BASE.replace(loss="quantile", batch_size=8, hidden=(3,), optimizer="adam")]
    assert_prints_the_same(script(experiments), experiments, tmp_path, eagerly=False)


def test_every_setting_is_said(step_by_step, tmp_path):
    deep = BASE.replace(hidden=(4, 4, 4), activation="relu", seed=5)
    layers = [
        deep.replace(normalisation="batch", initialiser="he"),
        deep.replace(normalisation="layer", residual=True, initialiser="small"),
        deep.replace(residual=True, initialiser="lecun", standardise=True, l2=0.1),
        BASE.replace(degree=5),
        BASE.replace(degree=3, hidden=(4,), dataset="sine"),
    ]
    noises = [BASE.replace(noise_shape=key, noise=2.5, points=13 + place) for place, key in enumerate(NOISES)]
    laws = [BASE.replace(dataset=key, hidden=(4, 3), activation="relu") for key in TRUE_FUNCTIONS]
    shapes = [
        BASE.replace(batch_size=4),
        BASE.replace(batch_size=4, shuffle=False, outliers=0.3, outlier_size=-5.0),
        BASE.replace(l1=0.2, l2=0.1, hidden=(4,), activation="sigmoid"),
        BASE.replace(global_clipnorm=1.5),
        BASE.replace(clipnorm=0.5),
        BASE.replace(clipnorm=0.05, hidden=(4,), optimizer="adam"),
        BASE.replace(clipvalue=0.5),
        BASE.replace(loss="huber", delta=2.5),
        BASE.replace(epochs=2),
        BASE.replace(standardise=True, hidden=(4,)),
        BASE.replace(start_slope=-3.0, start_intercept=7.5),
        BASE.replace(start_intercept=7.5, standardise=True),
        BASE.replace(optimizer="nesterov", momentum=0.7),
    ]
    experiments = [*layers, *noises, *laws, *shapes]
    assert_prints_the_same(script(experiments), experiments, tmp_path)


def test_a_diverging_run_and_one_of_a_single_epoch_print_what_the_page_has(tmp_path):
    burst = BASE.replace(learning_rate=100.0)
    experiments = [burst.replace(epochs=1), burst.replace(epochs=5), burst.replace(epochs=60)]
    printed = PRINTED.findall(fresh.run(script(experiments), tmp_path, eagerly=True))
    runs = train(experiments)
    assert [bool(np.isfinite(run.loss[-1])) for run in runs] == [True, True, False]
    assert runs[1].loss[-1] > 1e30
    for (_, loss, *judges), run in zip(printed, runs, strict=True):
        assert np.isfinite(float(loss)) == np.isfinite(run.loss[-1])
        if np.isfinite(run.loss[-1]):
            np.testing.assert_allclose([float(loss), *map(float, judges)], [run.loss[-1], *judged(run)], rtol=1e-4)


def test_what_only_the_remedies_set_is_said(tmp_path):
    """Proximal steps and dropout, whose draws the program makes itself, over several steps of two batch sizes."""
    proximal = BASE.replace(dataset="sine", degree=9, l1=5.0, l2=0.1, proximal=True, learning_rate=0.05, epochs=10)
    dropped = BASE.replace(dataset="sine", hidden=(8, 5), dropout=0.4, epochs=4, batch_size=8, seed=5)
    deep = BASE.replace(hidden=(6, 6), residual=True, dropout=0.3, activation="relu", epochs=4)
    experiments = [
        proximal,
        proximal.replace(hidden=(4,), degree=1),
        dropped,
        dropped.replace(batch_size=0, optimizer="adam"),
        deep,
        LABELS.replace(hidden=(8,), dropout=0.25, batch_size=16),
    ]
    assert (train([proximal])[0].weights[0] == 0).any()
    code = script(experiments)
    assert "Dropout" not in script([BASE.replace(dropout=0.4)])  # no hidden unit to leave out
    assert "Shrink" not in script([BASE.replace(l1=0.1)])
    assert_prints_the_same(code, experiments, tmp_path)
    compiled = [proximal, dropped]
    assert_prints_the_same(script(compiled), compiled, tmp_path, eagerly=False)


def test_laws_and_weights_of_labels_are_said(step_by_step, tmp_path):
    laws = [LABELS.replace(dataset=key, overlap=0.3) for key in LABELLED_DISTRIBUTIONS]
    weighted = LABELS.replace(loss="weighted", class_weight=5.0, batch_size=8)
    experiments = [*laws, weighted, weighted.replace(shuffle=False), weighted.replace(hidden=(8,), batch_size=0)]
    code = script(experiments)
    assert "tf.keras.losses.BinaryCrossentropy(from_logits=True)" in code
    assert_prints_the_same(code, experiments, tmp_path)


BENT = Experiment(
    dataset="sine", hidden=(16,), optimizer="adam", learning_rate=0.02, epochs=200, standardise=True, loss="huber"
)
DEEPEST = GradientsSettings().experiments[1]


@pytest.mark.parametrize("steady", [BENT, pytest.param(DEEPEST, marks=pytest.mark.exhaustive)], ids=["bent", "deepest"])
def test_the_program_of_a_steady_run_prints_what_the_page_shows(steady, tmp_path) -> None:
    """Whole trainings, not their first steps: a network of a single layer, and one of 20 layers."""
    assert not any(map(describe_sensitivity, train([steady]), train_probes([steady])))
    assert_prints_the_same(script([steady]), [steady], tmp_path, eagerly=False)


def test_the_points_are_the_same_to_the_last_digit(tmp_path):
    experiment = BASE.replace(noise_shape="student_t", dataset="heteroscedastic")
    code = script([experiment]).split("# Barron")[0].split("# MSE")[0]
    said = fresh.run(code + "\nprint(y[:, 0].tolist())", tmp_path)
    np.testing.assert_array_equal(np.array(ast.literal_eval(said), np.float32), make_data(experiment).y_train[:, 0])
