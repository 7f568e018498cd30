"""Loading TensorFlow with as little as possible, and letting go of what only loading needed."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from contextlib import suppress
from pathlib import Path

# What Keras and TensorFlow take along if it is installed, and nobody asks here: 0.5 to 2 s, and 70 to 240 MB.
NOT_NEEDED = ("pandas", "sklearn", "jax", "scipy")

DONT_NEED = 4  # Linux's MADV_DONTNEED


def load_engine() -> None:
    """Import all that training needs."""
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
