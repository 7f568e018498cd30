"""The text of exported programs: what is in it, what is not, and what is refused. ``tests/parity`` runs them."""

import ast
import json

import numpy as np
import pytest

from playground.experiment import Experiment, settings
from playground.experiment.relevance import is_used
from playground.experiment.setting import Choice, Number
from playground.export import script as scripts
from playground.export.script import notebook, script
from playground.export.source_code import collect_definitions, read_expression
from playground.export.templates import fill_in, names_in, settings_written
from playground.losses import LOSSES, losses_for
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import DATASETS_FOR
from playground.tables.optimizers import OPTIMIZERS
from tests.support.programs import BASE, cells


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
