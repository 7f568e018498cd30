"""What the Compare page says of kept runs."""

import re

import pytest

from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.export.kept import Kept
from playground.pages.compare.words import crossing_words
from playground.training import train


def quantile_fits(quantiles, **changes):
    kept = [Kept(experiment=Experiment(loss="quantile", quantile=each, **changes)) for each in quantiles]
    return kept, [Diagnosis(run) for run in train([each.experiment for each in kept], record=("weights",))]


def test_quantile_lines_that_cross_are_named_where_they_do():
    kept, diagnoses = quantile_fits((0.8, 0.9), points=6, noise=8.0, epochs=3000, seed=7)
    (first, one), (second, two) = (each.run.line for each in diagnoses)
    at = (two - one) / (first - second)  # where the two lines are equal
    (said,) = crossing_words(kept, diagnoses)
    named = re.search(r"cross at x = (−?[\d.]+)\. ", said)[1].replace("−", "-")
    assert float(named) == pytest.approx(at, abs=0.06)


def test_quantile_lines_in_their_order_and_of_other_points_are_not_named():
    kept, diagnoses = quantile_fits((0.1, 0.9))
    assert crossing_words(kept, diagnoses) == []
    kept, diagnoses = quantile_fits((0.8, 0.9), points=6, noise=8.0, epochs=3000, seed=7)
    others, more = quantile_fits((0.9,), points=6, noise=8.0, epochs=3000, seed=8)
    assert crossing_words([kept[0], *others], [diagnoses[0], *more]) == []
