"""Memory of the server and its workers over 500 different interactions: other data, models, losses, visitors.

What processes share is counted once (PSS, "proportional set size", from Linux's /proc).
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from statistics import mean
from urllib.parse import urlencode

import psutil
import websockets

from tests.benchmarks.report import Figure
from tests.benchmarks.serving import ROOT, ready, serving
from tests.benchmarks.visitors import address, run_page

INTERACTIONS = 500
TOUCHES = 5  # of a slider, by each visitor, after the link that brought them
MEGABYTE = 2**20
FLAT = 0.05  # a rise of less than a twentieth from the 100th to the 500th


def figures() -> list[Figure]:
    with serving(ROOT / "app.py") as (url, process):
        ready(url)
        memory = asyncio.run(_interactions(url, psutil.Process(process.pid)))
    early, late = mean(memory[95:105]), mean(memory[-10:])
    rise = (late - early) / early
    return [
        Figure(f"memory after {INTERACTIONS} different interactions", "< 1 GB", f"{late:.0f} MB", late < 1000),
        Figure("rise from the 100th to the 500th", "flat", f"{rise:+.1%} (from {early:.0f} MB)", rise < FLAT),
    ]


async def _interactions(url: str, server: psutil.Process) -> list[float]:
    rng = random.Random(0)
    memory: list[float] = []
    while len(memory) < INTERACTIONS:
        async with websockets.connect(address(url), subprotocols=["streamlit"], max_size=None) as socket:
            query = _random_link(rng)
            slider, _ = await run_page(socket, query)
            memory.append(_together(server))
            for _ in range(TOUCHES):
                await run_page(socket, query, slider, round(rng.uniform(0, 10), 1))
                memory.append(_together(server))
    return memory


def _together(server: psutil.Process) -> float:
    """Megabytes of the server and of all processes it has started."""
    total = 0
    for process in [server, *server.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / MEGABYTE


def _random_link(rng: random.Random) -> str:
    """A link that a visitor might follow; about half of them ask for a line."""
    layers = rng.choice([[], [], [8], [16], [16, 16], [32, 16]])
    return urlencode(
        {
            "dataset": rng.choice(["line", "sine", "step", "quadratic", "heteroscedastic"]),
            "noise_shape": rng.choice(["gaussian", "laplace", "student_t", "uniform", "skewed"]),
            "points": rng.randint(5, 200),
            "seed": rng.randint(0, 10_000),
            "hidden": layers,
            "activation": rng.choice(["relu", "tanh", "sigmoid", "gelu"]),
            "loss": rng.sample(["mse", "mae", "huber", "log_cosh", "quantile"], rng.randint(1, 3)),
            "optimizer": rng.choice(["sgd", "momentum", "rmsprop", "adam"]),
            "learning_rate": rng.choice([0.001, 0.003, 0.01, 0.03]),
            "epochs": rng.choice([100, 500, 1000]),
            "batch_size": rng.choice([0, 0, 0, 8, 16]),
        },
        doseq=True,
    )
