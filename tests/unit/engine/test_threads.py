"""Two lanes: each stack is done once, no program twice at once, and neither lane is idle before the end."""

from collections import Counter
from itertools import count
from threading import Barrier, Lock, get_ident
from time import sleep

import pytest

from playground.engine.stacking import LARGE_STACK, Kind, choose_shape, is_light
from playground.engine.threads import Meter, work_through
from playground.experiment import Experiment

WORK = 0.02  # seconds
PATIENCE = 20  # seconds; a lane that comes alone has failed


def kind_of(loss, epochs=1000):
    return Kind.from_experiment(Experiment(loss=loss, epochs=epochs), frozenset())


def jobs_of(kind, many, size=LARGE_STACK):
    return [([number] * size, kind) for number in range(many)]


LIGHT = [kind_of(loss) for loss in ("mse", "mae", "huber")]
HEAVY = kind_of("mse", epochs=5000)


class Diary:
    """Notes what was done by which thread with which program; ``meet`` has two threads wait for each other."""

    def __init__(self, meet):
        self.barrier = Barrier(2, timeout=PATIENCE) if meet else None
        self.done, self.threads, self.programs = [], Counter(), set()
        self.busy, self.lock = set(), Lock()

    def __call__(self, places, kind, program):
        used = (choose_shape(kind, len(places)), program)
        with self.lock:
            assert used not in self.busy
            self.busy.add(used)
            self.programs.add((kind, program))
        if self.barrier:
            self.barrier.wait()
        else:
            sleep(WORK)  # time enough for another lane to take the next
        with self.lock:
            self.busy.remove(used)
            self.done.append((places[0], kind))
            self.threads[get_ident()] += 1


def worked(jobs, meet):
    diary = Diary(meet)
    work_through(jobs, diary, Meter(1, None))
    assert Counter(diary.done) == Counter((places[0], kind) for places, kind in jobs)
    return diary


def test_the_kinds_tried_here_are_what_they_are_called():
    assert all(map(is_light, LIGHT))
    assert not is_light(HEAVY)


@pytest.mark.parametrize(
    ("counts", "programs"), [((4, 4, 4), 3), ((5, 3, 2), 3), ((3, 3, 0), 2)], ids=["alike", "one more", "two kinds"]
)
def test_light_kinds_keep_both_lanes_busy_with_one_program_each(counts, programs):
    jobs = [job for kind, many in zip(LIGHT, counts, strict=True) for job in jobs_of(kind, many)]
    diary = worked(jobs, meet=True)  # a lane that ended early would leave the other waiting
    assert list(diary.threads.values()) == [len(jobs) / 2] * 2
    assert diary.programs == {(kind, 0) for kind in LIGHT[:programs]}


def test_a_light_kind_alone_is_left_to_one_lane():
    assert len(worked(jobs_of(LIGHT[0], 4), meet=False).threads) == 1


def test_a_heavy_kind_alone_has_a_program_for_each_lane():
    assert worked(jobs_of(HEAVY, 4), meet=True).programs == {(HEAVY, 0), (HEAVY, 1)}


def test_heavy_kinds_share_no_program_and_need_no_second_one_while_others_wait():
    other = kind_of("mae", epochs=5000)
    assert worked(jobs_of(HEAVY, 2) + jobs_of(other, 2), meet=True).programs == {(HEAVY, 0), (other, 0)}


def test_beside_one_large_stack_small_ones_need_no_second_lane():
    small = [job for kind in LIGHT[1:] for job in jobs_of(kind, 2, size=8)]
    assert len(worked(small + jobs_of(LIGHT[0], 1), meet=False).threads) == 1


def test_kinds_of_one_shape_have_a_program_for_each_lane():
    longer = HEAVY._replace(epochs=6000)
    assert choose_shape(HEAVY, LARGE_STACK) == choose_shape(longer, LARGE_STACK)
    assert {number for _, number in worked(jobs_of(HEAVY, 1) + jobs_of(longer, 1), meet=True).programs} == {0, 1}


@pytest.mark.parametrize("sound", [0, 1])
def test_after_an_error_no_more_is_begun(sound):
    numbers, begun = count(), []

    def work(places, kind, program):
        begun.append(number := next(numbers))
        sleep(WORK)
        if number == sound:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work_through(jobs_of(HEAVY, 20), work, Meter(1, None))
    assert len(begun) <= 4
