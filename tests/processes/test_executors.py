"""Sweeps by other processes: those that a fork would hang are refused, and a cluster that loses one goes on."""

import os
import signal
import subprocess
import sys

import dask
import numpy as np
from dask.distributed import Client, LocalCluster

from playground.compute.processes import start_loading
from playground.experiment import Experiment
from playground.sweeps import Axis, Sweep, train_sweep
from tests.support.site import ROOT

RATES = tuple(np.linspace(0.001, 0.5, 500).tolist())
LARGE = Sweep(Experiment(epochs=30, seed=4), (Axis("learning_rate", RATES),), ("mse", "mae"), 12)

FORKS = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from playground.experiment import Experiment
from playground.sweeps import sweep
from playground.training import train


def compare():
    base = Experiment(epochs=3)
    alone = sweep(base, noise=[0, 1], seeds=2)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as executor:
        try:
            sweep(base, noise=[0, 1], seeds=2, executor=executor)
        except ValueError as error:
            print("refused:", error)
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
        try:
            executor.submit(train, [base]).result()
        except RuntimeError as error:
            print("noticed:", error)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        print("equal:", sweep(base, noise=[0, 1], seeds=2, executor=executor).equals(alone))


if __name__ == "__main__":  # a process that is spawned runs the head of the program again
    compare()
"""


def test_processes_that_are_forked_after_a_training_are_refused_and_others_work(tmp_path):
    program = tmp_path / "forks.py"
    program.write_text(FORKS)
    found = subprocess.run(
        [sys.executable, str(program)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    refused, noticed, equal = found.stdout.strip().splitlines()
    assert refused.startswith("refused: executor forks this process")
    assert 'mp_context=multiprocessing.get_context("spawn")' in refused
    assert noticed.startswith("noticed: this process was forked from one that had trained before")
    assert equal == "equal: True"


def test_a_cluster_that_loses_a_worker_gives_the_same_numbers():
    # Workers that are forked have TensorFlow at once.
    start_loading()
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        LocalCluster(**options) as cluster,
        Client(cluster) as client,
    ):
        killed = []

        def kill_one(share):
            if share >= 0.5 and not killed:
                killed.append(client.run(os.getpid))
                os.kill(next(iter(killed[0].values())), signal.SIGKILL)

        found = train_sweep(LARGE, executor=client.get_executor(), on_progress=kill_one)
    assert killed
    assert len(killed[0]) == 2
    for name, column in train_sweep(LARGE).columns.items():
        np.testing.assert_array_equal(found.columns[name], column)
