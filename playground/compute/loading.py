"""Loading TensorFlow with as few other packages as possible, and releasing what only loading needed."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

# Packages that Keras and TensorFlow import if they are installed, and that training does not use. Without them loading
# takes 0.5 to 2 s less, and 70 to 240 MB less memory (measured).
NOT_NEEDED = ("pandas", "sklearn", "jax", "scipy")

# XLA's newer emitters take 3.3 s to compile the loop of deep networks, the older ones 2.7 s, and the loop runs no
# faster (measured).
QUICK_COMPILER = "--xla_cpu_use_fusion_emitters=false"
TENSORFLOW_WITH_FLAG = "2.21."  # a TensorFlow that does not know a flag ends the process

LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # TensorFlow's variable for what it prints; whoever sets it hears TensorFlow
ERRORS_ONLY = "3"

STDERR = 2  # the descriptor that TensorFlow's C++ code writes to

DONT_NEED = 4  # Linux's MADV_DONTNEED


def choose_compiler() -> None:
    """Choose XLA's quicker compiler by ``XLA_FLAGS``; it must be called before TensorFlow is loaded."""
    given = os.environ.get("XLA_FLAGS", "")
    if version("tensorflow").startswith(TENSORFLOW_WITH_FLAG) and QUICK_COMPILER not in given:
        os.environ["XLA_FLAGS"] = f"{given} {QUICK_COMPILER}".strip()


def load_engine() -> None:
    """Import all that training needs, and nothing of ``NOT_NEEDED``, and print nothing of TensorFlow's."""
    choose_compiler()
    with hide_packages(NOT_NEEDED), quieten_tensorflow():
        import playground.training  # noqa: F401


@contextmanager
def quieten_tensorflow() -> Iterator[None]:
    """Have TensorFlow print errors only, and nothing while it loads, unless ``TF_CPP_MIN_LOG_LEVEL`` is set.

    It writes a few lines before it has read that variable. What was written is printed after all if loading fails.
    """
    if LOG_LEVEL in os.environ:
        yield
        return
    os.environ[LOG_LEVEL] = ERRORS_ONLY
    with TemporaryFile() as said:
        terminal = os.dup(STDERR)
        os.dup2(said.fileno(), STDERR)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(terminal, said.read())
            raise
        finally:
            os.dup2(terminal, STDERR)
            os.close(terminal)


@contextmanager
def hide_packages(names: Iterable[str]) -> Iterator[None]:
    """Make the import of these packages fail for a while, as if they were not installed.

    Packages that are loaded already stay. Source: ``None`` in ``sys.modules`` forces ``ModuleNotFoundError``,
    https://docs.python.org/3/reference/import.html#the-module-cache
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def release_pages() -> None:
    """Drop the pages of libraries that are unchanged since they were read (Linux only); they are re-read when needed.

    Resident memory after loading falls from 550 to 200 MB (measured). Objects that exist by now are exempted from
    garbage collection, which would write into their pages and so unshare the memory of a fork.
    Sources: https://man7.org/linux/man-pages/man2/madvise.2.html, https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        for start, length in _find_unchanged_mappings(Path("/proc/self/smaps").read_text()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), DONT_NEED)


def _find_unchanged_mappings(smaps: str) -> list[tuple[int, int]]:
    """Start and length in bytes of the private mappings of files of which no page was changed.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
    """
    mappings = []
    for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", smaps):
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) ...p \S+ \S+ (\d+)", block)
        if head and head[3] != "0" and re.search(r"^Anonymous: +0 kB", block, re.MULTILINE):
            start, end = int(head[1], 16), int(head[2], 16)
            mappings.append((start, end - start))
    return mappings
