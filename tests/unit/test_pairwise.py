"""The designs of other tests: every pair of values is in them, and few cases are."""

from itertools import product

from tests.support.pairwise import each_once, others, pairs_of, pairwise

SETTINGS = ("abcd", (0, 1, 2, 3, 4), (None, "x", "y"), (True, False))


def test_a_design_covers_every_pair_in_as_few_cases_as_two_settings_need():
    design = pairwise(*SETTINGS)
    covered = set().union(*map(pairs_of, design))
    assert covered == set().union(*map(pairs_of, product(*SETTINGS)))
    assert len(design) == 4 * 5


def test_a_design_and_the_others_are_the_grid():
    design = pairwise(*SETTINGS)
    assert {*design, *others(design, *SETTINGS)} == {*product(*SETTINGS)}


def test_each_value_is_there_once_in_the_smallest_design():
    assert each_once("ab", (1, 2, 3)) == [("a", 1), ("b", 2), ("a", 3)]
