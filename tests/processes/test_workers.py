"""Jobs are done in a process of their own: their answers, their errors, their end, and that of the process."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver

import pytest

from playground.compute import Call, ComputingError, call_here, processes
from playground.compute import workers as workers_module
from playground.compute.processes import COPIES
from playground.compute.workers import Workers
from playground.diagnosis import train_and_diagnose
from playground.experiment import Experiment
from tests.support import jobs
from tests.support.site import ROOT


@pytest.fixture(scope="module")
def workers():
    workers = Workers()
    yield workers
    workers.close()


def quiet(share):
    return None


def ask(workers, function, *arguments, on_progress=quiet, **options):
    return workers.call(Call(function, arguments, tuple(sorted(options.items()))), on_progress).value


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_job_is_done_by_one_other_process(workers):
    assert os.getpid() != ask(workers, jobs.who) == ask(workers, jobs.who)


def test_training_there_gives_the_numbers_of_training_here(workers):
    job = Call(train_and_diagnose, ((Experiment(epochs=20), Experiment(loss="mae", hidden=(4,), epochs=20)),))
    there, near = workers.call(job, quiet), call_here(job, quiet)
    for one, other in zip(there.value, near.value, strict=True):
        assert one.run.experiment == other.run.experiment
        assert one.run.loss.tolist() == other.run.loss.tolist()
        assert one.run.path.tolist() == other.run.path.tolist()
    assert there.size > sum(each.run.path.nbytes for each in there.value)


def test_the_caller_hears_how_far_it_is_and_may_stop_it(workers):
    heard = []
    count = ask(workers, jobs.count_to, 1000, on_progress=lambda share: heard.append(share) or share < 0.02)
    assert 20 <= count < 900
    assert heard == sorted(heard)


def test_a_caller_who_gives_up_frees_the_worker(workers):
    def leave(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(workers, jobs.count_to, 10_000, on_progress=leave)
    assert workers.current()._answers == {}
    assert ask(workers, jobs.echo, "still here") == "still here"


def test_a_job_that_says_nothing_still_lets_its_caller_speak(workers):
    heard = []
    assert ask(workers, jobs.echo, 1, after=0.5, on_progress=heard.append) == 1
    assert 2 <= len(heard) <= 5


def test_jobs_at_once_get_each_their_own_answer(workers):
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda value: ask(workers, jobs.echo, value, after=0.05 * (value % 3)), range(40))
        assert list(answers) == list(range(40))


def test_an_error_arrives_with_its_words(workers):
    with pytest.raises(ValueError, match="quantile is 2; allowed are 0 to 1"):
        ask(workers, jobs.refuse)
    with pytest.raises(RuntimeError, match="this and that"):
        ask(workers, jobs.refuse_oddly)


def test_a_worker_that_dies_is_replaced_and_the_job_done(workers, tmp_path):
    flag = tmp_path / "flag"
    flag.touch()
    before = ask(workers, jobs.who)
    assert ask(workers, jobs.die_once, str(flag)) == "alive"
    assert ask(workers, jobs.who) != before


def test_a_job_that_kills_its_worker_again_is_refused_and_others_go_on(workers):
    with pytest.raises(ComputingError, match="has ended"):
        ask(workers, jobs.die)
    assert ask(workers, jobs.echo, 7) == 7


@pytest.mark.skipif(not COPIES, reason="workers are not copied here")
def test_a_fork_server_that_dies_is_started_again(workers):
    server = forkserver._forkserver._forkserver_pid
    os.kill(server, signal.SIGKILL)
    with pytest.raises(ComputingError):
        ask(workers, jobs.die)
    assert ask(workers, jobs.echo, 8) == 8
    assert forkserver._forkserver._forkserver_pid != server


def test_spawned_workers_do_the_same(monkeypatch, tmp_path):
    """As on macOS and Windows, where nothing is copied: each of them loads TensorFlow."""
    monkeypatch.setattr(processes, "COPIES", False)
    spawned = Workers()
    try:
        flag = tmp_path / "flag"
        flag.touch()
        before = ask(spawned, jobs.who)
        job = Call(train_and_diagnose, ((Experiment(epochs=20),),))
        there, near = spawned.call(job, quiet), call_here(job, quiet)
        assert there.value[0].run.loss.tolist() == near.value[0].run.loss.tolist()
        assert ask(spawned, jobs.die_once, str(flag)) == "alive"
        after = ask(spawned, jobs.who)
        assert after != before
        assert forkserver._forkserver._forkserver_pid not in (before, after)
    finally:
        spawned.close()
    assert not alive(after)


def test_a_worker_that_has_compiled_much_is_replaced_when_it_has_done_its_jobs(workers, monkeypatch):
    monkeypatch.setattr(workers_module, "MOST_PROGRAMS", 30)
    workers.prepare(Call(jobs.who))
    with ThreadPoolExecutor(1) as pool:
        old = workers.current()
        slow = pool.submit(ask, workers, jobs.count_to, 200)
        wait_until(lambda: old._answers)
        process = ask(workers, jobs.compile_programs, 30)
        wait_until(lambda: workers.current() is not old)
        assert ask(workers, jobs.who) != process
        assert alive(process)
        assert slow.result() == 200
    wait_until(lambda: not alive(process))
    wait_until(lambda: old.has_ended)


def test_few_programs_replace_nobody(workers):
    process = ask(workers, jobs.compile_programs, 3)
    assert not workers._replacing.locked()
    assert ask(workers, jobs.who) == process


# Each page as a visitor gets it, its training done by a worker.
PAGES = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/frame.py", default_timeout=120).run()
for page in sys.argv[1:]:
    app.switch_page(page).run()
    assert not app.exception, app.exception
print("tensorflow" in sys.modules, "keras" in sys.modules)
"""


def test_the_server_never_loads_tensorflow():
    pages = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.stem != "frame")
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PAGES, *pages], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert told.stdout.split() == ["False", "False"], told.stderr[-2000:]
