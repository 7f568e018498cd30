"""Kept experiments: they come back from a link as they went in, and a link that is wrong says where."""

from urllib.parse import parse_qs, urlencode

from playground.experiment import Experiment
from playground.export.kept import LONGEST_LINK, MOST_KEPT, Kept, add, count_fitting, read_kept, write_kept

BASE = Experiment()
SOME = (
    Kept(experiment=BASE),
    Kept(experiment=BASE.replace(loss="huber", delta=0.5, hidden=(4, 2), shuffle=False), name="A name, “so” & on"),
    Kept(experiment=BASE.replace(noise=-0.0, learning_rate=1e-05, outlier_size=-5.5, seed=9), page="classify"),
)


def through_a_link(kept):
    return read_kept(parse_qs(urlencode(write_kept(kept), doseq=True), keep_blank_values=True))


def test_a_comparison_survives_a_link():
    assert through_a_link(SOME) == (SOME, [])
    assert through_a_link(()) == ((), [])


def test_the_address_escapes_nothing_of_the_settings():
    text = urlencode(write_kept(SOME[:1] + SOME[2:]), doseq=True)
    assert "%" not in text


def test_each_experiment_is_kept_once():
    assert add(SOME, [Kept(experiment=BASE, name="again"), *SOME]) == SOME
    many = [Kept(experiment=BASE.replace(seed=seed)) for seed in range(MOST_KEPT + 5)]
    assert len(add((), many)) == MOST_KEPT


def test_an_address_holds_the_first_ones_that_fit():
    many = [Kept(experiment=BASE.replace(seed=seed, noise=0.5, points=30)) for seed in range(MOST_KEPT)]
    held = count_fitting(many)
    assert 50 < held < MOST_KEPT
    assert len(urlencode(write_kept(many), doseq=True)) <= LONGEST_LINK
    assert through_a_link(many)[0] == tuple(many[:held])


def test_what_is_wrong_in_a_link_is_named():
    query = {"kept": ["train~noise~5.0", "nowhere~noise~1", "train~wieght~1", "train~noise", "train~noise~-4"]}
    kept, notices = read_kept(query)
    assert [each.experiment.noise for each in kept] == [5.0, 0.0]
    assert [notice.split(":")[0].split(";")[0] for notice in notices] == [
        "kept was `'nowhere~noise~1'`",
        "kept was `'train~wieght~1'`",
        "kept was `'train~noise'`",
        "in kept, noise was `'-4'`",
    ]


def test_more_than_may_be_kept_is_said():
    kept, notices = read_kept({"kept": [f"train~seed~{seed}" for seed in range(MOST_KEPT + 1)]})
    assert len(kept) == MOST_KEPT
    assert "201 experiments; allowed are 200" in notices[0]
