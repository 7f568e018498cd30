"""The compiled programs: what recompiles and what does not, who shares them, and life without XLA."""

import ctypes
import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import keras
import numpy as np
import pytest
import tensorflow as tf

from playground.engine import compiled as cache
from playground.engine import programs
from playground.engine.compiled import compiled_programs
from playground.engine.network import scale_to_norm
from playground.engine.programs import VectorHyperparameter, filter_retracing_warning, release_memory
from playground.training import train
from tests.support.engine_cases import BATCHED, LINE, NET, ROUNDING, relative_difference, same_run


@pytest.fixture
def no_programs(monkeypatch):
    """An empty cache, as at the start of the server."""
    monkeypatch.setattr(cache, "_compiled", {})


# Every way through the loop; the last keeps every second epoch of its path.
ENGINES = {
    "line": LINE,
    "net": NET.replace(optimizer="adam"),
    "batches": BATCHED.replace(l2=0.1),
    "stride": NET.replace(hidden=(64, 64), epochs=130),
}


def recorded(experiment):
    """Its run, as the second of a stack of several losses, with everything recorded."""
    stack = [experiment.replace(loss="huber", seed=1), experiment]
    return train(stack, record=("weights", "gradient_norms", "val_loss"))[1]


def assert_close(run, expected):
    for name in ("loss", "val_loss", "gradient_norms"):
        assert relative_difference(getattr(run, name), getattr(expected, name)) < ROUNDING
    np.testing.assert_allclose(run.path, expected.path, rtol=1e-4, atol=1e-5)


def traces():
    return {program.shape: program.traces for program in compiled_programs()}


SLIDERS = [
    *({"noise": value} for value in (0, 0.1, 50)),
    *({"learning_rate": value} for value in (1e-6, 0.02, 1.0)),
    {"seed": 7},
    {"epochs": 1},
    {"epochs": 3000},
    {"outliers": 0.3, "outlier_size": -50},
    {"noise_shape": "laplace"},
    {"dataset": "sine"},
]
PARAMETERS = [{"delta": 0.3}, {"delta": 20}]
SHAPES = [{"alpha": value} for value in (-2, 0, 2)] + [{"scale": 0.3}]
PENALTIES = [{"l1": 0.2}, {"l2": 3}, {"l1": 0.2, "l2": 0.1}]
CLIPPINGS = [{"global_clipnorm": value} for value in (0.01, 100)]
# Up to 21 points and up to 128: two programs, between which nothing recompiles.
FEW_POINTS = [{"points": value} for value in (2, 3, 20, 21)]
MANY_POINTS = [{"points": value} for value in (22, 31, 64, 127, 128)]

DRAGGED = {
    "line": (LINE, SLIDERS + FEW_POINTS),
    "many points": (LINE.replace(points=100), MANY_POINTS),
    "huber": (LINE.replace(loss="huber"), PARAMETERS),
    "general": (LINE.replace(loss="general"), SHAPES),
    "penalised": (LINE.replace(l1=0.1), PENALTIES),
    "clipped": (LINE.replace(global_clipnorm=1), CLIPPINGS),
    "each variable clipped": (LINE.replace(clipnorm=1), [{"clipnorm": value} for value in (0.01, 100)]),
    "net": (NET, SLIDERS + FEW_POINTS),
    "batches": (BATCHED, SLIDERS),
}


@pytest.mark.parametrize("name", DRAGGED)
def test_no_slider_recompiles(name):
    experiment, changes = DRAGGED[name]
    train([experiment])
    before = traces()
    for change in changes:
        train([experiment.replace(**change)])
    assert traces() == before


def test_a_few_experiments_more_share_a_program():
    train([LINE, LINE.replace(seed=1)])
    before = traces()
    train([LINE.replace(seed=seed) for seed in range(8)])
    assert traces() == before


def test_the_losses_of_a_page_share_a_program(no_programs):
    train([LINE.replace(loss=loss) for loss in ("mse", "mae", "huber")])
    train([LINE.replace(loss=loss) for loss in ("quantile", "log_cosh")])
    assert list(traces().values()) == [1]


def test_a_large_sweep_compiles_one_program_a_loss(no_programs):
    # 1,200 of each: two stacks of 600 in the same program, one after the other. A worker keeps only so many programs.
    train([LINE.replace(loss=loss, seed=seed, epochs=2) for loss in ("mse", "mae") for seed in range(1200)])
    assert [program.shape.stack for program in compiled_programs()] == [1000, 1000]


def test_a_huge_stack_holds_few_numbers(no_programs):
    train([LINE.replace(points=64, seed=seed, epochs=2) for seed in range(600)])
    assert [program.shape.stack for program in compiled_programs()] == [500]


def test_with_a_rarer_loss_they_share_a_larger_one(no_programs):
    train([LINE.replace(loss=loss) for loss in ("mse", "tukey")])
    train([LINE.replace(loss=loss) for loss in ("general", "quantile", "mae")])
    assert list(traces().values()) == [1]


@pytest.mark.parametrize("experiment", [LINE, BATCHED, NET.replace(optimizer="adam")], ids=["line", "batches", "net"])
def test_a_program_is_traced_once(no_programs, experiment):
    # A variable that came to be while tracing would make TensorFlow trace a second time.
    train([experiment])
    assert list(traces().values()) == [1]


@pytest.fixture
def no_xla(monkeypatch):
    """``tf.function`` as it is on a platform for which TensorFlow was built without XLA."""
    real = tf.function

    def function(body, jit_compile=False, **options):
        return refuse if jit_compile else real(body, **options)

    def refuse(*arguments):
        raise tf.errors.UnimplementedError(None, None, "no XLA here")

    return lambda: monkeypatch.setattr(programs.tf, "function", function)


# The exhaustive one goes the same ways as the others do together.
@pytest.mark.parametrize("engine", [pytest.param("line", marks=pytest.mark.exhaustive), "net", "batches", "stride"])
def test_without_xla_the_same_numbers_come_more_slowly(no_programs, no_xla, caplog, engine):
    experiment = ENGINES[engine]
    expected = recorded(experiment)
    cache._compiled.clear()
    no_xla()
    assert_close(recorded(experiment), expected)
    assert "XLA is not available" in caplog.text


@pytest.mark.parametrize("experiment", [LINE, BATCHED, NET], ids=["line", "batches", "net"])
def test_two_visitors_at_once_get_each_their_own(no_programs, experiment):
    visitors = [experiment.replace(seed=seed, epochs=300) for seed in range(2)]
    meet = Barrier(2, timeout=60)

    def visit(own):
        meet.wait()  # so that both also meet at the first call, when nothing is compiled yet
        return [train([own])[0] for _ in range(20)]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(visit, visitors))
    for own, runs in zip(visitors, answers, strict=True):
        alone = train([own])[0]
        assert all(same_run(run, alone) for run in runs)


def test_a_program_keeps_nothing_of_the_last_call():
    experiment = NET.replace(optimizer="adam")
    first = train([experiment])[0]
    train([experiment.replace(learning_rate=100, seed=3)])
    assert same_run(train([experiment])[0], first)


def descend(momentum, nesterov, first):
    """Four steps of Keras's SGD down ``weight²``, from ``first`` on, with a momentum that may be a vector."""
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov)
    weights = keras.Variable(first)
    optimizer.build([weights])
    optimizer.momentum = momentum
    for _ in range(4):
        optimizer.apply([2.0 * weights.value], [weights])
    return np.asarray(weights.value)


@pytest.mark.parametrize("nesterov", [False, True])
def test_keras_takes_a_vector_for_its_momentum(nesterov):
    # Nothing documents this; if a version of Keras does more with the number than today's, this is what notices.
    momenta, first = np.array([0.1, 0.5, 0.9], np.float32), np.ones((2, 3), np.float32)
    together = descend(VectorHyperparameter(tf.Variable(momenta)), nesterov, first)
    alone = [descend(float(momentum), nesterov, first[:, :1]) for momentum in momenta]
    np.testing.assert_allclose(together, np.concatenate(alone, axis=1), rtol=1e-6)
    assert len(set(together[0])) == 3


def warnings_of_retracing(body):
    """TensorFlow's warnings of retracing, if a function is traced once by each of several programs."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = logging.getLogger("tensorflow")
    logger.addHandler(handler)
    for _ in range(6):
        tf.function(body)(tf.constant(1.0))
    logger.removeHandler(handler)
    return [record for record in records if "retracing" in record.getMessage()]


def test_programs_of_one_function_give_no_warning_of_retracing():
    # Where the filter is not needed any more, or the words of the warning have changed, this is what notices.
    logger = logging.getLogger("tensorflow")
    assert warnings_of_retracing(lambda x: x + 1.0) == []
    logger.removeFilter(filter_retracing_warning)
    try:
        assert warnings_of_retracing(lambda x: x + 2.0) != []
    finally:
        logger.addFilter(filter_retracing_warning)


@pytest.mark.parametrize("entry", [0.3, 2.0, 1e30, np.inf, np.nan])
def test_a_gradient_is_scaled_as_tensorflow_clips_it(entry):
    gradient, limit = tf.constant([entry, 0.4]), tf.constant(0.5)
    clipped, length = tf.clip_by_global_norm([gradient], limit)
    np.testing.assert_allclose(gradient * scale_to_norm(length, limit), clipped[0], rtol=1e-6)


def resident_kilobytes():
    return int(re.search(r"Rss: +(\d+)", Path("/proc/self/smaps_rollup").read_text())[1])


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives memory back")
def test_memory_that_is_freed_goes_back_to_the_system():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [libc.malloc(100_000) for _ in range(500)]
    for block in blocks:
        ctypes.memset(block, 1, 100_000)
    for block in blocks[:-1]:  # the last one stays, and keeps the heap from shrinking by itself
        libc.free(block)
    before = resident_kilobytes()
    release_memory()
    assert before - resident_kilobytes() > 30_000
    libc.free(blocks[-1])
