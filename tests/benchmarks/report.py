"""Tables of measured figures, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One measured figure: what, how much was asked for, what came out."""

    what: str
    asked: str
    measured: str
    held: bool


def table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | asked | measured | |", "|---|---|---|---|"]
    lines += [f"| {each.what} | {each.asked} | {each.measured} | {'✓' if each.held else '✗'} |" for each in figures]
    return "\n".join(lines)


def machine() -> str:
    """The processor, its cores, and the versions that matter."""
    import keras
    import numpy
    import streamlit
    import tensorflow

    cpu = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0] if names else cpu
    return (
        f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, TensorFlow {tensorflow.__version__},"
        f" Keras {keras.__version__}, NumPy {numpy.__version__}, Streamlit {streamlit.__version__}"
    )


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """The median time of a piece of work."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
