"""Designs that cover every pair of values of several settings: far fewer cases than the whole grid.

Most faults show with one value or with a pair of them (Kuhn, Wallace and Gallo 2004, https://doi.org/10.1109/TSE.2004.24).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

Case = tuple[Any, ...]


def pairs_of(case: Case) -> set[tuple[int, Any, int, Any]]:
    """The pairs of values that a case covers, each with the places of its settings."""
    return {(i, case[i], j, case[j]) for i, j in combinations(range(len(case)), 2)}


def pairwise(*settings: Sequence[Any]) -> list[Case]:
    """Cases that together cover each pair of values of any two settings, always the same ones.

    Greedy: each next case is the one of the grid that covers most of the pairs still missing.
    """
    grid = list(product(*settings))
    missing = set().union(*map(pairs_of, grid))
    chosen: list[Case] = []
    while missing:
        best = max(grid, key=lambda case: len(pairs_of(case) & missing))
        chosen.append(best)
        missing -= pairs_of(best)
    return chosen


def each_once(*settings: Sequence[Any]) -> list[Case]:
    """As many cases as the longest setting has values, with every value of every setting in one of them."""
    most = max(map(len, settings))
    return [tuple(values[place % len(values)] for values in settings) for place in range(most)]


def others(chosen: Sequence[Case], *settings: Sequence[Any]) -> list[Case]:
    """The rest of the grid."""
    return [case for case in product(*settings) if case not in chosen]
