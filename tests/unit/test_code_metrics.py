"""The code stays at least as small and as well documented as it is; where it gets better, so do the bounds."""

import ast

import pytest

from tests.support.code_metrics import Documented, computes_formula, measure_code


@pytest.fixture(scope="module")
def figures():
    return measure_code()


def test_files_and_functions_stay_small(figures):
    assert figures["functions"] > 1000
    assert figures["lines of a file"].median <= 200
    assert figures["lines of a file"].most <= 400
    assert 4 <= figures["lines of a body"].median <= 8
    assert figures["bodies over 30 lines"].percent <= 1
    assert figures["loose modules of the package"] <= 6


def test_names_and_types_say_what_they_are(figures):
    assert figures["private functions of one word"].percent < 15
    assert figures["Any"] < 90


def test_public_functions_are_documented(figures):
    assert figures["public functions with a docstring"].percent >= 98
    assert figures["… with shapes, where they take or give arrays"].percent >= 90
    assert figures["… with errors, where they raise"].percent >= 90
    assert figures["… with a source, where they compute a formula"].percent >= 60


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x: np.ndarray): return 2 * x", True),
        ("def f(x: np.ndarray): return np.exp(x)", True),
        ("def f(x: np.ndarray): return x + 2", False),
        ("def f(x: np.ndarray): return np.sort(x)", False),
        ("def f(x: float): return 2 * x", False),
    ],
)
def test_a_formula_multiplies_arrays_or_takes_a_function_of_them(source, expected):
    assert computes_formula(ast.parse(source).body[0]) is expected


def test_a_source_may_stand_in_the_function_that_a_docstring_names():
    gradient = ast.parse('def slope():\n    """The derivative of ``loss``."""').body[0]
    assert Documented(gradient, {"loss": "Source: Huber 1964"}).has_source
    assert not Documented(gradient, {"loss": "No reference."}).has_source
    assert not Documented(gradient, {"other": "Source: Huber 1964"}).has_source
