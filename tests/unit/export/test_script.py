"""The text of exported programs: what is in it, what is not, and what is refused. ``tests/parity`` runs them."""

import ast
import json

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.export import script as scripts
from playground.export.script import notebook, script
from playground.export.source_code import definitions_of, expression_of
from playground.losses import LOSSES
from playground.tables.functions import TRUE_FUNCTIONS
from tests.support.programs import cells

EPOCHS = 3
BASE = Experiment(epochs=EPOCHS, learning_rate=0.003, scale=30.0, outliers=0.1, seed=3)
LABELS = BASE.replace(dataset="moons", points=40, loss="cross_entropy", label_noise=0.1, positives=0.4)


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


def test_a_setting_that_it_cannot_say_is_refused(monkeypatch):
    monkeypatch.setattr(scripts, "SAID", scripts.SAID - {"l2"})
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
    np.testing.assert_array_equal(eval(expression_of(source.truth), {"np": np, "x": x}), source.truth(x))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.key)
def test_a_formula_is_written_with_all_that_it_needs(loss):
    scope = {}
    exec("\n".join(definitions_of(loss.value).values()), scope)
    y_true, y_pred = np.array([0.0, 1.0]), np.array([0.3, 2.0])
    parameters = Experiment(loss=loss.key).parameters
    np.testing.assert_array_equal(
        scope[loss.value.__name__](np, y_true, y_pred, **parameters), loss.value(np, y_true, y_pred, **parameters)
    )
