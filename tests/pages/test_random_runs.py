"""A quick sample of the random runs, and those that once broke a page."""

import numpy as np
import pytest

from playground.diagnosis import Diagnosis, Verdict
from playground.experiment import Experiment
from playground.training import train
from tests.support.random_runs import check_all, check_texts, numbers_of, random_experiments

# A first epoch that is not finite, in a network, on a line, and on labels.
LOST_AT_ONCE = [
    Experiment(
        dataset="quadratic",
        noise=3.0,
        hidden=(4, 2, 2),
        activation="gelu",
        optimizer="nesterov",
        momentum=0.999,
        learning_rate=100.0,
        epochs=333,
        batch_size=1,
        l2=1.0,
        loss="quantile",
        quantile=0.01,
        standardise=True,
    ),
    Experiment(batch_size=1, learning_rate=100.0, points=60, epochs=3),
    Experiment(dataset="moons", loss="squared_hinge", batch_size=1, learning_rate=100.0, points=60, epochs=3, l2=1.0),
]


@pytest.mark.parametrize("experiment", LOST_AT_ONCE, ids=lambda each: each.dataset)
def test_a_run_that_is_lost_in_its_first_epoch_breaks_no_page(experiment: Experiment) -> None:
    lost = Diagnosis(train([experiment])[0])
    assert (lost.verdict, lost.diverged_at) == (Verdict.DIVERGED, 1)
    assert check_all([experiment]) == []


def test_a_sample_of_random_runs_breaks_no_page() -> None:
    broken = [each for kind in random_experiments(8, seed=5, each=6) for each in check_all(kind)]
    assert broken == []


def test_the_check_sees_what_is_no_number() -> None:
    assert [*numbers_of({"a": [1.0, {"b": np.array([2.0, np.nan])}]})] == [
        (".a[1].b", pytest.approx(np.nan, nan_ok=True))
    ]
    assert [*numbers_of({"range": [0, np.inf], "text": ["1"], "gap": None})] == [(".range[1]", np.inf)]
    with pytest.raises(AssertionError, match="no number"):
        check_texts(["it ends at nan"])
    check_texts(["finance and nanometres"])
