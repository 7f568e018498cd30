"""Loading TensorFlow with as little as possible, and letting go of what only loading needed."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

# What Keras and TensorFlow take along if it is installed, and nobody asks here: 0.5 to 2 s, and 70 to 240 MB.
NOT_NEEDED = ("pandas", "sklearn", "jax", "scipy")

# XLA's newer emitters take 3.3 s to compile the loop of deep networks, the older 2.7; it runs no faster (measured).
QUICK_COMPILER = "--xla_cpu_use_fusion_emitters=false"
KNOWS_IT = "2.21."  # a TensorFlow that does not know a flag ends the process

DONT_NEED = 4  # Linux's MADV_DONTNEED


def choose_compiler() -> None:
    """Have TensorFlow compile the quicker way; to be called before it is loaded."""
    given = os.environ.get("XLA_FLAGS", "")
    if version("tensorflow").startswith(KNOWS_IT) and QUICK_COMPILER not in given:
        os.environ["XLA_FLAGS"] = f"{given} {QUICK_COMPILER}".strip()


def load_engine() -> None:
    """Import all that training needs."""
    choose_compiler()
    away = [name for name in NOT_NEEDED if name not in sys.modules]
    for name in away:
        sys.modules[name] = None  # type: ignore[assignment]  # its import fails, as if it were not installed
    try:
        import playground.training  # noqa: F401
    finally:
        for name in away:
            del sys.modules[name]


def let_go() -> None:
    """Give back the pages of libraries that were read once, 300 MB; who needs one again gets it anew (Linux only).

    What is loaded by now stays: the collector need not look at it again, which would unshare a copy's memory.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        for start, length in _untouched(Path("/proc/self/smaps").read_text()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), DONT_NEED)


def _untouched(smaps: str) -> list[tuple[int, int]]:
    """Start and length of the mappings of files of which this process has changed nothing."""
    found = []
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", smaps):
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) ...p \S+ \S+ (\d+)", block)
        if head and head[3] != "0" and re.search(r"^Anonymous: +0 kB", block, re.MULTILINE):
            start, end = int(head[1], 16), int(head[2], 16)
            found.append((start, end - start))
    return found
