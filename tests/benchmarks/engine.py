"""How fast the engine is: against ``model.fit``, hand-written NumPy and JAX, in one process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median

import numpy as np

from playground.data import make_data
from playground.engine.compiled import compiled_programs
from playground.experiment import Experiment
from playground.models.arrays import initial_weights
from playground.models.keras_model import build_model
from playground.training import train
from tests.benchmarks.report import Figure, seconds

FIT_EPOCHS = 100  # fit's time grows with its epochs, so a tenth of the run is timed and multiplied
STACK = 1000
ROUNDS = 15


def figures() -> list[Figure]:
    return [*article_run(), *thousand_runs()]


def article_run() -> list[Figure]:
    """The article's run, 1,000 epochs: cold, warm, and by ``fit``."""
    experiment = Experiment()
    cold = seconds(lambda: train([experiment]))
    seeds = count(1)
    warm = seconds(lambda: train([experiment.replace(seed=next(seeds))]), 50)
    fit = _fit_seconds(experiment)
    traces = [program.traces for program in compiled_programs()]
    return [
        Figure(
            "the article's run, warm, against `model.fit`",
            "≥ 5,000 ×",
            f"{fit / warm:,.0f} × ({fit:.1f} s → {1e3 * warm:.2f} ms)",
            fit / warm >= 5000,
        ),
        Figure("the same, cold, compile included", "≥ 20 ×", f"{fit / cold:.0f} × ({cold:.2f} s)", fit / cold >= 20),
        Figure("programs compiled for 51 different runs", "1", f"{sum(traces)}", traces == [1]),
    ]


def _fit_seconds(experiment: Experiment) -> float:
    data = make_data(experiment)
    model = build_model(experiment)
    fit = partial(model.fit, data.x_train, data.y_train, batch_size=experiment.points, verbose=0)
    fit(epochs=2)
    return seconds(lambda: fit(epochs=FIT_EPOCHS)) * experiment.epochs / FIT_EPOCHS


def thousand_runs() -> list[Figure]:
    """1,000 lines of different rates and seeds, 1,000 epochs each; the rivals get their arrays ready-made."""
    rates = np.geomspace(1e-4, 2e-2, STACK)
    experiments = [Experiment(seed=seed, learning_rate=float(rate)) for seed, rate in enumerate(rates)]
    arrays = _arrays(experiments)
    jax_loop = _jax_loop(*arrays)
    ours, loop, by_numpy, by_jax = _in_turn(
        lambda: train(experiments),
        _program_loop(experiments),
        lambda: _numpy_loop(*arrays),
        jax_loop,
    )
    _agree(experiments, _numpy_loop(*arrays), jax_loop())
    return [
        Figure(
            "1,000 runs × 1,000 epochs, training loop, against NumPy by hand",
            "≥ 4 ×",
            f"{by_numpy / loop:.1f} × ({1e3 * by_numpy:.0f} ms → {1e3 * loop:.0f} ms)",
            by_numpy / loop >= 4,
        ),
        Figure(
            "the same against JAX `jit(vmap(scan))`",
            "> 1 ×",
            f"{by_jax / loop:.1f} × ({1e3 * by_jax:.0f} ms)",
            by_jax > loop,
        ),
        Figure(
            "the same, `train()` as a whole: experiments in, runs out",
            "–",
            f"{by_numpy / ours:.1f} × NumPy, {by_jax / ours:.1f} × JAX ({1e3 * ours:.0f} ms)",
            True,
        ),
    ]


def _in_turn(*rivals: Callable[[], object]) -> list[float]:
    """Each rival's median time, taken in turns so that the machine's moods hit all alike."""
    for rival in rivals:
        rival()
    times = [[seconds(rival) for rival in rivals] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*times, strict=True)]


def _arrays(experiments: list[Experiment]) -> tuple[np.ndarray, ...]:
    """x and y (points, E), first slopes and intercepts (E,), rates (E,), all float32."""
    data = [make_data(experiment) for experiment in experiments]
    x = np.concatenate([each.x_train for each in data], axis=1)
    y = np.concatenate([each.y_train for each in data], axis=1)
    start = [initial_weights(experiment) for experiment in experiments]
    slope = np.array([kernel[0, 0] for kernel, _ in start])
    rates = np.array([experiment.learning_rate for experiment in experiments], np.float32)
    return x, y, slope, np.zeros_like(slope), rates


def _numpy_loop(
    x: np.ndarray, y: np.ndarray, slope: np.ndarray, intercept: np.ndarray, rates: np.ndarray
) -> np.ndarray:
    slope, intercept, history = slope.copy(), intercept.copy(), np.empty((1000, len(slope)), np.float32)
    residual, product = np.empty_like(x), np.empty_like(x)
    step = np.float32(2 / len(x)) * rates
    for epoch in range(1000):
        np.multiply(x, slope, out=residual)
        residual += intercept
        residual -= y
        np.multiply(residual, residual, out=product)
        np.mean(product, axis=0, out=history[epoch])
        np.multiply(residual, x, out=product)
        slope -= step * product.sum(axis=0)
        intercept -= step * residual.sum(axis=0)
    return history


def _jax_loop(*arrays: np.ndarray) -> Callable[[], np.ndarray]:
    import jax
    import jax.numpy as jnp

    def one(x: jax.Array, y: jax.Array, slope: jax.Array, intercept: jax.Array, rate: jax.Array) -> jax.Array:
        def loss(weights: tuple[jax.Array, jax.Array]) -> jax.Array:
            return jnp.mean(jnp.square(weights[0] * x + weights[1] - y))

        def step(weights: tuple[jax.Array, jax.Array], _: None) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
            value, gradient = jax.value_and_grad(loss)(weights)
            return (weights[0] - rate * gradient[0], weights[1] - rate * gradient[1]), value

        return jax.lax.scan(step, (slope, intercept), None, length=1000)[1]

    compiled = jax.jit(jax.vmap(one, in_axes=(1, 1, 0, 0, 0)))
    on_device = [jnp.asarray(array) for array in arrays]
    return lambda: np.asarray(compiled(*on_device)).T


def _program_loop(experiments: list[Experiment]) -> Callable[[], object]:
    """The compiled calls of a ``train`` alone, with the arrays that ``train`` gave them, in turn as there."""
    from playground.engine import programs

    calls: list[Callable[[], object]] = []
    run = programs.Program.run

    def remember(program: programs.Program, *arguments: object) -> object:
        calls.append(partial(run, program, *arguments))
        return run(program, *arguments)

    programs.Program.run = remember  # type: ignore[method-assign]
    try:
        train(experiments)
    finally:
        programs.Program.run = run  # type: ignore[method-assign]
    return lambda: [call() for call in calls]


def _agree(experiments: list[Experiment], by_numpy: np.ndarray, by_jax: np.ndarray) -> None:
    """The rivals do the same work: their losses are ours."""
    ours = np.stack([run.loss for run in train(experiments)], axis=1)
    for rival in (by_numpy, by_jax):
        np.testing.assert_allclose(rival, ours, rtol=2e-3)
