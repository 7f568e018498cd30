"""The exported programs, run: in fresh processes, without us, they print what the page shows."""

import ast
import json
from functools import partial

import numpy as np
import pytest
import tensorflow as tf

from playground.data import make_data
from playground.engine import compiled as cache
from playground.engine import programs
from playground.engine.programs import Program
from playground.experiment import Experiment, settings
from playground.experiment.relevance import is_used
from playground.experiment.setting import Choice, Number
from playground.export import script as scripts
from playground.export.script import notebook, script
from playground.export.source_code import collect_definitions, read_expression
from playground.export.templates import fill_in, names_in, settings_written
from playground.losses import LOSSES, losses_for
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import DATASETS_FOR, LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES
from playground.tables.optimizers import OPTIMIZERS
from playground.training import train
from tests.support import fresh
from tests.support.pairwise import others, pairwise
from tests.support.programs import PRINTED, assert_prints_the_same, cells, judged

EPOCHS = 3
BASE = Experiment(epochs=EPOCHS, learning_rate=0.003, scale=30.0, outliers=0.1, seed=3)
LABELS = BASE.replace(dataset="moons", points=40, loss="cross_entropy", label_noise=0.1, positives=0.4)


@pytest.fixture
def step_by_step(monkeypatch):
    """The engine without its compiler, which takes a second for each of a hundred kinds; its numbers are the same."""
    run = Program.run
    as_tensors = partial(tf.nest.map_structure, tf.convert_to_tensor)
    monkeypatch.setattr(Program, "run", lambda program, *arguments: run(program, *as_tensors(arguments)))
    monkeypatch.setattr(programs, "EPOCHS_PER_CALL", EPOCHS)  # a history of a thousand epochs would be filled up
    monkeypatch.setattr(cache, "_compiled", {})
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


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
    assert_prints_the_same(code, experiments, tmp_path, eagerly=False)


def test_laws_and_weights_of_labels_are_said(step_by_step, tmp_path):
    laws = [LABELS.replace(dataset=key, overlap=0.3) for key in LABELLED_DISTRIBUTIONS]
    weighted = LABELS.replace(loss="weighted", class_weight=5.0, batch_size=8)
    experiments = [*laws, weighted, weighted.replace(shuffle=False), weighted.replace(hidden=(8,), batch_size=0)]
    code = script(experiments)
    assert "tf.keras.losses.BinaryCrossentropy(from_logits=True)" in code
    assert_prints_the_same(code, experiments, tmp_path)


def test_a_notebook_holds_the_program_in_cells():
    experiments = [BASE, BASE.replace(loss="tukey")]
    book = json.loads(notebook(experiments, "http://localhost/?loss=mse"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    assert "http://localhost/?loss=mse" in "".join(book["cells"][0]["source"])
    assert ast.dump(ast.parse(cells(json.dumps(book)))) == ast.dump(_without_docstring(script(experiments)))


def _without_docstring(code):
    tree = ast.parse(code)
    tree.body = tree.body[1:]
    return tree


def test_what_the_points_share_is_said_once():
    code = script([BASE, BASE.replace(loss="mae"), BASE.replace(loss="quantile")])
    assert code.count("def truth(x)") == 1
    assert "def pinball" in code
    assert "def tukey" not in code
    assert "def batches" not in code


def test_the_templates_write_every_setting():
    assert settings_written() == set(Experiment.model_fields)


def test_the_settings_of_a_template_are_those_that_it_reads_of_the_experiment():
    assert names_in(["{{ experiment.l1 }}", "{% if experiment.hidden[0] == other.l2 %}{% endif %}"]) == {"l1", "hidden"}


LINE = Experiment(points=13, outliers=0.2, batch_size=4, l1=0.1)
NETWORK = LINE.replace(hidden=(3, 3), dropout=0.2)
LABELLED = Experiment(dataset="moons", points=13, batch_size=4, hidden=(3,))
VARIED = [
    *(base.replace(loss=loss) for base in (LINE, LABELLED) for loss in losses_for(base.task)),
    *(LINE.replace(optimizer=optimizer) for optimizer in OPTIMIZERS),
    NETWORK,
]


def values_of(setting, base):
    """Values that a setting may have in an experiment: of a number, the ends of its range."""
    words = settings()[setting]
    if setting == "hidden":
        return [(3,), (5,)]
    if setting in ("dataset", "loss"):
        return DATASETS_FOR[base.task] if setting == "dataset" else losses_for(base.task)
    if isinstance(words, Choice):
        return words.options
    return [words.low, words.high] if isinstance(words, Number) else [False, True]


def body_of(experiment):
    """The points, the model and the training of a program, under no title, which may name a setting, too."""
    points = "labels.py" if experiment.task == "classification" else "numbers.py"
    return fill_in(points, experiment=experiment) + fill_in("training.py", experiment=experiment, title="")


@pytest.mark.parametrize("setting", Experiment.model_fields)
def test_a_program_with_another_value_of_a_setting_is_another_program(setting):
    base = next(base for base in VARIED if is_used(setting, base))
    others = [base.replace(**{setting: value}) for value in values_of(setting, base)]
    assert any(body_of(other) != body_of(base) for other in others)


def test_a_setting_that_it_cannot_say_is_refused(monkeypatch):
    monkeypatch.setattr(scripts, "settings_written", lambda: settings_written() - {"l2"})
    assert "l2" not in script([BASE])
    with pytest.raises(ValueError, match=r"l2 is 0\.5, which an exported program cannot say; set it to 0\.0"):
        script([BASE.replace(l2=0.5)])


def test_no_experiment_makes_no_program():
    with pytest.raises(ValueError, match="no experiment"):
        script([])


@pytest.mark.parametrize("key", TRUE_FUNCTIONS)
def test_a_truth_is_written_as_it_is_computed(key):
    source = TRUE_FUNCTIONS[key]
    x = np.linspace(source.low, source.high, 7)
    np.testing.assert_array_equal(eval(read_expression(source.truth), {"np": np, "x": x}), source.truth(x))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_a_formula_is_written_with_all_that_it_needs(loss):
    scope = {}
    exec("\n".join(collect_definitions(loss.value).values()), scope)
    y_true, y_pred = np.array([0.0, 1.0]), np.array([0.3, 2.0])
    parameters = Experiment(loss=loss.key).parameters
    np.testing.assert_array_equal(
        scope[loss.value.__name__](np, y_true, y_pred, **parameters), loss.value(np, y_true, y_pred, **parameters)
    )


def test_the_points_are_the_same_to_the_last_digit(tmp_path):
    experiment = BASE.replace(noise_shape="student_t", dataset="heteroscedastic")
    code = script([experiment]).split("# Barron")[0].split("# MSE")[0]
    said = fresh.run(code + "\nprint(y[:, 0].tolist())", tmp_path)
    np.testing.assert_array_equal(np.array(ast.literal_eval(said), np.float32), make_data(experiment).y_train[:, 0])
