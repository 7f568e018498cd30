"""Loading TensorFlow with as few other packages as possible, and releasing what only loading needed."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

# Packages that Keras and TensorFlow import if they are installed, and that nothing here uses. Without them loading
# takes 0.5 to 2 s and 70 to 240 MB less (measured).
NOT_NEEDED = ("pandas", "sklearn", "jax", "scipy")

# XLA's newer emitters take 3.3 s to compile the loop of deep networks, the older 2.7; it runs no faster (measured).
QUICK_COMPILER = "--xla_cpu_use_fusion_emitters=false"
TENSORFLOW_WITH_FLAG = "2.21."  # a TensorFlow that does not know a flag ends the process

DONT_NEED = 4  # Linux's MADV_DONTNEED


def choose_compiler() -> None:
    """Choose XLA's quicker compiler; call it before TensorFlow is loaded."""
    given = os.environ.get("XLA_FLAGS", "")
    if version("tensorflow").startswith(TENSORFLOW_WITH_FLAG) and QUICK_COMPILER not in given:
        os.environ["XLA_FLAGS"] = f"{given} {QUICK_COMPILER}".strip()


def load_engine() -> None:
    """Import all that training needs."""
    choose_compiler()
    hidden = [name for name in NOT_NEEDED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # its import fails, as if it were not installed
    try:
        import playground.training  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


def release_pages() -> None:
    """Give back the pages of libraries that nothing has changed (Linux only); they are read again when needed.

    Resident memory after loading falls from 550 to 200 MB (measured). All that is loaded by now is taken from the
    garbage collector, whose marks would unshare the memory of a forked copy.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        for start, length in _find_unchanged_mappings(Path("/proc/self/smaps").read_text()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), DONT_NEED)


def _find_unchanged_mappings(smaps: str) -> list[tuple[int, int]]:
    """Start and length of the mappings of files that this process has not changed."""
    mappings = []
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", smaps):
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) ...p \S+ \S+ (\d+)", block)
        if head and head[3] != "0" and re.search(r"^Anonymous: +0 kB", block, re.MULTILINE):
            start, end = int(head[1], 16), int(head[2], 16)
            mappings.append((start, end - start))
    return mappings
