"""The code stays at least as small and as well documented as it is; where it gets better, so do the bounds."""

import pytest

from tests.support.code_metrics import measure_code


@pytest.fixture(scope="module")
def figures():
    return measure_code()


def test_files_and_functions_stay_small(figures):
    assert figures["functions"] > 1000
    assert figures["lines of a file"].median <= 200
    assert figures["lines of a file"].most <= 400
    assert 3 <= figures["lines of a body"].median <= 8
    assert figures["bodies over 30 lines"].percent <= 2
    assert figures["loose modules of the package"] <= 6


def test_names_and_types_say_what_they_are(figures):
    assert figures["private functions of one word"].percent <= 70  # the goal is 25
    assert figures["Any"] <= 380  # the goal is 100


def test_public_functions_are_documented(figures):
    assert figures["public functions with a docstring"].percent >= 85
    assert figures["… with shapes, where they take or give arrays"].percent >= 35  # the goal is 50
    assert figures["… with errors, where they raise"].percent >= 50
